"""What a prover may spend."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Budget:
    """seconds: wall time from creation on; seed: of every random draw."""

    seconds: float = 5.0
    seed: int = 20250101
    started: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        return self.seconds - (time.monotonic() - self.started)

    @property
    def spent(self) -> bool:
        return self.left <= 0

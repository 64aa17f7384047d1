"""What a prover may spend: processor time, so that a busy machine changes no verdict as long as it is not too busy."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from verify.clock import now

PATIENCE = 3.0  # wall seconds that a budget lasts at most, per second of its processor time


@dataclass(frozen=True)
class Budget:
    """seconds: processor time from creation on (and at most PATIENCE times as much wall time); seed: of every draw."""

    seconds: float = 5.0
    seed: int = 20250101
    started: float = field(default_factory=now)
    born: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        used = now() - self.started
        waited = time.monotonic() - self.born
        return min(self.seconds - used, self.seconds - waited / PATIENCE)

    @property
    def spent(self) -> bool:
        return self.left <= 0

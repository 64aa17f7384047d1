"""Lanes: students that are trained side by side, each with a mirror potential, a rate and a start of its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from numerics.students.maps import STEPS, Potential
from numerics.students.networks import LOSSES


@dataclass(frozen=True)
class Lane:
    """theta follows mirror descent of the mean loss, all points at each step.

    below: from that loss on, where all points are classified, the rate is rate * below/L; 0 for a rate that is fixed.
    log_target: the logarithm of the loss at which it ends; -inf for none. steps: the most.
    """

    depth: int
    potential: Potential
    rate: float
    below: float = 0.0
    log_target: float = -np.inf
    steps: int = 10_000
    step: str = "dual"
    loss: str = "exponential"

    def check(self) -> None:
        """Raises ValueError where the lane cannot be run."""
        self.potential.check()
        if self.depth not in (2, 3):
            raise ValueError(f"a student has 2 or 3 layers, not {self.depth}")
        if not 0 < self.rate < np.inf:
            raise ValueError(f"the rate must be positive and finite, not {self.rate}")
        if not 0 <= self.below < np.inf:
            raise ValueError(f"below must be finite and not negative, not {self.below}")
        if self.steps < 0:
            raise ValueError("steps must not be negative")
        if self.step not in STEPS:
            raise ValueError(f"a step is one of {', '.join(STEPS)}, not {self.step!r}")
        if self.loss not in LOSSES:
            raise ValueError(f"a loss is one of {', '.join(LOSSES)}, not {self.loss!r}")

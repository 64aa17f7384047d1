"""Small students for plain loops, and the potentials, steps and losses that a compiled loop must follow."""

from __future__ import annotations

from itertools import product

import numpy as np

from numerics.students import Data, Lane, Potential, Students, reference

NEURONS, SEEDS, STEPS = 9, (3, 4), 40
DATA = Data.drawn(7, 25, 3)
POTENTIALS = (
    Potential("square"), Potential("entropy", 0.1), Potential("entropy", 2.0), Potential("power", 1.0, 3.0),
    Potential("power", 0.0, 3.0), Potential("power", 0.3, 2.0), Potential("power", 0.3, 4.5),
)  # fmt: skip
LANES = [
    Lane(depth, potential, 0.05 if below == 0 else 0.1, below, -1e9, STEPS, step, loss)
    for depth, potential, below, step, loss in product(
        (2, 3), POTENTIALS, (0.0, 0.7), ("dual", "metric"), ("exponential", "logistic")
    )
    if step == "dual" or potential.lam > 0 or potential.kind == "square"
]
CLOSE = 1e-10


def worst(students: Students, state: dict[str, np.ndarray], steps: int = STEPS) -> float:
    """The largest relative distance to the reference over all lanes and seeds; infinite where one is not finite."""
    begun, found = students.start(), 0.0
    for k, lane in enumerate(students.lanes):
        for s in range(len(students.seeds)):
            theta, done, log_loss, status = reference.descend(
                begun[f"theta_{k}"][s], lane, students.data, steps, neurons=students.neurons
            )
            with np.errstate(invalid="ignore"):
                away = np.abs(theta - state[f"theta_{k}"][s]).max() / np.abs(theta).max()
                away = max(away, abs(log_loss / state["log_loss"][k, s] - 1))
            same = done == state["steps"][k, s] and status == state["status"][k, s] and np.isfinite(away)
            found = max(found, away) if same else np.inf
    return float(found)

"""Mirror descent of one student in plain NumPy, for reading and for checking the compiled loop."""

from __future__ import annotations

import numpy as np

from numerics.students.data import Array, Data
from numerics.students.lanes import Lane
from numerics.students.networks import log_loss_and_ascent

RUNNING, REACHED, DIVERGED = 0, 1, 2


def descend(theta: Array, lane: Lane, data: Data, steps: int, *, neurons: int) -> tuple[Array, int, float, int]:
    """The parameters after so many steps or fewer, the steps that were done, log L, and how it stands.

    A step adds -rate grad L to the dual variable; with rescaling, rate * below/L is the rate where the loss L is less
    than ``below`` and all points are classified. It ends where L is below the target, or not finite any more.
    """
    theta = np.array(theta)
    for step in range(steps + 1):
        with np.errstate(over="ignore", invalid="ignore"):
            log_loss, ascent, least = log_loss_and_ascent(theta, lane.depth, neurons, data, lane.loss)
            if not np.isfinite(log_loss):
                return theta, step, log_loss, DIVERGED
            if log_loss < lane.log_target:
                return theta, step, log_loss, REACHED
            if step == steps:
                break
            rescaled = lane.below > 0 and log_loss < np.log(lane.below) and least > 0
            rate = lane.rate * (lane.below if rescaled else np.exp(log_loss))
            theta = lane.potential.moved(theta, rate * ascent, lane.step)
    return theta, steps, log_loss, RUNNING

"""Time along a path in rescaled time: t = integral of e^z/|theta_s|^2 dz, as a logarithm.

z = log(1/loss) rises at the rate |theta_s|^2 in the metric per unit of s, ds = loss dt. Between neighbouring nodes the
logarithm of the integrand is taken as linear, which is integrated exactly; the error is of second order in the steps.
"""

from __future__ import annotations

import numpy as np

Array = np.ndarray


def log_integral(z: Array, log_values: Array) -> Array:
    """log of the integral of exp(log_values) over z from z[0] to each z[k] (nondecreasing), -inf at the first."""
    rise = np.diff(z)
    low, high = log_values[:-1], log_values[1:]
    gap = high - low
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(np.abs(gap) < 1e-6, low + gap / 2, np.maximum(low, high) + np.log(-np.expm1(-np.abs(gap)))
                        - np.log(np.abs(gap)))  # fmt: skip
        pieces = np.log(np.maximum(rise, 0.0)) + mean
    total = np.logaddexp.accumulate(np.concatenate([[-np.inf], pieces]))
    return np.asarray(total)


def log_times(z: Array, speeds: Array) -> tuple[Array, float]:
    """(log t at each node, the largest change of it if every other node is left out after the first ten).

    z: log(1/loss) at the nodes, nondecreasing; speeds: |theta_s|^2 in the metric.
    """
    values = z - np.log(speeds)
    fine = log_integral(z, values)
    coarse = log_integral(z[::2], values[::2])
    gap = np.abs(coarse[5:] - fine[::2][5:])
    return fine, float(np.max(gap, initial=0.0))

"""Losses of the outputs q_i = y_i f(x_i), carried as z = log(1/loss) so that nothing underflows.

exponential: sum exp(-q_i). logistic: sum log(1 + exp(-q_i)). p_i = -(d loss/d q_i)/loss: the exponential weights sum to
one, the logistic ones do so in the limit of a vanishing loss.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Array = np.ndarray


@dataclass(frozen=True)
class Loss:
    """z(q) = log(1/loss), and the weights p(q)."""

    name: str
    terms: Callable[[Array], tuple[Array, Array]]  # log of each term, and the log of minus its slope
    bends: Callable[[Array], Array]  # the second derivative of each term over minus its slope

    def log_inverse(self, q: Array) -> float:
        return -_log_sum(self.terms(q)[0])

    def curvature(self, q: Array, p: Array) -> Array:
        """dp_i/dq_j = p_i p_j - bend_i p_i where i = j: the second derivatives of z (K, K)."""
        return np.asarray(np.outer(p, p) - np.diag(self.bends(q) * p))

    def parts(self, q: Array) -> tuple[float, Array]:
        """(z, p)."""
        values, slopes = self.terms(q)
        z = -_log_sum(values)
        return z, np.exp(slopes + z)


def _log_sum(values: Array) -> float:
    top = float(values.max())
    return top + math.log(float(np.exp(values - top).sum()))


def _exponential(q: Array) -> tuple[Array, Array]:
    return -q, -q


def _logistic(q: Array) -> tuple[Array, Array]:
    """log log(1 + e^-q), which is -q - e^-q/2 + ... where e^-q is nothing beside one, and -log(1 + e^q)."""
    soft = np.logaddexp(0.0, -q)
    small = q > 36
    with np.errstate(divide="ignore"):
        return np.where(small, -q, np.log(np.where(small, 1.0, soft))), -np.logaddexp(0.0, q)


def _one(q: Array) -> Array:
    return np.ones_like(q)


def _sigmoid(q: Array) -> Array:
    return np.asarray(np.exp(-np.logaddexp(0.0, -q)))


LOSSES = {
    "exponential": Loss("exponential", _exponential, _one), "logistic": Loss("logistic", _logistic, _sigmoid),
}  # fmt: skip

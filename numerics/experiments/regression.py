"""Steepest descent of deep diagonal networks on linear regression, many seeds and indices at once.

x = w_1 * ... * w_L, loss f(x) = |Z^T (x - x*)|^2/(2 k) = r^T A r/2 with r = x - x* and A = Z Z^T/k; each layer moves by
-eta spow(g prod_{j != i} w_j, q - 1), g = A r. The loss is carried as its logarithm, from the residual.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from numerics.flows.logarithms import log_half_square

Array = np.ndarray


@dataclass(frozen=True)
class Problem:
    """gram A: (S, n, n); truth x*: (n,); S seeds."""

    gram: Array
    truth: Array

    @classmethod
    def gaussian(cls, seeds: tuple[int, ...], features: int, samples: int, support: int) -> Problem:
        """Z with independent standard normal entries, one draw for each seed; x* is 1 on the first coordinates."""
        grams = []
        for seed in seeds:
            z = np.random.default_rng(seed).standard_normal((features, samples))
            grams.append(z @ z.T / samples)
        truth = np.zeros(features)
        truth[:support] = 1.0
        return cls(np.array(grams), truth)


def start(depth: int, seeds: int, features: int, indices: int, scale: float) -> Array:
    """w_1 = 0 and the other layers at ``scale``: (L, Q, S, n)."""
    weights = np.full((depth, indices, seeds, features), scale)
    weights[0] = 0.0
    return weights


def signed_powers(u: Array, indices: tuple[float, ...], axis: int = 1) -> Array:
    """sign(u) |u|^(q - 1) with the index q along an axis, in place."""
    for k, q in enumerate(indices):
        at = (slice(None),) * axis + (k,)
        if q == 1:
            u[at] = np.sign(u[at])
        elif q == 1.5:
            u[at] = np.sign(u[at]) * np.sqrt(np.abs(u[at]))
        elif q != 2:
            u[at] = np.sign(u[at]) * np.abs(u[at]) ** (q - 1)
    return u


def products_of_others(w: Array) -> Array:
    """prod_{j != i} w_j for every i along the first axis, without division."""
    out = np.ones_like(w)
    running = np.ones_like(w[0])
    for i in range(len(w)):
        out[i] *= running
        running = running * w[i]
    running = np.ones_like(w[0])
    for i in reversed(range(len(w))):
        out[i] *= running
        running = running * w[i]
    return out


def residual(w: Array, problem: Problem) -> Array:
    return np.prod(w, axis=0) - problem.truth


def gradient(r: Array, problem: Problem) -> Array:
    """A r for r of shape (Q, S, n)."""
    return np.matmul(problem.gram, r.transpose(1, 2, 0)).transpose(2, 0, 1)


def descend(w: Array, problem: Problem, indices: tuple[float, ...], rate: float, steps: int) -> None:
    """So many steps of steepest descent, in place; every array operation has a fixed order."""
    for _ in range(steps):
        g = gradient(residual(w, problem), problem)
        u = products_of_others(w)
        u *= g
        signed_powers(u, indices)
        u *= rate
        w -= u


def log_loss(w: Array, problem: Problem) -> Array:
    """log f: (Q, S)."""
    r = residual(w, problem).transpose(1, 2, 0)  # (S, n, Q)
    return log_half_square(r, problem.gram).T

"""Embedded Runge-Kutta pairs: y_1 = y + h sum b_i k_i with an estimate of what one step neglects.

k_i = f(y + h sum_j a_ij k_j) for an autonomous field f. The estimate is h sum e_i k_i, e the difference of the two
weightings of the pair; a step is kept where its weighted maximum norm is at most 1, and the next step is
h (1/estimate)^(1/(p + 1)), p the order of the estimator.

Source: E. Hairer, S. Norsett, G. Wanner, Solving Ordinary Differential Equations I, section II.4.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

Array = np.ndarray
Field = Callable[[Array], Array]
SMALLEST = 1e-14  # steps relative to the interval below which nothing is gained any more
MOST_STEPS = 200_000


class NoProgress(ArithmeticError):
    """The step size fell below what doubles can follow (a singularity, or values that are not finite)."""


@dataclass(frozen=True)
class Pair:
    """a: lower triangle of stage coefficients; b: weights; e: weights of the error estimate; order of the solution."""

    name: str
    a: tuple[Array, ...]
    b: Array
    e: Array
    order: int
    error_order: int


def _pair(name: str, rows: Sequence[Sequence[float]], b: Sequence[float], low: Sequence[float], order: int) -> Pair:
    weights = np.array(b)
    return Pair(name, tuple(np.array(r) for r in rows), weights, weights - np.array(low), order, order - 1)


@cache
def dormand_prince() -> Pair:
    """The pair of orders 5 and 4 with seven stages."""
    rows: list[list[float]] = [
        [1 / 5],
        [3 / 40, 9 / 40],
        [44 / 45, -56 / 15, 32 / 9],
        [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
        [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
        [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
    ]
    b = [*rows[-1], 0.0]
    low = [5179 / 57600, 0, 7571 / 16695, 393 / 640, -92097 / 339200, 187 / 2100, 1 / 40]
    return _pair("Dormand-Prince 5(4)", rows, b, low, 5)


@cache
def eighth_order() -> Pair:
    """The pair of order 8 with twelve stages; its estimate is that of order 5."""
    from scipy.integrate import DOP853

    rows = tuple(np.array(DOP853.A[i, :i]) for i in range(1, DOP853.n_stages))
    estimate = np.array(DOP853.E5[: DOP853.n_stages])
    return Pair("Dormand-Prince 8(5)", rows, np.array(DOP853.B), estimate, 8, 5)


def step(f: Field, y: Array, h: float, pair: Pair) -> tuple[Array, Array]:
    """One step of size h, and the estimate of its error."""
    k = np.empty((len(pair.b), len(y)))
    k[0] = f(y)
    with np.errstate(over="ignore", invalid="ignore"):  # such a step is refused by its size
        for i, row in enumerate(pair.a, 1):
            k[i] = f(y + h * (row @ k[:i]))
        return y + h * (pair.b @ k), h * (pair.e @ k)


def size(error: Array, y: Array, y1: Array, rtol: float, atol: float) -> float:
    """The largest error in units of atol + rtol max(|y|, |y1|); infinite where something is not finite."""
    if not (np.all(np.isfinite(y1)) and np.all(np.isfinite(error))):
        return np.inf
    return float(np.max(np.abs(error) / (atol + rtol * np.maximum(np.abs(y), np.abs(y1)))))


def resized(h: float, error: float, pair: Pair) -> float:
    """The step to take next after one of this error."""
    if not np.isfinite(error):
        return h / 10
    return h * min(5.0, max(0.2, 0.9 * max(error, 1e-12) ** (-1 / (pair.error_order + 1))))


def first_step(f: Field, y: Array, span: float, rtol: float, atol: float) -> float:
    """A step after which the field has moved the state by about a hundredth of its scale."""
    speed = np.abs(f(y))
    scale = np.maximum(np.abs(y), 1e-3)
    quickest = float(np.max(speed / scale)) if np.all(np.isfinite(speed)) else 0.0
    return min(span, span / 10, 0.01 / quickest if quickest > 0 else span)


def integrate(
    f: Field, y0: Sequence[float] | Array, times: Sequence[float], *, rtol: float = 1e-11, atol: float = 1e-13,
    pair: Pair | None = None, step_size: float | None = None, steps: int = MOST_STEPS,
) -> list[Array]:  # fmt: skip
    """The states at the given increasing times, from y0 at time 0; the steps end at those times.

    step_size: fixed steps of at most this size instead of controlled ones. steps: more of them, refused ones included,
    raise NoProgress.
    """
    pair = pair or dormand_prince()
    y, t, out = np.asarray(y0, dtype=float), 0.0, []
    h = first_step(f, y, max(times, default=0.0) or 1.0, rtol, atol)
    taken = 0
    for end in times:
        while t < end:
            taken += 1
            if taken > steps:
                raise NoProgress(f"more than {steps} steps")
            left = end - t
            try_h = min(left, step_size or h)
            if left - try_h < SMALLEST * max(1.0, end):
                try_h = left
            y1, error = step(f, y, try_h, pair)
            e = size(error, y, y1, rtol, atol)
            if step_size is None:
                h = resized(try_h, e, pair)
                if e > 1 and h < SMALLEST * max(1.0, end):
                    raise NoProgress(f"no step is small enough at time {t:.6g}")
            elif not np.isfinite(e):
                raise NoProgress(f"values that are not finite at time {t:.6g}")
            if e <= 1 or step_size is not None:
                y, t = y1, end if try_h == left else t + try_h
        out.append(y)
    return out

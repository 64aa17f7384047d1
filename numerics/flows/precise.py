"""Smooth flows with many digits: Gauss-Legendre collocation of s stages, of order 2 s, in mpmath.

k_i = f(y + h sum_j a_ij k_j) with a_ij the integral from 0 to c_i of the j-th Lagrange polynomial of the nodes c, the
zeros of the shifted Legendre polynomial. The equations are solved by fixed-point iteration, which contracts for steps
h below 1/Lip f. The budget is the distance to a run with steps of half the size.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from mpmath import mp, mpf

from numerics.flows.embedded import NoProgress

Vector = list[Any]


@lru_cache(maxsize=32)
def collocation(stages: int, digits: int) -> tuple[tuple, tuple]:
    """(a, b) for the nodes of Gauss on [0, 1]."""
    with mp.workdps(digits + 15 + stages):  # the coefficients of the basis are large and cancel
        nodes = [(1 + root) / 2 for root in _legendre_roots(stages)]
        rows, weights = [], []
        basis = [_lagrange(nodes, j) for j in range(stages)]
        for c in nodes:
            rows.append(tuple(_integral(p, c) for p in basis))
        weights = [_integral(p, mpf(1)) for p in basis]
        return tuple(rows), tuple(weights)


def _legendre_roots(n: int) -> list[Any]:
    found = []
    for k in range(n):
        x = mp.cos(mp.pi * (mpf(k) + mpf(3) / 4) / (n + mpf(1) / 2))
        for _ in range(60):
            p0, p1 = mpf(1), x
            for m in range(2, n + 1):
                p0, p1 = p1, ((2 * m - 1) * x * p1 - (m - 1) * p0) / m
            slope = n * (x * p1 - p0) / (x * x - 1)
            change = p1 / slope
            x -= change
            if abs(change) < mp.eps * 4:
                break
        found.append(x)
    return sorted(found)


def _lagrange(nodes: list[Any], j: int) -> list[Any]:
    """Coefficients, lowest first, of the polynomial that is 1 at node j and 0 at the others."""
    out = [mpf(1)]
    for k, c in enumerate(nodes):
        if k != j:
            d = nodes[j] - c
            out = [
                (out[i - 1] if i else mpf(0)) / d - (out[i] * c / d if i < len(out) else 0) for i in range(len(out) + 1)
            ]
    return out


def _integral(p: list[Any], x: Any) -> Any:
    return sum(a * x ** (i + 1) / (i + 1) for i, a in enumerate(p))


def solve_precise(
    f: Callable[[Vector], Sequence[Any]], y0: Sequence[Any], times: Sequence[Any], *, digits: int = 50,
    stages: int = 12, step: Any = None,
) -> tuple[list[Vector], Any]:  # fmt: skip
    """(states at the increasing times from y0 at time 0, the largest distance to the run with twice the steps).

    f: mpmath numbers to mpmath numbers. step: the first run's step size; a twentieth of the last time if None.
    Raises NoProgress where the iteration does not contract: ask for a smaller step.
    """
    with mp.workdps(digits + 15):
        h = mpf(step) if step is not None else mpf(times[-1]) / 20
        coarse = _run(f, y0, times, h, stages, digits)
        fine = _run(f, y0, times, h / 2, stages, digits)
        gap = max(abs(a - b) for u, v in zip(coarse, fine, strict=True) for a, b in zip(u, v, strict=True))
        return fine, gap


def _run(f: Callable, y0: Sequence[Any], times: Sequence[Any], h: Any, stages: int, digits: int) -> list[Vector]:
    a, b = collocation(stages, digits)
    y, t, out = [mpf(v) for v in y0], mpf(0), []
    for end in times:
        count = max(1, int(mp.ceil((mpf(end) - t) / h))) if end > t else 0
        for _ in range(count):
            y = _step(f, y, (mpf(end) - t) / count, a, b, digits)
        t = mpf(end)
        out.append(list(y))
    return out


def _step(f: Callable, y: Vector, h: Any, a: tuple, b: tuple, digits: int) -> Vector:
    start = list(f(y))
    k = [start for _ in b]
    goal = mpf(10) ** -(digits + 12) * (1 + max(abs(v) for v in start))
    for _ in range(40 * len(b)):
        moved = [list(f(_moved(y, h, row, k))) for row in a]
        change = max(abs(p - r) for u, v in zip(moved, k, strict=True) for p, r in zip(u, v, strict=True))
        k = moved
        if change <= goal:
            return _moved(y, h, b, k)
    raise NoProgress("the collocation equations do not contract: take smaller steps")


def _moved(y: Vector, h: Any, weights: Sequence[Any], k: list[Vector]) -> Vector:
    return [v + h * sum(w * kj[i] for w, kj in zip(weights, k, strict=True)) for i, v in enumerate(y)]

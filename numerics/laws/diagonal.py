"""What depends on the exponents of the terms alone: balances sum_a c_a w_a^2 and weights in proportion.

w_a d/dw_a keeps monomials, so that sum_a c_a w_a dG_i/dw_a = 0 for all i says sum_a c_a e_a = 0 for the exponents e of
every term.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from numerics.laws.ansatz import rational
from numerics.laws.maps import PolynomialMap
from numerics.laws.modular import PRIME, echelon

_SAFE = 2**61


def exponent_table(g: PolynomialMap, chosen: np.ndarray | None = None) -> np.ndarray:
    """The exponents of every term (or of those chosen), one column a name and a last one without meaning."""
    factors = g.factors if chosen is None else g.factors[chosen]
    table = np.zeros((len(factors), len(g.names) + 1), dtype=np.int64)
    rows = np.arange(len(factors))
    for column in factors.T:
        np.add.at(table, (rows, column), 1)
    return table


def proportional(g: PolynomialMap) -> list[list[tuple[int, int]]]:
    """Groups of weights (a, e_a) with w_a dG_i/dw_a : w_b dG_i/dw_b = e_a : e_b for all i, of two weights or more."""
    table = exponent_table(g)
    groups: dict[bytes, list[tuple[int, int]]] = {}
    for a in range(g.weights):
        column = table[:, a]
        divisor = int(np.gcd.reduce(column)) if column.any() else 0
        if divisor:
            groups.setdefault((column // divisor).tobytes(), []).append((a, divisor))
    return [group for group in groups.values() if len(group) > 1]


def diagonal_laws(g: PolynomialMap, seed: int = 0) -> list[list[int]] | None:
    """A basis of all c with sum_a c_a w_a^2 kept by gradient flow; None where it could not be lifted to whole numbers.

    The kernel modulo a prime bounds the true one from above; every vector is checked on all terms in whole numbers.
    """
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(g.terms)[: g.weights + 10]
    while True:
        found = _lifted(exponent_table(g, chosen)[:, : g.weights])
        if found is None:
            return None
        if max((abs(c) for row in found for c in row), default=0) >= 2**31:
            return None
        table = np.zeros((len(found), len(g.names) + 1), dtype=np.int64)
        table[:, : g.weights] = np.array(found, dtype=np.int64).reshape(-1, g.weights)
        moved = np.zeros((len(found), g.terms), dtype=np.int64)
        for column in g.factors.T:
            moved += table[:, column]
        broken = np.flatnonzero(moved.any(axis=0))
        if not len(broken):
            return found
        chosen = np.concatenate([chosen, rng.permutation(broken)[: g.weights]])


def _lifted(rows: np.ndarray) -> list[list[int]] | None:
    """A basis of the kernel of whole rows, lifted from that modulo the prime."""
    top = echelon(rows % PRIME)
    pivots = (top != 0).argmax(axis=1)
    answer = []
    for free in np.setdiff1d(np.arange(rows.shape[1]), pivots):
        parts = [rational(int(-x) % PRIME, PRIME) if x else (0, 1) for x in top[:, free]]
        known = [p for p in parts if p is not None]
        if len(known) < len(parts):
            return None
        clear = math.lcm(*(q for _, q in known)) if known else 1
        row = [0] * rows.shape[1]
        row[int(free)] = clear
        for k, (p, q) in zip(pivots, known, strict=True):
            row[int(k)] = p * clear // q
        divisor = math.gcd(*row)
        answer.append([c // divisor for c in row])
    return answer


def gradient(g: PolynomialMap, v: Sequence[int], point: Sequence[int]) -> list[int]:
    """J^T v in whole numbers."""
    largest = max((abs(x) for x in point), default=1) ** max(g.factors.shape[1] - 1, 0)
    largest *= max((abs(x) for x in v), default=1) * max((abs(c) for c in g.coefficients), default=1)
    kind = np.int64 if max(largest, 1) * max(g.terms, 1) < _SAFE else object
    values = np.array([*point, 1], dtype=kind)
    weight = np.array(v, dtype=kind)[g.coordinate] * np.array(g.coefficients, dtype=kind)
    found = np.zeros(len(values), dtype=kind)
    for k, column in enumerate(g.factors.T):
        term = weight
        for n, other in enumerate(g.factors.T):
            if n != k:
                term = term * values[other]
        np.add.at(found, column, term)
    return [int(x) for x in found[: g.weights]]

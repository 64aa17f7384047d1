"""Balances and equal slopes of parameterizations that are made of functions."""

from __future__ import annotations

import math

import numpy as np
from flint import fmpq_mpoly

from numerics.laws.ansatz import rational
from numerics.laws.modular import PRIME, echelon
from verify.reparam.reading import Parameterized

_TRIES = 400


def ring_balances(small: Parameterized, fields: list[list[fmpq_mpoly]], seed: int) -> list[list[int]]:
    """Whole numbers c with sum_a c_a w_a dG_i/dw_a = 0 for all i: a basis of those found, each an identity."""
    ring, n = small.ring, len(small.weights)
    rng = np.random.default_rng(seed)
    rows: list[list[int]] = []
    for _ in range(_TRIES):
        if len(rows) >= 2 * n + 6:
            break
        z = ring.residues([int(x) for x in rng.integers(1, PRIME, size=ring.plain)], PRIME)
        if z is not None:
            rows += [[z[a] * v % PRIME for a, v in enumerate(speed[:n])] for speed in ring.speeds(fields, z, PRIME)]
    if not rows:
        return []
    top = echelon(np.array(rows, dtype=np.int64))
    pivots = (top != 0).argmax(axis=1)
    answer = []
    for free in np.setdiff1d(np.arange(n), pivots):
        parts = [rational(int(-x) % PRIME, PRIME) if x else (0, 1) for x in top[:, free]]
        known = [p for p in parts if p is not None]
        if len(known) < len(parts):
            continue
        clear = math.lcm(*(q for _, q in known)) if known else 1
        row = [0] * n
        row[int(free)] = clear
        for k, (p, q) in zip(pivots, known, strict=True):
            row[int(k)] = p * clear // q
        if all(ring.vanishes(sum((c * ring.generators[a] * f[a] for a, c in enumerate(row)), ring.constant(0)))
               for f in fields):  # fmt: skip
            answer.append(row)
    return answer


def equal_slopes(small: Parameterized, fields: list[list[fmpq_mpoly]]) -> list[list[tuple[int, int]]]:
    """Groups of weights (a, sign) whose slopes dG_i/dw_a agree up to these signs for all i, of two weights or more."""
    ring = small.ring
    groups: list[list[tuple[int, int]]] = []
    for a in range(len(small.weights)):
        for group in groups:
            b = group[0][0]
            sign = next((s for s in (1, -1) if all(ring.vanishes(f[a] - s * f[b]) for f in fields)), 0)
            if sign:
                group.append((a, sign))
                break
        else:
            groups.append([(a, 1)])
    return [group for group in groups if len(group) > 1]

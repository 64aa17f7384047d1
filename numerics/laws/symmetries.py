"""Linear symmetries of a polynomial map: the matrices A with dG(A w) = 0 for all w.

They form the Lie algebra of the group of linear changes of the weights that leave G alone. Their values A w at a point
lie in the kernel of J, so that independent ones bound its rank from above; the symmetric ones among them are the
conservation laws w^T A w / 2.
"""

from __future__ import annotations

import math

import numpy as np

from numerics.laws.ansatz import Parities, rational, sampled_coordinates
from numerics.laws.maps import PolynomialMap
from numerics.laws.modular import Fields, echelon

MOST_UNKNOWNS = 20_000
Symmetry = dict[tuple[int, int], int]  # (a, b) -> the coefficient of w_b in the speed of w_a


def linear_symmetries(g: PolynomialMap, seed: int = 0) -> list[Symmetry]:
    """Independent symmetries, each checked as an identity; all of them but for those that could not be lifted."""
    n = g.weights
    if n * n > MOST_UNKNOWNS:
        return []
    rng = np.random.default_rng(seed)
    sample = g.restricted(sampled_coordinates(g, rng))
    fields = Fields(sample)
    labels = Parities(g).labels(rng)[:n]
    pairs = np.stack(np.meshgrid(np.arange(n), np.arange(n), indexing="ij"), axis=-1).reshape(-1, 2)
    keys = labels[pairs[:, 0]] ^ labels[pairs[:, 1]]
    order = np.argsort(keys, kind="stable")
    _, starts, counts = np.unique(keys[order], return_index=True, return_counts=True)
    largest = int(counts.max())
    points = rng.integers(1, fields.prime, size=(-(-(largest + 6) // sample.outputs) + 1, len(g.names)))
    jacobians = fields.jacobian(points)
    answer: list[Symmetry] = []
    for start, count in zip(starts.tolist(), counts.tolist(), strict=True):
        some = pairs[order[start : start + count]]
        values = jacobians[:, :, some[:, 0]] * points[:, None, some[:, 1]] % fields.prime
        answer += _lifted(g, some, values.reshape(-1, count), fields.prime)
    return answer


def _lifted(g: PolynomialMap, pairs: np.ndarray, values: np.ndarray, prime: int) -> list[Symmetry]:
    top = echelon(values[(values != 0).any(axis=1)], prime)
    pivots = (top != 0).argmax(axis=1)
    answer = []
    for free in np.setdiff1d(np.arange(len(pairs)), pivots):
        parts = [rational(int(-x) % prime, prime) if x else (0, 1) for x in top[:, free]]
        known = [p for p in parts if p is not None]
        if len(known) < len(parts):
            continue
        clear = math.lcm(*(q for _, q in known)) if known else 1
        found = {tuple(map(int, pairs[free])): clear}
        for k, (p, q) in zip(pivots, known, strict=True):
            if p:
                found[tuple(map(int, pairs[k]))] = p * clear // q
        symmetry: Symmetry = {(a, b): c for (a, b), c in found.items()}
        if is_symmetry(g, symmetry):
            answer.append(symmetry)
    return answer


def is_symmetry(g: PolynomialMap, symmetry: Symmetry) -> bool:
    """Whether sum c w_b dG_i/dw_a is the polynomial 0 for every i."""
    generators = g.context.gens()
    for row in g.gradients:
        total = g.context.from_dict({})
        for (a, b), c in symmetry.items():
            if a in row:
                total += c * generators[b] * row[a]
        if total != 0:
            return False
    return True


def kernel_dimension(g: PolynomialMap, symmetries: list[Symmetry], seed: int = 0) -> int:
    """The rank of their values at a point modulo a prime: no more than the dimension of ker J at generic weights."""
    if not symmetries:
        return 0
    fields = Fields(g)
    point = np.random.default_rng(seed).integers(1, fields.prime, size=len(g.names)).tolist()
    rows = np.zeros((len(symmetries), g.weights), dtype=np.int64)
    for k, symmetry in enumerate(symmetries):
        for (a, b), c in symmetry.items():
            rows[k, a] = (int(rows[k, a]) + c * point[b]) % fields.prime
    return len(echelon(rows, fields.prime))

"""Whether J grad h = 0 identically, in whole numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from flint import fmpz_mpoly

from numerics.laws.maps import PolynomialMap

Law = dict[tuple[int, ...], int]  # exponents of the names -> coefficient
_SMALL = 2**20


def is_law(parameterization: PolynomialMap, laws: Sequence[Law]) -> list[bool]:
    """For every h, whether J grad h is the polynomial 0."""
    diagonal = {k for k, h in enumerate(laws) if _is_diagonal(h, parameterization.weights)}
    answer = [False] * len(laws)
    if diagonal:
        order = sorted(diagonal)
        for k, kept in zip(order, _diagonal(parameterization, [laws[k] for k in order]), strict=True):
            answer[k] = kept
    for k, h in enumerate(laws):
        if k not in diagonal:
            answer[k] = not any(residue(parameterization, h))
    return answer


def residue(parameterization: PolynomialMap, law: Mapping[tuple[int, ...], int]) -> list[fmpz_mpoly]:
    """J grad h, coordinate by coordinate."""
    context = parameterization.context
    h = context.from_dict(dict(law))
    slopes = {a: h.derivative(a) for a, e in enumerate(h.degrees()[: parameterization.weights]) if e}
    zero = context.from_dict({})
    answer = []
    for row in parameterization.gradients:
        total = zero
        for a, slope in slopes.items():
            if a in row:
                total += row[a] * slope
        answer.append(total)
    return answer


def _is_diagonal(law: Law, weights: int) -> bool:
    small = all(abs(c) < _SMALL for c in law.values())
    return small and all(sum(e) == 2 and 2 in e[:weights] for e in law)


def _diagonal(parameterization: PolynomialMap, laws: Sequence[Law]) -> list[bool]:
    """For h = sum_a c_a w_a^2: sum c_a (degree in w_a) = 0 for every term of G, as w_a d/dw_a keeps monomials."""
    table = np.zeros((len(laws), len(parameterization.names) + 1), dtype=np.int64)
    for k, h in enumerate(laws):
        for exponents, c in h.items():
            table[k, exponents.index(2)] = c
    total = np.zeros((len(laws), parameterization.terms), dtype=np.int64)
    for column in parameterization.factors.T:
        total += table[:, column]
    return [not bool(row.any()) for row in total]

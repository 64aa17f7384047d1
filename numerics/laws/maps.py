"""Polynomial maps theta = G(w) with whole coefficients, kept as sparse monomials in arrays.

Scaling a coordinate of G by a number changes neither the span of the gradients nor any conservation law, so that
rational coefficients are cleared coordinate by coordinate.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from flint import fmpz_mpoly, fmpz_mpoly_ctx

Exponents = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class PolynomialMap:
    """theta_i = sum over the terms of coordinate i of coefficient * product of factors.

    names: the D weights, then the constants. weights: D; the other names stand for constants, along which nothing
    flows. factors: whole numbers (T, k), the indices of the names that a term multiplies, padded by ``len(names)``
    for the number 1. coordinate: (T,), in 0 ... outputs - 1. coefficients: T whole numbers, none 0. No two terms of
    a coordinate have the same factors.
    """

    names: tuple[str, ...]
    weights: int
    outputs: int
    factors: np.ndarray
    coordinate: np.ndarray
    coefficients: tuple[int, ...]

    @classmethod
    def of(
        cls, names: Sequence[str], coordinates: Sequence[Mapping[Exponents, Fraction | int]], weights: int | None = None
    ) -> PolynomialMap:
        """The map whose coordinates are {exponents: coefficient}, denominators cleared."""
        rows, where, numbers = [], [], []
        for i, terms in enumerate(coordinates):
            kept = {e: Fraction(c) for e, c in terms.items() if c}
            clear = math.lcm(*(c.denominator for c in kept.values()))
            for exponents, c in kept.items():
                rows.append([k for k, e in enumerate(exponents) for _ in range(e)])
                where.append(i)
                numbers.append(int(c * clear))
        width = max((len(r) for r in rows), default=0)
        padded = [r + [len(names)] * (width - len(r)) for r in rows]
        factors = np.array(padded, dtype=np.int64).reshape(len(rows), width)
        count = len(names) if weights is None else weights
        return cls(tuple(names), count, len(coordinates), factors, np.array(where, dtype=np.int64), tuple(numbers))

    @property
    def terms(self) -> int:
        return len(self.coefficients)

    @cached_property
    def degrees(self) -> np.ndarray:
        """The degree of every term in the weights."""
        return (self.factors < self.weights).sum(axis=1)

    @cached_property
    def homogeneity(self) -> list[int | None]:
        """The degree of every coordinate that is homogeneous in the weights, None for others; 0 for the number 0."""
        low = np.full(self.outputs, np.iinfo(np.int64).max)
        high = np.full(self.outputs, -1)
        np.minimum.at(low, self.coordinate, self.degrees)
        np.maximum.at(high, self.coordinate, self.degrees)
        return [0 if h < 0 else int(h) if h == lo else None for lo, h in zip(low, high, strict=True)]

    def restricted(self, coordinates: Sequence[int] | np.ndarray) -> PolynomialMap:
        """The map of some of the coordinates, in the order given."""
        new = np.full(self.outputs, -1, dtype=np.int64)
        new[list(coordinates)] = np.arange(len(coordinates))
        kept = np.flatnonzero(new[self.coordinate] >= 0)
        coefficients = tuple(self.coefficients[t] for t in kept)
        where = new[self.coordinate[kept]]
        return PolynomialMap(self.names, self.weights, len(coordinates), self.factors[kept], where, coefficients)

    @cached_property
    def context(self) -> fmpz_mpoly_ctx:
        return fmpz_mpoly_ctx.get(list(self.names))

    def coordinates(self) -> list[dict[Exponents, int]]:
        """Every coordinate as {exponents: coefficient}."""
        found: list[dict[Exponents, int]] = [{} for _ in range(self.outputs)]
        for row, i, c in zip(self.factors.tolist(), self.coordinate.tolist(), self.coefficients, strict=True):
            exponents = [0] * (len(self.names) + 1)
            for k in row:
                exponents[k] += 1
            found[i][tuple(exponents[:-1])] = c
        return found

    @cached_property
    def polynomials(self) -> list[fmpz_mpoly]:
        return [self.context.from_dict(d) for d in self.coordinates()]

    @cached_property
    def gradients(self) -> list[dict[int, fmpz_mpoly]]:
        """The derivatives of every coordinate by the weights that occur in it."""
        answer = []
        for g in self.polynomials:
            rows = {a: g.derivative(a) for a, e in enumerate(g.degrees()[: self.weights]) if e}
            answer.append(rows)
        return answer

    @cached_property
    def users(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The coordinates in which each weight occurs, one run a weight: all runs, where each starts, its length."""
        weight = self.factors.ravel()
        coordinate = np.repeat(self.coordinate, self.factors.shape[1])
        inside = weight < self.weights
        weight, coordinate = weight[inside], coordinate[inside]
        order = np.argsort(weight, kind="stable")
        counts = np.bincount(weight, minlength=self.weights)
        return coordinate[order], np.cumsum(counts) - counts, counts

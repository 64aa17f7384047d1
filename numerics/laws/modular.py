"""Gradients and Lie brackets of polynomial maps at points modulo a prime.

Numbers live in F_p[e_1, ..., e_m]/(e_1^2, ..., e_m^2): an array (2^m, ...) holds the coefficient of prod_{k in s} e_k
at the position whose binary digits are s. The bracket [X, Y] = Y'X - X'Y at w is the coefficient of e in
Y(w + e X(w)) - X(w + e Y(w)), so that nested brackets need no derivative beyond the gradients of G and nothing is
ever expanded. All of it is the reduction of whole numbers: a rank modulo p is a lower bound of that over Q.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from flint import nmod_mat

from numerics.laws.maps import PolynomialMap

PRIME = 2**31 - 1


def multiply(a: np.ndarray, b: np.ndarray, prime: int = PRIME) -> np.ndarray:
    """The product in the algebra, entry by entry; the fewer nilpotents are those of the smaller array."""
    if len(a) == 1 or len(b) == 1:
        return a * b % prime
    half = len(a) // 2
    low = multiply(a[:half], b[:half], prime)
    high = (multiply(a[:half], b[half:], prime) + multiply(a[half:], b[:half], prime)) % prime
    return np.concatenate([low, high])


def rank(rows: np.ndarray, prime: int = PRIME) -> int:
    """The rank modulo the prime."""
    height, width = rows.shape
    return int(nmod_mat(height, width, rows.ravel().tolist(), prime).rank()) if rows.size else 0


def echelon(rows: np.ndarray, prime: int = PRIME) -> np.ndarray:
    """The rows other than 0 of the reduced echelon form modulo the prime; their number is the rank."""
    if rows.size == 0:
        return rows[:0]
    height, width = rows.shape
    table, found = nmod_mat(height, width, rows.ravel().tolist(), prime).rref()
    flat = np.array([int(x) for x in table.entries()[: found * width]], dtype=np.int64)
    return flat.reshape(found, width)


class Fields:
    """The vector fields grad G_i modulo a prime."""

    def __init__(self, parameterization: PolynomialMap, prime: int = PRIME) -> None:
        self.map = parameterization
        self.prime = prime
        self.coefficients = np.array([c % prime for c in parameterization.coefficients], dtype=np.int64)

    @cached_property
    def _scatter(self) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """For every place of a factor: the terms that have a weight there by weight, where each run starts, whose."""
        answer = []
        for column in self.map.factors.T:
            order = np.argsort(column, kind="stable")
            order = order[column[order] < self.map.weights]
            values, starts = np.unique(column[order], return_index=True)
            answer.append((order, starts, values))
        return answer

    def _others(self, w: np.ndarray) -> list[np.ndarray]:
        """For every place of a factor, the product of the factors at the other places: (S, B, T) each."""
        one = np.zeros((*w.shape[:-1], 1), dtype=np.int64)
        one[0] = 1
        full = np.concatenate([w, one], axis=-1)
        values = [full[..., column] for column in self.map.factors.T]
        before: list[np.ndarray | None] = [None]
        for value in values[:-1]:
            last = before[-1]
            before.append(value if last is None else multiply(last, value, self.prime))
        answer: list[np.ndarray] = []
        after: np.ndarray | None = None
        ones = np.broadcast_to(one, (*w.shape[:-1], self.map.terms))
        for place in range(len(values) - 1, -1, -1):
            left = before[place]
            if left is None:
                both = ones if after is None else after
            else:
                both = left if after is None else multiply(left, after, self.prime)
            answer.append(both)
            after = values[place] if after is None else multiply(values[place], after, self.prime)
        return answer[::-1]

    def combination(self, mix: np.ndarray, w: np.ndarray) -> np.ndarray:
        """grad of sum_i mix_i G_i at w. mix: (B, outputs); w: (S, B, names); the answer as w, 0 at the constants."""
        weight = mix[:, self.map.coordinate] * self.coefficients % self.prime
        found = np.zeros_like(w)
        for product, (order, starts, values) in zip(self._others(w), self._scatter, strict=True):
            if len(order):
                parts = product[..., order] * weight[:, order] % self.prime
                found[..., values] += np.add.reduceat(parts, starts, axis=-1)
        return found % self.prime

    def jacobian(self, points: np.ndarray) -> np.ndarray:
        """J at points (P, names): (P, outputs, D)."""
        found = np.zeros((len(points), self.map.outputs * self.map.weights), dtype=np.int64)
        for product, (order, _, _), column in zip(
            self._others(points[None]), self._scatter, self.map.factors.T, strict=True
        ):
            at = self.map.coordinate[order] * self.map.weights + column[order]
            parts = product[0][:, order] * self.coefficients[order] % self.prime
            by_place = np.argsort(at, kind="stable")
            places, starts = np.unique(at[by_place], return_index=True)
            if len(places):
                found[:, places] += np.add.reduceat(parts[:, by_place], starts, axis=-1)
        return (found % self.prime).reshape(len(points), self.map.outputs, self.map.weights)

    def bracket(self, mixes: np.ndarray, w: np.ndarray) -> np.ndarray:
        """[X_1, [X_2, ... X_m]] at w, X_k the gradient of sum_i mixes[k, :, i] G_i. mixes: (m, B, outputs)."""
        if len(mixes) == 1:
            return self.combination(mixes[0], w)
        first = self.combination(mixes[0], w)
        rest = self.bracket(mixes[1:], w)
        along = self.bracket(mixes[1:], np.concatenate([w, first]))
        against = self.combination(mixes[0], np.concatenate([w, rest]))
        return (along[len(w) :] - against[len(w) :]) % self.prime

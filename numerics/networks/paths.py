"""A branch of a network of degree one as the sum over its paths, and where the entries of its gradient change sign.

On a branch q_i = sum_pi C_pi,i prod_{e in pi} theta_e, one path pi for each way from the input to the output. With the
weights p_i = dz/dq_i of the samples, z = log(1/loss), the slope of z by theta_e is a sum of monomials of the other
weights times forms <c, p>. It is cut into factors: weights that all its monomials have in common, one form where all
its c are multiples of one another, and the rest. Entries share such factors; each factor is one surface, so that the
surfaces meet transversally where the entries' own would coincide.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, product

import numpy as np

from numerics.networks.architecture import Network

Array = np.ndarray
PARALLEL = 1e-12
Terms = dict[tuple[int, ...], Array]  # monomial -> the c of its form; None for the number 1


@dataclass(frozen=True)
class Paths:
    """index (n, L): the weights of each path; c (n, K): its coefficients; size: of theta."""

    index: Array
    c: Array
    size: int

    @classmethod
    def of(cls, network: Network, inputs: Array, labels: Array, signs: Array) -> Paths:
        """The paths on the branch of these signs. Raises ValueError where an activation is not of degree one."""
        if any(s.degree != 1 for s in network.activations):
            raise ValueError("a network is a sum over paths where all its activations are of degree one")
        samples, taken = inputs.shape[1], 0
        slopes: list[Array] = []
        for n, s in zip(reversed(network.widths[1:-1]), reversed(network.activations), strict=True):
            count = n * samples if s.kinked else 0
            on = (1 + signs[taken : taken + count].reshape(n, samples)) / 2 if s.kinked else np.ones((n, samples))
            slopes.insert(0, on)
            taken += count
        rows, values = [], []
        for units in product(*(range(n) for n in network.widths)):
            if any(units[k] != units[k + 1] for k in network.diagonal):
                continue
            c = labels * inputs[units[-1]]
            for on, unit in zip(slopes, units[1:-1], strict=True):
                c = c * on[unit]
            if np.any(c):
                places = zip(pairwise(units), network.shapes, network.slices, strict=True)
                rows.append([place.start + a * shape[1] + b for (a, b), shape, place in places])
                values.append(c)
        index = np.array(rows, dtype=int).reshape(len(rows), network.depth)
        return cls(index, np.array(values).reshape(len(rows), samples), network.size)

    @cached_property
    def _at(self) -> list[Array]:
        """For each layer (n, P): 1 at the weight of the path in it."""
        return [np.eye(self.size)[column] for column in self.index.T]

    def outputs(self, theta: Array) -> Array:
        """q (K,)."""
        return np.asarray(np.prod(theta[self.index], axis=1) @ self.c)

    def jacobian(self, theta: Array) -> Array:
        """The gradients of the q_i as rows (K, P)."""
        factors = theta[self.index]
        out = np.zeros((self.c.shape[1], self.size))
        for k, at in enumerate(self._at):
            others = np.prod(np.delete(factors, k, axis=1), axis=1)
            out += (self.c * others[:, None]).T @ at
        return out

    def curvature(self, theta: Array, weights: Array) -> Array:
        """sum_i weights_i q_i'' (P, P)."""
        factors, value = theta[self.index], self.c @ weights
        out = np.zeros((self.size, self.size))
        for k, at in enumerate(self._at):
            for m in range(k):
                others = np.prod(np.delete(factors, (k, m), axis=1), axis=1) * value
                out += (at * others[:, None]).T @ self._at[m]
        return out + out.T

    def terms(self, e: int) -> Terms:
        """The slope by theta_e: the c of every monomial of the others."""
        out: Terms = {}
        for row, c in zip(self.index.tolist(), self.c, strict=True):
            if e in row:
                others = tuple(sorted(w for w in row if w != e))
                out[others] = out.get(others, 0.0) + c
        return {m: c for m, c in out.items() if np.any(c)}


def _parallel(c: Array, base: Array) -> float | None:
    """a with c = a base, or None."""
    a = float(c @ base / (base @ base))
    return a if np.max(np.abs(c - a * base)) <= PARALLEL * np.max(np.abs(c)) else None


def factors(terms: Terms) -> tuple[int, list[tuple[tuple, Terms | None]]]:
    """(sign, factors) of a sum of monomials times forms, each with a key that equal factors share.

    A factor is a sum of monomials whose c is None for a polynomial with the coefficient of ``key``; the sign is 0 for
    the empty sum. A form whose coefficients have one sign is positive or negative, since all p_i are positive.
    """
    if not terms:
        return 0, []
    common = set.intersection(*(set(m) for m in terms))
    found: list[tuple[tuple, Terms | None]] = [(("weight", e), None) for e in sorted(common)]
    rest = {tuple(w for w in m if w not in common): c for m, c in terms.items()}
    base = next(iter(rest.values()))
    multiples = {m: _parallel(c, base) for m, c in rest.items()}
    ratios = {m: a for m, a in multiples.items() if a is not None}
    sign = 1
    if len(ratios) == len(rest):
        if np.any(base > 0) and np.any(base < 0):
            turned, key = _normal([base])
            sign *= turned
            found.append((("form", key), {(): turned * base}))
        else:
            sign *= 1 if np.any(base > 0) else -1
        if len(rest) > 1:
            turned, key = _normal([np.array([a]) for a in ratios.values()])
            sign *= turned
            found.append((("sum", tuple(rest), key), {m: np.array([turned * a]) for m, a in ratios.items()}))
        return sign, found
    turned, key = _normal(list(rest.values()))
    found.append((("mixed", tuple(rest), key), {m: turned * c for m, c in rest.items()}))
    return turned, found


def _normal(vectors: list[Array]) -> tuple[int, tuple]:
    """The sign that makes the first entry positive, and what multiples of one another have in common."""
    flat = np.concatenate(vectors)
    lead = flat[np.flatnonzero(flat)[0]]
    return (1 if lead > 0 else -1), tuple(np.round(flat / lead, 9).tolist())

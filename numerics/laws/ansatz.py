"""All polynomial conservation laws up to a degree: exact linear algebra, split by sign symmetries.

h is kept by every gradient flow w' = -J(w)^T v(t) exactly where J grad h = 0. A change of signs of the weights that
changes only signs of coordinates of G is an isometry, so that the laws split by the characters of these changes:
monomials of h whose exponents differ modulo 2 by those that differ within one coordinate of G stay together, and
where every coordinate is homogeneous also those of one degree. Each class is a linear system. Its kernel modulo p,
from values at points, bounds that over Q from above; kernel vectors that are lifted to Q and checked as identities of
polynomials bound it from below. Where the two meet these are all laws of the class.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from flint import fmpq, fmpz_mat

from numerics.laws.identities import Law, is_law, residue
from numerics.laws.maps import PolynomialMap
from numerics.laws.modular import Fields, echelon, multiply

MAX_MONOMIALS = 150_000
MAX_CLASS = 1_500
MAX_EXACT = 250  # unknowns of a system that is solved over Q where the lift from one prime fails


@dataclass
class Laws:
    """The laws found. complete: whether every polynomial law up to the degree is in their span (with constants).

    dimension: how many linearly independent ones there are. monomials: unknowns of the ansatz. reason: why it is
    not complete.
    """

    degree: int
    laws: list[Law] = field(default_factory=list)
    complete: bool = True
    monomials: int = 0
    reason: str = ""


def size_of_ansatz(names: int, degree: int) -> int:
    return math.comb(names + degree, degree) - 1


def polynomial_laws(parameterization: PolynomialMap, degree: int, rng: np.random.Generator) -> Laws:
    """All laws of degree at most ``degree`` in the weights and constants, without a constant term."""
    found = Laws(degree, monomials=size_of_ansatz(len(parameterization.names), degree))
    if found.monomials > MAX_MONOMIALS:
        found.complete = False
        found.reason = f"the ansatz has {found.monomials} monomials, more than {MAX_MONOMIALS}"
        return found
    system = _System(parameterization, rng)
    for monomials in system.classes(degree):
        laws, complete = system.solve(monomials)
        found.laws += laws
        if not complete:
            found.complete = False
            found.reason = f"a class of {len(monomials)} monomials was not settled"
    found.laws.sort(key=lambda h: (max(sum(e) for e in h), len(h)))
    return found


class _System:
    def __init__(self, parameterization: PolynomialMap, rng: np.random.Generator) -> None:
        self.map = parameterization
        self.rng = rng
        self.fields = Fields(parameterization)
        self.prime = self.fields.prime
        self.sample = parameterization.restricted(sampled_coordinates(parameterization, rng))
        self.sample_fields = Fields(self.sample)
        self.points = np.zeros((0, len(parameterization.names)), dtype=np.int64)
        self.rows = np.zeros((0, self.sample.outputs, parameterization.weights), dtype=np.int64)
        self.parities = Parities(parameterization)
        self.homogeneous = None not in parameterization.homogeneity

    def grow(self, count: int) -> None:
        """At least so many points with their Jacobians."""
        more = count - len(self.points)
        if more > 0:
            points = self.rng.integers(1, self.prime, size=(more, len(self.map.names)))
            self.points = np.concatenate([self.points, points])
            self.rows = np.concatenate([self.rows, self.sample_fields.jacobian(points)])

    def classes(self, degree: int) -> Iterator[np.ndarray]:
        """The monomials of each class as rows of padded factors; small classes that have no law are left out."""
        names, weights = len(self.map.names), self.map.weights
        every = _monomials(names, weights, degree)
        labels = np.append(self.parities.labels(self.rng), np.uint64(0))
        keys = np.bitwise_xor.reduce(labels[every], axis=1)
        if self.homogeneous:
            keys = keys ^ self.rng.integers(1, 2**63, size=degree + 1, dtype=np.uint64)[(every < weights).sum(axis=1)]
        order = np.argsort(keys, kind="stable")
        _, starts, counts = np.unique(keys[order], return_index=True, return_counts=True)
        self.grow(2)
        mix = self.rng.integers(1, self.prime, size=(2, self.sample.outputs))
        along = self.sample_fields.combination(mix, self.points[None, :2])[0, :, : self.map.weights]
        small = order[starts[counts <= 2]], order[(starts + counts - 1)[counts <= 2]]
        (u, x), (v, y) = (self.moved(every[chosen], self.points[:2], along) for chosen in small)
        singular = (u * y - v * x) % self.prime == 0
        alone = counts[counts <= 2] == 1
        kept = counts > 2
        kept[counts <= 2] = np.where(alone, (u == 0) & (x == 0), singular)
        for start, count in zip(starts[kept].tolist(), counts[kept].tolist(), strict=True):
            yield every[order[start : start + count]]

    def moved(self, monomials: np.ndarray, points: np.ndarray, along: np.ndarray) -> np.ndarray:
        """d(monomial) along the vectors: (R, N) for points (R, names) and vectors (R, D)."""
        extended = np.zeros((2, len(points), len(self.map.names) + 1), dtype=np.int64)
        extended[0, :, :-1] = points
        extended[0, :, -1] = 1
        extended[1, :, : self.map.weights] = along
        product = extended[..., monomials[:, 0]]
        for column in monomials.T[1:]:
            if (column < len(self.map.names)).any():
                product = multiply(product, extended[..., column], self.prime)
        return product[1]

    def values(self, monomials: np.ndarray, first: int, last: int) -> np.ndarray:
        """d(monomial) along every sampled field at the points first ... last - 1, the rows that are 0 left out."""
        self.grow(last)
        points = np.repeat(self.points[first:last], self.sample.outputs, axis=0)
        values = self.moved(monomials, points, self.rows[first:last].reshape(-1, self.map.weights))
        return values[(values != 0).any(axis=1)]

    def kernel(self, values: np.ndarray) -> np.ndarray:
        """A basis of the kernel modulo the prime, in echelon form, one vector a row."""
        n = values.shape[1]
        top = echelon(values, self.prime)
        if len(top) == n:
            return top[:0]
        pivots = (top != 0).argmax(axis=1)
        free = np.setdiff1d(np.arange(n), pivots)
        basis = np.zeros((len(free), n), dtype=np.int64)
        basis[np.arange(len(free)), free] = 1
        basis[:, pivots] = -top[:, free].T % self.prime
        return basis

    def solve(self, monomials: np.ndarray) -> tuple[list[Law], bool]:
        """The laws of a class and whether these are all of them."""
        n = len(monomials)
        if n > MAX_CLASS:
            return [], False
        count = -(-(n + 4) // self.sample.outputs)
        values = self.values(monomials, 0, count)
        basis = self.kernel(values)
        while len(basis):
            more = self.values(monomials, count, count + 1 + count // 2)
            count += 1 + count // 2
            if not self.refuted(basis, more):
                break
            values = np.concatenate([values, more])
            basis = self.kernel(values)
        if not len(basis):
            return [], True
        laws = [self._lift(row, monomials) for row in basis.tolist()]
        good = [h for h in laws if h is not None]
        checked = [h for h, kept in zip(good, is_law(self.map, good), strict=True) if kept]
        if len(checked) == len(basis):
            return checked, True
        if n <= MAX_EXACT:
            return _over_the_rationals(self.map, monomials), True
        return checked, False

    def refuted(self, basis: np.ndarray, values: np.ndarray) -> bool:
        """Whether one of the vectors is not in the kernel of the values, modulo the prime."""
        mix = self.rng.integers(1, self.prime, size=len(values))
        row = _dot(mix, values, self.prime)
        return bool(_dot(row, basis.T, self.prime).any())

    def _lift(self, row: Sequence[int], monomials: np.ndarray) -> Law | None:
        parts = [rational(x, self.prime) if x else (0, 1) for x in row]
        if any(p is None for p in parts):
            return None
        known = [p for p in parts if p is not None]
        clear = math.lcm(*(q for _, q in known))
        numbers = [p * clear // q for p, q in known]
        return _law(numbers, monomials, len(self.map.names))


def _law(numbers: Sequence[int], monomials: np.ndarray, names: int) -> Law:
    divisor = math.gcd(*numbers) or 1
    found: Law = {}
    for c, row in zip(numbers, monomials.tolist(), strict=True):
        if c:
            exponents = [0] * (names + 1)
            for k in row:
                exponents[k] += 1
            found[tuple(exponents[:-1])] = c // divisor
    return found


def _over_the_rationals(parameterization: PolynomialMap, monomials: np.ndarray) -> list[Law]:
    """The laws of a class by comparing coefficients: no prime, no points."""
    equations: dict[tuple[int, tuple[int, ...]], dict[int, int]] = {}
    for j, row in enumerate(monomials):
        single = _law([1], row[None], len(parameterization.names))
        for i, left in enumerate(residue(parameterization, single)):
            for exponents, c in left.to_dict().items():
                equations.setdefault((i, exponents), {})[j] = int(c)
    n = len(monomials)
    rows = [[e.get(j, 0) for j in range(n)] for e in equations.values()] or [[0] * n]
    basis, nullity = fmpz_mat(rows).nullspace()
    answer = []
    for column in basis.transpose().tolist()[:nullity]:
        answer.append(_law([int(x) for x in column], monomials, len(parameterization.names)))
    if not all(is_law(parameterization, answer)):
        raise ArithmeticError("a kernel vector over Q is no law")
    return answer


def rational(x: int, prime: int) -> tuple[int, int] | None:
    """(a, b) with x = a/b modulo the prime and |a|, b below sqrt(prime/2), None where there is none."""
    bound = math.isqrt(prime // 2)
    r0, r1, t0, t1 = prime, x, 0, 1
    while r1 > bound:
        k = r0 // r1
        r0, r1, t0, t1 = r1, r0 - k * r1, t1, t0 - k * t1
    if not t1 or abs(t1) > bound:
        return None
    value = fmpq(r1, t1)
    return int(value.p), int(value.q)


def sampled_coordinates(parameterization: PolynomialMap, rng: np.random.Generator) -> list[int]:
    """All coordinates, or where there are many more than weights some that together depend on every weight."""
    n, weights = parameterization.outputs, parameterization.weights
    if n <= 2 * weights + 10:
        return list(range(n))
    chosen = set(rng.choice(n, size=weights // 2 + 10, replace=False).tolist())
    users, starts, counts = parameterization.users
    picks = starts + (rng.random(len(counts)) * counts).astype(np.int64)
    return sorted(chosen | set(users[picks[counts > 0]].tolist()))


def _dot(row: np.ndarray, matrix: np.ndarray, prime: int) -> np.ndarray:
    """row @ matrix modulo the prime, without overflow."""
    return (row[:, None] * matrix % prime).sum(axis=0) % prime


def _monomials(names: int, weights: int, degree: int) -> np.ndarray:
    """All monomials of degree 1 ... degree with a weight in them: rows of factors, padded by ``names``."""
    parts = []
    for d in range(1, degree + 1):
        flat = itertools.chain.from_iterable(itertools.combinations_with_replacement(range(names), d))
        some = np.fromiter(flat, dtype=np.int64).reshape(-1, d)
        some = some[some[:, 0] < weights]
        parts.append(np.pad(some, ((0, 0), (0, degree - d)), constant_values=names))
    return np.concatenate(parts)


class Parities:
    """Exponents modulo 2, up to those by which the terms of one coordinate differ."""

    def __init__(self, parameterization: PolynomialMap) -> None:
        self.names = len(parameterization.names)
        self.pivots: dict[int, int] = {}
        bits = [*(1 << k for k in range(self.names)), 0]
        first: dict[int, int] = {}
        seen: set[int] = set()
        if parameterization.terms == parameterization.outputs:
            return  # every coordinate is one term
        for row, i in zip(parameterization.factors.tolist(), parameterization.coordinate.tolist(), strict=True):
            parity = 0
            for k in row:
                parity ^= bits[k]
            difference = first.setdefault(i, parity) ^ parity
            if difference and difference not in seen:
                seen.add(difference)
                left = self.reduce(difference)
                if left:
                    self.pivots[left.bit_length()] = left

    def reduce(self, parity: int) -> int:
        """The canonical member of the class."""
        answer = 0
        while parity:
            pivot = self.pivots.get(parity.bit_length())
            if pivot is None:
                top = 1 << (parity.bit_length() - 1)
                answer |= top
                parity ^= top
            else:
                parity ^= pivot
        return answer

    def labels(self, rng: np.random.Generator) -> np.ndarray:
        """A label for every name: products of equal class have equal labels under xor.

        Different classes have different ones but for an accident, which joins them and does no harm.
        """
        random = rng.integers(1, 2**63, size=self.names, dtype=np.uint64)
        if not self.pivots:
            return random
        answer = np.zeros(self.names, dtype=np.uint64)
        for k in range(self.names):
            left = self.reduce(1 << k)
            while left:
                top = left.bit_length() - 1
                answer[k] ^= random[top]
                left ^= 1 << top
        return answer

"""Rational functions over Q in a tower of generators: the arithmetic under every normal form.

A ``Fraction`` here is a pair (numerator, denominator) of polynomials in generators g_0, g_1, ..., each of which is
a variable or a function such as a root, a power with symbolic exponent, exp, log. Algebraic generators carry a
monic relation g^n = P(lower generators), applied by ``Ring.reduce``, so that polynomials have unique normal forms.
Polynomial arithmetic, gcd and factorization are FLINT's (python-flint).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flint import Ordering, fmpq, fmpq_mpoly_ctx

from verify.exact.errors import Unsupported

SIZE = 48
MAX_TERMS = 6000
MAX_DEGREE = 400

Poly = Any  # fmpq_mpoly has no type stubs


@lru_cache(maxsize=1)
def _context() -> Any:
    return fmpq_mpoly_ctx.get([f"g{k}" for k in range(SIZE)], Ordering.lex)


@dataclass(frozen=True)
class Quotient:
    """numerator/denominator; the denominator has been proved nonzero on the cell when it was divided by."""

    num: Poly
    den: Poly

    @property
    def key(self) -> tuple[str, str]:
        return (str(self.num), str(self.den))


class Ring:
    """Q[g_0, ..., g_47] with monic relations g_k^n = P."""

    def __init__(self) -> None:
        self.ctx = _context()
        self.gens = self.ctx.gens()
        self.used = 0
        self.relations: dict[int, tuple[int, Poly]] = {}

    def constant(self, value: object) -> Poly:
        if hasattr(value, "denominator") and not isinstance(value, fmpq):
            value = fmpq(value.numerator, value.denominator)  # type: ignore[attr-defined]
        return self.ctx.constant(value)

    @property
    def zero(self) -> Poly:
        return self.ctx.constant(0)

    @property
    def one(self) -> Poly:
        return self.ctx.constant(1)

    def new(self) -> int:
        # Index 0 is the highest in the lexicographic order: later generators stand on earlier ones, so they
        # are handed out from the low end and reductions run from the newest down.
        if self.used >= SIZE:
            raise Unsupported("too many different functions in one statement")
        self.used += 1
        return SIZE - self.used

    def relate(self, index: int, degree: int, value: Poly) -> None:
        self.relations[index] = (degree, value)

    def reduce(self, poly: Poly) -> Poly:
        if len(poly) > MAX_TERMS:
            raise Unsupported("the normal form grew too large")
        for index in sorted(self.relations):
            degree, value = self.relations[index]
            if poly.degrees()[index] < degree:
                continue
            if poly.degrees()[index] > MAX_DEGREE:
                raise Unsupported("the degree grew too large")
            parts: dict[int, dict] = {}
            for exps, coefficient in poly.to_dict().items():
                times, rest = divmod(int(exps[index]), degree)
                lowered = (*exps[:index], rest, *exps[index + 1 :])
                parts.setdefault(times, {})[lowered] = coefficient
            poly = self.zero
            for times, terms in parts.items():
                poly += self.ctx.from_dict(terms) * value**times
            if len(poly) > MAX_TERMS:
                raise Unsupported("the normal form grew too large")
        return poly

    def make(self, num: Poly, den: Poly) -> Quotient:
        num = self.reduce(num)
        if num.is_zero():
            return Quotient(num, self.one)
        den = self.reduce(den)
        if not den.is_constant():
            common = num.gcd(den)
            if not common.is_constant():
                num, den = num / common, den / common
        if den.is_constant():
            return Quotient(num / den, self.one)
        lead = den.leading_coefficient()
        return Quotient(num / self.constant(lead), den / self.constant(lead))

    def add(self, a: Quotient, b: Quotient) -> Quotient:
        if a.den == b.den:
            return self.make(a.num + b.num, a.den)
        return self.make(a.num * b.den + b.num * a.den, a.den * b.den)

    def negate(self, a: Quotient) -> Quotient:
        return Quotient(-a.num, a.den)

    def multiply(self, a: Quotient, b: Quotient) -> Quotient:
        return self.make(a.num * b.num, a.den * b.den)

    def inverse(self, a: Quotient) -> Quotient:
        """1/a; the caller has proved that a.num does not vanish."""
        return self.make(a.den, a.num)

    def integer_power(self, a: Quotient, n: int) -> Quotient:
        if n < 0:
            return self.inverse(self.integer_power(a, -n))
        size = max(len(a.num), len(a.den))
        if n > MAX_DEGREE or (size > 1 and n * size > 600):
            raise Unsupported("a power too large to expand")
        result = Quotient(self.one, self.one)
        for _ in range(n):
            result = self.multiply(result, a)
        return result

    def of(self, poly: Poly) -> Quotient:
        return Quotient(poly, self.one)


def factors(poly: Poly) -> tuple[fmpq, list[tuple[Poly, int]]]:
    """poly = c * prod f^k with irreducible f, leading coefficients positive."""
    c, parts = poly.factor()
    c = fmpq(c)
    out = []
    for f, k in parts:
        if f.leading_coefficient() < 0:
            f = -f
            if k % 2:
                c = -c
        out.append((f, int(k)))
    return c, out


def quotient_factors(q: Quotient) -> tuple[fmpq, list[tuple[Poly, int]]]:
    """q = c * prod f^k with irreducible f, leading coefficients positive; the f of the denominator have k < 0."""
    c, above = factors(q.num)
    d, below = factors(q.den)
    return c / d, above + [(f, -k) for f, k in below]


def generators_in(poly: Poly) -> list[int]:
    return [k for k, d in enumerate(poly.degrees()) if d > 0]


def single_generator(poly: Poly) -> int | None:
    """The index of the generator that the polynomial is, if it is one."""
    if len(poly) != 1 or poly.leading_coefficient() != 1:
        return None
    used = generators_in(poly)
    if len(used) == 1 and poly.degrees()[used[0]] == 1:
        return used[0]
    return None

"""Truncated asymptotic expansions  f = sum_i c_i m_i + O(m)  as X -> oo, with justified error terms.

The m_i are monomials of the scale in decreasing order, all larger than the error m; an expansion without an error
term is an identity near the limit point. ``f = ... + O(m)`` means: at every point of the cell there are X0 and C
with |remainder| <= C*m for X > X0. Sums and products respect that bound because the scale is an ordered group; a
power series sum a_k d**k that converges near 0, cut after k = K, has the remainder O(d**(K + 1)) for d -> 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from verify.exact.expansion.cases import Case, GiveUp, MoreTerms, Undefined
from verify.exact.expansion.growth import FLAT, Monomial, compare, descending, larger, logarithm, size
from verify.exact.expansion.scalars import NOTHING, UNITY, Scalar, rational


@dataclass(frozen=True)
class Series:
    """terms: (coefficient, monomial), dominant first; error: the bound of what was left out, None for nothing."""

    terms: tuple[tuple[Scalar, Monomial], ...] = ()
    error: Monomial | None = None

    @property
    def is_zero(self) -> bool:
        return not self.terms and self.error is None


def constant(c: Scalar) -> Series:
    return Series() if c.vanishes else Series(((c, FLAT),))


def single(c: Scalar, m: Monomial) -> Series:
    return Series(((c, m),))


class Arithmetic:
    """Arithmetic of expansions on one cell, keeping at most ``order`` terms."""

    def __init__(self, case: Case, order: int) -> None:
        self.case, self.order = case, order

    # --- the ring

    def gather(self, terms: Sequence[tuple[Scalar, Monomial]], error: Monomial | None, most: int = 0) -> Series:
        """An expansion from unsorted terms: equal monomials united, what the error hides dropped."""
        united: dict[Monomial, Scalar] = {}
        for c, m in terms:
            united[m] = united[m] + c if m in united else c
        live = [m for m, c in united.items() if not c.vanishes]
        if error is not None:
            live = [m for m in live if compare(m, error, self.case) > 0]
        kept: list[tuple[Scalar, Monomial]] = []
        for m in descending(live, self.case):
            if kept and compare(kept[-1][1], m, self.case) == 0:
                kept[-1] = (kept[-1][0] + united[m], kept[-1][1])
            else:
                kept.append((united[m], m))
        kept = [(c, m) for c, m in kept if not c.vanishes]
        most = most or self.order
        if len(kept) > most:
            error = larger(kept[most][1], error, self.case)
            kept = kept[:most]
        return Series(tuple(kept), error)

    def add(self, a: Series, b: Series) -> Series:
        exact = a.error is None and b.error is None
        most = len(a.terms) + len(b.terms) if exact else 0
        return self.gather((*a.terms, *b.terms), larger(a.error, b.error, self.case), most)

    def scale(self, a: Series, c: Scalar, m: Monomial = FLAT) -> Series:
        if c.vanishes:
            return Series()
        return Series(tuple((d * c, n * m) for d, n in a.terms), None if a.error is None else a.error * m)

    def minus(self, a: Series, b: Series) -> Series:
        return self.add(a, self.scale(b, rational(-1)))

    def mul(self, a: Series, b: Series) -> Series:
        if a.is_zero or b.is_zero:
            return Series()
        if len(b.terms) == 1 and b.error is None:
            return self.scale(a, *b.terms[0])
        if len(a.terms) == 1 and a.error is None:
            return self.scale(b, *a.terms[0])
        error: Monomial | None = None
        if a.error is not None:
            error = a.error * bound(b)
        if b.error is not None:
            error = larger(error, b.error * bound(a), self.case)
        return self.gather([(c * d, m * n) for c, m in a.terms for d, n in b.terms], error)

    # --- what dominates

    def leading(self, a: Series) -> tuple[Scalar, Monomial, int] | None:
        """(coefficient, monomial, sign of the coefficient) of the dominant term; None for the zero function."""
        for c, m in a.terms:
            sign = self.case.sign(c)
            if sign:
                return c, m, sign
        if a.error is None:
            return None
        raise MoreTerms

    def sign(self, a: Series) -> int:
        """The sign of the function near the limit point."""
        top = self.leading(a)
        return 0 if top is None else top[2]

    def split(self, a: Series) -> tuple[list[tuple[Scalar, Monomial]], Scalar, Series]:
        """The part that tends to infinity, the constant, and the part that tends to zero."""
        infinite: list[tuple[Scalar, Monomial]] = []
        level = NOTHING
        small: list[tuple[Scalar, Monomial]] = []
        for c, m in a.terms:
            s = -1 if small else size(m, self.case)
            if s > 0:
                infinite.append((c, m))
            elif s == 0:
                level = level + c
            else:
                small.append((c, m))
        if a.error is not None and size(a.error, self.case) >= 0:
            raise MoreTerms
        return infinite, level, Series(tuple(small), a.error)

    def finite(self, a: Series) -> tuple[int, Scalar, Series]:
        """(0, limit, the rest, tending to zero), or (the sign of infinity, 0, 0)."""
        for c, m in a.terms:
            if size(m, self.case) <= 0:
                break
            sign = self.case.sign(c)
            if sign:
                return sign, NOTHING, Series()
        return 0, *self.split(a)[1:]

    # --- power series

    def compose(self, coefficients: Sequence[Scalar], d: Series) -> Series:
        """sum_k a_k d**k for d -> 0, cut after the coefficients that are given."""
        total, power = constant(coefficients[0]), constant(UNITY)
        for c in coefficients[1:]:
            power = self.mul(power, d)
            total = self.add(total, self.scale(power, c))
        if d.is_zero:
            return total
        rest = bound(d).power(rational(len(coefficients)))
        return self.gather(total.terms, larger(total.error, rest, self.case))

    def normalised(self, a: Series) -> tuple[Scalar, Monomial, int, Series]:
        """(c, m, sign, d) with a == c*m*(1 + d) and d -> 0; a must not vanish identically."""
        top = self.leading(a)
        if top is None:
            raise Undefined("division by zero")
        c, m, sign = top
        rest = Series(tuple(t for t in a.terms if t[1] != m and compare(t[1], m, self.case) < 0), a.error)
        return c, m, sign, self.scale(rest, self.case.power(c, rational(-1)), m.power(rational(-1)))

    def power(self, a: Series, e: Scalar) -> Series:
        n = e.rational
        if n is not None and n.denominator == 1 and 0 < n <= 12:
            result = a
            for _ in range(int(n) - 1):
                result = self.mul(result, a)
            return result
        if a.is_zero:
            return constant(self.case.power_of_zero(e))
        if n == 0:
            return constant(UNITY) if self.leading(a) is not None else constant(self.case.power_of_zero(e))
        c, m, sign, d = self.normalised(a)
        if sign < 0 and (n is None or n.denominator != 1):
            if n is None:
                raise GiveUp("a negative base to a power that is not known to be an integer")
            raise Undefined("a negative base to a power that is no integer")
        head = self.case.power(c, e)
        return self.scale(self.compose(binomials(e, self.order), d), head, m.power(e))

    def inverse(self, a: Series) -> Series:
        return self.power(a, rational(-1))

    def log(self, a: Series) -> Series:
        if a.is_zero:
            raise Undefined("the logarithm of zero")
        c, m, sign, d = self.normalised(a)
        if sign < 0:
            raise Undefined("the logarithm of a negative number")
        terms = [(e, logarithm(k + 1)) for k, e in enumerate(m.exponents)] + [(g, n) for n, g in m.tower.items()]
        head = self.gather([*terms, (self.case.log(c), FLAT)], None, len(terms) + 1)
        series = [NOTHING] + [rational(Fraction((-1) ** (k + 1), k)) for k in range(1, self.order + 1)]
        return self.add(head, self.compose(series, d))

    def exp(self, a: Series) -> Series:
        if a.error is not None and not a.terms and size(a.error, self.case) == 0:
            return Series((), FLAT)
        infinite, level, small = self.split(a)
        m = FLAT
        for c, n in infinite:
            depth = next((k for k in range(1, 5) if n == logarithm(k)), None)
            m = m * (Monomial((), {n: c}) if depth is None else logarithm(depth - 1).power(c))
        series = [UNITY]
        for k in range(1, self.order + 1):
            series.append(series[-1].scaled(Fraction(1, k)))
        return self.scale(self.compose(series, small), self.case.exp(level), m)


def bound(a: Series) -> Monomial:
    """A monomial m with a = O(m); a is not the zero function."""
    if a.terms:
        return a.terms[0][1]
    if a.error is None:
        raise GiveUp("the zero function has no bound in the scale")
    return a.error


def binomials(e: Scalar, most: int) -> list[Scalar]:
    """binomial(e, k) for k = 0..most."""
    found = [UNITY]
    for k in range(most):
        found.append((found[-1] * (e - rational(k))).scaled(Fraction(1, k + 1)))
    return found

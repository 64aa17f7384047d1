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

from verify.exact.expansion.cases import Case, Divide, GiveUp, MoreTerms, Undefined
from verify.exact.expansion.growth import FLAT, Monomial, compare, logarithm, size
from verify.exact.expansion.scalars import NOTHING, UNITY, Scalar, rational

LARGEST_ERROR = 12


@dataclass(frozen=True)
class Series:
    """terms: (coefficient, monomial), dominant first; error: monomials that together bound what was left out."""

    terms: tuple[tuple[Scalar, Monomial], ...] = ()
    error: tuple[Monomial, ...] = ()

    @property
    def is_zero(self) -> bool:
        return not self.terms and not self.error


def constant(c: Scalar) -> Series:
    return Series() if c.vanishes else Series(((c, FLAT),))


def single(c: Scalar, m: Monomial) -> Series:
    return Series(((c, m),))


def bounds(a: Series) -> tuple[Monomial, ...]:
    """Monomials m_1, m_2, ... with a = O(m_1 + m_2 + ...); none for the zero function."""
    return (a.terms[0][1],) if a.terms else a.error


class Arithmetic:
    """Arithmetic of expansions on one cell, keeping at most ``order`` terms.

    Only the first ``forced`` terms are put in order at any price, by dividing the cell; behind them, terms whose
    order is not the same on the whole cell go to the error together.
    """

    def __init__(self, case: Case, order: int) -> None:
        self.case, self.order = case, order
        self.forced = {2: 1, 4: 2, 8: 5}.get(order, order)

    # --- the ring

    def gather(self, terms: Sequence[tuple[Scalar, Monomial]], error: Sequence[Monomial], most: int = 0) -> Series:
        """An expansion from unsorted terms: equal monomials united, what the error hides dropped."""
        united: dict[Monomial, Scalar] = {}
        for c, m in terms:
            united[m] = united[m] + c if m in united else c
        pool = [m for m, c in united.items() if not c.vanishes]
        hidden = tuple(dict.fromkeys(error))
        kept: list[tuple[Scalar, Monomial]] = []
        while pool and len(kept) < (most or self.order):
            try:
                equal = self._largest(pool)
                if any(compare(equal[0], e, self.case) <= 0 for e in hidden):
                    pool = []
                    break
            except Divide:
                if len(kept) < self.forced:
                    raise
                break
            total = NOTHING
            for m in equal:
                total = total + united[m]
            if not total.vanishes:
                kept.append((total, equal[0]))
            pool = [m for m in pool if m not in equal]
        return Series(tuple(kept), self._reduced((*hidden, *pool)))

    def _largest(self, pool: Sequence[Monomial]) -> list[Monomial]:
        """The monomials of the pool that dominate all others; they are equal."""
        best = [pool[0]]
        for m in pool[1:]:
            order = compare(m, best[0], self.case)
            if order > 0:
                best = [m]
            elif order == 0:
                best.append(m)
        return best

    def _reduced(self, error: Sequence[Monomial]) -> tuple[Monomial, ...]:
        """The error without monomials that are known to be dominated by others."""
        kept: list[Monomial] = []
        for m in error:
            try:
                if any(compare(m, n, self.case) <= 0 for n in kept):
                    continue
                kept = [n for n in kept if compare(n, m, self.case) > 0]
            except Divide:
                pass
            kept.append(m)
        if len(kept) > LARGEST_ERROR:
            raise GiveUp("too many error terms that cannot be compared")
        return tuple(kept)

    def add(self, a: Series, b: Series) -> Series:
        exact = not a.error and not b.error
        return self.gather((*a.terms, *b.terms), (*a.error, *b.error), len(a.terms) + len(b.terms) if exact else 0)

    def scale(self, a: Series, c: Scalar, m: Monomial = FLAT) -> Series:
        if c.vanishes:
            return Series()
        return Series(tuple((d * c, n * m) for d, n in a.terms), tuple(e * m for e in a.error))

    def minus(self, a: Series, b: Series) -> Series:
        return self.add(a, self.scale(b, rational(-1)))

    def mul(self, a: Series, b: Series) -> Series:
        if a.is_zero or b.is_zero:
            return Series()
        if len(b.terms) == 1 and not b.error:
            return self.scale(a, *b.terms[0])
        if len(a.terms) == 1 and not a.error:
            return self.scale(b, *a.terms[0])
        error = [e * m for e in a.error for m in bounds(b)] + [e * m for e in b.error for m in bounds(a)]
        return self.gather([(c * d, m * n) for c, m in a.terms for d, n in b.terms], error)

    # --- what dominates

    def leading(self, a: Series) -> tuple[Scalar, Monomial, int] | None:
        """(coefficient, monomial, sign of the coefficient) of the dominant term; None for the zero function."""
        a, sign = self.trimmed(a)
        return (*a.terms[0], sign) if sign else None

    def trimmed(self, a: Series) -> tuple[Series, int]:
        """The expansion from its first term that is not zero on, and the sign of that term."""
        for k, (c, _) in enumerate(a.terms):
            sign = self.case.sign(c)
            if sign:
                return Series(a.terms[k:], a.error), sign
        if a.error:
            raise MoreTerms
        return Series(), 0

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
        if any(size(e, self.case) >= 0 for e in a.error):
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
        rest = tuple(m.power(rational(len(coefficients))) for m in bounds(d))
        return self.gather(total.terms, (*total.error, *rest))

    def normalised(self, a: Series) -> tuple[Scalar, Monomial, int, Series]:
        """(c, m, sign, d) with a == c*m*(1 + d) and d -> 0; a must not vanish identically."""
        a, sign = self.trimmed(a)
        if not sign:
            raise Undefined("division by zero")
        c, m = a.terms[0]
        rest = Series(a.terms[1:], a.error)
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
        head = self.gather([*terms, (self.case.log(c), FLAT)], (), len(terms) + 1)
        series = [NOTHING] + [rational(Fraction((-1) ** (k + 1), k)) for k in range(1, self.order + 1)]
        return self.add(head, self.compose(series, d))

    def exp(self, a: Series) -> Series:
        if a.error and not a.terms and max(size(e, self.case) for e in a.error) == 0:
            return Series((), (FLAT,))
        infinite, level, small = self.split(a)
        m = FLAT
        for c, n in infinite:
            depth = next((k for k in range(1, 5) if n == logarithm(k)), None)
            m = m * (Monomial((), {n: c}) if depth is None else logarithm(depth - 1).power(c))
        series = [UNITY]
        for k in range(1, self.order + 1):
            series.append(series[-1].scaled(Fraction(1, k)))
        return self.scale(self.compose(series, small), self.case.exp(level), m)


def binomials(e: Scalar, most: int) -> list[Scalar]:
    """binomial(e, k) for k = 0..most."""
    found = [UNITY]
    for k in range(most):
        found.append((found[-1] * (e - rational(k))).scaled(Fraction(1, k + 1)))
    return found

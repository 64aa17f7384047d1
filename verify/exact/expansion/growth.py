"""The scale of growth: monomials  exp(phi) * X**e0 * log(X)**e1 * log(log(X))**e2 * ...  as X -> oo.

The exponents are parameter expressions; ``phi`` is a finite sum of such monomials, all tending to infinity, none
of them a multiple of an iterated logarithm (those go to the exponents). A monomial other than 1 tends to 0 or to
infinity, and which of the two is the sign of the dominant term of its logarithm: the monomials are a totally
ordered group on every cell on which the signs that are asked for are constant.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cmp_to_key

from verify.exact.expansion.cases import Case, GiveUp
from verify.exact.expansion.scalars import NOTHING, UNITY, Scalar, rational
from verify.language.terms import Term, fn

DEEPEST_LOGARITHM = 5


class Monomial:
    """exponents: of X, log X, log log X, ...; tower: the sum phi as a mapping from monomials to coefficients."""

    __slots__ = ("_hash", "exponents", "tower")

    def __init__(self, exponents: tuple[Scalar, ...] = (), tower: dict[Monomial, Scalar] | None = None) -> None:
        kept = list(exponents)
        while kept and kept[-1].vanishes:
            kept.pop()
        if len(kept) > DEEPEST_LOGARITHM:
            raise GiveUp("too many nested logarithms")
        self.exponents = tuple(NOTHING if e.vanishes else e for e in kept)
        self.tower = {m: c for m, c in (tower or {}).items() if not c.vanishes}
        self._hash = hash((self.exponents, frozenset(self.tower.items())))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Monomial) and self.exponents == other.exponents and self.tower == other.tower

    def __repr__(self) -> str:
        return repr(self.term(Term("sym", "X")))

    @property
    def trivial(self) -> bool:
        return not self.exponents and not self.tower

    def __mul__(self, other: Monomial) -> Monomial:
        n = max(len(self.exponents), len(other.exponents))
        exponents = tuple(self.exponent(k) + other.exponent(k) for k in range(n))
        tower = dict(self.tower)
        for m, c in other.tower.items():
            tower[m] = tower[m] + c if m in tower else c
        return Monomial(exponents, tower)

    def exponent(self, k: int) -> Scalar:
        return self.exponents[k] if k < len(self.exponents) else NOTHING

    def power(self, e: Scalar) -> Monomial:
        return Monomial(tuple(f * e for f in self.exponents), {m: c * e for m, c in self.tower.items()})

    def term(self, big: Term) -> Term:
        """The monomial as a term in X."""
        factors: list[Term] = []
        if self.tower:
            phi = None
            for m, c in self.tower.items():
                part = Term("*", c.term, m.term(big))
                phi = part if phi is None else Term("+", phi, part)
            factors.append(fn("exp", phi))  # type: ignore[arg-type]
        base = big
        for e in self.exponents:
            if e.parts:
                factors.append(base if e == UNITY else Term("**", base, e.term))
            base = fn("log", base)
        if not factors:
            return Term("num", Fraction(1))
        result = factors[0]
        for f in factors[1:]:
            result = Term("*", result, f)
        return result


FLAT = Monomial()


def logarithm(k: int) -> Monomial:
    """The k-fold iterated logarithm of X; X itself for k = 0."""
    return Monomial((NOTHING,) * k + (UNITY,))


def size(m: Monomial, case: Case) -> int:
    """1 where the monomial tends to infinity, -1 where it tends to 0, 0 where it is identically 1."""
    leading = next(((k, s) for k, e in enumerate(m.exponents) if (s := case.sign(e))), None)
    if not m.tower:
        return leading[1] if leading else 0
    top = dominant(m.tower, case)
    if top is None:
        return leading[1] if leading else 0
    grows, sign = top
    if leading is None:
        return sign
    against = size(grows * logarithm(leading[0] + 1).power(rational(-1)), case)
    if against == 0:
        raise GiveUp("an exponential of a logarithm that is not recognised as a power")
    return sign if against > 0 else leading[1]


def dominant(tower: dict[Monomial, Scalar], case: Case) -> tuple[Monomial, int] | None:
    """The largest monomial whose coefficient is not zero, with the sign of the coefficient."""
    waiting = descending(list(tower), case)
    while waiting:
        top, total = waiting[0], tower[waiting[0]]
        same = [m for m in waiting[1:] if compare(top, m, case) == 0]
        for m in same:
            total = total + tower[m]
        sign = case.sign(total)
        if sign:
            return top, sign
        waiting = [m for m in waiting[1:] if m not in same]
    return None


def compare(m: Monomial, n: Monomial, case: Case) -> int:
    """1 where m dominates n, -1 where n dominates m, 0 where they are equal."""
    return 0 if m == n else size(m * n.power(rational(-1)), case)


def descending(monomials: list[Monomial], case: Case) -> list[Monomial]:
    def order(m: Monomial, n: Monomial) -> int:
        return -compare(m, n, case)

    return sorted(monomials, key=cmp_to_key(order))

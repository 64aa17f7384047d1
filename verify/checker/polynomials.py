"""Terms as exact polynomials over the rationals.

``polynomial(term, names)`` is the element of Q[names] that the term denotes when it is built from numbers, the
names, sums, differences, products, quotients by nonzero numbers and natural powers; ``NotPolynomial`` otherwise.
Sturm's theorem counts the distinct real roots of a univariate polynomial in an interval exactly.
"""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import flint

from verify.language.terms import Term

MOST_DEGREE = 60


class NotPolynomial(ValueError):
    """The term is not a polynomial in the names."""


def fraction(value: Any) -> Fraction:
    """An fmpq as a Fraction."""
    return Fraction(int(value.p), int(value.q))


def rational(value: Fraction) -> Any:
    """A Fraction as an fmpq."""
    return flint.fmpq(value.numerator, value.denominator)


def ring(names: tuple[str, ...]) -> Any:
    return flint.fmpq_mpoly_ctx.get(list(names), flint.Ordering.degrevlex)


def polynomial(term: Term, names: tuple[str, ...]) -> Any:
    """The term in Q[names]."""
    context = ring(names)
    gens = dict(zip(names, context.gens(), strict=True))
    return _convert(term, gens, context)


def _convert(term: Term, gens: dict[str, Any], context: Any) -> Any:
    op, a = term.op, term.args
    if op == "num":
        return context.constant(rational(a[0]))
    if op == "sym":
        if a[0] not in gens:
            raise NotPolynomial(f"{a[0]} is not a variable here")
        return gens[a[0]]
    if op == "neg":
        return -_convert(a[0], gens, context)
    if op in ("+", "-", "*"):
        u, v = _convert(a[0], gens, context), _convert(a[1], gens, context)
        if op == "*" and _degree(u) + _degree(v) > MOST_DEGREE:
            raise NotPolynomial("the degree is too large")
        return u + v if op == "+" else u - v if op == "-" else u * v
    if op == "/":
        v = _convert(a[1], gens, context)
        if v.is_zero() or not v.is_constant():
            raise NotPolynomial("a quotient by something that is not a nonzero number")
        return _convert(a[0], gens, context) * (1 / v.leading_coefficient())
    if op == "**":
        u, e = _convert(a[0], gens, context), integer_value(a[1])
        if e is None or e < 1 or _degree(u) * e > MOST_DEGREE or (u.is_constant() and e > 4096):
            raise NotPolynomial("a power that is not a small natural number")
        return u**e
    raise NotPolynomial(f"{op} is not polynomial")


def _degree(p: Any) -> int:
    return 0 if p.is_zero() else int(p.total_degree())


def integer_value(term: Term) -> int | None:
    """The integer that the term spells, if it is a numeral (possibly negated)."""
    value = number_value(term)
    return int(value) if value is not None and value.denominator == 1 else None


def number_value(term: Term) -> Fraction | None:
    """The rational number that an expression of numerals denotes; None where it is not one or is undefined."""
    op, a = term.op, term.args
    if op == "num":
        return Fraction(a[0])
    if op == "neg":
        u = number_value(a[0])
        return None if u is None else -u
    if op in ("+", "-", "*", "/"):
        u, v = number_value(a[0]), number_value(a[1])
        if u is None or v is None or (op == "/" and v == 0):
            return None
        return u + v if op == "+" else u - v if op == "-" else u * v if op == "*" else u / v
    if op == "**":
        u, v = number_value(a[0]), number_value(a[1])
        if u is None or v is None or v.denominator != 1 or abs(v) > 256 or (u == 0 and v <= 0):
            return None
        return Fraction(u**v.numerator)
    return None


def univariate(p: Any, position: int = 0) -> Any:
    """An fmpq_mpoly that involves one generator only, as an fmpq_poly."""
    coefficients: dict[int, Any] = {}
    for exponents, value in p.to_dict().items():
        if any(e for k, e in enumerate(exponents) if k != position):
            raise NotPolynomial("more than one variable occurs")
        coefficients[int(exponents[position])] = value
    top = max(coefficients, default=0)
    return flint.fmpq_poly([coefficients.get(k, flint.fmpq(0)) for k in range(top + 1)])


def sturm_chain(p: Any) -> list[Any]:
    """Sturm's chain of the square-free part of p."""
    q = p / p.gcd(p.derivative()) if p.degree() > 0 else p
    chain = [q, q.derivative()]
    while chain[-1].degree() > 0:
        chain.append(-(chain[-2] % chain[-1]))
    return [c for c in chain if not c.is_zero()]


def _variations(chain: list[Any], at: Fraction | None, side: int) -> int:
    signs = []
    for c in chain:
        if at is None:
            value = c.leading_coefficient() * (1 if side > 0 or c.degree() % 2 == 0 else -1)
        else:
            value = c(rational(at))
        if value != 0:
            signs.append(1 if value > 0 else -1)
    return sum(1 for s, t in itertools.pairwise(signs) if s != t)


def count_roots(p: Any, low: Fraction | None, high: Fraction | None, chain: list[Any] | None = None) -> int:
    """How many distinct real roots the nonzero p has in (low, high]; None stands for an infinite end."""
    chain = chain or sturm_chain(p)
    return _variations(chain, low, -1) - _variations(chain, high, 1)


def roots_inside(p: Any, low: Fraction | None, high: Fraction | None) -> int:
    """How many distinct real roots the nonzero p has in the open interval (low, high)."""
    n = count_roots(p, low, high)
    return n - 1 if high is not None and p(rational(high)) == 0 else n

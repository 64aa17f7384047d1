"""Exact arithmetic on small terms: rational values, affine forms, sums and products without idle zeros and ones."""

from __future__ import annotations

from fractions import Fraction

from verify.language.terms import ZERO, Term, num

_LARGEST_POWER = 64
_MOST_BITS = 20_000


def rational(term: Term) -> Fraction | None:
    """The exact value of a term built from rational numbers by ``+ - * / **`` with small integer powers."""
    op, a = term.op, term.args
    if op == "num":
        value: Fraction = a[0]
        return value
    if op not in ("+", "-", "*", "/", "**", "neg"):
        return None
    values = [rational(t) for t in a]
    if any(v is None for v in values):
        return None
    u = values[0]
    assert u is not None
    if op == "neg":
        return -u
    v = values[1]
    assert v is not None
    if op == "+":
        return u + v
    if op == "-":
        return u - v
    if op == "*":
        return u * v
    if op == "/":
        return u / v if v else None
    if v.denominator != 1 or abs(v) > _LARGEST_POWER or (u == 0 and v <= 0):
        return None
    if (u.numerator.bit_length() + u.denominator.bit_length()) * abs(v) > _MOST_BITS:
        return None
    return u ** int(v)


def affine(term: Term, x: str) -> tuple[Fraction, Term] | None:
    """(a, b) with term == a*x + b, a rational and b free of x, wherever b is defined; None if it is not plainly so."""
    if x not in term.free:
        return Fraction(0), term
    op, args = term.op, term.args
    if op == "sym":
        return Fraction(1), ZERO
    if op == "neg":
        inner = affine(args[0], x)
        return None if inner is None else (-inner[0], negative(inner[1]))
    if op in ("+", "-"):
        left, right = affine(args[0], x), affine(args[1], x)
        if left is None or right is None:
            return None
        if op == "+":
            return left[0] + right[0], plus(left[1], right[1])
        return left[0] - right[0], plus(left[1], negative(right[1]))
    if op in ("*", "/"):
        by, of = (args[0], args[1]) if op == "*" and x not in args[0].free else (args[1], args[0])
        factor = rational(by)
        inner = affine(of, x)
        if factor is None or inner is None or (op == "/" and factor == 0):
            return None
        scale = factor if op == "*" else 1 / factor
        return scale * inner[0], times(num(scale), inner[1])
    return None


def plus(u: Term, v: Term) -> Term:
    a, b = rational(u), rational(v)
    if a is not None and b is not None:
        return num(a + b)
    if a == 0:
        return v
    return u if b == 0 else Term("+", u, v)


def times(u: Term, v: Term) -> Term:
    """The product, where both factors are defined."""
    a, b = rational(u), rational(v)
    if a is not None and b is not None:
        return num(a * b)
    if a == 0 or b == 0:
        return ZERO
    if a == 1 or a == -1:
        return v if a == 1 else negative(v)
    return u if b == 1 else Term("*", u, v)


def negative(u: Term) -> Term:
    value = rational(u)
    if value is not None:
        return num(-value)
    return u.args[0] if u.op == "neg" else Term("neg", u)


def rationally_less(u: Term, v: Term) -> bool:
    a, b = rational(u), rational(v)
    return a is not None and b is not None and a < b

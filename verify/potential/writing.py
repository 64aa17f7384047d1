"""Terms written as one would write them: numbers worked out, factors and exponents of one left away."""

from __future__ import annotations

from fractions import Fraction

from verify.language.terms import ONE, ZERO, Term, fn, num


def times(a: Term, b: Term) -> Term:
    if a.is_number and b.is_number:
        return num(a.args[0] * b.args[0])
    if a.is_number and b.op == "/" and b.args[1].is_number and b.args[1] != ZERO:
        return times(num(a.args[0] / b.args[1].args[0]), b.args[0])
    if a.is_number and b.op == "*" and b.args[0].is_number:
        return times(num(a.args[0] * b.args[0].args[0]), b.args[1])
    if ONE in (a, b):
        return b if a == ONE else a
    return fn("*", a, b)


def over(a: Term, b: Term) -> Term:
    if b == ONE:
        return a
    if a.is_number and b.is_number and b != ZERO:
        return num(a.args[0] / b.args[0])
    return fn("/", a, b)


def plus(a: Term, n: int | Fraction) -> Term:
    if a.is_number:
        return num(a.args[0] + n)
    return fn("+", a, num(n)) if n > 0 else fn("-", a, num(-n))


def to_power(base: Term, exponent: Term) -> Term:
    if exponent == ONE or base == ONE:
        return base
    if exponent == ZERO:
        return ONE
    whole = exponent.is_number and exponent.args[0].denominator == 1 and abs(exponent.args[0]) < 50
    if whole and base.is_number and base != ZERO:
        return num(base.args[0] ** int(exponent.args[0]))
    if exponent == num(Fraction(1, 2)):
        return fn("sqrt", base)
    return fn("**", base, exponent)


def atom(t: Term) -> str:
    """The text of the term, in brackets where it is more than a name or a whole number."""
    plain = t.op in ("sym", "const") or (t.is_number and t.args[0].denominator == 1 and t.args[0] >= 0)
    return repr(t) if plain else f"({t!r})"


def power(x: Term, d: Term, side: int) -> Term:
    """|x|^d on that side of 0."""
    return to_power(x if side > 0 else fn("neg", x), d)

"""Exact changes of terms and intervals that the rules of the calculus use."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from verify.checker.polynomials import number_value
from verify.checker.problem import Interval
from verify.language.terms import Term, num, rebuild


def negated(f: Term) -> Term:
    return f.args[0] if f.op == "neg" else Term("neg", f)


def turned_over(interval: Interval) -> Interval | None:
    """{1/x} for an interval that reaches an infinity and does not contain 0."""
    if interval.low is not None and interval.high is None and interval.low >= 0:
        if interval.low == 0:
            return Interval(Fraction(0), None, True) if interval.low_open else None
        return Interval(Fraction(0), 1 / interval.low, True, interval.low_open)
    if interval.high is not None and interval.low is None and interval.high <= 0:
        if interval.high == 0:
            return Interval(None, Fraction(0), False, True) if interval.high_open else None
        return Interval(1 / interval.high, Fraction(0), interval.high_open, True)
    return None


def logarithm_of(u: Term) -> Term:
    """log(u) for positive u, with exponentials taken out of products and quotients."""
    op, a = u.op, u.args
    if op == "exp":
        return a[0]
    if op in ("*", "/") and a[0].op == "exp":
        return Term("+" if op == "*" else "-", a[0].args[0], logarithm_of(a[1]))
    if op in ("*", "/") and a[1].op == "exp":
        return Term("+" if op == "*" else "-", logarithm_of(a[0]), a[1].args[0])
    return Term("log", u)


def replaced(f: Term, old: Term, new: Term) -> Term:
    """f with one subterm put in place of another."""
    return new if f == old else rebuild(f, lambda t: replaced(t, old, new))


def unfolded(f: Term, signs: Mapping[Term, str]) -> Term:
    """f with functions of certain signs replaced by what they are there."""
    g = rebuild(f, lambda t: unfolded(t, signs))
    op, a = f.op, f.args
    if op in ("Min", "Max") and len(a) == 2:
        relation = signs.get(Term("-", a[0], a[1]))
        if relation is None:
            return g
        first, second = g.children
        return first if (">" in relation) == (op == "Max") else second
    if op not in ("abs", "sign", "spow") or a[0] not in signs:
        return g
    relation = signs[a[0]]
    positive = ">" in relation
    if op == "abs":
        return g.args[0] if positive else negated(g.args[0])
    if op == "sign":
        return g if "=" in relation else num(1 if positive else -1)
    r = number_value(a[1])
    if "=" in relation and (r is None or r <= 0):
        return g
    power = Term("**", g.args[0] if positive else negated(g.args[0]), g.args[1])
    return power if positive else Term("neg", power)

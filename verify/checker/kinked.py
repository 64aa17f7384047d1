"""Integrals whose integrand changes its form where an affine function of the variable changes sign.

Let u = m*x + k with m > 0 (or m < 0) and c = -k/m. Then abs(u), sign(u), spow(u, r), and Max and Min of two terms whose
difference is u, have one form where x > c and another where x < c, and for all a, b and c
int_a^b f = int_{max(a, c)}^{max(b, c)} f_above + int_{min(a, c)}^{min(b, c)} f_below.
"""

from __future__ import annotations

from typing import NamedTuple

from verify.exact.signbook import NEGATIVE, NONNEGATIVE, NONPOSITIVE, POSITIVE
from verify.exact.signs import signs
from verify.language.terms import BINDERS, ONE, ZERO, Term, fn, num, rebuild, walk
from verify.statement import Domain

KINKED = ("abs", "sign", "spow", "Max", "Min")
SECONDS = 0.5


class Split(NamedTuple):
    """at: c. above, below: the integrand where x > c and where x < c."""

    at: Term
    above: Term
    below: Term


def affine(u: Term, x: str) -> tuple[Term, Term] | None:
    """(m, k), free of x, with u = m*x + k by the form of u; None where it has no such form."""
    if x not in u.free:
        return ZERO, u
    op, a = u.op, u.args
    if op == "sym":
        return ONE, ZERO
    if op in ("+", "-"):
        left, right = affine(a[0], x), affine(a[1], x)
        return None if left is None or right is None else (_sum(op, left[0], right[0]), _sum(op, left[1], right[1]))
    if op == "neg":
        inner = affine(a[0], x)
        return None if inner is None else (fn("neg", inner[0]), fn("neg", inner[1]))
    if op == "*" and x not in a[0].free:
        inner = affine(a[1], x)
        return None if inner is None else (fn("*", a[0], inner[0]), fn("*", a[0], inner[1]))
    if op in ("*", "/") and x not in a[1].free:
        inner = affine(a[0], x)
        return None if inner is None else (fn(op, inner[0], a[1]), fn(op, inner[1], a[1]))
    return None


def _sum(op: str, left: Term, right: Term) -> Term:
    if right == ZERO:
        return left
    return fn(op, left, right) if left != ZERO else right if op == "+" else fn("neg", right)


def _square(t: Term) -> bool:
    return t.op == "**" and t.args[1] == num(2)


def switch(t: Term, x: str) -> Term | None:
    """The function at whose sign the form of the term changes, for a term of a kind listed above."""
    if t.op == "sqrt" and _square(t.args[0]):  # the size of what is squared
        return t.args[0].args[0] if x in t.free else None
    if t.op not in KINKED or x not in t.free:
        return None
    if t.op in ("Max", "Min"):
        return fn("-", *t.args) if len(t.args) == 2 else None
    return t.args[0] if x in t.args[0].free else None


def split(f: Term, x: str, domain: Domain) -> Split | None:
    """The first place at which the integrand changes its form; None where it has no such place that can be told."""
    if any(t.op in BINDERS for t in walk(f)):
        return None
    for t in walk(f):
        u = switch(t, x)
        form = None if u is None else affine(u, x)
        if form is None or form[0] == ZERO:
            continue
        m, k = form
        direction = signs(m, domain, SECONDS)
        if direction not in (POSITIVE, NEGATIVE):
            continue
        opposite = k.args[0] if k.op == "neg" else fn("neg", k)
        at = ZERO if k == ZERO else opposite if m == ONE else fn("/", opposite, m)
        rising = 1 if direction == POSITIVE else -1
        return Split(at, _resolved(f, t, rising), _resolved(f, t, -rising))
    return None


def _resolved(f: Term, t: Term, sign: int) -> Term:
    """The integrand with the form that the term t has where its switch has the sign."""
    return resolved(t, sign) if f == t else rebuild(f, lambda s: _resolved(s, t, sign))


def resolved(t: Term, sign: int) -> Term:
    """The form of a kinked term where its switch has the sign."""
    if t.op == "sign":
        return num(sign)
    if t.op in ("Max", "Min"):
        return t.args[0 if (t.op == "Max") == (sign > 0) else 1]
    size = t.args[0].args[0] if t.op == "sqrt" else t.args[0]
    u = size if sign > 0 else fn("neg", size)
    if t.op in ("abs", "sqrt"):
        return u
    power = fn("**", u, t.args[1])
    return power if sign > 0 else fn("neg", power)


def zero(f: Term) -> bool:
    """Whether a term that is defined is 0 by its form."""
    if f.op in ("*", "/"):
        return zero(f.args[0]) or (f.op == "*" and zero(f.args[1]))
    return f == ZERO or (f.op in ("neg", "+", "-") and all(zero(a) for a in f.args))


def clamped(op: str, end: Term, sign: int, c: Term, domain: Domain) -> Term:
    """Max(end, c) or Min(end, c), shorter where the order is known. sign: 1 for the end oo, -1 for -oo, else 0."""
    if sign:
        return end if (sign > 0) == (op == "Max") else c
    order = signs(fn("-", end, c), domain, SECONDS)
    if order <= NONNEGATIVE:
        return end if op == "Max" else c
    if order <= NONPOSITIVE:
        return c if op == "Max" else end
    return fn(op, end, c)



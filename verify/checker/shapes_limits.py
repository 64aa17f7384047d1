"""One-sided limits of an analytic piece at its ends.

Where the term of the piece is continuous up to the end, the limit is its value there. Elsewhere the leading term
at the end is computed. ``oo`` and ``-oo`` are limits too.
"""

from __future__ import annotations

from typing import Literal

from verify.checker.shapes_affine import negative, plus, rational, times
from verify.checker.shapes_goals import Goals
from verify.checker.shapes_pieces import Piece
from verify.checker.shapes_regularity import continuous, defined
from verify.exact.series import limit
from verify.language.terms import INFINITY, ONE, ZERO, Term, num, rebuild, substitute, sym
from verify.statement import Domain

MINUS_INFINITY = Term("neg", INFINITY)
Side = Literal["left", "right"]
SIDES: tuple[Side, Side] = ("left", "right")
# (hypotheses on the parameters, the limit where they hold); together they cover all parameters
Limits = tuple[tuple[tuple[Term, ...], Term | None], ...]


UNKNOWN: Limits = (((), None),)


def is_infinite(limit: Term) -> bool:
    return limit in (INFINITY, MINUS_INFINITY)


def finite(limits: Limits) -> bool:
    return all(value is not None and not is_infinite(value) for _, value in limits)


def value_at(term: Term, x: str, c: Term, parameters: Domain, goals: Goals) -> Term | None:
    """The term at x = c, tidied; None unless it is proven to be defined there."""
    at = substitute(term, {x: c})
    return tidy(at, parameters, goals) if defined(at, parameters, goals) else None


def tidy(term: Term, domain: Domain, goals: Goals) -> Term:
    """An equal term without products by zero and powers of zero and one, for a term that is defined on the domain."""
    if term.op == "integrate" and term.args[2] == term.args[3]:
        return ZERO
    if term.op == "integrate" or not term.children:
        return term
    term = rebuild(term, lambda t: tidy(t, domain, goals))
    op: str = term.op
    a: tuple[Term, ...] = term.args
    value = rational(term)
    if value is not None:
        return num(value)
    if op == "+":
        return plus(a[0], a[1])
    if op == "-":
        return plus(a[0], negative(a[1])) if ZERO in a else ZERO if a[0] == a[1] else term
    if op == "*":
        return times(a[0], a[1])
    if op == "neg":
        return negative(a[0])
    if op == "/" and (a[0] == ZERO or a[1] == ONE):
        return a[0]
    if op in ("abs", "sqrt", "spow", "sign") and a[0] in (ZERO, ONE):
        return a[0]
    if op == "**":
        if a[0] == ONE or a[1] == ONE:
            return a[0]
        if a[0] == ZERO and goals.proven(Term(">", a[1], ZERO), domain):
            return ZERO
    if op in ("sin", "tan", "sinh", "tanh", "asin", "atan", "asinh", "atanh", "erf") and a[0] == ZERO:
        return ZERO
    if (op in ("exp", "cos", "cosh") and a[0] == ZERO) or (op == "log" and a[0] == ONE):
        return ONE if op != "log" else ZERO
    return term


def limit_at_end(term: Term, piece: Piece, end: Side, parameters: Domain, goals: Goals) -> Limits:
    """The limits of the term as x tends, within the piece, to its left or right end; ``None`` where none is proven."""
    at = piece.left if end == "left" else piece.right
    x = piece.x
    if x not in term.free:
        return ((), tidy(term, parameters, goals)),
    if at is not None:
        value = value_at(term, x, at, parameters, goals)
        if value is not None:
            inside = Term("<" if end == "right" else ">", sym(x), at)
            about = (h for h in piece.domain.hypotheses if x in h.free)
            reached = (Term(h.op + "=", *h.args) if h == inside else h for h in about)
            if continuous(term, x, parameters.declaring(x).assuming(*reached), goals):
                return ((), value),
    factor, rest = _constant_factor(term, x)
    if factor != ONE:
        if not defined(factor, parameters, goals):
            return ((), None),
        found = _leading(rest, piece, at, end, parameters)
        return tuple((h, _scaled(factor, v, parameters.assuming(*h), goals)) for h, v in found)
    return _leading(term, piece, at, end, parameters)


def _leading(term: Term, piece: Piece, at: Term | None, end: Side, parameters: Domain) -> Limits:
    if at is None:
        return tuple(limit(term, piece.x, MINUS_INFINITY if end == "left" else INFINITY, "+", parameters))
    return tuple(limit(term, piece.x, at, "+" if end == "left" else "-", parameters))


def _constant_factor(term: Term, x: str) -> tuple[Term, Term]:
    """(c, g) with term = c*g wherever c is defined, and c free of x; c is 1 where no factor is free of x."""
    above: list[Term] = []
    below: list[Term] = []
    moving_above: list[Term] = []
    moving_below: list[Term] = []

    def collect(t: Term, upper: bool) -> None:
        if t.op == "neg":
            above.append(num(-1))
            collect(t.args[0], upper)
        elif t.op in ("*", "/"):
            collect(t.args[0], upper)
            collect(t.args[1], upper if t.op == "*" else not upper)
        elif x in t.free:
            (moving_above if upper else moving_below).append(t)
        else:
            (above if upper else below).append(t)

    collect(term, True)
    if all(t == num(-1) for t in above) and not below:
        return ONE, term
    factor = _quotient(above, below)
    return factor, _quotient(moving_above, moving_below)


def _quotient(above: list[Term], below: list[Term]) -> Term:
    top, bottom = ONE, ONE
    for t in above:
        top = times(top, t)
    for t in below:
        bottom = times(bottom, t)
    return top if bottom == ONE else Term("/", top, bottom)


def _scaled(factor: Term, value: Term | None, domain: Domain, goals: Goals) -> Term | None:
    """factor*value for a limit, infinite ones by the sign of the factor."""
    if value is None or not is_infinite(value):
        return None if value is None else tidy(times(factor, value), domain, goals)
    if goals.proven(Term(">", factor, ZERO), domain):
        return value
    return negative(value) if goals.proven(Term("<", factor, ZERO), domain) else None

"""Replays proofs that a function of one variable is a Legendre or a Bregman function, and that it is not.

Let dom be the interval that the hypotheses give, D(x, y) = f(x) - f(y) - f'(y)*(x - y). f is a Legendre function if it
is convex on dom, continuously differentiable and strictly convex inside, and |f'| -> oo at every boundary point of dom;
a Bregman function if dom is closed, f is strictly convex and continuous on dom and continuously differentiable inside,
{y: D(x, y) <= gamma} is bounded for all x and gamma, and D(x, y) -> 0 for y -> x from inside. In one dimension:

- f' has the limit oo or -oo at a boundary point, or d*f'' stays away from 0, d the distance to it: then the integral of
  f'' diverges there. If f' has a finite limit, or d**(9/10)*f'' does, then f' is bounded there.
- for convex f, with g(y) = y*f'(y) - f(y), D(x, y) = f(x) + g(y) - x*f'(y); for y -> oo it tends to oo for every x if
  f' does, or y**2*f'' stays away from 0 (g' = y*f''), or g -> oo; for y -> -oo the same, with f' -> -oo. The set is
  unbounded if D(x, y) has a finite limit for one x, or |y|**(21/10)*f'' has: then f' and g are bounded.
- for f convex, and continuous at an end a of dom, f'(y)*(y - a) lies between f(y) - f(a) and f'(c)*(y - a); so D -> 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from verify.checker.shapes import check as check_shape
from verify.checker.shapes import on_cells
from verify.checker.shapes_curves import Function
from verify.checker.shapes_functions import NotAFunction, function_of
from verify.checker.shapes_goals import Parts
from verify.checker.shapes_limits import MINUS_INFINITY, SIDES, UNKNOWN, Limits, Side, is_infinite
from verify.checker.shapes_pieces import Piece
from verify.checker.shapes_ranges import Bound, Interval
from verify.language.calculus import NotDifferentiable
from verify.language.terms import INFINITY, ZERO, Term, num, sym
from verify.statement import Statement

KINDS = ("legendre", "bregman")


def check(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    """Whether every clause of the definition is proven."""
    if statement.conclusion.op == "not":
        return check_shape(statement, certificate)
    if statement.flow or statement.conclusion.op not in KINDS:
        return False
    goals = Parts(certificate["parts"])
    try:
        f, where, _ = function_of(statement, goals)
    except NotAFunction:
        return False
    clauses = legendre if statement.conclusion.op == "legendre" else bregman
    return on_cells(certificate["tree"], f, where, goals, clauses)


def legendre(curve: Function) -> bool:
    if not curve.where.exact or len(curve.where.components) != 1:
        return False
    dom = curve.where.components[0]
    return (
        _has_interior(curve, dom)
        and curve.defined_on(dom)
        and curve.continuous_on(dom.open)
        and curve.differentiable_on(dom.open)
        and curve.convex_on(dom)
        and curve.convex_on(dom.open, strict=True)
        and all(_steep(curve, dom, end) for end in SIDES)
    )


def bregman(curve: Function) -> bool:
    if not curve.where.exact or len(curve.where.components) != 1:
        return False
    dom = curve.where.components[0]
    return (
        _has_interior(curve, dom)
        and dom.closed
        and curve.defined_on(dom)
        and curve.continuous_on(dom)
        and curve.differentiable_on(dom.open)
        and curve.convex_on(dom, strict=True)
        and all(_far_apart(curve, dom, end) for end in SIDES)
    )


def _has_interior(curve: Function, dom: Interval) -> bool:
    if dom.lower is None or dom.upper is None:
        return True
    return curve.goals.proven(Term("<", dom.lower.at, dom.upper.at), curve.where.parameters)


def bound_at(dom: Interval, end: Side) -> Bound | None:
    return dom.lower if end == "left" else dom.upper


def last_piece(curve: Function, dom: Interval, end: Side) -> Piece | None:
    pieces = curve.pieces(dom.open)
    return None if pieces is None else pieces[0 if end == "left" else -1]


def slopes_at(curve: Function, dom: Interval, end: Side) -> Limits:
    piece = last_piece(curve, dom, end)
    return UNKNOWN if piece is None else curve.slope(piece, end)


def curvatures_at(curve: Function, dom: Interval, end: Side, power: Fraction) -> Limits:
    """The limits of d**power*f'', with d the distance to a finite end, or |y| at an infinite one."""
    piece, bound, y = last_piece(curve, dom, end), bound_at(dom, end), sym(curve.where.x)
    if piece is None:
        return UNKNOWN
    if bound is None:
        distance = y if end == "right" else Term("neg", y)
    else:
        distance = Term("-", y, bound.at) if end == "left" else Term("-", bound.at, y)
    try:
        return curve.limit(Term("*", Term("**", distance, num(power)), piece.curvature), piece, end)
    except NotDifferentiable:
        return UNKNOWN


def _away_from_zero(curve: Function, limits: Limits) -> bool:
    """Every limit is oo or a positive number."""
    for hypotheses, v in limits:
        if v is None or v == MINUS_INFINITY:
            return False
        here = curve.where.parameters.assuming(*hypotheses)
        if v != INFINITY and not curve.goals.proven(Term(">", v, ZERO), here):
            return False
    return True


def _steep(curve: Function, dom: Interval, end: Side) -> bool:
    if bound_at(dom, end) is None:
        return True
    slopes = slopes_at(curve, dom, end)
    return all(v is not None and is_infinite(v) for _, v in slopes) or _away_from_zero(
        curve, curvatures_at(curve, dom, end, Fraction(1))
    )


def _far_apart(curve: Function, dom: Interval, end: Side) -> bool:
    """D(x, y) -> oo for every x as y goes to an infinite end, for a convex function."""
    piece = last_piece(curve, dom, end)
    if bound_at(dom, end) is not None:
        return True
    if piece is None:
        return False
    if all(v == (INFINITY if end == "right" else MINUS_INFINITY) for _, v in slopes_at(curve, dom, end)):
        return True
    if _away_from_zero(curve, curvatures_at(curve, dom, end, Fraction(2))):
        return True
    try:
        g = Term("-", Term("*", sym(curve.where.x), piece.slope), piece.term)
        return all(v == INFINITY for _, v in curve.limit(g, piece, end))
    except NotDifferentiable:
        return False

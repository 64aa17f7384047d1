"""The clauses of the definitions of Legendre and Bregman functions, each proven or refuted by itself.

Let f be a function on an interval dom, D(x, y) = f(x) - f(y) - f'(y)*(x - y). Two facts on one variable are used.
(1) If f is convex, continuously differentiable inside and f'' exists off finitely many points, then for y -> oo
D(x, y) - (g(y) - x*f'(y)) is constant with g = y*f' - f, g' = y*f''; so D(x, y) -> oo for every x iff g(y) -> oo, and
the sets {y: D(x, y) <= gamma} are bounded to the right for all x and gamma iff that is so; the same for y -> -oo.
(2) If f is convex and continuous at an end a of dom, then f'(y)*(y - a) -> 0 for y -> a, being between
f(y) - f(a) and f'(c)*(y - a) for a fixed c inside; so D(a, y) -> 0. Inside, D(x, y) -> 0 is the continuity of f and f'.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from verify.checker.shapes_limits import MINUS_INFINITY, SIDES, UNKNOWN, Limits, Side, finite, is_infinite, tidy
from verify.checker.shapes_pieces import Piece, smooth_at
from verify.checker.shapes_ranges import Bound, Interval
from verify.language.calculus import NotDifferentiable
from verify.language.printing import number_text
from verify.language.terms import INFINITY, ZERO, Term, num, sym
from verify.provers.shapes.boundedness import towards
from verify.provers.shapes.chords import bend_violation
from verify.provers.shapes.curve import Curve, limits_text
from verify.provers.shapes.samples import Component, undefined_point
from verify.statement import Domain

Witness = dict[str, str]
# powers p for which d**p*f'' bounded makes the integral of f'' converge at a point, and that of |y|*f'' at infinity
_TAIL_AT_POINT = Fraction(9, 10)
_TAIL_AT_INFINITY = Fraction(21, 10)


@dataclass(frozen=True)
class Case:
    """A function on one interval; points: exact ones at which to attack it, for closed statements."""

    curve: Curve
    dom: Interval
    domain: Domain
    points: Component = field(default_factory=lambda: Component({}, ()))

    @property
    def interior(self) -> Interval:
        return self.dom.open

    def end_piece(self, end: Side) -> Piece | None:
        found = self.curve.pieces(self.interior)
        return None if found is None else found[0][0 if end == "left" else -1]

    def bound(self, end: Side) -> Bound | None:
        return self.dom.lower if end == "left" else self.dom.upper


@dataclass(frozen=True)
class Clause:
    """name: in words; proven: says True only with a proof; refuted: a witness that it fails, for closed statements.

    violation: what the checker calls the failure.
    """

    name: str
    proven: Callable[[Case], bool]
    refuted: Callable[[Case], Witness | None]
    violation: str = ""


def _no_witness(case: Case) -> Witness | None:
    return None


# ---------------------------------------------------------------------------------------------- dom, continuity, shape


def _has_interior(case: Case) -> bool:
    low, high = case.dom.lower, case.dom.upper
    if low is None or high is None:
        return True
    return case.curve.ledger.proven(Term("<", low.at, high.at), case.curve.where.parameters)


def _undefined(case: Case) -> Witness | None:
    p = undefined_point(case.curve.f, case.curve.x, case.points)
    return None if p is None else {case.curve.x: number_text(p)}


def _not_closed(case: Case) -> Witness | None:
    for end in SIDES:
        bound = case.bound(end)
        if bound is not None and not bound.closed and case.points.points:
            return {"boundary": repr(bound.at), case.curve.x: number_text(case.points.points[0])}
    return None


def _breaks(case: Case) -> Witness | None:
    """A point at which the function certainly jumps."""
    found = case.curve.pieces(case.dom)
    if found is None:
        return None
    pieces, cuts = found
    places: list[tuple[Term, Piece, Side]] = []
    for k, c in enumerate(cuts):
        places += [(c, pieces[k], "right"), (c, pieces[k + 1], "left")]
    for end in SIDES:
        bound = case.bound(end)
        if bound is not None and bound.closed:
            places.append((bound.at, pieces[0 if end == "left" else -1], end))
    for c, piece, end in places:
        limits, value = case.curve.limit(piece.term, piece, end), case.curve.value(c)
        if _certainly_differ(case, limits, value):
            return {case.curve.x: repr(c), "limit": limits_text(limits), "value": limits_text(value)}
    return None


def _certainly_differ(case: Case, u: Limits, v: Limits) -> bool:
    """For closed statements: both known, and different."""
    if len(u) != 1 or len(v) != 1:
        return False
    (_, one), (_, two) = u[0], v[0]
    if one is None or two is None or one == two:
        return False
    if is_infinite(one) or is_infinite(two):
        return True
    return case.curve.ledger.proven(Term("!=", one, two), case.curve.where.parameters)


def _not_differentiable(case: Case) -> Witness | None:
    found = case.curve.pieces(case.interior)
    if found is None:
        return None
    pieces, cuts = found
    x = case.curve.x
    for k, c in enumerate(cuts):
        if smooth_at(case.curve.f, case.curve.where, c, case.curve.ledger):
            continue
        left, right = case.curve.slopes_at(c, pieces[k], pieces[k + 1])
        vertical = any(len(s) == 1 and s[0][1] is not None and is_infinite(s[0][1]) for s in (left, right))
        if vertical or _certainly_differ(case, left, right):
            return {x: repr(c), "derivative from the left": limits_text(left), "from the right": limits_text(right)}
    return None


def _bends_down(strict: bool, inside: bool) -> Callable[[Case], Witness | None]:
    def witness(case: Case) -> Witness | None:
        points = case.points
        if inside and points.points:
            ends = {e.at.args[0] for e in (case.dom.lower, case.dom.upper) if e is not None and e.at.is_number}
            points = Component(points.values, tuple(p for p in points.points if p not in ends))
        triple = bend_violation(case.curve.f, case.curve.x, points, strict)
        if triple is None:
            return None
        p, q, r = (number_text(t) for t in triple)
        return {"x1": p, "x2": r, "between": q}

    return witness


# ------------------------------------------------------------------------------------------- the boundary and infinity


def slope_limits(case: Case, end: Side) -> Limits:
    piece = case.end_piece(end)
    if piece is None:
        return UNKNOWN
    try:
        return case.curve.limit(piece.slope, piece, end)
    except NotDifferentiable:
        return UNKNOWN


def curvature_limits(case: Case, end: Side, power: Fraction) -> Limits:
    """The limits of d**power*f'' where d is the distance to a finite end, or |y| at an infinite one."""
    piece = case.end_piece(end)
    if piece is None:
        return UNKNOWN
    y, bound = sym(case.curve.x), case.bound(end)
    distance = y if bound is None else Term("-", y, bound.at)
    if end == ("left" if bound is None else "right"):
        distance = Term("neg", distance) if bound is None else Term("-", bound.at, y)
    try:
        return case.curve.limit(Term("*", Term("**", distance, num(power)), piece.curvature), piece, end)
    except NotDifferentiable:
        return UNKNOWN


def _positive(case: Case, limits: Limits) -> bool:
    """Every limit is oo or a positive number."""
    parameters, ledger = case.curve.where.parameters, case.curve.ledger
    return all(
        v is not None
        and (v == INFINITY or (not is_infinite(v) and ledger.proven(Term(">", v, ZERO), parameters.assuming(*h))))
        for h, v in limits
    )


def _steep(case: Case) -> bool:
    ends = [end for end in SIDES if case.bound(end) is not None]
    if not ends:
        case.curve.note("dom has no boundary point: the condition is empty")
        return True
    for end in ends:
        place = towards(case.dom, end)
        limits = slope_limits(case, end)
        if all(v is not None and is_infinite(v) for _, v in limits):
            case.curve.note(f"f' tends to {limits_text(limits)} at {place}")
        elif _positive(case, curvature_limits(case, end, Fraction(1))):
            case.curve.note(f"f'' times the distance to {place} stays away from 0, so its integral diverges")
        else:
            return False
    return True


def _gentle(case: Case) -> Witness | None:
    for end in SIDES:
        bound = case.bound(end)
        if bound is None:
            continue
        limits = slope_limits(case, end)
        if len(limits) == 1 and finite(limits):
            return {"boundary": repr(bound.at), "limit of the derivative": limits_text(limits)}
        limits = curvature_limits(case, end, _TAIL_AT_POINT)
        if len(limits) == 1 and finite(limits):
            bounded = f"distance**({_TAIL_AT_POINT})*f'' -> {limits_text(limits)}"
            return {"boundary": repr(bound.at), "the derivative is bounded since": bounded}
    return None


def _level_sets(case: Case) -> bool:
    ends = [end for end in SIDES if case.bound(end) is None]
    if not ends:
        case.curve.note("dom is bounded")
    return all(_far_apart(case, end) for end in ends)


def _far_apart(case: Case, end: Side) -> bool:
    """D(x, y) -> oo for every x as y goes to the infinite end."""
    curve, piece = case.curve, case.end_piece(end)
    if piece is None:
        return False
    y = sym(curve.x)
    place = "oo" if end == "right" else "-oo"
    slopes = slope_limits(case, end)
    if all(v == (INFINITY if end == "right" else MINUS_INFINITY) for _, v in slopes):
        curve.note(f"f' tends to {limits_text(slopes)}, so D(x, y) -> oo for y -> {place}")
        return True
    if _positive(case, curvature_limits(case, end, Fraction(2))):
        curve.note(f"y**2*f''(y) stays away from 0, so D(x, y) -> oo for y -> {place}")
        return True
    try:
        g = curve.limit(Term("-", Term("*", y, piece.slope), piece.term), piece, end)
    except NotDifferentiable as reason:
        curve.note(str(reason))
        return False
    if all(v == INFINITY for _, v in g):
        curve.note(f"y*f'(y) - f(y) -> oo, so D(x, y) -> oo for y -> {place}")
        return True
    curve.note(f"it is not proven that D(x, y) -> oo for y -> {place}")
    return False


def _level_set_unbounded(case: Case) -> Witness | None:
    curve, x = case.curve, case.curve.x
    if not case.points.points:
        return None
    base = num(min(case.points.points, key=lambda p: (abs(p.numerator) + p.denominator, p < 0)))
    for end in SIDES:
        piece = case.end_piece(end) if case.bound(end) is None else None
        if piece is None:
            continue
        value = curve.value(base)[0][1]
        place = "oo" if end == "right" else "-oo"
        if value is not None:
            gap = Term("-", Term("-", value, piece.term), Term("*", piece.slope, Term("-", base, sym(x))))
            limits = curve.limit(gap, piece, end)
            limit = limits[0][1] if len(limits) == 1 else None
            if limit is not None and not is_infinite(limit):
                text = repr(tidy(limit, curve.where.parameters, curve.ledger))
                return {"x": repr(base), "y": f"-> {place}", "limit of D(x, y)": text}
        limits = curvature_limits(case, end, _TAIL_AT_INFINITY)
        if len(limits) == 1 and finite(limits):
            bounded = f"|y|**({_TAIL_AT_INFINITY})*f''(y) -> {limits_text(limits)}"
            return {"x": repr(base), "y": f"-> {place}", "D(x, y) is bounded since": bounded}
    return None



INTERIOR = Clause("dom R has interior points", _has_interior, _no_witness)
DEFINED = Clause("R is defined on dom R", lambda c: c.curve.defined_on(c.dom), _undefined, "undefined")
CLOSED = Clause("dom R is closed", lambda c: c.dom.closed, _not_closed, "open")
CONTINUOUS = Clause("R is continuous on dom R", lambda c: c.curve.continuous_on(c.dom), _breaks, "break")
DIFFERENTIABLE = Clause(
    "R is continuously differentiable on the interior of dom R",
    lambda c: c.curve.continuous_on(c.interior) and c.curve.differentiable_on(c.interior),
    _not_differentiable,
    "kink",
)
CONVEX = Clause("R is convex on dom R", lambda c: c.curve.convex_on(c.dom), _bends_down(False, False), "bend")
STRICT_INSIDE = Clause(
    "R is strictly convex on the interior of dom R",
    lambda c: c.curve.convex_on(c.interior, strict=True),
    _bends_down(True, True),
    "flat",
)
STRICT = Clause(
    "R is strictly convex on dom R", lambda c: c.curve.convex_on(c.dom, strict=True), _bends_down(True, False),
    "flat",
)
STEEP = Clause("|R'| tends to oo at the boundary of dom R", _steep, _gentle, "gentle")
LEVEL_SETS = Clause(
    "the sets {y: D(x, y) <= gamma} are bounded",
    lambda c: c.curve.convex_on(c.dom) and _level_sets(c),
    _level_set_unbounded,
    "level",
)
CONVERGENT = Clause(
    "D(x, y) -> 0 for y -> x",
    lambda c: c.curve.convex_on(c.dom) and c.curve.continuous_on(c.dom) and c.curve.differentiable_on(c.interior),
    _no_witness,
)

LEGENDRE = (INTERIOR, DEFINED, DIFFERENTIABLE, CONVEX, STRICT_INSIDE, STEEP)
BREGMAN = (INTERIOR, DEFINED, CLOSED, CONTINUOUS, DIFFERENTIABLE, STRICT, LEVEL_SETS, CONVERGENT)

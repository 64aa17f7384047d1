"""Replays counterexamples to Legendre and Bregman functions: one clause, false for exact values of the parameters.

``undefined``: a point of dom without a value; ``open``: dom is not closed; ``break``: a one-sided limit is not the
value; ``kink``: the one-sided slopes differ, or are infinite; ``bend``: the graph lies above a chord; ``flat``: it is
not below one; ``gentle``: f' is bounded near a boundary point; ``level``: D(x, y) stays bounded as |y| -> oo.
``verify.checker.legendre`` says why the last two are seen from the limits that are taken here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from verify.checker.legendre import KINDS, bound_at, curvatures_at, last_piece, slopes_at
from verify.checker.rationals import number
from verify.checker.shapes_curves import Function
from verify.checker.shapes_functions import NotAFunction, function_of
from verify.checker.shapes_goals import Parts
from verify.checker.shapes_limits import SIDES, Limits, finite, is_infinite
from verify.checker.shapes_pieces import smooth_at
from verify.checker.shapes_ranges import Interval
from verify.checker.shapes_refutations import (
    bends_down,
    closed_function,
    inside,
    opposite,
    parameters,
    satisfied,
    undefined_at,
)
from verify.language.calculus import NotDifferentiable
from verify.language.terms import Term, num, sym, walk
from verify.statement import Statement

AT_POINT = Fraction(9, 10)
AT_INFINITY = Fraction(21, 10)


@dataclass(frozen=True)
class Case:
    """The function without parameters, its interval, which has interior points, and some points of the interval."""

    statement: Statement
    curve: Function
    dom: Interval
    points: Sequence[Fraction]


def refutes(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    """Whether one clause of the definition is certainly false for exact values of the parameters."""
    if statement.flow:
        return False
    if statement.conclusion.op == "not":
        return opposite(statement, certificate)
    kind, clause = statement.conclusion.op, str(certificate["clause"])
    if kind not in KINDS or clause not in (_LEGENDRE if kind == "legendre" else _BREGMAN):
        return False
    goals = Parts(certificate["parts"])
    try:
        f, where, domain = function_of(statement, goals)
    except NotAFunction:
        return False
    values = parameters(certificate["parameters"], where)
    points = [number(t) for t in certificate["points"][:8]]
    if values is None or not points or not all(inside(where, domain, values, p) for p in points):
        return False
    curve = closed_function(f, domain, where.x, values, goals, certificate["leaf"])
    return fails_clause(statement, curve, clause, points)


def fails_clause(statement: Statement, curve: Function, clause: str, points: Sequence[Fraction]) -> bool:
    """Whether the clause is false of a function without parameters; the points belong to its interval."""
    if not curve.where.exact or len(curve.where.components) != 1:
        return False
    dom = curve.where.components[0]
    if dom.lower is not None and dom.upper is not None and not satisfied([Term("<", dom.lower.at, dom.upper.at)], {}):
        return False
    return _FALSE[clause](Case(statement, curve, dom, points))


def _undefined(case: Case) -> bool:
    plain = all(t.op != "diff" for t in walk(case.statement.conclusion))
    return plain and undefined_at(case.curve.f, {case.curve.where.x: case.points[0]})


def _open(case: Case) -> bool:
    return not case.dom.closed


def _break(case: Case) -> bool:
    joints, ends = case.curve.joints(case.dom), case.curve.closed_ends(case.dom)
    if joints is None or ends is None:
        return False
    sides = [(c, u, SIDES[1]) for c, u, _ in joints] + [(c, v, SIDES[0]) for c, _, v in joints] + ends
    return any(_differ(case.curve, case.curve.limit(p.term, p, side), case.curve.value(c)) for c, p, side in sides)


def _kink(case: Case) -> bool:
    curve = case.curve
    for c, before, after in curve.joints(case.dom.open) or ():
        left, right = curve.slope(before, "right"), curve.slope(after, "left")
        steep = any(len(s) == 1 and s[0][1] is not None and is_infinite(s[0][1]) for s in (left, right))
        if not smooth_at(curve.f, curve.where, c, curve.goals) and (steep or _differ(curve, left, right)):
            return True
    return False


def _differ(curve: Function, left: Limits, right: Limits) -> bool:
    if len(left) != 1 or len(right) != 1:
        return False
    u, v = left[0][1], right[0][1]
    if u is None or v is None or u == v:
        return False
    if is_infinite(u) or is_infinite(v):
        return True
    return satisfied([Term("!=", u, v)], {}) or curve.goals.proven(Term("!=", u, v), curve.where.parameters)


def _bend(case: Case) -> bool:
    return bends_down(case.curve.f, case.curve.where.x, {}, case.points, strict=False)


def _flat(case: Case) -> bool:
    interior = (satisfied(case.dom.inside(num(p)), {}) for p in case.points)
    return (case.statement.conclusion.op == "bregman" or all(interior)) and bends_down(
        case.curve.f, case.curve.where.x, {}, case.points, strict=True
    )


def _gentle(case: Case) -> bool:
    return any(
        bound_at(case.dom, end) is not None
        and any(len(v) == 1 and finite(v) for v in (
            slopes_at(case.curve, case.dom, end), curvatures_at(case.curve, case.dom, end, AT_POINT),
        ))
        for end in SIDES
    )  # fmt: skip


def _level(case: Case) -> bool:
    curve, x = case.curve, num(case.points[0])
    value = curve.value(x)[0][1]
    for end in SIDES:
        piece = last_piece(curve, case.dom, end)
        if bound_at(case.dom, end) is not None or piece is None or value is None:
            continue
        found = [curvatures_at(curve, case.dom, end, AT_INFINITY)]
        try:
            change = Term("*", piece.slope, Term("-", x, sym(curve.where.x)))
            found.append(curve.limit(Term("-", Term("-", value, piece.term), change), piece, end))
        except NotDifferentiable:
            continue
        if any(len(v) == 1 and finite(v) for v in found):
            return True
    return False


_FALSE = {"undefined": _undefined, "open": _open, "break": _break, "kink": _kink, "bend": _bend, "flat": _flat,
          "gentle": _gentle, "level": _level}  # fmt: skip
_LEGENDRE = ("undefined", "kink", "bend", "flat", "gentle")
_BREGMAN = ("undefined", "open", "break", "kink", "bend", "flat", "level")

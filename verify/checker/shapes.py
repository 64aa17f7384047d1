"""Replays proofs of a property of a function of one variable: convex, increasing, even, bounded, and so on.

The function, the set over which its variable ranges and every sub-goal are read off the statement here. A certificate
adds a tree of cells of the parameters, at its leaves the points at which the function is cut, and the certificates of
the sub-goals. What makes a function (strictly) convex, increasing or bounded on an interval is said in
``shapes_curves``; beside that

- a function is convex on an interval only; increasing on a union of intervals from left to right if it is so on each
  and climbs from each to the next; bounded on a union if it is so on each;
- even, odd: f(-x) = f(x), -f(x); homogeneous of degree d: f(c*x) = c**d*f(x) for all c > 0; the hypotheses on x must
  hold of the image of x.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from verify.checker.shapes_curves import Choices, Function
from verify.checker.shapes_functions import NotAFunction, function_of
from verify.checker.shapes_goals import Goals, Parts
from verify.checker.shapes_pieces import Piece
from verify.checker.shapes_ranges import Interval, Range
from verify.checker.shapes_regularity import defined
from verify.exact.signs import defined as has_value
from verify.language.calculus import NotDifferentiable, expand, smoothness
from verify.language.parse import parse_formula, parse_term
from verify.language.printing import to_text
from verify.language.terms import ZERO, Term, fresh_name, substitute, sym
from verify.statement import Domain, Statement

CURVES = frozenset({"convex", "strictly_convex", "increasing", "strictly_increasing", "bounded"})
SYMMETRIES = frozenset({"even", "odd", "homogeneous"})
SECONDS = 1.0
MOST_CELLS = 3
DEEPEST = 4
MOST_CHARACTERS = 2000
Node = Mapping[str, Any]


def check(statement: Statement, certificate: Node) -> bool:
    """Whether the certificate proves the property; for ``not P``, whether it refutes P where P has no parameters."""
    kind = statement.conclusion.op
    if statement.flow or kind not in CURVES | SYMMETRIES | {"not"}:
        return False
    if kind == "not":
        return _opposite(statement, certificate)
    goals = Parts(certificate["parts"])
    try:
        if kind in SYMMETRIES:
            return symmetric(statement, goals)
        f, where, _ = function_of(statement, goals)
    except NotAFunction:
        return False
    return on_cells(certificate["tree"], f, where, goals, lambda curve: shaped(kind, curve))


def shaped(kind: str, curve: Function) -> bool:
    """Whether the function has the property over its whole set."""
    parts, strict = curve.where.components, kind.startswith("strictly")
    if kind == "bounded":
        return all(curve.bounded_on(c) for c in parts)
    if not curve.where.exact:
        return False
    if kind.endswith("convex"):
        return len(parts) == 1 and curve.convex_on(parts[0], strict)
    return all(curve.increasing_on(c, strict) for c in parts) and all(curve.climbs(u, v) for u, v in pairwise(parts))


def symmetric(statement: Statement, goals: Goals) -> bool:
    f, where, domain = function_of(statement, goals)
    relation, image, wider = symmetry(statement.conclusion, f, where.x, domain)
    mapped = (substitute(h, {where.x: image}) for h in domain.hypotheses if where.x in h.free)
    return all(goals.proven(h, wider) for h in mapped) and goals.proven(relation, wider)


def symmetry(conclusion: Term, f: Term, x: str, domain: Domain) -> tuple[Term, Term, Domain]:
    """(the relation between the function at x and at its image, the image of x, the domain of both)."""
    if conclusion.op != "homogeneous":
        mirrored = substitute(f, {x: Term("neg", sym(x))})
        return Term("==", mirrored, f if conclusion.op == "even" else Term("neg", f)), Term("neg", sym(x)), domain
    degree = conclusion.args[2]
    if x in degree.free:
        raise NotAFunction(f"the degree depends on {x}")
    taken = frozenset(domain.names) | f.free | degree.free
    c = sym(fresh_name("c", taken) if "c" in taken else "c")
    image = Term("*", c, sym(x))
    relation = Term("==", substitute(f, {x: image}), Term("*", Term("**", c, degree), f))
    return relation, image, domain.declaring(c.args[0]).assuming(Term(">", c, ZERO))


# -- cells of the parameters, and what was chosen on them -------------------------------------------------------------


class Recorded:
    """The choices of a leaf of the tree."""

    def __init__(self, leaf: Node, where: Range) -> None:
        self._leaf = leaf
        self._names = where.parameters.names

    def cuts(self, component: Interval) -> Sequence[Term]:
        return [self._term(text) for text in self._leaf.get("cuts", {}).get(component.text, ())]

    def zeros(self, derivative: Term, piece: Piece) -> Sequence[Sequence[Term]]:
        found = self._leaf.get("zeros", {}).get(zeros_key(derivative, piece), ())
        return [[self._term(text) for text in points[:8]] for points in found[:4]]

    def _term(self, text: str) -> Term:
        if len(text) > MOST_CHARACTERS:
            raise ValueError("a cut is too long")
        return parse_term(text, self._names)


def zeros_key(derivative: Term, piece: Piece) -> str:
    return f"{to_text(derivative)} from {piece.left!r} to {piece.right!r}"


def on_cells(
    node: Node, f: Term, where: Range, goals: Goals, holds: Callable[[Function], bool], depth: int = 0
) -> bool:
    """Whether the property holds on every leaf of the tree of cells, each a part of the parameters."""
    if "cells" not in node:
        choices: Choices = Recorded(node, where)
        return holds(Function(f, where, goals, choices))
    cells = [(parse_formula(text, where.parameters.names), inner) for text, inner in node["cells"]]
    if depth >= DEEPEST or len(cells) > MOST_CELLS or not exhaustive([c for c, _ in cells], where.parameters, goals):
        return False
    smaller = ((replace(where, parameters=where.parameters.assuming(c)), inner) for c, inner in cells)
    return all(on_cells(inner, f, there, goals, holds, depth + 1) for there, inner in smaller)


def exhaustive(cells: Sequence[Term], parameters: Domain, goals: Goals) -> bool:
    """Whether the relations, all between the same two terms, leave no case out; both terms have values throughout."""
    signs = {"<": {-1}, "<=": {-1, 0}, "==": {0}, ">": {1}, ">=": {0, 1}}
    u, v = cells[0].args
    covered: set[int] = set()
    for c in cells:
        if c.op not in signs or c.args not in ((u, v), (v, u)):
            return False
        covered |= signs[c.op] if c.args == (u, v) else {-s for s in signs[c.op]}
    return covered == {-1, 0, 1} and defined(u, parameters, goals) and defined(v, parameters, goals)


def stated(statement: Statement) -> bool:
    """Whether the function of which a property is denied has a value everywhere; else nothing is said of it."""
    f, variable = statement.conclusion.args[0].args[:2]
    x, domain = variable.args[0], statement.domain
    try:
        return not smoothness(f) and has_value(expand(f), domain if x in domain.names else domain.declaring(x), SECONDS)
    except NotDifferentiable:
        return False


def _opposite(statement: Statement, certificate: Node) -> bool:
    """P is refuted, at a point where it has values, and speaks of no parameters."""
    from verify.checker import replay

    positive = statement.concluding(statement.conclusion.args[0])
    if positive.conclusion.op not in CURVES | SYMMETRIES | {"legendre", "bregman"}:
        return False
    x = positive.conclusion.args[1].args[0]
    if not stated(statement):
        return False
    tied = positive.conclusion.free.union(*(h.free for h in statement.domain.hypotheses if x in h.free))
    refuted = certificate["positive"]
    if tied - {x} or "undefined" in (refuted.get("violation"), refuted.get("clause")):
        return False
    return replay(positive, refuted, "fails")

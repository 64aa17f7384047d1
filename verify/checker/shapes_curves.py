"""A function of one variable over a set: continuity, monotonicity, curvature and bounds, by recorded cuts.

The tests are these, on an interval with those of its ends that belong to it, for all values of the parameters:

- continuous: by composition, or on every piece with both one-sided limits at each cut equal to the value there;
- increasing: by composition, or f' >= 0 on every piece and no jump down at a cut or an end;
- convex: by composition, or continuous inside, no value at an end below the limit there, f'' >= 0 on every piece, and
  at every cut where f may bend finite one-sided slopes of which the left is at most the right;
- strictly so: f' (f'') > 0 on every piece, off points that are named, or f' (f'') >= 0 is not zero at some point of
  it: an analytic function has isolated zeros;
- bounded: by composition, or between two numbers, or continuous with finite limits at the ends that are left out.

By the mean value theorem the limit of f' at a cut is a one-sided derivative, for f continuous there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

from verify.checker.shapes_composition import Composition
from verify.checker.shapes_extents import Extent
from verify.checker.shapes_goals import Goals
from verify.checker.shapes_limits import (
    MINUS_INFINITY,
    SIDES,
    UNKNOWN,
    Limits,
    Side,
    finite,
    is_infinite,
    limit_at_end,
    value_at,
)
from verify.checker.shapes_pieces import NoPieces, Piece, pieces_between, smooth_at, some_points
from verify.checker.shapes_ranges import Interval, Range
from verify.checker.shapes_regularity import continuous, defined
from verify.language.calculus import NotDifferentiable
from verify.language.terms import INFINITY, ONE, ZERO, Term, num, substitute, sym

LEVELS = (ONE, num(100))
MOST_POINTS = 3


class Choices(Protocol):
    """What the search chose; nothing rests on it."""

    def cuts(self, component: Interval) -> Sequence[Term]:
        """Points at which to cut the interval, from left to right."""

    def zeros(self, derivative: Term, piece: Piece) -> Sequence[Sequence[Term]]:
        """Sets of points off which the derivative may be positive on the piece."""


@dataclass
class Function:
    """f as a function of ``where.x``; every method says True only with a proof from the goals."""

    f: Term
    where: Range
    goals: Goals
    choices: Choices
    _pieces: dict[Interval, tuple[Piece, ...] | None] = field(default_factory=dict)

    def pieces(self, component: Interval) -> tuple[Piece, ...] | None:
        if component not in self._pieces:
            try:
                found = pieces_between(self.f, self.where, component, self.choices.cuts(component), self.goals)
                self._pieces[component] = tuple(found)
            except (NoPieces, NotDifferentiable):
                self._pieces[component] = None
        return self._pieces[component]

    def joints(self, component: Interval) -> list[tuple[Term, Piece, Piece]] | None:
        """(cut, piece before it, piece after it)."""
        pieces = self.pieces(component)
        if pieces is None:
            return None
        return [(u.right, u, v) for u, v in pairwise(pieces) if u.right is not None]

    def closed_ends(self, component: Interval) -> list[tuple[Term, Piece, Side]] | None:
        """(end, piece at it, its side) for the ends that belong to the interval."""
        pieces = self.pieces(component)
        if pieces is None:
            return None
        bounds = (component.lower, component.upper)
        return [
            (b.at, pieces[0 if side == "left" else -1], side)
            for b, side in zip(bounds, SIDES, strict=True)
            if b is not None and b.closed
        ]

    def limit(self, term: Term, piece: Piece, end: Side) -> Limits:
        return limit_at_end(term, piece, end, self.where.parameters, self.goals) or UNKNOWN

    def slope(self, piece: Piece, end: Side) -> Limits:
        try:
            return self.limit(piece.slope, piece, end)
        except NotDifferentiable:
            return UNKNOWN

    def value(self, at: Term) -> Limits:
        return (((), value_at(self.f, self.where.x, at, self.where.parameters, self.goals)),)

    def compare(self, relation: str, left: Limits, right: Limits) -> bool:
        """``==`` between finite limits; ``<=`` between limits, where the left one may be -oo and the right one oo."""
        for first, u in left:
            for second, v in right:
                if u is None or v is None:
                    return False
                if relation == "<=" and (u == MINUS_INFINITY or v == INFINITY):
                    continue
                if is_infinite(u) or is_infinite(v):
                    return False
                here = self.where.parameters.assuming(*first, *second)
                if u != v and not self.goals.proven(Term(relation, u, v), here):
                    return False
        return True

    def defined_on(self, component: Interval) -> bool:
        return defined(self.f, self.where.on(*component.member(sym(self.where.x))), self.goals)

    def continuous_on(self, component: Interval) -> bool:
        """For a function that is defined there."""
        if continuous(self.f, self.where.x, self.where.on(*component.member(sym(self.where.x))), self.goals):
            return True
        joints, ends = self.joints(component), self.closed_ends(component)
        if joints is None or ends is None:
            return False
        sides = [(c, u, SIDES[1]) for c, u, _ in joints] + [(c, v, SIDES[0]) for c, _, v in joints] + ends
        return all(self.compare("==", self.limit(p.term, p, side), self.value(c)) for c, p, side in sides)

    def differentiable_on(self, component: Interval) -> bool:
        """Continuously differentiable inside, for a function that is continuous there."""
        joints = self.joints(component)
        return joints is not None and all(
            smooth_at(self.f, self.where, c, self.goals)
            or self.compare("==", self.slope(u, "right"), self.slope(v, "left"))
            for c, u, v in joints
        )

    def increasing_on(self, component: Interval, strict: bool) -> bool:
        whole = self.where.on(*component.member(sym(self.where.x)))
        if not self.defined_on(component):
            return False
        bend = Composition(self.where.x, whole, self.goals).direction(self.f)
        if bend is not None and bend.sign >= 0 and (bend.strict or not strict):
            return True
        return (self.continuous_on(component) or self._jumps_up(component)) and self._rises(component, 1, strict)

    def _jumps_up(self, component: Interval) -> bool:
        joints, ends = self.joints(component), self.closed_ends(component)
        if joints is None or ends is None:
            return False
        before = [(c, u) for c, u, _ in joints] + [(c, p) for c, p, side in ends if side == "right"]
        after = [(c, v) for c, _, v in joints] + [(c, p) for c, p, side in ends if side == "left"]
        return all(self.compare("<=", self.limit(p.term, p, "right"), self.value(c)) for c, p in before) and all(
            self.compare("<=", self.value(c), self.limit(p.term, p, "left")) for c, p in after
        )

    def climbs(self, before: Interval, after: Interval) -> bool:
        """No value on the left interval is above one on the right, for a function that is increasing on each."""
        left, right = self.pieces(before), self.pieces(after)
        if left is None or right is None:
            return False
        u, v = left[-1], right[0]
        return self.compare("<=", self.limit(u.term, u, "right"), self.limit(v.term, v, "left"))

    def convex_on(self, component: Interval, strict: bool = False) -> bool:
        whole = self.where.on(*component.member(sym(self.where.x)))
        if not self.defined_on(component):
            return False
        bend = Composition(self.where.x, whole, self.goals).curvature(self.f)
        if bend is not None and bend.sign >= 0 and (bend.strict or not strict):
            return True
        if not self.continuous_on(component):
            ends = self.closed_ends(component)
            if ends is None or not self.continuous_on(component.open):
                return False
            if not all(self.compare("<=", self.limit(p.term, p, side), self.value(c)) for c, p, side in ends):
                return False
        joints = self.joints(component)
        return joints is not None and all(self._bends_up(*j) for j in joints) and self._rises(component, 2, strict)

    def _bends_up(self, c: Term, before: Piece, after: Piece) -> bool:
        if smooth_at(self.f, self.where, c, self.goals):
            return True
        left, right = self.slope(before, "right"), self.slope(after, "left")
        return finite(left) and finite(right) and self.compare("<=", left, right)

    def _rises(self, component: Interval, order: int, strict: bool) -> bool:
        """The derivative of that order is >= 0 on every piece; ``strict``: > 0 off isolated points."""
        pieces = self.pieces(component)
        if pieces is None:
            return False
        try:
            return all(self._signed(p, p.slope if order == 1 else p.curvature, strict) for p in pieces)
        except NotDifferentiable:
            return False

    def _signed(self, piece: Piece, d: Term, strict: bool) -> bool:
        x, goals = self.where.x, self.goals
        if goals.proven(Term(">=", d, ZERO), piece.domain):
            inside = (substitute(d, {x: at}) for at in some_points(piece))
            if not strict or any(goals.proven(Term("!=", u, ZERO), self.where.parameters) for u in inside):
                return True
        if strict and goals.proven(Term(">", d, ZERO), piece.domain):
            return True
        for points in self.choices.zeros(d, piece):
            parts = [piece.domain]
            if not 0 < len(points) <= MOST_POINTS or any(x in c.free for c in points):
                continue
            for c in points:
                parts = [p.assuming(Term(op, sym(x), c)) for p in parts for op in ("<", ">")]
            known = all(defined(c, self.where.parameters, goals) for c in points)
            if known and all(goals.proven(Term(">", d, ZERO), p) for p in parts):
                return True
        return False

    def bounded_on(self, component: Interval) -> bool:
        if not self.defined_on(component):
            return False
        if all(Extent(self.where, component, self.goals).of(self.f)):
            return True
        if not self.continuous_on(component):
            return False
        return all(self._tame(component, side) for side in SIDES) or self._between_levels(component)

    def _tame(self, component: Interval, side: Side) -> bool:
        bound = component.lower if side == "left" else component.upper
        if bound is not None and bound.closed:
            return True
        pieces = self.pieces(component)
        if pieces is None:
            return False
        piece = pieces[0 if side == "left" else -1]
        return finite(self.limit(piece.term, piece, side))

    def _between_levels(self, component: Interval) -> bool:
        domain = self.where.on(*component.member(sym(self.where.x)))
        return any(
            self.goals.proven(Term("<=", self.f, c), domain) and self.goals.proven(Term(">=", self.f, minus), domain)
            for c, minus in ((c, num(-c.args[0])) for c in LEVELS)
        )

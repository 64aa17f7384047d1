"""What can be proven of one function of one variable over the set that the hypotheses give.

Every method answers True only where the property is proven for all values of the parameters, on every interval of the
range with its ends; False means "not proven".
"""

from __future__ import annotations

from dataclasses import dataclass, field

from verify.checker.shapes_composition import Composition
from verify.checker.shapes_limits import (
    MINUS_INFINITY,
    UNKNOWN,
    Limits,
    Side,
    finite,
    is_infinite,
    limit_at_end,
    value_at,
)
from verify.checker.shapes_pieces import NoPieces, Piece, smooth_at, some_points
from verify.checker.shapes_ranges import Interval, Range
from verify.checker.shapes_regularity import continuous, defined
from verify.language.calculus import NotDifferentiable
from verify.language.terms import INFINITY, ZERO, Term, substitute, sym
from verify.provers.shapes.ledger import Ledger
from verify.provers.shapes.pieces import cut, zeros
from verify.statement import Domain


@dataclass
class Curve:
    """f as a function of x.

    notes: the steps of what was proven, and why other things were not. cells: relations between the parameters that
    cut them into parts on which more can be said.
    """

    f: Term
    where: Range
    ledger: Ledger
    notes: list[str] = field(default_factory=list)
    cells: tuple[Term, ...] | None = None
    _pieces: dict[tuple, tuple[list[Piece], list[Term]] | None] = field(default_factory=dict)

    @property
    def x(self) -> str:
        return self.where.x

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def member(self, component: Interval) -> tuple[Term, ...]:
        return component.member(sym(self.x))

    def defined_on(self, component: Interval) -> bool:
        if defined(self.f, self.where.on(*self.member(component)), self.ledger):
            return True
        self.note(f"it is not proven that the function is defined everywhere on {component.text}")
        return False

    def continuous_on(self, component: Interval) -> bool:
        """Continuous on the interval with its ends, for a function that is defined there."""
        if continuous(self.f, self.x, self.where.on(*self.member(component)), self.ledger):
            return True
        found = self.pieces(component)
        if found is None:
            return False
        pieces, cuts = found
        return all(self._joined(c, pieces[k], pieces[k + 1]) for k, c in enumerate(cuts)) and self._ends_joined(
            component, pieces
        )

    def pieces(self, component: Interval, more: tuple[Term, ...] = ()) -> tuple[list[Piece], list[Term]] | None:
        key = (component, more)
        if key not in self._pieces:
            try:
                self._pieces[key] = cut(self.f, self.where, component, self.ledger, more)
            except (NoPieces, NotDifferentiable) as reason:
                self.note(str(reason))
                if isinstance(reason, NoPieces) and self.cells is None:
                    self.cells = reason.cells or None
                self._pieces[key] = None
        return self._pieces[key]

    def limit(self, term: Term, piece: Piece, end: Side) -> Limits:
        if self.ledger.budget.spent:
            return UNKNOWN
        return limit_at_end(term, piece, end, self.where.parameters, self.ledger)

    def related(self, relation: str, u: Limits, v: Limits) -> bool:
        """``u == v`` for finite limits, or ``u <= v`` for limits of which the left is not oo nor the right -oo."""
        for first, one in u:
            for second, two in v:
                if one is None or two is None:
                    return False
                if relation == "<=" and (one == MINUS_INFINITY or two == INFINITY):
                    continue
                if is_infinite(one) or is_infinite(two):
                    return False
                here = self.where.parameters.assuming(*first, *second)
                if one != two and not self.ledger.proven(Term(relation, one, two), here):
                    return False
        return True

    def value(self, c: Term) -> Limits:
        return (((), value_at(self.f, self.x, c, self.where.parameters, self.ledger)),)

    def _joined(self, c: Term, before: Piece, after: Piece) -> bool:
        here = self.value(c)
        return self.related("==", self.limit(before.term, before, "right"), here) and self.related("==", 
            here, self.limit(after.term, after, "left")
        )

    def _ends_joined(self, component: Interval, pieces: list[Piece]) -> bool:
        low, high = component.lower, component.upper
        start, stop = self.limit(pieces[0].term, pieces[0], "left"), self.limit(pieces[-1].term, pieces[-1], "right")
        return (low is None or not low.closed or self.related("==", start, self.value(low.at))) and (
            high is None or not high.closed or self.related("==", stop, self.value(high.at))
        )

    # ------------------------------------------------------------------------------------------------ derivatives

    def slopes_at(self, c: Term, before: Piece, after: Piece) -> tuple[Limits, Limits]:
        """The one-sided derivatives at a cut, for a function that is continuous there.

        By the mean value theorem a limit of the derivative is the one-sided derivative.
        """
        try:
            return self.limit(before.slope, before, "right"), self.limit(after.slope, after, "left")
        except NotDifferentiable:
            return UNKNOWN, UNKNOWN

    def differentiable_on(self, component: Interval) -> bool:
        """Continuously differentiable inside the interval, for a function that is continuous there."""
        found = self.pieces(component)
        if found is None:
            return False
        pieces, cuts = found
        for k, c in enumerate(cuts):
            if smooth_at(self.f, self.where, c, self.ledger):
                continue
            left, right = self.slopes_at(c, pieces[k], pieces[k + 1])
            if not self.related("==", left, right):
                self.note(f"the one-sided derivatives at {self.x} = {c!r} are not proven equal")
                return False
        return True

    def _derivative_sign(self, component: Interval, order: int, strict: bool) -> bool:
        """The derivative of that order is >= 0 on every piece; ``strict``: > 0 off isolated points."""
        found = self.pieces(component)
        if found is None:
            return False
        name = "f" + "'" * order
        for piece in found[0]:
            place = f"({_end(piece.left, '-oo')}, {_end(piece.right, 'oo')})"
            try:
                said = self._sign_on(piece, piece.slope if order == 1 else piece.curvature, strict)
            except NotDifferentiable as reason:
                self.note(str(reason))
                return False
            if said is None:
                self.note(f"{name} {'>' if strict else '>='} 0 is not proven on {place}")
                return False
            self.note(f"{name} {said} on {place}")
        return True

    def _sign_on(self, piece: Piece, d: Term, strict: bool) -> str | None:
        """How d is seen to be >= 0 on the piece (``strict``: with isolated zeros); None where it is not.

        An analytic function on an interval that does not vanish at some point has isolated zeros.
        """

        def proven(relation: str, domain: Domain) -> bool:
            return self.ledger.proven(Term(relation, d, ZERO), domain)

        if proven(">=", piece.domain):
            if not strict:
                return ">= 0"
            for at in some_points(piece):
                here = substitute(d, {self.x: at})
                if self.ledger.proven(Term("!=", here, ZERO), self.where.parameters):
                    return f">= 0, analytic and not zero at {self.x} = {at!r},"
        if strict and proven(">", piece.domain):
            return "> 0"
        for points in dict.fromkeys((tuple(zeros(d, self.x)), tuple(zeros(piece.term, self.x)), (ZERO,))):
            parts = [piece.domain]
            for c in points[:3]:
                parts = [p.assuming(Term(op, sym(self.x), c)) for p in parts for op in ("<", ">")]
            if points and len(points) <= 3 and all(proven(">", p) for p in parts):
                return f"> 0 off {self.x} = {', '.join(map(repr, points))}"
        return None

    # ------------------------------------------------------------------------------------------- shape on an interval

    def convex_on(self, component: Interval, strict: bool = False) -> bool:
        """(Strictly) convex on the interval with its ends."""
        if not self.defined_on(component):
            return False
        whole = self.where.on(*self.member(component))
        bend = Composition(self.x, whole, self.ledger).curvature(self.f)
        if bend is not None and bend.sign >= 0 and (bend.strict or not strict):
            self.note(f"{'strictly ' if strict else ''}convex on {component.text} by its composition")
            return True
        if not (self.continuous_on(component) or (self.continuous_on(component.open) and self._ends_above(component))):
            self.note(f"continuity on {component.text} is not proven")
            return False
        return self._kinks_bend_up(component) and self._derivative_sign(component, 2, strict)

    def _ends_above(self, component: Interval) -> bool:
        """At an end that belongs to the interval, a convex function may jump up, never down."""
        found = self.pieces(component)
        if found is None:
            return False
        for end, bound, piece in (("left", component.lower, found[0][0]), ("right", component.upper, found[0][-1])):
            if bound is not None and bound.closed:
                limits = self.limit(piece.term, piece, "left" if end == "left" else "right")
                if not self.related("<=", limits, self.value(bound.at)):
                    return False
        return True

    def _kinks_bend_up(self, component: Interval) -> bool:
        found = self.pieces(component)
        if found is None:
            return False
        pieces, cuts = found
        for k, c in enumerate(cuts):
            if smooth_at(self.f, self.where, c, self.ledger):
                continue
            left, right = self.slopes_at(c, pieces[k], pieces[k + 1])
            if not all(finite(limits) for limits in (left, right)):
                self.note(f"finite one-sided derivatives at {self.x} = {c!r} are not proven")
                return False
            if not self.related("<=", left, right):
                self.note(f"the slope is not proven to go up at {self.x} = {c!r}")
                return False
            self.note(f"at {self.x} = {c!r} the slope goes from {limits_text(left)} to {limits_text(right)}")
        return True

    def increasing_on(self, component: Interval, strict: bool = False) -> bool:
        if not self.defined_on(component):
            return False
        whole = self.where.on(*self.member(component))
        bend = Composition(self.x, whole, self.ledger).direction(self.f)
        if bend is not None and bend.sign >= 0 and (bend.strict or not strict):
            self.note(f"{'strictly ' if strict else ''}increasing on {component.text} by its composition")
            return True
        if not (self.continuous_on(component) or self._jumps_up(component)):
            self.note(f"neither continuity nor upward jumps are proven on {component.text}")
            return False
        return self._derivative_sign(component, 1, strict)

    def _jumps_up(self, component: Interval) -> bool:
        found = self.pieces(component)
        if found is None:
            return False
        pieces, cuts = found
        for k, c in enumerate(cuts):
            here = self.value(c)
            before = self.limit(pieces[k].term, pieces[k], "right")
            after = self.limit(pieces[k + 1].term, pieces[k + 1], "left")
            if not (self.related("<=", before, here) and self.related("<=", here, after)):
                return False
        low, high = component.lower, component.upper
        if low is not None and low.closed:
            start = self.limit(pieces[0].term, pieces[0], "left")
            if not self.related("<=", self.value(low.at), start):
                return False
        if high is not None and high.closed:
            return self.related("<=", self.limit(pieces[-1].term, pieces[-1], "right"), self.value(high.at))
        return True

    def climbs_across(self, before: Interval, after: Interval) -> bool:
        """Everything on the left interval is at most everything on the right one, for a function increasing on each."""
        left, right = self.pieces(before), self.pieces(after)
        if left is None or right is None:
            return False
        low, high = left[0][-1], right[0][0]
        return self.related("<=", self.limit(low.term, low, "right"), self.limit(high.term, high, "left"))


def limits_text(limits: Limits) -> str:
    """One limit, or each with the parameters to which it belongs."""
    values = dict.fromkeys("none known" if v is None else repr(v) for _, v in limits)
    if not values:
        return "none"
    if len(values) == 1:
        return next(iter(values))
    return ", ".join(f"{v!r} where {' and '.join(map(repr, h))}" for h, v in limits)


def _end(at: Term | None, infinity: str) -> str:
    return infinity if at is None else repr(at)

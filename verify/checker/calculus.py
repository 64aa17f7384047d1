"""Replays proofs of the sign of a function over a product of intervals.

A goal is ``f relation 0`` on a box: f is defined at every point of the box and the relation holds there. A proof is a
tree of rules, as plain data; each rule is checked here and its premises are goals of their own:

- ``range``, ``rational``, ``boxes``: outward-rounded arithmetic, Sturm's theorem, a cover by boxes;
- ``zero``: f has the normal form 0; ``empty``: there is no point; ``sign``: f != 0 because f > 0 or f < 0;
- ``split``: an interval is cut at a rational point; ``hole``: at a point that a hypothesis takes out;
- ``product``: f is a constant times powers of factors, by normal forms, and the factors have certain signs;
- ``unfold``: abs, sign, spow, Min and Max are replaced on the strength of certain signs; ``either``: abs(u), which is
  u or -u at every point, is replaced by both;
- ``reciprocal``: x stands for 1/x; ``scale``, ``shift``: for e*x with e > 0, for e + x; ``order``: of two variables the
  larger stands for the smaller plus itself; ``slack``: v stands for e + v where a hypothesis says v > e;
- ``exponential``: log(A) > B because A > exp(B); ``logarithm``: A > B > 0 because log(A) > log(B); ``joined``: for
  log(A) - log(B) stands log(A/B), A and B positive;
- ``monotone``: f at an end (or its limit at infinity) has the sign, and f' takes f away from it.

The last one is the mean value theorem; repeated at a common zero of f and its derivatives it is Taylor's theorem with
Lagrange's remainder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

from verify.checker.boxes import check_tree
from verify.checker.conditions import NoLimit, analytic, defining, jumps, limit_at_infinity
from verify.checker.goals import Goal, as_domain, holes_of, opening, ordered, scaled, shifted, with_side, without_side
from verify.checker.problem import Interval, box_of, oriented
from verify.checker.ranges import NoRange, range_of
from verify.checker.rationals import number
from verify.checker.rewriting import logarithm_of, negated, replaced, turned_over, unfolded
from verify.checker.squares import rational_sign
from verify.clock import now
from verify.language.calculus import NotDifferentiable, bodies, derivative, expand, kinks, smoothness
from verify.language.terms import BINDERS, ONE, Term, num, substitute, sym, walk
from verify.statement import Statement

IDENTITY_SECONDS = 5.0
SIGN_SECONDS = 0.25
MOST_DEPTH = 60
Proof = Mapping[str, Any]
ALLOWED: dict[str, frozenset[int]] = {
    ">": frozenset((1,)), ">=": frozenset((0, 1)), "<": frozenset((-1,)), "<=": frozenset((-1, 0)),
    "!=": frozenset((-1, 1)), "==": frozenset((0,)),
}  # fmt: skip


@lru_cache(maxsize=20_000)
def normally_zero(goal: Goal) -> bool:
    """Whether f is defined on the box and has the normal form 0 on every sign cell of it."""
    from verify.exact.cells import OutOfTime, explore

    deadline = now() + IDENTITY_SECONDS
    try:
        outcomes = explore(as_domain(goal), lambda t, put: t.element(put(goal.f)).num.is_zero(), deadline=deadline)
    except OutOfTime:
        return False
    return all(o.stop is None and o.value is True for o in outcomes)


@lru_cache(maxsize=20_000)
def evident(goal: Goal) -> bool:
    """Whether the goal is settled by one range, by Sturm's theorem, or by the signs of its normal form."""
    for prec in (64, 192):
        try:
            if range_of(goal.f, goal.sides, prec).satisfies(goal.relation):
                return True
        except NoRange:
            break
    if check_rational(goal):
        return True
    from verify.exact.signs import signs

    return goal.relation in ALLOWED and signs(goal.f, as_domain(goal), SIGN_SECONDS) <= ALLOWED[goal.relation]


def check_rational(goal: Goal) -> bool:
    names = sorted(goal.f.free)
    if len(names) != 1 or names[0] not in goal.sides:
        return False
    holes = tuple(v for n, v in goal.holes if n == names[0])
    return rational_sign(goal.f, names[0], goal.sides[names[0]], goal.relation, holes)


class Checker:
    """Checks proofs; ``names`` are the variables that texts inside a proof may mention."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names

    def check(self, goal: Goal, proof: Proof, depth: int = 0) -> bool:
        if depth > MOST_DEPTH or any(n not in goal.sides for n in goal.f.free):
            return False
        rule = getattr(self, "_" + str(proof["by"]).replace(" ", "_"), None)
        if rule is None or proof["by"] not in RULES:
            return False
        return bool(rule(goal, proof, depth + 1))

    def holds(self, goal: Goal, proof: Proof, depth: int) -> bool:
        """A side goal: evident, or proved in the table of the rule that needs it."""
        if evident(goal):
            return True
        written = f"{goal.f} {goal.relation} 0"
        given = proof.get("conditions", {}).get(written)
        return given is not None and self.check(goal, given, depth)

    def defined(self, goal: Goal, proof: Proof, depth: int) -> bool:
        """Whether f is defined on the whole box."""
        try:
            range_of(goal.f, goal.sides)
            return True
        except NoRange:
            pass
        needed = defining(goal.f)
        return needed is not None and all(self.holds(goal.about(u, r), proof, depth) for u, r in needed)

    # -- leaves ------------------------------------------------------------------------------------------------

    def _range(self, goal: Goal, proof: Proof, depth: int) -> bool:
        try:
            return range_of(goal.f, goal.sides, min(int(proof.get("precision", 64)), 4096)).satisfies(goal.relation)
        except NoRange:
            return False

    def _rational(self, goal: Goal, proof: Proof, depth: int) -> bool:
        return check_rational(goal)

    def _cells(self, goal: Goal, proof: Proof, depth: int) -> bool:
        return evident(goal)

    def _boxes(self, goal: Goal, proof: Proof, depth: int) -> bool:
        sides = {n: i for n, i in goal.box if n in goal.f.free}
        return check_tree(goal.f, goal.relation, sides, proof["tree"], int(proof["precision"]))

    def _zero(self, goal: Goal, proof: Proof, depth: int) -> bool:
        return goal.relation in (">=", "==") and normally_zero(goal)

    def _empty(self, goal: Goal, proof: Proof, depth: int) -> bool:
        return any(i.empty for _, i in goal.box)

    # -- cuts and changes of variable --------------------------------------------------------------------------

    def _sign(self, goal: Goal, proof: Proof, depth: int) -> bool:
        f = goal.f if proof["sign"] == 1 else negated(goal.f)
        return goal.relation == "!=" and self.check(goal.about(f, ">"), proof["proof"], depth)

    def _split(self, goal: Goal, proof: Proof, depth: int) -> bool:
        name, at = proof["variable"], number(proof["at"])
        interval = goal.sides[name]
        left, right = interval.meet(Interval(high=at)), interval.meet(Interval(low=at))
        first, second = proof["parts"]
        return self.check(with_side(goal, name, left), first, depth) and self.check(
            with_side(goal, name, right), second, depth
        )

    def _hole(self, goal: Goal, proof: Proof, depth: int) -> bool:
        name, at = proof["variable"], number(proof["at"])
        if (name, at) not in goal.holes:
            return False
        interval = goal.sides[name]
        left = interval.meet(Interval(high=at, high_open=True))
        right = interval.meet(Interval(low=at, low_open=True))
        first, second = proof["parts"]
        return self.check(with_side(goal, name, left), first, depth) and self.check(
            with_side(goal, name, right), second, depth
        )

    def _reciprocal(self, goal: Goal, proof: Proof, depth: int) -> bool:
        name = proof["variable"]
        turned = turned_over(goal.sides[name])
        if turned is None:
            return False
        f = substitute(goal.f, {name: Term("/", ONE, sym(name))})
        return self.check(replace(with_side(goal.released(name), name, turned), f=f), proof["proof"], depth)

    def _scale(self, goal: Goal, proof: Proof, depth: int) -> bool:
        from verify.language.parse import parse_term

        name, e = proof["variable"], parse_term(proof["by what"], self.names)
        moved = scaled(goal, name, e)
        if moved is None or not self.check(without_side(goal, name).about(e, ">"), proof["positive"], depth):
            return False
        return self.check(moved, proof["proof"], depth)

    def _shift(self, goal: Goal, proof: Proof, depth: int) -> bool:
        from verify.language.parse import parse_term

        moved = shifted(goal, proof["variable"], parse_term(proof["by what"], self.names))
        return moved is not None and self.check(moved, proof["proof"], depth)

    def _order(self, goal: Goal, proof: Proof, depth: int) -> bool:
        x, y = proof["variables"]
        first, second = proof["parts"]
        return self.check(ordered(goal, x, y), first, depth) and self.check(ordered(goal, y, x), second, depth)

    # -- rewriting ---------------------------------------------------------------------------------------------

    def _product(self, goal: Goal, proof: Proof, depth: int) -> bool:
        from verify.language.parse import parse_term

        constant = number(proof["constant"])
        product, signs = num(constant), frozenset(((constant > 0) - (constant < 0),))
        for factor in proof["factors"]:
            u, k = parse_term(factor["term"], self.names), int(factor["power"])
            product = Term("*", product, Term("**", u, num(k)))
            relation = factor.get("relation")
            possible = frozenset((-1, 0, 1))
            if relation is not None:
                mirrored = {"<": ">", "<=": ">="}.get(relation)
                inner = goal.about(negated(u), mirrored) if mirrored else goal.about(u, relation)
                if not self.check(inner, factor["proof"], depth):
                    return False
                possible = ALLOWED[relation]
            signs = frozenset(s * (t if k % 2 else t * t) for s in signs for t in possible)
        return signs <= ALLOWED[goal.relation] and normally_zero(goal.about(Term("-", goal.f, product), "=="))

    def _unfold(self, goal: Goal, proof: Proof, depth: int) -> bool:
        from verify.language.parse import parse_term

        signs = {}
        for item in proof["signs"]:
            u, relation = parse_term(item["term"], self.names), item["relation"]
            if relation not in (">", ">=", "<", "<="):
                return False
            inner = goal.about(u, relation) if ">" in relation else goal.about(negated(u), relation.replace("<", ">"))
            if not self.check(inner, item["proof"], depth):
                return False
            signs[u] = relation
        return self.check(goal.about(unfolded(goal.f, signs), goal.relation), proof["proof"], depth)

    def _either(self, goal: Goal, proof: Proof, depth: int) -> bool:
        from verify.language.parse import parse_term

        u = parse_term(proof["term"], self.names)
        first, second = proof["parts"]
        one, other = replaced(goal.f, Term("abs", u), u), replaced(goal.f, Term("abs", u), negated(u))
        if goal.relation not in (">", ">=") or one == goal.f:
            return False
        if not self.defined(goal.about(u, "!="), proof, depth):
            return False
        return self.check(goal.about(one, goal.relation), first, depth) and self.check(
            goal.about(other, goal.relation), second, depth
        )

    def _exponential(self, goal: Goal, proof: Proof, depth: int) -> bool:
        from verify.language.parse import parse_term

        c = number(proof["coefficient"])
        inner, rest = parse_term(proof["inner"], self.names), parse_term(proof["rest"], self.names)
        claimed = Term("+", Term("*", num(c), Term("log", inner)), rest)
        if c == 0 or not normally_zero(goal.about(Term("-", goal.f, claimed), "==")):
            return False
        gap = Term("-", inner, Term("exp", Term("*", num(-1 / c), rest)))
        return self.check(goal.about(gap if c > 0 else negated(gap), goal.relation), proof["proof"], depth)

    def _logarithm(self, goal: Goal, proof: Proof, depth: int) -> bool:
        if goal.f.op != "-" or goal.relation not in (">", ">="):
            return False
        first, second = goal.f.args
        positive = [
            self.check(goal.about(u, ">"), p, depth) for u, p in zip(goal.f.args, proof["positive"], strict=True)
        ]
        gap = Term("-", logarithm_of(first), logarithm_of(second))
        return all(positive) and self.check(goal.about(gap, goal.relation), proof["proof"], depth)

    def _joined(self, goal: Goal, proof: Proof, depth: int) -> bool:
        from verify.language.parse import parse_term

        c = num(number(proof["coefficient"]))
        a, b, rest = (parse_term(proof[part], self.names) for part in ("over", "under", "rest"))
        claimed = Term("+", Term("*", c, Term("-", Term("log", a), Term("log", b))), rest)
        if not normally_zero(goal.about(Term("-", goal.f, claimed), "==")):
            return False
        if not all(self.check(goal.about(u, ">"), p, depth) for u, p in zip((a, b), proof["positive"], strict=True)):
            return False
        whole = Term("+", Term("*", c, Term("log", Term("/", a, b))), rest)
        return self.check(goal.about(whole, goal.relation), proof["proof"], depth)

    # -- the mean value theorem --------------------------------------------------------------------------------

    def _monotone(self, goal: Goal, proof: Proof, depth: int) -> bool:
        name, low_end, slope_relation = proof["variable"], proof["end"] == "low", proof["slope relation"]
        interval, f = goal.sides[name], goal.f
        if goal.relation not in (">", ">=") or slope_relation not in (">", ">=") or interval.empty:
            return False
        if any(t.op in BINDERS and name in t.free for t in walk(f)):
            return False
        end = interval.low if low_end else interval.high
        inside = Interval(interval.low, interval.high, True, True)
        closed = replace(interval, low_open=False) if low_end else replace(interval, high_open=False)
        whole, inner = with_side(goal, name, closed), with_side(goal, name, inside)
        whole, inner = whole.released(name), inner.released(name)
        if not self.defined(whole, proof, depth):
            return False
        if not all(self.holds(whole.about(u, r), proof, depth) for u, r in jumps(f)):
            return False
        if not all(self.holds(inner.about(k, "!="), proof, depth) for k in kinks(f, name)):
            return False
        slope = derivative(f, name) if low_end else negated(derivative(f, name))
        value = self._value_at(goal, name, end, low_end)
        if value is None or not self.check(inner.about(slope, slope_relation), proof["slope"], depth):
            return False
        if self.check(replace(value, relation=goal.relation), proof["value"], depth):
            return True
        attained = interval.contains(end) if end is not None else False
        if goal.relation == ">=" or attained or not self.check(replace(value, relation=">="), proof["value"], depth):
            return False
        return slope_relation == ">" or self._strictly(inner, slope, name, proof, depth)

    def _value_at(self, goal: Goal, name: str, end: Fraction | None, low_end: bool) -> Goal | None:
        """The goal about f at the end, or about its limit there."""
        if end is not None:
            return replace(without_side(goal, name), f=substitute(goal.f, {name: num(end)}))
        if goal.f.free != {name}:
            return None
        limit = limit_at_infinity(goal.f, name, -1 if low_end else 1)
        if isinstance(limit, int):
            limit = num(limit)  # an infinite limit has the sign of 1 or -1
        return replace(without_side(goal, name), f=limit)

    def _strictly(self, inner: Goal, slope: Term, name: str, proof: Proof, depth: int) -> bool:
        """Whether a nonnegative slope is positive but for isolated points: it is analytic and positive somewhere."""
        point = number(proof["somewhere"])
        if slope.free != {name} or not inner.sides[name].contains(point):
            return False
        try:
            needed = analytic(inner.f, name)
            there = range_of(slope, {name: Interval(point, point)}, 192)
        except (NoLimit, NoRange):
            return False
        return there.satisfies(">") and all(self.holds(inner.about(u, r), proof, depth) for u, r in needed)


RULES = frozenset((
    "range", "rational", "cells", "boxes", "zero", "empty", "sign", "split", "hole", "reciprocal", "scale", "shift",
    "order", "product", "unfold", "either", "exponential", "logarithm", "joined", "monotone",
))  # fmt: skip


def derivatives_meant(statement: Statement) -> bool:
    """Whether every derivative in the conclusion exists, on a box that contains the domain, as its rule says."""
    asked = oriented(statement.conclusion)
    if asked is None:
        return False
    goal = Goal(asked[0], "!=", tuple(box_of(statement.domain).items()), holes_of(statement.domain))
    checker = Checker(statement.domain.names)
    return all(evident(goal.about(expand(s), "!=")) for s in smoothness(asked[0])) and all(
        checker.defined(goal.about(b, "!="), {}, 0) for b in bodies(asked[0])
    )


def check_calculus(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    """Whether the proof tree proves the statement."""
    try:
        if not derivatives_meant(statement):
            return False
        goal = opening(statement, list(certificate["slacks"]))
        return goal is not None and Checker(statement.domain.names).check(goal, certificate["proof"])
    except (NotDifferentiable, NoLimit):
        return False

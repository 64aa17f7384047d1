"""Replays proofs of the sign of a function over a product of intervals.

A goal is ``f relation 0`` on a box: f is defined at every point of the box and the relation holds there. A proof is a
tree of rules, as plain data; each rule is checked here and its premises are goals of their own:

- ``range``, ``rational``, ``boxes``: outward-rounded arithmetic, Sturm's theorem, a cover by boxes;
- ``zero``: f has the normal form 0; ``empty``: there is no point; ``sign``: f != 0 because f > 0 or f < 0;
- ``split``: an interval is cut at a rational point; ``hole``: at a point that a hypothesis takes out;
- ``product``: f is a constant times powers of factors, by normal forms, and the factors have certain signs;
- ``unfold``: abs, sign, spow, Min and Max are replaced on the strength of certain signs;
- ``reciprocal``: x stands for 1/x; ``slack``: v stands for e + v where a hypothesis says v > e;
- ``monotone``: f at an end (or its limit at infinity) has the sign, and f' takes f away from it.

The last one is the mean value theorem; repeated at a common zero of f and its derivatives it is Taylor's theorem with
Lagrange's remainder.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

from verify.checker.boxes import check_tree
from verify.checker.conditions import NoLimit, analytic, defining, jumps, limit_at_infinity
from verify.checker.problem import Interval, box_of, oriented
from verify.checker.ranges import NoRange, range_of
from verify.checker.rewriting import negated, turned_over, unfolded
from verify.checker.squares import punctures, rational_sign
from verify.language.calculus import NotDifferentiable, bodies, derivative, expand, kinks, smoothness
from verify.language.terms import BINDERS, ONE, Term, num, substitute, sym, walk
from verify.statement import Domain, Statement

IDENTITY_SECONDS = 5.0
SIGN_SECONDS = 0.25
MOST_DEPTH = 60
Proof = Mapping[str, Any]
ALLOWED: dict[str, frozenset[int]] = {
    ">": frozenset((1,)), ">=": frozenset((0, 1)), "<": frozenset((-1,)), "<=": frozenset((-1, 0)),
    "!=": frozenset((-1, 1)), "==": frozenset((0,)),
}  # fmt: skip


@dataclass(frozen=True)
class Goal:
    """``f relation 0`` on the box without the holes (pairs of a name and a value that it does not take)."""

    f: Term
    relation: str
    box: tuple[tuple[str, Interval], ...]
    holes: frozenset[tuple[str, Fraction]] = frozenset()

    @property
    def sides(self) -> dict[str, Interval]:
        return dict(self.box)

    def about(self, f: Term, relation: str) -> Goal:
        return replace(self, f=f, relation=relation)


def with_side(goal: Goal, name: str, interval: Interval) -> Goal:
    return replace(goal, box=tuple((n, interval if n == name else i) for n, i in goal.box))


def without_side(goal: Goal, name: str) -> Goal:
    return replace(
        goal,
        box=tuple((n, i) for n, i in goal.box if n != name),
        holes=frozenset(h for h in goal.holes if h[0] != name),
    )


def as_domain(goal: Goal) -> Domain:
    """The box without its holes as a domain of real variables."""
    hypotheses: list[Term] = []
    for name, i in goal.box:
        if i.low is not None and i.low == i.high:
            hypotheses.append(Term("==", sym(name), num(i.low)))
            continue
        if i.low is not None:
            hypotheses.append(Term(">" if i.low_open else ">=", sym(name), num(i.low)))
        if i.high is not None:
            hypotheses.append(Term("<" if i.high_open else "<=", sym(name), num(i.high)))
    hypotheses += [Term("!=", sym(name), num(value)) for name, value in sorted(goal.holes)]
    return Domain(tuple((name, "real") for name, _ in goal.box), tuple(hypotheses))


@lru_cache(maxsize=20_000)
def normally_zero(goal: Goal) -> bool:
    """Whether f is defined on the box and has the normal form 0 on every sign cell of it."""
    from verify.exact.cells import OutOfTime, explore

    deadline = time.monotonic() + IDENTITY_SECONDS
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
        name, at = proof["variable"], Fraction(proof["at"])
        interval = goal.sides[name]
        left, right = interval.meet(Interval(high=at)), interval.meet(Interval(low=at))
        first, second = proof["parts"]
        return self.check(with_side(goal, name, left), first, depth) and self.check(
            with_side(goal, name, right), second, depth
        )

    def _hole(self, goal: Goal, proof: Proof, depth: int) -> bool:
        name, at = proof["variable"], Fraction(proof["at"])
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
        holes = frozenset(h for h in goal.holes if h[0] != name)
        return self.check(replace(with_side(goal, name, turned), f=f, holes=holes), proof["proof"], depth)

    # -- rewriting ---------------------------------------------------------------------------------------------

    def _product(self, goal: Goal, proof: Proof, depth: int) -> bool:
        from verify.language.parse import parse_term

        constant = Fraction(proof["constant"])
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
        whole, inner = replace(whole, holes=frozenset()), replace(inner, holes=frozenset())
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
        point = Fraction(proof["somewhere"])
        if slope.free != {name} or not inner.sides[name].contains(point):
            return False
        try:
            needed = analytic(inner.f, name)
            there = range_of(slope, {name: Interval(point, point)}, 192)
        except (NoLimit, NoRange):
            return False
        return there.satisfies(">") and all(self.holds(inner.about(u, r), proof, depth) for u, r in needed)


RULES = frozenset((
    "range", "rational", "cells", "boxes", "zero", "empty", "sign", "split", "hole", "reciprocal", "product", "unfold",
    "monotone",
))  # fmt: skip


def take_slack(goal: Goal, hypotheses: list[Term], index: int, name: str) -> tuple[Goal, list[Term]] | None:
    """The goal with v = e + v (v = e - v) where hypothesis number ``index`` says v > e (v < e), now v > 0."""
    hypothesis = hypotheses[index]
    if hypothesis.op not in ("<", "<=", ">", ">="):
        return None
    left, right = hypothesis.args
    larger = (left, right) if hypothesis.op in (">", ">=") else (right, left)
    strict = hypothesis.op in ("<", ">")
    if larger[0] == sym(name) and name not in larger[1].free:
        value = Term("+", larger[1], sym(name))
    elif larger[1] == sym(name) and name not in larger[0].free:
        value = Term("-", larger[0], sym(name))
    else:
        return None
    rest = [substitute(h, {name: value}) for k, h in enumerate(hypotheses) if k != index]
    moved = replace(goal, f=substitute(goal.f, {name: value}), holes=frozenset(h for h in goal.holes if h[0] != name))
    return with_side(moved, name, Interval(low=Fraction(0), low_open=strict)), rest


def opening(statement: Statement, slacks: list[Any]) -> Goal | None:
    """The goal that a statement asks, after the changes of variables that use its hypotheses."""
    asked = oriented(statement.conclusion)
    if asked is None or statement.flow:
        return None
    f, relation = expand(asked[0]), asked[1]
    box = box_of(statement.domain)
    holes = frozenset((n, v) for n in box for v in punctures(statement.domain, n))
    goal = Goal(f, relation, tuple(box.items()), holes)
    hypotheses = list(statement.domain.hypotheses)
    for index, name in slacks:
        taken = take_slack(goal, hypotheses, int(index), name)
        if taken is None:
            return None
        goal, hypotheses = taken
    return replace(goal, box=tuple((n, i) for n, i in goal.box if n in goal.f.free))


def check_calculus(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    """Whether the proof tree proves the statement."""
    asked = oriented(statement.conclusion)
    if asked is None or smoothness(asked[0]) or bodies(asked[0]):
        return False
    try:
        goal = opening(statement, list(certificate["slacks"]))
        return goal is not None and Checker(statement.domain.names).check(goal, certificate["proof"])
    except (NotDifferentiable, NoLimit):
        return False

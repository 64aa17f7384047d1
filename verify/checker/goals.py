"""Goals of the calculus: the sign of a function over a product of intervals, and exact changes of its variables."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from verify.checker.problem import Interval, box_of, oriented
from verify.checker.squares import punctures
from verify.language.calculus import expand
from verify.language.terms import Term, num, substitute, sym
from verify.statement import Domain, Statement


@dataclass(frozen=True)
class Goal:
    """``f relation 0`` on the box without the holes (pairs of a name and a value that it does not take).

    apart: pairs of names, sorted, that do not take the same value.
    """

    f: Term
    relation: str
    box: tuple[tuple[str, Interval], ...]
    holes: frozenset[tuple[str, Fraction]] = frozenset()
    apart: frozenset[tuple[str, str]] = frozenset()

    @property
    def sides(self) -> dict[str, Interval]:
        return dict(self.box)

    def released(self, name: str) -> Goal:
        """The goal without what is known of a variable beside its interval, which is about to mean another."""
        return replace(
            self,
            holes=frozenset(h for h in self.holes if h[0] != name),
            apart=frozenset(p for p in self.apart if name not in p),
        )

    def about(self, f: Term, relation: str) -> Goal:
        return replace(self, f=f, relation=relation)


def with_side(goal: Goal, name: str, interval: Interval) -> Goal:
    return replace(goal, box=tuple((n, interval if n == name else i) for n, i in goal.box))


def without_side(goal: Goal, name: str) -> Goal:
    return replace(goal.released(name), box=tuple((n, i) for n, i in goal.box if n != name))


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


def scaled(goal: Goal, name: str, e: Term) -> Goal | None:
    """x = e*x with e > 0, for x in an interval that scaling does not change."""
    interval = goal.sides[name]
    if name in e.free or any(end not in (None, 0) for end in (interval.low, interval.high)):
        return None
    kept = replace(goal.released(name), f=substitute(goal.f, {name: Term("*", e, sym(name))}))
    if (name, Fraction(0)) in goal.holes:
        kept = replace(kept, holes=kept.holes | {(name, Fraction(0))})
    if e.op == "sym" and tuple(sorted((name, e.args[0]))) in goal.apart:
        kept = replace(kept, holes=kept.holes | {(name, Fraction(1))})
    return kept


def shifted(goal: Goal, name: str, e: Term) -> Goal | None:
    """x = e + x, for x any real number."""
    if name in e.free or goal.sides[name] != Interval():
        return None
    kept = replace(goal.released(name), f=substitute(goal.f, {name: Term("+", e, sym(name))}))
    if e.op == "sym" and tuple(sorted((name, e.args[0]))) in goal.apart:
        kept = replace(kept, holes=kept.holes | {(name, Fraction(0))})
    return kept


def ordered(goal: Goal, x: str, y: str) -> Goal:
    """The part y >= x of the box (y > x where they are apart): y = x + y with the new y >= 0."""
    strict = tuple(sorted((x, y))) in goal.apart
    kept = replace(goal.released(y), f=substitute(goal.f, {y: Term("+", sym(x), sym(y))}))
    return with_side(kept, y, Interval(Fraction(0), None, strict))


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
    moved = replace(goal.released(name), f=substitute(goal.f, {name: value}))
    return with_side(moved, name, Interval(low=Fraction(0), low_open=strict)), rest


def holes_of(domain: Domain) -> frozenset[tuple[str, Fraction]]:
    """Values that hypotheses ``x != c`` take out."""
    return frozenset((n, v) for n in domain.names for v in punctures(domain, n))


def pairs_apart(domain: Domain) -> frozenset[tuple[str, str]]:
    """Pairs of names that a hypothesis ``x != y`` keeps apart."""
    pairs = set()
    for h in domain.hypotheses:
        if h.op == "!=" and all(a.op == "sym" for a in h.args):
            x, y = sorted(a.args[0] for a in h.args)
            pairs.add((x, y))
    return frozenset(pairs)


def opening(statement: Statement, slacks: list[Any]) -> Goal | None:
    """The goal that a statement asks, after the changes of variables that use its hypotheses."""
    asked = oriented(statement.conclusion)
    if asked is None or statement.flow:
        return None
    f, relation = expand(asked[0]), asked[1]
    box = box_of(statement.domain)
    goal = Goal(f, relation, tuple(box.items()), holes_of(statement.domain), pairs_apart(statement.domain))
    hypotheses = list(statement.domain.hypotheses)
    for index, name in slacks:
        taken = take_slack(goal, hypotheses, int(index), name)
        if taken is None:
            return None
        goal, hypotheses = taken
    return replace(goal, box=tuple((n, i) for n, i in goal.box if n in goal.f.free))

"""From an end where the sign is known, along a slope that keeps it; and boxes for what stays away from zero."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from verify.checker.calculus import evident
from verify.checker.conditions import defining, jumps, limit_at_infinity
from verify.checker.goals import Goal, with_side, without_side
from verify.checker.problem import Interval
from verify.checker.ranges import NoRange, range_of
from verify.checker.rewriting import negated
from verify.clock import now
from verify.language.calculus import derivative, kinks
from verify.language.printing import number_text
from verify.language.terms import Term, num, substitute
from verify.provers.descent.shared import Proof, has_value
from verify.provers.probing import points_in, sign_at

if TYPE_CHECKING:
    from verify.provers.descent.search import Descent


def monotone(d: Descent, goal: Goal, depth: int) -> Proof | None:
    if depth < 1:
        return None
    for name, i in sorted(goal.box, key=lambda side: side[1].bounded and len(goal.box) > 1):
        slope = derivative(goal.f, name)
        inside = with_side(goal, name, Interval(i.low, i.high, True, True))
        signs = {sign_at(slope, p) for p in points_in(inside.sides, d.budget.seed)} - {None}
        if -1 not in signs:
            proof = from_end(d, goal, name, True, slope, inside, depth)
        elif 1 not in signs:
            proof = from_end(d, goal, name, False, negated(slope), inside, depth)
        else:
            continue
        if proof is not None:
            return proof
    return None


def from_end(d: Descent, goal: Goal, name: str, low: bool, slope: Term, inside: Goal, depth: int) -> Proof | None:
    interval = goal.sides[name]
    end = interval.low if low else interval.high
    if end is None:
        if goal.f.free != {name}:
            return None
        limit = limit_at_infinity(goal.f, name, -1 if low else 1)
        value = num(limit) if isinstance(limit, int) else limit
    else:
        value = substitute(goal.f, {name: num(end)})
        if not goal.sides.keys() - {name} and sign_at(value, {}) is None and not has_value(value):
            return None
    there = replace(without_side(goal, name), f=value)
    relation, at_end = goal.relation, d.search(there, depth - 1)
    if at_end is None and goal.relation == ">" and not (end is not None and interval.contains(end)):
        relation, at_end = ">=", d.search(replace(there, relation=">="), depth - 1)
    if at_end is None:
        return None
    proof: Proof = {"by": "monotone", "variable": name, "end": "low" if low else "high", "value": at_end}
    inner = inside.released(name)
    side_conditions = conditions(d, goal, name, low)
    if side_conditions is None:
        return None
    if side_conditions:
        proof["conditions"] = side_conditions
    if relation != goal.relation:
        steep = d.search(inner.about(slope, ">"), depth - 1)
        if steep is not None:
            return {**proof, "slope relation": ">", "slope": steep}
        point = next((p for p in points_in(inside.sides, 0) if sign_at(slope, p) == 1), None)
        if point is None or len(goal.box) > 1:
            return None
        proof["somewhere"] = number_text(point[name])
    gentle = d.search(inner.about(slope, ">="), depth - 1)
    return None if gentle is None else {**proof, "slope relation": ">=", "slope": gentle}


def conditions(d: Descent, goal: Goal, name: str, low: bool) -> dict[str, Proof] | None:
    """Proofs of the side conditions of ``monotone`` that are not evident; None where one fails."""
    interval = goal.sides[name]
    closed = replace(interval, low_open=False) if low else replace(interval, high_open=False)
    whole = with_side(goal, name, closed).released(name)
    inner = with_side(goal, name, Interval(interval.low, interval.high, True, True)).released(name)
    sides = [whole.about(u, r) for u, r in jumps(goal.f)] + [inner.about(k, "!=") for k in kinks(goal.f, name)]
    try:
        range_of(goal.f, whole.sides)
    except NoRange:
        needed = defining(goal.f)
        if needed is None:
            return None
        sides += [whole.about(u, r) for u, r in needed]
    table: dict[str, Proof] = {}
    for side in sides:
        if evident(side):
            continue
        proof = d.search(side, 3)
        if proof is None:
            return None
        table[f"{side.f} {side.relation} 0"] = proof
    return table


def touches(d: Descent, goal: Goal) -> bool:
    """Whether f vanishes at an end of the interval of its one variable, which no boxes can settle."""
    if len(goal.box) != 1:
        return False
    name, i = goal.box[0]
    return any(sign_at(goal.f, {name: end}) == 0 for end in (i.low, i.high) if end is not None)


def boxes(d: Descent, goal: Goal, depth: int) -> Proof | None:
    from verify.provers.enclosure import tree_for

    if not all(i.bounded for _, i in goal.box) or d.late or touches(d, goal):
        return None
    seconds = min(0.3 + 0.1 * depth, d.stop - now())
    tree = tree_for(goal.f, goal.relation, goal.sides, (), seconds, 64, most=400 * len(goal.box))
    return None if tree is None else {"by": "boxes", "tree": tree, "precision": 64}

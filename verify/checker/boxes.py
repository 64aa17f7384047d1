"""Replays a cover of a box by parts on each of which a sign is certain.

Leaves: ``r`` the range of f on the part settles it; ``m`` its monotone directions and its mean value form do;
``h`` a hypothesis is certainly false on the part. A tree of exact halvings covers its box by construction; hypotheses
that are not read as bounds are used to discard parts only.

Source: R. E. Moore, R. B. Kearfott, M. J. Cloud, Introduction to Interval Analysis (2009), chapters 6 and 8.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from numerics.balls import precision
from numerics.boxes import Sides, parts
from verify.checker.conditions import jumps
from verify.checker.problem import Interval, box_of, further_hypotheses, oriented
from verify.checker.range_arithmetic import NoRange, Range, add, multiply, negate, of_interval, of_number
from verify.checker.ranges import Evaluator
from verify.checker.rationals import number
from verify.language.calculus import NotDifferentiable, bodies, derivative, expand, kinks, smoothness
from verify.language.terms import RELATIONS, Term
from verify.statement import Statement

MOST_LEAVES = 60_000
OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


def sides_of(box: Mapping[str, Interval], names: Sequence[str]) -> Sides:
    """The exact ends of a bounded box; raises ValueError where it is unbounded."""
    out = []
    for name in names:
        low, high = box[name].low, box[name].high
        if low is None or high is None:
            raise ValueError(f"{name} is not bounded")
        out.append((low, high))
    return tuple(out)


def part_box(box: Mapping[str, Interval], names: Sequence[str], part: Sides) -> dict[str, Interval]:
    """The part as intervals: cuts are closed, the ends of the whole box stay open where they were."""
    out = dict(box)
    for name, (low, high) in zip(names, part, strict=True):
        whole = box[name]
        out[name] = Interval(low, high, whole.low_open and low == whole.low, whole.high_open and high == whole.high)
    return out


def settled_by_range(f: Term, relation: str, box: Mapping[str, Interval]) -> bool:
    try:
        return Evaluator(box).range(f).satisfies(relation)
    except NoRange:
        return False


def settled_by_slope(f: Term, relation: str, box: Mapping[str, Interval]) -> bool:
    """By the mean value theorem in each variable; f must be differentiable on the whole part."""
    return _lower_bound_settles(f, relation, box, False) or (
        relation == "!=" and _lower_bound_settles(f, relation, box, True)
    )


def _lower_bound_settles(f: Term, relation: str, box: Mapping[str, Interval], flip: bool) -> bool:
    """Whether f (or -f) is bounded below well enough: put each monotone variable at its worst end, then expand
    about the midpoint in the others."""
    if jumps(f):  # seen at an end that is left out, too
        box = {name: Interval(i.low, i.high) for name, i in box.items()}
    try:
        evaluator = Evaluator(box)
        evaluator.range(f)
        worst, free = dict(box), {}
        for name in sorted(f.free):
            interval = box[name]
            if any(evaluator.range(k).has_zero for k in kinks(f, name)):
                return False
            slope = evaluator.range(derivative(f, name))
            slope = negate(slope) if flip else slope
            if slope.satisfies(">=") and interval.low is not None:
                worst[name] = Interval(interval.low, interval.low)
            elif slope.satisfies("<=") and interval.high is not None:
                worst[name] = Interval(interval.high, interval.high)
            elif interval.bounded:
                free[name] = slope
            else:
                return False
        value = _value_about(f, worst, free, box, flip)
        return value.low > 0 or (relation == ">=" and bool(value.low >= 0))
    except (NoRange, NotDifferentiable):
        return False


def _value_about(
    f: Term, worst: dict[str, Interval], free: dict[str, Range], box: Mapping[str, Interval], flip: bool
) -> Range:
    middle = dict(worst)
    for name in free:
        interval = box[name]
        assert interval.low is not None and interval.high is not None
        centre = (interval.low + interval.high) / 2
        middle[name] = Interval(centre, centre)
    value = Evaluator(middle).range(f)
    value = negate(value) if flip else value
    for name, slope in free.items():
        offset = add(of_interval(box[name]), negate(of_number(_centre(middle[name]))))
        value = add(value, multiply(slope, offset))
    return value


def _centre(interval: Interval) -> Fraction:
    assert interval.low is not None
    return interval.low


def excluded(hypotheses: Sequence[Term], box: Mapping[str, Interval]) -> bool:
    """Whether some hypothesis is certainly false throughout the part."""
    evaluator = Evaluator(box)
    for h in hypotheses:
        if h.op not in RELATIONS:
            continue
        try:
            if evaluator.range(Term("-", *h.args)).satisfies(OPPOSITE[h.op]):
                return True
        except NoRange:
            continue
    return False


def check_tree(
    f: Term, relation: str, box: Mapping[str, Interval], tree: str, prec: int, hypotheses: Sequence[Term] = ()
) -> bool:
    """Whether the tree shows ``f relation 0`` on the box; axes are the names of the box in order."""
    names = tuple(box)
    if not 16 <= prec <= 4096 or relation not in (">", ">=", "!="):
        return False
    leaves = parts(tree, sides_of(box, names))
    if len(leaves) > MOST_LEAVES:
        return False
    with precision(prec):
        for leaf, sides in leaves:
            part = part_box(box, names, sides)
            good = (
                settled_by_range(f, relation, part)
                if leaf == "r"
                else settled_by_slope(f, relation, part)
                if leaf == "m"
                else leaf == "h" and excluded(hypotheses, part)
            )
            if not good:
                return False
    return True


def posed(
    statement: Statement, values: Mapping[str, int]
) -> tuple[Term, str, dict[str, Interval], tuple[Term, ...]] | None:
    """(f, relation, box, hypotheses) with every derivative worked out and some variables at given integers.

    Raises NotDifferentiable. The box has the variables of f and of the hypotheses.
    """
    asked = oriented(statement.conclusion)
    if asked is None or statement.flow:
        return None
    f, relation = asked
    hypotheses = further_hypotheses(statement.domain)
    if smoothness(f) or bodies(f):
        from verify.checker.calculus import derivatives_meant

        if not derivatives_meant(statement):
            return None
    box = box_of(statement.domain)
    for name, value in values.items():
        if not box[name].contains(number(value)):
            return None
        box[name] = Interval(number(value), number(value))
    wanted = f.free.union(*(h.free for h in hypotheses)) if hypotheses else f.free
    return expand(f), relation, {n: box[n] for n in box if n in wanted}, hypotheses


def check_boxes(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    """Whether the trees (one for every combination of the enumerated integers) prove the statement."""
    enumerated = list(certificate["integers"])
    integers = integer_points(statement, enumerated)
    covers = certificate["covers"]
    if integers is None or len(integers) != len(covers):
        return False
    for values, tree in zip(integers, covers, strict=True):
        posing = posed(statement, values)
        if posing is None:
            return False
        f, relation, box, hypotheses = posing
        if any(i.empty for i in box.values()):
            continue
        if not check_tree(f, relation, box, tree, int(certificate["precision"]), hypotheses):
            return False
    return True


def integer_points(statement: Statement, names: Sequence[str], most: int = 500) -> list[dict[str, int]] | None:
    """Every combination of values of the named integer variables, in order; None where there are too many."""
    box = box_of(statement.domain)
    points: list[dict[str, int]] = [{}]
    for name in names:
        interval = box[name]
        if statement.domain.sort(name) != "integer" or interval.low is None or interval.high is None:
            return None
        span = range(int(interval.low), int(interval.high) + 1)
        if len(points) * max(1, len(span)) > most:
            return None
        points = [{**p, name: v} for p in points for v in span]
    return points

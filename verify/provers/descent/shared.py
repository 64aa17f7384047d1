"""What every part of the search uses."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from verify.checker.goals import Goal
from verify.checker.problem import Interval
from verify.checker.ranges import NoRange, range_of
from verify.language.terms import Term

Proof = dict[str, Any]


def left_out(point: dict[str, Fraction], goal: Goal) -> bool:
    """Whether the point is one that the goal leaves out."""
    equal = any(x in point and y in point and point[x] == point[y] for x, y in goal.apart)
    return equal or any(point.get(name) == value for name, value in goal.holes)


def strictly_inside(c: Fraction, i: Interval) -> bool:
    return (i.low is None or c > i.low) and (i.high is None or c < i.high)


def has_value(at: Term) -> bool:
    try:
        range_of(at, {})
        return True
    except NoRange:
        return False

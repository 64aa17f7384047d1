"""Signs of a function at exact points of a box: what a search goes by, and where a goal is plainly false."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping
from fractions import Fraction

from verify.checker.problem import Interval
from verify.checker.ranges import NoRange, range_of
from verify.language.terms import Term

Point = dict[str, Fraction]
_INSIDE = [Fraction(k, 1000) for k in (1, 20, 100, 250, 400, 500, 600, 750, 900, 980, 999)]
_BEYOND = [
    *(Fraction(1, 10**k) for k in (9, 3)),
    *(Fraction(k, 20) for k in (1, 3, 5, 10, 15, 20, 27, 33, 40, 60, 100, 200, 600)),
    *(Fraction(10**k) for k in (2, 3, 5, 9, 16, 30)),
]  # fmt: skip


def points_of(interval: Interval) -> list[Fraction]:
    """Exact points of an interval, in order, dense near finite ends and reaching far out at infinite ones."""
    low, high = interval.low, interval.high
    if low is not None and high is not None:
        found = [low + (high - low) * t for t in _INSIDE]
    elif low is not None:
        found = [low + t for t in _BEYOND]
    elif high is not None:
        found = [high - t for t in reversed(_BEYOND)]
    else:
        found = [-t for t in reversed(_BEYOND)] + [Fraction(0)] + _BEYOND
    ends = [e for e in (low, high) if e is not None]
    return sorted({p for p in (*found, *ends) if interval.contains(p)})


def points_in(box: Mapping[str, Interval], seed: int, most: int = 48) -> list[Point]:
    """Points of a box: all for one variable; for several, corners and random combinations."""
    lists = {name: points_of(i) for name, i in box.items()}
    if len(lists) == 1:
        ((name, values),) = lists.items()
        return [{name: v} for v in values]
    if any(not v for v in lists.values()):
        return []
    draw = random.Random(seed)
    ends = [[v[0], v[len(v) // 2], v[-1]] for v in lists.values()]
    chosen = [dict(zip(lists, combo, strict=True)) for combo in itertools.islice(itertools.product(*ends), 27)]
    while len(chosen) < most:
        chosen.append({name: draw.choice(v) for name, v in lists.items()})
    return chosen


def sign_at(f: Term, point: Mapping[str, Fraction]) -> int | None:
    """The sign of f at an exact point; None where it is undefined or not decided."""
    box = {name: Interval(v, v) for name, v in point.items()}
    for prec in (96, 600):
        try:
            r = range_of(f, box, prec)
        except (NoRange, OverflowError, ValueError):
            return None
        if r.satisfies(">"):
            return 1
        if r.satisfies("<"):
            return -1
        if r.satisfies("=="):
            return 0
    return None


def violated(sign: int | None, relation: str) -> bool:
    """Whether a known sign contradicts a relation to zero."""
    if sign is None:
        return False
    return {">": sign <= 0, ">=": sign < 0, "!=": sign == 0, "==": sign != 0}[relation]

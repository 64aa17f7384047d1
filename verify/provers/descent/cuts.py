"""Where an interval is cut: at what is left out, at exact zeros, where a slope changes its sign."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from verify.checker.calculus import normally_zero
from verify.checker.goals import Goal, with_side, without_side
from verify.checker.problem import Interval
from verify.language.calculus import derivative
from verify.language.printing import number_text
from verify.language.terms import Term, num, substitute
from verify.provers.descent.shared import Proof, has_value, strictly_inside
from verify.provers.probing import points_in, points_of, sign_at

if TYPE_CHECKING:
    from verify.provers.descent.search import Descent

SIMPLE = [Fraction(v) for v in ("0", "1", "-1", "2", "-2", "1/2", "-1/2", "3", "-3", "1/3", "2/3", "3/2", "4")]


def split(d: Descent, goal: Goal, name: str, at: Fraction, depth: int) -> Proof | None:
    interval = goal.sides[name]
    by, is_open = ("hole", True) if (name, at) in goal.holes else ("split", False)
    left = interval.meet(Interval(high=at, high_open=is_open))
    right = interval.meet(Interval(low=at, low_open=is_open))
    parts = []
    for side in (left, right):
        proof = d.search(with_side(goal, name, side), depth - 1)
        if proof is None:
            return None
        parts.append(proof)
    return {"by": by, "variable": name, "at": number_text(at), "parts": parts}


def at_hole(d: Descent, goal: Goal, depth: int) -> Proof | None:
    for name, value in sorted(goal.holes):
        if name in goal.sides and strictly_inside(value, goal.sides[name]):
            return split(d, goal, name, value, depth)
    return None


def zeros(d: Descent, u: Term, goal: Goal, name: str) -> list[Fraction]:
    """Exact rational zeros of u in the interval of a variable, for every value of the others."""
    interval = goal.sides[name]
    within = Interval(interval.low, interval.high)
    candidates = [c for c in SIMPLE if within.contains(c)]
    candidates += [c for c in _fitted_zeros(u, name, interval) if c not in candidates] if len(goal.box) == 1 else []
    found = []
    for c in candidates:
        at = substitute(u, {name: num(c)})
        if at.free and len(at.free) > 2:
            continue
        if sign_at(at, {}) == 0 if not at.free else _looks_zero(at, goal, d.budget.seed):
            found.append(c)
        elif not at.free and sign_at(at, {}) is None:
            there = replace(without_side(goal, name), f=at, relation="==")
            if has_value(at) and normally_zero(there):
                found.append(c)
    return sorted(found)


def at_zero(d: Descent, goal: Goal, depth: int) -> Proof | None:
    """Cut at an interior zero; a strict goal has none outside the holes."""
    if goal.relation != ">=" or depth < 1:
        return None
    for name, i in goal.box:
        for c in zeros(d, goal.f, goal, name):
            if strictly_inside(c, i):
                return split(d, goal, name, c, depth)
    return None


def cut(d: Descent, goal: Goal, depth: int) -> Proof | None:
    """Cut where the sign of the slope stops being constant near an end, or a tail from a bounded part."""
    if depth < 2:
        return None
    tried = 0
    for name, i in goal.box:
        for at in cuts(d, goal, name, i):
            if strictly_inside(at, i) and sign_at_any(goal.f, name, at, goal, d.budget.seed):
                proof = split(d, goal, name, at, depth - 1)
                if proof is not None:
                    return proof
                tried += 1
                if tried >= 3:
                    return None
    return None


def cuts(d: Descent, goal: Goal, name: str, i: Interval) -> list[Fraction]:
    slope = derivative(goal.f, name)
    values = points_of(i)
    others = {n: points_of(j)[len(points_of(j)) // 2] for n, j in goal.box if n != name}
    signs = [(v, sign_at(slope, {**others, name: v})) for v in values]
    cuts = []
    known = [(v, s) for v, s in signs if s is not None]
    changes = [k for k in range(1, len(known)) if known[k][1] != known[k - 1][1]]
    if changes:
        first, last = changes[0], changes[-1]
        cuts += [known[first - 1][0], known[last][0]]
        if first == last:
            cuts.append(_rounded((known[first - 1][0] + known[first][0]) / 2))
    if not i.bounded:
        base = i.low if i.low is not None else i.high if i.high is not None else Fraction(0)
        step = 1 if i.high is None else -1
        cuts += [base + step, base + 4 * step, base + 16 * step]
    elif i.low is not None and i.high is not None:
        cuts.append((i.low + i.high) / 2)
    return list(dict.fromkeys(cuts))


def _rounded(value: Fraction) -> Fraction:
    for bound in (1, 4, 16, 256):
        near = value.limit_denominator(bound)
        if abs(near - value) <= abs(value) / 8:
            return near
    return value


def _looks_zero(at: Term, goal: Goal, seed: int) -> bool:
    box = {n: i for n, i in goal.box if n in at.free}
    if not all(sign_at(at, p) in (0, None) for p in points_in(box, seed)[:12]):
        return False
    return normally_zero(Goal(at, "==", tuple(box.items())))


def sign_at_any(f: Term, name: str, at: Fraction, goal: Goal, seed: int) -> bool:
    """Whether f is certainly positive at the cut for some values of the other variables, and nowhere negative."""
    cut = substitute(f, {name: num(at)})
    box = {n: i for n, i in goal.box if n != name}
    signs = {sign_at(cut, p) for p in (points_in(box, seed)[:12] if box else [{}])}
    return 1 in signs and -1 not in signs


def _fitted_zeros(u: Term, name: str, interval: Interval) -> list[Fraction]:
    """Simple rationals near a sign change or a small local minimum of abs(u), by bisection of exact signs."""
    from verify.language.evaluate import to_float

    try:
        g = to_float(u)
        values = [(float(p), abs(g({name: float(p)}))) for p in points_of(interval) if abs(p) < 10**6]
    except (ArithmeticError, ValueError, TypeError):
        return []
    found: list[Fraction] = []
    for k in range(1, len(values) - 1):
        (a, _), (b, at), (c, _) = values[k - 1], values[k], values[k + 1]
        if not at <= min(values[k - 1][1], values[k + 1][1]):
            continue
        for _ in range(60):
            left, right = a + 0.382 * (c - a), a + 0.618 * (c - a)
            try:
                down = abs(g({name: left})) < abs(g({name: right}))
            except (ArithmeticError, ValueError):
                break
            a, c = (a, right) if down else (left, c)
        b = (a + c) / 2
        for bound in (12, 100):
            near = Fraction(b).limit_denominator(bound)
            if abs(float(near) - b) < 1e-3 * max(1.0, abs(b)) and near not in found:
                found.append(near)
    return found

"""Searches in double precision for points at which a formula is most nearly violated; they prove nothing."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction

from verify.clock import now
from verify.language.evaluate import to_float
from verify.language.terms import RELATIONS, Term

Numbers = Mapping[str, float]
Slack = Callable[[Numbers], float]
DENOMINATORS = (1, 2, 3, 4, 6, 10, 12, 60, 100, 1000, 10**5, 10**8)


def slack(formula: Term, relative: bool = True) -> Slack:
    """A function that is positive where the formula holds with room to spare and negative where it fails.

    For a relation it is the gap between the sides in [-1, 1]: relative to the size of all summands on both sides, or
    to 1 plus the size of the sides, which also has a slope where the summands are all of one sign. nan: undefined.
    """
    op, a = formula.op, formula.args
    if op in RELATIONS:
        return _relation_slack(op, _relative_gap(a[0], a[1]) if relative else _bounded_gap(a[0], a[1]))
    if op == "not":
        inner = slack(a[0], relative)
        return lambda env: -inner(env)
    if op in ("and", "or", "implies"):
        parts = [slack(t, relative) for t in a]
        if op == "implies":
            first, second = parts
            return lambda env: max(-first(env), second(env))
        choose = min if op == "and" else max
        return lambda env: choose(p(env) for p in parts)
    value = -1.0 if op == "false" else 1.0
    return lambda env: value


def _summands(term: Term, sign: int) -> Iterator[tuple[int, Term]]:
    if term.op in ("+", "-"):
        yield from _summands(term.args[0], sign)
        yield from _summands(term.args[1], sign if term.op == "+" else -sign)
    elif term.op == "neg":
        yield from _summands(term.args[0], -sign)
    else:
        yield sign, term


def _relative_gap(left: Term, right: Term) -> Slack:
    parts = [(sign, to_float(t)) for sign, t in (*_summands(right, 1), *_summands(left, -1))]

    def gap(env: Numbers) -> float:
        total = size = 0.0
        for sign, part in parts:
            value = part(env)
            total += sign * value
            size += abs(value)
        if total == 0.0:
            return 0.0
        return total / size if size < math.inf else math.nan

    return gap


def _bounded_gap(left: Term, right: Term) -> Slack:
    first, second = to_float(left), to_float(right)

    def gap(env: Numbers) -> float:
        a, b = first(env), second(env)
        size = 1.0 + abs(a) + abs(b)
        return (b - a) / size if size < math.inf else math.nan

    return gap


def _relation_slack(op: str, gap: Slack) -> Slack:
    if op in ("<", "<="):
        return gap
    if op in (">", ">="):
        return lambda env: -gap(env)
    return (lambda env: -abs(gap(env))) if op == "==" else (lambda env: abs(gap(env)))


def absolute_gap(term: Term) -> Slack:
    """The value of a term itself, to be driven below zero."""
    return to_float(term)


def climb(
    objective: Slack,
    start: Mapping[str, float],
    names: Sequence[str],
    rng: random.Random,
    until: float,
    most: int = 400,
) -> Iterator[dict[str, float]]:
    """Points of ever lower objective, found by steps along axes and random directions that adapt their length."""
    best = dict(start)
    value = objective(best)
    if math.isnan(value):
        value = math.inf
    steps = {n: max(abs(best[n]), 0.1) * 0.5 for n in names}
    step = 1.0
    for k in range(most):
        if k % 16 == 0 and now() > until:
            return
        trial = dict(best)
        if k % 2 == 0:
            moved = names[(k // 2) % len(names)]
            trial[moved] += rng.choice((1, -1)) * steps[moved] * rng.choice((1.0, 0.3))
        else:
            moved = ""
            for n in names:
                trial[n] += rng.gauss(0, 1) * steps[n] * step
        found = objective(trial)
        if found < value:
            best, value = trial, found
            yield dict(best)
            if moved:
                steps[moved] *= 1.8
            else:
                step *= 1.6
        elif moved:
            steps[moved] *= 0.75
        else:
            step *= 0.88


def roundings(point: Mapping[str, float], exact: Mapping[str, Fraction]) -> Iterator[dict[str, Fraction]]:
    """Rational points near a point of doubles, simplest first; names in ``exact`` keep their value."""
    seen: set[tuple[Fraction, ...]] = set()
    for bound in DENOMINATORS:
        rounded = {n: exact[n] if n in exact else _near(v, bound) for n, v in point.items()}
        key = tuple(rounded.values())
        if key not in seen:
            seen.add(key)
            yield rounded
    yield {n: exact[n] if n in exact else Fraction(v) for n, v in point.items()}


def _near(value: float, bound: int) -> Fraction:
    """A simple rational near the value: small numbers keep their leading digits."""
    exact = Fraction(value)
    if exact and abs(value) < 1e-2:
        return 1 / (1 / exact).limit_denominator(bound) if abs(value) > 1e-300 else Fraction(0)
    return exact.limit_denominator(bound)

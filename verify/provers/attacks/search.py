"""The attack on one relation over one domain: adversarial points, then descent, then simplification.

Every point that is returned satisfies all hypotheses and violates the conclusion with certainty.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from flint import fmpq

from verify.clock import now
from verify.language.evaluate import Undefined, Unknown, enclose, to_float, truth
from verify.language.terms import Term, walk
from verify.language.values import exact_value
from verify.provers.attacks.climbing import Slack, absolute_gap, climb, roundings, slack
from verify.provers.attacks.points import Point, Sampler, fractions, relations
from verify.statement import Statement

Kind = Literal["outside", "unknown", "true", "open", "false", "undefined"]

MOST_POINTS = 5_000
STARTS = 10
_CLOSER_LOOKS = 12
_SIMPLE = fractions("0 1 -1 2 -2 1/2 -1/2 3 -3 3/2 -3/2 4 -4 1/3 -1/3 1/4 -1/4 5 -5 10 -10")
_DENOMINATORS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 100, 1000)


@dataclass(frozen=True)
class Violation:
    """An exact point of the domain at which the conclusion is false, or undefined."""

    point: Point
    kind: Kind


def complexity(value: Fraction) -> tuple[int, int]:
    return value.numerator.bit_length() + 2 * value.denominator.bit_length(), int(value < 0)


@dataclass
class Attack:
    """A search for a violation of ``statement`` (no flow, a quantifier-free conclusion) until ``until``."""

    statement: Statement
    seed: int
    until: float
    survived: int = 0
    exactly: int = 0
    undefined: Violation | None = None
    _looks: int = 0
    _seen: set[tuple[Fraction, ...]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.domain = self.statement.domain
        self.sampler = Sampler(self.domain, (self.statement.conclusion,), self.seed)
        self.random = random.Random(self.seed + 1)
        self.integers = {n for n, sort in self.domain.variables if sort == "integer"}
        self._slack = slack(self.statement.conclusion)
        self._hypotheses = [slack(h) for h in self.domain.hypotheses]
        costly = any(t.op in ("integrate", "expect", "Sum", "Product") for t in walk(self.statement.conclusion))
        self._enough = 120 if costly else 1200
        self._sides = [side for t in relations(self.statement.conclusion) for side in t.args]
        self._promising: list[tuple[float, Point]] = []

    def late(self) -> bool:
        return now() > self.until

    def admits(self, point: Mapping[str, Fraction]) -> bool:
        """Whether every hypothesis is certainly true at the point."""
        return self._admits(point, {n: exact_value(v) for n, v in point.items()})

    def _admits(self, point: Mapping[str, Fraction], values: Mapping[str, fmpq]) -> bool:
        if any(point[n].denominator != 1 for n in self.integers):
            return False
        try:
            return all(truth(h, values, rising=False) is True for h in self.domain.hypotheses)
        except Undefined:
            return False

    def kind(self, point: Mapping[str, Fraction]) -> Kind:
        """What is certain of the statement at the point."""
        values = {n: exact_value(v) for n, v in point.items()}
        if not self._admits(point, values):
            return "outside"
        try:
            found = truth(self.statement.conclusion, values, rising=False)
            if found is None and self._looks < _CLOSER_LOOKS:
                self._looks += 1
                found = truth(self.statement.conclusion, values, 1024, rising=False)
        except Undefined:
            return "undefined"
        if found is None:
            return "open" if self._enclosed(values) else "unknown"
        return "true" if found else "false"

    def _enclosed(self, values: Mapping[str, fmpq]) -> bool:
        """Whether both sides of every relation have values, which then agree to within the precision."""
        try:
            return all(enclose(side, values).is_finite() for side in self._sides)
        except (Undefined, Unknown):
            return False

    def run(self) -> Violation | None:
        """A violation, made simple; one where the conclusion is false before one where it is undefined."""
        found = self._certify(self._adversarial()) or self._descend()
        found = found or self.undefined
        return None if found is None else self.simplified(found)

    def _adversarial(self) -> Iterator[Point]:
        middle = now() + 0.6 * (self.until - now())
        for point in itertools.islice(self.sampler.points(), MOST_POINTS if self.domain.names else 1):
            if self.survived > self._enough or now() > middle:
                return
            yield point

    def _certify(self, points: Iterator[Point]) -> Violation | None:
        for point in points:
            key = tuple(point.get(n, Fraction(0)) for n in self.domain.names)
            if key in self._seen:
                continue
            self._seen.add(key)
            kind = self.kind(point)
            if kind == "false":
                return Violation(point, kind)
            if kind == "undefined" and self.undefined is None:
                self.undefined = Violation(point, kind)
            elif kind in ("true", "open"):
                self.survived += 1
                self.exactly += kind == "true"
                self._remember(point)
        return None

    def _remember(self, point: Point) -> None:
        if len(self.sampler.anchors) < 2:
            self.sampler.anchors.append(point)
        try:
            value = self._slack({n: float(v) for n, v in point.items()})
        except OverflowError:
            return
        if not math.isnan(value) and len(self._promising) < 2000:
            self._promising.append((value, point))

    def _descend(self) -> Violation | None:
        """Descent towards a violation, and towards points at which some part is undefined."""
        real = [n for n in self.domain.names if n not in self.integers]
        if not real:
            return None
        self._promising.sort(key=lambda pair: pair[0])
        starts = [p for _, p in self._promising[: STARTS // 2]]
        starts += [p for _, p in self.random.sample(self._promising, min(len(self._promising), STARTS // 2))]
        starts += [self.sampler.mixture() for _ in range(STARTS - len(starts))]
        both = (self._slack, slack(self.statement.conclusion, relative=False))
        extra: list[Slack] = []
        if self.undefined is None:
            extra = [absolute_gap(t) for t in partial_arguments(self.statement.conclusion)[:4]]
        for k, start in enumerate(starts):
            for goal in (both[k % 2], *(extra if k < 4 else ())):
                if self.late():
                    return None
                found = self._certify(self._climbed(goal, start, real))
                if found:
                    return found
        return None

    def _climbed(self, goal: Slack, start: Point, real: list[str]) -> Iterator[Point]:
        fixed = {n: v for n, v in start.items() if n in self.integers}
        derived = self._derived()
        names = [n for n in real if n not in derived]
        if not names:
            return
        try:
            floats = {n: float(v) for n, v in start.items()}
        except OverflowError:
            return

        def lifted(env: Mapping[str, float]) -> dict[str, float]:
            full = dict(env)
            for name, value in derived.items():
                full[name] = value(full)
            return full

        def objective(env: Mapping[str, float]) -> float:
            full = lifted(env)
            penalty = 0.0
            for h in self._hypotheses:
                s = h(full)
                if math.isnan(s):
                    return math.inf
                penalty += max(0.0, -s - 1e-12)
            return goal(full) if penalty <= 1e-11 else 2.0 + penalty

        tried = 0
        last: dict[str, float] | None = None
        for env in climb(objective, floats, names, self.random, self.until):
            last = env
            if tried < 3 and objective(env) < -1e-9:
                tried += 1
                yield from self._rounded(lifted(env), fixed)
        if last is not None:
            yield from self._rounded(lifted(last), fixed)

    def _rounded(self, env: Mapping[str, float], fixed: Mapping[str, Fraction]) -> Iterator[Point]:
        if not all(math.isfinite(v) for v in env.values()):
            return
        for point in roundings(env, fixed):
            yield from self.sampler.complete(point)

    def _derived(self) -> dict[str, Callable[[Mapping[str, float]], float]]:
        """Some variables as functions of the others, by the equations among the hypotheses."""
        if not self.sampler.eliminations:
            return {}
        choice = self.random.choice(self.sampler.eliminations)
        return {name: to_float(self.random.choice(terms)) for name, terms in choice.items()}

    def simplified(self, found: Violation) -> Violation:
        """The violation at simpler numbers, as long as it stays certain."""
        deadline = now() + 0.2
        point = self._coarser(found)
        for _ in range(3):
            before = dict(point)
            for name in self.domain.names:
                for value in _simpler(point[name]):
                    if now() > deadline:
                        return Violation(point, found.kind)
                    simpler = self._with(point, name, value, found.kind)
                    if simpler is not None:
                        point = simpler
                        break
            if point == before:
                break
        return Violation(point, found.kind)

    def _coarser(self, found: Violation) -> Point:
        """The violation moved to the point of a quadric nearest to a coarse grid, where that is simpler."""
        weight = sum(complexity(v)[0] for v in found.point.values())
        for d in _DENOMINATORS[3:]:
            rounded = {n: v.limit_denominator(d) for n, v in found.point.items()}
            for moved in self.sampler.along_lines(rounded):
                if sum(complexity(v)[0] for v in moved.values()) < weight and self.kind(moved) == found.kind:
                    return moved
        return dict(found.point)

    def _with(self, point: Point, name: str, value: Fraction, kind: Kind) -> Point | None:
        weight = sum(complexity(v)[0] for v in point.values())
        for moved in ({**point, name: value}, *self.sampler.complete({**point, name: value})):
            lighter = sum(complexity(v)[0] for v in moved.values()) < weight
            if lighter and self.kind(moved) == kind:
                return moved
        return None


def _simpler(value: Fraction) -> Iterator[Fraction]:
    """Rationals near the value, or simple in themselves, that are shorter to write than it, shortest first."""
    candidates = [*_SIMPLE, *(value.limit_denominator(d) for d in _DENOMINATORS if d < value.denominator)]
    for k in range(-12, 13):
        scale = Fraction(10) ** k
        below = Fraction(math.floor(value * scale)) / scale
        candidates += [below, below + 1 / scale]
    for candidate in sorted(dict.fromkeys(candidates), key=complexity):
        if complexity(candidate) >= complexity(value):
            return
        yield candidate


def partial_arguments(conclusion: Term) -> list[Term]:
    """Terms below roots, logarithms and real powers: where one of them is negative the conclusion is undefined."""
    found: list[Term] = []
    for t in walk(conclusion):
        partial = t.op in ("log", "sqrt") or (t.op == "**" and not t.args[1].is_number)
        if partial and t.args[0].op not in ("sym", "num", "abs", "const"):
            found.append(t.args[0])
    return list(dict.fromkeys(found))

"""Adversarial exact points of a domain: where statements that are nearly true break.

Zeros, all sign patterns, equal and nearly equal values, ends of intervals, huge and tiny scales, special exponents,
values at which denominators, kinks and both sides of a relation vanish. Points are completed so that they satisfy
equations among the hypotheses; whether a point lies in the domain is for the caller to decide.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from verify.language.calculus import literal
from verify.language.terms import RELATIONS, Term, num, substitute, sym, walk
from verify.provers.attacks.solving import critical_values, isolate, rational_functions, rational_roots, solutions
from verify.statement import Domain

Point = dict[str, Fraction]


def fractions(text: str) -> tuple[Fraction, ...]:
    return tuple(Fraction(v) for v in text.split())


CORE = fractions("0 1 -1 2 -2 1/2 -1/2 3 -3 3/2 -3/2 1/4 -1/4 4 -4")
MORE = fractions(
    "1/3 -1/3 5 -5 10 -10 1/10 -1/10 9/4 4/9 7/3 -7/5 3/5 4/5 5/13 12/13 8 9 16 1/9 1/16 6 7 5/2 5/4"
    " 9/10 11/10"
)
SCALES = fractions(
    "100 -100 1/100 -1/100 1000 1/1000 -1000 1000000 -1000000 1/1000000 -1/1000000 1000000000000 1/1000000000000"
)
EXPONENTS = fractions("1 2 3/2 3 101/100 199/100 4/3 5/4 1/2 4 7/4 5 10 0 99/100 201/100 1/3 -1 20")
INTEGERS = fractions("0 1 2 3 4 5 -1 6 -2 7 8 -3 10 12 20 -4 50")
SHARES = fractions("1/2 1/4 3/4 1/3 2/3 1/10 9/10 1/100 99/100 1/1000 999/1000 1/1000000 999999/1000000")
_PARAMETER = "s:line"  # no name of the language has a colon
_STEPS = fractions("1 1/2 2 1/10 1/100 3 10 1/1000 1/1000000 5 100 1000 1000000")


@dataclass
class Range:
    """Literal bounds of one variable."""

    low: Fraction | None = None
    high: Fraction | None = None

    def raise_low(self, value: Fraction) -> None:
        self.low = value if self.low is None else max(self.low, value)

    def lower_high(self, value: Fraction) -> None:
        self.high = value if self.high is None else min(self.high, value)

    def contains(self, value: Fraction) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


def literal_ranges(domain: Domain) -> dict[str, Range]:
    """The bounds that hypotheses of the form ``name <= number`` put on each variable."""
    ranges = {name: Range() for name in domain.names}
    mirrored = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "=="}
    for h in domain.hypotheses:
        for left, right, op in ((h.args[0], h.args[1], h.op), (h.args[1], h.args[0], mirrored[h.op])) if (
            h.op in mirrored
        ) else ():
            value = literal(right)
            if value is None:
                continue
            if left.op == "abs" and left.args[0].op == "sym" and op in ("<", "<="):
                where = ranges.get(left.args[0].args[0])
                if where:
                    where.raise_low(-value)
                    where.lower_high(value)
                continue
            where = ranges.get(left.args[0]) if left.op == "sym" else None
            if where is None:
                continue
            if op in (">", ">=", "=="):
                where.raise_low(value)
            if op in ("<", "<=", "=="):
                where.lower_high(value)
    return ranges


def relations(formula: Term) -> list[Term]:
    return [t for t in walk(formula) if t.op in RELATIONS]


def special_terms(formulas: Sequence[Term]) -> list[tuple[Term, Term]]:
    """Pairs (u, v) such that the formulas change their character where u == v."""
    from verify.language.terms import ONE, ZERO

    pairs: list[tuple[Term, Term]] = []
    for formula in formulas:
        for t in walk(formula):
            op, a = t.op, t.args
            if op in RELATIONS:
                pairs.append((a[0], a[1]))
            elif op == "/":
                pairs.append((a[1], ZERO))
            elif op in ("abs", "sign", "log", "sqrt", "gamma"):
                pairs.append((a[0], ZERO))
            elif op in ("spow", "**"):
                pairs.append((a[0], ZERO))
                if literal(a[1]) is None:
                    pairs += [(a[1], ZERO), (a[1], ONE)]
            elif op in ("Min", "Max"):
                pairs += [(u, v) for u, v in itertools.combinations(a, 2)]
            elif op in ("asin", "acos", "atanh", "acosh"):
                pairs += [(a[0], ONE), (a[0], Term("neg", ONE))]
    return [p for p in dict.fromkeys(pairs) if (p[0].free | p[1].free) and p[0] != p[1]]


@dataclass
class Sampler:
    """Points that attack a statement over one domain, simplest first; the same seed gives the same points."""

    domain: Domain
    formulas: tuple[Term, ...]
    seed: int = 0
    ranges: dict[str, Range] = field(init=False)
    pools: dict[str, list[Fraction]] = field(init=False)
    _plain: Point = field(init=False, default_factory=dict)
    anchors: list[Point] = field(default_factory=list)  # points known to satisfy the equations

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.names = list(self.domain.names)
        self.integers = {n for n, sort in self.domain.variables if sort == "integer"}
        self.ranges = literal_ranges(self.domain)
        every = (*self.domain.hypotheses, *self.formulas)
        self.specials = special_terms(every)
        self.equations = [h for h in self.domain.hypotheses if h.op == "=="]
        numbers = {v for f in every for t in walk(f) if (v := literal(t)) is not None and t.op in ("num", "/", "neg")}
        exponents = {n for f in every for t in walk(f) if t.op in ("**", "spow") for n in t.args[1].free}
        self.pools = {n: self._pool(n, numbers, n in exponents) for n in self.names}
        self.eliminations = list(self._eliminations())

    def _pool(self, name: str, numbers: set[Fraction], exponent: bool) -> list[Fraction]:
        where = self.ranges[name]
        if name in self.integers:
            ends = [e + d for e in (where.low, where.high) if e is not None for d in (0, 1, -1, 2)]
            near = [n + d for n in sorted(numbers) if n.denominator == 1 for d in (0, 1, -1)]
            found = [v for v in (*ends, *INTEGERS, *near) if v.denominator == 1]
        else:
            near = [v for n in sorted(numbers) for v in (n, -n, n + Fraction(1, 100), n - Fraction(1, 100), 2 * n)]
            found = [v for v in (where.low, where.high) if v is not None]
            found += [*(EXPONENTS if exponent else ()), *CORE, *near, *self._inside(where), *MORE, *SCALES]
        pool = [v for v in dict.fromkeys(found) if where.contains(v)]
        return pool or [where.low if where.low is not None else where.high or Fraction(0)]

    @staticmethod
    def _inside(where: Range) -> list[Fraction]:
        low, high = where.low, where.high
        if low is not None and high is not None:
            return [low + (high - low) * s for s in SHARES]
        if low is not None:
            return [low + s for s in _STEPS]
        return [high - s for s in _STEPS] if high is not None else []

    def _eliminations(self) -> Iterator[dict[str, list[Term]]]:
        """Ways to write one variable of each equation through others, plain variables and late ones first."""
        options: list[list[tuple[str, list[Term]]]] = []
        for h in self.equations:
            ways = []
            for name in reversed(self.names):
                if name in self.integers:
                    continue
                solved = list(isolate(h.args[0], h.args[1], name))
                if solved:
                    ways.append((name, solved))
            ways.sort(key=lambda way: max(t.op in ("**", "spow", "exp", "log") for e in way[1] for t in walk(e)))
            options.append(ways[:4])
        for choice in itertools.islice(itertools.product(*(o for o in options if o)), 6):
            names = [name for name, _ in choice]
            if len(set(names)) == len(names):
                yield dict(choice)

    def complete(self, point: Point) -> Iterator[Point]:
        """The point moved onto the equations among the hypotheses.

        One variable at a time; or, on a single quadric, along the line from a known point of it.
        """
        if not self.equations:
            yield point
            return
        moved = False
        for found in itertools.islice(self._complete(point, list(self.equations), frozenset()), 6):
            moved = True
            yield found
        if not moved:
            yield from self.along_lines(point)

    def along_lines(self, point: Point) -> Iterator[Point]:
        """Points of the surface on the lines through this point and known ones, where there is one equation."""
        if len(self.equations) == 1:
            for anchor in self.anchors:
                yield from self._along_line(anchor, point)

    def _along_line(self, anchor: Point, point: Point) -> Iterator[Point]:
        """Where the line through both points meets the surface again: rational where the surface is a quadric."""
        equation = self.equations[0]
        names = sorted(equation.free - self.integers)
        steps = {n: point[n] - anchor[n] for n in names}
        line = {n: Term("+", num(anchor[n]), Term("*", num(d), sym(_PARAMETER))) for n, d in steps.items()}
        gap = substitute(Term("-", *equation.args), line)
        for f in rational_functions(gap, _PARAMETER, {n: v for n, v in point.items() if n not in line}):
            for s in rational_roots(f.top):
                if s:
                    yield {**point, **{n: anchor[n] + s * d for n, d in steps.items()}}

    def _complete(self, point: Point, equations: list[Term], settled: frozenset[str]) -> Iterator[Point]:
        if not equations:
            yield point
            return
        left, right = equations[0].args
        names = [n for n in reversed(self.names) if n in (left.free | right.free) - settled]
        for name in names:
            for value in solutions(left, right, name, point):
                if self.ranges[name].contains(value) and not (name in self.integers and value.denominator != 1):
                    moved = {**point, name: value}
                    yield from self._complete(moved, equations[1:], settled | left.free | right.free)
        if not names:
            yield from self._complete(point, equations[1:], settled)

    def points(self) -> Iterator[Point]:
        """The adversarial points: first patterns, then points on special surfaces, then endless random mixtures.

        A point that cannot be moved onto the equations comes as it is, so that a caller who counts comes to an end.
        """
        if not self.names:
            yield {}
            return
        for point in itertools.chain(self._patterns(), iter(self.mixture, None)):
            moved = False
            for completed in self.complete(point):
                moved = True
                yield completed
            if not moved:
                yield point

    def bases(self) -> Iterator[Point]:
        """Simple points and random mixtures, wherever the equations are."""
        yield from itertools.islice(self._patterns(), 6)
        yield from iter(self.mixture, None)

    def _default(self) -> Point:
        if not self._plain:
            self._plain = {n: self._simple(n) for n in self.names}
        return dict(self._plain)

    def _simple(self, name: str) -> Fraction:
        where, pool = self.ranges[name], self.pools[name]
        inner = [v for v in pool if v not in (0, where.low, where.high)]
        return (inner or pool)[0]

    def _patterns(self) -> Iterator[Point]:
        if not self.names:
            return
        simple = self._default()
        yield simple
        longest = max(len(p) for p in self.pools.values())
        for k in range(min(longest, 12)):  # the k-th value of every pool: all equal where the pools are alike
            yield {n: self.pools[n][min(k, len(self.pools[n]) - 1)] for n in self.names}
        yield from self._signs()
        for name in self.names:
            for value in self.pools[name][:24]:
                yield {**simple, name: value}
        yield from self._on_specials([simple, *(self.mixture() for _ in range(3))])
        yield from self._nearly_equal()
        yield from self._grid_of_integers()
        for name in self.names:
            for value in self.pools[name][24:]:
                yield {**simple, name: value}
        if len(self.names) == 1:
            return
        heads = [self.pools[n][:6] for n in self.names]
        combinations = list(itertools.islice(itertools.product(*heads), 1300))
        self.random.shuffle(combinations)
        for values in combinations[:200]:
            yield dict(zip(self.names, values, strict=True))
        surfaces = list(itertools.islice(self._on_specials([simple, *(self.mixture() for _ in range(4))]), 400))
        yield from itertools.islice(self._on_specials(self.random.sample(surfaces, min(len(surfaces), 30))), 600)

    def _signs(self) -> Iterator[Point]:
        """Every pattern of signs and zeros, in full up to five variables."""
        free = [n for n in self.names if n not in self.integers]
        patterns = itertools.product((1, -1, 0), repeat=min(len(free), 5))
        for pattern in patterns:
            signs = dict(zip(free, pattern, strict=False))
            point = self._default()
            for k, name in enumerate(free):
                s = signs.get(name, self.random.choice((1, -1, 0)))
                value = s * self.random.choice((Fraction(1), Fraction(2), Fraction(1, 2), Fraction(3), Fraction(k + 1)))
                if self.ranges[name].contains(value):
                    point[name] = value
            yield point

    def _grid_of_integers(self) -> Iterator[Point]:
        """Where all variables are integers: a box of them, near its corner first."""
        if self.integers != set(self.names) or len(self.names) > 4:
            return
        side = {1: 1500, 2: 60, 3: 15, 4: 8}[len(self.names)]
        axes = []
        for name in self.names:
            where = self.ranges[name]
            low = math.ceil(where.low) if where.low is not None else None
            if low is None:
                low = -side // 6 if where.high is None else math.floor(where.high) - side + 1
            axes.append([v for v in range(low, low + side) if where.contains(Fraction(v))])
        for values in sorted(itertools.product(*axes), key=lambda vs: sum(map(abs, vs))):
            yield dict(zip(self.names, map(Fraction, values), strict=True))

    def _on_specials(self, bases: Sequence[Point]) -> Iterator[Point]:
        """Points at which two special terms agree, and at critical points of their difference."""
        for base in bases:
            for left, right in self.specials[:24]:
                for name in sorted(left.free | right.free):
                    if name not in base:
                        continue
                    values = [*solutions(left, right, name, base)]
                    if not left.is_number and name not in self.integers:
                        values += critical_values(Term("-", left, right), name, base)[:24]
                    for value in dict.fromkeys(values):
                        if self.ranges[name].contains(value):
                            yield {**base, name: value}

    def _nearly_equal(self) -> Iterator[Point]:
        free = [n for n in self.names if n not in self.integers]
        for a, b in itertools.permutations(free[:5], 2):
            for value in (Fraction(1), Fraction(2), Fraction(-1), Fraction(3, 2)):
                for d in (Fraction(0), Fraction(1, 1000), Fraction(-1, 10**6)):
                    yield {**self._default(), a: value, b: value + d}

    def mixture(self) -> Point:
        """A random point: values of the pools, simple fractions, several scales."""
        return {n: self._random_value(n) for n in self.names}

    def _random_value(self, name: str) -> Fraction:
        r, where = self.random, self.ranges[name]
        if r.random() < 0.6:
            return r.choice(self.pools[name])
        if name in self.integers:
            low = int(where.low) if where.low is not None else -8
            return Fraction(low + r.randrange(16))
        if where.low is not None and where.high is not None:
            return where.low + (where.high - where.low) * Fraction(r.randrange(0, 1001), 1000)
        size = Fraction(r.randrange(1, 100), r.randrange(1, 30)) * Fraction(10) ** r.choice((-3, -1, 0, 0, 0, 0, 1, 3))
        if where.low is not None:
            return where.low + size
        if where.high is not None:
            return where.high - size
        return size if r.random() < 0.5 else -size

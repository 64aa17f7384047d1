"""Exact points of a domain at which a property of a function of one variable is attacked.

Every point is rational and every hypothesis is certainly true there; a value is compared by exact or ball arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random

from verify.checker.problem import box_of
from verify.checker.shapes_ranges import Interval, Range
from verify.language.evaluate import Undefined, Unknown, enclose, truth
from verify.language.printing import number_text
from verify.language.terms import Term, walk
from verify.statement import Domain

Values = dict[str, Fraction]

_SIMPLE = (1, 2, "1/2", 3, "3/2", -1, 0, -2, "1/3", 4, 5, "5/2", 10, "1/10", "-1/2", 100, "1/100", -3)
_PARAMETERS = [Fraction(v) for v in _SIMPLE]
_STEPS = [Fraction(v) for v in ("1/1000", "1/100", "1/10", "1/4", "1/2", 1, "3/2", 2, 3, 5, 10, 30, 100, 1000)]
_SHARES = [Fraction(k, 1000) for k in (1, 10, 100, 250, 400, 500, 625, 750, 900, 990, 999)]
_NEAR = [Fraction(1, 10**9), Fraction(1, 10**6), *_STEPS[:8]]
MOST_ASSIGNMENTS = 40
_MOST_TRIED = 4000
_MOST_DRAWS = 200
_FINEST = 10**12  # what is finer is a number that stands for an irrational end


def satisfied(hypotheses: tuple[Term, ...], values: Mapping[str, Fraction]) -> bool:
    """Whether every hypothesis is certainly true at the point."""
    try:
        return all(truth(h, values) is True for h in hypotheses)
    except (Undefined, Unknown):
        return False


def assignments(domain: Domain, most: int = MOST_ASSIGNMENTS) -> list[Values]:
    """Exact values of all variables that satisfy every hypothesis; simple ones and the ends of their ranges first."""
    names, box = domain.names, box_of(domain)
    ends = {n: [e for e in (box[n].low, box[n].high) if e is not None and e.denominator <= _FINEST] for n in names}
    numbers = [t.args[0] for h in domain.hypotheses for t in walk(h) if t.op == "num"]
    near = [n + d for n in numbers for d in (0, 1, Fraction(1, 2), -1, Fraction(1, 100))]
    candidates = list(dict.fromkeys([*_PARAMETERS, *near]))
    found: list[Values] = []
    tried = 0

    def extend(at: int, chosen: Values, slack: int) -> Iterator[Values]:
        nonlocal tried
        tried += 1
        if tried > _MOST_TRIED or len(found) >= most:
            return
        if at == len(names):
            if slack == 0:
                yield dict(chosen)
            return
        name = names[at]
        ordered = dict.fromkeys([*candidates[:1], *ends[name], *candidates])
        options = [c for c in ordered if domain.sort(name) == "real" or c.denominator == 1]
        for k, value in enumerate(options):
            if k > slack or (at == len(names) - 1 and k != slack):
                continue
            values = {**chosen, name: value}
            ready = tuple(h for h in domain.hypotheses if h.free <= values.keys() and name in h.free)
            if satisfied(ready, values):
                yield from extend(at + 1, values, slack - k)

    if not names:
        return [{}] if satisfied(domain.hypotheses, {}) else []
    for slack in range((len(candidates) + 2) * len(names)):
        for values in extend(0, {}, slack):
            found.append(values)
        if tried > _MOST_TRIED or len(found) >= most:
            break
    return found


def connected(domain: Domain, names: frozenset[str]) -> frozenset[str]:
    """The names, with all that the hypotheses tie to them."""
    reached = names
    while True:
        more = reached.union(*(h.free for h in domain.hypotheses if h.free & reached))
        if more == reached:
            return reached
        reached = more


def varied(domain: Domain, names: frozenset[str], most: int = MOST_ASSIGNMENTS) -> list[Values]:
    """Exact values of all variables that satisfy every hypothesis, with only those tied to ``names`` varied.

    Plain values first, then as many combinations drawn at random with a fixed seed.
    """
    tied = connected(domain, names)
    inside = Domain(
        tuple(v for v in domain.variables if v[0] in tied), tuple(h for h in domain.hypotheses if h.free & tied)
    )
    outside = Domain(
        tuple(v for v in domain.variables if v[0] not in tied),
        tuple(h for h in domain.hypotheses if not h.free & tied),
    )
    rest = assignments(outside, 1)
    if not rest:
        return []
    found = assignments(inside, most)
    draw = Random(20250101)
    for _ in range(_MOST_DRAWS if len(inside.names) > 1 else 0):
        if len(found) >= 2 * most:
            break
        values = {name: draw.choice(_PARAMETERS) for name in inside.names}
        whole = all(values[n].denominator == 1 for n, sort in inside.variables if sort == "integer")
        if whole and values not in found and satisfied(inside.hypotheses, values):
            found.append(values)
    return [{**values, **rest[0]} for values in found]


def rational_near(term: Term, values: Mapping[str, Fraction]) -> Fraction | None:
    """The value of a term as a rational number, to within 10**-12 or so."""
    try:
        ball = enclose(term, values)
    except (Undefined, Unknown):
        return None
    man, exp = ball.mid().man_exp()
    return Fraction(int(man)) * Fraction(2) ** int(exp)


@dataclass(frozen=True)
class Component:
    """Rational points, in order, of one interval of the range of x for given values of the parameters.

    whole: everything between two of the points belongs to the range too.
    """

    values: Values
    points: tuple[Fraction, ...]
    whole: bool = True


def component_points(
    where: Range, component: Interval, parameters: Values, domain: Domain, special: tuple[Term, ...] = ()
) -> Component:
    """Points of one interval: its ends where they belong to it, points close to them, and around ``special`` ones."""
    low = None if component.lower is None else rational_near(component.lower.at, parameters)
    high = None if component.upper is None else rational_near(component.upper.at, parameters)
    found: set[Fraction] = set()
    if low is not None and high is not None:
        found |= {low, high} | {low + (high - low) * s for s in _SHARES}
    elif low is not None:
        found |= {low} | {low + s for s in _STEPS}
    elif high is not None:
        found |= {high} | {high - s for s in _STEPS}
    else:
        found |= {Fraction(0)} | {sign * s for s in _STEPS for sign in (1, -1)}
    for term in special:
        at = rational_near(term, parameters)
        if at is not None:
            found |= {at, *(at + sign * s for s in _NEAR for sign in (1, -1))}
    hypotheses = tuple(h for h in domain.hypotheses if where.x in h.free)
    limits = component.member(Term("sym", where.x))
    kept = [p for p in sorted(found) if satisfied((*limits, *hypotheses), {**parameters, where.x: p})]
    return Component(parameters, tuple(kept), where.exact)


def costly(f: Term) -> bool:
    """Whether a value of the term takes long."""
    return any(t.op in ("integrate", "expect", "Sum", "Product") for t in walk(f))


def thinned(component: Component, most: int = 7) -> Component:
    """The component with a few of its points, ends and plain ones first among them."""
    points = component.points
    if len(points) <= most:
        return component
    plain = sorted(points[1:-1], key=lambda p: abs(p.numerator) + p.denominator)[: most - 2]
    return replace(component, points=tuple(sorted({points[0], points[-1], *plain})))


def as_text(values: Mapping[str, Fraction]) -> dict[str, str]:
    return {name: number_text(value) for name, value in values.items()}


def undefined_point(f: Term, x: str, component: Component) -> Fraction | None:
    """A point of the component at which f certainly has no value."""
    for p in sorted(component.points, key=lambda p: (abs(p.numerator) + p.denominator, p < 0)):
        try:
            enclose(f, {**component.values, x: p})
        except Undefined:
            return p
        except Unknown:
            continue
    return None

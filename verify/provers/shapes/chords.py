"""Exact counterexamples to convexity and monotonicity.

A function is convex on an interval iff the slopes of its chords do not decrease from left to right, and increasing iff
no chord has a negative slope. If any three points violate convexity, three neighbouring ones among all points tried
do, so that neighbours suffice. Sign changes of the derivatives suggest further points; only values refute.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from verify.checker.shapes_pieces import slope_of
from verify.language.calculus import NotDifferentiable
from verify.language.evaluate import Undefined, Unknown, to_float, truth
from verify.language.terms import Term, substitute, sym
from verify.provers.shapes.samples import Component, Values, costly

_BETWEEN = 8
_MOST_DIPS = 12
_NARROWINGS = 24  # each halves the place where a derivative is least
_HALVINGS = (0, 2, 4, 7, 10, 14, 20)
_LEFT, _MIDDLE, _RIGHT = "x:1", "x:m", "x:2"  # no name of the language has a colon


def plainness(points: Sequence[Fraction]) -> int:
    """Small for numbers that are easy to read."""
    return sum(abs(p.numerator) + 2 * p.denominator for p in points)


def _certain(formula: Term, values: Values) -> bool:
    try:
        return truth(formula, values) is True
    except (Undefined, Unknown):
        return False


def _at(f: Term, x: str, name: str) -> Term:
    return substitute(f, {x: sym(name)})


def bend_violation(f: Term, x: str, component: Component, strict: bool) -> tuple[Fraction, Fraction, Fraction] | None:
    """(x1, between, x2) at which the chord lies below the graph (``strict``: on it, or below)."""
    left, middle, right = (_at(f, x, n) for n in (_LEFT, _MIDDLE, _RIGHT))
    p, q, r = sym(_LEFT), sym(_MIDDLE), sym(_RIGHT)
    # f(q)*(r - p) > f(p)*(r - q) + f(r)*(q - p), with r - p > 0
    above = Term("*", middle, Term("-", r, p))
    chord = Term("+", Term("*", left, Term("-", r, q)), Term("*", right, Term("-", q, p)))
    formula = Term(">=" if strict else ">", above, chord)
    for triple in _triples(f, x, component):
        if _certain(formula, {**component.values, **dict(zip((_LEFT, _MIDDLE, _RIGHT), triple, strict=True))}):
            return triple
    return None


def _triples(f: Term, x: str, component: Component) -> Iterator[tuple[Fraction, Fraction, Fraction]]:
    points = component.points
    yield from sorted(zip(points, points[1:], points[2:], strict=False), key=plainness)
    if len(points) >= 3:
        yield points[0], points[len(points) // 2], points[-1]
    for before, p, after in _negative_at(f, x, component, 2) if component.whole else ():
        for k in _HALVINGS:
            h = min(p - before, after - p) / 2**k
            yield p - h, p, p + h


def order_violation(
    f: Term, x: str, components: Sequence[Component], strict: bool
) -> tuple[Fraction, Fraction] | None:
    """(x1, x2) with x1 < x2 and f(x1) > f(x2) (``strict``: f(x1) >= f(x2)), for components from left to right."""
    formula = Term(">=" if strict else ">", _at(f, x, _LEFT), _at(f, x, _RIGHT))
    points = [p for c in components for p in c.points]
    pairs = sorted(pairwise(points), key=plainness)
    for c in components:
        for before, p, after in _negative_at(f, x, c, 1) if c.whole else ():
            pairs += [(p, p + (after - p) / 2**k) for k in _HALVINGS]
            pairs += [(p - (p - before) / 2**k, p) for k in _HALVINGS]
    values = components[0].values if components else {}
    for first, second in pairs:
        if first < second and _certain(formula, {**values, _LEFT: first, _RIGHT: second}):
            return first, second
    return None


def _negative_at(f: Term, x: str, component: Component, order: int) -> Iterator[tuple[Fraction, Fraction, Fraction]]:
    """Inner points, each with its neighbours, where the derivative of that order is negative; most negative first."""
    try:
        g = f
        for _ in range(order):
            g = slope_of(g, x)
    except NotDifferentiable:
        return
    finer = component.whole and not costly(g)
    points = _finer(component.points) if finer else list(component.points)
    derivative = to_float(g)
    parameters = {name: float(value) for name, value in component.values.items()}

    def slope(p: Fraction) -> float:
        return derivative({**parameters, x: float(p)})

    found = []
    at = [(p, slope(p)) for p in points]
    for (before, left), (p, value), (after, right) in zip(at, at[1:], at[2:], strict=False):
        if finer and 0 <= value <= min(left, right):  # it may still be negative between the points
            p, value = _lowest(slope, before, p, after)
        if value < 0:
            found.append((value, before, p, after))
    found.sort(key=lambda entry: entry[0])
    yield from (entry[1:] for entry in found[: 2 if costly(f) else _MOST_DIPS])


def _lowest(
    slope: Callable[[Fraction], float], before: Fraction, p: Fraction, after: Fraction
) -> tuple[Fraction, float]:
    """Where the least value is taken between the neighbours of p, as a plain number where that is as good, and it."""
    value = slope(p)
    for _ in range(_NARROWINGS):
        for q in ((before + p) / 2, (p + after) / 2):
            tried = slope(q)
            if tried < value:
                before, p, after, value = (before, q, p, tried) if q < p else (p, q, after, tried)
                break
        else:
            before, after = (before + p) / 2, (p + after) / 2
    plain = (p.limit_denominator(10**k) for k in range(1, 7))
    return next(((q, slope(q)) for q in plain if before < q < after and slope(q) < 0), (p, value))


def _finer(points: Sequence[Fraction]) -> list[Fraction]:
    """The points with others between neighbours."""
    out: list[Fraction] = []
    for p, q in pairwise(points):
        out += [p + (q - p) * k / _BETWEEN for k in range(_BETWEEN)]
    return [*out, *points[-1:]]

"""Exact points of a cell, found by trying simple rational numbers against its hypotheses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from verify.clock import now
from verify.exact.expansion.cases import Case
from verify.language.terms import Term, size, walk
from verify.provers.budget import Budget
from verify.statement import Domain

Point = dict[str, Fraction]
SECONDS = 0.4
MOST_POINTS = 4
MOST_FOUND = 60
MOST_VALUES = 10
LARGEST_SEARCHED = 40  # subterms of an added hypothesis, beyond which no longer search is tried
SIMPLE = tuple(Fraction(v, 6) for v in (6, 12, 3, 18, -6, 9, 0, -12, 2, 15, 24, 60))


def points(case: Case, budget: Budget, most: int = MOST_POINTS) -> list[Point]:
    """A few points of the cell, as different as they come, parameters that were solved for included."""
    deadline = now() + min(SECONDS, max(0.0, budget.left))
    found: list[Point] = []
    for chosen in _assignments(case.reduced, deadline):
        point = _completed(chosen, case)
        if point is not None:
            found.append(point)
        if len(found) >= (MOST_FOUND if most > 1 else 1) or now() > deadline:
            break
    found = _spread(found, most)
    if not found and not case.fixed and all(h.op != "==" and size(h) <= LARGEST_SEARCHED for h in case.decided):
        found = _searched(case, budget)
    return found


def _spread(found: list[Point], most: int) -> list[Point]:
    """Points that repeat the coordinates of earlier ones as little as possible."""
    chosen: list[Point] = []
    while found and len(chosen) < most:
        used = {item for p in chosen for item in p.items()}
        best = min(found, key=lambda p: sum(item in used for item in p.items()))
        chosen.append(best)
        found = [p for p in found if p is not best]
    return chosen


def _assignments(domain: Domain, deadline: float) -> Iterator[Point]:
    constants = [t.args[0] for h in domain.hypotheses for t in walk(h) if t.op == "num"]
    near = [c + d for c in constants for d in (0, 1, Fraction(1, 2), -1)]
    values: dict[str, list[Fraction]] = {}
    for name, sort in domain.variables:
        alone = [h for h in domain.hypotheses if h.free == {name}]
        candidates = [v for v in dict.fromkeys([*SIMPLE, *near]) if sort == "real" or v.denominator == 1]
        values[name] = [v for v in candidates if _satisfied(alone, {name: v})][:MOST_VALUES]

    def extend(names: tuple[str, ...], chosen: Point) -> Iterator[Point]:
        if not names:
            yield dict(chosen)
            return
        for v in values[names[0]]:
            if now() > deadline:
                return
            longer = {**chosen, names[0]: v}
            ready = [h for h in domain.hypotheses if names[0] in h.free and len(h.free) > 1 and h.free <= longer.keys()]
            if _satisfied(ready, longer):
                yield from extend(names[1:], longer)

    yield from extend(domain.names, {})


def _satisfied(hypotheses: list[Term], point: Mapping[str, Fraction]) -> bool:
    from verify.language.evaluate import Undefined, Unknown, truth

    try:
        return all(truth(h, point, 256, rising=False) is True for h in hypotheses)
    except (Undefined, Unknown):
        return False


def _completed(chosen: Point, case: Case) -> Point | None:
    """The point with the parameters that were solved for, where it satisfies everything as it was stated."""
    from verify.language.evaluate import Undefined, Unknown, exact

    point = {n: v for n, v in chosen.items() if n in case.domain.names}
    try:
        for name, value in case.fixed.items():
            solved = exact(value, point)
            if solved is None:
                return None
            point[name] = solved
    except (Undefined, Unknown, KeyError):
        return None
    if not all(n in point and (sort == "real" or point[n].denominator == 1) for n, sort in case.domain.variables):
        return None
    return point if _satisfied([*case.domain.hypotheses, *case.decided], point) else None


def _searched(case: Case, budget: Budget) -> list[Point]:
    from verify.provers.refute import find_witness

    seconds = min(0.5, max(0.05, budget.left / 4))
    point = find_witness(case.domain.assuming(*case.decided), Budget(seconds, budget.seed))
    return [] if point is None else [dict(point)]

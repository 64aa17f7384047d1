"""An independent look at numbers: certified values of a function close to its limit point.

Numbers cannot prove a limit. They can speak against one: when |f - value| does not fall from one distance to the
next, or a function that is said to tend to infinity does not grow, or the quotient of the function by what is said to
be its dominant term stays away from 1 and does not come closer, the expansion is not believed.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from verify.exact.expansion.cases import Case, Divide, GiveUp, MoreTerms, Undefined
from verify.exact.expansion.functions import Expander
from verify.exact.expansion.limits import Limit, limit_of, limit_on, sides
from verify.exact.expansion.scalars import TooLarge
from verify.language.printing import to_text
from verify.language.terms import Term, fresh_name, num, substitute, sym, walk
from verify.statement import Domain

if TYPE_CHECKING:
    from flint import arb

DISTANCES = tuple(Fraction(1, 10**k) for k in (8, 64, 4096))
PRECISION = 640
STANDSTILL = 1e-9  # even log(log(log(1/t))) moves by more than this share from one distance to the next
POWERS_OF_TEN = (8, 64, 1024)  # distances at which the dominant term is compared
FAR = Fraction(1, 4)  # a quotient closer to 1 than this is not spoken against
TRIES = 40
COMPARED = ("asymptotic", "bigtheta", "bigo", "littleo")
GAVE_UP = (Divide, GiveUp, MoreTerms, Undefined, TooLarge)


def contradicts_numbers(conclusion: Term, point: Mapping[str, Fraction]) -> str:
    """Why values near the limit point speak against a limit in the conclusion; empty where they do not."""
    from verify.language.calculus import NotDifferentiable, expand

    values = {name: num(v) for name, v in point.items()}
    try:
        conclusion = expand(conclusion)
    except NotDifferentiable:
        return ""
    for node in walk(conclusion):
        if node.op == "limit":
            name, a, mark = node.args[1].args[0], substitute(node.args[2], values), node.args[3].args[0]
            f = substitute(node.args[0], {k: v for k, v in values.items() if k != name})
        elif node.op == "asymptotic":
            name, mark = node.args[2].args[0], "+-"
            f = substitute(Term("/", node.args[0], node.args[1]), {k: v for k, v in values.items() if k != name})
            a = substitute(node.args[3], values)
        else:
            continue
        if not f.free <= {name} or a.free:
            continue
        for at, s in sides(a, mark):
            found = _limit(f, name, a, "+" if s > 0 else "-", at)
            if found is not None and moves_away(f, name, at, s, found):
                return f"{f} does not approach {found}"
    return ""


def _limit(f: Term, x: str, a: Term, side: str, at: Term | None) -> Limit | None:
    for order in (4, 8):
        try:
            return limit_on(f, x, a, side if at is not None else "+-", Case(Domain()), order)
        except MoreTerms:
            continue
        except (Divide, GiveUp, Undefined):
            return None
    return None


def moves_away(
    f: Term, x: str, at: Term | None, side: int, found: Limit, point: Mapping[str, Fraction] | None = None
) -> bool:
    """Whether the values of f, for these parameters, do not come closer to the limit that is said to be theirs."""
    from verify.language.evaluate import Undefined as NoValue
    from verify.language.evaluate import Unknown, enclose

    if found.kind == "none":
        return False
    try:
        goal = enclose(found.value.term, point or {}, PRECISION) if found.kind == "finite" else None
        gaps = []
        for t in DISTANCES:
            place = num(side / t) if at is None else Term("+", at, num(side * t))
            value = enclose(substitute(f, {x: place}), point or {}, PRECISION)
            gaps.append(abs(value - goal) if goal is not None else -value if found.kind == "oo" else value)
    except (NoValue, Unknown):
        return False
    return all(bool(later > earlier - abs(earlier) * STANDSTILL) for earlier, later in pairwise(gaps))


def objection(conclusion: Term, case: Case, order: int) -> str:
    """Why numbers speak against the expansions on a cell, at one point of it that is drawn; empty where they do not."""
    from verify.language.calculus import NotDifferentiable, expand

    point = drawn(case, zlib.crc32(to_text(conclusion).encode()))
    if point is None:
        return ""
    for f, x, at, side in _functions(conclusion, case):
        try:
            expander = Expander(case, order, x, at, side)
            expansion = expander.expand(f)
            top = expander.math.leading(expansion)
            g = expand(f)
        except (*GAVE_UP, NotDifferentiable):
            continue
        coefficient, monomial = (top[0].term, top[1]) if top else (num(0), None)
        claimed = [Term("*", coefficient, monomial.term(num(10**k))) if monomial else num(0) for k in POWERS_OF_TEN]
        if stays_apart(g, x, at, side, claimed, point):
            return f"{f} is not close to the dominant term {coefficient}*{monomial}"
        try:
            found = limit_of(expansion, case)
        except GAVE_UP:
            continue
        if moves_away(g, x, at, side, found, point):
            return f"{f} does not approach {found}"
    return ""


def _functions(conclusion: Term, case: Case) -> Iterator[tuple[Term, str, Term | None, int]]:
    """(function, variable, point or None, side) for every expansion that a conclusion asks for."""
    for node in walk(conclusion):
        if node.op == "limit":
            parts, x, a, mark = node.args[:1], node.args[1].args[0], node.args[2], node.args[3].args[0]
        elif node.op in COMPARED:
            parts, x, a, mark = node.args[:2], node.args[2].args[0], node.args[3], "+-"
        else:
            continue
        for f in parts:
            name = x
            if x in case.domain.names:
                name = fresh_name(x, frozenset(case.domain.names) | f.free)
                f = substitute(f, {x: sym(name)})
            if any(t.op == "limit" for t in walk(f)) or not f.free <= {*case.domain.names, name}:
                continue
            if a.free <= frozenset(case.domain.names):
                yield from ((f, name, at, side) for at, side in sides(a, mark))


def stays_apart(
    f: Term, x: str, at: Term | None, side: int, claimed: list[Term], point: Mapping[str, Fraction]
) -> bool:
    """Whether f divided by its claimed dominant term is far from 1 at all distances, and never comes closer."""
    from verify.language.evaluate import Undefined as NoValue
    from verify.language.evaluate import Unknown, enclose

    gaps: list[arb] = []
    try:
        for k, c in zip(POWERS_OF_TEN, claimed, strict=True):
            t, bits = Fraction(1, 10**k), 256 + 8 * k
            place = num(side / t) if at is None else Term("+", at, num(side * t))
            value, expected = enclose(substitute(f, {x: place}), point, bits), enclose(c, point, bits)
            if bool(expected == 0):
                if not bool(abs(value) > 0):
                    return False
                continue
            gaps.append(abs(value / expected - 1))
    except (NoValue, Unknown):
        return False
    far = all(bool(gap * FAR.denominator > FAR.numerator) for gap in gaps)
    return far and all(bool(later > earlier - earlier * STANDSTILL) for earlier, later in pairwise(gaps))


def drawn(case: Case, seed: int) -> dict[str, Fraction] | None:
    """A point of the cell, of small rational numbers; None where none of those drawn lies in it."""
    from verify.language.evaluate import Undefined as NoValue
    from verify.language.evaluate import Unknown, exact, truth

    rng = random.Random(seed)
    hypotheses = (*case.domain.hypotheses, *case.decided)
    free = [v for v in case.domain.variables if v[0] not in case.fixed]
    alone = {n: [h for h in hypotheses if h.free == {n}] for n, _ in free}
    for _ in range(TRIES):
        try:
            point: dict[str, Fraction] = {}
            for name, sort in free:
                for _ in range(TRIES):
                    point[name] = Fraction(rng.randint(-12, 24), 1 if sort == "integer" else rng.choice((1, 2, 3)))
                    if all(truth(h, {name: point[name]}, rising=False) is True for h in alone[name]):
                        break
                else:
                    return None
            for name, value in case.fixed.items():
                solved = exact(value, point)
                if solved is not None and (case.domain.sort(name) == "real" or solved.denominator == 1):
                    point[name] = solved
            known = point.keys() >= set(case.domain.names)
            if known and all(truth(h, point, rising=False) is True for h in hypotheses):
                return point
        except (NoValue, Unknown):
            continue
    return None

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
from verify.exact.expansion.growth import Monomial, size
from verify.exact.expansion.limits import Limit, limit_on, sides
from verify.exact.expansion.scalars import Scalar, TooLarge
from verify.language.printing import to_text
from verify.language.terms import ZERO, Term, fresh_name, num, substitute, sym, walk
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


def moves_away(f: Term, x: str, at: Term | None, side: int, found: Limit) -> bool:
    """Whether the values of f do not come closer to the limit that is said to be theirs."""
    from verify.language.evaluate import Undefined as NoValue
    from verify.language.evaluate import Unknown, enclose

    if found.kind == "none":
        return False
    try:
        goal = enclose(found.value.term, {}, PRECISION) if found.kind == "finite" else None
        gaps = []
        for t in DISTANCES:
            place = num(side / t) if at is None else Term("+", at, num(side * t))
            value = enclose(substitute(f, {x: place}), {}, PRECISION)
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
            top = expander.math.leading(expander.expand(f))
            g = expand(f)
        except (*GAVE_UP, NotDifferentiable):
            continue
        claimed = _dominant(top)
        if stays_apart(g, x, at, side, claimed, point):
            return f"{f} is not close to what is said to dominate it"
        if top is not None and drifts(claimed, _direction(top[1], case), point):
            return f"what is said to dominate {f} does not tend to where it is said to"
    return ""


def _dominant(top: tuple[Scalar, Monomial, int] | None) -> list[Term]:
    """A dominant term at the distances that are looked at; 0 for the zero function."""
    if top is None:
        return [ZERO] * len(POWERS_OF_TEN)
    return [Term("*", top[0].term, top[1].term(num(10**k))) for k in POWERS_OF_TEN]


def _direction(m: Monomial, case: Case) -> int:
    try:
        return size(m, case)
    except GAVE_UP:
        return 0


def drifts(claimed: list[Term], direction: int, point: Mapping[str, Fraction]) -> bool:
    """Whether terms said to grow (1) or to fall (-1) in absolute value do the contrary, always."""
    from verify.language.evaluate import Undefined as NoValue
    from verify.language.evaluate import Unknown, enclose

    try:
        moduli = [abs(enclose(c, point, PRECISION)) for c in claimed]
    except (NoValue, Unknown):
        return False
    pairs = list(pairwise(moduli))
    if direction > 0:
        return all(bool(later < earlier) for earlier, later in pairs)
    return direction < 0 and all(bool(later > earlier) for earlier, later in pairs)


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
    """Whether f divided by its claimed dominant term is far from 1 at all distances, and never comes closer.

    What is far is measured by the logarithm of the quotient: that of exp(-1000/log(log(x))) moves, slow as it is.
    """
    from verify.language.evaluate import Undefined as NoValue
    from verify.language.evaluate import Unknown, enclose

    quotients: list[arb] = []
    try:
        for k, c in zip(POWERS_OF_TEN, claimed, strict=True):
            t, bits = Fraction(1, 10**k), 256 + 8 * k
            place = num(side / t) if at is None else Term("+", at, num(side * t))
            value, expected = enclose(substitute(f, {x: place}), point, bits), enclose(c, point, bits)
            if c == ZERO:
                if not bool(abs(value) > 0):
                    return False
                continue
            quotients.append(value / expected)
    except (NoValue, Unknown):
        return False
    if not quotients:
        return True
    if not all(bool(q > 0) or bool(q < 0) for q in quotients):
        return False
    positive = all(bool(q > 0) for q in quotients)
    gaps = [abs(q.log()) if positive else abs(q - 1) for q in quotients]
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

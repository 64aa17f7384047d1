"""An independent look at numbers: certified values of a function close to its limit point.

Numbers cannot prove a limit. They can speak against one: when |f - value| does not fall from one distance to the
next, or a function that is said to tend to infinity does not grow, the expansion is not believed.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise

from verify.exact.expansion.cases import Case, Divide, GiveUp, MoreTerms, Undefined
from verify.exact.expansion.limits import Limit, limit_on, sides
from verify.language.terms import Term, num, substitute, walk
from verify.statement import Domain

DISTANCES = tuple(Fraction(1, 10**k) for k in (8, 64, 4096))
PRECISION = 640
STANDSTILL = 1e-9  # even log(log(log(1/t))) moves by more than this share from one distance to the next


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

"""Limits and orders of growth by leading terms.

Every function is expanded at the limit point in a scale of monomials exp(phi) X**a log(X)**b ..., with error terms
that are justified rule by rule; the parameters are divided into cells on which the dominant terms do not change.
A conclusion holds where it does on every cell. It fails where it is false on a cell that has an exact point, and
the whole computation made again with the numbers of that point says so too.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from importlib.metadata import version

from verify.checker import nearby
from verify.checker.growth_orders import ORDERS_OF_GROWTH
from verify.checker.leading import closed_at, posed
from verify.checker.ruling import Ruling
from verify.evidence import Evidence, Tier, undecided
from verify.exact.expansion.division import OnCase, explore
from verify.language.printing import number_text, to_text
from verify.language.terms import PREDICATES, RELATIONS, walk
from verify.provers.budget import Budget
from verify.provers.limits.forms import prove_without_limits
from verify.provers.limits.points import points
from verify.provers.limits.records import certificate, tree
from verify.provers.limits.values import eliminate_limits
from verify.statement import Statement

METHOD = "leading terms"
MOST_CHECKED = 4  # cells on which values close to the point are looked at

__all__ = ["METHOD", "applies", "eliminate_limits", "prove"]


def applies(statement: Statement) -> bool:
    c = statement.conclusion
    if statement.flow:
        return False
    if c.op in ORDERS_OF_GROWTH:
        return True
    return (c.op in RELATIONS or c.op in PREDICATES) and any(t.op == "limit" for t in walk(c))


def prove(statement: Statement, budget: Budget) -> Evidence:
    """``certified`` evidence that the relation holds or fails, or ``undecided`` with the cells that are left."""
    if not applies(statement):
        return undecided(METHOD, "no limit and no order of growth")
    c = statement.conclusion
    if c.op not in RELATIONS and c.op not in ORDERS_OF_GROWTH:
        return prove_without_limits(statement, budget, METHOD)
    found = _rule(statement, budget)
    told = [f"{_where(o)}: {o.answer.because}" for o in found if o.answer is not None]
    # false cells first; on a cell that is not decided, single points may still be
    for o in sorted(found, key=lambda o: o.answer is None):
        if o.answer is not None and o.answer.true:
            continue
        for point in points(o.case, budget):
            failure = _refuted(statement, point, budget)
            if failure is not None and failure.answer is not None:
                because = failure.answer.because
                record = None
                if not failure.hypotheses:
                    exact = {name: number_text(v) for name, v in point.items()}
                    record = certificate(statement, by="point", point=exact, order=failure.order, found=because)
                return _evidence("fails", f"{_where(o)}: {because}", told, statement, point, record)
    left = [o for o in found if o.answer is None or not o.answer.true]
    if left:
        if c.op in RELATIONS and not budget.spent:
            evidence = prove_without_limits(statement, budget, METHOD)
            if evidence.result == "holds":
                return evidence
        reasons = [f"{_where(o)}: {o.answer.because if o.answer else o.reason}" for o in left[:3]]
        return undecided(METHOD, "; ".join(reasons))
    for o in found[:MOST_CHECKED]:
        objection = nearby.objection(c, o.case, o.order)
        if objection:
            return undecided(METHOD, f"values close to the point speak against the expansion: {objection}")
        for point in points(o.case, budget, most=1):
            objection = nearby.contradicts_numbers(c, point)
            if objection:
                return undecided(METHOD, f"values close to the point speak against the expansion: {objection}")
    record = None
    if found:
        cells = tree(found, lambda o: {"found": o.answer.because if o.answer else ""})
        record = certificate(statement, by="cells", tree=cells)
    return _evidence("holds", "; ".join(told[:6]), told, statement, None, record)


def _rule(statement: Statement, budget: Budget) -> list[OnCase[Ruling]]:
    return explore(*posed(statement), stop=lambda: budget.spent)


def _where(found: OnCase[Ruling]) -> str:
    return "where " + " and ".join(to_text(h) for h in found.hypotheses) if found.hypotheses else "everywhere"


def _refuted(statement: Statement, point: Mapping[str, Fraction], budget: Budget) -> OnCase[Ruling] | None:
    """The ruling with the numbers of the point put in, where that is ``false`` once more."""
    found = _rule(closed_at(statement, point), budget)
    if len(found) != 1 or found[0].answer is None or found[0].answer.true:
        return None
    return found[0]


def _evidence(
    result: str,
    detail: str,
    told: list[str],
    statement: Statement,
    point: Mapping[str, Fraction] | None,
    record: Mapping[str, object] | None,
) -> Evidence:
    counterexample: dict[str, str] | None = None
    if point is not None:
        counterexample = {name: number_text(v) for name, v in point.items()}
        c = statement.conclusion
        if not counterexample or c.op in ORDERS_OF_GROWTH:
            node = c if c.op in ORDERS_OF_GROWTH else next(t for t in walk(c) if t.op == "limit")
            at = 3 if c.op in ORDERS_OF_GROWTH else 2
            name = node.args[2 if c.op in ORDERS_OF_GROWTH else 1].args[0]
            counterexample[name] = f"-> {to_text(node.args[at])}"
    return Evidence(
        Tier.certified,
        METHOD,
        result,  # type: ignore[arg-type]
        detail=detail,
        conditions=tuple(told[:40]),
        counterexample=counterexample,
        engines={"python-flint": version("python-flint")},
        certificate=record,
    )

"""Relations decided by exact arithmetic: normal forms over Q on sign cells.

An equation holds where both sides have the same normal form on every cell; an inequality where the signs that the
difference can take, by its factors, its coefficients and the bounds of the domain, all satisfy it. Denominators,
roots and logarithms that were met are proved to be defined on the way.
"""

from __future__ import annotations

from importlib.metadata import version

from verify.clock import now
from verify.evidence import Evidence, Tier, undecided
from verify.exact.cells import Outcome, OutOfTime, explore
from verify.exact.signbook import NEGATIVE, NONNEGATIVE, NONPOSITIVE, NONZERO, POSITIVE, Signs
from verify.exact.signs import AT_KINK, guarded, sign_task
from verify.language.terms import ARITHMETIC, FALSE, RELATIONS, Term, fn, walk
from verify.provers.budget import Budget
from verify.statement import Domain, Statement

METHOD = "normal form on sign cells"
WANTED: dict[str, Signs] = {
    "<": NEGATIVE, "<=": NONPOSITIVE, ">": POSITIVE, ">=": NONNEGATIVE, "!=": NONZERO,
}  # fmt: skip
OUTSIDE = frozenset(("integrate", "limit", "Sum", "Product", "expect", "ddt"))
ALGEBRAIC = frozenset((*RELATIONS, *ARITHMETIC, "num", "sym", "abs", "sign", "sqrt", "Min", "Max"))
INVERSES = frozenset(("asinh", "acosh", "atanh"))


def applies(statement: Statement) -> bool:
    c = statement.conclusion
    return not statement.flow and c.op in RELATIONS and not any(t.op in OUTSIDE for t in walk(c))


def engines() -> dict[str, str]:
    return {"python-flint": version("python-flint")}


def prove(statement: Statement, budget: Budget) -> Evidence:
    """Evidence of tier ``certified`` that the relation holds on every cell, or ``undecided`` with the cells left."""
    if not applies(statement):
        return undecided(METHOD, "not a relation between elementary terms")
    c = statement.conclusion
    gap = fn("-", *c.args)
    reasons: list[str] = []
    modes = (False, True) if any(t.op in INVERSES for t in walk(c)) else (False,)
    for logs in modes:
        outcomes = _attempt(statement.domain, c, gap, budget, logs)
        if isinstance(outcomes, str):
            reasons.append(outcomes)
            continue
        left = [o for o in outcomes if not _settled(c.op, o)]
        left = [o for o in left if not _empty(o, budget)]
        settled = _at_kinks(c, left, budget)
        if isinstance(settled, Evidence):
            return settled
        left = settled
        if not left:
            cells = [str(o.cell) for o in outcomes]
            return Evidence(
                Tier.certified,
                METHOD,
                "holds",
                detail=_story(c.op, cells),
                conditions=tuple(cells[:40]),
                engines=engines(),
                certificate={"kind": "cells", "cells": cells, "logs": logs} if len(cells) <= 200 else None,
            )
        reasons.append("; ".join(f"on {o.cell}: {o.stop or 'the normal form does not decide'}" for o in left[:3]))
    return undecided(METHOD, " | ".join(dict.fromkeys(reasons)))


def _at_kinks(c: Term, left: list[Outcome], budget: Budget) -> list[Outcome] | Evidence:
    """The cells that are still open once derivatives at kinks are worked out; a refutation where one does not exist."""
    if not any(str(o.stop) == AT_KINK for o in left):
        return left
    from verify.provers import kinks

    still = []
    for o in left:
        answer = kinks.settle(c, o.cell, budget) if str(o.stop) == AT_KINK else "open"
        if isinstance(answer, dict):
            detail = f"a derivative does not exist on {o.cell}: no finite limit from both sides, or a jump"
            return Evidence(Tier.certified, METHOD, "fails", detail, counterexample=answer, engines=engines())
        if answer != "holds":
            still.append(o)
    return still


def _attempt(domain: Domain, c: Term, gap: Term, budget: Budget, logs: bool) -> list[Outcome] | str:
    deadline = now() + min(budget.left, budget.seconds * 0.8)
    if c.op == "==":

        def task(tower, put):  # type: ignore[no-untyped-def]
            return guarded(tower, put, gap).num.is_zero()

    else:
        task = sign_task(gap, WANTED[c.op])  # type: ignore[assignment]
    try:
        return explore(domain, task, deadline=deadline, logs=logs)
    except OutOfTime as e:
        return str(e)


def _settled(op: str, outcome: Outcome) -> bool:
    if outcome.stop is not None:
        return False
    if op == "==":
        return outcome.value is True
    return bool(outcome.value <= WANTED[op])  # type: ignore[operator]


def _algebraic(cut: Term) -> bool:
    """Whether solvers decide on the cut in good time: few terms, small powers, no transcendental function."""
    nodes = list(walk(cut))
    powers = [t.args[1] for t in nodes if t.op == "**"]
    return (
        len(nodes) <= 60
        and all(t.op in ALGEBRAIC for t in nodes)
        and all(e.is_number and abs(e.args[0]) <= 8 for e in powers)
    )


def _empty(outcome: Outcome, budget: Budget) -> bool:
    """Whether two solvers agree that no point lies in the cell."""
    if not outcome.cell.cuts or budget.left < 0.3 or not all(_algebraic(c) for c in outcome.cell.cuts):
        return False
    from verify.provers import solvers

    question = Statement(outcome.cell.domain.assuming(*outcome.cell.cuts), FALSE)
    found = solvers.prove(question, Budget(min(1.0, budget.left), budget.seed))
    return found.result == "holds" and found.tier >= Tier.certified


def _story(op: str, cells: list[str]) -> str:
    what = "both sides have one normal form" if op == "==" else "exact arithmetic fixes the sign of the difference"
    if len(cells) == 1:
        return f"{what} on the whole domain"
    return f"{what} on each of {len(cells)} sign cells"

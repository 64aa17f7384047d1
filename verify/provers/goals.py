"""The provers of a relation in the order of their cost, for provers that reduce a property to relations."""

from __future__ import annotations

from importlib import import_module

from verify.evidence import Evidence, undecided
from verify.language.terms import RELATIONS
from verify.provers.budget import Budget
from verify.statement import Statement

RELATION_PROVERS = (
    "verify.provers.exact",
    "verify.provers.powers",
    "verify.provers.univariate",
    "verify.provers.anchored",
    "verify.provers.solvers",
    "verify.provers.squares",
    "verify.provers.enclosure",
)


def prove_relation(statement: Statement, budget: Budget) -> Evidence:
    """The first evidence that a relation holds, tried within this process; ``undecided`` where none is found.

    It never says ``fails``: a property that does not hold is refuted by its own exact counterexample.
    """
    if statement.flow or statement.conclusion.op not in RELATIONS:
        return undecided("goals", "not a relation")
    reasons = []
    for name in RELATION_PROVERS:
        if budget.spent:
            break
        prover = import_module(name)
        if not prover.applies(statement):
            continue
        found: Evidence = prover.prove(statement, Budget(max(0.05, budget.left), budget.seed))
        if found.result == "holds" and not found.scope:
            return found
        reasons.append(f"{found.method}: {found.detail}")
    return undecided("goals", "; ".join(reasons)[:500])

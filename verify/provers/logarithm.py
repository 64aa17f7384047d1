"""Inequalities between powers and exponentials by the logarithms of both sides."""

from __future__ import annotations

from importlib import import_module

from verify.checker.logarithm import INEQUALITIES, compared
from verify.evidence import Evidence, undecided
from verify.language.terms import Term
from verify.provers.budget import Budget
from verify.provers.recording import recorded
from verify.statement import Statement

METHOD = "logarithm"
PROVERS = ("exact", "anchored", "univariate", "solvers")


def applies(statement: Statement) -> bool:
    """A relation with a power with a symbolic exponent, or an exponential, as a factor of one side."""
    c = statement.conclusion
    if statement.flow or c.op not in INEQUALITIES or compared(statement) is None:
        return False
    return any(_grows(side) for side in c.args)


def _grows(t: Term) -> bool:
    if t.op in ("*", "/"):
        return any(_grows(a) for a in t.args)
    return (t.op == "**" and bool(t.args[1].free)) or (t.op == "exp" and bool(t.free))


def prove(statement: Statement, budget: Budget) -> Evidence:
    goal = compared(statement) if applies(statement) else None
    if goal is None:
        return undecided(METHOD, "no relation between powers or exponentials")
    for name in PROVERS:
        prover = import_module(f"verify.provers.{name}")
        if budget.spent or not prover.applies(goal):
            continue
        found = prover.prove(goal, Budget(max(0.1, budget.left / 2), budget.seed))
        if found.result == "holds" and not found.scope:
            certificate = recorded("logarithm", statement, {"part": found})
            detail = f"{goal.conclusion}: {found.detail}"
            return Evidence(found.tier, METHOD, "holds", detail, engines=found.engines, certificate=certificate)
    return undecided(METHOD, f"{goal.conclusion} is not proved")

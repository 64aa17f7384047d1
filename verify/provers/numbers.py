"""Relations without variables: both sides are numbers, enclosed by balls of rising precision."""

from __future__ import annotations

from verify.evidence import Evidence, Tier, undecided
from verify.language.terms import RELATIONS
from verify.provers import exact
from verify.provers.budget import Budget
from verify.statement import Statement

METHOD = "balls of rising precision"


def applies(statement: Statement) -> bool:
    c = statement.conclusion
    return not statement.flow and c.op in RELATIONS and not c.free


def prove(statement: Statement, budget: Budget) -> Evidence:
    from verify.language.evaluate import Undefined, truth

    if not applies(statement):
        return undecided(METHOD, "not a relation between numbers")
    try:
        answer = truth(statement.conclusion, {})
    except Undefined as e:
        return undecided(METHOD, f"undefined: {e}")
    if answer is True:
        return Evidence(Tier.certified, METHOD, "holds", detail="the enclosures decide", engines=exact.engines())
    return undecided(METHOD, "the enclosures do not decide" if answer is None else "the enclosures say otherwise")

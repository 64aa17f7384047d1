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
    from verify.language.evaluate import FIRST_PRECISION, LAST_PRECISION, Undefined, truth

    if not applies(statement):
        return undecided(METHOD, "not a relation between numbers")
    answer, precision = None, FIRST_PRECISION
    try:
        while answer is None and precision <= LAST_PRECISION and not budget.spent:
            answer = truth(statement.conclusion, {}, precision, rising=False)
            precision *= 1 if answer is not None else 2
    except Undefined as e:
        return undecided(METHOD, f"undefined: {e}")
    if answer is True:
        certificate = {"kind": "numbers", "statement": statement.text, "precision": precision}
        return Evidence(
            Tier.certified, METHOD, "holds", detail="the enclosures decide", engines=exact.engines(),
            certificate=certificate,
        )  # fmt: skip
    return undecided(METHOD, "the enclosures do not decide" if answer is None else "the enclosures say otherwise")

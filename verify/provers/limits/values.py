"""Statements with limits, cell by cell, as statements without any."""

from __future__ import annotations

from verify.checker.limit_values import NoValue, replaced
from verify.exact.expansion.cases import Case, GiveUp
from verify.exact.expansion.division import OnCase, explore
from verify.language.terms import Term
from verify.statement import Statement


def without_limits(statement: Statement) -> list[OnCase[Term]]:
    """The conclusion with its limits replaced by their values, on cells that cover the domain."""

    def compute(case: Case, order: int) -> Term:
        try:
            return replaced(statement.conclusion, case, order)
        except NoValue as error:
            raise GiveUp(str(error)) from None

    return explore(statement.domain, compute)


def eliminate_limits(statement: Statement) -> list[Statement] | str:
    """Statements without limits that together say the same, one for each cell, or the reason why there are none.

    Limits that are infinite or do not exist are not eliminated: ``prove`` rules on those.
    """
    out: list[Statement] = []
    for found in without_limits(statement):
        if found.answer is None:
            return found.reason
        out.append(statement.assuming(*found.hypotheses).concluding(found.answer))
    return out

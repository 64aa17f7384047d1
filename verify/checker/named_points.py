"""Replays counterexamples at points with irrational coordinates that have a name, such as sqrt(2) or pi/2.

The hypotheses with the coordinates put in are proved, and so is the negation of the conclusion; or a side of the
conclusion has no value there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verify.checker.witnesses import has_value
from verify.clock import now
from verify.exact.cells import OutOfTime, explore
from verify.exact.errors import NotDefined
from verify.exact.signs import guarded
from verify.language.parse import parse_term
from verify.language.terms import RELATIONS, Term, held_names, negation, substitute
from verify.statement import Domain, Statement

SECONDS = 2.0
NOWHERE = Domain()


def numbers_at(formula: Term, point: Mapping[str, Term]) -> Statement | None:
    """The formula at the point, as a relation between numbers; None where it is none."""
    if formula.op not in RELATIONS or held_names(formula) & point.keys():
        return None
    there = substitute(formula, point)
    return None if there.free else Statement(NOWHERE, there)


def hypotheses_at(statement: Statement, point: Mapping[str, Term]) -> list[Statement] | None:
    """What makes the point one of the domain; None where that cannot be said, or it is not a point."""
    if set(point) != set(statement.domain.names):
        return None
    for name, value in point.items():
        if value.free or not has_value(value, NOWHERE):
            return None
        if statement.domain.sort(name) == "integer" and not (value.is_number and value.args[0].denominator == 1):
            return None
    goals = [numbers_at(h, point) for h in statement.domain.hypotheses]
    return None if None in goals else [g for g in goals if g is not None]


def undefined_at(claimed: Term, point: Mapping[str, Term], seconds: float = SECONDS) -> str | None:
    """Why a side of the relation has no value at the point, or None where it is not certain that one has none."""
    try:
        outcomes = explore(
            NOWHERE,
            lambda tower, put: [guarded(tower, lambda t: put(substitute(t, point)), side) for side in claimed.args],
            deadline=now() + seconds,
        )
    except OutOfTime:
        return None
    certain = len(outcomes) == 1 and not outcomes[0].cell.cuts and isinstance(outcomes[0].stop, NotDefined)
    return str(outcomes[0].stop) if certain else None


def refutes_at_terms(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    """Whether the point lies in the domain and the conclusion is false, or has no value, there."""
    from verify.checker import replay

    point = {name: parse_term(text, ()) for name, text in certificate["point"].items()}
    goals = hypotheses_at(statement, point)
    if statement.flow or statement.conclusion.op not in RELATIONS or goals is None:
        return False
    if not all(replay(goal, part) for goal, part in zip(goals, certificate["hypotheses"], strict=True)):
        return False
    opposite = certificate.get("opposite")
    if opposite is None:
        return undefined_at(statement.conclusion, point) is not None
    goal = numbers_at(negation(statement.conclusion), point)
    return goal is not None and replay(goal, opposite)

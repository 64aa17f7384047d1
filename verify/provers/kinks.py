"""Derivatives at a kink: asks the provers for the limits to which ``verify.checker.kinks`` brings them down."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from verify.checker.kinks import NoMeaning, at_point, goals_at, is_in, missing_derivative, rest_of, turned
from verify.evidence import Evidence
from verify.exact.cells import Cell
from verify.language.calculus import NotDifferentiable
from verify.language.printing import number_text
from verify.provers.budget import Budget
from verify.statement import Statement

Parts = list[Mapping[str, Any] | None]


def holding(statement: Statement, cell: Cell, budget: Budget) -> Parts | None:
    """The certificates of all that makes a relation hold on a cell on which derivatives are taken at kinks."""
    try:
        goals = goals_at(statement.conclusion, cell)
    except (NoMeaning, NotDifferentiable):
        return None
    parts: Parts = []
    for goal in goals:
        found = _proved(goal, budget)
        if found is None:
            return None
        parts.append(found.certificate)
    return parts


def failing(statement: Statement, cell: Cell, budget: Budget) -> tuple[dict[str, str], dict[str, Any] | None] | None:
    """An exact point of the cell at which a derivative does not exist, and the certificate of that."""
    try:
        goals = missing_derivative(statement.conclusion, cell)
    except (NoMeaning, NotDifferentiable):
        return None
    for k, goal in enumerate(goals):
        if _proved(goal, budget) is None:
            continue
        point = _point(turned(statement.conclusion, cell))
        if point is None:
            return None
        told = {name: number_text(point[name]) for name in statement.domain.names}
        there = missing_derivative(statement.conclusion, at_point(statement.domain, point))[k]
        found = _proved(there, budget)
        certificate = {
            "kind": "kink", "statement": statement.text, "point": told, "goal": k,
            "part": found.certificate,
        } if found is not None and found.certificate is not None else None  # fmt: skip
        return told, certificate
    return None


def _proved(statement: Statement, budget: Budget) -> Evidence | None:
    from verify.provers import asymptotics, exact

    if budget.spent:
        return None
    prover = asymptotics if asymptotics.applies(statement) else exact
    found = prover.prove(statement, Budget(max(0.1, budget.left / 2), budget.seed))
    return found if found.result == "holds" and not found.scope else None


def _point(cell: Cell) -> dict[str, Fraction] | None:
    from verify.language.evaluate import exact
    from verify.provers.refute import find_witness

    witness = find_witness(rest_of(cell), Budget(1.0))
    if witness is None:
        return None
    values = dict(witness)
    for name, term in cell.values.items():
        value = exact(term, values)
        if value is None:
            return None
        values[name] = value
    return values if is_in(cell.domain, values, cell.cuts) else None

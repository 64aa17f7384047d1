"""Replays counterexamples: an exact point at which every hypothesis holds and the conclusion does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verify.checker.rationals import number
from verify.language.evaluate import Undefined, truth
from verify.statement import Statement

PRECISION = 192  # bits; not the search's, so that the enclosures are new ones


def check_point(statement: Statement, point: Mapping[str, str]) -> str | None:
    """Why the statement fails at the point, or None where that is not certain.

    point: an exact rational number, as text, for each variable. Statements about flows are not judged at points.
    """
    if statement.flow or set(point) != set(statement.domain.names):
        return None
    try:
        values = {name: number(text) for name, text in point.items()}
    except (ValueError, ZeroDivisionError):
        return None
    for name, value in values.items():
        if statement.domain.sort(name) == "integer" and value.denominator != 1:
            return None
    try:
        if any(truth(h, values, PRECISION) is not True for h in statement.domain.hypotheses):
            return None
    except Undefined:
        return None
    try:
        answer = truth(statement.conclusion, values, PRECISION)
    except Undefined as why:
        return f"the conclusion is undefined there: {why}"
    return "the hypotheses hold there and the conclusion does not" if answer is False else None


def refutes(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    """Whether the statement fails at the certificate's point."""
    return check_point(statement, certificate["point"]) is not None

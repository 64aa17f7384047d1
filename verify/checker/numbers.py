"""Replays relations between numbers: both sides are enclosed again, in exact or ball arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verify.language.evaluate import LAST_PRECISION, Undefined, truth
from verify.language.terms import RELATIONS
from verify.statement import Statement


def check_numbers(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    """Whether the enclosures of the recorded precision decide that the relation between two numbers holds."""
    c, precision = statement.conclusion, int(certificate["precision"])
    if statement.flow or c.op not in RELATIONS or c.free or not 2 <= precision <= LAST_PRECISION:
        return False
    try:
        return truth(c, {}, precision, rising=False) is True
    except Undefined:
        return False

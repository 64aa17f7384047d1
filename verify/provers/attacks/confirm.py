"""Whether an exact point refutes a statement, decided by exact and ball arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from verify.statement import Statement


def refutes(statement: Statement, point: Mapping[str, Fraction]) -> bool:
    """True only if the point satisfies every hypothesis and makes the conclusion false or undefined."""
    from verify.language.evaluate import Undefined, truth

    for name, sort in statement.domain.variables:
        if name not in point or (sort == "integer" and point[name].denominator != 1):
            return False
    try:
        if any(truth(h, point) is not True for h in statement.domain.hypotheses):
            return False
    except Undefined:
        return False
    try:
        return truth(statement.conclusion, point) is False
    except Undefined:
        return True

"""Named points: irrational ones, and rational ones at which two irrational sides are equal."""

from __future__ import annotations

import pytest

from verify.checker import replay
from verify.language.claims_file import read_statement
from verify.provers.budget import Budget
from verify.provers.special import prove

OUTER = "((sqrt(x + sqrt(x**2 + c**2)) {} c/sqrt(x + sqrt(x**2 + c**2)))/sqrt(2))**2"
CROSSED = f"{OUTER.format('+')} - {OUTER.format('-')}"  # 2*c for all x and c > 0


@pytest.mark.parametrize(
    ("given", "claim", "refuted"),
    [
        (["x real"], "(x**2 - 2)**2 > 0", True),
        (["x real"], "(x**2 + 2)**2 > 0", False),
        (["x real", "c > 0"], f"{CROSSED} < 2*c", True),
        (["x real", "c > 0"], f"{CROSSED} != 2*c", True),
        (["x real", "c > 0"], f"{CROSSED} <= 2*c", False),
        (["x real"], "sqrt(x + sqrt(x**2 + 2))**2 < x + sqrt(x**2 + 3)", False),
    ],
)
def test_equal_irrational_sides_refute_a_strict_relation(given: list[str], claim: str, refuted: bool) -> None:
    statement = read_statement(given, claim, {}, {})
    found = prove(statement, Budget(4))
    assert found.result == ("fails" if refuted else "undecided")
    if refuted:
        assert replay(statement, found.certificate, "fails")

"""Rules of composition for monotonicity and curvature, each beside a case to which it must not apply."""

from __future__ import annotations

import pytest

from verify.checker.shapes_composition import Bend, Composition
from verify.language.given import parse_given
from verify.language.parse import parse_term
from verify.provers.budget import Budget
from verify.provers.shapes.ledger import Ledger

CURVATURE = [
    ("exp(abs(x))", "x real", Bend(1, False)),
    ("exp(x)", "x real", Bend(1, True)),
    ("exp(-x**2)", "x real", None),
    ("log(x)", "x > 0", Bend(-1, True)),
    ("-log(x)", "x > 0", Bend(1, True)),
    ("Max(x, -x, 1)", "x real", Bend(1, False)),
    ("Min(x, 1)", "x real", Bend(-1, False)),
    ("Max(x, -x) - x**2", "x real", None),
    ("x**4", "x real", Bend(1, True)),
    ("x**3", "x real", None),
    ("x**3", "x >= 0", Bend(1, True)),
    ("sqrt(x)", "x >= 0", Bend(-1, True)),
    ("1/x", "x > 0", Bend(1, True)),
    ("1/x", "x < 0", None),
    ("abs(x)**p", "x real; p >= 1", Bend(1, False)),
    ("abs(x)**p", "x real; p > 1", Bend(1, True)),
    ("abs(x)**p", "x real; p > 0", None),
    ("a*x**2", "x real; a >= 0", Bend(1, False)),
    ("a*x**2", "x real; a real", None),
    ("(a*x)**2", "x real; a real", Bend(1, False)),
    ("3*x - 1", "x real", Bend(0, False)),
]
DIRECTION = [
    ("x**3", "x real", Bend(1, True)),
    ("x**2", "x real", None),
    ("x**2", "x <= 0", Bend(-1, True)),
    ("-1/x", "x > 0", Bend(1, True)),
    ("Max(x, 0)", "x real", Bend(1, False)),
    ("Max(x, -x)", "x real", None),
    ("sign(x)", "x real", Bend(1, False)),
    ("x + sign(x)", "x real", Bend(1, True)),
    ("x - sign(x)", "x real", None),
    ("spow(x, r)", "x real; r > 0", Bend(1, True)),
    ("spow(x, r)", "x real; r real", None),
    ("tan(x)", "x real", None),
    ("exp(-x)", "x real", Bend(-1, True)),
    ("a*x", "x real; a <= 0", Bend(-1, False)),
]


def _rules(given: str) -> Composition:
    return Composition("x", parse_given(given.split("; ")), Ledger(Budget(5)))


@pytest.mark.parametrize(("text", "given", "expected"), CURVATURE)
def test_curvature(text: str, given: str, expected: Bend | None) -> None:
    assert _rules(given).curvature(parse_term(text, ("x", "a", "p"))) == expected


@pytest.mark.parametrize(("text", "given", "expected"), DIRECTION)
def test_direction(text: str, given: str, expected: Bend | None) -> None:
    assert _rules(given).direction(parse_term(text, ("x", "a", "r"))) == expected

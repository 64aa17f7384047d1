"""Counterexamples at points, also of variables that the conclusion declares itself."""

from __future__ import annotations

import pytest

from verify.checker.points import check_point
from verify.language.given import parse_given
from verify.language.parse import parse_formula
from verify.statement import Statement


def stated(given: str, claim: str) -> Statement:
    domain = parse_given(given.split("; ") if given else [])
    return Statement(domain, parse_formula(claim, frozenset(domain.names)))


@pytest.mark.parametrize(
    ("given", "claim", "point"),
    [
        ("x real", "x <= 1", {"x": "2"}),
        ("a > 0", "forall(t, a*t**2 > t)", {"a": "1", "t": "1"}),
        ("x > 0", "forall(y, implies(y > 0, forall(z, z**2*x + y > x*z)))", {"x": "2", "y": "1/2", "z": "1/2"}),
    ],
)
def test_points_that_speak_against_a_statement(given: str, claim: str, point: dict[str, str]) -> None:
    assert check_point(stated(given, claim), point) is not None


@pytest.mark.parametrize(
    ("given", "claim", "point"),
    [
        ("x real", "x <= 1", {"x": "1"}),
        ("a > 0", "forall(t, a*t**2 > t)", {"a": "1"}),  # no value of t
        ("a > 0", "forall(t, a*t**2 > t)", {"a": "1", "t": "1", "s": "1"}),
        ("a > 0", "exists(t, a*t**2 > t)", {"a": "1", "t": "1"}),  # one t is not all of them
        ("x > 0", "forall(y, implies(y > 0, y > x))", {"x": "2", "y": "-1"}),  # beyond the premise
        ("t real", "forall(t, t > 0)", {"t": "-1"}),  # two variables of one name
    ],
)
def test_points_that_do_not(given: str, claim: str, point: dict[str, str]) -> None:
    assert check_point(stated(given, claim), point) is None

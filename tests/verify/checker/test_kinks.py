"""Derivatives at kinks: proofs and refutations replay, and none is moved to another point or statement."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.verify.exact.test_exact import statement
from verify.checker import replay
from verify.checker.kinks import at_point, goals_at
from verify.evidence import Evidence
from verify.provers import exact
from verify.provers.budget import Budget
from verify.statement import Statement

HOLDS = [
    (["x real"], "diff(x*abs(x), x) == 2*abs(x)", "diff(x*abs(x), x) == 2*x"),
    (["x real"], "diff(diff(x*abs(x)*x, x), x) == 6*abs(x)", "diff(diff(x*abs(x)*x, x), x) == 6*x"),
    (["x real"], "diff(Max(x, 0)**2, x) == 2*Max(x, 0)", "diff(Max(x, 0)**2, x) == 2*x"),
]
MISSING = [
    (["x real"], "diff(abs(x), x) == sign(x)"),
    (["x real"], "diff(sign(x), x) == 0"),
    (["x real"], "diff(diff(sign(x), x), x) == 0"),
    (["x >= 0"], "diff(spow(x, 1/3), x) >= 0"),
    (["x real", "y real", "x == y"], "diff(abs(x - y), x) == 0"),
]


def evidence(given: list[str], claim: str) -> tuple[Statement, Evidence, dict[str, Any]]:
    s = statement(given, claim)
    found = exact.prove(s, Budget(5))
    return s, found, json.loads(json.dumps(found.certificate))


@pytest.mark.parametrize(("given", "true", "false"), HOLDS)
def test_a_derivative_at_a_kink_replays(given, true, false):
    s, found, certificate = evidence(given, true)
    assert found.result == "holds"
    assert replay(s, certificate)
    other = statement(given, false)
    assert not replay(other, {**certificate, "statement": other.text})


def without_parts(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {k: [] if k == "parts" and isinstance(v, list) else without_parts(v) for k, v in tree.items()}
    return tree


def test_a_kink_whose_limits_are_left_out_is_refused():
    s, _, certificate = evidence(*HOLDS[0][:2])
    assert not replay(s, without_parts(certificate))


@pytest.mark.parametrize(("given", "claim"), MISSING)
def test_a_derivative_that_does_not_exist_refutes_and_replays(given, claim):
    s, found, certificate = evidence(given, claim)
    assert found.result == "fails"
    assert replay(s, certificate, "fails")
    assert not replay(s, certificate)
    moved = dict.fromkeys(certificate["point"], "1/2")
    for forged in ({"point": moved}, {"point": {}}, {"point": {"x": "-1"}}, {"goal": 40}, {"part": None}):
        assert not replay(s, {**certificate, **forged}, "fails")


def test_a_kink_outside_the_domain_refutes_nothing():
    _, _, certificate = evidence(*MISSING[0])
    away = statement(["x > 0"], MISSING[0][1])
    assert not replay(away, {**certificate, "statement": away.text}, "fails")


@pytest.mark.parametrize("claim", [
    "integrate(diff(abs(x), x), (x, -1, 1)) == 0", "diff(abs(x), x) == 1 or x == x",
    "limit(diff(abs(x), x), x, 1) == 1",
])  # fmt: skip
def test_a_derivative_that_need_not_exist_refutes_nothing(claim):
    _, _, certificate = evidence(*MISSING[0])
    s = statement(["x real"], claim)
    assert not replay(s, {**certificate, "statement": s.text}, "fails")


def test_a_derivative_of_a_derivative_in_another_variable_has_no_goals():
    from verify.checker.kinks import NoMeaning

    s = statement(["x real", "y real"], "diff(diff(abs(x)*y, x), y) == 0")
    zero = {"x": s.conclusion.args[1].args[0], "y": s.conclusion.args[1].args[0]}
    with pytest.raises(NoMeaning):
        goals_at(s.conclusion, at_point(s.domain, zero))

"""Legendre and Bregman functions clause by clause."""

from __future__ import annotations

import pytest

from tests.verify.provers.shape_cases import BREGMAN, LEGENDRE, Case
from verify.evidence import Tier
from verify.provers import legendre
from verify.provers.budget import Budget


@pytest.mark.parametrize("case", [*LEGENDRE, *BREGMAN], ids=str)
def test_the_definition_decides(case: Case) -> None:
    evidence = legendre.prove(case.statement, Budget(15))
    if case.expected == "open":
        assert evidence.result != "holds", evidence.detail
        return
    assert evidence.result == case.expected, evidence.detail
    assert evidence.tier in (Tier.symbolic, Tier.certified)


FAILING_CLAUSES = [
    ("bregman(exp(x), x)", "x real", "the sets {y: D(x, y) <= gamma} are bounded"),
    ("bregman(-log(x), x)", "x > 0", "dom R is closed"),
    ("bregman(x**2 + sign(x), x)", "x real", "R is continuous on dom R"),
    ("bregman(abs(x), x)", "x real", "R is continuously differentiable on the interior of dom R"),
    ("legendre(x**2, x)", "0 <= x <= 1", "|R'| tends to oo at the boundary of dom R"),
    ("legendre(x, x)", "x real", "R is strictly convex on the interior of dom R"),
    ("legendre(x**3, x)", "x real", "R is convex on dom R"),
    ("legendre(x*log(x), x)", "x >= 0", "R is defined on dom R"),
]


@pytest.mark.parametrize(("claim", "given", "clause"), FAILING_CLAUSES)
def test_the_counterexample_names_the_clause(claim: str, given: str, clause: str) -> None:
    evidence = legendre.prove(Case(claim, given, "fails").statement, Budget(10))
    assert evidence.counterexample is not None and evidence.counterexample["clause"] == clause


def test_each_clause_has_its_line() -> None:
    detail = legendre.prove(Case("bregman(x**2/2, x)", "x real", "holds").statement, Budget(10)).detail
    lines = detail.splitlines()
    assert lines[0] == "dom R = (-oo, oo)"
    assert [line.split(":")[0] for line in lines].count("dom R is closed") == 1
    assert all(": holds" in line for line in lines[1:])


def test_a_failing_clause_stands_beside_those_that_hold() -> None:
    detail = legendre.prove(Case("bregman(exp(x), x)", "x real", "fails").statement, Budget(10)).detail
    outcomes = {line.split(":")[0]: line for line in detail.splitlines()[1:]}
    assert len(outcomes) == 8
    assert [name for name, line in outcomes.items() if ": fails" in line] == ["the sets {y"]
    assert ": holds" in outcomes["R is strictly convex on dom R"]


def test_the_whole_line_has_no_boundary_and_says_so() -> None:
    detail = legendre.prove(Case("legendre(exp(x), x)", "x real", "holds").statement, Budget(10)).detail
    assert "dom has no boundary point: the condition is empty" in detail


def test_the_level_sets_of_the_exponential_are_unbounded_with_an_exact_witness() -> None:
    evidence = legendre.prove(Case("bregman(exp(x), x)", "x real", "fails").statement, Budget(10))
    assert dict(evidence.counterexample or {}) == {
        "clause": "the sets {y: D(x, y) <= gamma} are bounded", "x": "0", "y": "-> -oo", "limit of D(x, y)": "1",
    }  # fmt: skip

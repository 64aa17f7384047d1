"""Limits and orders of growth: the true ones are proved, their false neighbours refuted with an exact point."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.verify.provers.growth_cases import HORIZON, LIMITS, OPEN, ORDERS
from verify.evidence import Evidence, Tier
from verify.language.evaluate import truth
from verify.language.given import parse_given
from verify.language.parse import parse_formula
from verify.provers.asymptotics import applies, eliminate_limits, prove
from verify.provers.budget import Budget
from verify.statement import Statement


def stated(given: str, claim: str) -> Statement:
    domain = parse_given([g.strip() for g in given.split(";") if g.strip()])
    return Statement(domain, parse_formula(claim, domain.names))


def found(given: str, claim: str) -> Evidence:
    return prove(stated(given, claim), Budget(20))


@pytest.mark.parametrize(("given", "true", "false"), LIMITS + ORDERS)
def test_a_true_claim_holds_and_its_neighbour_fails(given: str, true: str, false: str) -> None:
    holds, fails = found(given, true), found(given, false)
    assert holds.result == "holds", holds.detail
    assert holds.tier is Tier.certified and holds.counterexample is None
    assert fails.result == "fails", fails.detail
    assert fails.counterexample


@pytest.mark.parametrize(("given", "claim"), OPEN)
def test_what_is_not_decided_stays_undecided(given: str, claim: str) -> None:
    assert found(given, claim).result == "undecided"


def test_the_counterexample_lies_in_the_domain_and_in_the_exceptional_cell() -> None:
    statement = stated("p >= 2; lam >= 0; th != 0", f"{HORIZON} == (p-1)**(1/p)*abs(th)")
    evidence = prove(statement, Budget(20))
    assert evidence.result == "fails" and evidence.counterexample is not None
    point = {name: Fraction(text) for name, text in evidence.counterexample.items()}
    assert all(truth(h, point) is True for h in statement.domain.hypotheses)
    assert point["p"] == 2 and point["lam"] > 0


def test_limits_are_replaced_by_their_values_cell_by_cell() -> None:
    statement = stated("p >= 2; lam >= 0; th != 0", f"{HORIZON} >= abs(th)")
    parts = eliminate_limits(statement)
    assert isinstance(parts, list) and len(parts) == 4
    assert all("eta" not in part.conclusion.free and part.conclusion.op == ">=" for part in parts)
    added = [str(h) for part in parts for h in part.domain.hypotheses[3:]]
    assert "2 - p == 0" in added and "2 - p < 0" in added


def test_a_limit_that_does_not_exist_is_not_replaced() -> None:
    assert isinstance(eliminate_limits(stated("", "limit(sin(x), x, oo) >= -1")), str)


def test_only_limits_and_orders_are_taken() -> None:
    assert applies(stated("", "limit(1/x, x, oo) == 0"))
    assert applies(stated("x real", "bigo(x, x, x, oo)"))
    assert not applies(stated("x real", "x**2 >= 0"))
    assert found("x real", "x**2 >= 0").result == "undecided"

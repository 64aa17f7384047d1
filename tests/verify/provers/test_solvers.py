"""Two solvers on one encoding: what they may prove, what they must refuse."""

from __future__ import annotations

import pytest

from tests.verify.provers.inequality_cases import SOLVERS_FALSE, SOLVERS_TRUE, SOLVERS_UNTOUCHED, Case, stated
from verify.checker import replay
from verify.checker.smt import NotEncodable, query
from verify.evidence import Tier
from verify.provers.attacks.confirm import refutes
from verify.provers.budget import Budget
from verify.provers.solvers import prove


@pytest.mark.parametrize("case", SOLVERS_TRUE, ids=str)
def test_a_true_relation_is_certified_by_both(case: Case) -> None:
    statement = stated(case)
    evidence = prove(statement, Budget(10))
    assert (evidence.result, evidence.tier) == ("holds", Tier.certified), evidence.detail
    assert evidence.certificate is not None and replay(statement, evidence.certificate)


@pytest.mark.parametrize("case", SOLVERS_FALSE, ids=str)
def test_a_false_relation_is_never_proved(case: Case) -> None:
    evidence = prove(stated(case), Budget(3))
    assert evidence.result in ("fails", "undecided")
    assert (evidence.counterexample is not None) is (evidence.result == "fails")


@pytest.mark.parametrize("case", SOLVERS_UNTOUCHED, ids=str)
def test_what_has_no_encoding_stays_undecided(case: Case) -> None:
    assert prove(stated(case), Budget(3)).result == "undecided"


def test_most_false_relations_get_a_counterexample() -> None:
    found = [prove(stated(case), Budget(3)).result for case in SOLVERS_FALSE[:8]]
    assert found == ["fails"] * 8


def test_a_certificate_is_bound_to_its_statement() -> None:
    true, false = stated(SOLVERS_TRUE[0]), stated(SOLVERS_FALSE[0])
    certificate = prove(true, Budget(5)).certificate
    assert certificate is not None
    assert not replay(false, certificate)
    assert not replay(false, {**certificate, "statement": false.text})


def test_a_point_outside_the_hypotheses_refutes_nothing() -> None:
    statement = stated(("x > 0", "1/x > 0"))
    assert not refutes(statement, {"x": -1})  # type: ignore[dict-item]
    assert not refutes(statement, {"x": 0})  # type: ignore[dict-item]


def test_a_model_needs_integer_values_where_integers_are_meant() -> None:
    from fractions import Fraction

    statement = stated(("n integer", "n**2 >= n"))
    assert not refutes(statement, {"n": Fraction(1, 2)})


def test_an_undefined_argument_is_part_of_the_query() -> None:
    text, abstract = query(stated(("x real", "log(x)/x <= 1")))
    assert abstract and "(> |v_x| 0.0)" in text and "(distinct |v_x| 0.0)" in text
    with pytest.raises(NotEncodable):
        query(stated(("x real", "gamma(x) > 0")))

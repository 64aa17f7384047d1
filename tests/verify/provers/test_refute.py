"""False claims get exact counterexamples that stand by themselves; true ones survive; nothing is counted vacuously."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.limits import within
from tests.verify.provers.refutation_cases import PAIRS, SATISFIABLE, UNSATISFIABLE, UNTRIED, Case, domain, stated
from verify.evidence import Tier
from verify.language.evaluate import Undefined, truth
from verify.language.terms import Term, num, sym
from verify.provers.attacks.search import complexity
from verify.provers.budget import Budget
from verify.provers.reduce import goals
from verify.provers.refute import applies, find_witness, prove
from verify.statement import Domain, Statement


@pytest.mark.parametrize("case", [false for false, _ in PAIRS], ids=str)
def test_a_false_claim_is_refuted(case: Case) -> None:
    statement = stated(case)
    evidence = prove(statement, Budget(20))
    assert evidence.result == "fails" and evidence.tier is Tier.sampled, evidence.detail
    assert evidence.counterexample is not None
    point = {name: Fraction(value) for name, value in evidence.counterexample.items()}
    assert all(truth(h, point) is True for h in statement.domain.hypotheses)
    assert any(_violated(goal, point) for goal in goals(statement))


def _violated(goal: Statement, point: dict[str, Fraction]) -> bool:
    try:
        return all(truth(h, point) is True for h in goal.domain.hypotheses) and truth(goal.conclusion, point) is False
    except Undefined:
        return True


@pytest.mark.parametrize("case", list(dict.fromkeys(true for _, true in PAIRS)), ids=str)
def test_a_true_claim_survives(case: Case) -> None:
    evidence = prove(stated(case), Budget(2))
    assert evidence.result == "survived" and evidence.counterexample is None
    assert int(evidence.detail.split()[1]) > 0


@pytest.mark.parametrize("case", UNTRIED, ids=str)
def test_what_no_point_decides_is_left_open(case: Case) -> None:
    evidence = prove(stated(case), Budget(1))
    assert evidence.result == "undecided"


def test_flows_are_left_to_others() -> None:
    statement = Statement(domain("x real"), Term(">=", sym("x"), num(0)), (("x", sym("x")),))
    assert not applies(statement) and prove(statement, Budget(1)).result == "undecided"


@pytest.mark.parametrize(
    ("case", "point"),
    [
        (("x real", "x**2 > x"), {"x": "0"}),
        (("x real; y real", "x + y <= 1000"), None),
        (("x > 0", "x >= 1/1000"), None),
    ],
)
def test_counterexamples_are_simple(case: Case, point: dict[str, str] | None) -> None:
    evidence = prove(stated(case), Budget(5))
    assert evidence.counterexample is not None
    assert point is None or evidence.counterexample == point
    assert all(complexity(Fraction(v))[0] <= 30 for v in evidence.counterexample.values())


def test_a_false_point_is_preferred_to_an_undefined_one() -> None:
    evidence = prove(stated(("x real", "1/x + x**2 > 1/x")), Budget(5))
    assert evidence.result == "fails" and "undefined" in evidence.detail
    evidence = prove(stated(("x real", "1/x > -100")), Budget(5))
    assert evidence.counterexample is not None and "left side" in evidence.detail


def test_the_detail_shows_both_sides() -> None:
    evidence = prove(stated(("x real; lam > 0", "sqrt(x**2 + lam) == x + lam")), Budget(5))
    assert "left side = " in evidence.detail and "right side = " in evidence.detail
    close = prove(stated(("", "exp(pi*sqrt(163)) == 640320**3 + 744")), Budget(5))
    left, right = close.detail.split(", ")[:2]
    assert left.removeprefix("left side = ") != right.removeprefix("right side = ")


def test_the_same_seed_gives_the_same_finding() -> None:
    statement = stated(("x real; y real", "x**4*y**2 + x**2*y**4 - 3*x**2*y**2 + 999/1000 >= 0"))
    first, second = prove(statement, Budget(5, seed=3)), prove(statement, Budget(5, seed=3))
    assert first.counterexample == second.counterexample and first.seed == 3


def test_simple_falsehoods_are_found_at_once() -> None:
    prove(stated(("x real", "x > 0")), Budget(5))  # what is loaded late is there
    with within(0.5):
        assert prove(stated(("x real; y real", "abs(x + y) >= abs(x) + abs(y)")), Budget(5)).result == "fails"


@pytest.mark.parametrize("given_", SATISFIABLE)
def test_witnesses_satisfy_every_hypothesis(given_: str) -> None:
    where = domain(given_)
    point = find_witness(where, Budget(3))
    assert point is not None and set(point) == set(where.names)
    assert all(truth(h, point) is True for h in where.hypotheses)


@pytest.mark.parametrize("given_", UNSATISFIABLE)
def test_empty_domains_have_no_witness(given_: str) -> None:
    assert find_witness(domain(given_), Budget(0.5)) is None


coefficients = st.lists(st.integers(-6, 6), min_size=3, max_size=5)


@settings(max_examples=40, deadline=None)
@given(coefficients, st.sampled_from((">", ">=", "==", "!=")))
def test_polynomials_of_one_variable_are_judged_rightly(values: list[int], relation: str) -> None:
    """On a polynomial with a rational violation the search finds it; what it finds is one."""
    x = sym("x")
    p = num(0)
    for k, c in enumerate(values):
        p = Term("+", p, Term("*", num(c), Term("**", x, num(k)))) if k else num(c)
    statement = Statement(Domain((("x", "real"),)), Term(relation, p, num(0)))
    evidence = prove(statement, Budget(1))
    grid = [Fraction(k, 12) for k in range(-60, 61) if k]
    false_on_grid = any(truth(statement.conclusion, {"x": v}) is False for v in grid)
    if evidence.result == "fails":
        assert evidence.counterexample is not None
        assert truth(statement.conclusion, {"x": Fraction(evidence.counterexample["x"])}) is False
    else:
        assert not false_on_grid

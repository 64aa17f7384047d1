"""Sums of squares and Sturm's theorem: exact or nothing."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verify.provers.inequality_cases import SQUARES_FALSE, SQUARES_TRUE, Case, stated
from verify.checker import replay
from verify.evidence import Tier
from verify.provers.budget import Budget
from verify.provers.squares import prove, sum_of_squares


@pytest.mark.parametrize("case", SQUARES_TRUE, ids=str)
def test_a_true_relation_is_certified(case: Case) -> None:
    statement = stated(case)
    evidence = prove(statement, Budget(5))
    assert (evidence.result, evidence.tier) == ("holds", Tier.certified), evidence.detail
    assert evidence.certificate is not None and replay(statement, evidence.certificate)


@pytest.mark.parametrize("case", SQUARES_FALSE, ids=str)
def test_a_false_relation_is_never_proved(case: Case) -> None:
    assert prove(stated(case), Budget(2)).result == "undecided"


def test_a_nonnegative_polynomial_that_is_no_sum_of_squares_is_left() -> None:
    motzkin = stated(("x real; y real", "x**4*y**2 + x**2*y**4 + 1 >= 3*x**2*y**2"))
    assert prove(motzkin, Budget(2)).result == "undecided"


def test_a_tampered_certificate_is_rejected() -> None:
    statement = stated(SQUARES_TRUE[3])
    certificate = dict(prove(statement, Budget(5)).certificate or {})
    squares = [list(s) for s in certificate["squares"]]  # type: ignore[attr-defined]
    for wrong in (
        squares[1:],
        [["2", squares[0][1]], *squares[1:]],
        [[squares[0][0], squares[0][1] + " + x"], *squares[1:]],
        [*squares, ["-1", "x"], ["1", "x"]],
        [["1", "os.system(x)"]],
        "x",
    ):
        assert not replay(statement, {**certificate, "squares": wrong})
    strict = stated(("x real; y real", "x**4 + y**4 > x**3*y + x*y**3"))
    assert not replay(strict, {**certificate, "statement": strict.text})


coefficients = st.integers(-4, 4).map(Fraction)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.tuples(coefficients, coefficients, coefficients), min_size=1, max_size=4))
def test_quadratic_forms_made_of_squares_are_recognised(rows: list[tuple[Fraction, Fraction, Fraction]]) -> None:
    terms: dict[tuple[int, ...], Fraction] = {}
    for row in rows:
        for i, a in enumerate(row):
            for j, b in enumerate(row):
                key = tuple((k == i) + (k == j) for k in range(3))
                terms[key] = terms.get(key, Fraction(0)) + a * b
    terms = {k: v for k, v in terms.items() if v}
    assert sum_of_squares(terms, 3, Budget(5)) is not None
    terms[(2, 0, 0)] = terms.get((2, 0, 0), Fraction(0)) - 200
    assert sum_of_squares(terms, 3, Budget(1)) is None

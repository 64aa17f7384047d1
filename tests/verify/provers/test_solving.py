"""Candidates for exact solutions solve, and simple rationals lie where they should."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import fmpq_poly
from hypothesis import given
from hypothesis import strategies as st

from tests.verify.language.evaluation_cases import at, formula, term
from verify.language.evaluate import truth
from verify.provers.attacks.points import Sampler, literal_ranges
from verify.provers.attacks.solving import (
    critical_values,
    isolate,
    rational_functions,
    real_roots,
    simplest_between,
    solutions,
)
from verify.statement import Domain

# (equation, unknown, values of the others, solutions)
EQUATIONS = [
    ("1/a + 1/q == 1", "a", "q=3", "3/2"),
    ("abs(x)**q - abs(y)**q == lam", "lam", "x=4 y=1 q=3/2", "7"),
    ("2*x - y == a*(x + y)", "x", "y=1 a=1/2", "1"),
    ("x**2 + y**2 == 1", "y", "x=3/5", "4/5 -4/5"),
    ("sqrt(x + 1) == y", "x", "y=3", "8"),
    ("spow(x, 3) == y", "x", "y=-8", "-2"),
    ("x**3 == y", "x", "y=-8", "-2"),
    ("abs(x - 1) == 2*x", "x", "", "1/3"),
    ("x*y == 2", "x", "y=0", ""),
    ("exp(x) == y", "x", "y=1", "0"),
]


@pytest.mark.parametrize(("text", "name", "others", "expected"), EQUATIONS)
def test_solutions(text: str, name: str, others: str, expected: str) -> None:
    equation = formula(text)
    found = set(solutions(*equation.args, name, at(others)))
    certain = {v for v in found if truth(equation, {**at(others), name: v}) is True}
    assert certain == {Fraction(v) for v in expected.split()}


def test_isolating_needs_a_single_occurrence() -> None:
    assert isolate(term("x + x*y"), term("1"), "x") == ()
    assert isolate(term("y*sin(x)"), term("1"), "x") == ()
    assert isolate(term("x + y"), term("1"), "x") == (term("1 - y"),)


def test_rational_functions_take_both_signs() -> None:
    assert len(rational_functions(term("abs(x) + sign(x)*y"), "x", at("y=1"))) == 4
    assert rational_functions(term("exp(x)"), "x", {}) == []
    assert rational_functions(term("x**q"), "x", at("q=1/2")) == []


def test_critical_values_decide_the_sign_of_a_rational_function() -> None:
    found = critical_values(term("(x - 1/7)**2*(x**2 - 2)/(x - 5)"), "x", {})
    assert {Fraction(1, 7), Fraction(5)} <= set(found)
    assert any(Fraction(-141422, 100000) < v < Fraction(1, 7) for v in found)
    assert any(v > 5 for v in found) and any(v < -2 for v in found)


@given(st.lists(st.fractions(-20, 20, max_denominator=9), min_size=1, max_size=5, unique=True))
def test_real_roots(values: list[Fraction]) -> None:
    product = fmpq_poly([1])
    for v in values:
        product *= fmpq_poly([-v.numerator, v.denominator])
    assert real_roots(product) == sorted(values)
    assert real_roots(product * fmpq_poly([1, 0, 1])) == sorted(values)


@given(st.fractions(-50, 50), st.fractions(-50, 50))
def test_the_simplest_fraction_between(a: Fraction, b: Fraction) -> None:
    if a == b:
        return
    low, high = min(a, b), max(a, b)
    found = simplest_between(low, high)
    assert low < found < high
    for denominator in range(1, min(found.denominator, 60)):
        above = Fraction(low * denominator // 1 + 1, denominator)
        assert not low < above < high


def test_points_lie_on_the_equations_and_within_bounds() -> None:
    where = Domain(
        (("a", "real"), ("q", "real"), ("n", "integer")),
        tuple(formula(h) for h in ("a > 1", "q > 1", "1/a + 1/q == 1", "n >= 2")),
    )
    sampler = Sampler(where, ())
    points = [p for _, p in zip(range(200), sampler.points(), strict=False)]
    on = [p for p in points if truth(where.hypotheses[2], p) is True]
    assert len(on) > 100 and all(p["n"].denominator == 1 and p["n"] >= 2 for p in points)
    assert literal_ranges(where)["a"].low == 1
    again = [p for _, p in zip(range(200), Sampler(where, ()).points(), strict=False)]
    assert points == again


def test_all_sign_patterns_are_tried() -> None:
    where = Domain(tuple((n, "real") for n in ("x", "y", "z")))
    seen = {tuple((p[n] > 0) - (p[n] < 0) for n in ("x", "y", "z"))
            for _, p in zip(range(300), Sampler(where, (formula("x == y"),)).points(), strict=False)}  # fmt: skip
    assert len(seen) == 27

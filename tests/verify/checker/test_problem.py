"""What hypotheses say of one variable, whatever side it stands on."""

from __future__ import annotations

from fractions import Fraction

import pytest

from verify.checker.problem import Interval, box_of, solved
from verify.exact.signs import is_zero
from verify.language.given import parse_given
from verify.language.parse import parse_formula, parse_term
from verify.language.printing import to_text
from verify.language.terms import INFINITY, fn, num, sym

HALF = Fraction(1, 2)
READ = [
    ("1 - x > 0", Interval(high=Fraction(1), high_open=True)),
    ("0 <= 2*x + 1", Interval(low=-HALF)),
    ("-(x - 1)/2 <= 3", Interval(low=Fraction(-5))),
    ("3 - 2*x == 0", Interval(Fraction(3, 2), Fraction(3, 2))),
    ("1 - x < 1 - x", Interval()),
    ("1 - x != 0", Interval()),
    ("1/x > 0", Interval()),
    ("x*x < 4", Interval()),
]


@pytest.mark.parametrize(("given", "interval"), READ, ids=[c[0] for c in READ])
def test_an_affine_hypothesis_bounds_its_variable(given, interval):
    assert box_of(parse_given(["x real", given]))["x"] == interval


NAMES = ("x", "y", "a")


@pytest.mark.parametrize(("given", "told"), [
    ("y - x > 0", ("<", "y")), ("x + y >= 2*x", ("<=", "y")), ("2*x <= y", ("<=", "y/2")),
    ("a*x < y", None), ("x + y >= x", None), ("x**2 < y", None),
])  # fmt: skip
def test_a_bound_by_other_variables_has_a_slope_that_is_a_number(given, told):
    found = solved(parse_formula(given, NAMES), "x")
    if told is None:
        assert found is None
        return
    assert found is not None
    gap = fn("-", found[1], parse_term(told[1], NAMES))
    assert found[0] == told[0] and is_zero(gap, parse_given(["y real"])) is True, to_text(found[1])


def test_infinity_is_no_bound_to_be_solved_for():
    assert solved(fn("<", sym("x"), INFINITY), "x") is None
    assert solved(fn("<", sym("x"), num(1)), "x") is not None

"""What hypotheses say of one variable, whatever side it stands on."""

from __future__ import annotations

from fractions import Fraction

import pytest

from verify.checker.problem import Interval, box_of, solved
from verify.language.given import parse_given
from verify.language.printing import to_text

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


@pytest.mark.parametrize(("given", "told"), [
    ("y - x > 0", ("<", "y")), ("x + y >= 2*x", ("<=", "y")), ("2*x <= y", ("<=", "y/2")),
    ("a*x < y", None), ("x < oo", None), ("x + y >= x", None), ("x**2 < y", None),
])  # fmt: skip
def test_a_bound_by_other_variables_has_a_slope_that_is_a_number(given, told):
    domain = parse_given(["x real", "y real", "a real", given])
    found = solved(domain.hypotheses[0], "x")
    if told is None:
        assert found is None
        return
    assert found is not None
    from verify.exact.signs import is_zero
    from verify.language.parse import parse_term
    from verify.language.terms import fn

    gap = fn("-", found[1], parse_term(told[1], domain.names))
    assert found[0] == told[0] and is_zero(gap, parse_given(["y real"])) is True, to_text(found[1])

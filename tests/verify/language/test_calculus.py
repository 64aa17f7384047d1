"""Derivatives by rule against difference quotients, and what they are silent about."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings

from tests.verify.language.evaluation_cases import at, term
from tests.verify.language.test_evaluate import small, terms
from verify.language.calculus import (
    NotDifferentiable,
    bodies,
    constant_fold,
    derivative,
    expand,
    is_total,
    kinks,
    literal,
    smoothness,
)
from verify.language.evaluate import Undefined, Unknown, enclose, exact, to_float, truth
from verify.language.terms import ZERO, Term, num, size

# (function of x, point, exact slope there)
SLOPES = [
    ("x**3", "x=2", "12"),
    ("1/x", "x=2", "-1/4"),
    ("sqrt(x**2 + 9)", "x=4", "4/5"),
    ("abs(x)**(3/2)", "x=-4", "-3"),
    ("spow(x, 3/2)", "x=-4", "3"),
    ("spow(x, 3)", "x=-2", "12"),
    ("Max(x**2, x, 2)", "x=3", "6"),
    ("Min(x**2, x)", "x=3", "1"),
    ("x**q", "x=4 q=3/2", "3"),
    ("exp(x)*sin(x)", "x=0", "1"),
    ("asinh(x) + atan(x) + tanh(x) + tan(x) + asin(x) - acos(x) + atanh(x)", "x=0", "7"),
    ("acosh(x)", "x=5/4", "4/3"),
    ("log(x) + sinh(x - 1) + cosh(x - 1)", "x=1", "2"),
    ("Sum(x**n, (n, 1, 3))", "x=2", "17"),
    ("Product(x + n, (n, 1, 3))", "x=0", "11"),
    ("integrate(y**2 + a, (y, x, x**2))", "x=2 a=0", "60"),
    ("diff(x**4, x)", "x=1", "12"),
    ("x**x", "x=1", "1"),
    ("a**2", "x=1 a=3", "0"),
]
REFUSED = ["gamma(x)", "limit(x/y, y, 1)", "integrate(exp(-x*y), (y, 0, 1))", "Sum(1/n, (n, 1, x))", "expect(x*z, z)",
           "integrate(sign(y), (y, 0, x))"]  # fmt: skip
# (function of x, what must not vanish)
KINKS = [
    ("abs(x - 1)", ("x - 1",)),
    ("sign(x)*x", ("x",)),
    ("spow(x, 1/2)", ("x",)),
    ("spow(x, 3/2)", ()),
    ("abs(x)**(3/2)", ()),
    ("abs(x)**q", ("Max(abs(x), q - 1)",)),
    ("Max(x, y, a)", ("x - y", "Max(x, y) - a")),
    ("x**2 + exp(x)", ()),
    ("abs(y)*x", ()),
]


@pytest.mark.parametrize(("text", "point", "slope"), SLOPES)
def test_slopes(text: str, point: str, slope: str) -> None:
    worked_out = derivative(term(text), "x")
    assert exact(worked_out, at(point)) == Fraction(slope)
    assert exact(Term("+", worked_out, num("1/7")), at(point)) != Fraction(slope)


@pytest.mark.parametrize("text", REFUSED)
def test_what_no_rule_covers_is_refused(text: str) -> None:
    with pytest.raises(NotDifferentiable):
        derivative(term(text), "x")
    assert derivative(Term("*", ZERO, term(text)), "y") is not None


@pytest.mark.parametrize(("text", "expected"), KINKS)
def test_kinks(text: str, expected: tuple[str, ...]) -> None:
    assert kinks(term(text), "x") == tuple(term(t) for t in expected)


def test_conditions_are_kept() -> None:
    assert derivative(term("y + 1/a"), "x") == term("0*(y + 1/a)")
    assert derivative(term("y**2 + abs(a)"), "x") == ZERO
    with pytest.raises(Undefined):
        truth(Term("==", term("diff(x + 1/a, x)"), num(1)), at("x=1 a=0"))
    assert bodies(term("diff(log(x), x)")) == (term("log(x)"),)
    assert is_total(term("x**2*sin(y)")) and not is_total(term("x**2/y"))


def test_all_derivatives_of_a_second_one_must_be_smooth() -> None:
    assert smoothness(term("diff(spow(x, 3/2), x)")) == ()
    assert term("x") in smoothness(term("diff(spow(x, 3/2), x, 2)"))


def test_inner_derivatives_are_taken_first() -> None:
    assert exact(expand(term("diff(x**2*diff(x**3, x), x)")), at("x=2")) == 12 * 8
    assert exact(expand(term("diff(x**4, x, 2)")), at("x=1")) == 12


def test_derivatives_that_grow_without_end_are_refused() -> None:
    with pytest.raises(NotDifferentiable):
        expand(term("diff(exp(sin(x*exp(x)))/sqrt(x**2 + y**x), x, 8)"))


@settings(max_examples=300, deadline=None)
@given(terms, small, small)
def test_slopes_agree_with_difference_quotients(t: Term, x: Fraction, y: Fraction) -> None:
    point = {"x": x, "y": y}
    h = Fraction(1, 10**12)
    try:
        corners = [enclose(k, point, 256) for k in kinks(t, "x")]
        slope = enclose(derivative(t, "x"), point, 256)
        bend = enclose(derivative(derivative(t, "x"), "x"), point, 256)
        quotient = (enclose(t, {"x": x + h, "y": y}, 256) - enclose(t, {"x": x - h, "y": y}, 256)) / float(2 * h)
    except (Undefined, Unknown, NotDifferentiable):
        return
    if any(not abs(k) > 1e-3 for k in corners) or not abs(bend) < 1e4 or size(t) > 60:
        return
    assert abs(float((slope - quotient).mid())) <= 1e-4 * (1 + abs(float(slope.mid())))


@settings(max_examples=200, deadline=None)
@given(terms, small, small)
def test_folding_numbers_keeps_values(t: Term, x: Fraction, y: Fraction) -> None:
    point = {"x": float(x), "y": float(y)}
    before, after = to_float(t)(point), to_float(constant_fold(t))(point)
    assert math.isnan(before) or math.isnan(after) or before == pytest.approx(after, rel=1e-6, abs=1e-9)


def test_folding_refuses_huge_powers() -> None:
    assert literal(term("3/2 - 1")) == Fraction(1, 2)
    assert literal(term("10**10**10")) is None
    assert constant_fold(term("1/0")) == term("1/0")

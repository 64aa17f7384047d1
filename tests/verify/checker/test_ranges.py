"""Ranges contain every value, leave out what is never attained, and refuse what may be undefined."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verify.checker.problem import Interval
from verify.checker.ranges import NoRange, range_of
from verify.language.evaluate import Undefined, Unknown, enclose
from verify.language.parse import parse_term

TERMS = [
    "exp(x)", "x**2 - x", "x*log(x)", "sin(x) + cos(2*x)", "1/x", "x**(1/3)", "x**(-3/2)", "spow(x, 1/2)",
    "spow(x, -1)",
    "abs(x)**(3/2)", "tanh(x)/x", "acos(x)", "asin(x)", "acosh(x)", "atanh(x)", "tan(x)", "x**x", "Max(x, 1 - x**2)",
    "sign(x)*x", "Min(x, -x)", "erf(x)*x", "atan(1/x)", "asinh(x)", "sqrt(1 - x**2)", "cosh(x) - sinh(x)", "x**3",
    "x**(-2)", "(1 + x**2)**(-1/2)", "exp(-1/x**2)", "gamma(x)", "x**(-3)", "log(abs(x))", "cos(x)",
]  # fmt: skip
rationals = st.fractions(min_value=-8, max_value=8, max_denominator=40)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.sampled_from(TERMS), rationals, rationals, st.fractions(0, 1, max_denominator=30), st.booleans(), st.booleans()
)
def test_every_value_lies_in_the_range(
    text: str, a: Fraction, b: Fraction, t: Fraction, low_open: bool, high_open: bool
) -> None:
    term, (low, high) = parse_term(text, ("x",)), sorted((a, b))
    interval, point = Interval(low, high, low_open, high_open), low + (high - low) * t
    if interval.empty or not interval.contains(point):
        return
    try:
        r = range_of(term, {"x": interval})
    except NoRange:
        return
    try:
        value = enclose(term, {"x": point}, 200)
    except Undefined:
        raise AssertionError(f"{text} is undefined at {point} inside {interval}") from None
    except Unknown:
        return
    assert not value < r.low and not value > r.high
    assert not (r.low_open and value <= r.low) and not (r.high_open and value >= r.high)


WHOLE, POSITIVE, NATURAL = Interval(), Interval(Fraction(0), None, True), Interval(Fraction(0), None)


@pytest.mark.parametrize(
    ("text", "interval", "relation"),
    [
        ("exp(x)", WHOLE, ">"), ("1 - erf(x)", WHOLE, ">"), ("2 - atan(x)", WHOLE, ">"), ("1/x", POSITIVE, ">"),
        ("1 - cos(x)", Interval(Fraction(0), Fraction(1), True), ">"), ("cosh(x) - 1", WHOLE, ">="),
        ("abs(x)**(1/2)", WHOLE, ">="), ("1 - tanh(x)", NATURAL, ">"), ("exp(-x**2)/(1 + x**2)", WHOLE, ">"),
        ("1 - 1/cosh(x)**2", NATURAL, ">="), ("x - x", WHOLE, "=="),
        ("acos(x)", Interval(Fraction(-1), Fraction(1)), ">="),
    ],
)  # fmt: skip
def test_ends_are_read_off(text: str, interval: Interval, relation: str) -> None:
    assert range_of(parse_term(text, ("x",)), {"x": interval}).satisfies(relation)


@pytest.mark.parametrize(
    ("text", "interval", "relation"),
    [
        ("1 - cos(x)", Interval(Fraction(0), Fraction(1)), ">"), ("x", NATURAL, ">"), ("sin(x)", WHOLE, ">"),
        ("1 - sin(x)", WHOLE, ">"), ("spow(x, -1/2)", NATURAL, ">"), ("x*exp(x)", WHOLE, ">="),
    ],
)  # fmt: skip
def test_ends_that_are_attained_are_not_left_out(text: str, interval: Interval, relation: str) -> None:
    assert not range_of(parse_term(text, ("x",)), {"x": interval}).satisfies(relation)


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("1/x", WHOLE), ("1/x", NATURAL), ("log(x)", NATURAL), ("sqrt(x)", WHOLE), ("x**(-2)", WHOLE), ("x/x", WHOLE),
        ("0*log(x)", WHOLE), ("x**0", NATURAL), ("tan(x)", Interval(Fraction(0), Fraction(2))), ("x**x", NATURAL),
        ("asin(x)", WHOLE), ("acosh(x)", NATURAL), ("atanh(x)", Interval(Fraction(0), Fraction(1))),
        ("gamma(x)", NATURAL), ("log(x) - log(x)", WHOLE), ("abs(x)**(-1)", WHOLE),
    ],
)  # fmt: skip
def test_what_may_be_undefined_has_no_range(text: str, interval: Interval) -> None:
    with pytest.raises(NoRange):
        range_of(parse_term(text, ("x",)), {"x": interval})

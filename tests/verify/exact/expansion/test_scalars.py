"""Normal forms of parameter expressions: equal forms mean equal numbers."""

from __future__ import annotations

import pytest

from verify.exact.expansion.cases import Case, Divide, GiveUp, Undefined
from verify.exact.expansion.parameters import scalar
from verify.exact.expansion.scalars import Scalar
from verify.language.given import parse_given
from verify.language.parse import parse_formula

GIVEN = ["p > 1", "lam >= 0", "a < 0", "x > 0", "y real"]


def form(text: str, given: list[str] = GIVEN) -> Scalar:
    domain = parse_given(given)
    return scalar(parse_formula(f"{text} == 0", domain.names).args[0], Case(domain))


EQUAL = [
    ("(x + 1)**2", "x**2 + 2*x + 1", "x**2 + x + 1"),
    ("x/(x + 1) + 1/(x + 1)", "1", "x"),
    ("abs(a)", "-a", "a"),
    ("sqrt(12)*sqrt(3)", "6", "5"),
    ("x**p*x", "x**(p + 1)", "x**(p - 1)"),
    ("exp(p*log(x))", "x**p", "p**x"),
    ("log(x**2*8)", "2*log(x) + 3*log(2)", "2*log(x) + 2*log(2)"),
    ("(p*(1 + x))**(1/p)", "p**(1/p)*(1 + x)**(1/p)", "p*(1 + x)**(1/p)"),
    ("2**(p + 1)", "2*2**p", "4*2**p"),
    ("sqrt((1 + x))*(1 + x)**(3/2)", "(1 + x)**2", "(1 + x)**3"),
    ("cosh(y)**2 - sinh(y)**2", "1", "0"),
    ("(-a)**(1/2)*(-a)**(1/2)", "-a", "a"),
    ("asin(1)", "pi/2", "pi"),
    ("spow(a, 3)", "a**3", "-a**3"),
]


@pytest.mark.parametrize(("left", "right", "other"), EQUAL)
def test_equal_expressions_have_a_vanishing_difference(left: str, right: str, other: str) -> None:
    assert form(f"({left}) - ({right})").vanishes
    assert not form(f"({left}) - ({other})").vanishes


@pytest.mark.parametrize(("text", "reason"), [
    ("1/(x - x)", Undefined), ("log(a)", Undefined), ("sqrt(a)", Undefined), ("acosh(x/(x + 1))", Undefined),
    ("abs(y)", Divide), ("1/y", Divide), ("y**(1/2)", Divide), ("(x - x)**(x - x)", GiveUp), ("gamma(x)", GiveUp),
])  # fmt: skip
def test_what_has_no_value_is_not_given_one(text: str, reason: type[Exception]) -> None:
    with pytest.raises(reason):
        form(text)

"""Half-lines: splitting at zero and joining again gives the function back."""

from __future__ import annotations

import pytest
import sympy

from tests.theory.cases import agree, x
from theory import orthants

KINKED = [sympy.Abs(x), sympy.sign(x), sympy.Abs(x) ** 3 + x, x * sympy.Abs(x), sympy.exp(sympy.Abs(x)) - x]


@pytest.mark.parametrize("function", KINKED, ids=str)
def test_split_and_join(function: sympy.Expr) -> None:
    again = orthants.on_branches(function, x, lambda e, t, side: e)
    assert agree(again, function)
    assert not agree(again, function + x)


@pytest.mark.parametrize(
    ("function", "slope"),
    [
        (sympy.Abs(x), sympy.sign(x)),
        (x * sympy.Abs(x), 2 * sympy.Abs(x)),
        (sympy.Abs(x) ** 3 + x**2, 3 * x * sympy.Abs(x) + 2 * x),
        (sympy.log(sympy.Abs(x)), 1 / x),
    ],
    ids=str,
)
def test_derivative(function: sympy.Expr, slope: sympy.Expr) -> None:
    assert agree(orthants.derivative(function, x), slope)
    assert not agree(orthants.derivative(function, x), -slope)


def test_kinks_are_seen_only_in_the_variable() -> None:
    y = sympy.Symbol("y", real=True)
    assert orthants.has_kink(sympy.Abs(x - 1), x)
    assert not orthants.has_kink(sympy.Abs(y) + x, x)

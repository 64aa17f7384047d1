"""Deciding zero: identities are confirmed, near misses are not, and what is not known stays unknown."""

from __future__ import annotations

import pytest
import sympy

from theory.derivation import Unchecked
from theory.vanishing import check_equal, vanishes

a, b = sympy.symbols("a b", positive=True)
x = sympy.Symbol("x", real=True)

IDENTITIES = [
    (a + b) ** 2 - a**2 - 2 * a * b - b**2,
    a ** (b - 1) * a - a**b,
    (a * b) ** (b + 1) - a ** (b + 1) * b ** (b + 1),
    1 / (a + 1) - 1 / a + 1 / (a * (a + 1)),
    sympy.log(a * b) - sympy.log(a) - sympy.log(b),
]
NEAR_MISSES = [
    (a + b) ** 2 - a**2 - a * b - b**2,
    a**b - a ** (b + sympy.Rational(1, 10**6)),
    sympy.sqrt(x**2) - x,
    sympy.Abs(x) - x,
    x + sympy.Rational(1, 10**12),
]


@pytest.mark.parametrize("identity", IDENTITIES, ids=str)
def test_identities_vanish(identity: sympy.Expr) -> None:
    assert vanishes(identity) is True


@pytest.mark.parametrize("expression", NEAR_MISSES, ids=str)
def test_near_misses_do_not(expression: sympy.Expr) -> None:
    assert vanishes(expression) is False
    with pytest.raises(Unchecked):
        check_equal(expression, sympy.Integer(0), "near miss")


def test_unknown_stays_unknown() -> None:
    hidden = sympy.Abs(sympy.sqrt(2) + sympy.sqrt(3) - sympy.sqrt(5 + 2 * sympy.sqrt(6))) + 0 * x
    assert vanishes(hidden) is not False
    assert vanishes(sympy.oo * x) is None

"""Integrals of terms: real and defined throughout, tails bounded, never confidently wrong."""

from __future__ import annotations

import pytest
from flint import arb

from tests.verify.language.evaluation_cases import at, term
from verify.language.evaluate import Undefined, Unknown, enclose

# (integral, point, a closed form of its value)
VALUES = [
    ("integrate(sqrt(x**2), (x, -1, 1))", "", "1"),
    ("integrate(x**(3/2), (x, 0, 1))", "", "2/5"),
    ("integrate(x**(1/a), (x, 0, 1))", "a=4", "4/5"),
    ("integrate(sqrt(1 - x**2), (x, -1, 1))", "", "pi/2"),
    ("integrate(sqrt(2 - x)*sqrt(1/(2 - x)), (x, 0, 1))", "", "1"),
    ("integrate(abs(x - 1/3), (x, 0, 1))", "", "5/18"),
    ("integrate(spow(x, 1/2), (x, -1, 2))", "", "(2*sqrt(8) - 2)/3"),
    ("integrate(x**2, (x, a, 0))", "a=3", "-9"),
    ("integrate(a*x + y, (x, 0, 1))", "a=2 y=5", "6"),
    ("integrate(diff(x**3, x), (x, 0, 2))", "", "8"),
    ("integrate(Max(x, x**2), (x, -1, 2))", "", "1/3 + 1/2 + 7/3"),
    ("integrate(exp(-x**2), (x, -oo, oo))", "", "sqrt(pi)"),
    ("integrate(x**3*exp(-a*x), (x, 0, oo))", "a=2", "3/8"),
    ("integrate(exp(x), (x, -oo, 1))", "", "E"),
    ("integrate(exp(-x), (x, oo, 0))", "", "-1"),
    ("integrate(exp(-x/2)*sin(x), (x, 0, oo))", "", "4/5"),
    ("integrate(sqrt(x)*exp(-x), (x, 0, oo))", "", "sqrt(pi)/2"),
    ("expect(z**4 + z**3, z)", "", "3"),
    ("expect(abs(z), z)", "", "sqrt(2/pi)"),
    ("expect(exp(a*z), z)", "a=3/2", "exp(9/8)"),
    ("expect(z**2*tanh(z)**2/cosh(z)**2, z) - expect(z**2/cosh(z)**2, z)", "", "-expect(z**2/cosh(z)**4, z)"),
    ("expect(spow(z, 1/2), z)", "", "0"),
]
WITHOUT = [
    ("integrate(sqrt(x), (x, -1, 1))", Undefined),
    ("integrate(acosh(x), (x, 0, 3))", Undefined),
    ("integrate(sqrt(x)*sqrt(x), (x, -1, 1))", Undefined),
    ("integrate(1/x, (x, -1, 1))", Unknown),
    ("integrate(log(x**2), (x, -1, 1))", Unknown),
    ("integrate(1/(x - 1/3)**2, (x, 0, 1))", Unknown),
    ("integrate(exp(x), (x, 0, oo))", Unknown),
    ("integrate(sin(x), (x, 0, oo))", Unknown),
    ("integrate(x**(-1/2), (x, 0, 1))", Unknown),
    ("integrate(exp(-x)*sqrt(x - 2), (x, 0, oo))", Unknown),
    ("integrate(diff(log(x), x), (x, -2, -1))", Unknown),
    ("integrate(x*diff(abs(0*y), y), (x, 0, 1))", Unknown),
    ("expect(1/z, z)", Unknown),
    ("expect(exp(z**2), z)", Unknown),
    ("expect(sqrt(z), z)", Unknown),
    ("expect(log(abs(z)), z)", Unknown),
    ("integrate(y, (x, 0, 1))", Unknown),
]


@pytest.mark.parametrize(("text", "point", "closed"), VALUES)
def test_values(text: str, point: str, closed: str) -> None:
    found, known = enclose(term(text), at(point)), enclose(term(closed), {})
    assert found.overlaps(known)
    assert found.rad() < 1e-9
    assert not found.overlaps(known + arb("0.0001"))


@pytest.mark.parametrize(("text", "why"), WITHOUT)
def test_integrals_without_a_value(text: str, why: type[Exception]) -> None:
    with pytest.raises(why):
        enclose(term(text), {})


def test_a_box_of_parameters_is_refused() -> None:
    with pytest.raises(Unknown):
        enclose(term("integrate(a*x, (x, 0, 1))"), {"a": arb(1).union(arb(2))})

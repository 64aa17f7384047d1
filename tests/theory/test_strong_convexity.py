"""Quadratic growth: derived, differentiated back, and sharp for the quadratic itself."""

import sympy

from theory.strong_convexity import derivation, growth

x, modulus = sympy.Symbol("x", real=True), sympy.Symbol("Lambda", positive=True)


def test_growth_is_the_integral_of_the_least_slope():
    assert growth(x, modulus) == modulus * x**2 / 2
    assert growth(x, modulus) != x**2 / (2 * modulus)


def test_the_derivation_ends_with_the_bound_of_the_distance():
    steps = derivation(x, modulus).steps
    assert len(steps) == 3
    assert steps[-1].after == 2 * sympy.Symbol("D", nonnegative=True) / modulus

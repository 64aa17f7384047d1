"""Strong convexity in one variable and the quadratic growth that follows from it.

f is Lambda-strongly convex with minimiser 0 where f'(x) >= Lambda x for x >= 0 (and <= for x <= 0); integrated from the
minimiser, f(x) - f(0) >= (Lambda/2) x^2, so x^2 <= (2/Lambda) (f(x) - f(0)).
"""

from __future__ import annotations

import sympy

from theory.derivation import Derivation
from theory.vanishing import check_equal


def growth(x: sympy.Symbol, modulus: sympy.Symbol) -> sympy.Expr:
    """(Lambda/2) x^2, the integral of the least slope Lambda x from the minimiser on, differentiated back."""
    least = modulus * x**2 / 2
    check_equal(sympy.diff(least, x), modulus * x, "integral of the least slope")
    check_equal(least.subs(x, 0), sympy.Integer(0), "growth at the minimiser")
    return least


def derivation(x: sympy.Symbol, modulus: sympy.Symbol) -> Derivation:
    """From the least slope to the bound of the distance by the loss."""
    steps = Derivation("Quadratic growth of a strongly convex function")
    steps = steps.then("strong convexity, least slope", "f'(x)", modulus * x, sympy.Ge(x, 0))
    steps = steps.then("integrate from the minimiser", "f(x) - f(0), at least", growth(x, modulus))
    gap = sympy.Symbol("D", nonnegative=True)
    bound = 2 * gap / modulus
    check_equal(growth(x, modulus).subs(x**2, bound), gap, "solved for the square")
    return steps.then("solve for x^2, with D = f(x) - f(0)", "x^2, at most", bound)

"""What holds of every smooth potential R of one variable, R an unknown function.

The conjugate at the gradient, D(x) = R*(R'(x)) = x R'(x) - R(x), has the slope x R''(x), so along any path it moves at
the rate ``x dR'(x)/dt``. For convex R the tangent bound R(t) >= R(x) + R'(x) (t - x) says that x attains the supremum
of t R'(x) - R(t). Two adjacent layers of f = a sigma(w), w sigma'(w) = sigma(w), move D(a) and D(w) at one rate.
"""

from __future__ import annotations

from functools import cached_property

import sympy

from theory.derivation import Derivation
from theory.vanishing import check_equal

x, t = sympy.symbols("x t", real=True)


class AnyPotential:
    """R as an unknown function of x."""

    def __init__(self) -> None:
        self.function = sympy.Function("R")

    @cached_property
    def dual_at_gradient(self) -> sympy.Expr:
        """x R'(x) - R(x)"""
        R = self.function(x)
        return x * sympy.diff(R, x) - R

    @cached_property
    def slope_of_dual(self) -> sympy.Expr:
        """x R''(x), by the product rule."""
        found = x * sympy.diff(self.function(x), x, 2)
        check_equal(sympy.expand(sympy.diff(self.dual_at_gradient, x) - found), sympy.Integer(0), "slope of the dual")
        return found

    @cached_property
    def gap(self) -> sympy.Expr:
        """(x R' - R) - (t R' - R(t)) = R(t) - R(x) - R'(x) (t - x), not negative where R is convex."""
        slope = sympy.diff(self.function(x), x)
        found = self.function(t) - self.function(x) - slope * (t - x)
        left = self.dual_at_gradient - (t * slope - self.function(t))
        check_equal(sympy.expand(left - found), sympy.Integer(0), "gap of the supremum")
        return found

    def balance_rate(self, degree: sympy.Expr = sympy.S.One) -> sympy.Expr:
        """d(D(a) - D(w))/dt for f = a sigma(w), sigma homogeneous of the degree: (degree - 1) g a sigma(w)."""
        a, g, sigma = sympy.symbols("a g sigma", real=True)
        outer, inner = (
            -a * g * sigma,
            -g * a * degree * sigma,
        )  # x dR'/dt with dR'/dt = -g df/dx, w sigma' = degree sigma
        found = (degree - 1) * g * a * sigma
        check_equal(sympy.expand(outer - inner - found), sympy.Integer(0), "rate of the balance")
        return sympy.expand(found)

    def derivation(self) -> Derivation:
        steps = Derivation("Any smooth potential R")
        steps = steps.then("conjugate at the gradient", "R*(R'(x))", self.dual_at_gradient)
        steps = steps.then("product rule", "d R*(R'(x))/dx", self.slope_of_dual)
        steps = steps.then("tangent bound, not negative for convex R", "x R' - R - (t R' - R(t))", self.gap)
        return steps.then("x dR'(x)/dt for both layers of a sigma(w)", "d(D(a) - D(w))/dt", self.balance_rate())

"""Bregman divergences: D(x, y) = R(x) - R(y) - R'(y) (x - y) of a mirror potential R.

With the conjugate at the gradient, ``D(x, y) = R(x) + R*(R'(y)) - x R'(y)``; its slope in x is R'(x) - R'(y), and for
three points ``D(x, z) = D(x, y) + D(y, z) + (R'(y) - R'(z)) (x - y)``. A limit y of a mirror flow from z with
``R'(y) - R'(z)`` in the row space of the data, where x - y has no component, therefore minimises D(., z).
"""

from __future__ import annotations

from functools import cached_property

import sympy

from theory.derivation import Derivation
from theory.potentials import MirrorPotential
from theory.vanishing import check_equal


class Divergence:
    """D(x, y) of a potential of one variable; y is a symbol with the assumptions of x."""

    def __init__(self, potential: MirrorPotential) -> None:
        self.potential = potential
        self.x = potential.x
        self.y = sympy.Symbol("y", **potential.x.assumptions0)
        self.z = sympy.Symbol("z", **potential.x.assumptions0)

    def between(self, first: sympy.Expr, second: sympy.Expr) -> sympy.Expr:
        """D(first, second)."""
        R, slope = self.potential.potential, self.potential.gradient
        at = slope.subs(self.x, second)
        return R.subs(self.x, first) - R.subs(self.x, second) - at * (first - second)

    @cached_property
    def value(self) -> sympy.Expr:
        return self.between(self.x, self.y)

    @cached_property
    def by_the_conjugate(self) -> sympy.Expr:
        """R(x) + R*(R'(y)) - x R'(y), found equal to D(x, y)."""
        R, slope = self.potential.potential, self.potential.gradient.subs(self.x, self.y)
        dual = self.y * slope - R.subs(self.x, self.y)
        found = R + dual - self.x * slope
        check_equal(sympy.expand(found), sympy.expand(self.value), "divergence by the conjugate")
        return found

    @cached_property
    def slope(self) -> sympy.Expr:
        """dD/dx = R'(x) - R'(y)."""
        return self.potential.gradient - self.potential.gradient.subs(self.x, self.y)

    @cached_property
    def three_points(self) -> sympy.Expr:
        """D(x, z) - D(x, y) - D(y, z) = (R'(y) - R'(z)) (x - y), found equal."""
        gradient = self.potential.gradient
        left = self.between(self.x, self.z) - self.between(self.x, self.y) - self.between(self.y, self.z)
        right = (gradient.subs(self.x, self.y) - gradient.subs(self.x, self.z)) * (self.x - self.y)
        check_equal(sympy.expand(left), sympy.expand(right), "three points")
        return right

    def derivation(self) -> Derivation:
        steps = Derivation(f"The divergence of R({self.x}) = {self.potential.potential}")
        steps = steps.then("definition", "D(x, y)", self.value)
        steps = steps.then("differentiate", "dD/dx", self.slope)
        steps = steps.then("conjugate at the gradient", "D(x, y)", self.by_the_conjugate)
        return steps.then("three points", "D(x, z) - D(x, y) - D(y, z)", self.three_points)

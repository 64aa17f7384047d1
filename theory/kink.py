"""A function of degree one with a kink at 0: f(z) = right * z for z > 0 and left * z for z < 0.

|z| has the slopes -1 and 1, the ReLU 0 and 1. Clarke's subdifferential at 0 is the hull of both; off it f is smooth.
Euler's identity z h = f holds for every subgradient h, at 0 because both sides vanish. Along an arc z(t) the chain rule
f' = h z' holds for every h in the subdifferential at almost every time: at almost every zero of z its speed is 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy

from theory.derivation import Derivation
from theory.set_valued import hull_of_slopes
from theory.vanishing import check_equal

z = sympy.Symbol("z", real=True)
weight = sympy.Symbol("a", real=True)


@dataclass(frozen=True)
class Kink:
    """The two slopes, left at most right (a convex kink)."""

    left: sympy.Expr
    right: sympy.Expr

    @property
    def function(self) -> sympy.Expr:
        """((right - left) |z| + (right + left) z)/2"""
        return ((self.right - self.left) * sympy.Abs(z) + (self.right + self.left) * z) / 2

    @property
    def subdifferential(self) -> tuple[sympy.Expr, sympy.Expr]:
        """(left, right), found from the limits of the slopes."""
        found = hull_of_slopes(self.function, z, sympy.Integer(0))
        for limit, slope in zip(found, (self.left, self.right), strict=True):
            check_equal(sympy.sympify(limit), sympy.sympify(slope), "limit of the slopes")
        return found

    @property
    def euler_gap(self) -> sympy.Expr:
        """z h - f(z) off the kink, with the slope h of each side: 0."""
        for side, slope in ((1, self.right), (-1, self.left)):
            t = sympy.Symbol("t", positive=True)
            check_equal(side * t * slope, self.function.subs(z, side * t), "Euler's identity")
        return sympy.Integer(0)

    def derivation(self) -> Derivation:
        steps = Derivation(f"The kink of {self.function}")
        least, greatest = self.subdifferential
        steps = steps.then("limits of the slopes from both sides", "hull at 0", f"[{least}, {greatest}]")
        steps = steps.then("each side is linear", "z h - f(z)", self.euler_gap, "z != 0")
        return steps.then("both terms vanish", "z h - f(z)", sympy.Integer(0), "z = 0, any h of the hull")

"""A flow along a spiral: f = r^2 exp(V) of three weights, whose direction follows phi = 1/s towards the equator s = 0.

r = |theta|, phi is the longitude and s Mercator's ordinate of the latitude, in which the metric of the sphere is a
multiple of ds^2 + dphi^2. The gradient flow of f moves (s, phi) along the gradient of V at a positive speed, so that a
curve phi = c(s) is kept where V_phi = c'(s) V_s on it. ``V = -exp(-1/s) (1 - sin(phi - 1/s)/(1 + s^4))`` has
V_phi = exp(-1/s)/(1 + s^4) and V_s = -s^2 V_phi on phi = 1/s, flat to all orders at s = 0: there V is constant, and
every point of the equator is a stationary direction.
"""

from __future__ import annotations

from functools import cached_property

import sympy

from theory.derivation import Derivation
from theory.vanishing import check_equal

s = sympy.Symbol("s", positive=True)
phi = sympy.Symbol("phi", real=True)


class Spiral:
    """The function V and the curve phi = 1/s."""

    @property
    def curve(self) -> sympy.Expr:
        return 1 / s

    @property
    def height(self) -> sympy.Expr:
        """V"""
        return -sympy.exp(-1 / s) * (1 - sympy.sin(phi - 1 / s) / (1 + s**4))

    @cached_property
    def around(self) -> sympy.Expr:
        """V_phi on the curve."""
        answer = sympy.exp(-1 / s) / (1 + s**4)
        check_equal(sympy.diff(self.height, phi).subs(phi, self.curve), answer, "V_phi")
        return answer

    @cached_property
    def across(self) -> sympy.Expr:
        """V_s on the curve, nowhere zero."""
        answer = -(s**2) * self.around
        check_equal(sympy.diff(self.height, s).subs(phi, self.curve), answer, "V_s")
        return answer

    @property
    def drift(self) -> sympy.Expr:
        """V_phi - c'(s) V_s on the curve: zero, so that the flow keeps it."""
        found = self.around - sympy.diff(self.curve, s) * self.across
        check_equal(found, sympy.Integer(0), "drift off the curve")
        return sympy.Integer(0)

    def derivation(self) -> Derivation:
        steps = Derivation("The gradient flow of r^2 exp(V) along a spiral")
        steps = steps.then("definition", "V", self.height)
        steps = steps.then("differentiate in phi, then phi = 1/s", "V_phi", self.around)
        steps = steps.then("differentiate in s, then phi = 1/s", "V_s", self.across)
        return steps.then("V_phi - (1/s)' V_s", "drift off the curve", self.drift)

"""The angle between iterate and velocity along a mirror flow, in the metric R''.

With u = <theta, theta'>, m = |theta|^2 and v = |theta'|^2 in the metric, the cosine is b = u/sqrt(m v). By Lagrange's
identity m v - u^2 is a sum of squares, so that b <= 1, and |theta/sqrt(m) - theta'/sqrt(v)|^2 = 2 - 2 b. The part of v
across theta, T = v - u^2/m, is m^-1 u^2 (b^-2 - 1); with D' = u and alpha D >= m the soft margin of a function of the
degree L gains at least (L/alpha) (b^-2 - 1) dlog D. Where b^-2 - 1 exceeds a constant C throughout, its integral
against dlog D exceeds C times the rise of log D: so somewhere it is at most the mean.
"""

from __future__ import annotations

from functools import cached_property

import sympy

from theory.derivation import Derivation
from theory.vanishing import check_equal

product = sympy.Symbol("u", positive=True)
radius, speed = sympy.symbols("m v", positive=True)
dual = sympy.Symbol("D", positive=True)
degree, layers = sympy.symbols("alpha L", positive=True)
constant = sympy.Symbol("C", positive=True)
start, end = sympy.symbols("a b", positive=True)


class Angle:
    """The cosine b = u/sqrt(m v) and what it costs the margin."""

    @property
    def cosine(self) -> sympy.Expr:
        return product / sympy.sqrt(radius * speed)

    @cached_property
    def excess(self) -> sympy.Expr:
        """b^-2 - 1 = m v/u^2 - 1."""
        answer = radius * speed / product**2 - 1
        check_equal(self.cosine**-2 - 1, answer, "excess of the angle")
        return answer

    @cached_property
    def tangential(self) -> sympy.Expr:
        """T = v - u^2/m = (u^2/m) (b^-2 - 1)."""
        answer = speed - product**2 / radius
        check_equal(sympy.expand(product**2 / radius * self.excess), answer, "part across theta")
        return answer

    @cached_property
    def margin_rate(self) -> sympy.Expr:
        """(L/alpha) (b^-2 - 1) u/D, at most L T/u, the least rate of the logarithm of the soft margin; what L T/u has
        beyond it is (L T/u) (1 - m/(alpha D))."""
        answer = layers / degree * self.excess * product / dual
        least = layers * self.tangential / product
        check_equal(sympy.expand(least - answer), sympy.expand(least * (1 - radius / (degree * dual))), "margin rate")
        return answer

    @cached_property
    def lagrange(self) -> sympy.Expr:
        """m v - u^2 = H G (x w - y z)^2 for theta = (x, y), theta' = (z, w) in the metric diag(H, G)."""
        x, y, z, w = sympy.symbols("x y z w", real=True)
        H, G = sympy.symbols("H G", positive=True)
        gap = (H * x**2 + G * y**2) * (H * z**2 + G * w**2) - (H * x * z + G * y * w) ** 2
        answer = H * G * (x * w - y * z) ** 2
        check_equal(sympy.expand(gap), sympy.expand(answer), "Lagrange's identity")
        return answer

    @cached_property
    def distance(self) -> sympy.Expr:
        """|theta/sqrt(m) - theta'/sqrt(v)|^2 = 2 - 2 b, by the squares of both."""
        answer = 2 - 2 * self.cosine
        squares = radius / radius + speed / speed - 2 * product / (sympy.sqrt(radius) * sympy.sqrt(speed))
        check_equal(squares, answer, "distance of the directions")
        return answer

    @cached_property
    def integral_of_constant(self) -> sympy.Expr:
        """The integral of C dlog D from D = a to D = b: C (log b - log a)."""
        answer = constant * (sympy.log(end) - sympy.log(start))
        check_equal(sympy.diff(answer, end), constant / end, "integrand")
        check_equal(answer.subs(end, start), sympy.Integer(0), "value at the start")
        return answer

    def derivation(self) -> Derivation:
        steps = Derivation("The angle between iterate and velocity")
        steps = steps.then("Lagrange's identity, two coordinates", "m v - u^2", self.lagrange)
        steps = steps.then("expand the square", "|theta/sqrt(m) - theta'/sqrt(v)|^2", self.distance)
        steps = steps.then("definition", "b^-2 - 1", self.excess)
        steps = steps.then("part of v across theta", "T", self.tangential)
        steps = steps.then("L T/u and alpha D >= m", "d log(soft margin)/dt, at least", self.margin_rate)
        return steps.then("integrate a constant", "integral of C dlog D", self.integral_of_constant, "D from a to b")

"""Balances under steepest and mirror flow of weights that a parameterization multiplies.

With g the slope of a weight w, q-steepest flow ``w' = -spow(g, q - 1)`` moves |w|^q at the rate
``-q spow(w g, q - 1)``, since spow is multiplicative. Two weights with ``w g = c u h`` for their slopes g, h keep
``|w|^q - spow(c, q - 1) |u|^q``. Mirror flow ``r''(w) w' = -g`` moves ``w r'(w) - r(w)``, the dual potential at the
gradient, at the rate -w g.
"""

from __future__ import annotations

import itertools
from functools import cached_property

import sympy

from theory.derivation import Derivation
from theory.vanishing import check_equal

q = sympy.Symbol("q", positive=True)
size, slope = sympy.Symbol("r", positive=True), sympy.Symbol("G", positive=True)


class PowerBalance:
    """|w|^q - spow(c, q - 1) |u|^q for two weights with w g = c u h, c a number other than 0."""

    def __init__(self, ratio: sympy.Expr = sympy.S.One) -> None:
        self.ratio = sympy.sympify(ratio)
        if self.ratio.is_nonzero is not True or self.ratio.is_real is not True:
            raise ValueError("the ratio is a real number other than 0")

    @cached_property
    def rate_of_size(self) -> sympy.Expr:
        """d|w|^q/dt = -q s t (r G)^(q-1) where w = s r and g = t G with signs s, t: found on all four."""
        for s, t in itertools.product((1, -1), repeat=2):
            velocity = -t * slope ** (q - 1)
            found = q * size ** (q - 1) * s * velocity
            check_equal(found, -q * s * t * (size * slope) ** (q - 1), "rate of a size")
        return -q * (size * slope) ** (q - 1)

    @cached_property
    def coefficient(self) -> sympy.Expr:
        """spow(c, q - 1)."""
        return sympy.sign(self.ratio) * sympy.Abs(self.ratio) ** (q - 1)

    @cached_property
    def rate(self) -> sympy.Expr:
        """0: the rate of |w|^q is spow(c, q - 1) times that of |u|^q, on either sign of u h."""
        product = sympy.Symbol("p", positive=True)  # |u h|
        for sign in (1, -1):
            of_u = -q * sign * product ** (q - 1)
            of_w = -q * sign * sympy.sign(self.ratio) * (sympy.Abs(self.ratio) * product) ** (q - 1)
            check_equal(of_w - self.coefficient * of_u, sympy.S.Zero, "balance of two weights")
        return sympy.S.Zero

    def derivation(self) -> Derivation:
        steps = Derivation(f"The balance of two weights with w g = {self.ratio} u h")
        steps = steps.then("chain rule on each sign", "d|w|^q/dt", self.rate_of_size, "w g > 0")
        return steps.then("w g = c u h", "d(|w|^q - spow(c, q - 1)|u|^q)/dt", self.rate, "no weight and no slope is 0")


class MirrorBalance:
    """w r'(w) - r(w) for a potential r of one weight w."""

    def __init__(self, potential: sympy.Expr, w: sympy.Symbol) -> None:
        self.potential, self.w = potential, w

    @cached_property
    def balance(self) -> sympy.Expr:
        return self.w * sympy.diff(self.potential, self.w) - self.potential

    @cached_property
    def rate(self) -> sympy.Expr:
        """-w g along w' = -g/r''(w)."""
        velocity = -slope / sympy.diff(self.potential, self.w, 2)
        check_equal(sympy.diff(self.balance, self.w) * velocity, -self.w * slope, "rate of the mirror balance")
        return -self.w * slope

    def derivation(self) -> Derivation:
        steps = Derivation(f"The balance of a weight under the mirror flow of {self.potential}")
        steps = steps.then("dual potential at the gradient", "w r'(w) - r(w)", self.balance)
        return steps.then("chain rule", "rate", self.rate, "r''(w) > 0")

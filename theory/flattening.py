"""The variable in which a mirror flow of one dimension is a plain steepest flow.

A steepest mirror flow moves x with ``x' = -spow(f'(x), q - 1)/H``, H = R''. In the variable z with ``dz/dx = H^(1/q)``
the slope is ``df/dz = H^(-1/q) f'`` and ``z' = -spow(df/dz, q - 1)``: the metric is gone. z increases strictly; whether
it covers the whole line depends on how fast H falls.
"""

from __future__ import annotations

from functools import cached_property

import sympy

from theory.derivation import Derivation
from theory.vanishing import check_equal

H = sympy.Symbol("H", positive=True)
q = sympy.Symbol("q", positive=True)
size = sympy.Symbol("G", positive=True)  # |f'(x)|


class FlatteningVariable:
    """z for an unknown metric H > 0 and the index q; velocities are given for f' = G > 0 (odd in the sign of f')."""

    @cached_property
    def slope(self) -> sympy.Expr:
        """dz/dx = H^(1/q)."""
        return H ** (1 / q)

    @cached_property
    def slope_of_objective(self) -> sympy.Expr:
        """df/dz = (df/dx)/(dz/dx)."""
        return size / self.slope

    @cached_property
    def velocity(self) -> sympy.Expr:
        """z' = dz/dx x' = -(df/dz)^(q-1), found equal."""
        moved = self.slope * (-(size ** (q - 1)) / H)
        flat = -(self.slope_of_objective ** (q - 1))
        check_equal(moved, flat, "the metric cancels")
        return flat

    @cached_property
    def leftover_exponent(self) -> sympy.Expr:
        """The exponent of H that is left: 1/q - 1 + (q-1)/q = 0."""
        left = 1 / q - 1 + (q - 1) / q
        check_equal(left, sympy.Integer(0), "exponent of the metric")
        return sympy.Integer(0)

    def derivation(self) -> Derivation:
        steps = Derivation("The variable that flattens a mirror flow")
        steps = steps.then("definition", "dz/dx", self.slope, "H > 0")
        steps = steps.then("chain rule", "df/dz", self.slope_of_objective)
        steps = steps.then("chain rule and the flow of x", "z'", self.slope * (-(size ** (q - 1)) / H))
        steps = steps.then("the powers of H add up to", "1/q - 1 + (q - 1)/q", self.leftover_exponent)
        return steps.then("collect", "z'", self.velocity)

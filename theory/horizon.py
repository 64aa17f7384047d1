"""The horizon function: the shape of the level sets of R*(R') far from the origin.

With D = R*(R') and its degree alpha, ``phi(x) = lim_{eta -> 0} eta (alpha D(x/eta))^(1/alpha)``. From the right the
limit is the horizon function; from the left it is -phi(-x), the negative of the mirrored function, so that the limit
taken on both sides exists only where phi(-x) = -phi(x), for a nonnegative phi only where phi vanishes.
In several coordinates D is the sum of the coordinates' values, and phi^alpha adds up over those of the highest degree.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import sympy

from theory.derivation import Derivation, Unchecked
from theory.growth import Growth
from theory.limits import at_infinity, dominating, power_sum
from theory.potentials import MirrorPotential
from theory.vanishing import vanishes


class Horizon:
    """The horizon function of a potential of one variable, and how D approaches it."""

    def __init__(self, potential: MirrorPotential) -> None:
        self.potential = potential
        self.x = potential.x

    @cached_property
    def degree(self) -> sympy.Expr:
        """alpha, the degree of growth of R*(R')."""
        return self.potential.horizon_degree

    @cached_property
    def from_right(self) -> sympy.Expr:
        """phi(x), the limit for eta -> 0 from the right; raises ``Unchecked`` where it is not found."""
        return self.potential.horizon

    @cached_property
    def from_left(self) -> sympy.Expr:
        """-phi(-x), the limit for eta -> 0 from the left."""
        x = sympy.Symbol(f"{self.x.name}_r", real=True)
        return (-self.from_right.xreplace({self.x: -x})).doit().xreplace({x: self.x})

    @cached_property
    def two_sided(self) -> bool | None:
        """Whether both one-sided limits agree for every x; None where undecided."""
        return vanishes(self.from_right - self.from_left)

    def in_coordinates(self, coordinates: Sequence[sympy.Symbol]) -> sympy.Expr:
        """(sum_i phi(x_i)^alpha)^(1/alpha), the horizon function of the separable potential sum_i R(x_i)."""
        alpha = self.degree
        total = sum(((self.from_right.xreplace({self.x: c})) ** alpha for c in coordinates), sympy.Integer(0))
        return total ** (1 / alpha)

    def approach(self, side: int = 1) -> tuple[sympy.Expr, sympy.Expr]:
        """(c, k) with alpha D(s)/phi(s)^alpha = 1 + c s^(-k) + o(s^(-k)); c = 0 where the two are equal.

        Raises ``Unchecked`` where the excess has no such order.
        """
        dual = Growth(self.potential.dual_at_gradient, self.x, side)
        s, bound = dual.s, dual.coefficient * dual.s**self.degree
        terms = power_sum(dual.on_ray, s)
        if terms is not None:
            rest = {e: c for e, c in terms.items() if e != self.degree}
            next_to = dominating(rest)
            if not rest:
                return sympy.Integer(0), sympy.oo
            if next_to is not None:
                return sympy.cancel(next_to[0] / dual.coefficient), sympy.expand(self.degree - next_to[1])
        excess = sympy.powsimp(sympy.expand((dual.on_ray - bound) / bound), combine="exp")
        if vanishes(excess) is True:
            return sympy.Integer(0), sympy.oo
        if vanishes(excess) is None:
            raise Unchecked(f"whether {excess} vanishes is not decided")
        order = at_infinity(-s * sympy.diff(excess, s) / excess, s)
        return at_infinity(excess * s**order, s), order

    def derivation(self) -> Derivation:
        steps = Derivation(f"The horizon function of {self.potential.potential}")
        dual = self.potential.dual_at_gradient
        steps = steps.then("conjugate at the gradient: x R' - R", "D(x)", dual)
        steps = steps.then("limit of s D'/D", "alpha", self.degree)
        steps = steps.then("limit for eta -> 0 from the right", "phi(x)", self.from_right)
        return steps.then("limit for eta -> 0 from the left", "-phi(-x)", self.from_left)


def degrees(potential: MirrorPotential) -> tuple[Growth, Growth]:
    """The growth of R and of R*(R') to the right: their degrees and coefficients need not agree."""
    return Growth(potential.potential, potential.x), Growth(potential.dual_at_gradient, potential.x)

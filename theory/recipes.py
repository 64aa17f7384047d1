"""Training recipes: how rate and smoothing must scale with the size sigma of the initial weights.

At theta = sigma z, z standard normal, the first step moves a weight at the rate ``eta M(sigma z)`` with the inverse
metric M = 1/R''. A recipe keeps the update where this is of order one as sigma -> 0; it lets the margin be reached
where the offset a of the horizon (see the alignment) stays bounded in the number n = sigma^(-2) of weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import sympy

from theory.derivation import Derivation, Unchecked
from theory.limits import at_infinity, leading_power

sigma, z = sympy.symbols("sigma z", positive=True)
width = sympy.Symbol("n", positive=True)


@dataclass(frozen=True)
class Recipe:
    """inverse_metric: M as a function of ``x`` and ``lam``; rate and smoothing: eta and lam in terms of sigma."""

    inverse_metric: sympy.Expr
    x: sympy.Symbol
    lam: sympy.Symbol
    rate: sympy.Expr
    smoothing: sympy.Expr

    @cached_property
    def first_step(self) -> sympy.Expr:
        """eta M(sigma z) for z > 0; M is even."""
        value = self.inverse_metric.subs({self.x: sigma * z, self.lam: self.smoothing})
        return sympy.powsimp(sympy.expand(sympy.powdenest(self.rate * value)))

    @cached_property
    def order(self) -> sympy.Expr:
        """d with eta M ~ c sigma^d as sigma -> 0; raises ``Unchecked`` where there is no such power."""
        s = sympy.Symbol("s_inverse", positive=True)
        on_ray = sympy.powdenest(self.first_step.subs(sigma, 1 / s))
        for inverted, expression in ((False, on_ray), (True, sympy.expand(sympy.powdenest(1 / on_ray)))):
            leading = leading_power(expression, s)
            if leading is not None:
                return sympy.expand(leading[1] if inverted else -leading[1])
        if on_ray.free_symbols - {s, z}:  # a limit found at one value of a parameter need not be that at another
            raise Unchecked(f"no leading power of {self.first_step} for every value of its parameters")
        return -at_infinity(sympy.cancel(sympy.together(s * sympy.diff(on_ray, s) / on_ray)), s)

    @property
    def keeps_update(self) -> bool | None:
        """Whether the update stays of order one; None where undecided."""
        try:
            return self.order.is_zero
        except Unchecked:
            return None

    def offset_order(self, offset: sympy.Expr) -> sympy.Expr | None:
        """The power of sigma in the offset a (in terms of n and lam) at n = sigma^(-2); None where a vanishes."""
        value = sympy.powdenest(sympy.expand(offset.subs({width: sigma**-2, self.lam: self.smoothing})))
        if value == 0:
            return None
        return sympy.expand(sympy.cancel(sigma * sympy.diff(value, sigma) / value))

    def reaches_margin(self, offset: sympy.Expr) -> bool | None:
        """Whether the offset stays bounded as sigma -> 0; None where undecided."""
        power = self.offset_order(offset)
        return True if power is None else power.is_nonnegative

    def derivation(self, offset: sympy.Expr) -> Derivation:
        steps = Derivation(f"The recipe ({self.rate}, {self.smoothing})")
        steps = steps.then("theta = sigma z", "eta M", self.first_step, "z > 0")
        steps = steps.then("leading power", "order of the first step in sigma", self.order)
        power = self.offset_order(offset)
        return steps.then("n = sigma^(-2)", "order of the offset in sigma", "none" if power is None else power)

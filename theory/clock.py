"""The clock of a weight under mirror flow of f = sum_i a_i x_i^2: what tells which weight runs away first.

x_i moves at the rate 2 a_i g x_i/R''(x_i), g the common slope of the loss. With an antiderivative T of R''(x)/x the
quantity T(x_i)/(2 a_i) runs at the rate g for every weight, so that differences of them rest. Where T has a limit at
infinity, a weight x reaches infinity when the common clock has run by what its own has left.
"""

from __future__ import annotations

from functools import cached_property

import sympy

from theory.derivation import Derivation
from theory.potentials import MirrorPotential
from theory.vanishing import check_equal

slope, factor = sympy.symbols("g a", positive=True)


class Clock:
    """The clock of a positive weight under a potential.

    reading: an antiderivative of R''(x)/x; differentiated back before it is used.
    """

    def __init__(self, potential: MirrorPotential, reading: sympy.Expr) -> None:
        self.potential = potential
        self.x = sympy.Symbol(f"{potential.x.name}_t", positive=True)
        self.reading = reading.xreplace({potential.x: self.x})

    @property
    def density(self) -> sympy.Expr:
        """R''(x)/x"""
        return self.potential.hessian.xreplace({self.potential.x: self.x}).doit() / self.x

    @cached_property
    def rate(self) -> sympy.Expr:
        """d(T(x)/(2 a))/dt = g along x' = 2 a g x/R''(x)."""
        found = sympy.diff(self.reading, self.x)
        check_equal(found**2, self.density**2, "antiderivative")
        check_equal(found / self.density, sympy.Integer(1), "sign of the antiderivative")
        velocity = 2 * factor * slope / self.density
        check_equal(sympy.cancel(velocity * self.density / (2 * factor)), slope, "rate of the clock")
        return slope

    def derivation(self) -> Derivation:
        steps = Derivation(f"The clock of a weight under R = {self.potential.potential}")
        steps = steps.then("R''(x)/x", "T'", self.density, "x > 0")
        steps = steps.then("antiderivative, differentiated back", "T", self.reading)
        steps = steps.then("along x' = 2 a g x/R''", "d(T/(2 a))/dt", self.rate)
        return steps.then("subtract two weights'", "d(T(x)/a - T(y)/b)/dt", sympy.Integer(0))

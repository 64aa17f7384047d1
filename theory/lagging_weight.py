"""A weight that lags behind the others for ever although its slope is at times the greatest.

Under the hyperbolic entropy a weight with the dual z = R'(theta) has the size sqrt(lam) sinh|z|, while the norm is of
the order S = e^T. For ``z = k T cos(log T)``, 0 < k < 1, the weight is of the order e^(kT) at most and vanishes against
the norm; its slope against those of the leading weights, whose duals move like T, is ``dz/dT = k (cos v - sin v)`` with
v = log T. That comes to k sqrt(2) at v = -pi/4 and again after each turn: for k > 1/sqrt(2) more than one, where a
subgradient of |theta|_1 has entries between -1 and 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy

from theory.derivation import Derivation
from theory.vanishing import check_equal

T = sympy.Symbol("T", positive=True)  # log S
v = sympy.Symbol("v", real=True)  # log T


@dataclass(frozen=True)
class LaggingWeight:
    """The weight with the amplitude k."""

    amplitude: sympy.Expr

    @property
    def dual(self) -> sympy.Expr:
        """z"""
        return self.amplitude * T * sympy.cos(sympy.log(T))

    @property
    def slope(self) -> sympy.Expr:
        """dz/dT in terms of v = log T."""
        answer = self.amplitude * (sympy.cos(v) - sympy.sin(v))
        check_equal(sympy.diff(self.dual, T), answer.subs(v, sympy.log(T)), "slope of the lagging weight")
        return answer

    @property
    def greatest_slope(self) -> sympy.Expr:
        """k sqrt(2), at v = -pi/4."""
        return sympy.expand(self.slope.subs(v, -sympy.pi / 4))

    def derivation(self) -> Derivation:
        steps = Derivation(f"A weight with the dual {self.dual}")
        steps = steps.then("differentiate, v = log T", "dz/dT", self.slope)
        steps = steps.then("v = -pi/4", "greatest slope", self.greatest_slope)
        bound = sympy.exp((self.amplitude - 1) * T)
        return steps.then("sinh|z| <= e^(kT)/2 and S = e^T", "sinh|z|/S, at most", bound / 2)

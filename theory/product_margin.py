"""The L_inf margin of a deep diagonal product: stationarity in the weights and in x.

With multipliers k of the samples and s = sum k y z the vector of x, stationarity of ``max |w|^2/2`` under margins of at
least 1 asks, for the layer j at the coordinate l, that ``s_l prod_{i != j} w_i`` vanish unless |w_j| is the largest
size; in x that s_l vanish unless |x_l| is. Where no layer vanishes the two are the same; where one does, x_l = 0, the
product of the others may be 0 and the weights say nothing of s_l.

Balanced layers z, z + lam, ... have the product z (z + lam)^(L-1), which over the L-th power of the largest tends to 1.
"""

from __future__ import annotations

from functools import cached_property

import sympy

from theory.derivation import Derivation
from theory.metric import weights
from theory.vanishing import check_equal

s = sympy.Symbol("s", real=True)
size = sympy.Symbol("r", positive=True)  # max |x_l|


class ProductMargin:
    """The margin problem of ``layers`` layers at one coordinate."""

    def __init__(self, layers: int) -> None:
        if layers < 2:
            raise ValueError("a product has at least two layers")
        self.layers = layers
        self.weights = weights(layers)

    @cached_property
    def stationarity(self) -> list[sympy.Expr]:
        """s times the product of the other layers, for each layer: the slope of s x in it."""
        product = sympy.Mul(*self.weights)
        found = [s * sympy.Mul(*(v for v in self.weights if v != w)) for w in self.weights]
        for w, entry in zip(self.weights, found, strict=True):
            check_equal(sympy.diff(s * product, w), entry, "slope in a layer")
        return found

    def blind(self, vanishing: int) -> bool:
        """Whether all entries of the stationarity are 0 for every s where that many layers vanish."""
        at = dict.fromkeys(self.weights[:vanishing], 0)
        return all(entry.subs(at) == 0 for entry in self.stationarity)

    @cached_property
    def objective(self) -> sympy.Expr:
        """r^(2/L), the largest squared size of balanced layers with the product r; its slope in r is positive."""
        n = self.layers
        found = size ** sympy.Rational(2, n)
        slope = sympy.Rational(2, n) * size ** (sympy.Rational(2, n) - 1)
        check_equal(sympy.diff(found, size), slope, "slope of the objective")
        if slope.is_positive is not True:
            raise ArithmeticError("the objective does not increase")
        return found

    @cached_property
    def ratio_of_norms(self) -> sympy.Expr:
        """z (z + lam)^(L-1)/(z + lam)^L = z/(z + lam) = 1 - lam/(z + lam)."""
        z, lam = sympy.symbols("z lam", positive=True)
        found = z / (z + lam)
        check_equal(z * (z + lam) ** (self.layers - 1) / (z + lam) ** self.layers, found, "ratio of the norms")
        check_equal(found, 1 - lam / (z + lam), "distance to 1")
        return found

    def derivation(self) -> Derivation:
        steps = Derivation(f"The margin of a product of {self.layers} layers")
        for w, entry in zip(self.weights, self.stationarity, strict=True):
            steps = steps.then("product rule", f"slope of s x in {w}", entry)
        steps = steps.then("balanced layers |w| = r^(1/L)", "max |w|^2", self.objective)
        return steps.then("balance lam, layers z, z + lam, ...", "|x|/max |w|^L", self.ratio_of_norms)

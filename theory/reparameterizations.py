"""Reparameterizations: x as a function of weights. The deep diagonal product x = w_1 ... w_L, one coordinate."""

from __future__ import annotations

from functools import cached_property

import sympy

from theory.derivation import Derivation
from theory.metric import weights
from theory.steepest import power
from theory.vanishing import check_equal


class DeepDiagonal:
    """x = w_1 ... w_L for a given number of layers."""

    def __init__(self, layers: int) -> None:
        if layers < 1:
            raise ValueError("at least one layer is needed")
        self.layers = layers
        self.weights = weights(layers)

    @cached_property
    def product(self) -> sympy.Expr:
        return sympy.Mul(*self.weights)

    @cached_property
    def jacobian(self) -> list[sympy.Expr]:
        """dx/dw_i = prod_{j != i} w_j."""
        return [sympy.diff(self.product, w) for w in self.weights]

    @cached_property
    def homogeneity(self) -> sympy.Integer:
        """L: x scales with the L-th power of the weights."""
        c = sympy.Symbol("c", positive=True)
        scaled = self.product.subs({w: c * w for w in self.weights}, simultaneous=True)
        check_equal(scaled, c**self.layers * self.product, "homogeneity")
        return sympy.Integer(self.layers)

    def velocities(self, slope: sympy.Expr, q: sympy.Expr, decay: sympy.Expr) -> list[sympy.Expr]:
        """w_i' = -spow(f'(x) prod_{j != i} w_j, q - 1) - decay w_i."""
        return [-power(slope * J, q - 1) - decay * w for w, J in zip(self.weights, self.jacobian, strict=True)]

    @cached_property
    def decay_on_product(self) -> sympy.Expr:
        """What a decay w_i' = -w_i of every weight does to x: x' = -L x."""
        rate = sum((J * -w for w, J in zip(self.weights, self.jacobian, strict=True)), sympy.Integer(0))
        check_equal(rate, -self.layers * self.product, "decay of the product")
        return -self.layers * self.product

    def derivation(self) -> Derivation:
        steps = Derivation(f"The product of {self.layers} layers")
        for w, J in zip(self.weights, self.jacobian, strict=True):
            steps = steps.then("product rule", f"dx/d{w}", J)
        return steps.then("decay of every weight at rate 1", "x'", self.decay_on_product)

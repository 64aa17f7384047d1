"""Critical points that a deep diagonal product adds: the derivatives of f(w_1 ... w_L) and where they vanish.

With f', f'' taken at x = w_1 ... w_L the gradient is ``f' prod_{k != i} w_k`` and the Hessian, for i != j,
``f'' prod_{k != i} w_k prod_{k != j} w_k + f' prod_{k != i, j} w_k``. Where exactly two layers vanish, x = 0 and all
that remains is ``f'(0) prod_{k != i, j} w_k`` at (i, j) and (j, i), with eigenvalues plus and minus that number.
"""

from __future__ import annotations

from functools import cached_property

import sympy

from theory.derivation import Derivation
from theory.metric import weights
from theory.vanishing import check_equal

f1 = sympy.Symbol("f1", real=True)
f2 = sympy.Symbol("f2", real=True)


class ProductLandscape:
    """f(w_1 ... w_L) for an unknown smooth f of one variable; f1 and f2 stand for f' and f'' at the product."""

    def __init__(self, layers: int) -> None:
        if layers < 2:
            raise ValueError("at least two layers are needed")
        self.layers = layers
        self.weights = weights(layers)

    @cached_property
    def _composed(self) -> tuple[sympy.Expr, sympy.Function]:
        return sympy.Mul(*self.weights), sympy.Function("f")

    def _name_slopes(self, expression: sympy.Expr) -> sympy.Expr:
        """f' and f'' at the product by the names f1 and f2."""
        def named(sub: sympy.Subs) -> sympy.Expr:
            order = sub.expr.derivative_count
            return {1: f1, 2: f2}[int(order)]

        return sympy.expand(expression.doit().replace(lambda e: isinstance(e, sympy.Subs), named))

    @cached_property
    def gradient(self) -> list[sympy.Expr]:
        """df/dw_i = f' prod_{k != i} w_k."""
        product, f = self._composed
        return [self._name_slopes(sympy.diff(f(product), w)) for w in self.weights]

    @cached_property
    def hessian(self) -> sympy.Matrix:
        product, f = self._composed
        return sympy.Matrix(
            self.layers,
            self.layers,
            lambda i, j: self._name_slopes(sympy.diff(f(product), self.weights[i], self.weights[j])),
        )

    def hessian_at_zeros(self, i: int = 1, j: int = 2) -> sympy.Matrix:
        """The Hessian where w_i = w_j = 0 (layers counted from 1); f1, f2 are then f'(0), f''(0)."""
        return self.hessian.subs({self.weights[i - 1]: 0, self.weights[j - 1]: 0})

    def block(self, i: int = 1, j: int = 2) -> sympy.Matrix:
        """The 2 x 2 block of the layers i and j there; every other entry is found to be 0."""
        full = self.hessian_at_zeros(i, j)
        kept = (i - 1, j - 1)
        for r in range(self.layers):
            for c in range(self.layers):
                if r not in kept or c not in kept:
                    check_equal(full[r, c], sympy.Integer(0), f"entry ({r + 1}, {c + 1})")
        return full.extract(list(kept), list(kept))

    def eigenvalues(self, i: int = 1, j: int = 2) -> tuple[sympy.Expr, sympy.Expr]:
        """+b and -b for the block [[0, b], [b, 0]], put back into its characteristic polynomial."""
        block = self.block(i, j)
        e = sympy.Symbol("e")
        polynomial = sympy.expand((block - e * sympy.eye(2)).det())
        b = block[0, 1]
        for root in (b, -b):
            check_equal(polynomial.subs(e, root), sympy.Integer(0), "eigenvalue")
        return b, -b

    def derivation(self) -> Derivation:
        steps = Derivation(f"The landscape of f(w_1 ... w_{self.layers})")
        for w, slope in zip(self.weights, self.gradient, strict=True):
            steps = steps.then("chain rule", f"d f/d{w}", slope)
        steps = steps.then("chain rule twice", "d2 f/dw1 dw2", self.hessian[0, 1])
        at = "w1 = w2 = 0"
        steps = steps.then("two layers vanish", "d2 f/dw1 dw2", self.block()[0, 1], at)
        return steps.then("characteristic polynomial", "eigenvalue of the block", self.eigenvalues()[0], at)

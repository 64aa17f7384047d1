"""How small the weights of a product can be: the least sum of squares of L layers with a given product.

By the inequality of the means ``sum_i w_i^2 >= L |x|^(2/L)`` with equality at equal sizes |w_i| = |x|^(1/L), where the
gradient of the sum is a multiple of the gradient of the product.
"""

from __future__ import annotations

from functools import cached_property

import sympy

from theory.derivation import Derivation
from theory.vanishing import check_equal


class LayerNorms:
    """Sums of squares of ``layers`` positive weights with product r = |x| > 0."""

    def __init__(self, layers: int) -> None:
        if layers < 2:
            raise ValueError("at least two layers are needed")
        self.layers = layers
        self.size = sympy.Symbol("r", positive=True)

    @cached_property
    def least(self) -> sympy.Expr:
        """L r^(2/L), the value at equal sizes."""
        n = self.layers
        each = self.size ** sympy.Rational(1, n)
        check_equal(each**n, self.size, "product of equal sizes")
        answer = n * self.size ** sympy.Rational(2, n)
        check_equal(n * each**2, answer, "sum of squares")
        return answer

    @cached_property
    def multiplier(self) -> sympy.Expr:
        """k in 2 w_i = k prod_{j != i} w_j at equal sizes."""
        each = self.size ** sympy.Rational(1, self.layers)
        k = 2 * each ** (2 - self.layers)
        check_equal(2 * each, k * each ** (self.layers - 1), "stationary point")
        return k

    def derivation(self) -> Derivation:
        steps = Derivation(f"The least sum of squares of {self.layers} layers with product r > 0")
        steps = steps.then("multiplier of the constraint at equal sizes", "k", self.multiplier)
        return steps.then("inequality of the means, with equality at equal sizes", "min sum w_i^2", self.least)


class TwoLayerStart:
    """m0 = (v + c/v)/sqrt(2), w0 = (v - c/v)/sqrt(2) with v^2 = x + sqrt(x^2 + c^2): product x, balance 2 c."""

    def __init__(self) -> None:
        self.x = sympy.Symbol("x", real=True)
        self.c = sympy.Symbol("c", positive=True)
        self.root = sympy.Symbol("s", positive=True)  # sqrt(x^2 + c^2)

    def _reduced(self, expression: sympy.Expr) -> sympy.Expr:
        """The expression with s^2 replaced by x^2 + c^2 in its numerator."""
        numerator, denominator = sympy.fraction(sympy.together(expression))
        rest = sympy.rem(sympy.expand(numerator), self.root**2 - self.x**2 - self.c**2, self.root)
        return sympy.expand(rest) / denominator

    @cached_property
    def product(self) -> sympy.Expr:
        """m0 w0 = (v^2 - c^2/v^2)/2 = x."""
        square = self.x + self.root
        difference = (square - self.c**2 / square) / 2 - self.x
        check_equal(self._reduced(difference), sympy.Integer(0), "product")
        return self.x

    @cached_property
    def balance(self) -> sympy.Expr:
        """m0^2 - w0^2 = 2 v (c/v) = 2 c."""
        v = sympy.Symbol("v", positive=True)
        found = ((v + self.c / v) ** 2 - (v - self.c / v) ** 2) / 2
        check_equal(found, 2 * self.c, "balance")
        return 2 * self.c

    @cached_property
    def expansion(self) -> tuple[sympy.Expr, sympy.Expr]:
        """(m0, w0) up to o(x^2) at c = 1/2: (1 + x^2/2, x), of which product and balance are right up to o(x^2).

        The pair is positive in its first entry, so that product and balance determine it.
        """
        found = 1 + self.x**2 / 2, self.x
        rest = (found[0] * found[1] - self.x, found[0] ** 2 - found[1] ** 2 - 1)
        for what, gap in zip(("product", "balance"), rest, strict=True):
            for order in range(3):
                check_equal(
                    sympy.diff(gap, self.x, order).subs(self.x, 0), sympy.Integer(0), f"{what} to order {order}"
                )
        return found

    def derivation(self) -> Derivation:
        steps = Derivation("A start of two layers with a given product")
        steps = steps.then("v^2 - c^2/v^2 = 2 x", "m0*w0", self.product, "c > 0")
        steps = steps.then("(a + b)^2 - (a - b)^2 = 4 a b", "m0^2 - w0^2", self.balance, "c > 0")
        for name, value in zip(("m0", "w0"), self.expansion, strict=True):
            steps = steps.then("right product and balance up to o(x^2)", name, value, "c = 1/2, x near 0")
        return steps


class DeepStart:
    """w_1 = x and w_i = 1 for the other layers: product x, and each of the others is balanced with the first by
    1 - |x|^q, which for small x is that of TwoLayerStart at c = 1/2 up to o(x^2) at q = 2, 1 - x^2.
    """

    def __init__(self, layers: int) -> None:
        if layers < 2:
            raise ValueError("at least two layers are needed")
        self.layers = layers
        self.x = sympy.Symbol("x", real=True)

    @cached_property
    def weights(self) -> list[sympy.Expr]:
        found = [self.x, *(sympy.Integer(1) for _ in range(self.layers - 1))]
        check_equal(sympy.Mul(*found), self.x, "product")
        return found

    @cached_property
    def distance(self) -> tuple[sympy.Expr, sympy.Expr]:
        """What the expansion of the start of two layers has beyond (1, x): (x^2/2, 0)."""
        m0, w0 = TwoLayerStart().expansion
        return sympy.expand(m0 - self.weights[1]), sympy.expand(w0 - self.weights[0])

    def derivation(self) -> Derivation:
        steps = Derivation(f"A start of {self.layers} layers with the product x")
        steps = steps.then("one layer holds x", "(w_1, ..., w_L)", sympy.Tuple(*self.weights))
        return steps.then("minus (w_2, w_1)", "expansion of (m0, w0)", sympy.Tuple(*self.distance), "c = 1/2, x near 0")

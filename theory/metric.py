"""The inverse metric of a deep diagonal network x = w_1 ... w_L under steepest descent.

Each weight moves with ``w_i' = -spow(f'(x) prod_{j != i} w_j, q - 1)``, so that by the chain rule
``x' = -M spow(f'(x), q - 1)`` with ``M = sum_i prod_{j != i} |w_j|^q``. On the balance ``|w_j|^q = |w_1|^q + lam``
(j != 1) M is a function of ``z = |w_1|^q``, and of x through ``|x|^q = z (z + lam)^(L-1)``.
"""

from __future__ import annotations

from functools import cached_property

import sympy

from theory.derivation import Derivation
from theory.vanishing import check_equal

z = sympy.Symbol("z", nonnegative=True)
lam = sympy.Symbol("lam", positive=True)
q = sympy.Symbol("q", positive=True)
x = sympy.Symbol("x", real=True)


class InverseMetric:
    """M for a given number of layers ``layers >= 2`` (an integer) or, with a symbol, by the closed form."""

    def __init__(self, layers: int | sympy.Symbol) -> None:
        if isinstance(layers, int) and layers < 2:
            raise ValueError("a deep diagonal network has at least two layers")
        self.layers = layers

    @cached_property
    def in_weights(self) -> sympy.Expr:
        """sum_i prod_{j != i} |w_j|^q for a number of layers that is given."""
        if not isinstance(self.layers, int):
            raise TypeError("the sum over the weights needs a number of layers")
        powers = [sympy.Abs(w) ** q for w in weights(self.layers)]
        return sympy.Add(*(sympy.Mul(*(p for j, p in enumerate(powers) if j != i)) for i in range(self.layers)))

    @cached_property
    def in_first_layer(self) -> sympy.Expr:
        """M in terms of z = |w_1|^q: (z + lam)^(L-1) + (L-1) z (z + lam)^(L-2).

        For a given L it is summed from the weights; the closed form of a symbolic L is checked against L = 2, ..., 6.
        """
        if isinstance(self.layers, int):
            ws = weights(self.layers)
            balance = {sympy.Abs(w) ** q: z + lam for w in ws[1:]} | {sympy.Abs(ws[0]) ** q: z}
            return self.in_weights.xreplace(balance)
        for n in range(2, 7):
            check_equal(closed_form(sympy.Integer(n)), InverseMetric(n).in_first_layer, f"closed form at L = {n}")
        return closed_form(self.layers)

    @cached_property
    def size_of_x(self) -> sympy.Expr:
        """|x|^q = z (z + lam)^(L-1)."""
        return z * (z + lam) ** (self.layers - 1)

    @cached_property
    def in_x(self) -> sympy.Expr:
        """M(x) in closed form; for two layers alone: sqrt(4 |x|^q + lam^2)."""
        if self.layers != 2:
            raise NotImplementedError("|x|^q = z (z + lam)^(L-1) is solved in closed form for two layers alone")
        root = first_layer_of_two()
        value = sympy.expand(self.in_first_layer.xreplace({z: root}))
        answer = sympy.sqrt(4 * sympy.Abs(x) ** q + lam**2)
        check_equal(value, answer, "metric of two layers")
        return answer

    @cached_property
    def at_zero_balance(self) -> sympy.Expr:
        """M at lam = 0: L |x|^m with the metric exponent m = q (L-1)/L."""
        n = sympy.sympify(self.layers)
        size = sympy.Symbol("r", positive=True)  # |x|
        start = self.in_first_layer.subs(lam, 0).subs(z, size ** (q / n))
        answer = n * size ** metric_exponent(n)
        check_equal(start, answer, "metric at zero balance")
        return answer.xreplace({size: sympy.Abs(x)})

    @cached_property
    def coercivity(self) -> sympy.Expr:
        """min_x M = lam^(L-1), attained at x = 0: M rises with z, all of its terms do."""
        return self.in_first_layer.subs(z, 0)

    def derivation(self) -> Derivation:
        steps = Derivation(f"The inverse metric of {self.layers} layers")
        if isinstance(self.layers, int):
            steps = steps.then("chain rule", "M", self.in_weights, "x != 0 or q > 1")
        balanced = "|w_j|^q = z + lam for j != 1"
        steps = steps.then("balance", "M", self.in_first_layer, balanced)
        steps = steps.then("product of the layers", "|x|^q", self.size_of_x, balanced)
        if self.layers == 2:
            steps = steps.then("sole nonnegative root", "z", first_layer_of_two(), "lam > 0")
            steps = steps.then("substitute", "M(x)", self.in_x)
        steps = steps.then("lam = 0, z = |x|^(q/L)", "M(x)", self.at_zero_balance, "lam = 0", sympy.Ne(x, 0))
        return steps.then("z = 0", "min M", self.coercivity, "lam > 0")


def weights(layers: int) -> list[sympy.Symbol]:
    return [sympy.Symbol(f"w{i}", real=True) for i in range(1, layers + 1)]


def closed_form(layers: sympy.Expr) -> sympy.Expr:
    return (z + lam) ** (layers - 1) + (layers - 1) * z * (z + lam) ** (layers - 2)


def metric_exponent(layers: sympy.Expr) -> sympy.Expr:
    """m = q (L-1)/L: the power of |x| in M for large |x|, or for every x at lam = 0."""
    return q * (layers - 1) / layers


def first_layer_of_two() -> sympy.Expr:
    """z(x) for two layers: the root (-lam + sqrt(lam^2 + 4 |x|^q))/2 of z (z + lam) = |x|^q, substituted back."""
    root = (-lam + sympy.sqrt(lam**2 + 4 * sympy.Abs(x) ** q)) / 2
    check_equal(root * (root + lam), sympy.Abs(x) ** q, "root of the quadratic")
    return root

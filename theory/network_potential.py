"""The mirror potential of a balanced deep diagonal network at zero balance.

At lam = 0 the inverse metric is ``L |x|^m`` with m = q (L-1)/L, so that on the orthant of the start x0

- m = 1: ``R = (|x| log|x| - |x| - |x| log|x0|)/L``,
- m = 2: ``R = -log|x|/L + x/(L x0)``,
- else: ``R = (|x|^(2-m)/(2-m) - x x0 |x0|^(-m)) / (L (1-m))``,

each with ``R''(x) = 1/(L |x|^m)`` and ``R'(x0) = 0``, which is checked by differentiation on both orthants.
"""

from __future__ import annotations

from functools import cached_property

import sympy

from theory import orthants
from theory.derivation import Derivation
from theory.potentials import MirrorPotential
from theory.vanishing import check_equal

x = sympy.Symbol("x", real=True)
x0 = sympy.Symbol("x0", real=True, nonzero=True)


class NetworkPotential:
    """R for ``layers`` layers (a number or a symbol) and the metric exponent m = q (L-1)/L, given as an expression."""

    def __init__(self, layers: sympy.Expr | int, exponent: sympy.Expr | int) -> None:
        self.layers = sympy.sympify(layers)
        self.exponent = sympy.sympify(exponent)

    @cached_property
    def potential(self) -> MirrorPotential:
        """R as an expression in x with the start x0, for x and x0 of the same sign."""
        n, m = self.layers, self.exponent
        size = sympy.Abs(x)
        if m == 1:
            expression = (size * sympy.log(size) - size - size * sympy.log(sympy.Abs(x0))) / n
        elif m == 2:
            expression = (-sympy.log(size) + x / x0) / n
        else:
            expression = (size ** (2 - m) / (2 - m) - x * x0 * sympy.Abs(x0) ** (-m)) / (n * (1 - m))
        self._check(expression)
        return MirrorPotential(expression, x)

    def _check(self, expression: sympy.Expr) -> None:
        t0 = sympy.Symbol("x0_t", positive=True)
        for side in (1, -1):
            on_orthant, t = orthants.branch(expression.subs(x0, side * t0), x, side)
            slope = side * sympy.diff(on_orthant, t)
            curvature = side * sympy.diff(slope, t)
            check_equal(curvature, 1 / (self.layers * t**self.exponent), f"R'' on the orthant of sign {side}")
            check_equal(slope.subs(t, t0), sympy.Integer(0), f"R'(x0) on the orthant of sign {side}")

    def derivation(self) -> Derivation:
        n, m = self.layers, self.exponent
        same = "x x0 > 0"
        steps = Derivation(f"The potential of {n} layers at zero balance, metric exponent {m}")
        steps = steps.then("reciprocal of the inverse metric", "R''(x)", 1 / (n * sympy.Abs(x) ** m), sympy.Ne(x, 0))
        steps = steps.then(
            "integrate twice with R'(x0) = 0; differentiated back", "R(x)", self.potential.potential, same
        )
        return steps.then("differentiate", "R'(x)", self.potential.gradient, same)


def hyperbolic_entropy(lam: sympy.Symbol, m0: sympy.Symbol, w0: sympy.Symbol) -> MirrorPotential:
    """The potential of two layers under gradient flow on the balance ``m^2 - w^2 = lam > 0``, x = m w.

    The speed of x is m^2 + w^2 = sqrt(4 x^2 + lam^2), so R'' = 1/sqrt(4 x^2 + lam^2) and, with R' = 0 at the start,
    ``R = (x asinh(2 x/lam) - sqrt(x^2 + lam^2/4) - x log((m0 + w0)/(m0 - w0)))/2``.
    """
    expression = (
        x * sympy.asinh(2 * x / lam) - sympy.sqrt(4 * x**2 + lam**2) / 2 - x * sympy.log((m0 + w0) / (m0 - w0))
    ) / 2
    found = MirrorPotential(expression, x)
    check_equal(sympy.diff(expression, x, 2), 1 / sympy.sqrt(4 * x**2 + lam**2), "R'' of the hyperbolic entropy")
    return found

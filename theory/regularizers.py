"""The on-manifold regularizer: what weight decay looks like in the geometry of a mirror potential.

A penalty h that acts on x as -h'(x) enters the flow of R' as -R'' h' = -M', so that ``M(x) = integral of R'' h'``.
For the deep diagonal network at zero balance R'' = 1/(L |x|^m), and decay of the weights acts as h' = L x.
"""

from __future__ import annotations

from functools import cached_property

import sympy

from theory import orthants
from theory.derivation import Derivation
from theory.vanishing import check_equal

x = sympy.Symbol("x", real=True)


class OnManifoldRegularizer:
    """M for decoupled decay and the metric exponent m (an expression); it does not depend on the depth otherwise."""

    def __init__(self, layers: sympy.Expr | int, exponent: sympy.Expr | int) -> None:
        self.layers = sympy.sympify(layers)
        self.exponent = sympy.sympify(exponent)

    @cached_property
    def slope(self) -> sympy.Expr:
        """M' = R'' h' = x |x|^(-m), for x != 0."""
        metric = 1 / (self.layers * sympy.Abs(x) ** self.exponent)
        return metric * (self.layers * x)

    @cached_property
    def regularizer(self) -> sympy.Expr:
        """M = |x|^(2-m)/(2-m), or log|x| at m = 2; differentiated back on both half-lines."""
        m = self.exponent
        answer = sympy.log(sympy.Abs(x)) if m == 2 else sympy.Abs(x) ** (2 - m) / (2 - m)
        for side in (1, -1):
            value, t = orthants.branch(answer, x, side)
            slope, _ = orthants.branch(self.slope, x, side)
            check_equal(side * sympy.diff(value, t), slope, f"M' for the sign {side} of x")
        return answer

    def derivation(self) -> Derivation:
        m = self.exponent
        steps = Derivation(f"The on-manifold regularizer of {self.layers} layers, metric exponent {m}")
        steps = steps.then("R'' h' with h' = L x", "M'(x)", self.slope, sympy.Ne(x, 0))
        condition = sympy.Ne(m, 2) if m != 2 else sympy.true
        return steps.then("antiderivative; differentiated back", "M(x)", self.regularizer, condition, sympy.Ne(x, 0))

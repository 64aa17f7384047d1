"""Steepest flows: descent along the direction that is steepest for the L_p norm.

With 1/p + 1/q = 1 the direction for a gradient u is ``-spow(u, q - 1) = -sign(u) |u|^(q-1)``, coordinate by coordinate;
q = 2 is gradient flow, q = 1 sign flow.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy

from theory.derivation import Derivation
from theory.vanishing import check_equal


def power(u: sympy.Expr, r: sympy.Expr) -> sympy.Expr:
    """spow(u, r) = sign(u) |u|^r."""
    return sympy.sign(u) * sympy.Abs(u) ** r


@dataclass(frozen=True)
class SteepestFlow:
    """x' = -spow(f'(x), q - 1)/R''(x): the flow of f for the index q in the metric R'' (1 where there is none)."""

    objective: sympy.Expr
    x: sympy.Symbol
    q: sympy.Expr
    hessian: sympy.Expr = sympy.S.One

    @property
    def velocity(self) -> sympy.Expr:
        return -power(sympy.diff(self.objective, self.x), self.q - 1) / self.hessian

    @property
    def descent(self) -> sympy.Expr:
        """df/dt = -|f'|^q/R'', from f' * x' on each sign of f'."""
        slope = sympy.diff(self.objective, self.x)
        size = sympy.Symbol("G", positive=True)
        for s in (1, -1):
            product = s * size * (-s * size ** (self.q - 1))
            check_equal(product, -(size**self.q), "descent")
        return -(sympy.Abs(slope) ** self.q) / self.hessian

    def derivation(self) -> Derivation:
        steps = Derivation(f"Descent of {self.objective} along its steepest flow")
        steps = steps.then("steepest direction", f"{self.x}'", self.velocity)
        return steps.then("chain rule", "df/dt", self.descent)

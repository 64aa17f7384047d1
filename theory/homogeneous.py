"""Homogeneous two-layer networks under mirror flow, and the balance of their layers.

f = sum_j a_j sigma(w_j) with sigma homogeneous of degree k has a_j df/da_j = sigma-term and w_j df/dw_j = k times it.
Along d R'(theta)/dt = -dL/dtheta, the dual potential D(theta) = R*(R'(theta)) moves at the rate
theta dR'(theta)/dt = -theta dL/dtheta, since D'(theta) = theta R''(theta).
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy

from theory.derivation import Derivation
from theory.potentials import MirrorPotential
from theory.vanishing import check_equal


@dataclass(frozen=True)
class TwoLayerNet:
    """sum_j a_j w_j^degree, with width hidden neurons (weights positive where the degree is not one)."""

    width: int
    degree: int = 1

    @property
    def outer(self) -> tuple[sympy.Symbol, ...]:
        return tuple(sympy.Symbol(f"a{j}", real=True) for j in range(1, self.width + 1))

    @property
    def inner(self) -> tuple[sympy.Symbol, ...]:
        return tuple(sympy.Symbol(f"w{j}", real=True) for j in range(1, self.width + 1))

    @property
    def output(self) -> sympy.Expr:
        return sum((a * w**self.degree for a, w in zip(self.outer, self.inner, strict=True)), sympy.Integer(0))

    def flow(self, potential: MirrorPotential, slope: sympy.Expr) -> dict[sympy.Symbol, sympy.Expr]:
        """theta' = -(1/R''(theta)) * slope * df/dtheta for every weight; slope is dL/df."""
        speed, x = potential.inverse_metric, potential.x
        return {s: -speed.subs(x, s) * slope * sympy.diff(self.output, s) for s in (*self.outer, *self.inner)}

    def balance(self, potential: MirrorPotential) -> sympy.Expr:
        """sum_j D(a_j) - sum_j D(w_j), the difference of the layers' dual potentials."""
        dual, x = potential.dual_at_gradient, potential.x
        return sum(
            (dual.subs(x, a) - dual.subs(x, w) for a, w in zip(self.outer, self.inner, strict=True)), sympy.Integer(0)
        )

    def rate(self, slope: sympy.Expr) -> sympy.Expr:
        """d(balance)/dt = -slope * sum_j (a_j df/da_j - w_j df/dw_j), by Euler's identity."""
        pairs = zip(self.outer, self.inner, strict=True)
        euler = [a * sympy.diff(self.output, a) - w * sympy.diff(self.output, w) for a, w in pairs]
        result = sympy.expand(-slope * sum(euler, sympy.Integer(0)))
        check_equal(result, sympy.expand(-slope * (1 - self.degree) * self.output), "rate of the balance")
        return result

    def derivation(self, potential: MirrorPotential, slope: sympy.Expr) -> Derivation:
        steps = Derivation(f"Balance of the layers of {self.output}")
        for s, rhs in self.flow(potential, slope).items():
            steps = steps.then("mirror flow", f"d{s}/dt", rhs)
        return steps.then("chain rule and Euler's identity", "d(balance)/dt", self.rate(slope))

"""Homogeneous networks under mirror flow, two layers of any width or a chain of any depth, and their balances.

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


@dataclass(frozen=True)
class Chain:
    """w_1 sigma_1(w_2 sigma_2(... w_L)), one weight a layer, all weights positive; sigma_j(s) = s^k_j.

    degrees: k_1, ..., k_{L-1}. In the weight of layer i the function has the degree k_1 ... k_{i-1}, so that it is
    homogeneous in all weights together of the degree 1 + k_1 + k_1 k_2 + ..., which is L where every k_j is one.
    """

    degrees: tuple[sympy.Expr, ...]

    @property
    def weights(self) -> tuple[sympy.Symbol, ...]:
        return tuple(sympy.Symbol(f"w{i}", positive=True) for i in range(1, len(self.degrees) + 2))

    @property
    def output(self) -> sympy.Expr:
        *outer, inner = self.weights
        value: sympy.Expr = inner
        for w, k in zip(reversed(outer), reversed(self.degrees), strict=True):
            value = w * value**k
        return value

    @property
    def degrees_of_layers(self) -> tuple[sympy.Expr, ...]:
        """The degree of the output in each layer's weight, by Euler's identity."""
        found = []
        for i, w in enumerate(self.weights):
            degree = sympy.prod(self.degrees[:i])
            check_equal(w * sympy.diff(self.output, w), degree * self.output, f"degree in {w}")
            found.append(degree)
        return tuple(found)

    @property
    def degree(self) -> sympy.Expr:
        """The degree in all weights together."""
        return sympy.Add(*self.degrees_of_layers)

    def conserved(self, i: int) -> tuple[sympy.Expr, sympy.Expr]:
        """(a, b) such that a D_i - b D_{i+1} is constant along mirror flow, i counted from 1."""
        if not 1 <= i <= len(self.degrees):
            raise ValueError("adjacent layers i and i + 1 are needed")
        here, there = self.degrees_of_layers[i - 1], self.degrees_of_layers[i]
        return there / here, sympy.Integer(1)

    def derivation(self, slope: sympy.Expr) -> Derivation:
        steps = Derivation(f"Balances of the layers of {self.output}")
        for w, k in zip(self.weights, self.degrees_of_layers, strict=True):
            steps = steps.then("D' = -w df/dw times the slope", f"dD({w})/dt", -slope * k * self.output)
        for i in range(1, len(self.weights)):
            a, b = self.conserved(i)
            steps = steps.then("subtract", f"d({a}*D({self.weights[i - 1]}) - {b}*D({self.weights[i]}))/dt", "0")
        return steps

"""The exponential loss sum_i exp(-q_i) of outputs q_i that are homogeneous of degree L in the weights.

With Euler's identity <theta, dq_i/dtheta> = L q_i, the loss F has -<theta, dF/dtheta> = L sum_i exp(-q_i) q_i; for the
least output q this is at least L q F, and q >= log(1/F) since exp(-q) <= F.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy

from theory.derivation import Derivation
from theory.vanishing import check_equal


@dataclass(frozen=True)
class ExponentialLoss:
    """The loss of ``samples`` outputs of degree ``layers``; at scale s the outputs are s^L times those at scale one."""

    samples: int
    layers: sympy.Expr

    @property
    def outputs(self) -> tuple[sympy.Symbol, ...]:
        return tuple(sympy.Symbol(f"q{i}", real=True) for i in range(1, self.samples + 1))

    @property
    def value(self) -> sympy.Expr:
        """F = sum_i exp(-q_i)."""
        return sympy.Add(*(sympy.exp(-q) for q in self.outputs))

    @property
    def radial_slope(self) -> sympy.Expr:
        """-<theta, dF/dtheta> = L sum_i exp(-q_i) q_i, by differentiating along the ray s theta at s = 1."""
        s = sympy.Symbol("s", positive=True)
        scaled = self.value.xreplace({q: s**self.layers * q for q in self.outputs})
        answer = self.layers * sympy.Add(*(sympy.exp(-q) * q for q in self.outputs))
        check_equal(sympy.expand(-sympy.diff(scaled, s).subs(s, 1)), sympy.expand(answer), "slope along the ray")
        return answer

    @property
    def excess(self) -> sympy.Expr:
        """L sum_i exp(-q_i) (q_i - q_1), what the slope has over L q_1 F: nonnegative where q_1 is the least output."""
        first = self.outputs[0]
        answer = self.layers * sympy.Add(*(sympy.exp(-q) * (q - first) for q in self.outputs))
        check_equal(sympy.expand(self.radial_slope - self.layers * first * self.value), sympy.expand(answer), "excess")
        return answer

    def derivation(self) -> Derivation:
        q = self.outputs[0]
        steps = Derivation(f"The exponential loss of {self.samples} samples")
        steps = steps.then("definition", "F", self.value)
        steps = steps.then("Euler's identity, along the ray", "-<theta, dF/dtheta>", self.radial_slope)
        steps = steps.then("subtract L q1 F", "excess", self.excess, f"{q} is the least output")
        return steps.then("one term is at most the sum: exp(-q1) <= F", "q1", ">= log(1/F)")

"""Monomials f = prod_i x_i^(a_i) of positive weights under mirror flow: their balances and the direction they keep.

By Euler, x_i df/dx_i = a_i f. So D(x) = R*(R'(x)), whose slope is x R''(x), moves at the rate a_i g f for every weight
(g the slope of the loss against f), and D(x_i)/a_i - D(x_j)/a_j rests. Where D has the degree alpha, the balance makes
x_i^alpha/a_i and x_j^alpha/a_j agree far out, and there the gradient of phi^2/2, phi^alpha = sum_i x_i^alpha, is a
multiple of that of f: the direction is one of a KKT point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sympy

from theory.derivation import Derivation
from theory.potentials import MirrorPotential
from theory.vanishing import check_equal

slope = sympy.Symbol("g", real=True)


@dataclass(frozen=True)
class Monomial:
    """The product of powers of positive weights with the given exponents, two at least."""

    exponents: Sequence[sympy.Expr]

    def __post_init__(self) -> None:
        if len(self.exponents) < 2:
            raise ValueError("a balance needs two weights")

    @property
    def weights(self) -> tuple[sympy.Symbol, ...]:
        return tuple(sympy.Symbol(f"x{i}", positive=True) for i in range(1, len(self.exponents) + 1))

    @property
    def output(self) -> sympy.Expr:
        return sympy.prod([x**a for x, a in zip(self.weights, self.exponents, strict=True)])

    @property
    def degree(self) -> sympy.Expr:
        """L, the sum of the exponents; each x_i df/dx_i is found equal to a_i f."""
        for x, a in zip(self.weights, self.exponents, strict=True):
            check_equal(x * sympy.diff(self.output, x), a * self.output, f"Euler's identity in {x}")
        return sympy.Add(*self.exponents)

    def dual_rate(self, potential: MirrorPotential, i: int) -> sympy.Expr:
        """dD(x_i)/dt = a_i g f along R''(x_i) x_i' = g df/dx_i, i counted from 1."""
        x, a = self.weights[i - 1], self.exponents[i - 1]
        dual, at = potential.dual_at_gradient, {potential.x: x}
        velocity = slope * sympy.diff(self.output, x) / potential.hessian.subs(at).doit()
        answer = a * slope * self.output
        check_equal(sympy.diff(dual.subs(at).doit(), x) * velocity, answer, f"rate of the conjugate at {x}")
        return answer

    def multiplier(self, alpha: sympy.Expr) -> sympy.Expr:
        """l with x_i d(phi^2/2)/dx_i = l a_i for all i where x_i^alpha = a_i s^alpha; phi^alpha = sum_i x_i^alpha."""
        s = sympy.Symbol("s", positive=True)
        horizon = sympy.Add(*(x**alpha for x in self.weights)) ** (1 / sympy.sympify(alpha))
        far = {x: a ** (1 / sympy.sympify(alpha)) * s for x, a in zip(self.weights, self.exponents, strict=True)}
        answer = s**2 * self.degree ** (2 / sympy.sympify(alpha) - 1)
        for x, a in zip(self.weights, self.exponents, strict=True):
            found = (x * sympy.diff(horizon**2 / 2, x)).subs(far)
            check_equal(sympy.powsimp(sympy.expand(sympy.powdenest(found / a))), answer, f"multiplier in {x}")
        return answer

    def derivation(self, potential: MirrorPotential) -> Derivation:
        steps = Derivation(f"The direction of {self.output} under R = {potential.potential}")
        steps = steps.then("Euler's identity", "x_i df/dx_i", "a_i f").then("add", "L", self.degree)
        for i, x in enumerate(self.weights, 1):
            steps = steps.then("D' = x R'' and the flow", f"dD({x})/dt", self.dual_rate(potential, i))
        first, second = self.weights[:2]
        a, b = self.exponents[:2]
        steps = steps.then("subtract", f"d(D({first})/({a}) - D({second})/({b}))/dt", sympy.Integer(0))
        alpha = potential.horizon_degree
        ratio = sympy.sympify(a / b) ** (1 / alpha)
        steps = steps.then("D of the degree alpha, both diverge", f"lim {first}/{second}", ratio)
        return steps.then("gradients at that direction", "multiplier of df", self.multiplier(alpha))

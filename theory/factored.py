"""x = u v under gradient flow, one coordinate: a mirror flow whose potential is a hyperbolic entropy.

``u' = -v g`` and ``v' = -u g`` keep u^2 - v^2 = c, and x = u v moves at the rate -(u^2 + v^2) g with
``u^2 + v^2 = sqrt(4 x^2 + c^2)``. So R'' = 1/sqrt(4 x^2 + c^2), the Hessian of E(2 x)/4 with the hyperbolic entropy
``E(y) = y asinh(y/c) - sqrt(y^2 + c^2)``, c > 0.
"""

from __future__ import annotations

from functools import cached_property

import sympy

from theory.derivation import Derivation
from theory.potentials import MirrorPotential
from theory.vanishing import check_equal

u, v, x = sympy.symbols("u v x", real=True)
slope = sympy.Symbol("g", real=True)


class Factored:
    """The product of two factors with the balance c > 0 (in the notation of the entropy, c = sqrt(lam))."""

    def __init__(self, balance: sympy.Expr) -> None:
        self.balance = sympy.sympify(balance)
        if self.balance.is_positive is not True:
            raise ValueError("the balance must be positive")

    @property
    def flow(self) -> dict[sympy.Symbol, sympy.Expr]:
        return {u: -v * slope, v: -u * slope}

    @cached_property
    def rate(self) -> sympy.Expr:
        """dx/dt = -(u^2 + v^2) g; the rate of u^2 - v^2 is checked to vanish."""
        along = self.flow
        check_equal(2 * u * along[u] - 2 * v * along[v], sympy.Integer(0), "rate of the balance")
        return sympy.expand(v * along[u] + u * along[v])

    @cached_property
    def inverse_metric(self) -> sympy.Expr:
        """sqrt(4 x^2 + c^2): its square is (u^2 - v^2)^2 + 4 (u v)^2."""
        check_equal((u**2 + v**2) ** 2, (u**2 - v**2) ** 2 + 4 * (u * v) ** 2, "square of the sum")
        return sympy.sqrt(4 * x**2 + self.balance**2)

    @cached_property
    def potential(self) -> MirrorPotential:
        """E(2 x)/4; its Hessian is checked."""
        y = 2 * x
        entropy = y * sympy.asinh(y / self.balance) - sympy.sqrt(y**2 + self.balance**2)
        found = MirrorPotential(entropy / 4, x)
        check_equal(found.hessian**2, 1 / self.inverse_metric**2, "Hessian of the potential")
        return found

    @cached_property
    def squared_norm_ratio(self) -> sympy.Expr:
        """lim (u^2 + v^2)/|x| for |x| -> oo: two."""
        t = sympy.Symbol("t", positive=True)
        value = sympy.limit(self.inverse_metric.subs(x, t) / t, t, sympy.oo)
        check_equal(self.inverse_metric.subs(x, t) ** 2 - (2 * t) ** 2, self.balance**2, "excess over 2 |x|")
        return value

    def derivation(self) -> Derivation:
        steps = Derivation("x = u v under gradient flow")
        steps = steps.then("product rule", "dx/dt", self.rate)
        steps = steps.then("square of the sum, u^2 - v^2 = c", "u^2 + v^2", self.inverse_metric)
        steps = steps.then("integrate twice, differentiated back", "R(x)", self.potential.potential)
        return steps.then("its excess over 2 |x| is bounded", "lim (u^2 + v^2)/|x|", self.squared_norm_ratio)

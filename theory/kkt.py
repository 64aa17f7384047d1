"""Karush-Kuhn-Tucker points of the margin problem ``min phi^2/2 subject to q_i >= 1``, exact and approximate.

A point is one where ``phi dphi = sum_i l_i dq_i`` with l_i >= 0 and ``l_i (q_i - 1) = 0``. It is looked at where phi
and the q_i are differentiable; phi is homogeneous of degree one and every q_i of the degree L.

Along mirror flow, with D = R*(R') of degree alpha, H = R'', h = theta', m = |theta|, s = |h| (norms in the metric H)
and the least output q, the point theta/q^(1/L) satisfies the conditions approximately, with the vector
``zeta = (alpha D)^(2/alpha - 1) H theta/q^(1/L)`` in place of phi dphi and with the multipliers
``l_i = (alpha D)^(2/alpha - 1) q^(1 - 2/L) (m/s) exp(-q_i)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import sympy

from theory.derivation import Derivation
from theory.vanishing import check_equal, vanishes

dual, output, margin = sympy.symbols("D q g", positive=True)
radius, speed = sympy.symbols("m s", positive=True)  # |theta| and |theta'| in the metric R''
curvature = sympy.Symbol("mu", positive=True)  # an upper bound of R''
cosine = sympy.Symbol("b", real=True)  # of the angle between theta and theta', in the metric R''
samples = sympy.Symbol("K", positive=True)
loss_log = sympy.Symbol("z", positive=True)  # log(1/loss)


@dataclass(frozen=True)
class MarginProblem:
    """The problem in the given coordinates, on a region where all the functions are differentiable."""

    horizon: sympy.Expr
    outputs: Sequence[sympy.Expr]
    coordinates: Sequence[sympy.Symbol]

    @cached_property
    def gradient(self) -> list[sympy.Expr]:
        """phi dphi"""
        return [sympy.diff(self.horizon**2 / 2, x) for x in self.coordinates]

    def residual(self, multipliers: Sequence[sympy.Expr]) -> list[sympy.Expr]:
        """phi dphi - sum_i l_i dq_i"""
        pairs = list(zip(multipliers, self.outputs, strict=True))
        return [
            slope - sum((m * sympy.diff(q, x) for m, q in pairs), sympy.Integer(0))
            for slope, x in zip(self.gradient, self.coordinates, strict=True)
        ]

    def is_kkt(self, point: Sequence[sympy.Expr], multipliers: Sequence[sympy.Expr]) -> bool | None:
        """Whether the point is one with these multipliers; None where undecided."""
        at = dict(zip(self.coordinates, point, strict=True))
        levels = [q.subs(at) - 1 for q in self.outputs]
        products = [m * level for m, level in zip(multipliers, levels, strict=True)]
        zero = [*(r.subs(at) for r in self.residual(multipliers)), *products]
        signs = [sympy.sympify(e).is_nonnegative for e in (*levels, *multipliers)]
        answers = [vanishes(sympy.sympify(e)) for e in zero]
        if False in answers or False in signs:
            return False
        return True if all(a is True for a in (*answers, *signs)) else None

    def degree(self, output_: sympy.Expr) -> sympy.Expr | None:
        """L with sum_i x_i dq/dx_i = L q, or None where q is not homogeneous."""
        radial = sum((x * sympy.diff(output_, x) for x in self.coordinates), sympy.Integer(0))
        quotient = sympy.cancel(sympy.powsimp(sympy.expand(radial / output_)))
        return None if quotient.free_symbols & set(self.coordinates) else quotient

    def derivation(self, multipliers: Sequence[sympy.Expr]) -> Derivation:
        steps = Derivation(f"The conditions for a minimum of {self.horizon}")
        for x, slope in zip(self.coordinates, self.gradient, strict=True):
            steps = steps.then("differentiate phi^2/2", f"phi dphi/d{x}", slope)
        for x, rest in zip(self.coordinates, self.residual(multipliers), strict=True):
            steps = steps.then("subtract the multiples of dq_i", f"residual in {x}", rest)
        return steps


@dataclass(frozen=True)
class ApproximatePoint:
    """theta/q^(1/L) as an approximate point, for outputs of the degree ``layers`` and a conjugate of degree alpha."""

    layers: sympy.Expr
    alpha: sympy.Expr

    @property
    def scale(self) -> sympy.Expr:
        """(alpha D)^(2/alpha - 1)"""
        return (self.alpha * dual) ** (2 / sympy.sympify(self.alpha) - 1)

    @property
    def least_power(self) -> sympy.Expr:
        """(g (alpha D)^(L/alpha))^(-2/L), at least q^(-2/L)."""
        degree = sympy.sympify(self.layers)
        return (margin * (self.alpha * dual) ** (degree / self.alpha)) ** (-2 / degree)

    @property
    def multiplier(self) -> sympy.Expr:
        """The factor of exp(-q_i) in l_i."""
        return self.scale * output ** (1 - 2 / sympy.sympify(self.layers)) * radius / speed

    @cached_property
    def residual_factor(self) -> sympy.Expr:
        """zeta - sum_i l_i h~_i is this times H theta - (m/s) H h; h~_i = h_i/q^(1 - 1/L), H h = sum_i exp(-q_i)
        h_i."""
        factor = self.scale / output ** (1 / sympy.sympify(self.layers))
        lifted = self.multiplier / output ** (1 - 1 / sympy.sympify(self.layers))
        check_equal(lifted, factor * radius / speed, "multiples of the gradients")
        return factor

    @cached_property
    def stationarity(self) -> sympy.Expr:
        """2 mu (alpha D)^(2/alpha - 1) (1 - b)/g^(2/L), a bound of the square of the residual.

        |H u|_2^2 <= mu |u|^2 and |theta/m - h/s|^2 = 2 - 2 b in the metric, m^2 <= alpha D, q >= g (alpha D)^(L/alpha).
        """
        squared = self.scale**2 * self.least_power * (self.alpha * dual) * curvature * 2 * (1 - cosine)
        answer = 2 * curvature * self.scale * (1 - cosine) / margin ** (2 / sympy.sympify(self.layers))
        check_equal(sympy.expand(sympy.powdenest(squared)), sympy.expand(sympy.powdenest(answer)), "square")
        return answer

    @cached_property
    def slackness(self) -> sympy.Expr:
        """(K - 1)/(e L g^(2/L) log(1/loss)), a bound of sum_i l_i (q_i/q - 1).

        s >= L nu/m, nu >= exp(-q) log(1/loss) and u exp(-u) <= 1/e; the least output adds nothing.
        """
        bound = self.scale * self.least_power * (self.alpha * dual) / (self.layers * loss_log) * (samples - 1) / sympy.E
        answer = (samples - 1) / (sympy.E * self.layers * margin ** (2 / sympy.sympify(self.layers)) * loss_log)
        check_equal(sympy.powdenest(bound), sympy.powdenest(answer), "sum of the products")
        return answer

    def derivation(self) -> Derivation:
        steps = Derivation("How nearly the flow satisfies the conditions")
        rest = "times H theta - (m/s) H h"
        steps = steps.then("put the multipliers in", "zeta - sum l_i h_i", self.residual_factor, rest)
        steps = steps.then("bounds of H, m and q", "square of the residual, at most", self.stationarity)
        return steps.then("Euler and u exp(-u) <= 1/e", "sum l_i (q_i - 1), at most", self.slackness)

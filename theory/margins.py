"""Margins normalised by the conjugate: the Q-margin, its soft form, and their layerwise form.

For f homogeneous of degree L and D = R*(R') of degree alpha, the normalizer is (alpha D)^(L/alpha); the Q-margin is
the least output y_i f(x_i) over it, the soft margin log(1/loss) over it with the exponential loss sum_i exp(-q_i).
Since exp(-q_min) <= loss <= K exp(-q_min), the soft margin lies at most log K over the normalizer below the margin.

Along the flow the loss falls at the rate v = |theta'|^2 and D grows at the rate u = <theta, d R'/dt>, both norms and
products in the metric R''. With m = |theta|^2 the part of v along theta is u^2/m, and what is left, T = v - u^2/m, is
nonnegative by Cauchy and Schwarz.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import sympy

from theory.derivation import Derivation
from theory.vanishing import check_equal

t = sympy.Symbol("t", positive=True)
dual = sympy.Symbol("D", positive=True)
loss = sympy.Symbol("loss", positive=True)
speed, growth, radius = sympy.symbols("v u m", positive=True)  # |theta'|^2, <theta, dR'/dt>, |theta|^2
tangential = sympy.Symbol("T", nonnegative=True)
output = sympy.Symbol("q", real=True)


@dataclass(frozen=True)
class QMargin:
    """The margin of a function of degree ``layers`` under a potential whose conjugate has the degree ``alpha``."""

    layers: sympy.Expr
    alpha: sympy.Expr

    @property
    def normalizer(self) -> sympy.Expr:
        """(alpha D)^(L/alpha)."""
        return (self.alpha * dual) ** (self.layers / self.alpha)

    def hard(self, output: sympy.Expr) -> sympy.Expr:
        """The margin of one sample with the output q."""
        return output / self.normalizer

    @property
    def soft(self) -> sympy.Expr:
        """log(1/loss)/normalizer."""
        return -sympy.log(loss) / self.normalizer

    def gap(self, samples: sympy.Expr) -> sympy.Expr:
        """log K over the normalizer, the most by which the soft margin lies below the margin."""
        return sympy.log(samples) / self.normalizer

    @cached_property
    def log_rate(self) -> sympy.Expr:
        """d log(soft)/dt = v/(loss log(1/loss)) - (L/alpha) u/D where loss' = -v and D' = u."""
        falling, rising = sympy.Function("F")(t), sympy.Function("E")(t)
        moved = sympy.log(-sympy.log(falling)) - self.layers / self.alpha * sympy.log(self.alpha * rising)
        rate = sympy.diff(moved, t).subs({sympy.diff(falling, t): -speed, sympy.diff(rising, t): growth})
        rate = rate.subs({falling: loss, rising: dual})
        answer = speed / self.entropy - self.layers / self.alpha * growth / dual
        check_equal(sympy.expand(rate), sympy.expand(answer), "rate of the soft margin")
        return answer

    @property
    def entropy(self) -> sympy.Expr:
        """nu = loss log(1/loss)."""
        return -loss * sympy.log(loss)

    @cached_property
    def split_rate(self) -> sympy.Expr:
        """T/nu + (u/(alpha D)) (alpha D u/(nu m) - L), the log-rate with v = T + u^2/m put in."""
        nu = sympy.Symbol("nu", positive=True)
        radial = growth / (self.alpha * dual) * (self.alpha * dual * growth / (nu * radius) - self.layers)
        answer = tangential / nu + radial
        start = self.log_rate.subs(self.entropy, nu).subs(speed, tangential + growth**2 / radius)
        check_equal(sympy.expand(start), sympy.expand(answer), "split of the log-rate")
        return answer

    def derivation(self) -> Derivation:
        steps = Derivation("The soft margin along the flow")
        steps = steps.then("definition", "soft margin", self.soft)
        steps = steps.then("logarithmic derivative, loss' = -v, D' = u", "d log(soft)/dt", self.log_rate)
        steps = steps.then("v = T + u^2/m", "d log(soft)/dt", self.split_rate)
        return steps.then("u >= L nu and alpha D >= m, both brackets are nonnegative", "d log(soft)/dt", ">= T/nu")


@dataclass(frozen=True)
class LayerwiseQMargin:
    """The margin of a function of degree one in each layer, every layer with a degree alpha_j of its own."""

    alphas: Sequence[sympy.Expr]

    @property
    def duals(self) -> tuple[sympy.Symbol, ...]:
        return tuple(sympy.Symbol(f"D{j}", positive=True) for j in range(1, len(self.alphas) + 1))

    @property
    def normalizer(self) -> sympy.Expr:
        """prod_j (alpha_j D_j)^(1/alpha_j)."""
        pairs = zip(self.alphas, self.duals, strict=True)
        return sympy.prod([(a * d) ** (1 / sympy.sympify(a)) for a, d in pairs])

    def hard(self, output: sympy.Expr) -> sympy.Expr:
        return output / self.normalizer

    def balanced(self, alpha: sympy.Expr) -> sympy.Expr:
        """The normalizer where all layers share alpha and D: (alpha D)^(L/alpha), that of the Q-margin."""
        same = LayerwiseQMargin([alpha] * len(self.alphas))
        value = same.normalizer.subs(dict.fromkeys(same.duals, dual))
        answer = QMargin(sympy.Integer(len(self.alphas)), alpha).normalizer
        check_equal(sympy.powdenest(value), sympy.powdenest(answer), "normalizer of equal layers")
        return answer

    def derivation(self, output: sympy.Expr = output) -> Derivation:
        steps = Derivation("The margin with a mirror map for each layer")
        steps = steps.then("degree one in each layer", f"normalizer of {len(self.alphas)} layers", self.normalizer)
        steps = steps.then("divide", f"margin of the output {output}", self.hard(output))
        return steps.then("equal layers", "normalizer", self.balanced(self.alphas[0]))

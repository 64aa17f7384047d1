"""How far (alpha D)^(1/alpha) is from the horizon function, and when the flow has closed the gap.

With D = R*(R') and the horizon phi, both of one coordinate, let ``excess = alpha D - phi^alpha``. Where
``0 <= excess <= k phi^alpha + b`` in every one of n coordinates, the sums satisfy

``phi <= (alpha D)^(1/alpha) <= c phi + a`` with ``c = (1 + k)^(1/alpha)``, ``a = (n b)^(1/alpha)``,

powers 1/alpha <= 1 being subadditive. Since (alpha D)^(1/alpha) grows like (log t)^(1/L), the constant a has become
small in comparison from the time exp(a^L) on.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import sympy

from theory import orthants
from theory.derivation import Derivation
from theory.horizon import Horizon
from theory.potentials import MirrorPotential
from theory.vanishing import check_equal

number = sympy.Symbol("n", positive=True)
POINTS = (sympy.Rational(1, 50), sympy.Integer(1), sympy.Integer(40))


@dataclass(frozen=True)
class Alignment:
    """The potential of one coordinate, with the two constants of the bound of its excess."""

    potential: MirrorPotential
    relative: sympy.Expr  # k
    absolute: sympy.Expr  # b

    @cached_property
    def degree(self) -> sympy.Expr:
        return Horizon(self.potential).degree

    @cached_property
    def excess(self) -> sympy.Expr:
        """alpha D - phi^alpha on x = t > 0, with the symbol t."""
        horizon = Horizon(self.potential)
        dual, _ = orthants.branch(self.potential.dual_at_gradient, self.potential.x, 1)
        phi, _ = orthants.branch(horizon.from_right, self.potential.x, 1)
        return sympy.powsimp(sympy.expand(self.degree * dual - sympy.powdenest(phi**self.degree)))

    @property
    def slack(self) -> sympy.Expr:
        """k phi^alpha + b - excess on x = t > 0: nonnegative where the constants are right."""
        phi, _ = orthants.branch(Horizon(self.potential).from_right, self.potential.x, 1)
        return self.relative * sympy.powdenest(phi**self.degree) + self.absolute - self.excess

    def fits(self) -> bool:
        """Whether excess and slack are nonnegative at sample points, every parameter being 7/5: no proof, but a
        test."""
        t = sympy.Symbol(f"{self.potential.x.name}_t", positive=True)
        for e in (self.excess, self.slack):
            at = e.xreplace({s: sympy.Rational(7, 5) for s in e.free_symbols - {t}})
            if any(at.subs(t, point).evalf(30) < 0 for point in POINTS):
                return False
        return True

    @property
    def factor(self) -> sympy.Expr:
        """c"""
        return (1 + sympy.sympify(self.relative)) ** (1 / self.degree)

    @property
    def offset(self) -> sympy.Expr:
        """a, for n coordinates"""
        return (number * self.absolute) ** (1 / self.degree)

    def threshold(self, layers: sympy.Expr) -> sympy.Expr:
        """exp(a^L)"""
        return sympy.exp(self.offset**layers)

    def relative_gap(self, norm: sympy.Expr) -> sympy.Expr:
        """(c - 1) + a/N, at least 1 - phi/N where N = (alpha D)^(1/alpha) is the norm: c phi >= N - a."""
        bound = self.factor - 1 + self.offset / norm
        least = (norm - self.offset) / self.factor
        check_equal(bound - (1 - least / norm), (1 - 1 / self.factor) * (self.factor - 1 + self.offset / norm), "gap")
        return bound

    def derivation(self, layers: sympy.Expr) -> Derivation:
        steps = Derivation(f"The gap between the conjugate of {self.potential.potential} and its horizon")
        steps = steps.then("conjugate and horizon", "alpha D - phi^alpha", self.excess, "x > 0")
        steps = steps.then("what the constants leave", "k phi^alpha + b - excess", self.slack, "x > 0")
        steps = steps.then("subadditive powers", "c", self.factor).then("sum over n coordinates", "a", self.offset)
        return steps.then("N grows like (log t)^(1/L)", "time", self.threshold(layers))

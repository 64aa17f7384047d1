"""The radial factor k = x^2 R''/(alpha D) of a potential, D = R*(R'), on x > 0.

As D' = x R'', the factor is the logarithmic slope of D over alpha: D' = alpha k D/x, so that log(D/x^alpha) has the
slope -alpha (1 - k)/x. The radial inequality alpha D >= x^2 R'' says k <= 1, strict convexity k > 0; and any k between
makes a potential: D = exp of the integral of alpha k/x, R'' = D'/x. Its degree is alpha where the integral of
(1 - k)/x is finite at infinity.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy

from theory.derivation import Derivation
from theory.vanishing import check_equal

x = sympy.Symbol("x", positive=True)


@dataclass(frozen=True)
class RadialFactor:
    """alpha and k, an expression in ``x`` or an unknown function of it; dual is D where it is known."""

    alpha: sympy.Expr
    factor: sympy.Expr
    dual: sympy.Expr

    @classmethod
    def of_dual(cls, dual: sympy.Expr, alpha: sympy.Expr) -> RadialFactor:
        """The factor of a potential given by its conjugate at the gradient, an expression in ``x``."""
        return cls(alpha, sympy.simplify(x * sympy.diff(dual, x) / (alpha * dual)), dual)

    @classmethod
    def unknown(cls, alpha: sympy.Expr) -> RadialFactor:
        """Any factor: k and D as functions of x."""
        return cls(alpha, sympy.Function("k")(x), sympy.Function("D")(x))

    def _along(self, expression: sympy.Expr) -> sympy.Expr:
        unknown = self.dual.has(sympy.Function("D"))
        return expression.subs(sympy.diff(self.dual, x), self.slope) if unknown else expression

    @property
    def slope(self) -> sympy.Expr:
        """D' = alpha k D/x."""
        return self.alpha * self.factor * self.dual / x

    @property
    def hessian(self) -> sympy.Expr:
        """R'' = alpha k D/x^2, checked against D'/x."""
        answer = self.alpha * self.factor * self.dual / x**2
        check_equal(self._along(sympy.diff(self.dual, x)) / x, answer, "R''")
        return answer

    @property
    def radial_gap(self) -> sympy.Expr:
        """alpha D - x^2 R'' = alpha (1 - k) D, not negative for k <= 1."""
        answer = self.alpha * (1 - self.factor) * self.dual
        check_equal(sympy.expand(self.alpha * self.dual - x**2 * self.hessian), sympy.expand(answer), "radial gap")
        return answer

    @property
    def logarithmic_slope(self) -> sympy.Expr:
        """d log(D/x^alpha)/dx = -alpha (1 - k)/x."""
        answer = -self.alpha * (1 - self.factor) / x
        found = self._along(sympy.diff(sympy.log(self.dual) - self.alpha * sympy.log(x), x))
        check_equal(found, answer, "logarithmic slope")
        return answer

    def derivation(self) -> Derivation:
        steps = Derivation(f"A potential with the radial factor {self.factor}")
        steps = steps.then("definition", "D'", self.slope, "x > 0").then("D' = x R''", "R''", self.hessian)
        steps = steps.then("subtract", "alpha D - x^2 R''", self.radial_gap)
        return steps.then("differentiate", "d log(D/x^alpha)/dx", self.logarithmic_slope)

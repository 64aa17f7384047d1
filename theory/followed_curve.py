"""A curve that a mirror flow follows: for any curve of weights there is a homogeneous f whose flow runs along it.

The flow of f with the exponential loss moves z = R'(theta), coordinate by coordinate, along a positive multiple of the
gradient of log f. Let a curve theta(u) = S sigma, sigma on the simplex, have z' with <z', sigma> > 0. Put
``S d(log f)/dtheta_i = L z_i'/<z', sigma>`` on it. By Euler <sigma, .> of this is L, as the degree L asks; the
parts ``g_i = L (z_i'/<z', sigma> - 1)`` beyond the slopes L of log S^L are orthogonal to sigma and are the slopes of a
function V of sigma, free to choose across the curve: f = S^L exp(V).

Under the hyperbolic entropy z_i' = (S sigma_i)'/sqrt(S^2 sigma_i^2 + lam), so that with h = S/S' and m = lam/S^2
``h z_i' = (sigma_i + h sigma_i')/sqrt(sigma_i^2 + m)``, which is 1 at h = m = 0: where S grows fast enough the slopes
of V vanish faster than every power along a curve that winds towards a circle, and V is smooth there.
"""

from __future__ import annotations

from functools import cached_property

import sympy

from theory.derivation import Derivation
from theory.vanishing import check_equal

h, m = sympy.symbols("h m", nonnegative=True)
layers = sympy.Symbol("L", positive=True)


class FollowedCurve:
    """A curve of three weights under the hyperbolic entropy."""

    sigma = sympy.symbols("x y z", positive=True)
    velocity = sympy.symbols("a b c", real=True)  # sigma'
    dual = sympy.symbols("p q r", positive=True)  # z'

    @property
    def pairing(self) -> sympy.Expr:
        """<z', sigma>"""
        return sympy.Add(*(p * x for p, x in zip(self.dual, self.sigma, strict=True)))

    @cached_property
    def slopes(self) -> tuple[sympy.Expr, ...]:
        """S d(log f)/dtheta_i = L z_i'/<z', sigma>; Euler's identity is checked."""
        found = tuple(layers * p / self.pairing for p in self.dual)
        euler = sympy.Add(*(x * q for x, q in zip(self.sigma, found, strict=True)))
        check_equal(euler, layers, "Euler's identity")
        return found

    @cached_property
    def across(self) -> tuple[sympy.Expr, ...]:
        """g_i = S d(log f)/dtheta_i - L, orthogonal to sigma on the simplex."""
        found = tuple(q - layers for q in self.slopes)
        rest = {self.sigma[-1]: 1 - sympy.Add(*self.sigma[:-1])}
        total = sympy.Add(*(x * g for x, g in zip(self.sigma, found, strict=True))).subs(rest)
        check_equal(sympy.cancel(total), sympy.Integer(0), "slopes across the rays")
        return found

    @cached_property
    def far(self) -> sympy.Expr:
        """h z_i' = (sigma_i + h sigma_i')/sqrt(sigma_i^2 + m), checked against R'' theta' with S = 1, S' = 1/h."""
        x, a = self.sigma[0], self.velocity[0]
        found = (x + h * a) / sympy.sqrt(x**2 + m)
        size, lam = sympy.symbols("S lam", positive=True)
        exact = h * (size / h * x + size * a) / sympy.sqrt((size * x) ** 2 + lam)
        check_equal(sympy.cancel((exact**2).subs(lam, m * size**2)), sympy.cancel(found**2), "speed of the dual")
        check_equal(found.subs({h: 0, m: 0}), sympy.Integer(1), "limit of the speed")
        return found

    def derivation(self) -> Derivation:
        steps = Derivation("A homogeneous function whose flow follows a curve")
        for x, q in zip(self.sigma, self.slopes, strict=True):
            steps = steps.then("along z', degree L", f"S d(log f)/d(S {x})", q)
        for x, g in zip(self.sigma, self.across, strict=True):
            steps = steps.then("beyond S^L", f"slope of V against {x}", g, "x + y + z = 1")
        steps = steps.then("z' = R'' theta' for the entropy, h = S/S', m = lam/S^2", "h z_1'", self.far)
        return steps.then("h = m = 0", "h z_1'", sympy.Integer(1))

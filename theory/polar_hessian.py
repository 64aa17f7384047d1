"""The second derivatives of a function of the plane in the frame of its point: along the radius and across it.

For R(r, theta) the entries are ``R_rr``, ``(R_theta/r)_r`` and ``R_r/r + R_theta,theta/r^2``. They tell apart what a
quadratic form does in the direction of the point itself and in the direction across.
"""

from __future__ import annotations

from functools import cached_property

import sympy

from theory.derivation import Derivation
from theory.vanishing import check_equal

r = sympy.Symbol("r", positive=True)
theta = sympy.Symbol("theta", real=True)


def _entries(potential: sympy.Expr) -> tuple[sympy.Expr, sympy.Expr, sympy.Expr]:
    along = sympy.diff(potential, r, 2)
    mixed = sympy.diff(sympy.diff(potential, theta) / r, r)
    across = sympy.diff(potential, r) / r + sympy.diff(potential, theta, 2) / r**2
    return along, mixed, across


def check_frame() -> None:
    """The entries of x^2, x y, y^2, x, y and 1, on which any second-order operator is determined at a point, found
    equal to those of their Hessians turned by theta.
    """
    x, y = sympy.symbols("x y", real=True)
    cosine, sine = sympy.cos(theta), sympy.sin(theta)
    frame = sympy.Matrix([[cosine, -sine], [sine, cosine]])
    for monomial in (x**2, x * y, y**2, x, y, sympy.S.One):
        turned = frame.T * sympy.hessian(monomial, (x, y)) * frame
        found = _entries(monomial.subs({x: r * cosine, y: r * sine}, simultaneous=True))
        for value, wanted in zip(found, (turned[0, 0], turned[0, 1], turned[1, 1]), strict=True):
            check_equal(sympy.expand(value - wanted).subs(cosine**2, 1 - sine**2).expand(), sympy.S.Zero, "frame")


class PolarHessian:
    """The Hessian of ``potential``, an expression in r > 0 and theta."""

    def __init__(self, potential: sympy.Expr) -> None:
        extra = potential.free_symbols - {r, theta}
        if extra:
            raise ValueError(f"a function of r and theta alone, not of {', '.join(sorted(map(str, extra)))}")
        self.potential = potential

    @cached_property
    def entries(self) -> tuple[sympy.Expr, sympy.Expr, sympy.Expr]:
        """Along the radius, mixed, across."""
        check_frame()
        return _entries(self.potential)

    @cached_property
    def determinant(self) -> sympy.Expr:
        along, mixed, across = self.entries
        return along * across - mixed**2

    @cached_property
    def inverse_along(self) -> sympy.Expr:
        """The quadratic form of the inverse Hessian at the unit vector of the radius."""
        return self.entries[2] / self.determinant

    @cached_property
    def inverse_across(self) -> sympy.Expr:
        """The quadratic form of the inverse Hessian at the unit vector across the radius."""
        return self.entries[0] / self.determinant

    def derivation(self) -> Derivation:
        along, mixed, across = self.entries
        steps = Derivation(f"The Hessian of {self.potential} along and across the radius")
        steps = steps.then("differentiate twice along the radius", "R_rr", along, "r > 0")
        steps = steps.then("differentiate once along and once across", "(R_theta/r)_r", mixed, "r > 0")
        steps = steps.then("differentiate twice across", "R_r/r + R_thetatheta/r^2", across, "r > 0")
        steps = steps.then("invert the matrix", "inverse form along the radius", self.inverse_along, "r > 0")
        return steps.then("invert the matrix", "inverse form across the radius", self.inverse_across, "r > 0")

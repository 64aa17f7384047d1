"""What a potential must satisfy for mirror flow to reach a margin: regularity, coercivity, the radial inequality.

Regularity: R is strictly convex and twice differentiable, R' runs to infinity at both ends, R'' is Lipschitz near every
point. The radial inequality is ``alpha D >= x^2 R''`` with D = R*(R') = x R' - R. Since D' = x R'', it says that
``s -> D(s x)/s^alpha`` never rises; together with a positive limit, alpha D is then at least the power phi^alpha of
the horizon function everywhere. The tangent condition compares d(phi^2)/dx with C (alpha D)^(2/alpha - 1) x R'' along
a ray.

Every answer is three-valued: True is backed by the signs of the symbols, whatever the parameters; False by an exact
point and values of the parameters that their declared signs allow; None is undecided.
"""

from __future__ import annotations

from functools import cached_property

import sympy

from theory import orthants
from theory.derivation import Derivation, Unchecked
from theory.growth import Growth
from theory.limits import at_infinity_or_infinite
from theory.potentials import MirrorPotential
from theory.vanishing import check_equal

POINTS = tuple(sympy.Rational(n, 8) for n in (1, 3, 7, 8, 12, 20, 80, 800))
VALUES = (sympy.Rational(1, 7), sympy.Rational(6, 5), sympy.Rational(11, 4), sympy.Integer(9))


class Admissibility:
    """The conditions on R for a degree alpha (that of the growth of R*(R') where none is given)."""

    def __init__(self, potential: MirrorPotential, degree: sympy.Expr | None = None) -> None:
        self.potential = potential
        self._degree = degree

    @cached_property
    def degree(self) -> sympy.Expr:
        return self.potential.horizon_degree if self._degree is None else sympy.sympify(self._degree)

    @property
    def strictly_convex(self) -> bool | None:
        """R'' > 0 off the origin, where R' has no jump downwards."""
        positive = _everywhere(self.potential.hessian, self.potential.x, strict=True)
        if positive is not True:
            return positive
        return True if self._jump_is_up else None

    @cached_property
    def ends(self) -> tuple[sympy.Expr, ...]:
        """R' at the ends of the half-lines, in the order of ``orthants.sides``; oo and -oo are answers."""
        return tuple(
            at_infinity_or_infinite(*orthants.branch(self.potential.gradient, self.potential.x, side))
            for side in orthants.sides(self.potential.x)
        )

    @property
    def coercive(self) -> bool | None:
        """|R'| -> oo at both ends, so that R', being continuous, takes every value."""
        try:
            return all(e.is_infinite is True for e in self.ends)
        except Unchecked:
            return None

    @cached_property
    def lipschitz_at_origin(self) -> bool | None:
        """Whether R'' is Lipschitz at 0: it has one finite limit there and R''' stays bounded on both sides."""
        values = []
        for side in orthants.sides(self.potential.x):
            second, t = orthants.branch(self.potential.hessian, self.potential.x, side)
            u = sympy.Symbol("u_inverse", positive=True)
            try:
                values.append(at_infinity_or_infinite(second.xreplace({t: 1 / u}), u))
                third = sympy.Abs(at_infinity_or_infinite(sympy.diff(second, t).xreplace({t: 1 / u}), u))
            except Unchecked:
                return None
            if values[-1].is_infinite is True or third.is_infinite is True:
                return False
        return (values[0] - values[-1]).is_zero

    @cached_property
    def radial_gap(self) -> sympy.Expr:
        """alpha D - x^2 R'', which the radial inequality wants to be nonnegative."""
        R = self.potential
        return sympy.expand(self.degree * R.dual_at_gradient - R.x**2 * R.hessian)

    @property
    def radial(self) -> bool | None:
        """The radial inequality off the origin."""
        return _everywhere(self.radial_gap, self.potential.x, strict=False)

    @cached_property
    def radial_slope(self) -> sympy.Expr:
        """d/ds of D(s x)/s^alpha at s = 1: x D' - alpha D, found equal to minus the radial gap."""
        R = self.potential
        for side in orthants.sides(R.x):
            dual, t = orthants.branch(R.dual_at_gradient, R.x, side)
            gap, _ = orthants.branch(self.radial_gap, R.x, side)
            check_equal(t * sympy.diff(dual, t) - self.degree * dual, -gap, "radial slope")
        return -self.radial_gap

    @cached_property
    def tangent_constant(self) -> sympy.Expr:
        """C = lim of d(phi^2)/dx over (alpha D)^(2/alpha - 1) x R'' along the ray to the right.

        With D ~ c s^alpha and R'' ~ h s^(alpha - 2) it is 2 alpha c/h, which is 2 since D' = s R''. Raises
        ``Unchecked`` where R'' has no such growth.
        """
        R = self.potential
        dual, second = Growth(R.dual_at_gradient, R.x), Growth(R.hessian, R.x)
        check_equal(second.degree, self.degree - 2, "degree of R''")
        return sympy.cancel(2 * self.degree * dual.coefficient / second.coefficient)

    @cached_property
    def _slopes_at_origin(self) -> list[sympy.Expr] | None:
        u = sympy.Symbol("u_inverse", positive=True)
        try:
            return [
                at_infinity_or_infinite(branch.xreplace({t: 1 / u}), u)
                for side in orthants.sides(self.potential.x)
                for branch, t in [orthants.branch(self.potential.gradient, self.potential.x, side)]
            ]
        except Unchecked:
            return None

    @property
    def differentiable_at_origin(self) -> bool | None:
        """Whether R' has the same limit at 0 from both sides."""
        slopes = self._slopes_at_origin
        return None if slopes is None else (slopes[0] - slopes[-1]).is_zero

    @property
    def _jump_is_up(self) -> bool:
        slopes = self._slopes_at_origin
        return slopes is not None and (slopes[0] - slopes[-1]).is_nonnegative is True

    def derivation(self) -> Derivation:
        R = self.potential
        steps = Derivation(f"Is R({R.x}) = {R.potential} admissible?")
        steps = steps.then("differentiate twice", f"R''({R.x})", R.hessian, sympy.Ne(R.x, 0))
        steps = steps.then("conjugate at the gradient: x R' - R", "D", R.dual_at_gradient)
        steps = steps.then("alpha D - x^2 R''", "radial gap", self.radial_gap)
        return steps.then("d/ds of D(s x)/s^alpha at s = 1", "radial slope", self.radial_slope)


def _everywhere(expression: sympy.Expr, x: sympy.Symbol, *, strict: bool) -> bool | None:
    """The expression is positive (nonnegative) for x != 0: True by signs of terms, False by an exact point."""
    proven = True
    for side in orthants.sides(x):
        on_ray, t = orthants.branch(expression, x, side)
        if _negative_somewhere(on_ray, t, strict=strict):
            return False
        forms = (on_ray, sympy.factor(sympy.powsimp(sympy.expand(on_ray))), sympy.factor(sympy.together(on_ray)))
        proven = proven and any((f.is_positive if strict else f.is_nonnegative) is True for f in forms)
    return True if proven else None


def _negative_somewhere(on_ray: sympy.Expr, t: sympy.Symbol, *, strict: bool) -> bool:
    parameters = sorted(on_ray.free_symbols - {t}, key=lambda s: s.name)
    for k in range(len(VALUES) if parameters else 1):
        values = {s: VALUES[(k + j) % len(VALUES)] for j, s in enumerate(parameters)}
        if any(s.is_negative for s in parameters):
            return False
        for point in POINTS:
            number = on_ray.xreplace(values).xreplace({t: point})
            sign = number.is_negative if not number.is_Float else None
            if sign is True or (strict and number.is_zero is True):
                return True
    return False

"""Mirror potentials: a convex function R of one variable and what it induces.

A mirror flow moves ``R'(x_t)`` against the gradient, so that x itself moves with the speed ``1/R''(x)``, the inverse
metric.
Separable potentials on R^n are sums of these, coordinate by coordinate.
"""

from __future__ import annotations

from functools import cached_property

import sympy

from theory import orthants
from theory.derivation import Derivation
from theory.limits import at_infinity, leading_power
from theory.vanishing import check_equal, vanishes


class MirrorPotential:
    """R as an expression in the real symbol x; other symbols are parameters.

    Derivatives of |x| are taken on each half-line, so that results with a kink speak of x != 0.
    """

    def __init__(self, potential: sympy.Expr, x: sympy.Symbol) -> None:
        self.potential = sympy.sympify(potential)
        self.x = x
        if x not in self.potential.free_symbols:
            raise ValueError(f"the potential {potential} does not depend on {x}")

    def __repr__(self) -> str:
        return f"MirrorPotential({self.potential}, {self.x})"

    @cached_property
    def gradient(self) -> sympy.Expr:
        """R'"""
        return orthants.derivative(self.potential, self.x)

    @cached_property
    def hessian(self) -> sympy.Expr:
        """R''"""
        second = orthants.derivative(self.gradient, self.x)
        tidy = sympy.powsimp(sympy.together(second))
        return tidy if vanishes(tidy - second) is True else second

    @cached_property
    def inverse_metric(self) -> sympy.Expr:
        """1/R'', the speed of x per unit of force."""
        if vanishes(self.hessian) is True:
            raise ZeroDivisionError("R'' vanishes: the potential induces no metric")
        return 1 / self.hessian

    @cached_property
    def dual_at_gradient(self) -> sympy.Expr:
        """R*(R'(x)) = x R'(x) - R(x), the conjugate at the gradient."""
        if orthants.has_kink(self.potential, self.x):
            return orthants.on_branches(
                self.potential, self.x, lambda e, t, side: sympy.powsimp(sympy.expand(t * sympy.diff(e, t) - e))
            )
        value = sympy.expand(self.x * self.gradient - self.potential)
        tidy = sympy.together(value)
        return min((e for e in (value, tidy) if vanishes(e - value) is True), key=sympy.count_ops)

    @cached_property
    def homogeneity(self) -> sympy.Expr | None:
        """The degree d with R(c x) = c^d R(x) for c > 0 (by Euler: x R' = d R on both half-lines), or None."""
        degrees = []
        for side in orthants.sides(self.x):
            e, t = orthants.branch(self.potential, self.x, side)
            quotient = sympy.powsimp(sympy.expand(t * sympy.diff(e, t) / e)) if e != 0 else sympy.Integer(0)
            quotient = sympy.cancel(sympy.together(quotient))
            if quotient.has(t) or vanishes(t * sympy.diff(e, t) - quotient * e) is not True:
                return None
            degrees.append(quotient)
        return degrees[0] if vanishes(degrees[0] - degrees[-1]) is True else None

    @cached_property
    def horizon_degree(self) -> sympy.Expr:
        """alpha, the degree of growth of R*(R') at infinity: lim s D'(s)/D(s) for D(s) = R*(R'(s))."""
        if self.homogeneity is not None:
            return self.homogeneity
        dual, t = orthants.branch(self.dual_at_gradient, self.x, 1)
        leading = leading_power(dual, t)
        if leading is not None:
            return leading[1]
        return at_infinity(t * sympy.diff(dual, t) / dual, t)

    @cached_property
    def horizon(self) -> sympy.Expr:
        """phi(x) = lim_{s -> oo} (alpha R*(R'(s x)))^(1/alpha) / s, the shape of the level sets far out.

        Raises ``Unchecked`` where the conjectured limit is not borne out at large arguments.
        """
        alpha = self.horizon_degree
        if self.homogeneity is not None:
            return orthants.on_branches(self.potential, self.x, lambda e, t, side: t * _at_one(e, t, alpha))
        values = []
        for side in orthants.sides(self.x):
            dual, t = orthants.branch(self.dual_at_gradient, self.x, side)
            leading = leading_power(dual, t)
            if leading is not None and leading[1] == alpha:
                values.append((alpha * sympy.factor(leading[0])) ** (1 / alpha))
                continue
            values.append(at_infinity((alpha * dual) ** (1 / alpha) / t, t))
        t = sympy.Symbol(f"{self.x.name}_t", positive=True)
        return orthants.join(values[0] * t, values[-1] * t, t, self.x)

    def normalized_at(self, start: sympy.Expr) -> MirrorPotential:
        """R(x) - R'(x0) x, the same metric with gradient zero at the start x0."""
        shifted = MirrorPotential(self.potential - self.gradient.subs(self.x, start) * self.x, self.x)
        check_equal(shifted.gradient.subs(self.x, start), sympy.Integer(0), "gradient at the start")
        return shifted

    def derivation(self) -> Derivation:
        x, R = self.x, self.potential
        steps = Derivation(f"What R({x}) = {R} induces")
        away = () if not orthants.has_kink(R, x) else (sympy.Ne(x, 0),)
        steps = steps.then("differentiate", f"R'({x})", self.gradient, *away)
        steps = steps.then("differentiate again", f"R''({x})", self.hessian, *away)
        steps = steps.then("reciprocal", f"1/R''({x})", self.inverse_metric, *away)
        return steps.then("conjugate at the gradient: x R' - R", f"R*(R'({x}))", self.dual_at_gradient, *away)


def _at_one(potential: sympy.Expr, t: sympy.Symbol, degree: sympy.Expr) -> sympy.Expr:
    """(degree * R*(R'))^(1/degree) at t = 1 for a potential homogeneous of that degree."""
    dual = (t * sympy.diff(potential, t) - potential).subs(t, 1)
    return (degree * dual) ** (1 / degree)

"""The conjugate potential ``Q(y) = sup_x (x y - R(x))`` and the inverse of the mirror map.

For a strictly convex R with R' onto the line the supremum is attained where R'(x) = y, so that Q(y) = y x(y) - R(x(y))
with x(y) the inverse of R', and Q'(y) = x(y). Fenchel and Young: x R'(x) = R(x) + Q(R'(x)).
"""

from __future__ import annotations

from functools import cached_property

import sympy

from theory import orthants
from theory.derivation import Derivation, Unchecked
from theory.potentials import MirrorPotential
from theory.vanishing import check_equal, vanishes


class Conjugate:
    """Q of a potential, where R' has an inverse in closed form; R with a kink must be even."""

    def __init__(self, potential: MirrorPotential) -> None:
        self.potential = potential
        self.y = sympy.Symbol(f"{potential.x.name}_dual", real=True)

    @cached_property
    def even(self) -> bool:
        """Whether R(-x) = R(x) was confirmed; then the calculus is done for y > 0."""
        R = self.potential
        if orthants.sides(R.x) == (1,):
            return False
        right, left = (orthants.branch(R.potential, R.x, side)[0] for side in (1, -1))
        return vanishes(right - left) is True

    @cached_property
    def on_ray(self) -> tuple[sympy.Expr, sympy.Symbol]:
        """(x(y), y): for y > 0 where R is even."""
        R = self.potential
        if not self.even:
            if orthants.has_kink(R.potential, R.x):
                raise Unchecked(f"{R.potential} has a kink and is not known to be even")
            free = sympy.Symbol(f"{R.x.name}_free")
            return _root(R.gradient.xreplace({R.x: free}), free, self.y), self.y
        slope, t = orthants.branch(R.gradient, R.x, 1)
        eta = sympy.Symbol("eta", positive=True)
        return _root(slope, t, eta), eta

    @cached_property
    def inverse_mirror_map(self) -> sympy.Expr:
        """x(y) with R'(x(y)) = y, substituted back, for y in the range of R'; or ``Unchecked``."""
        root, y = self.on_ray
        return sympy.sign(self.y) * root.xreplace({y: sympy.Abs(self.y)}) if self.even else root

    @cached_property
    def value(self) -> sympy.Expr:
        """Q(y) = y x(y) - R(x(y)), for y in the range of R'.

        Its derivative is x(y), since R'(x(y)) = y; so any antiderivative of x(y), differentiated back, is Q up to a
        constant, which the value at one point gives.
        """
        root, y = self.on_ray
        at_root, t = orthants.branch(self.potential.potential, self.potential.x, 1)
        raw = y * root - at_root.xreplace({t: root})
        value = sympy.integrate(root, y)
        check_equal(sympy.diff(value, y), root, "Q' = x(y)")
        constant = sympy.simplify((raw - value).subs(y, 1))
        if constant.has(sympy.nan, sympy.zoo, sympy.oo) or constant.is_real is False:
            raise Unchecked(f"the constant of {value} was not found")
        return (value + constant).xreplace({y: sympy.Abs(self.y)}) if self.even else value + constant

    def derivation(self) -> Derivation:
        steps = Derivation(f"The conjugate of {self.potential.potential}")
        steps = steps.then("solve R'(x) = y, substituted back", "x(y)", self.inverse_mirror_map)
        return steps.then("y x(y) - R(x(y)), differentiated back", "Q(y)", self.value)


def _root(slope: sympy.Expr, x: sympy.Symbol, y: sympy.Symbol) -> sympy.Expr:
    """The solution x(y) of slope = y, confirmed by putting it in; the first that is confirmed."""
    try:
        found = sympy.solve(slope - y, x)
    except (NotImplementedError, ValueError, TypeError) as error:
        raise Unchecked(f"no inverse of {slope} was found") from error
    for root in found:
        if _plausible(root, positive=x.is_positive is True) and _same(slope.xreplace({x: root}), y, y):
            return root
    raise Unchecked(f"no inverse of {slope} was found")


def _plausible(root: sympy.Expr, *, positive: bool) -> bool:
    """The root is real (positive) at fixed rational points."""
    names = sorted(root.free_symbols, key=lambda s: s.name)
    for k in range(4):
        value = root.xreplace({s: sympy.Rational(7 + 5 * j + 3 * k, 11 + 2 * j + k) for j, s in enumerate(names)})
        number = value.evalf(30)
        if not number.is_real or (positive and not number > 0):
            return False
    return True


def _same(left: sympy.Expr, right: sympy.Expr, y: sympy.Symbol) -> bool:
    """left = right: by normal forms, or since the derivatives agree and so do the values at y = 1."""
    if vanishes(left - right) is True or vanishes(sympy.expand((left - right).rewrite(sympy.exp))) is True:
        return True
    change = sympy.diff(left - right, y)
    if vanishes(sympy.simplify(change)) is not True:
        return False
    try:
        check_equal(left.subs(y, 1), right.subs(y, 1), "value at one")
    except Unchecked:
        return False
    return True

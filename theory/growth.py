"""Growth at infinity: the degree and the coefficient of a function along a ray, and asymptotic homogeneity.

The degree of f is d = lim s f'(s)/f(s); f is asymptotically homogeneous of degree d where f(s)/s^d has a limit that is
positive and finite. The degree alone does not say that: s log s has degree one and a quotient that grows without
bound. A potential R and its conjugate at the gradient D = s R' - R are tied by ``(R/s)' = D/s^2``, so that they have
the same degree where it is above one; at degree one D may be asymptotically homogeneous while R, of the order s log s,
is not.
"""

from __future__ import annotations

from functools import cached_property

import sympy

from theory import orthants
from theory.derivation import Derivation, Unchecked
from theory.limits import at_infinity, at_infinity_or_infinite, leading_power


class Growth:
    """How f(side * s) grows for s -> oo; other symbols of f are parameters."""

    def __init__(self, function: sympy.Expr, x: sympy.Symbol, side: int = 1) -> None:
        if side not in (1, -1):
            raise ValueError("the side is 1 or -1")
        self.on_ray, self.s = orthants.branch(sympy.sympify(function), x, side)

    @cached_property
    def degree(self) -> sympy.Expr:
        """d = lim s f'(s)/f(s); raises ``Unchecked`` where no finite limit is borne out."""
        leading = leading_power(self.on_ray, self.s)
        if leading is not None:
            return leading[1]
        ratio = self.s * sympy.diff(self.on_ray, self.s) / self.on_ray
        return at_infinity(ratio, self.s)

    @cached_property
    def coefficient(self) -> sympy.Expr:
        """lim f(s)/s^d, in [0, oo]; raises ``Unchecked`` where no limit is borne out."""
        leading = leading_power(self.on_ray, self.s)
        if leading is not None:
            return sympy.factor(leading[0])
        quotient = sympy.powsimp(sympy.expand(self.on_ray / self.s**self.degree))
        if not quotient.has(self.s):
            return quotient
        return at_infinity_or_infinite(quotient, self.s)

    @property
    def asymptotically_homogeneous(self) -> bool | None:
        """True where lim f(s)/s^d is positive and finite, False where it is 0 or infinite, None where not found."""
        try:
            value = self.coefficient
        except Unchecked:
            return None
        if value == 0 or value.is_infinite is True:
            return False
        return True if value.is_positive is True and value.is_finite is True else None

    def derivation(self) -> Derivation:
        steps = Derivation(f"The growth of {self.on_ray} for {self.s} -> oo")
        steps = steps.then("limit of s f'/f, borne out at large s", "degree", self.degree)
        return steps.then("limit of f/s^d, borne out at large s", "coefficient", self.coefficient)

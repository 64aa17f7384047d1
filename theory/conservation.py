"""Conservation laws of the gradient flows of a parameterization: h(w) with J grad h = 0.

Gradient flow of f(G(w)) is ``w' = -J^T v`` with v = grad f at G(w), so that h moves at the rate ``-v^T J grad h``. It
is kept for every f exactly where J grad h vanishes. The decay ``w' = -a w`` moves an h that is homogeneous of degree k
at the rate -k a h.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import sympy

from theory.derivation import Derivation
from theory.parameterizations import Parameterization
from theory.vanishing import check_equal, vanishes

decay = sympy.Symbol("a", nonnegative=True)


class ConservationLaw:
    """A function h of the weights and the parameterization whose flows it may be kept by."""

    def __init__(self, law: sympy.Expr, parameterization: Parameterization) -> None:
        self.law = sympy.sympify(law)
        self.parameterization = parameterization

    @cached_property
    def gradient(self) -> sympy.Matrix:
        return sympy.Matrix([sympy.diff(self.law, w) for w in self.parameterization.variables])

    @cached_property
    def rates(self) -> list[sympy.Expr]:
        """J grad h: the rate of h along grad G_i, one entry a coordinate."""
        return [sympy.expand(e) for e in self.parameterization.jacobian * self.gradient]

    @property
    def holds(self) -> bool | None:
        """Whether every rate vanishes identically; None where that is not decided."""
        known = [vanishes(e) for e in self.rates]
        if any(k is False for k in known):
            return False
        return True if all(k is True for k in known) else None

    @cached_property
    def degree(self) -> sympy.Expr | None:
        """k with h(c w) = c^k h(w) for c > 0, by Euler's identity; None where h is not homogeneous."""
        moved = sum((w * g for w, g in zip(self.parameterization.variables, self.gradient, strict=True)), sympy.S.Zero)
        k = sympy.cancel(sympy.together(moved / self.law))
        return k if not k.free_symbols & set(self.parameterization.variables) else None

    @cached_property
    def decayed(self) -> sympy.Expr:
        """dh/dt under gradient flow with decoupled decay a: -a <w, grad h>, which is -k a h where h has degree k."""
        moved = sum((w * g for w, g in zip(self.parameterization.variables, self.gradient, strict=True)), sympy.S.Zero)
        rate = sympy.expand(-decay * moved)
        if self.degree is not None:
            check_equal(rate, -self.degree * decay * self.law, "rate of a homogeneous law under decay")
            return -self.degree * decay * self.law
        return rate

    def derivation(self) -> Derivation:
        steps = Derivation(f"{self.law} along the gradient flows of {tuple(self.parameterization.coordinates)}")
        steps = steps.then("differentiate", "grad h", sympy.Tuple(*self.gradient))
        steps = steps.then("chain rule", "J grad h", sympy.Tuple(*self.rates))
        return steps.then("decay of every weight at rate a", "dh/dt", self.decayed, "J grad h = 0")


def bracket_keeps(law: sympy.Expr, fields: Sequence[Sequence[sympy.Expr]], variables: Sequence[sympy.Symbol]) -> bool:
    """That a function kept by two fields is kept by their bracket: [X, Y] h = X(Y h) - Y(X h), checked for these."""
    from theory.parameterizations import bracket

    X, Y = fields

    def along(field: Sequence[sympy.Expr], h: sympy.Expr) -> sympy.Expr:
        return sum((x * sympy.diff(h, w) for x, w in zip(field, variables, strict=True)), sympy.S.Zero)

    check_equal(along(bracket(X, Y, variables), law), along(X, along(Y, law)) - along(Y, along(X, law)), "bracket")
    return all(vanishes(along(field, law)) is True for field in (X, Y, bracket(X, Y, variables)))

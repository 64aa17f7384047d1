"""The sign of a stochastic gradient: a gradient g that takes finitely many values with given chances.

Its mean step under sign descent is ``E sign(g) = P(g > 0) - P(g < 0)``, which need not have the sign of E g: a
parameter moves where the larger chance lies, not where the larger mass does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sympy

from theory.derivation import Derivation
from theory.vanishing import check_equal


@dataclass(frozen=True)
class StochasticGradient:
    """values: exact numbers; chances: nonnegative exact numbers with sum 1, one for each value."""

    values: Sequence[sympy.Rational]
    chances: Sequence[sympy.Rational]

    def __post_init__(self) -> None:
        if len(self.values) != len(self.chances) or any(c < 0 for c in self.chances) or sum(self.chances) != 1:
            raise ValueError("every value needs a chance, and the chances must be nonnegative with sum 1")

    @property
    def mean(self) -> sympy.Expr:
        return sum((v * c for v, c in zip(self.values, self.chances, strict=True)), sympy.Integer(0))

    @property
    def mean_sign(self) -> sympy.Expr:
        """P(g > 0) - P(g < 0), found equal to the mean of sign(g)."""
        pairs = list(zip(self.values, self.chances, strict=True))
        up = sum((c for v, c in pairs if v > 0), sympy.Integer(0))
        down = sum((c for v, c in pairs if v < 0), sympy.Integer(0))
        direct = sum((sympy.sign(v) * c for v, c in pairs), sympy.Integer(0))
        check_equal(direct, up - down, "mean of the sign")
        return up - down

    def derivation(self) -> Derivation:
        steps = Derivation(f"A gradient with the values {', '.join(map(str, self.values))}")
        steps = steps.then("sum of value times chance", "E g", self.mean)
        steps = steps.then("sign of the mean", "sign(E g)", sympy.sign(self.mean))
        return steps.then("P(g > 0) - P(g < 0)", "E sign(g)", self.mean_sign)


TWO_VALUES = StochasticGradient((-sympy.Rational(1, 100), sympy.Rational(3, 100)), (sympy.Rational(1, 2),) * 2)

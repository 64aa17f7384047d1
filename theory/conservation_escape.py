"""How long a homogeneous parameterization takes to leave a small initialisation, as a function of q, L and the scale.

For G homogeneous of degree L the slope v grad G scales with the power L - 1 of the weights and the velocity of
q-steepest flow with ``s = (L - 1)(q - 1)``: with w(t) also c w(c^(s-1) t) is a solution for a constant v. On a ray that
the flow keeps, ``r' = k r^s``, and the time from eps to 1 is ``(1 - eps^(1-s))/(k (1 - s))``, or log(1/eps)/k at s = 1.
"""

from __future__ import annotations

from functools import cached_property

import sympy

from theory.derivation import Derivation
from theory.vanishing import check_equal

q = sympy.Symbol("q", positive=True)
eps, speed, r = sympy.symbols("eps k r", positive=True)


class EscapeTime:
    """The escape from scale eps for a degree ``layers`` and an index q (symbols or numbers)."""

    def __init__(self, layers: sympy.Expr | int, index: sympy.Expr | int | str = q) -> None:
        self.layers = sympy.sympify(layers)
        self.index = sympy.Rational(index) if isinstance(index, str) else sympy.sympify(index)

    @cached_property
    def exponent(self) -> sympy.Expr:
        """s = (L - 1)(q - 1)."""
        return sympy.expand((self.layers - 1) * (self.index - 1))

    @cached_property
    def in_metric(self) -> sympy.Expr:
        """1 - s = L (1 - m) with the metric exponent m = q (L - 1)/L of x = w^L."""
        m = self.index * (self.layers - 1) / self.layers
        check_equal(1 - self.exponent, self.layers * (1 - m), "exponents of weights and of their product")
        return self.layers * (1 - m)

    @cached_property
    def time(self) -> sympy.Expr:
        """The time from scale eps to 1 along r' = k r^s, differentiated back in eps; for a symbolic s where s != 1."""
        s = self.exponent
        answer = sympy.log(1 / eps) / speed if s == 1 else (1 - eps ** (1 - s)) / (speed * (1 - s))
        check_equal(sympy.diff(answer, eps), -1 / (speed * eps**s), "time by separation of variables")
        check_equal(answer.subs(eps, 1), sympy.S.Zero, "no time from 1 to 1")
        return answer

    def at(self, scale: sympy.Expr | float | str, slope: sympy.Expr | int = 1) -> sympy.Expr:
        """The time from that scale to 1, where r' = slope r^s."""
        return self.time.subs({eps: sympy.sympify(scale) if not isinstance(scale, str) else sympy.Rational(scale),
                               speed: slope})  # fmt: skip

    @property
    def growth(self) -> sympy.Expr | None:
        """What the time grows like as eps -> 0: 1 (bounded), log(1/eps) or eps^(1-s); None where s is not a number."""
        s = self.exponent
        if not s.is_number:
            return None
        if s < 1:
            return sympy.S.One
        return sympy.log(1 / eps) if s == 1 else eps ** (1 - s)

    def derivation(self) -> Derivation:
        steps = Derivation(f"Escape from scale eps at degree {self.layers} and index {self.index}")
        steps = steps.then("degree of the velocity", "s", self.exponent)
        steps = steps.then("metric exponent m = q(L - 1)/L", "1 - s", self.in_metric)
        where = () if self.exponent.is_number else (sympy.Ne(self.exponent, 1),)
        return steps.then("separate variables", "time from eps to 1", self.time, *where)

"""The flow x' = c x^m from x0 > 0: what a metric exponent m does under a constant force.

For m != 1 the solution is ``(x0^(1-m) - c (m-1) t)^(-1/(m-1))``, infinite at ``x0^(1-m)/(c (m-1))`` for m > 1 and
lasting for ever for m < 1; for m = 1 it is ``x0 exp(c t)``.
"""

from __future__ import annotations

from functools import cached_property

import sympy

from theory.derivation import Derivation
from theory.vanishing import check_equal

x0 = sympy.Symbol("x0", positive=True)
t = sympy.Symbol("t", nonnegative=True)


class PowerFlow:
    """x' = c x^m for a positive factor c and an exponent m (expressions)."""

    def __init__(self, exponent: sympy.Expr | int, factor: sympy.Expr | int = 1) -> None:
        self.exponent = sympy.sympify(exponent)
        self.factor = sympy.sympify(factor)

    @cached_property
    def solution(self) -> sympy.Expr:
        """x(t), put back into the equation and the start."""
        m, c = self.exponent, self.factor
        if m == 1:
            answer = x0 * sympy.exp(c * t)
            check_equal(sympy.diff(answer, t), c * answer, "flow")
        else:
            base = sympy.Symbol("y", positive=True)  # x0^(1-m) - c (m-1) t
            answer = (x0 ** (1 - m) - c * (m - 1) * t) ** (-1 / (m - 1))
            moved = sympy.diff(base ** (-1 / (m - 1)), base) * (-c * (m - 1))
            check_equal(moved, c * base ** (-m / (m - 1)), "flow")
        check_equal(answer.subs(t, 0), x0, "start")
        return answer

    @cached_property
    def blow_up(self) -> sympy.Expr:
        """The time at which the solution is infinite for m > 1: the zero of x0^(1-m) - c (m-1) t."""
        m, c = self.exponent, self.factor
        if m == 1:
            raise ValueError("for m = 1 the solution lasts for ever")
        time = x0 ** (1 - m) / (c * (m - 1))
        check_equal(x0 ** (1 - m) - c * (m - 1) * time, sympy.Integer(0), "zero of the base")
        return time

    def derivation(self) -> Derivation:
        m, c = self.exponent, self.factor
        steps = Derivation(f"The flow x' = {c}*x**{m}")
        if m == 1:
            return steps.then("separate; put back", "x(t)", self.solution)
        steps = steps.then("separate: d(x^(1-m))/dt", "(1 - m) x^(-m) x'", c * (1 - m), "m != 1")
        steps = steps.then("integrate; put back", "x(t)", self.solution, "m != 1")
        return steps.then("zero of the base", "time of blow-up", self.blow_up, "m > 1")

"""Adam and sign descent: one step of each, with coupled and decoupled decay.

Adam keeps m = b1 m + (1 - b1) g and v = b2 v + (1 - b2) g^2, corrects both by 1 - b^t and moves along
``mh/(sqrt(vh) + eps)``. Without memory (b1 = b2 = 0) and with eps = 0 that is g/|g| = sign(g). Under a constant
gradient the corrections undo the memory exactly, so that it is sign(g) for all b1, b2 too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import sympy

from theory.derivation import Derivation
from theory.vanishing import check_equal

g = sympy.Symbol("g", positive=True)  # the size of the gradient; steps are odd in its sign
x = sympy.Symbol("x", real=True)
eta = sympy.Symbol("eta", positive=True)
decay = sympy.Symbol("a", nonnegative=True)


@dataclass(frozen=True)
class AdamStep:
    """The t-th step (t = 1, 2, ...) under the constant gradient g > 0; first and second are b1 and b2, in [0, 1)."""

    first: sympy.Expr
    second: sympy.Expr
    time: int = 1
    epsilon: sympy.Expr = sympy.S.Zero

    def _mean(self, rate: sympy.Expr, value: sympy.Expr) -> sympy.Expr:
        total = sympy.S.Zero
        for _ in range(self.time):
            total = rate * total + (1 - rate) * value
        corrected = sympy.cancel(sympy.expand(total) / (1 - rate**self.time))
        check_equal(corrected, value, "corrected mean of a constant")
        return value

    @property
    def direction(self) -> sympy.Expr:
        """mh/(sqrt(vh) + eps) = g/(g + eps)."""
        return self._mean(self.first, g) / (sympy.sqrt(self._mean(self.second, g**2)) + self.epsilon)

    def derivation(self) -> Derivation:
        steps = Derivation(f"The step {self.time} of Adam under a constant gradient g > 0")
        steps = steps.then("mean, corrected by 1 - b1^t", "mh", self._mean(self.first, g))
        steps = steps.then("mean of squares, corrected by 1 - b2^t", "vh", self._mean(self.second, g**2))
        return steps.then("quotient; sign(g) at eps = 0", "mh/(sqrt(vh) + eps)", self.direction)


class DecayedStep:
    """One step x - eta s of a descent along s(gradient), with the decay inside the gradient or beside the step."""

    @cached_property
    def decoupled(self) -> sympy.Expr:
        """x - eta s - eta a x = (1 - eta a) x - eta s: shrinks x whatever the step is."""
        s = sympy.Symbol("s", real=True)
        found = (1 - eta * decay) * x - eta * s
        check_equal(x - eta * s - eta * decay * x, found, "decoupled step")
        return found

    @cached_property
    def coupled_gradient(self) -> sympy.Expr:
        """The slope of f + a x^2/2, f' + a x."""
        b = sympy.Symbol("b", real=True)
        found = b + decay * x
        check_equal(sympy.diff(b * x + decay * x**2 / 2, x), found, "coupled gradient")
        return found

    @cached_property
    def slope_of_square(self) -> sympy.Expr:
        """The slope of the penalty a x^2, 2 a x: twice the coupled term."""
        check_equal(sympy.diff(decay * x**2, x), 2 * decay * x, "slope of the penalty")
        return 2 * decay * x

    @cached_property
    def rest_of_sign_descent(self) -> sympy.Expr:
        """Where decoupled sign descent rests, s = -a x with |s| <= 1, so |x| <= 1/a; for one layer."""
        a = sympy.Symbol("a", positive=True)
        bound = 1 / a
        check_equal(a * bound, sympy.Integer(1), "bound at rest")
        return bound

    def derivation(self) -> Derivation:
        steps = Derivation("Coupled and decoupled decay in one step")
        steps = steps.then("slope of f + a x^2/2", "coupled gradient", self.coupled_gradient)
        steps = steps.then("slope of the penalty a x^2", "d(a x^2)/dx", self.slope_of_square)
        steps = steps.then("collect", "decoupled step", self.decoupled)
        return steps.then("rest of sign descent: a |x| <= 1", "|x|, at most", self.rest_of_sign_descent, "a > 0")

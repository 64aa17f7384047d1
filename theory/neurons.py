"""Neurons a sigma(<w, x>) with sigma homogeneous of degree one: rescaling, balance, and the margin problem per neuron.

(a, w) -> (a/c, c w) leaves the neuron as it is, c > 0. On the balance |a|^alpha = |w|_alpha^alpha, in which the limit
direction of mirror flow lies, the horizon |a|^alpha + |w|_alpha^alpha of a neuron is 2 (|a| |w|_alpha)^(alpha/2), a
function of the rescaling-invariant size |a| |w|_alpha; it is also the least that rescaling allows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import sympy

from theory.derivation import Derivation
from theory.vanishing import check_equal

a, w, size, scale = sympy.symbols("a w s c", positive=True)  # |a|, |w|_alpha, |a| |w|_alpha


@dataclass(frozen=True)
class Neuron:
    """One neuron under a potential whose horizon is the alpha-norm, up to a constant."""

    alpha: sympy.Expr

    @property
    def horizon(self) -> sympy.Expr:
        """|a|^alpha + |w|^alpha"""
        return a**self.alpha + w**self.alpha

    @cached_property
    def balanced(self) -> sympy.Expr:
        """2 s^(alpha/2), the horizon at |a| = |w| = sqrt(s)."""
        value = self.horizon.subs({a: sympy.sqrt(size), w: sympy.sqrt(size)})
        answer = 2 * size ** (sympy.sympify(self.alpha) / 2)
        check_equal(sympy.powdenest(value), answer, "horizon of a balanced neuron")
        return answer

    @cached_property
    def excess(self) -> sympy.Expr:
        """(|a|^(alpha/2) - |w|^(alpha/2))^2, what the horizon exceeds the balanced one of the same size by."""
        half = sympy.sympify(self.alpha) / 2
        answer = (a**half - w**half) ** 2
        check_equal(sympy.expand(self.horizon - self.balanced.subs(size, a * w)), sympy.expand(answer), "excess")
        return answer

    def derivation(self) -> Derivation:
        steps = Derivation(f"A neuron with the horizon of degree {self.alpha}")
        steps = steps.then("degree one of the activation", "(a/c) sigma(c <w, x>)", "a sigma(<w, x>)", "c > 0")
        steps = steps.then("balance |a| = |w| = sqrt(s)", self.horizon, self.balanced)
        return steps.then("complete the square", "horizon - balanced horizon", self.excess)

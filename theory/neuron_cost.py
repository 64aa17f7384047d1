"""The cost of a neuron a sigma(w) of degree one, with the scale that the function does not see chosen best.

The powers |a|^alpha + |w|^alpha become (|a|/c)^alpha + (c |w|)^alpha under (a, w) -> (a/c, c w), which leaves
|a| |w| as it is. The least value over c > 0 is 2 (|a| |w|)^(alpha/2), where both terms are the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy

from theory.derivation import Derivation
from theory.vanishing import check_equal

a, w, c = sympy.symbols("a w c", positive=True)
size = sympy.Symbol("m", positive=True)  # |a| |w|


@dataclass(frozen=True)
class NeuronCost:
    """The cost under the power ``alpha``."""

    alpha: sympy.Expr

    @property
    def at_scale(self) -> sympy.Expr:
        return (a / c) ** self.alpha + (c * w) ** self.alpha

    @property
    def best_scale(self) -> sympy.Expr:
        """c = sqrt(a/w), where the derivative in c vanishes; it is the sole such point, the second term rising."""
        root = sympy.sqrt(a / w)
        check_equal((a / c).subs(c, root), (c * w).subs(c, root), "both terms at the best scale")
        return root

    @property
    def least(self) -> sympy.Expr:
        """2 (a w)^(alpha/2)."""
        answer = 2 * (a * w) ** (sympy.sympify(self.alpha) / 2)
        both = 2 * sympy.sqrt(a * w) ** self.alpha
        check_equal(sympy.powdenest(both), answer, "cost at the best scale")
        return answer

    def split(self, neurons: sympy.Expr) -> sympy.Expr:
        """Cost of ``neurons`` equal neurons that share the size m, over the cost of one: n^(1 - alpha/2)."""
        return sympy.sympify(neurons) ** (1 - sympy.sympify(self.alpha) / 2)

    @property
    def favours(self) -> str | None:
        """``few`` neurons for alpha < 2, ``many`` for alpha > 2, ``neither`` at alpha = 2; None where not known."""
        sign = sympy.sign(sympy.sympify(self.alpha) - 2)
        return {-1: "few", 0: "neither", 1: "many"}.get(int(sign)) if sign.is_number else None

    def derivation(self) -> Derivation:
        steps = Derivation("The cost of a neuron")
        steps = steps.then("rescale", "cost", self.at_scale, "c > 0")
        steps = steps.then("both terms equal", "best c", self.best_scale)
        steps = steps.then("arithmetic and geometric mean", "least cost", self.least)
        return steps.then("share the size among n neurons", "cost of n over that of one", self.split(sympy.Symbol("n")))

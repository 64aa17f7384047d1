"""The balance equation of a deep diagonal network: how |w_i|^q - |w_j|^q moves along steepest descent.

The flow is ``w_i' = -spow(g prod_{k != i} w_k, q - 1) - a w_i`` with g = f'(x) and decoupled decay a; with coupled
decay the term a w_i stands inside the power. The rates are derived on each orthant, where every w_i = s_i r_i has a
fixed sign s_i and r_i > 0; no orthant's boundary is covered.
"""

from __future__ import annotations

import itertools
from functools import cached_property

import sympy

from theory.derivation import Derivation
from theory.vanishing import check_equal

q = sympy.Symbol("q", positive=True)
a = sympy.Symbol("a", nonnegative=True)
force = sympy.Symbol("G", positive=True)  # |g|


class Balance:
    """The balance between the layers i and j (counted from 1) of a network of ``layers`` layers."""

    def __init__(self, layers: int, i: int = 1, j: int = 2) -> None:
        if not (layers >= 2 and 1 <= i <= layers and 1 <= j <= layers and i != j):
            raise ValueError("two different layers of a network of at least two are needed")
        self.layers, self.i, self.j = layers, i, j
        self.sizes = [sympy.Symbol(f"r{k}", positive=True) for k in range(1, layers + 1)]

    def rate_of_size(self, k: int, signs: tuple[int, ...], g_sign: int) -> sympy.Expr:
        """d|w_k|^q/dt on the orthant of the given signs, by the chain rule."""
        r = self.sizes[k - 1]
        others = [s for n, s in enumerate(self.sizes, 1) if n != k]
        sign_of_others = sympy.prod(s for n, s in enumerate(signs, 1) if n != k)
        data = -g_sign * sign_of_others * (force * sympy.prod(others)) ** (q - 1)
        speed = data - a * signs[k - 1] * r
        return q * r ** (q - 1) * signs[k - 1] * speed

    @cached_property
    def rate(self) -> sympy.Expr:
        """d(|w_i|^q - |w_j|^q)/dt = -q a (|w_i|^q - |w_j|^q), found equal on every orthant."""
        balance = self.sizes[self.i - 1] ** q - self.sizes[self.j - 1] ** q
        answer = -q * a * balance
        for *signs, g_sign in itertools.product((1, -1), repeat=self.layers + 1):
            found = self.rate_of_size(self.i, tuple(signs), g_sign) - self.rate_of_size(self.j, tuple(signs), g_sign)
            check_equal(found, answer, f"rate of the balance on the orthant {signs}")
        return answer

    def derivation(self) -> Derivation:
        ones = (1,) * self.layers
        inside = "no weight is zero"
        steps = Derivation(f"The balance of the layers {self.i} and {self.j} of {self.layers}")
        for k in (self.i, self.j):
            steps = steps.then("chain rule", f"d r{k}^q/dt", self.rate_of_size(k, ones, 1), inside, "positive orthant")
        steps = steps.then("subtract; the data terms are the same power of x", "d(balance)/dt", self.rate, inside)
        return steps.then("linear equation", "balance at t", "balance at 0 * exp(-q * integral of a)", inside)

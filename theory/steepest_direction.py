"""The direction of steepest descent for the L_p norm, and the index dual to p.

With 1/p + 1/q = 1, ``u = -spow(g, q - 1) N^(2-q)``, N = |g|_q, has the L_p norm N and reaches ``<u, g> = -N^2``, the
least that Hoelder's inequality ``<u, g> >= -|u|_p |g|_q`` allows where |u|_p <= N. Time rescaled by N^(2-q) drops that
factor.
"""

from __future__ import annotations

from functools import cached_property

import sympy

from theory.derivation import Derivation
from theory.vanishing import check_equal

q = sympy.Symbol("q", positive=True)
norm = sympy.Symbol("N", positive=True)


class SteepestDirection:
    """The direction for a gradient of ``entries`` entries, in their sizes and the norm N of the dual index q."""

    def __init__(self, entries: int = 2) -> None:
        if entries < 1:
            raise ValueError("a gradient has at least one entry")
        self.sizes = [sympy.Symbol(f"g{k}", positive=True) for k in range(1, entries + 1)]

    @cached_property
    def dual_index(self) -> sympy.Expr:
        """p = q/(q - 1), put back into 1/p + 1/q = 1."""
        p = q / (q - 1)
        check_equal(1 / p + 1 / q, sympy.Integer(1), "dual index")
        return p

    @cached_property
    def power(self) -> sympy.Expr:
        """(q - 1) p = q: the p-th powers of the direction's sizes are N^((2-q) p) times the q-th ones of g."""
        check_equal((q - 1) * self.dual_index, q, "power of the sizes")
        return q

    @cached_property
    def norm_of_direction(self) -> sympy.Expr:
        """|u|_p = N^(q/p) N^(2-q) = N, since the sum of |g|^q is N^q."""
        found = (norm**self.power) ** (1 / self.dual_index) * norm ** (2 - q)
        check_equal(sympy.powsimp(sympy.expand(found)), norm, "norm of the direction")
        return norm

    @cached_property
    def descent(self) -> sympy.Expr:
        """<u, g> = -N^(2-q) sum |g|^q = -N^2."""
        each = [-(s ** (q - 1)) * norm ** (2 - q) * s for s in self.sizes]
        total = sum((s**q for s in self.sizes), sympy.Integer(0))
        check_equal(sum(each, sympy.Integer(0)), -total * norm ** (2 - q), "sum of the entries")
        check_equal(-(norm**q) * norm ** (2 - q), -(norm**2), "Hoelder equality")
        return -(norm**2)

    def derivation(self) -> Derivation:
        steps = Derivation("The steepest direction for the L_p norm")
        steps = steps.then("1/p + 1/q = 1", "p", self.dual_index, sympy.Gt(q, 1))
        steps = steps.then("sizes |g|^(q-1) N^(2-q)", "|u|_p", self.norm_of_direction)
        steps = steps.then("sum of |g|^q is N^q", "<u, g>", self.descent)
        return steps.then("Hoelder's inequality", "<u, g>, at least", -(norm**2), "|u|_p <= N")

"""The sizes of a displacement d in L1 and L2: |d|_2 <= |d|_1 <= sqrt(n) |d|_2, and what their ratio says.

``|d|_1^2 - |d|_2^2 = 2 sum_{i<j} |d_i| |d_j|`` and ``n |d|_2^2 - |d|_1^2 = sum_{i<j} (|d_i| - |d_j|)^2``, both not
negative. So |d|_1/|d|_2 lies between 1, where one entry moves alone, and sqrt(n), where all move equally.
"""

from __future__ import annotations

import itertools
from functools import cached_property

import sympy

from theory.derivation import Derivation
from theory.vanishing import check_equal


class Displacement:
    """A displacement of ``entries`` entries, by their sizes."""

    def __init__(self, entries: int = 3) -> None:
        if entries < 1:
            raise ValueError("a displacement has at least one entry")
        self.sizes = [sympy.Symbol(f"d{k}", nonnegative=True) for k in range(1, entries + 1)]

    @cached_property
    def squares(self) -> tuple[sympy.Expr, sympy.Expr]:
        """(|d|_1^2, |d|_2^2)"""
        return sympy.Add(*self.sizes) ** 2, sympy.Add(*(d**2 for d in self.sizes))

    @cached_property
    def above_the_euclidean(self) -> sympy.Expr:
        """|d|_1^2 - |d|_2^2 as a sum of products of sizes."""
        found = sympy.Add(*(2 * a * b for a, b in itertools.combinations(self.sizes, 2)))
        check_equal(sympy.expand(self.squares[0] - self.squares[1]), sympy.expand(found), "excess of the L1 norm")
        return found

    @cached_property
    def below_the_uniform(self) -> sympy.Expr:
        """n |d|_2^2 - |d|_1^2 as a sum of squares."""
        found = sympy.Add(*((a - b) ** 2 for a, b in itertools.combinations(self.sizes, 2)))
        gap = len(self.sizes) * self.squares[1] - self.squares[0]
        check_equal(sympy.expand(gap), sympy.expand(found), "defect of the L1 norm")
        return found

    def derivation(self) -> Derivation:
        n = len(self.sizes)
        steps = Derivation(f"The norms of a displacement of {n} entries")
        steps = steps.then("expand the square", "|d|_1^2 - |d|_2^2", self.above_the_euclidean)
        return steps.then("complete the squares", f"{n} |d|_2^2 - |d|_1^2", self.below_the_uniform)

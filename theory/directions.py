"""The direction G/|G| of a moving vector, and how fast it turns.

(G/|G|)' = G'/|G| - G <G, G'>/|G|^3 is the part of G' across G over |G|, so that its square is
``|G'|^2/|G|^2 - <G, G'>^2/|G|^4``: at most |G'|^2/|G|^2.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy

from theory.derivation import Derivation
from theory.vanishing import check_equal


@dataclass(frozen=True)
class Direction:
    """The direction of a vector with ``dimension`` coordinates, two at least."""

    dimension: int

    def __post_init__(self) -> None:
        if self.dimension < 2:
            raise ValueError("a direction turns in two dimensions or more")

    @property
    def vector(self) -> tuple[sympy.Symbol, ...]:
        return tuple(sympy.Symbol(f"G{i}", real=True) for i in range(1, self.dimension + 1))

    @property
    def velocity(self) -> tuple[sympy.Symbol, ...]:
        return tuple(sympy.Symbol(f"V{i}", real=True) for i in range(1, self.dimension + 1))

    @property
    def square(self) -> sympy.Expr:
        """|G|^2"""
        return sympy.Add(*(g**2 for g in self.vector))

    @property
    def product(self) -> sympy.Expr:
        """<G, G'>"""
        return sympy.Add(*(g * v for g, v in zip(self.vector, self.velocity, strict=True)))

    @property
    def turning(self) -> tuple[sympy.Expr, ...]:
        """(G/|G|)', coordinate by coordinate."""
        n = sympy.sqrt(self.square)
        return tuple(
            sympy.Add(*(sympy.diff(g / n, h) * v for h, v in zip(self.vector, self.velocity, strict=True)))
            for g in self.vector
        )

    @property
    def squared_speed(self) -> sympy.Expr:
        """|G'|^2/|G|^2 - <G, G'>^2/|G|^4, found equal to the square of the turning."""
        size = sympy.Add(*(v**2 for v in self.velocity))
        answer = size / self.square - self.product**2 / self.square**2
        check_equal(sympy.Add(*(w**2 for w in self.turning)), answer, "speed of the direction")
        return answer

    def derivation(self) -> Derivation:
        steps = Derivation(f"How fast a direction turns in {self.dimension} dimensions")
        for g, w in zip(self.vector, self.turning, strict=True):
            steps = steps.then("quotient rule", f"({g}/|G|)'", w, "G != 0")
        steps = steps.then("add the squares", "|(G/|G|)'|^2", self.squared_speed, "G != 0")
        return steps.then("drop what is subtracted", "|(G/|G|)'|", "<= |G'|/|G|", "G != 0")

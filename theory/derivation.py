"""Derivations: how a result follows from first principles, step by step.

A step replaces one expression by another under a rule and states the conditions under which it is allowed. A
derivation is data; it is printed, reported and compared, and nothing in it is taken as true without a check: the
objects of the theory check each result backwards (an antiderivative is differentiated, a root is substituted) with
:func:`vanishes` before they record it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import sympy


class Unchecked(ArithmeticError):
    """A derived result that could not be checked backwards, so that it must not be used."""


@dataclass(frozen=True)
class Step:
    """``before = after`` by ``rule``, wherever the conditions hold.

    before, after, conditions: SymPy expressions or text.
    """

    rule: str
    before: sympy.Basic | str
    after: sympy.Basic | str
    conditions: tuple[sympy.Basic | str, ...] = ()

    def __str__(self) -> str:
        line = f"{self.before} = {self.after}    [{self.rule}]"
        return line + (f"  where {', '.join(str(c) for c in self.conditions)}" if self.conditions else "")


@dataclass(frozen=True)
class Derivation:
    """The steps that lead to a result, in order."""

    title: str
    steps: tuple[Step, ...] = field(default=())

    def then(self, rule: str, before: sympy.Basic | str, after: sympy.Basic | str, *conditions: object) -> Derivation:
        """The derivation with one more step."""
        kept = tuple(c if isinstance(c, (sympy.Basic, str)) else str(c) for c in conditions)
        return Derivation(self.title, (*self.steps, Step(rule, before, after, kept)))

    @property
    def conclusion(self) -> sympy.Basic | str:
        """What the last step arrives at."""
        if not self.steps:
            raise ValueError(f"the derivation of {self.title!r} has no step")
        return self.steps[-1].after

    def lines(self) -> list[str]:
        return [f"{k}. {step}" for k, step in enumerate(self.steps, 1)]

    def __str__(self) -> str:
        return "\n".join([self.title, *self.lines()])

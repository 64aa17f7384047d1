"""How a normal form can stop short of an answer; each has one meaning and none of them is a verdict."""

from __future__ import annotations

from verify.language.terms import Term


class Stop(Exception):
    """Base of everything that interrupts a normal form."""


class Split(Stop):
    """The sign of a term decides how to go on; the cell must be cut along it.

    zero_only: only whether it vanishes matters. divisor: where it vanishes, what was asked for is undefined.
    """

    def __init__(self, term: Term, zero_only: bool = False, divisor: bool = False) -> None:
        super().__init__(f"sign of {term}")
        self.term = term
        self.zero_only = zero_only
        self.divisor = divisor


class Refine(Stop):
    """A finer root of a generator is needed; the tower must be rebuilt with the orders given."""

    def __init__(self, key: object, order: int) -> None:
        super().__init__("finer generator")
        self.key = key
        self.order = order


class NotDefined(Stop):
    """A term has no value anywhere in the cell (division by zero, logarithm of a nonpositive number, ...)."""


class Unsupported(Stop):
    """The term is outside the fragment with a normal form."""


class EmptyCell(Stop):
    """The assumptions of the cell contradict each other."""

"""Bounds of a function of one variable by its composition: a sine is bounded whatever its argument is."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from verify.checker.shapes_affine import rational
from verify.checker.shapes_goals import Goals
from verify.checker.shapes_ranges import Interval, Range
from verify.language.terms import ZERO, Term, num, sym

_ALWAYS = frozenset({"sin", "cos", "tanh", "atan", "asin", "acos", "erf", "sign"})
_FLOORS = (num(1), num(Fraction(1, 8)))


class Extent:
    """Whether terms are bounded below and above on an interval, by their composition."""

    def __init__(self, where: Range, component: Interval, goals: Goals) -> None:
        self.x = where.x
        self.component = component
        self.domain = where.on(*component.member(sym(where.x)))
        self.goals = goals

    def _proven(self, relation: str, u: Term, v: Term = ZERO) -> bool:
        return self.goals.proven(Term(relation, u, v), self.domain)

    def _off_zero(self, u: Term) -> bool:
        return any(self._proven(">=", u, c) or self._proven("<=", u, num(-c.args[0])) for c in _FLOORS)

    def of(self, t: Term) -> tuple[bool, bool]:
        """(bounded below, bounded above); False means "not known"."""
        op, a = t.op, t.args
        if self.x not in t.free or op in _ALWAYS:
            return True, True
        if op == "sym":
            return self.component.lower is not None, self.component.upper is not None
        rule = _RULES.get(op)
        if rule is not None:
            return rule(*(self.of(u) for u in a))
        if op == "*":
            return self._product(a[0], a[1])
        if op == "/":
            both = all(self.of(a[0])) and self._off_zero(a[1])
            return both, both
        if op == "log":
            return any(self._proven(">=", a[0], c) for c in _FLOORS), self.of(a[0])[1]
        if op == "**" and self.x not in a[1].free:
            return self._power(a[0], a[1])
        return False, False

    def _product(self, u: Term, v: Term) -> tuple[bool, bool]:
        one, two = self.of(u), self.of(v)
        if all(one) and all(two):
            return True, True
        factor, other = (u, two) if self.x not in u.free else (v, one)
        if self.x not in factor.free:
            if self._proven(">=", factor):
                return other
            if self._proven("<=", factor):
                return other[1], other[0]
        return self._proven(">=", u) and self._proven(">=", v), False

    def _power(self, u: Term, r: Term) -> tuple[bool, bool]:
        below, above = self.of(u)
        value = rational(r)
        if value is not None and value.denominator == 1 and value > 0:
            return (below, above) if value % 2 else (True, below and above)
        if self._proven(">", r) and self._proven(">=", u):
            return True, above
        if self._proven("<", r) and self._proven(">", u):
            return True, any(self._proven(">=", u, c) for c in _FLOORS)
        return False, False


_Sides = tuple[bool, bool]
_RULES: dict[str, Callable[..., _Sides]] = {
    "+": lambda u, v: (u[0] and v[0], u[1] and v[1]),
    "-": lambda u, v: (u[0] and v[1], u[1] and v[0]),
    "neg": lambda u: (u[1], u[0]),
    "abs": lambda u: (True, all(u)),
    "cosh": lambda u: (True, all(u)),
    "exp": lambda u: (True, u[1]),
    "sqrt": lambda u: (True, u[1]),
    "acosh": lambda u: (True, u[1]),
    "sinh": lambda u: u,
    "asinh": lambda u: u,
    "Min": lambda *p: (all(u[0] for u in p), any(u[1] for u in p)),
    "Max": lambda *p: (any(u[0] for u in p), all(u[1] for u in p)),
}

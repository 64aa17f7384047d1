"""Monotonicity and curvature by the rules of composition, without derivatives.

A sum of convex functions is convex, so is the largest of several, so is exp of one, and so on. The rules need no
smoothness and no order of the points where |.|, Min or Max bend. They speak of an interval on which the term is
defined; a rule that does not apply says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from verify.checker.shapes_affine import rational
from verify.checker.shapes_goals import Goals
from verify.language.terms import ONE, ZERO, Term
from verify.statement import Domain

_INCREASING = frozenset({"exp", "log", "sqrt", "sinh", "tanh", "asin", "atan", "asinh", "acosh", "atanh", "erf"})


@dataclass(frozen=True)
class Bend:
    """sign: 1 for increasing (convex), -1 for decreasing (concave), 0 for constant (affine); strict: strictly so."""

    sign: int
    strict: bool = False

    @property
    def turned(self) -> Bend:
        return Bend(-self.sign, self.strict)


FLAT = Bend(0)


def _sum(u: Bend | None, v: Bend | None) -> Bend | None:
    if u is None or v is None or u.sign * v.sign < 0:
        return None
    return Bend(u.sign or v.sign, u.strict or v.strict)


class Composition:
    """The rules on one interval: ``domain`` limits x to it, and the terms asked about are defined there."""

    def __init__(self, x: str, domain: Domain, goals: Goals) -> None:
        self.x = x
        self.domain = domain
        self.goals = goals

    def _proven(self, relation: str, u: Term, v: Term = ZERO) -> bool:
        return self.goals.proven(Term(relation, u, v), self.domain)

    def _scaled(self, factor: Term, bend: Bend | None) -> Bend | None:
        if bend is None or bend.sign == 0:
            return bend
        if self._proven(">", factor):
            return bend
        if self._proven("<", factor):
            return bend.turned
        if self._proven(">=", factor):
            return Bend(bend.sign)
        return Bend(-bend.sign) if self._proven("<=", factor) else None

    def direction(self, t: Term) -> Bend | None:
        """Whether x -> t is increasing, decreasing or constant on the interval."""
        if self.x not in t.free:
            return FLAT
        op, a = t.op, t.args
        if op == "sym":
            return Bend(1, True)
        if op in ("+", "-"):
            right = self.direction(a[1])
            return _sum(self.direction(a[0]), right.turned if right is not None and op == "-" else right)
        if op == "neg":
            inner = self.direction(a[0])
            return None if inner is None else inner.turned
        if op == "*" and (self.x not in a[0].free or self.x not in a[1].free):
            factor, of = (a[0], a[1]) if self.x not in a[0].free else (a[1], a[0])
            return self._scaled(factor, self.direction(of))
        if op == "/":
            if self.x not in a[1].free:
                return self._scaled(a[1], self.direction(a[0]))
            below = self.direction(a[1]) if self.x not in a[0].free else None
            if below is not None and (self._proven(">", a[1]) or self._proven("<", a[1])):
                return self._scaled(a[0], below.turned)
            return None
        if op in _INCREASING:
            return self.direction(a[0])
        if op == "acos":
            inner = self.direction(a[0])
            return None if inner is None else inner.turned
        if op in ("abs", "cosh"):
            return self._even(a[0])
        if op == "sign" or (op == "spow" and self.x not in a[1].free and self._proven(">", a[1])):
            inner = self.direction(a[0])
            return inner if op == "spow" or inner is None else Bend(inner.sign)
        if op == "**" and self.x not in a[1].free:
            return self._power_direction(a[0], a[1])
        if op in ("Min", "Max"):
            parts = [self.direction(u) for u in a]
            if any(p is None for p in parts):
                return None
            known = [p for p in parts if p is not None]
            signs = {p.sign for p in known} - {0}
            if len(signs) > 1:
                return None
            return Bend(signs.pop() if signs else 0, all(p.strict for p in known))
        return None

    def _even(self, u: Term) -> Bend | None:
        inner = self.direction(u)
        if inner is None or inner.sign == 0:
            return inner
        if self._proven(">=", u):
            return inner
        return inner.turned if self._proven("<=", u) else None

    def _power_direction(self, u: Term, r: Term) -> Bend | None:
        inner = self.direction(u)
        if inner is None:
            return None
        value = rational(r)
        if value is not None and value.denominator == 1 and value > 0 and value % 2 == 1:
            return inner
        if value is not None and value.denominator == 1 and value > 0:
            return self._even(u)
        if self._proven(">", r) and self._proven(">=", u):
            return inner
        return inner.turned if self._proven("<", r) and self._proven(">", u) else None

    def curvature(self, t: Term) -> Bend | None:
        """Whether x -> t is convex, concave or affine on the interval."""
        if self.x not in t.free:
            return FLAT
        op, a = t.op, t.args
        if op == "sym":
            return FLAT
        if op in ("+", "-"):
            right = self.curvature(a[1])
            return _sum(self.curvature(a[0]), right.turned if right is not None and op == "-" else right)
        if op == "neg":
            inner = self.curvature(a[0])
            return None if inner is None else inner.turned
        if op == "*" and (self.x not in a[0].free or self.x not in a[1].free):
            factor, of = (a[0], a[1]) if self.x not in a[0].free else (a[1], a[0])
            return self._scaled(factor, self.curvature(of))
        if op == "/" and self.x not in a[1].free:
            return self._scaled(a[1], self.curvature(a[0]))
        if op == "/" and self.x not in a[0].free and self._proven(">", a[1]):
            return self._scaled(a[0], self._convex_of(a[1], -1))
        if op in ("exp", "cosh"):
            return self._convex_of(a[0], 1 if op == "exp" else 0)
        if op in ("log", "sqrt"):
            outer = self._convex_of(a[0], -1)
            return None if outer is None else outer.turned
        if op == "abs":
            inner = self.curvature(a[0])
            return Bend(1) if inner == FLAT else None
        if op in ("Min", "Max"):
            want = 1 if op == "Max" else -1
            parts = [self.curvature(u) for u in a]
            if all(p is not None and p.sign in (0, want) for p in parts):
                return Bend(want, all(p is not None and p.strict for p in parts))
            return None
        if op == "**" and self.x not in a[1].free:
            return self._power_curvature(a[0], a[1])
        return None

    def _convex_of(self, u: Term, monotone: int) -> Bend | None:
        """g(u) for a strictly convex g that is increasing (1), decreasing (-1) or neither (0) where u lives."""
        inner = self.curvature(u)
        if inner is None or inner.sign not in (0, monotone):
            return None
        along = self.direction(u) if inner.sign == 0 else None
        return Bend(1, inner.strict or (along is not None and along.strict))

    def _power_curvature(self, u: Term, r: Term) -> Bend | None:
        value = rational(r)
        even = value is not None and value.denominator == 1 and value > 0 and value % 2 == 0
        if even or (u.op == "abs" and self._proven(">=", r, ONE)):
            found = self._convex_of(u.args[0] if u.op == "abs" else u, 0)
            if found is not None:
                return found if even or self._proven(">", r, ONE) else Bend(found.sign)
        if self._proven(">=", r, ONE) and self._proven(">=", u):
            found = self._convex_of(u, 1)
            return found if found is None or self._proven(">", r, ONE) else Bend(found.sign)
        if self._proven("<", r) and self._proven(">", u):
            return self._convex_of(u, -1)
        if self._proven(">", r) and self._proven("<=", r, ONE) and self._proven(">=", u):
            found = self._convex_of(u, -1)
            return None if found is None else Bend(-1, found.strict and self._proven("<", r, ONE))
        return None

"""A law along a flow near one state: signs of its atoms, continuity of its terms, gradients, conditions that last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from verify.checker.flowing.branches import Refused, branch, frozen, jumping_atoms, sign_of
from verify.checker.flowing.law import Law
from verify.checker.flowing.terms import factored, is_integer, is_jump, is_plain, kink_argument, mul, sub
from verify.language.calculus import derivative
from verify.language.evaluate import Undefined, Unknown, exact, truth
from verify.language.terms import ONE, RELATIONS, ZERO, Term, num, walk
from verify.statement import Domain

CONTINUOUS = frozenset({"num", "sym", "const", "+", "-", "*", "neg", "abs", "exp", "sin", "cos", "sinh", "cosh", "tanh",
                        "atan", "asinh", "erf"})  # fmt: skip
INSIDE = frozenset({"asin", "acos", "atanh", "acosh"})


@dataclass(frozen=True)
class State:
    """A law whose parameters are numbers, at a state; the signs there of all its atoms that have a value.

    As a patch it is the part near the state of the set where the same atoms vanish.
    """

    law: Law
    at: dict[str, Fraction]
    signs: Mapping[Term, int]

    @property
    def domain(self) -> Domain:
        return self.law.domain

    def sign(self, atom: Term) -> int:
        if atom not in self.signs:
            raise Refused("the sign of an atom is not known")
        return self.signs[atom]

    def value(self, t: Term) -> Fraction | None:
        return exact(t, self.at)

    def proves(self, relation: str, u: Term) -> bool:
        try:
            return truth(Term(relation, u, ZERO), self.at) is True
        except Undefined:
            return False

    @cached_property
    def zeros(self) -> list[Term]:
        return [a for a, s in self.signs.items() if s == 0 and a.free]

    @property
    def jumps(self) -> list[Term]:
        return [a for a in jumping_atoms(self.law.fields) if self.sign(a) == 0 and a.free]

    @cached_property
    def relations(self) -> list[Term]:
        """The hypotheses that speak of the state, conjunctions taken apart."""
        flat = [p for h in self.domain.hypotheses for p in (h.args if h.op == "and" else (h,))]
        return [h for h in flat if h.free]

    @property
    def ties(self) -> list[Term]:
        return [sub(*h.children) for h in self.relations if h.op == "=="]

    @property
    def conditions(self) -> list[Term]:
        return [h for h in self.relations if h.op != "=="]

    # -- near the state --------------------------------------------------------------------------------------------
    def lasts(self, h: Term) -> bool:
        """True only if the hypothesis holds at all states of the patch near this one."""
        if h.op not in RELATIONS:
            return False
        u = sub(*h.children)
        try:
            constant = is_plain(Term(h.op, branch(u, self), ZERO))
        except Refused:
            constant = None
        if constant is not None:
            return constant
        return not any(is_jump(t) for t in walk(u)) and self.regular(u, self.signs) and self.proves("!=", u)

    def regular(self, t: Term, near: Mapping[Term, int]) -> bool:
        """Whether t, its jumps at their values for the signs near, is defined and continuous in a neighbourhood."""
        op, a = t.op, t.children
        if is_jump(t):
            return all(self.sign(u) == 0 or self.regular(u, near) for u, _, _ in factored(a[0]).parts)
        if not all(self.regular(c, near) for c in a):
            return False
        inner = [frozen(c, near) for c in a]
        if op in CONTINUOUS:
            return True
        if op == "/":
            return self.proves("!=", inner[1])
        if op == "log":
            return self.proves(">", inner[0])
        if op == "sqrt":
            return self.proves(">", inner[0]) or self._even(inner[0])
        if op == "spow":
            return self.proves("!=", inner[0]) or self.proves(">", inner[1])
        if op == "**":
            if is_integer(inner[1]):
                return self.proves(">", inner[1]) or self.proves("!=", inner[0])
            return self.proves(">", inner[0]) or (self._even(inner[0]) and self.proves(">", inner[1]))
        if op in INSIDE:
            room = sub(inner[0], ONE) if op == "acosh" else sub(ONE, mul(inner[0], inner[0]))
            return self.proves(">", room)
        return False

    def _even(self, u: Term) -> bool:
        """Whether u >= 0 near the state: the factors that vanish have even powers, the others are positive."""
        parts = factored(u)
        sign = (parts.scale > 0) - (parts.scale < 0)
        for atom, odd, _ in parts.parts:
            if odd:
                sign *= self.signs.get(atom, 0)
        return sign > 0

    def gradient(self, u: Term) -> dict[str, Term]:
        """The partial derivatives of u, which must be smooth in a neighbourhood of the state."""
        for t in walk(u):
            kink = kink_argument(t)
            if kink is not None and sign_of(kink, self) == 0:
                raise Refused("a kink inside")
        branch(u, self)
        return {n: derivative(u, n) for n in self.law.fields if n in u.free}

    def independent(self, surfaces: list[Term]) -> bool:
        """Whether the gradients are independent, so that the surfaces meet in a manifold, with all signs nearby."""
        table = []
        for u in surfaces:
            slopes = self.gradient(u)
            row = [self.value(slopes[n]) if n in slopes else Fraction(0) for n in self.law.fields]
            if any(v is None for v in row):
                return False
            table.append([v for v in row if v is not None])
        return rank(table) == len(table)


def at_state(law: Law, at: Mapping[str, Fraction]) -> State:
    """The law with its parameters put in, at the state."""
    for name in law.domain.names:
        if name not in law.state:
            law = law.put(name, num(at[name]))
    state = {name: at[name] for name in law.domain.names}
    return State(law, state, {a: s for a in law.atoms if (s := _sign(a, state)) is not None})


def _sign(atom: Term, at: Mapping[str, Fraction]) -> int | None:
    try:
        value = exact(atom, at)
        if value is not None:
            return (value > 0) - (value < 0)
        for s, op in ((1, ">"), (-1, "<")):
            if truth(Term(op, atom, ZERO), at) is True:
                return s
    except (Undefined, Unknown):
        return None
    return None


def rank(rows: list[list[Fraction]]) -> int:
    """The rank of a matrix over Q."""
    rest, done = [list(r) for r in rows], 0
    for c in range(len(rows[0]) if rows else 0):
        pivot = next((r for r in rest if r[c] != 0), None)
        if pivot is None:
            continue
        rest.remove(pivot)
        rest = [[x - r[c] / pivot[c] * y for x, y in zip(r, pivot, strict=True)] for r in rest]
        done += 1
    return done

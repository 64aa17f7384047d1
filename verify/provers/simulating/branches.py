"""Terms of a flow as smooth branches in doubles: abs(u) = s u and sign(u) = s for the sign s of u on a piece of a path.

The argument of each kink is cut into its factors, so that the surfaces on which branches meet are those of the factors:
sign(g w1 w2) has the surfaces w1 = 0 and w2 = 0. Built from the text of the statement alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from numerics.flows import NoProgress, SwitchedField
from verify.language.calculus import NotDifferentiable, constant_fold, derivative, expand
from verify.language.floats import compile_float
from verify.language.terms import BINDERS, ONE, ZERO, Term, num, rebuild, substitute, sym, walk

SIGN = "_sign"  # names _sign0, _sign1, ... stand for the signs of the atoms
WORK = 12_000  # evaluations of the field on one path, with all that is compared along it
KINKS = frozenset({"abs", "sign", "spow", "Min", "Max"})
Numbers = dict[str, float]


class Unsupported(Exception):
    """A term that is not simulated."""


@dataclass
class Branches:
    """The terms over the state, its parameters put in; atoms: the factors of kinks, in the order in which they came.

    direct: names whose kinks stay kinks, since they are only evaluated and no path is followed across them.
    """

    state: tuple[str, ...]
    parameters: Mapping[str, Fraction]
    atoms: list[Term] = field(default_factory=list)
    direct: frozenset[str] = frozenset()

    def branch(self, term: Term) -> Term:
        """The term with the names of signs in place of its kinks."""
        try:
            whole = expand(term)
        except NotDifferentiable as error:
            raise Unsupported(str(error)) from None
        values = {n: num(v) for n, v in self.parameters.items()}
        return self._branch(constant_fold(substitute(whole, values)))

    def _branch(self, t: Term) -> Term:
        moving = bool(t.free & frozenset(self.state))
        if not moving or not t.children:
            return t
        if t.op in BINDERS:
            if any(s.op in KINKS for s in walk(t)):
                raise Unsupported(f"a kink inside {t.op}")
            return t
        if t.free & self.direct:
            return rebuild(t, self._branch)
        if t.op in ("Min", "Max"):
            return self._branch(_without_extremum(t))
        if t.op == "abs":
            return self._size(t.children[0])
        if t.op == "sign":
            return self._sign(t.children[0])
        if t.op == "spow":
            base, r = t.children
            if not r.is_number:
                raise Unsupported("an exponent that moves or is not rational")
            return self._signed_power(base, r.args[0])
        if t.op in ("**", "sqrt") and t.children[0].op == "abs":
            size = Term("Max", self._size(t.children[0].children[0]), ZERO)
            return Term("sqrt", size) if t.op == "sqrt" else Term("**", size, self._branch(t.children[1]))
        return rebuild(t, self._branch)

    def _size(self, u: Term) -> Term:
        return Term("*", self._sign(u), self._branch(u))

    def _signed_power(self, u: Term, r: Fraction) -> Term:
        if r == 0:
            return self._sign(u)
        if r == 1:
            return self._branch(u)
        return Term("*", self._sign(u), Term("**", Term("Max", self._size(u), ZERO), num(r)))

    def _sign(self, u: Term) -> Term:
        """The sign of u as a product of the signs of its factors."""
        if not u.free & frozenset(self.state):
            return num(self._plain_sign(u))
        op, a = u.op, u.args
        if op in ("*", "/"):
            return Term("*", self._sign(a[0]), self._sign(a[1]))
        if op == "neg":
            return Term("neg", self._sign(a[0]))
        if op in ("sign", "spow") and (op == "sign" or (a[1].is_number and a[1].args[0] >= 0)):
            return self._sign(a[0])
        if op in ("abs", "sqrt"):
            return Term("**", self._sign(a[0]), num(2))
        if op == "**" and a[1].is_number and a[1].args[0] > 0:
            odd = a[1].args[0].denominator == 1 and a[1].args[0] % 2 == 1
            return self._sign(a[0]) if odd else Term("**", self._sign(a[0]), num(2))
        if op in ("exp", "cosh"):
            return ONE
        if u not in self.atoms:
            if op == "-" and Term("-", a[1], a[0]) in self.atoms:
                return Term("neg", self._sign(Term("-", a[1], a[0])))
            self.atoms.append(u)
        return sym(f"{SIGN}{self.atoms.index(u)}")

    def _plain_sign(self, u: Term) -> int:
        folded = constant_fold(u)
        value = folded.args[0] if folded.is_number else compile_float(folded)({})
        if isinstance(value, float) and not abs(value) > 1e-12:
            raise Unsupported("the sign of a parameter is not settled in doubles")
        return int(value > 0) - int(value < 0)

    def function(self, term: Term) -> Callable[[Sequence[float], Sequence[float]], float]:
        """A branch as a function of the state and of the signs of all the atoms."""
        program = compile_float(term)
        signs = [f"{SIGN}{k}" for k in range(len(self.atoms))]

        def value(y: Sequence[float], s: Sequence[float]) -> float:
            env: Numbers = dict(zip(self.state, y, strict=True))
            env.update(zip(signs, s, strict=False))
            return program(env)

        return value

    def switched(self, flow: Sequence[Term]) -> SwitchedField:
        """The field of the branches ``flow`` with a switch for each atom that is known by now."""
        atoms = list(self.atoms)
        smooth = [self._branch(a) for a in atoms]
        if len(self.atoms) > len(atoms):  # an atom with kinks of its own: its factors are switches too
            return self.switched(flow)
        try:
            rows = [[derivative(a, name) if name in a.free else ZERO for name in self.state] for a in smooth]
        except NotDifferentiable as error:
            raise Unsupported(str(error)) from None
        values = [self.function(f) for f in flow]
        left = [WORK]
        levels = [compile_float(a) for a in atoms]
        slopes = [[None if t == ZERO else self.function(t) for t in row] for row in rows]

        def velocity(y: np.ndarray, s: np.ndarray) -> np.ndarray:
            left[0] -= 1
            if left[0] < 0:
                raise NoProgress("the path takes too much work")
            at, signs = y.tolist(), s.tolist()
            return np.array([f(at, signs) for f in values])

        def switches(y: np.ndarray) -> np.ndarray:
            env = dict(zip(self.state, y.tolist(), strict=True))
            return np.array([u(env) for u in levels])

        def normals(y: np.ndarray, s: np.ndarray) -> np.ndarray:
            at, signs = y.tolist(), s.tolist()
            found = [[0.0 if f is None else f(at, signs) for f in row] for row in slopes]
            return np.array(found).reshape(len(atoms), len(at))

        return SwitchedField(velocity, switches, normals, len(atoms))


def _without_extremum(t: Term) -> Term:
    """Max(a, b) = (a + b + |a - b|)/2, Min(a, b) = (a + b - |a - b|)/2, from left to right."""
    value = t.children[0]
    for other in t.children[1:]:
        join = Term("+" if t.op == "Max" else "-", Term("+", value, other), Term("abs", Term("-", value, other)))
        value = Term("/", join, num(2))
    return value


def met(formula: Term, env: Mapping[str, float], slack: float = 1e-9) -> bool:
    """Whether a formula is met in doubles; equations to within the slack, connectives over relations alone."""
    op, a = formula.op, formula.args
    if op in ("and", "or"):
        return (all if op == "and" else any)(met(part, env, slack) for part in a)
    if op == "not":
        return not met(a[0], env, slack)
    if op == "implies":
        return not met(a[0], env, slack) or met(a[1], env, slack)
    if op not in ("==", "!=", "<", "<=", ">", ">="):
        return op == "true"
    left, right = (compile_float(side)(env) for side in a)
    room = slack * (1 + abs(left) + abs(right))
    if not math.isfinite(left - right):
        return False
    if op in ("==", "!="):
        return (abs(left - right) <= room) is (op == "==")
    gap = right - left if op in ("<", "<=") else left - right
    return gap > room if op in ("<", ">") else gap >= -room

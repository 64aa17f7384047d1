"""A law along a flow tried at states drawn at random, by ball arithmetic and derivatives of the terms as written.

Off the switching set solutions have x' = f(x): a law that is certainly false at such a state is not proved, whatever
the normal forms say.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction

from verify.language.calculus import NotDifferentiable, derivative, expand
from verify.language.evaluate import Undefined, Unknown, exact, truth
from verify.language.terms import TRUE, ZERO, Term, rebuild, walk
from verify.statement import Statement

DRAWS, POINTS = 12, 2
SEED = 7
VALUES = [Fraction(v) for v in ("1", "2", "-1", "1/2", "-2", "3", "3/2", "-1/2", "5/4", "-3", "1/3", "-4/3", "7")]
OPS = {1: ">", 0: "==", -1: "<"}


class Sample:
    def __init__(self, statement: Statement) -> None:
        self.domain = statement.domain
        fields = {n: worked_out(f) for n, f in statement.flow}
        self.names = list(dict.fromkeys((*self.domain.names, *fields)))
        self.whole = {n for n, sort in self.domain.variables if sort == "integer"}
        self.rng = random.Random(SEED)
        c = statement.conclusion
        if c.op == "conserved":
            c = Term("==", Term("ddt", c.args[0]), ZERO)
        # Where one of these vanishes the rules for derivatives may not hold, or the field jumps; and solutions may
        # leave the state at once.
        self.switches = list(dict.fromkeys(u for e in (worked_out(c), *fields.values()) for u in switches(e)))
        try:
            self.law = rates(c, fields)
        except NotDifferentiable:
            self.law = TRUE

    def contradicted(self, signs: Mapping[Term, int] | None = None, fixed: Mapping[str, Term] | None = None) -> bool:
        """Whether the law is certainly false at one of the states drawn where the atoms have the signs.

        fixed: parameters and their values, each perhaps in terms of those that come after it.
        """
        signs, found = signs or {}, 0
        for _ in range(DRAWS):
            at = self._drawn(signs, fixed or {})
            if at is None or not self._inside(at, signs):
                continue
            found += 1
            try:
                if truth(self.law, at) is False:
                    return True
            except Undefined:
                pass
            if found == POINTS:
                break
        return False

    def _drawn(self, signs: Mapping[Term, int], fixed: Mapping[str, Term]) -> dict[str, Fraction] | None:
        bare = {a.args[0]: s for a, s in signs.items() if a.op == "sym"}
        at: dict[str, Fraction] = {}
        for n in self.names:
            value = self.rng.choice([v for v in VALUES if n not in self.whole or v.denominator == 1])
            at[n] = abs(value) * bare[n] if n in bare else value
        for n, term in reversed(list(fixed.items())):
            try:
                known = exact(term, at)
            except Undefined:
                return None
            if known is None:
                return None
            at[n] = known
        return at

    def _inside(self, at: Mapping[str, Fraction], signs: Mapping[Term, int]) -> bool:
        conditions = [Term(OPS[s], a, ZERO) for a, s in signs.items() if a.op != "sym"]
        conditions += [*self.domain.hypotheses, *(Term("!=", u, ZERO) for u in self.switches)]
        try:
            return all(truth(h, at) is True for h in conditions)
        except (Undefined, Unknown):
            return False


def rates(t: Term, fields: Mapping[str, Term]) -> Term:
    """The conclusion with grad e . f for each ddt(e)."""
    if t.op != "ddt":
        return rebuild(t, lambda s: rates(s, fields))
    e, total = worked_out(t.args[0]), ZERO
    for n, f in fields.items():
        if n in e.free:
            total = Term("+", total, Term("*", derivative(e, n), f))
    return total


def worked_out(t: Term) -> Term:
    try:
        return expand(t)
    except NotDifferentiable:
        return t


def switches(e: Term) -> list[Term]:
    out: list[Term] = []
    for t in walk(e):
        if t.op in ("abs", "sign", "spow", "sqrt") or (t.op == "**" and not t.args[1].is_number):
            out.append(t.args[0])
        elif t.op in ("Min", "Max"):
            out += [Term("-", a, b) for k, a in enumerate(t.args) for b in t.args[k + 1 :]]
    return out

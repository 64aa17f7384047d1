"""A law along a flow tried at states drawn at random, by ball arithmetic and derivatives of the terms as written."""

from __future__ import annotations

import random
from fractions import Fraction

from verify.language.calculus import NotDifferentiable, derivative, expand
from verify.language.evaluate import Undefined, truth
from verify.language.terms import ZERO, Term, rebuild, walk
from verify.statement import Statement

DRAWS = 120
POINTS = 24
SEED = 7
VALUES = tuple(Fraction(v) for v in ("1", "2", "-1", "1/2", "-2", "3", "3/2", "-1/2", "5/4", "-3", "1/3", "-4/3", "7"))


def contradicted(statement: Statement) -> bool:
    """Whether the law is certainly false at a state off the switching set, where solutions have x' = f(x)."""
    fields = {n: _worked_out(f) for n, f in statement.flow}
    c = statement.conclusion
    if c.op == "conserved":
        c = Term("==", Term("ddt", c.args[0]), ZERO)

    def rate(t: Term) -> Term:
        if t.op != "ddt":
            return rebuild(t, rate)
        e, total = _worked_out(t.args[0]), ZERO
        for n, f in fields.items():
            total = Term("+", total, Term("*", derivative(e, n), f)) if n in e.free else total
        return total

    try:
        law = rate(c)
    except NotDifferentiable:
        return False
    observed = [_worked_out(t.args[0]) for t in walk(c) if t.op == "ddt"]
    names = list(dict.fromkeys((*statement.domain.names, *fields)))
    whole = {n for n, sort in statement.domain.variables if sort == "integer"}
    kinks = [u for e in (*observed, *fields.values()) for u in _switches(e)]
    rng, found = random.Random(SEED), 0
    for _ in range(DRAWS):
        at = {n: rng.choice([v for v in VALUES if n not in whole or v.denominator == 1]) for n in names}
        if found >= POINTS or not _inside(statement, kinks, at):
            continue
        found += 1
        try:
            if truth(law, at) is False:
                return True
        except Undefined:
            continue
    return False


def _worked_out(t: Term) -> Term:
    try:
        return expand(t)
    except NotDifferentiable:
        return t


def _switches(e: Term) -> list[Term]:
    """What must not vanish for the derivative rules to hold and the field to be continuous."""
    out = []
    for t in walk(e):
        if t.op in ("abs", "sign", "spow", "sqrt") or (t.op == "**" and not t.args[1].is_number):
            out.append(t.args[0])
        elif t.op in ("Min", "Max"):
            out += [Term("-", a, b) for k, a in enumerate(t.args) for b in t.args[k + 1 :]]
    return out


def _inside(statement: Statement, kinks: list[Term], at: dict[str, Fraction]) -> bool:
    try:
        return all(truth(h, at) is True for h in statement.domain.hypotheses) and all(
            truth(Term("!=", u, ZERO), at) is True for u in kinks
        )
    except Undefined:
        return False

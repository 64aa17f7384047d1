"""Mutants of a statement: small changes that ought to make a true statement false.

A sound and sharp verifier refutes most of them, and never proves one that a certified counterexample refutes. Each
mutant changes one thing: a relation, a sign, a constant, an exponent, a property, or a hypothesis. What is claimed is
made stronger where its form tells how (a bound is tightened), and what is assumed is made weaker: a bound is moved
outwards, or reached where it was strict, an equation becomes an inequality. A hypothesis that is dropped altogether is
tried as a mark of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from verify.language.printing import to_text
from verify.language.terms import BINDERS, INFINITY, ONE, PREDICATE_VARIABLE, PREDICATES, TWO, ZERO, Term, num
from verify.statement import Statement

Change = tuple[str, Term]  # its kind and the changed term


@dataclass(frozen=True)
class Mutant:
    """kind: what was changed; statement: the changed statement; text: the part of it that was changed."""

    kind: str
    statement: Statement
    text: str


_RELATIONS = {"==": "!=", "!=": "==", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_OPPOSITES = {
    "convex": "odd", "strictly_convex": "odd", "increasing": "even", "strictly_increasing": "even", "even": "odd",
    "odd": "even", "asymptotic": "littleo", "bigtheta": "littleo", "littleo": "bigtheta",
}  # fmt: skip
_TURNED = frozenset({"convex", "strictly_convex", "increasing", "strictly_increasing", "legendre", "bregman"})
LITTLE = num(Fraction(1, 1000))


def _changes(t: Term, inside_exponent: bool = False) -> Iterator[Change]:
    """Each single change inside a term, as the whole changed term."""
    op, a = t.op, t.args
    if op in ("+", "-"):
        yield "sign", Term("-" if op == "+" else "+", *a)
    if op == "neg":
        yield "sign", a[0]
    if op == "num":
        yield "exponent" if inside_exponent else "constant", num(a[0] + 1 if a[0] >= 0 else a[0] - 1)
    if op in ("**", "spow") and not (op == "**" and a[1].is_number):
        yield "exponent", Term(op, a[0], Term("+", a[1], ONE))
    if op == "sqrt":
        yield "exponent", a[0]
    if op == "abs":
        yield "sign", a[0]
    if op in ("limit", "Sum", "Product", "integrate", "expect", "diff") or op in BINDERS:
        for kind, body in _changes(a[0]):
            yield kind, Term(op, body, *a[1:])
        return
    for k, child in enumerate(a):
        if isinstance(child, Term):
            for kind, changed in _changes(child, op in ("**", "spow") and k == 1):
                yield kind, Term(op, *a[:k], changed, *a[k + 1 :])


def _infinite(t: Term) -> bool:
    return t == INFINITY or (t.op == "neg" and t.args[0] == INFINITY)


def _negative(t: Term) -> bool:
    return t.op == "neg" or (t.op in ("*", "/") and _negative(t.args[0]))


def _shifted(c: Term) -> Iterator[Term]:
    """The relation with one side moved or scaled: so that it says more where it is an inequality."""
    op, (a, b) = c.op, c.args
    if _infinite(a) or _infinite(b):  # infinity and one is infinity
        finite = {0: Term(op, ONE, b), 1: Term(op, a, ONE)}[int(_infinite(b))]
        opposite = Term(op, a, Term("neg", b) if b == INFINITY else INFINITY) if _infinite(b) else None
        yield from (t for t in (finite, opposite) if t is not None)
    elif op == "==":
        if ZERO not in (a, b):
            yield Term(op, a, Term("*", TWO, b))
        yield Term(op, Term("+", a, ONE), b)
        yield Term(op, a, Term("+", b, LITTLE))
    elif op in ("<", "<=", ">", ">="):
        less = op[0] == "<"
        if ZERO not in (a, b):
            # the larger side nearer to the smaller one: halved where it is positive, doubled where it is negative
            yield Term(op, a, Term("*", TWO, b) if _negative(b) == less else Term("/", b, TWO))
        yield Term(op, Term("+" if less else "-", a, ONE), b)
        yield Term(op, a, Term("-" if less else "+", b, LITTLE))


def _formula_changes(c: Term, claimed: bool = True) -> Iterator[Change]:
    """Each single change of a formula; one that is assumed within it is only made weaker."""
    op, a = c.op, c.args
    if op in _RELATIONS:
        if not claimed:
            yield from (("hypothesis", weaker) for weaker in _weaker(c))
            return
        yield "relation", Term(_RELATIONS[op], *a)
        if op == "==":
            yield "relation", Term("<", *a)
        yield from (("constant", t) for t in _shifted(c))
        for side in (1, 0):
            for kind, changed in _changes(a[side]):
                yield kind, Term(op, a[0], changed) if side else Term(op, changed, a[1])
        if op == "==" and ZERO not in a and not any(map(_infinite, a)):
            yield "sign", Term(op, a[0], Term("neg", a[1]))
    elif op in PREDICATES:
        yield from _property_changes(c)
    elif op == "conserved":
        rate = Term("ddt", a[0])
        yield "constant", Term("==", rate, ONE)
        yield from (("relation", Term(other, rate, ZERO)) for other in ("!=", "<", ">"))
        yield from ((kind, Term(op, changed)) for kind, changed in _changes(a[0]))
    else:
        last_first = reversed(list(enumerate(a))) if op == "implies" else enumerate(a)
        for k, child in last_first:
            if isinstance(child, Term) and child.is_formula:
                wanted = claimed != (op == "not" or (op == "implies" and k == 0))
                for kind, changed in _formula_changes(child, wanted):
                    yield kind, Term(op, *a[:k], changed, *a[k + 1 :])


def _property_changes(c: Term) -> Iterator[Change]:
    op, a = c.op, c.args
    x = a[PREDICATE_VARIABLE[op]]
    if op in _OPPOSITES:
        yield "property", Term(_OPPOSITES[op], *a)
    if op in _TURNED:
        yield "sign", Term(op, Term("neg", a[0]), *a[1:])
    if op == "even":
        yield "sign", Term(op, Term("+", a[0], x), *a[1:])
    if op == "odd":
        yield "constant", Term(op, Term("+", a[0], ONE), *a[1:])
    if op == "homogeneous":
        yield "exponent", Term(op, a[0], a[1], Term("+", a[2], ONE))
    if op == "asymptotic":
        yield "constant", Term(op, a[0], Term("*", TWO, a[1]), *a[2:])
    if op in ("bigtheta", "bigo", "littleo"):
        yield "relation", Term(op, a[1], a[0], *a[2:])
    for kind, changed in _changes(a[0]):
        yield kind, Term(op, changed, *a[1:])


def _weaker(h: Term) -> Iterator[Term]:
    """A hypothesis that admits a little more: its bound reached, or moved outwards; an equation one-sided."""
    if h.op in ("<", ">"):
        yield Term("<=" if h.op == "<" else ">=", *h.args)
    if h.op in ("<", "<="):
        yield Term(h.op, h.args[0], Term("+", h.args[1], TWO))
    if h.op in (">", ">="):
        yield Term(h.op, h.args[0], Term("-", h.args[1], TWO))
    if h.op == "==":
        yield Term("<=", *h.args)
        yield Term(">=", *h.args)


def _hypothesis_changes(statement: Statement) -> Iterator[tuple[Statement, str]]:
    hypotheses = statement.domain.hypotheses
    for k, h in enumerate(hypotheses):
        for changed in _weaker(h):
            domain = replace(statement.domain, hypotheses=(*hypotheses[:k], changed, *hypotheses[k + 1 :]))
            yield replace(statement, domain=domain), f"{to_text(changed)} in place of {to_text(h)}"


def mutants(statement: Statement, limit: int = 4) -> list[Mutant]:
    """At most ``limit`` mutants, every kind of change represented before any kind comes twice."""
    by_kind: dict[str, list[Mutant]] = {}
    seen = {to_text(statement.conclusion)}
    for kind, conclusion in _formula_changes(statement.conclusion):
        text = to_text(conclusion)
        if text not in seen:
            seen.add(text)
            by_kind.setdefault(kind, []).append(Mutant(kind, statement.concluding(conclusion), text))
    for weaker, text in _hypothesis_changes(statement):
        by_kind.setdefault("hypothesis", []).append(Mutant("hypothesis", weaker, text))
    chosen: list[Mutant] = []
    while len(chosen) < limit and any(by_kind.values()):
        for kind in list(by_kind):
            if by_kind[kind] and len(chosen) < limit:
                chosen.append(by_kind[kind].pop(0))
    return chosen

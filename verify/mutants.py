"""Mutants of a statement: small changes that ought to make a true statement false.

A sound and sharp verifier refutes most of them, and never proves one that a certified counterexample refutes. Each
mutant changes one thing: a relation, a sign, a constant, an exponent, or a hypothesis, whose bound is moved outwards
or no longer strict (one that is dropped altogether is tried as a mark of its own).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from verify.language.printing import to_text
from verify.language.terms import BINDERS, ONE, TWO, Term, num
from verify.statement import Statement


@dataclass(frozen=True)
class Mutant:
    """kind: what was changed; statement: the changed statement; text: the part of it that was changed."""

    kind: str
    statement: Statement
    text: str


_RELATIONS = {"==": ("!=",), "!=": ("==",), "<": (">",), "<=": (">=",), ">": ("<",), ">=": ("<=",)}


def _changes(t: Term, inside_exponent: bool = False) -> Iterator[tuple[str, Term]]:
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
    if op in ("limit", "Sum", "Product", "integrate", "expect", "diff") or op in BINDERS:
        for kind, body in _changes(a[0]):
            yield kind, Term(op, body, *a[1:])
        return
    for k, child in enumerate(a):
        if isinstance(child, Term):
            for kind, changed in _changes(child, op in ("**", "spow") and k == 1):
                yield kind, Term(op, *a[:k], changed, *a[k + 1 :])


def _relation_changes(c: Term) -> Iterator[tuple[str, Term]]:
    op, a = c.op, c.args
    if op in _RELATIONS:
        for other in _RELATIONS[op]:
            yield "relation", Term(other, *a)
        if op in ("==", "<=", ">="):
            yield "constant", Term(op, a[0], Term("*", TWO, a[1]))
            yield "constant", Term(op, Term("+", a[0], ONE), a[1])
            yield "constant", Term(op, a[0], Term("+", a[1], num(Fraction(1, 1000))))
        for side in (1, 0):
            for kind, changed in _changes(a[side]):
                yield kind, Term(op, a[0], changed) if side else Term(op, changed, a[1])
        return
    for k, child in enumerate(a):
        if isinstance(child, Term) and child.is_formula:
            for kind, changed in _relation_changes(child):
                yield kind, Term(op, *a[:k], changed, *a[k + 1 :])
    opposite = {
        "convex": "odd", "strictly_convex": "odd", "increasing": "even", "strictly_increasing": "even", "even": "odd",
        "odd": "even", "asymptotic": "littleo", "bigtheta": "littleo",
    }  # fmt: skip
    if op in opposite:
        yield "property", Term(opposite[op], *a)
    if op == "conserved":
        yield "constant", Term("==", Term("ddt", a[0]), ONE)


def _weaker(h: Term) -> Iterator[Term]:
    """A hypothesis that admits a little more: its bound reached, or moved outwards by one."""
    if h.op in ("<", ">"):
        yield Term("<=" if h.op == "<" else ">=", *h.args)
    if h.op in ("<", "<="):
        yield Term(h.op, h.args[0], Term("+", h.args[1], ONE))
    if h.op in (">", ">="):
        yield Term(h.op, h.args[0], Term("-", h.args[1], ONE))


def _hypothesis_changes(statement: Statement) -> Iterator[Statement]:
    for k, h in enumerate(statement.domain.hypotheses):
        for changed in _weaker(h):
            hypotheses = statement.domain.hypotheses
            domain = replace(statement.domain, hypotheses=(*hypotheses[:k], changed, *hypotheses[k + 1 :]))
            yield replace(statement, domain=domain)


def mutants(statement: Statement, limit: int = 4) -> list[Mutant]:
    """At most ``limit`` mutants, every kind of change represented before any kind comes twice."""
    by_kind: dict[str, list[Mutant]] = {}
    seen = {to_text(statement.conclusion)}
    for kind, conclusion in _relation_changes(statement.conclusion):
        text = to_text(conclusion)
        if text not in seen:
            seen.add(text)
            by_kind.setdefault(kind, []).append(Mutant(kind, statement.concluding(conclusion), text))
    for weaker in _hypothesis_changes(statement):
        old, new = statement.domain.hypotheses, weaker.domain.hypotheses
        text = next(f"{to_text(b)} in place of {to_text(a)}" for a, b in zip(old, new, strict=True) if a != b)
        by_kind.setdefault("hypothesis", []).append(Mutant("hypothesis", weaker, text))
    chosen: list[Mutant] = []
    while len(chosen) < limit and any(by_kind.values()):
        for kind in list(by_kind):
            if by_kind[kind] and len(chosen) < limit:
                chosen.append(by_kind[kind].pop(0))
    return chosen

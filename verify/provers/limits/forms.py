"""Limits in closed form over a whole domain, and what is left to prove once they are put in."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from importlib import import_module
from typing import Any

from verify.checker.leading import agrees, with_forms
from verify.checker.limit_values import value_of
from verify.evidence import Evidence, Tier, undecided
from verify.exact.expansion.cases import Case, GiveUp
from verify.exact.expansion.division import explore
from verify.language.printing import to_text
from verify.language.terms import PREDICATE_VARIABLE, RELATIONS, Term, rebuild, sym
from verify.provers.budget import Budget
from verify.provers.goals import prove_relation
from verify.provers.limits.records import certificate, tree
from verify.provers.limits.values import without_limits
from verify.statement import Domain, Statement

PROPERTY_PROVERS = ("verify.provers.shape", "verify.provers.legendre")
Record = dict[str, Any]


def closed_form(node: Term, domain: Domain) -> tuple[Term, Record] | None:
    """One term that is the value of a limit on the whole domain, with the cells on which it is; None where none of
    those tried is.

    The values on the cells are the candidates, written with absolute values where a parameter has a sign; a
    candidate is taken when it agrees with the limit on every cell.
    """

    def value(case: Case, order: int) -> Term:
        found = value_of(node, case, order)
        if found.kind != "finite" or found.one_sided:
            raise GiveUp(f"{node} is {found}")
        positive = frozenset(n for n in case.domain.names if case.atom_signs(sym(n)) == {1})
        return _with_moduli(found.value.term, positive - always)

    always = frozenset(n for n in domain.names if Case(domain).atom_signs(sym(n)) == {1})
    values = explore(domain, value)
    if any(v.answer is None for v in values):
        return None
    for candidate in dict.fromkeys(v.answer for v in values if v.answer is not None):
        found = explore(domain, partial(agrees, node, candidate))
        if all(f.answer is True for f in found):
            return candidate, {"form": to_text(candidate), "tree": tree(found, lambda _: {})}
    return None


def _with_moduli(term: Term, names: frozenset[str]) -> Term:
    if term.op == "sym":
        return Term("abs", term) if term.args[0] in names else term
    if term.op == "abs" and term.args[0].op == "sym":
        return term
    return rebuild(term, lambda t: _with_moduli(t, names))


def prove_without_limits(statement: Statement, budget: Budget, method: str) -> Evidence:
    """``holds`` where the statement, its limits replaced by their values, is proven; never ``fails``."""
    if statement.conclusion.op in RELATIONS:
        return _relations(statement, budget, method)
    if statement.conclusion.op not in PREDICATE_VARIABLE:
        return undecided(method, "limits in a conclusion that is neither a relation nor a property")
    forms: list[Record] = []

    def form(node: Term) -> Term | None:
        found = closed_form(node, statement.domain)
        if found is None:
            return None
        forms.append(found[1])
        return found[0]

    conclusion = with_forms(statement.conclusion, statement.domain, form)
    if conclusion is None:
        return undecided(method, "a limit has no closed form on the whole domain")
    goal = statement.concluding(conclusion)
    reasons = []
    for name in PROPERTY_PROVERS:
        prover = import_module(name)
        if prover.applies(goal):
            found: Evidence = prover.prove(goal, Budget(max(0.05, budget.left), budget.seed))
            if found.result in ("holds", "fails"):
                record = certificate(statement, by="closed forms", forms=forms, rest=found.certificate)
                return replace(found, detail=f"with {conclusion}: {found.detail}", certificate=record)
            reasons.append(found.detail)
    return undecided(method, f"with {conclusion}: {'; '.join(reasons)}")


def _relations(statement: Statement, budget: Budget, method: str) -> Evidence:
    cells = without_limits(statement)
    proofs: dict[int, Evidence] = {}
    told = []
    for k, cell in enumerate(cells):
        if cell.answer is None:
            return undecided(method, cell.reason)
        part = statement.assuming(*cell.hypotheses).concluding(cell.answer)
        evidence = prove_relation(part, Budget(max(0.05, budget.left / (len(cells) - k)), budget.seed))
        if evidence.result != "holds":
            return undecided(method, f"left to prove: {part.text}")
        proofs[id(cell)] = evidence
        told.append(f"{part.text}: {evidence.method}")
    tier = min((e.tier for e in proofs.values()), default=Tier.certified)
    engines = {k: v for e in proofs.values() for k, v in e.engines.items()}
    record = None
    if cells and tier >= Tier.certified:
        record = certificate(statement, by="values", tree=tree(cells, lambda c: {"part": proofs[id(c)].certificate}))
    detail = "limits replaced by their values"
    return Evidence(tier, method, "holds", detail, conditions=tuple(told), engines=engines, certificate=record)

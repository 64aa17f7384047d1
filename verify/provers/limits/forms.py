"""Limits in closed form over a whole domain, and what is left to prove once they are put in."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

from verify.evidence import Evidence, Tier, undecided
from verify.exact.expansion.cases import Case, GiveUp
from verify.exact.expansion.division import explore
from verify.exact.expansion.parameters import scalar
from verify.language.terms import PREDICATE_VARIABLE, RELATIONS, Term, binding, rebuild, sym, walk
from verify.provers.budget import Budget
from verify.provers.goals import prove_relation
from verify.provers.limits.values import eliminate_limits, value_of
from verify.statement import Domain, Statement

PROPERTY_PROVERS = ("verify.provers.shape", "verify.provers.legendre")


def closed_form(node: Term, domain: Domain) -> Term | None:
    """One term that is the value of a limit on the whole domain; None where none of those tried is.

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
        if _agrees(node, candidate, domain):
            return candidate
    return None


def _with_moduli(term: Term, names: frozenset[str]) -> Term:
    if term.op == "sym":
        return Term("abs", term) if term.args[0] in names else term
    if term.op == "abs" and term.args[0].op == "sym":
        return term
    return rebuild(term, lambda t: _with_moduli(t, names))


def _agrees(node: Term, candidate: Term, domain: Domain) -> bool:
    def same(case: Case, order: int) -> bool:
        return not case.nonzero(value_of(node, case, order).value - scalar(candidate, case))

    return all(found.answer is True for found in explore(domain, same))


def with_closed_forms(conclusion: Term, domain: Domain) -> Term | None:
    """The conclusion with every limit replaced; None where one of them has no closed form."""
    if conclusion.op == "limit":
        return closed_form(conclusion, domain) if conclusion.free <= frozenset(domain.names) else None
    if not any(t.op == "limit" for t in walk(conclusion)):
        return conclusion
    if conclusion.op in ("diff", "ddt") or binding(conclusion)[0] is not None:
        return None
    parts = [with_closed_forms(a, domain) if isinstance(a, Term) else a for a in conclusion.args]
    return None if any(p is None for p in parts) else Term(conclusion.op, *parts)


def prove_without_limits(statement: Statement, budget: Budget, method: str) -> Evidence:
    """``holds`` where the statement, its limits replaced by their values, is proven; never ``fails``."""
    if statement.conclusion.op in RELATIONS:
        return _relations(statement, budget, method)
    if statement.conclusion.op not in PREDICATE_VARIABLE:
        return undecided(method, "limits in a conclusion that is neither a relation nor a property")
    conclusion = with_closed_forms(statement.conclusion, statement.domain)
    if conclusion is None:
        return undecided(method, "a limit has no closed form on the whole domain")
    goal = statement.concluding(conclusion)
    reasons = []
    for name in PROPERTY_PROVERS:
        prover = import_module(name)
        if prover.applies(goal):
            found: Evidence = prover.prove(goal, Budget(max(0.05, budget.left), budget.seed))
            if found.result in ("holds", "fails"):
                return replace(found, detail=f"with {conclusion}: {found.detail}")
            reasons.append(found.detail)
    return undecided(method, f"with {conclusion}: {'; '.join(reasons)}")


def _relations(statement: Statement, budget: Budget, method: str) -> Evidence:
    parts = eliminate_limits(statement)
    if isinstance(parts, str):
        return undecided(method, parts)
    found = []
    for k, part in enumerate(parts):
        evidence = prove_relation(part, Budget(max(0.05, budget.left / (len(parts) - k)), budget.seed))
        if evidence.result != "holds":
            return undecided(method, f"left to prove: {part.text}")
        found.append(evidence)
    told = tuple(f"{part.text}: {e.method}" for part, e in zip(parts, found, strict=True))
    tier = min((e.tier for e in found), default=Tier.certified)
    engines = {k: v for e in found for k, v in e.engines.items()}
    return Evidence(tier, method, "holds", "limits replaced by their values", conditions=told, engines=engines)

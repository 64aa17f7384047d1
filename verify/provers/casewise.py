"""Relations by cases: the signs of what stands below abs, sign and spow, or is compared by Max and Min."""

from __future__ import annotations

from typing import Any

from verify.checker.casewise import MOST_CASES, RELATIONS_TO_ZERO, SECONDS, case, on, switches
from verify.evidence import Evidence, Tier, undecided
from verify.exact.signs import defined, signs
from verify.language.terms import ARITHMETIC, FALSE, Term, walk
from verify.provers import anchored, constancy, exact, powers, solvers, univariate
from verify.provers.budget import Budget
from verify.provers.recording import recorded
from verify.statement import Statement

METHOD = "cases by sign"
POLYNOMIAL = frozenset((*ARITHMETIC, "num", "sym", "abs", "sign", "sqrt", "Min", "Max"))


def applies(statement: Statement) -> bool:
    """Inequalities and equations with kinks beyond polynomial arithmetic, which the solvers know."""
    c = statement.conclusion
    if not (anchored.applies(statement) or (exact.applies(statement) and c.op == "==")) or not switches(c):
        return False
    return any(t.op not in POLYNOMIAL or (t.op == "**" and t.args[1].free) for a in c.args for t in walk(a))


def prove(statement: Statement, budget: Budget) -> Evidence:
    if not applies(statement):
        return undecided(METHOD, "not a relation that changes its form")
    leaves: list[Evidence] = []
    tree = _tree(statement, budget, 0, leaves)
    if tree is None:
        return undecided(METHOD, "a case is left open")
    tier = min((e.tier for e in leaves), default=Tier.certified)
    certificate = recorded("cases", statement, {"tree": tree})
    return Evidence(
        tier, METHOD, "holds", f"{len(leaves)} cases", engines=exact.engines(), seed=budget.seed,
        certificate=certificate,
    )  # fmt: skip


def _tree(statement: Statement, budget: Budget, depth: int, leaves: list[Evidence]) -> dict[str, Any] | None:
    if budget.spent:
        return None
    found = switches(statement.conclusion)
    last = depth >= MOST_CASES or not found
    direct = _leaf(statement, budget, last)
    if direct is not None:
        leaves.append(direct["part"])
        return direct
    if last:
        return None
    index = _chosen(statement, found)
    u = found[index]
    if not defined(u, statement.domain, SECONDS / 2):
        return None
    cases: dict[str, Any] = {}
    for relation in RELATIONS_TO_ZERO:
        inner = _tree(case(statement, u, relation), budget, depth + 1, leaves)
        if inner is None:
            return None
        cases[relation] = inner
    return {"switch": index, "cases": cases}


def _chosen(statement: Statement, found: list[Term]) -> int:
    """The first switch whose sign is open; the first of all where none is."""
    for k, u in enumerate(found):
        if len(signs(u, statement.domain, 0.2)) > 1:
            return k
    return 0


def _leaf(statement: Statement, budget: Budget, last: bool) -> dict[str, Any] | None:
    """A proof of one case; where more cuts are to come only a quick one."""
    quick = exact.prove(statement, Budget(max(0.05, min(0.3 if last else 0.1, budget.left / 4)), budget.seed))
    if quick.result == "holds":
        return {"part": quick, "kept": None}
    if not last:
        return None
    if _empty(statement, budget):
        found = solvers.prove(statement, Budget(0.5, budget.seed))
        return {"part": found, "kept": None} if found.result == "holds" else None
    bounds = [k for k, h in enumerate(statement.domain.hypotheses) if _is_bound(h)]
    # what is no bound of one variable by others stands in the way of arguments by monotonicity
    for prover in (powers, constancy, anchored, univariate):
        smaller = on(statement, bounds)
        if budget.spent:
            return None
        if prover.applies(smaller):
            found = prover.prove(smaller, Budget(max(0.05, budget.left / 3), budget.seed))
            if found.result == "holds" and not found.scope:
                return {"part": found, "kept": bounds}
    return None


def _is_bound(h: Term) -> bool:
    if h.op not in ("<", "<=", ">", ">="):
        return False
    return any(s.op == "sym" and s.args[0] not in o.free for s, o in (h.args, h.args[::-1]))


def _empty(statement: Statement, budget: Budget) -> bool:
    """Whether no point lies in the case, where the solvers can tell."""
    nothing = Statement(statement.domain, FALSE)
    plain = all(t.op in POLYNOMIAL for h in statement.domain.hypotheses for a in h.args for t in walk(a))
    if not plain or budget.left < 0.1 or not solvers.applies(nothing):
        return False
    return solvers.prove(nothing, Budget(min(0.3, budget.left), budget.seed)).result == "holds"

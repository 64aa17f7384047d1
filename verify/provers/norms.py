"""Inequalities between power sums of the same numbers, by the order of norms and of means."""

from __future__ import annotations

from collections.abc import Iterator

from verify.checker.norms import INEQUALITIES, PowerSum, alike, cores, equal, power_sum, replaced
from verify.evidence import Evidence, Tier, undecided
from verify.language.calculus import literal
from verify.language.printing import to_text
from verify.language.terms import ONE, TWO, Term, fn, num
from verify.provers.budget import Budget
from verify.provers.exact import engines
from verify.provers.goals import prove_relation
from verify.provers.recording import recorded
from verify.statement import Domain, Statement

METHOD = "order of norms"


def applies(statement: Statement) -> bool:
    """An inequality with a sum, a power or a root of a sum as a factor of one of its sides."""
    c = statement.conclusion
    if statement.flow or c.op not in INEQUALITIES:
        return False
    powers = [t for s in c.args for t in cores(s) if t.op != "+" or any(a.op in ("**", "sqrt") for a in t.args)]
    return bool(powers)


def prove(statement: Statement, budget: Budget) -> Evidence:
    if not applies(statement):
        return undecided(METHOD, "no sum of powers on either side")
    tried = []
    for side, core, exponent, outer in _ways(statement):
        if budget.spent:
            break
        goal = replaced(statement, side, core, exponent, outer)
        if goal is None:
            continue
        data = {"side": side, "core": core, "exponent": to_text(exponent), "outer": to_text(outer)}
        if alike(goal):
            detail = f"by the order of norms one side is bounded by {goal.conclusion.args[side]}, which is the other"
            return Evidence(Tier.certified, METHOD, "holds", detail, engines=engines(),
                            certificate=recorded("norms", statement, data))  # fmt: skip
        tried.append(to_text(goal.conclusion))
        found = prove_relation(goal, Budget(max(0.1, min(1.0, budget.left / 2)), budget.seed))
        if found.result == "holds":
            detail = f"it follows from {goal.conclusion}: {found.detail}"
            certificate = recorded("norms", statement, {**data, "part": found})
            return Evidence(found.tier, METHOD, "holds", detail, engines=found.engines, certificate=certificate)
    return undecided(METHOD, f"not proved: {tried[0]}" if tried else "the exponents or the bases do not compare")


def _ways(statement: Statement) -> Iterator[tuple[int, int, Term, Term]]:
    """(side, which of its sums, new inner and outer exponents): those of the other side, then 1 and 2."""
    sides = [[(k, power_sum(c, statement.domain)) for k, c in enumerate(cores(s))] for s in statement.conclusion.args]
    for side in (0, 1):
        for k, it in sides[side]:
            for _, that in sides[1 - side]:
                if it is None or that is None or (it.inner == that.inner and not it.triangle):
                    continue
                if len(it.bases) == len(that.bases):
                    yield side, k, that.inner, that.outer
    for side in (0, 1):
        for k, it in sides[side]:
            for r in (ONE, TWO):
                if it is not None and (it.inner != r or it.triangle):
                    yield side, k, r, _outer(it, r, statement.domain)


def _outer(it: PowerSum, r: Term, domain: Domain) -> Term:
    """inner * outer / r, written shortly where it is a number."""
    degree = fn("*", it.inner, it.outer)
    n = literal(degree)
    for value in (ONE, TWO, num(3)) if n is None else ():
        if equal(degree, value, domain):
            n = literal(value)
    if n is not None:
        return num(n if r == ONE else n / 2)
    degree = it.inner if it.outer == ONE else degree
    return degree if r == ONE else fn("/", degree, r)

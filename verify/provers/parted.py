"""Statements that have another reason on either side of a hole, or where a parameter is zero: part by part."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from itertools import islice

from verify.checker.parted import parts
from verify.evidence import Evidence, Tier, undecided
from verify.language.terms import PREDICATES, RELATIONS
from verify.provers.budget import Budget
from verify.provers.recording import recorded
from verify.statement import Statement

METHOD = "parts of the domain"
PROVERS = {
    "relation": ("anchored", "univariate", "exact", "powers", "casewise", "solvers"),
    "property": ("shape", "legendre", "asymptotics"),
}
MOST_CUTS = 3


def applies(statement: Statement) -> bool:
    return next(_cuts(statement), None) is not None


def prove(statement: Statement, budget: Budget) -> Evidence:
    cuts = list(islice(_cuts(statement), MOST_CUTS))
    for done, cut in enumerate(cuts):
        asked = parts(statement, cut)
        if asked is None:
            continue
        share = Budget(budget.left / (len(cuts) - done), budget.seed)
        found: list[Evidence] = []
        for k, part in enumerate(asked):
            proof = _proved(part, Budget(share.left / (len(asked) - k), budget.seed))
            if proof is None:
                break
            found.append(proof)
        else:
            tier = min((*(e.tier for e in found), Tier.certified))
            certificate = recorded("parts", statement, {"cut": cut, "parts": found})
            return Evidence(
                tier, METHOD, "holds", f"{len(found)} parts", seed=budget.seed, certificate=certificate,
                engines={k: v for e in found for k, v in e.engines.items()},
            )  # fmt: skip
    return undecided(METHOD, "no part is simpler")


def _cuts(statement: Statement) -> Iterator[int | str]:
    """Holes for relations; for properties the edges of parameters, and zero for those that have none."""
    c, domain = statement.conclusion, statement.domain
    kinds = ("!=",) if c.op in RELATIONS else ("!=", ">=", "<=") if c.op in PREDICATES else ()
    for k, h in enumerate(domain.hypotheses):
        if h.op in kinds and parts(statement, k) is not None:
            yield k
    if c.op in PREDICATES:
        for name in domain.names:
            free = name in c.free and not any(name in h.free for h in domain.hypotheses)
            if free and parts(statement, name) is not None:
                yield name


def _proved(part: Statement, budget: Budget) -> Evidence | None:
    for name in PROVERS["relation" if part.conclusion.op in RELATIONS else "property"]:
        prover = import_module(f"verify.provers.{name}")
        if budget.spent or not prover.applies(part):
            continue
        found: Evidence = prover.prove(part, Budget(max(0.05, 0.7 * budget.left), budget.seed))
        if found.result == "holds" and not found.scope:
            return found
    return None

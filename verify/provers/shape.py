"""Properties of a function of one variable: each predicate goes to the prover of its definition."""

from __future__ import annotations

from verify.evidence import Evidence
from verify.provers.budget import Budget
from verify.provers.shapes import boundedness, convexity, symmetry
from verify.provers.shapes.ledger import Prove, prove_relation
from verify.provers.shapes.opposite import prove_opposite
from verify.statement import Statement

METHOD = "shape"
_PROVERS = (convexity, symmetry, boundedness)


def applies(statement: Statement) -> bool:
    conclusion = statement.conclusion
    if conclusion.op == "not":
        return any(prover.applies(statement.concluding(conclusion.args[0])) for prover in _PROVERS)
    return any(prover.applies(statement) for prover in _PROVERS)


def prove(statement: Statement, budget: Budget, ask: Prove = prove_relation) -> Evidence:
    """Evidence on a property of a function; ``ask`` proves the relations to which the property comes down."""
    if statement.conclusion.op == "not":
        return prove_opposite(statement, budget, ask, prove, METHOD)
    for prover in _PROVERS:
        if prover.applies(statement):
            evidence: Evidence = prover.prove(statement, budget, ask)
            return evidence
    raise ValueError(f"{statement.conclusion.op} is not a property that is handled here")

"""``not P`` for a property P of a function: proven where P is refuted, refuted where P is proven."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from verify.checker.shapes import stated
from verify.evidence import Evidence, undecided
from verify.provers.budget import Budget
from verify.provers.shapes.ledger import Prove
from verify.provers.shapes.recording import opposite
from verify.provers.shapes.samples import as_text, assignments
from verify.statement import Statement

Prover = Callable[[Statement, Budget, Prove], Evidence]


def prove_opposite(statement: Statement, budget: Budget, ask: Prove, prove: Prover, kind: str) -> Evidence:
    """Evidence on ``not P`` for all values of the parameters, from evidence on P.

    A counterexample to P settles ``not P`` only where there are no parameters; a proof of P refutes it at any point.
    """
    positive = statement.conclusion.args[0]
    found = prove(statement.concluding(positive), budget, ask)
    if found.result == "holds":
        points = assignments(statement.domain, 1)
        if not points:
            return undecided(found.method, "the property holds, and no exact point of the domain was found")
        point = as_text(points[0])
        told = opposite(statement, found, kind, point)
        return replace(found, result="fails", counterexample=point or {"property": "holds"}, certificate=told)
    if found.result == "fails":
        x = positive.args[1].args[0]
        needed = positive.free | _related(statement, x)
        parameters = [name for name in statement.domain.names if name != x and name in needed]
        if not stated(statement):
            return undecided(found.method, "the function is not proved to have values everywhere")
        if not parameters:
            return replace(found, result="holds", counterexample=None, certificate=opposite(statement, found, kind))
        return undecided(found.method, f"the property fails for some values of {', '.join(parameters)}")
    return found


def _related(statement: Statement, x: str) -> frozenset[str]:
    """Names that occur in a hypothesis on x."""
    return frozenset().union(*(h.free for h in statement.domain.hypotheses if x in h.free))

"""Sub-goals of a proof: relations over a domain, each with a certificate that is replayed when it is asked for.

The checker states a sub-goal itself and looks its certificate up by the text of the statement; what has none is not
proven. A relation is proven where both its sides are defined on the whole domain and it holds there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from verify.checker.shapes_affine import rational
from verify.language.terms import RELATIONS, Term
from verify.statement import Domain, Statement

MOST_PARTS = 2000
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda u, v: u == v,
    "!=": lambda u, v: u != v,
    "<": lambda u, v: u < v,
    "<=": lambda u, v: u <= v,
    ">": lambda u, v: u > v,
    ">=": lambda u, v: u >= v,
}


class Goals(Protocol):
    """Who answers sub-goals: the search, or the certificates."""

    def proven(self, formula: Term, domain: Domain) -> bool:
        """True only if the formula is proven for all points of the domain."""


def evident(formula: Term, domain: Domain) -> bool | None:
    """The answer where none has to be looked for: a comparison of two numbers, or a hypothesis."""
    if formula.op == "true":
        return True
    if formula.op in _COMPARE:
        left, right = rational(formula.args[0]), rational(formula.args[1])
        if left is not None and right is not None:
            return _COMPARE[formula.op](left, right)
    return True if formula in domain.hypotheses else None


def goal(formula: Term, domain: Domain) -> Statement:
    """The statement that the formula holds on the domain, with the variables that occur in it alone."""
    names = formula.free.union(*(h.free for h in domain.hypotheses))
    return Statement(Domain(tuple(v for v in domain.variables if v[0] in names), domain.hypotheses), formula)


class Parts:
    """Goals answered by certificates."""

    def __init__(self, certificates: Sequence[Mapping[str, Any]]) -> None:
        if len(certificates) > MOST_PARTS:
            raise ValueError("too many parts")
        self._certificates = {c["statement"]: c for c in certificates}
        self._answers: dict[Statement, bool] = {}

    def proven(self, formula: Term, domain: Domain) -> bool:
        if formula.op == "and":
            return all(self.proven(part, domain) for part in formula.args)
        found = evident(formula, domain)
        if found is not None:
            return found
        asked = goal(formula, domain)
        if asked not in self._answers:
            self._answers[asked] = self._replayed(asked)
        return self._answers[asked]

    def _replayed(self, asked: Statement) -> bool:
        from verify.checker import replay

        certificate = self._certificates.get(asked.text)
        if certificate is None or asked.conclusion.op not in RELATIONS:
            return False
        if not asked.conclusion.free <= set(asked.domain.names):
            return False
        return replay(asked, certificate)

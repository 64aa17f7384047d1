"""Replays existence: the statement that a recorded term is a witness, split into its parts; and that there is none.

exists(x, A) holds where A holds at one term that has a value for all values of the rest. It fails where, at one exact
point of the domain, the negation of A holds for every x.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from verify.checker.rationals import number
from verify.checker.reduction import TooManyGoals, goals
from verify.language.calculus import is_total
from verify.language.evaluate import Undefined, truth
from verify.language.parse import parse_term
from verify.language.printing import number_text
from verify.language.terms import (
    INFINITY,
    RELATIONS,
    Term,
    conjunction,
    fn,
    held_names,
    negation,
    num,
    substitute,
    sym,
    walk,
)
from verify.statement import Domain, Statement

MOST_NAMES = 64


def instance(statement: Statement, value: Term) -> Statement | None:
    """The statement that the value is a witness, for a value that is defined on the whole domain.

    A derivative in a name that the value would replace or bring in keeps that name: the value is a hypothesis then.
    """
    name, body = statement.conclusion.args[0].args[0], statement.conclusion.args[1]
    if not value.free <= frozenset(statement.domain.names) or not has_value(value, statement.domain):
        return None
    held = held_names(body)
    if name not in held and not held & value.free:
        return replace(statement, conclusion=substitute(body, {name: value}))
    if name in statement.domain.names:
        return None
    domain = statement.domain.declaring(name).assuming(fn("==", sym(name), value))
    return replace(statement, domain=domain, conclusion=body)


def has_value(value: Term, domain: Domain) -> bool:
    """Whether the term has a real value at every point of the domain; a premise without a meaning would be empty."""
    if value.is_formula or any(t.op == "const" and t.args[0] == "oo" for t in walk(value)):
        return False
    if is_total(value):
        return True
    from verify.exact.signs import defined

    return defined(value, domain)


def denied(statement: Statement, point: Mapping[str, Fraction]) -> list[Statement] | None:
    """The parts of the claim that at the point, which lies in the domain, nothing is a witness."""
    names, held = statement.domain.names, held_names(statement.conclusion)
    if set(point) != set(names) or held & set(names) or len(names) > MOST_NAMES:
        return None
    if any(point[n].denominator != 1 for n in names if statement.domain.sort(n) == "integer"):
        return None
    try:
        if any(truth(h, point) is not True for h in statement.domain.hypotheses):
            return None
        values = {n: num(v) for n, v in point.items()}
        return goals(Statement(Domain(), substitute(no_witness(statement.conclusion), values)))
    except (Undefined, TooManyGoals):
        return None


def no_witness(claim: Term) -> Term:
    """That exists(x, A) is not so: A is false wherever it has a meaning."""
    name, body = claim.args
    told = body.args if body.op == "and" else (body,)
    if not all(part.op in RELATIONS for part in told):
        return negation(claim)
    infinite = (INFINITY, fn("neg", INFINITY))  # no values, but they may stand in a relation
    sides = [side for part in told for side in part.args if not is_total(side) and side not in infinite]
    meant = conjunction([fn("==", side, side) for side in sides])
    return Term("forall", name, negation(body) if meant.op == "true" else Term("implies", meant, negation(body)))


def exact_point(point: Mapping[str, Fraction]) -> dict[str, str]:
    return {name: number_text(value) for name, value in point.items()}


def check_witness(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    """Whether every part of the statement that the recorded term is a witness is proved."""
    from verify.checker import replay

    if statement.flow or statement.conclusion.op != "exists":
        return False
    whole = instance(statement, parse_term(certificate["value"], statement.domain.names))
    if whole is None:
        return False
    return all(replay(goal, part) for goal, part in zip(goals(whole), certificate["parts"], strict=True))


def refutes_existence(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    """Whether it is proved that at the recorded point of the domain nothing is a witness."""
    from verify.checker import replay

    if statement.flow or statement.conclusion.op != "exists":
        return False
    parts = denied(statement, {name: number(text) for name, text in certificate["point"].items()})
    if parts is None:
        return False
    return all(replay(goal, part) for goal, part in zip(parts, certificate["parts"], strict=True))

"""Replays counterexamples: an exact point at which every hypothesis holds and the conclusion does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from verify.checker.rationals import number
from verify.language.evaluate import Undefined, truth
from verify.statement import Statement

PRECISION = 192  # bits; not the search's, so that the enclosures are new ones


def check_point(statement: Statement, point: Mapping[str, str]) -> str | None:
    """Why the statement fails at the point, or None where that is not certain.

    point: an exact rational number, as text, for each variable; also for those that the conclusion itself declares
    by ``forall`` at its front. Statements about flows are not judged at points.
    """
    statement = _instance(statement, point)
    if statement.flow or set(point) != set(statement.domain.names):
        return None
    try:
        values = {name: number(text) for name, text in point.items()}
    except (ValueError, ZeroDivisionError):
        return None
    for name, value in values.items():
        if statement.domain.sort(name) == "integer" and value.denominator != 1:
            return None
    try:
        if any(truth(h, values, PRECISION) is not True for h in statement.domain.hypotheses):
            return None
    except Undefined:
        return None
    try:
        answer = truth(statement.conclusion, values, PRECISION)
    except Undefined as why:
        return f"the conclusion is undefined there: {why}"
    return "the hypotheses hold there and the conclusion does not" if answer is False else None


def _instance(statement: Statement, point: Mapping[str, str]) -> Statement:
    """The statement without the ``forall``, and the premises before one, of variables for which the point has values.

    implies(A, forall(x, B)) is false where A holds and B does not, at some x.
    """
    while set(point) > set(statement.domain.names):
        domain, a = statement.domain, statement.conclusion.args
        if statement.conclusion.op == "implies":
            statement = replace(statement, domain=domain.assuming(a[0]), conclusion=a[1])
        elif statement.conclusion.op == "forall" and a[0].args[0] not in domain.names and a[0].args[0] in point:
            statement = replace(statement, domain=domain.declaring(a[0].args[0]), conclusion=a[1])
        else:
            break
    return statement


def refutes(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    """Whether the statement fails at the certificate's point."""
    return check_point(statement, certificate["point"]) is not None

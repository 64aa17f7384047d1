"""Replays proofs that put the value of a variable in, where the hypotheses determine it.

If v = e follows from the hypotheses, e free of v, the statement follows from itself with e for v; an equation that
has told the value need not be kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from verify.language.parse import parse_term
from verify.language.terms import RELATIONS, Term, fn, held_names, substitute, sym
from verify.statement import Domain, Statement


def determined(statement: Statement, name: str, value: Term) -> Statement | None:
    """That the variable has the value."""
    names = frozenset(statement.domain.names)
    if statement.flow or name not in names or not value.free <= names - {name} or value.is_formula:
        return None
    return statement.concluding(fn("==", sym(name), value))


def put_in(statement: Statement, name: str, value: Term, dropped: int | None) -> Statement | None:
    """The statement with the value for the variable, without the hypothesis number ``dropped``."""
    hypotheses = [h for k, h in enumerate(statement.domain.hypotheses) if k != dropped]
    if any(name in held_names(h) for h in (*hypotheses, statement.conclusion)):
        return None
    domain = Domain(
        tuple(v for v in statement.domain.variables if v[0] != name),
        tuple(substitute(h, {name: value}) for h in hypotheses),
    )
    return replace(statement, domain=domain, conclusion=substitute(statement.conclusion, {name: value}))


def check_elimination(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    from verify.checker import replay

    if statement.conclusion.op not in RELATIONS:
        return False
    name, dropped = str(certificate["name"]), certificate["dropped"]
    value = parse_term(certificate["value"], statement.domain.names)
    first = determined(statement, name, value)
    if first is None or not replay(first, certificate["equal"]):
        return False
    then = put_in(statement, name, value, None if dropped is None else int(dropped))
    return then is not None and replay(then, certificate["part"])

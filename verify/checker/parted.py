"""Replays proofs that part the domain: a != b is a < b or a > b; a >= b is a > b or a == b; x is < 0, 0 or > 0.

A property of a function of x speaks of the whole set of x, which is never parted; nor is a variable in which a
derivative is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verify.checker.eliminated import put_in
from verify.language.terms import INFINITY, ZERO, Term, fn, held_names, sym, walk
from verify.statement import Domain, Statement

SIDES = {"!=": ("<", ">"), ">=": (">", "=="), "<=": ("<", "==")}


def parts(statement: Statement, cut: int | str) -> list[Statement] | None:
    """The statement on the parts of its domain. cut: the number of a hypothesis, or a variable, parted at zero."""
    hypotheses = list(statement.domain.hypotheses)
    relations: tuple[str, ...]
    if isinstance(cut, str):
        relations, sides = ("<", "==", ">"), (sym(cut), ZERO)
    elif 0 <= cut < len(hypotheses) and hypotheses[cut].op in SIDES:
        h = hypotheses.pop(cut)
        relations, sides = SIDES[h.op], h.args
    else:
        return None
    about = sides[0].free | sides[1].free
    held = held_names(statement.conclusion).union(*map(held_names, statement.domain.hypotheses))
    if statement.flow or not about or not about <= set(statement.domain.names) - held:
        return None
    if any(t == INFINITY for side in sides for t in walk(side)):
        return None
    rest = Statement(Domain(statement.domain.variables, tuple(hypotheses)), statement.conclusion)
    return [_where(rest, fn(relation, *sides)) for relation in relations]


def _where(statement: Statement, h: Term) -> Statement:
    """The statement where the hypothesis holds too; an equation that tells the value of a variable puts it in."""
    for side, value in (h.args, h.args[::-1]):
        if h.op == "==" and side.op == "sym" and not value.free:
            found = put_in(statement, side.args[0], value, None)
            if found is not None:
                return found
    return statement.assuming(h)


def check_parts(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    from verify.checker import replay

    asked = parts(statement, certificate["cut"])
    return asked is not None and all(replay(s, p) for s, p in zip(asked, certificate["parts"], strict=True))

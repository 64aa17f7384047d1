"""Splitting a statement into atomic goals: connectives and leading quantifiers are taken apart.

Short-circuit reading: in ``A or B`` and ``implies(A, B)`` the right part is asked for only where the left part
leaves it open, so ``x == 0 or x/x == 1`` is about x/x off zero alone.
"""

from __future__ import annotations

from verify.language.terms import Term, fresh_name, negation, substitute, sym
from verify.statement import Statement

MAX_GOALS = 64


class TooManyGoals(ValueError):
    """The conclusion has more parts than a reader would check."""


def goals(statement: Statement) -> list[Statement]:
    """Statements whose conclusions are atomic and which together say the same as the given one."""
    out: list[Statement] = []
    stack = [statement]
    while stack:
        if len(out) + len(stack) > MAX_GOALS:
            raise TooManyGoals(f"more than {MAX_GOALS} parts in one conclusion")
        s = stack.pop()
        c = s.conclusion
        if c.op == "true":
            continue
        if c.op == "and":
            stack.extend(s.concluding(part) for part in reversed(c.args))
        elif c.op == "implies":
            stack.append(s.assuming(c.args[0]).concluding(c.args[1]))
        elif c.op == "or":
            rest = Term("or", *c.args[1:]) if len(c.args) > 2 else c.args[1]
            stack.append(s.assuming(negation(c.args[0])).concluding(rest))
        elif c.op == "not" and negation(c.args[0]).op != "not":
            stack.append(s.concluding(negation(c.args[0])))
        elif c.op == "forall":
            stack.append(_introduce(s, c))
        else:
            out.append(s)
    return out


def _introduce(s: Statement, c: Term) -> Statement:
    """forall(x, A): an arbitrary real x is added to the variables."""
    name, body = c.args[0].args[0], c.args[1]
    taken = frozenset(s.domain.names) | frozenset().union(*(h.free for h in s.domain.hypotheses), frozenset())
    if name in taken:
        fresh = fresh_name(name, taken | body.free)
        body = substitute(body, {name: sym(fresh)})
        name = fresh
    return Statement(s.domain.declaring(name), body, s.flow)

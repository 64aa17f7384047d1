"""Splitting a statement into atomic goals: connectives and leading quantifiers are taken apart.

In ``A or B`` a part is asked for only where the others leave it open, so ``x == 0 or x/x == 1`` and
``x/x == 1 or x == 0`` are about x/x off zero alone; but ``x/x == 1 or x == 1`` has no meaning at zero. A premise is
a hypothesis: it holds only where it has a meaning.
"""

from __future__ import annotations

from dataclasses import replace

from verify.language.calculus import is_total
from verify.language.terms import ALONG_FLOW, RELATIONS, Term, fresh_name, negation, substitute, sym, walk
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
            first, *others = sorted(c.args, key=lambda part: not _total(part))
            rest = Term("or", *others) if len(others) > 1 else others[0]
            stack.append(s.assuming(negation(first)).concluding(rest))
            stack.extend(_meaning(s, first))
        elif c.op == "not" and negation(c.args[0]).op != "not":
            stack.append(s.concluding(negation(c.args[0])))
        elif c.op == "forall":
            stack.append(_introduce(s, c))
        else:
            out.append(s)
    return out


def _total(formula: Term) -> bool:
    """Whether a formula is, by its form alone, true or false for all real values of its names."""
    if formula.op in RELATIONS:
        return all(is_total(a) for a in formula.args)
    return formula.op in ("and", "or", "not", "implies", "true", "false") and all(_total(a) for a in formula.args)


def _meaning(s: Statement, formula: Term) -> list[Statement]:
    """That every side of a relation in the formula has a value, side == side, where the parts before leave it open."""
    op = formula.op
    if op in RELATIONS:
        infinite = ("const", "neg")  # the infinities are no values, but may stand in a relation
        sides = [a for a in formula.args if not is_total(a) and not (a.op in infinite and not a.free)]
        return [s.concluding(Term("==", a, a)) for a in sides]
    out: list[Statement] = []
    if op in ("and", "or", "not", "implies"):
        for part in formula.args:
            out += _meaning(s, part)
            s = s.assuming(part if op in ("and", "implies") else negation(part))
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


def still(goal: Statement) -> Statement:
    """A goal that does not speak of the flow is about every state: the flow is dropped."""
    speaks = any(t.op in ALONG_FLOW for t in walk(goal.conclusion))
    return goal if speaks else replace(goal, flow=())

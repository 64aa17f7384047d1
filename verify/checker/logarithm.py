"""Replays comparisons of positive terms by their logarithms, powers and exponentials taken apart.

The form L(t) below is log(t) wherever it has a value, and it has one only where t > 0: L(exp(u)) = u, L(u**v) = v*L(u),
L(u*v) = L(u) + L(v), L(u/v) = L(u) - L(v), L(sqrt(u)) = L(u)/2, and log(t) for every other t. So L(A) < L(B) throughout
a domain says A < B there. Integer variables may be taken as real ones, which says more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from verify.language.terms import BINDERS, ONE, ZERO, Term, fn, num, walk
from verify.statement import Domain, Statement

INEQUALITIES = ("<", "<=", ">", ">=", "==")
E = Term("const", "E")


def log_of(t: Term) -> Term:
    """log(t) for t > 0, without a value where t is not known to be positive."""
    op, a = t.op, t.args
    if op == "exp":
        return a[0]
    if op == "**":
        return fn("*", a[1], log_of(a[0]))
    if op in ("*", "/"):
        return fn("+" if op == "*" else "-", log_of(a[0]), log_of(a[1]))
    if op == "sqrt":
        return fn("/", log_of(a[0]), num(2))
    return ONE if t == E else ZERO if t == ONE else fn("log", t)


def compared(statement: Statement) -> Statement | None:
    """The statement between the logarithms of both sides, for all real values of the variables."""
    c = statement.conclusion
    if statement.flow or c.op not in INEQUALITIES or any(t.op in BINDERS or t.op == "diff" for t in walk(c)):
        return None
    domain = Domain(tuple((name, "real") for name, _ in statement.domain.variables), statement.domain.hypotheses)
    return replace(statement, domain=domain, conclusion=fn(c.op, *(log_of(side) for side in c.args)))


def check_logarithm(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    from verify.checker import replay

    goal = compared(statement)
    return goal is not None and replay(goal, certificate["part"])

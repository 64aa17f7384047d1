"""Replays proofs by cases: the signs of what stands below abs, sign, spow, or is compared by Max and Min.

Where u > 0 (u < 0) the terms abs(u), sign(u), spow(u, r), and Max and Min of two terms with difference u, have another
form. Also where u == 0, in which case nothing is rewritten but u = x, whose value is put in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from verify.checker.kinked import KINKED, resolved
from verify.exact.signs import defined
from verify.language.terms import BINDERS, RELATIONS, ZERO, Term, fn, held_names, rebuild, substitute, walk
from verify.statement import Statement

SECONDS = 2.0
MOST_CASES = 4
ODD = frozenset(("sin", "tan", "sinh", "tanh", "asin", "atan", "asinh", "atanh", "erf"))
EVEN = frozenset(("cos", "cosh"))
RELATIONS_TO_ZERO = (">", "<", "==")


def switches(c: Term) -> list[Term]:
    """Terms at whose signs the conclusion changes its form; innermost and short ones first."""
    found: dict[Term, int] = {}
    if any(t.op in BINDERS or t.op == "diff" for t in walk(c)):
        return []
    for t in walk(c):
        if t.op not in KINKED or not t.free or (t.op in ("Max", "Min") and len(t.args) != 2):
            continue
        u = fn("-", *t.args) if t.op in ("Max", "Min") else t.args[0]
        if u.free:
            found.setdefault(u, sum(1 for _ in walk(u)))
    return sorted(found, key=lambda u: (any(t.op in KINKED for t in walk(u)), found[u]))


def case(statement: Statement, u: Term, relation: str) -> Statement:
    """The statement where u stands in the relation to zero."""
    # x - y > 0 is the bound x > y
    sides = u.args if u.op == "-" and any(a.op == "sym" for a in u.args) else (u, ZERO)
    domain, c = statement.domain.assuming(fn(relation, *sides)), statement.conclusion
    if relation == "<" and u.op == "sym" and u.args[0] not in held_names(c):  # x stands for -x
        turned = {u.args[0]: fn("neg", u)}
        hypotheses = tuple(_tidy(substitute(h, turned)) for h in statement.domain.hypotheses)
        domain = replace(statement.domain, hypotheses=hypotheses).assuming(fn(">", u, ZERO))
        return replace(statement, domain=domain, conclusion=_tidy(substitute(_rewritten(c, u, -1), turned)))
    if relation != "==":
        return replace(statement, domain=domain, conclusion=_rewritten(c, u, 1 if relation == ">" else -1))
    if u.op == "sym" and u.args[0] not in held_names(c):
        return replace(statement, domain=domain, conclusion=substitute(c, {u.args[0]: ZERO}))
    return replace(statement, domain=domain)


def _tidy(t: Term) -> Term:
    """Without double negations, with signs before odd functions and without those inside even ones."""
    t = rebuild(t, _tidy)
    if t.op in ODD | EVEN and t.args[0].op == "neg":
        inner = fn(t.op, t.args[0].args[0])
        return inner if t.op in EVEN else fn("neg", inner)
    return t.args[0].args[0] if t.op == "neg" and t.args[0].op == "neg" else t


def _rewritten(t: Term, u: Term, sign: int) -> Term:
    t = rebuild(t, lambda s: _rewritten(s, u, sign))
    if t.op not in KINKED or (t.op in ("Max", "Min") and len(t.args) != 2):
        return t
    own = fn("-", *t.args) if t.op in ("Max", "Min") else t.args[0]
    return resolved(t, sign) if own == u else t


def on(statement: Statement, kept: Iterable[int]) -> Statement:
    """The statement under some of its hypotheses alone, which says more."""
    hypotheses = tuple(statement.domain.hypotheses[k] for k in kept)
    return replace(statement, domain=replace(statement.domain, hypotheses=hypotheses))


def check_cases(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    """Whether the statement is proved on each part of the domain."""
    if statement.flow or statement.conclusion.op not in RELATIONS:
        return False
    return _holds(statement, certificate["tree"], 0)


def _holds(statement: Statement, node: Mapping[str, Any], depth: int) -> bool:
    from verify.checker import replay

    if "part" in node:
        kept = range(len(statement.domain.hypotheses)) if node["kept"] is None else map(int, node["kept"])
        return replay(on(statement, kept), node["part"])
    found = switches(statement.conclusion)
    index = int(node["switch"])
    if depth >= MOST_CASES or not 0 <= index < len(found) or set(node["cases"]) != set(RELATIONS_TO_ZERO):
        return False
    u = found[index]
    if not defined(u, statement.domain, SECONDS):
        return False
    parts = ((case(statement, u, relation), node["cases"][relation]) for relation in RELATIONS_TO_ZERO)
    return all(_holds(part, inner, depth + 1) for part, inner in parts)

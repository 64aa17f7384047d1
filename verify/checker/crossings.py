"""Replays existence by the intermediate value theorem.

exists(x, f(x) == g(x)) holds where h = f - g is continuous on the segment from u to v with h(u) <= 0 <= h(v). Other
parts of what x shall satisfy are proved for every x of the segment; or for every x between its ends, and
h(u) < 0 < h(v) is asked for then.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verify.checker.antiderivatives import CONTINUOUS
from verify.checker.witnesses import has_value
from verify.exact.signs import defined, signs
from verify.language.parse import parse_term
from verify.language.terms import ONE, RELATIONS, ZERO, Term, fn, fresh_name, held_names, substitute, sym, walk
from verify.statement import Domain, Statement

SECONDS = 3.0


def asked(statement: Statement) -> tuple[str, Term, list[Term]] | None:
    """(x, h, the other conditions on x) for a statement that x exists with h(x) = 0."""
    c = statement.conclusion
    if statement.flow or c.op != "exists":
        return None
    name, body = c.args[0].args[0], c.args[1]
    parts = list(body.args) if body.op == "and" else [body]
    equations = [p for p in parts if p.op == "==" and name in p.free]
    if len(equations) != 1 or held_names(body) or name in statement.domain.names:
        return None
    rest = [p for p in parts if p is not equations[0]]
    if not all(p.op in RELATIONS for p in rest):
        return None
    return name, fn("-", *equations[0].args), rest


def goals(statement: Statement, u: Term, v: Term, closed: bool) -> list[Statement] | None:
    """What is to be proved; the continuity on the segment is settled here. closed: x may be one of its ends."""
    found = asked(statement)
    names = frozenset(statement.domain.names)
    if found is None or not u.free | v.free <= names:
        return None
    name, h, rest = found
    if not has_value(u, statement.domain) or not has_value(v, statement.domain):
        return None
    s = fresh_name("s", names | h.free)
    at = fn("+", u, fn("*", sym(s), fn("-", v, u)))
    along = statement.domain.declaring(s).assuming(fn("<=", ZERO, sym(s)), fn("<=", sym(s), ONE))
    if not defined(substitute(h, {name: at}), along, SECONDS) or not _continuous(h, name, statement.domain):
        return None
    below, above, within = ("<=", ">=", "<=") if closed else ("<", ">", "<")
    ends = [fn(below, substitute(h, {name: u}), ZERO), fn(above, substitute(h, {name: v}), ZERO)]
    inside = statement.domain.declaring(s).assuming(fn(within, ZERO, sym(s)), fn(within, sym(s), ONE))
    between = [Statement(inside, substitute(p, {name: at})) for p in rest]
    return [*(statement.concluding(c) for c in ends), *between]


def _continuous(h: Term, name: str, domain: Domain) -> bool:
    """Whether h is continuous in ``name`` where it is defined: a signed power is, where its exponent is positive."""
    for t in walk(h):
        if t.op == "spow" and name in t.free:
            exponent = t.args[1]
            if name in exponent.free or signs(exponent, domain, SECONDS) != {1}:
                return False
        elif t.op not in CONTINUOUS and name in t.free:
            return False
    return True


def check_crossing(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    from verify.checker import replay

    u, v = (parse_term(certificate[k], statement.domain.names) for k in ("below", "above"))
    found = goals(statement, u, v, certificate["closed"] is True)
    if found is None:
        return False
    return all(replay(goal, part) for goal, part in zip(found, certificate["parts"], strict=True))

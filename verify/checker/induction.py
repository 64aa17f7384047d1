"""Replays inductions: what is to be proved about sums and products up to an integer n, stated from the claim itself.

A(n0) is asked with the sums written out, and that A(n) implies A(n + 1) with each sum up to n + k, k a whole number,
as one unknown number s, so that the next is s + f(n + k + 1) (for a product s*f(n + k + 1)). Where A(n) holds every
term of its sums is defined. A sum to infinity is the limit of its partial sums P(n), given by P(a) = f(a) and
P(n + 1) - P(n) = f(n + 1), or one of the series of ``verify.checker.series``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from verify.checker import series
from verify.checker.kinked import affine
from verify.checker.polynomials import number_value
from verify.checker.rationals import number
from verify.language.evaluate import Undefined, truth
from verify.language.parse import parse_term
from verify.language.terms import (
    BINDERS,
    INFINITY,
    ONE,
    RELATIONS,
    Term,
    binding,
    fn,
    fresh_name,
    held_names,
    num,
    rebuild,
    substitute,
    sym,
    walk,
)
from verify.statement import Domain, Statement

REPEATED = ("Sum", "Product")
MAX_START = 40
MOST_TERMS = 60
@dataclass(frozen=True)
class Value:
    """The value of a sum to infinity."""

    term: Term


Partial = Callable[[Term, str], Term | Value | None]  # a sum to infinity and the name n -> its value, or that up to n


def whole(t: Term) -> bool:
    return bool(t.is_number and t.args[0].denominator == 1)


def written_out(term: Term) -> Term:
    """Sums and products with number ends of at most 60 terms, written out."""
    term = rebuild(term, written_out)
    if term.op not in REPEATED:
        return term
    ends = [number_value(t) for t in term.args[2:4]]
    if any(v is None or v.denominator != 1 for v in ends):
        return term
    low, high = (int(v) for v in ends if v is not None)
    if not low - 1 <= high <= low + MOST_TERMS:
        return term
    index = term.args[1].args[0]
    if index in held_names(term.args[0]):
        return term
    total = num(0) if term.op == "Sum" else ONE
    for k in range(low, high + 1):
        item = substitute(term.args[0], {index: num(k)})
        total = item if k == low else fn("+" if term.op == "Sum" else "*", total, item)
    return total


def least(domain: Domain, name: str) -> int | None:
    """The least integer that the hypotheses allow, where they bound the variable by a number from below alone."""
    lows = []
    for h in domain.hypotheses:
        if name not in h.free:
            continue
        side = h.args.index(sym(name)) if h.op in RELATIONS and sym(name) in h.args else None
        if side is None or not h.args[1 - side].is_number:
            return None
        op = h.op if side == 0 else {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(h.op, "")
        value = h.args[1 - side].args[0]
        if op == ">=":
            lows.append(-((-value.numerator) // value.denominator))
        elif op == ">":
            lows.append(value.numerator // value.denominator + 1)
        else:
            return None
    return max(lows) if lows and abs(max(lows)) <= MAX_START else None


def in_the_open(c: Term, inner: Term) -> bool:
    """Whether the subterm stands nowhere inside a binder, a derivative or a quantifier of the formula."""
    around = (t for t in walk(c) if t != inner and (t.op in BINDERS or binding(t)[0] is not None))
    return not any(s == inner for t in around for s in walk(t))


def _shift(end: Term, name: str) -> int | None:
    """The integer k for an end that is written as the variable plus k."""
    form = affine(end, name)
    if form is None or number_value(form[0]) != 1:
        return None
    shift = number_value(form[1])
    return None if shift is None or shift.denominator != 1 else int(shift)


def base_and_step(statement: Statement, c: Term, name: str) -> tuple[Statement, Statement] | None:
    """The two statements from which c follows for every value of the integer variable, or None.

    c: the conclusion, or what is the same on the domain.
    """
    if name not in statement.domain.names or statement.domain.sort(name) != "integer" or name in held_names(c):
        return None
    start, n = least(statement.domain, name), sym(name)
    ranges = list(dict.fromkeys(t for t in walk(c) if t.op in REPEATED and name in t.free))
    if start is None or not ranges or c.op not in RELATIONS:
        return None
    beyond: dict[Term, int] = {}
    for t in ranges:
        shift = _shift(t.args[3], name)
        if shift is None or name in t.args[0].free | t.args[2].free or not in_the_open(c, t):
            return None
        if not whole(t.args[2]) or t.args[2].args[0] > start + shift + 1 or t.args[1].args[0] in held_names(t.args[0]):
            return None  # no step before the range begins
        beyond[t] = shift
    rest = Domain(
        tuple(v for v in statement.domain.variables if v[0] != name),
        tuple(h for h in statement.domain.hypotheses if name not in h.free),
    )
    base = Statement(rest, written_out(substitute(c, {name: num(start)})))
    later = {name: fn("+", n, ONE)}
    now, after, domain = c, substitute(c, later), statement.domain
    for t, shift in beyond.items():
        unknown = fresh_name("s", frozenset(domain.names) | c.free)
        domain = domain.declaring(unknown)
        end = n if shift == -1 else fn("+", n, num(shift + 1))
        last = substitute(t.args[0], {t.args[1].args[0]: end})
        now = replaced(now, t, sym(unknown))
        after = replaced(after, substitute(t, later), fn("+" if t.op == "Sum" else "*", sym(unknown), last))
    return base, Statement(domain.assuming(now), after)


def replaced(term: Term, old: Term, new: Term) -> Term:
    return new if term == old else rebuild(term, lambda t: replaced(t, old, new))


def partial_goals(domain: Domain, t: Term, n: str, partial: Term) -> tuple[Statement, Statement]:
    """P(a) = f(a) and P(n + 1) - P(n) = f(n + 1) for every integer n >= a, for a sum of f from a to infinity."""
    index, at_n = t.args[1].args[0], sym(n)
    more = fn("+", at_n, ONE)
    first = fn("==", substitute(partial, {n: t.args[2]}), substitute(t.args[0], {index: t.args[2]}))
    step = fn("==", fn("-", substitute(partial, {n: more}), partial), substitute(t.args[0], {index: more}))
    along = domain.declaring(n, "integer").assuming(fn(">=", at_n, t.args[2]))
    return Statement(domain, first), Statement(along, step)


def without_end(statement: Statement, partial: Partial) -> Term:
    """The conclusion with each sum to infinity that has a partial sum as the limit of it."""
    c, domain = statement.conclusion, statement.domain
    for t in dict.fromkeys(t for t in walk(c) if t.op == "Sum" and t.args[3] == INFINITY):
        if not whole(t.args[2]) or not t.free <= frozenset(domain.names) or not in_the_open(c, t):
            continue
        if t.args[1].args[0] in held_names(t.args[0]):
            continue
        n = fresh_name("n", frozenset(domain.names) | c.free)
        found = partial(t, n)
        if isinstance(found, Value):
            c = replaced(c, t, found.term)
        elif found is not None and found.free <= {*domain.names, n} and n not in held_names(found):
            c = replaced(c, t, fn("limit", found, sym(n), INFINITY, Term("text", "+-")))
    return c


def closed(statement: Statement, c: Term, partial: Partial) -> tuple[Term, list[Statement]]:
    """c with each sum up to a symbolic end as the closed form P at that end, and that the ends are in its range."""
    domain, ranges = statement.domain, []
    for t in dict.fromkeys(t for t in walk(c) if t.op == "Sum" and t.args[3] != INFINITY and t.args[3].free):
        end = t.args[3]
        plain = whole(t.args[2]) and in_the_open(c, t) and t.args[1].args[0] not in held_names(t.args[0])
        if not plain or not _integer_valued(end, domain) or not t.free <= frozenset(domain.names):
            continue
        n = fresh_name("n", frozenset(domain.names) | c.free)
        found = partial(t, n)
        if found is None or isinstance(found, Value) or not found.free <= {*domain.names, n} or n in held_names(found):
            continue
        ranges.append(Statement(domain, fn(">=", end, t.args[2])))
        c = replaced(c, t, substitute(found, {n: end}))
    return c, ranges


def _integer_valued(t: Term, domain: Domain) -> bool:
    """Whether the term is, by its form, an integer wherever its variables are."""
    if t.op in ("+", "-", "*", "neg"):
        return all(_integer_valued(a, domain) for a in t.args)
    return whole(t) or (t.op == "sym" and t.args[0] in domain.names and domain.sort(t.args[0]) == "integer")


def false_at(statement: Statement, point: Mapping[str, str]) -> bool:
    """Whether the conclusion is false, not merely undefined, at the point."""
    try:
        return truth(statement.conclusion, {name: number(text) for name, text in point.items()}) is False
    except Undefined:
        return False


def check_induction(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    """Whether the parts of the certificate prove what the induction asks for."""
    from verify.checker import replay

    if statement.flow or statement.conclusion.op not in RELATIONS:
        return False
    written = _without_end(statement, certificate)
    rest = certificate.get("rest")
    if "closed" in certificate:
        written, ranges = closed(statement, written, _recorded(statement, list(certificate["closed"])))
        if not all(replay(g, part) for g, part in zip(ranges, certificate["ranges"], strict=True)):
            return False
    if rest is not None:
        return replay(statement.concluding(written), rest)
    asked = base_and_step(statement, written, certificate["variable"])
    return asked is not None and all(replay(s, p) for s, p in zip(asked, certificate["parts"], strict=True))


def refutes_sums(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    """Whether the statement with the proved values of its sums is false at the recorded point of the domain."""
    from verify.checker import replay

    if statement.flow or statement.conclusion.op not in RELATIONS:
        return False
    left, rest = statement.concluding(_without_end(statement, certificate)), certificate["rest"]
    if any(t.op in REPEATED for t in walk(left.conclusion)) or rest["kind"] != "point":
        return False
    return false_at(left, rest["point"]) and replay(left, rest, "fails")


def _without_end(statement: Statement, certificate: Mapping[str, Any]) -> Term:
    """The conclusion with its sums written out; raises ValueError where the value of one is not proved."""
    partial = _recorded(statement, list(certificate["partial sums"]))
    return written_out(without_end(statement, partial))


def _recorded(statement: Statement, given: list[Any]) -> Partial:
    """The recorded values and partial sums, one after the other, each with its proof."""
    from verify.checker import replay

    def partial(t: Term, n: str) -> Term | Value | None:
        item = given.pop(0)
        if item is None:
            return None
        if "series" in item:
            x = parse_term(item["x"], statement.domain.names)
            known = series.goals(statement.domain, t, item["series"], x)
            if known is None or not all(replay(g, p) for g, p in zip(known[1], item["parts"], strict=True)):
                raise ValueError("the value of a series is not proved")
            return Value(known[0])
        found = parse_term(item["partial"], (*statement.domain.names, n))
        goals = partial_goals(statement.domain, t, n, found)
        parts = zip(goals, item["parts"], strict=True)
        if not all(replay(goal, part) for goal, part in parts):
            raise ValueError("a partial sum is not proved")
        return found

    return partial

"""Replays that a statement fails because an integral or an infinite sum in it has no value.

The integral of f between a and b diverges if F' = f on a part (c, d) of it and F tends to oo or -oo at c or at d.
The sum of f(i) diverges if abs(f(i)) does not tend to 0, or if i*f(i) or i*log(i)*f(i) tends to something other
than 0, finite or not: compare with the sums of 1/i and 1/(i*log(i)).

What diverges may be called infinite; a relation that would be true then, such as ``Sum(1/i, (i, 1, oo)) == oo``, is
not said to fail.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verify.checker.antiderivatives import INTEGRALS, continuous_in, infinite
from verify.checker.induction import in_the_open
from verify.checker.moments import as_integral
from verify.checker.shapes_refutations import inhabited, numbers
from verify.exact.signs import defined, is_zero
from verify.language.evaluate import Undefined, truth
from verify.language.parse import parse_term
from verify.language.terms import INFINITY, ONE, RELATIONS, ZERO, Term, fn, held_names, num, substitute, sym, walk
from verify.statement import Domain, Statement

SECONDS = 3.0
FACTORS = ("1", "i", "i*log(i)")
OUTCOMES = (">", "<", "oo", "-oo")


def closed_parts(statement: Statement, point: Mapping[str, Any]) -> list[Term]:
    """The integrals and infinite sums that the conclusion has at the point, at which it has a value only with them."""
    c = statement.conclusion
    if statement.flow or c.op not in RELATIONS or held_names(c) & set(statement.domain.names):
        return []
    there = substitute(c, {name: num(value) for name, value in point.items()})
    if c.op == "!=" or any(infinite(side) and not _parts(side) for side in there.args):
        return []
    return [t for t in dict.fromkeys(_parts(there)) if not t.free and in_the_open(there, t)]


def _parts(term: Term) -> list[Term]:
    return [t for t in walk(term) if t.op in INTEGRALS or (t.op == "Sum" and t.args[3] == INFINITY)]


def false_if_infinite(statement: Statement, part: Term, point: Mapping[str, Any], sign: int) -> bool:
    """Whether the relation at the point is no truer where the part is called infinite, with the sign (0: not known)."""
    there = substitute(statement.conclusion, {name: num(value) for name, value in point.items()})
    left, right = there.args
    if there.op == "==":
        return sum(_linear(side, part) for side in there.args) == 1 and sum(_count(s, part) for s in there.args) == 1
    if there.op in ("<", "<="):
        left, right = right, left
    return (left == part and sign < 0 and not _parts(right)) or (right == part and sign > 0 and not _parts(left))


def _count(term: Term, part: Term) -> int:
    return 1 if term == part else sum(_count(t, part) for t in term.children)


def _linear(term: Term, part: Term) -> bool:
    """Whether the term is infinite with the part, by its form."""
    if term == part:
        return True
    if term.op == "neg" or (term.op == "/" and not _count(term.args[1], part)):
        return _linear(term.args[0], part)
    if term.op in ("+", "-"):
        return any(_linear(t, part) for t in term.args)
    factors = (term.args, term.args[::-1]) if term.op == "*" else ()
    return any(_linear(t, part) and u.is_number and u != ZERO for t, u in factors)


def sign_of(told: Mapping[str, Any]) -> int:
    """Whether what diverges tends to oo (1) or to -oo (-1) where that is said."""
    up = 1 if told["outcome"] in (">", "oo") else -1
    if "factor" in told:
        return 0 if told["factor"] == "1" else up
    return up if told["end"] == "high" else -up


def refutes(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    point = numbers(certificate["point"])
    if not inhabited(statement.domain, point):
        return False
    part = closed_parts(statement, point)[int(certificate["which"])]
    told = certificate["told"]
    if not false_if_infinite(statement, part, point, sign_of(told)):
        return False
    return _sum_diverges(part, told) if part.op == "Sum" else _integral_diverges(part, told)


# -- integrals -------------------------------------------------------------------------------------------------------


def integral(part: Term) -> Term:
    """The integral that exists where the part has a value."""
    return as_integral(part.args[0], part.args[1].args[0])[0] if part.op == "expect" else part


def interval(part: Term, low: Term, high: Term) -> tuple[Term, str, Domain] | None:
    """(integrand, variable, the open interval) for a part (low, high) of what is integrated over."""
    part = integral(part)
    f, x, a, b = part.args[0], part.args[1].args[0], part.args[2], part.args[3]
    if not _before(low, high, strict=True):
        return None
    if not any(_before(u, low) and _before(high, v) for u, v in ((a, b), (b, a))):
        return None
    bounds = [fn("<", low, sym(x))] if not infinite(low) else []
    bounds += [fn("<", sym(x), high)] if not infinite(high) else []
    return f, x, Domain(((x, "real"),), tuple(bounds))


def _before(u: Term, v: Term, strict: bool = False) -> bool:
    if u.free or v.free or (u == v and strict):
        return False
    if u == v:
        return True
    if infinite(u) or infinite(v):
        below, above = u == fn("neg", INFINITY), v == INFINITY
        return (below and (above or not infinite(v))) or (above and not infinite(u))
    try:
        return truth(fn("<" if strict else "<=", u, v), {}) is True
    except Undefined:
        return False


def is_antiderivative(big: Term, f: Term, x: str, inside: Domain, seconds: float = SECONDS) -> bool:
    """Whether F is continuous with F' = f on the interval."""
    if not continuous_in(big, x) or not big.free <= {x}:
        return False
    slope = fn("-", fn("diff", big, sym(x), ONE), f)
    both = defined(f, inside, seconds) and defined(big, inside, seconds)
    return both and is_zero(slope, inside, seconds) is True


def growing(big: Term, x: str, end: Term, low: bool, outcome: str) -> Statement:
    """That F tends to oo (-oo) at the end from inside."""
    side = Term("text", "+-" if infinite(end) else "+" if low else "-")
    value = INFINITY if outcome == "oo" else fn("neg", INFINITY)
    return Statement(Domain(), fn("==", fn("limit", big, sym(x), end, side), value))


def _integral_diverges(part: Term, told: Mapping[str, Any]) -> bool:
    from verify.checker import replay

    low, high = (parse_term(told[k], ()) for k in ("low", "high"))
    found = interval(part, low, high)
    if found is None or told["outcome"] not in ("oo", "-oo"):
        return False
    f, x, inside = found
    big = parse_term(told["antiderivative"], (x,))
    at_low = told["end"] == "low"
    if not is_antiderivative(big, f, x, inside):
        return False
    return replay(growing(big, x, low if at_low else high, at_low, told["outcome"]), told["limit"])


# -- sums ------------------------------------------------------------------------------------------------------------


def tending(part: Term, factor: str, outcome: str) -> Statement | None:
    """What shows the divergence: that f, i*f or i*log(i)*f, of real i, tends to something other than 0."""
    f, i = part.args[0], part.args[1].args[0]
    if factor not in FACTORS or outcome not in OUTCOMES or f.free - {i}:
        return None
    if factor == "1":
        f = fn("abs", _unsigned(f, i))
    elif factor == "i":
        f = fn("*", sym(i), f)
    else:
        f = fn("*", fn("*", sym(i), fn("log", sym(i))), f)
    limit = fn("limit", f, sym(i), INFINITY, Term("text", "+-"))
    if outcome in ("oo", "-oo"):
        return Statement(Domain(), fn("==", limit, INFINITY if outcome == "oo" else fn("neg", INFINITY)))
    return Statement(Domain(), fn(outcome, limit, ZERO))


def _unsigned(f: Term, i: str) -> Term:
    """f without factors (-1)**e, e integer for integer i, and with abs(c)**e for c**e; only its size is asked for."""
    if f.op in ("*", "/"):
        return fn(f.op, *(_unsigned(a, i) for a in f.args))
    if f.op == "neg":
        return _unsigned(f.args[0], i)
    if f.op == "**" and i in f.args[1].free and i not in f.args[0].free and _integer(f.args[1], i):
        size = fn("abs", f.args[0])
        return ONE if f.args[0] in (num(-1), fn("neg", ONE)) else fn("**", size, f.args[1])
    return f


def _integer(e: Term, i: str) -> bool:
    """Whether the term is, by its form, an integer for every integer i."""
    if e.op in ("+", "-", "*", "neg"):
        return all(_integer(a, i) for a in e.args)
    return e == sym(i) or (e.is_number and e.args[0].denominator == 1)


def _sum_diverges(part: Term, told: Mapping[str, Any]) -> bool:
    from verify.checker import replay

    goal = tending(part, told["factor"], told["outcome"])
    return goal is not None and replay(goal, told["limit"])

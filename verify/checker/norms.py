"""Replays comparisons of power sums with different exponents.

For t_1, ..., t_n >= 0 and exponents 0 < r <= e the norms fall: (sum t_k^e)^(1/e) <= (sum t_k^r)^(1/r), and the means
rise: (sum t_k^r / n)^(1/r) <= (sum t_k^e / n)^(1/e) (Hardy, Littlewood, Polya, Inequalities, 2.9 and 2.10). So with
b > 0, and c r = e b,

    n^(b - c) (sum t_k^r)^c <= (sum t_k^e)^b <= (sum t_k^r)^c,    and the other way round where e <= r.

A side of a relation that is such a sum is replaced by the bound, and the relation with it is proved instead. A
power of |t_1 + ... + t_n| counts as one of sum |t_k|, which is not less, where a bound from above is wanted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from verify.exact.signs import defined, signs
from verify.language.calculus import literal
from verify.language.parse import parse_term
from verify.language.terms import ONE, TWO, ZERO, Term, fn, num
from verify.statement import Domain, Statement

INEQUALITIES = {"<=": 0, "<": 0, ">=": 1, ">": 1}  # which side is the smaller one
SECONDS = 0.5
MOST_TERMS = 12
NONNEGATIVE, NONPOSITIVE = frozenset((0, 1)), frozenset((-1, 0))


@dataclass(frozen=True)
class PowerSum:
    """(sum over k of |base_k|^inner)^outer; ``core`` is it as written. A base of 1 goes with every exponent.

    triangle: the core is no more than that, and need not be it.
    """

    bases: tuple[Term, ...]
    inner: Term
    outer: Term
    core: Term
    triangle: bool = False


def addends(t: Term) -> Iterator[Term]:
    if t.op == "+":
        yield from addends(t.args[0])
        yield from addends(t.args[1])
    else:
        yield t


def cores(side: Term) -> Iterator[Term]:
    """The factors of a side that are sums, sizes of sums, or powers or roots of these."""
    inside = side.args[0] if side.op in ("**", "sqrt") else side
    if inside.op == "+" or (inside.op == "abs" and inside.args[0].op in ("+", "-")):
        yield side
    elif side.op == "*":
        yield from (c for a in side.args for c in cores(a))
    elif side.op == "/":
        yield from cores(side.args[0])


def _summands(t: Term) -> Iterator[Term]:
    """Terms whose sizes are those of the terms of a sum or a difference."""
    if t.op in ("+", "-"):
        yield from _summands(t.args[0])
        yield from _summands(t.args[1])
    else:
        yield from _summands(t.args[0]) if t.op == "neg" else (t,)


def power_sum(core: Term, domain: Domain) -> PowerSum | None:
    inside = core.args[0] if core.op in ("**", "sqrt") else core
    outer = core.args[1] if core.op == "**" else fn("/", ONE, TWO) if core.op == "sqrt" else ONE
    if inside.op == "abs":
        bases = tuple(_summands(inside.args[0]))
        return PowerSum(bases, ONE, outer, core, triangle=True) if len(bases) <= MOST_TERMS else None
    parts = [_power(t, domain) for t in addends(inside)]
    if not 2 <= len(parts) <= MOST_TERMS or any(p is None for p in parts):
        return None
    exponents = [p[1] for p in parts if p is not None and p[1] is not None]
    if not exponents or not all(e == exponents[0] or equal(e, exponents[0], domain) for e in exponents):
        return None
    return PowerSum(tuple(p[0] for p in parts if p is not None), exponents[0], outer, core)


def _power(t: Term, domain: Domain) -> tuple[Term, Term | None] | None:
    """(base, exponent) with t = |base|^exponent, if that is positive; the exponent is None where any will do.

    t has a value wherever its base has one.
    """
    if t == ONE:
        return t, None
    if t.op == "abs":
        return t.args[0], ONE
    if t.op == "sqrt" and signs(t.args[0], domain, SECONDS) <= NONNEGATIVE:
        return t.args[0], fn("/", ONE, TWO)
    if t.op == "*" and t.args[0] == t.args[1]:
        return t.args[0], TWO
    if t.op == "**":
        base, exponent = t.args
        if base.op == "abs":
            return base.args[0], exponent
        n = literal(exponent)
        even = n is not None and n.denominator == 1 and n.numerator % 2 == 0
        return (base, exponent) if even or signs(base, domain, SECONDS) <= NONNEGATIVE else None
    return (t, ONE) if signs(t, domain, SECONDS) <= NONNEGATIVE else None


def equal(a: Term, b: Term, domain: Domain) -> bool:
    return signs(fn("-", a, b), domain, SECONDS) == {0}


def written(bases: tuple[Term, ...], exponent: Term) -> Term:
    """sum of |base|^exponent"""
    sizes = [b if b == ONE else fn("**", fn("abs", b), exponent) for b in bases]
    total = sizes[0]
    for s in sizes[1:]:
        total = fn("+", total, s)
    return total


def replaced(statement: Statement, side: int, core: int, exponent: Term, outer: Term) -> Statement | None:
    """The stronger statement in which a power sum of one side is replaced by its bound; None where that is no bound.

    exponent, outer: r and c above. The sum with them is written as the other side writes it, where it does.
    """
    c, domain = statement.conclusion, statement.domain
    if statement.flow or c.op not in INEQUALITIES:
        return None
    it = power_sum(list(cores(c.args[side]))[core], domain)
    if it is None or not all(_positive(t, domain) for t in (it.inner, it.outer, exponent, outer)):
        return None
    if not all(defined(b, domain, SECONDS) for b in it.bases):
        return None
    if not equal(fn("*", it.inner, it.outer), fn("*", exponent, outer), domain):
        return None
    order = signs(fn("-", it.inner, exponent), domain, SECONDS)
    if not (order <= NONNEGATIVE or order <= NONPOSITIVE):
        return None
    upper = INEQUALITIES[c.op] == side  # the smaller side is to be bounded from above
    if it.triangle and not upper:
        return None
    bound = _alike(it, exponent, outer, c.args[1 - side], domain)
    if (order <= NONNEGATIVE) is not upper:  # the means' inequality, with its constant
        bound = fn("*", fn("**", num(len(it.bases)), fn("-", it.outer, outer)), bound)
    changed = _put(c.args[side], it.core, bound, domain)
    if changed is None:
        return None
    args = (changed, c.args[1]) if side == 0 else (c.args[0], changed)
    return replace(statement, conclusion=fn(c.op, *args))


def _positive(t: Term, domain: Domain) -> bool:
    return signs(t, domain, SECONDS) == {1}


def _alike(it: PowerSum, exponent: Term, outer: Term, other: Term, domain: Domain) -> Term:
    for core in cores(other):
        that = power_sum(core, domain)
        same = that is not None and sorted(map(str, that.bases)) == sorted(map(str, it.bases))
        if same and that is not None and not that.triangle and that.inner == exponent and that.outer == outer:
            return core
    total = written(it.bases, exponent)
    return total if outer == ONE else fn("**", total, outer)


def _put(side: Term, core: Term, bound: Term, domain: Domain) -> Term | None:
    """The side with the bound in place of its factor ``core``; the other factors must be nonnegative."""
    if side == core:
        return bound
    a, b = side.args
    if side.op == "/":
        inside = _put(a, core, bound, domain)
        return fn("/", inside, b) if inside is not None and signs(b, domain, SECONDS) == {1} else None
    k = 0 if any(t == core for t in cores(a)) else 1
    inside = _put(side.args[k], core, bound, domain)
    if inside is None or not signs(side.args[1 - k], domain, SECONDS) <= NONNEGATIVE:
        return None
    return fn("*", inside, b) if k == 0 else fn("*", a, inside)


def alike(goal: Statement) -> bool:
    """Whether both sides are one term, which has a value, and may be equal."""
    c = goal.conclusion
    return c.op in ("<=", ">=") and c.args[0] == c.args[1]


def check_norms(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    from verify.checker import replay

    names = statement.domain.names
    exponent, outer = (parse_term(certificate[key], names) for key in ("exponent", "outer"))
    side, core = certificate["side"], certificate["core"]
    if side not in (0, 1) or not isinstance(core, int) or core < 0 or ZERO in (exponent, outer):
        return False
    goal = replaced(statement, side, core, exponent, outer)
    return goal is not None and (alike(goal) or replay(goal, certificate["part"]))

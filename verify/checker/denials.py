"""Replays that a function lacks a property for all values of its parameters, and that it has it for some.

A property P of f on a set is denied for every value of the parameters by relations among them alone:
``chord`` points p < q < r of an interval, f(q) above the chord (for strictness: not below); ``pair`` points p < q with
f(p) > f(q); ``value`` a point where f(-x) is not f(x); ``end`` f tends to oo or -oo; ``open`` a boundary point that the
set lacks; ``gentle`` f' has a finite limit at a boundary point; ``level`` D(x, y) has a finite limit for |y| -> oo.
``verify.checker.legendre`` says why the last two matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from verify.checker.anchored import bounds_of, without
from verify.checker.rationals import number
from verify.checker.shapes import CURVES, SYMMETRIES, stated, symmetry
from verify.checker.shapes_refutations import inhabited, numbers
from verify.language.calculus import expand
from verify.language.parse import parse_term
from verify.language.terms import BINDERS, INFINITY, ONE, Term, fn, num, substitute, sym, walk
from verify.statement import Domain, Statement

LEGENDRE = ("legendre", "bregman")
WAYS = {
    "chord": ("convex", "strictly_convex", *LEGENDRE), "pair": ("increasing", "strictly_increasing"),
    "value": tuple(SYMMETRIES), "end": ("bounded",), "open": ("bregman",), "gentle": ("legendre",),
    "level": ("bregman",),
}  # fmt: skip
SIDES = {"right": (">", ">="), "left": ("<", "<=")}  # the side on which the set has its end, relations that bound it


def denied(statement: Statement) -> tuple[Term, str, Domain] | None:
    """(P, the variable, the values of the parameters) for a statement ``not P``."""
    c = statement.conclusion
    if statement.flow or c.op != "not" or c.args[0].op not in CURVES | SYMMETRIES | set(LEGENDRE):
        return None
    positive, x = c.args[0], c.args[0].args[1].args[0]
    if x not in statement.domain.names or statement.domain.sort(x) != "real":
        return None
    spoken = (positive.args[0], *statement.domain.hypotheses)
    if any(t.op in BINDERS or t.op == "diff" for a in spoken for t in walk(a)):
        return None
    return positive, x, without(statement.domain, x)


def goals(statement: Statement, told: Mapping[str, Any]) -> list[Statement] | None:
    """What is to be proved of the parameters so that the property fails for all of them."""
    found, way = denied(statement), told["way"]
    if found is None or found[0].op not in WAYS[way]:
        return None
    positive, x, rest = found
    bounds = bounds_of(statement.domain, x)
    if bounds is None:
        return None
    f, kind = positive.args[0], positive.op
    if way == "open":
        return [] if _lacks_an_end(bounds) else None
    if way in ("end", "level", "gentle"):
        return _at_end(f, x, rest, bounds, told)
    points = [number(t) for t in told["points"]]
    if not all(u < v for u, v in pairwise(points)):
        return None
    # inside the interval, so that a property of the interior is denied too
    inside = [fn(relation[0], num(p), bound) for p in points for relation, bound in bounds]
    at = [substitute(f, {x: num(p)}) for p in points]
    if way == "chord" and len(points) == 3:
        p, q, r = points
        chord = fn("+", fn("*", at[0], num(r - q)), fn("*", at[2], num(q - p)))
        claim = fn(">" if kind == "convex" else ">=", fn("*", at[1], num(r - p)), chord)
    elif way == "pair" and len(points) == 2:
        claim = fn(">=" if kind == "strictly_increasing" else ">", *at)
    elif way == "value" and len(points) == 1:
        relation, image, wider = symmetry(positive, f, x, statement.domain)
        values = {x: num(points[0])}
        if kind == "homogeneous":
            values |= {name: num(number(told["factor"])) for name in set(wider.names) - set(statement.domain.names)}
            if any(v.args[0] <= 0 for name, v in values.items() if name != x):
                return None
        mirrored = substitute(image, values)
        inside += [fn(relation_[0], mirrored, bound) for relation_, bound in bounds]
        claim = fn("!=", *(substitute(side, values) for side in relation.args))
    else:
        return None
    return [Statement(rest, c) for c in (*dict.fromkeys(inside), claim)]


def _lacks_an_end(bounds: list[tuple[str, Term]]) -> bool:
    """Whether there is a single bound on one side, and it is strict; the set is not empty."""
    for relations in SIDES.values():
        here = [relation for relation, _ in bounds if relation in relations]
        if len(here) == 1 and here[0] in ("<", ">"):
            return True
    return False


def _at_end(
    f: Term, x: str, rest: Domain, bounds: list[tuple[str, Term]], told: Mapping[str, Any]
) -> list[Statement] | None:
    up = told["side"] == "up"
    here = [bound for relation, bound in bounds if relation in SIDES["left" if up else "right"]]
    if told["way"] == "gentle":
        if len(here) != 1 or told["side"] not in ("up", "down"):
            return None
        slope = expand(fn("diff", f, sym(x), ONE))
        limit = fn("limit", slope, sym(x), here[0], Term("text", "-" if up else "+"))
        others = [fn(relation[0], here[0], b) for relation, b in bounds if b != here[0]]  # the interval has length
        claims = [*others, fn("<", limit, INFINITY), fn(">", limit, fn("neg", INFINITY))]
        return [Statement(rest, c) for c in claims]
    if here or told["side"] not in ("up", "down"):
        return None
    end = INFINITY if up else fn("neg", INFINITY)
    if told["way"] == "end":
        value = INFINITY if told["outcome"] == "oo" else fn("neg", INFINITY)
        return [Statement(rest, fn("==", fn("limit", f, sym(x), end, Term("text", "+-")), value))]
    at = parse_term(told["point"], rest.names)
    inside = [fn(relation[0], at, bound) for relation, bound in bounds]
    slope = expand(fn("diff", f, sym(x), ONE))
    d = fn("-", fn("-", substitute(f, {x: at}), f), fn("*", slope, fn("-", at, sym(x))))
    return [Statement(rest, c) for c in (*inside, fn("<", fn("limit", d, sym(x), end, Term("text", "+-")), INFINITY))]


def check_denial(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    """Whether the property fails for all values of the parameters."""
    from verify.checker import replay

    asked = goals(statement, certificate["told"])
    if asked is None or not stated(statement):
        return False
    return all(replay(goal, part) for goal, part in zip(asked, certificate["parts"], strict=True))


def at_values(statement: Statement, point: Mapping[str, Any]) -> Statement | None:
    """P for the values that the point gives to the parameters."""
    found = denied(statement)
    if found is None:
        return None
    positive, x, _ = found
    values = {name: num(value) for name, value in point.items() if name != x}
    about = tuple(substitute(h, values) for h in statement.domain.hypotheses if x in h.free)
    return Statement(Domain(((x, "real"),), about), substitute(positive, values))


def refutes_denial(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    """Whether the property holds for the values of the parameters at a point of the domain."""
    from verify.checker import replay

    point = numbers(certificate["point"])
    positive = at_values(statement, point)
    return positive is not None and inhabited(statement.domain, point) and replay(positive, certificate["positive"])

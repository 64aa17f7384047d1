"""The first argument of a predicate as a function of one variable, and the set over which the variable ranges."""

from __future__ import annotations

from functools import reduce

from verify.checker.shapes_affine import rational, rationally_less
from verify.checker.shapes_goals import Goals
from verify.checker.shapes_ranges import Range, range_of
from verify.checker.shapes_regularity import defined
from verify.language.calculus import NotDifferentiable, bodies, expand, smoothness
from verify.language.terms import ZERO, Term, num, rebuild, substitute
from verify.statement import Domain, Statement

MOST_SUMMANDS = 24


class NotAFunction(ValueError):
    """Why the first argument of a predicate cannot be handled as a function of the variable."""


def function_of(statement: Statement, goals: Goals) -> tuple[Term, Range, Domain]:
    """(the function without ``diff``, where its variable ranges, the domain with the variable declared).

    Raises NotAFunction.
    """
    f, variable = statement.conclusion.args[0], statement.conclusion.args[1]
    x = variable.args[0]
    domain = statement.domain if x in statement.domain.names else statement.domain.declaring(x)
    if domain.sort(x) != "real":
        raise NotAFunction(f"{x} ranges over the integers")
    try:
        f = unrolled(f)
        worked = expand(f)
        if worked is not f:
            kinks = [Term("!=", k, ZERO) for k in smoothness(f)]
            if not all(goals.proven(k, domain) for k in kinks) or not all(
                defined(expand(b), domain, goals) for b in bodies(f)
            ):
                raise NotAFunction("a derivative in it is not proven to exist everywhere")
    except NotDifferentiable as reason:
        raise NotAFunction(str(reason)) from None

    def less(u: Term, v: Term) -> bool:
        if rationally_less(u, v):
            return True
        others = tuple(h for h in domain.hypotheses if x not in h.free)
        return goals.proven(Term("<", u, v), Domain(domain.variables, others))

    return worked, range_of(domain, x, less), domain


def unrolled(term: Term) -> Term:
    """The term with each short finite ``Sum`` and ``Product`` written out."""
    term = rebuild(term, unrolled)
    if term.op not in ("Sum", "Product"):
        return term
    body, index, low, high = term.args
    first, last = rational(low), rational(high)
    if first is None or last is None or first.denominator != 1 or last.denominator != 1:
        return term
    if not first <= last < first + MOST_SUMMANDS:
        return term
    parts = [substitute(body, {index.args[0]: num(k)}) for k in range(int(first), int(last) + 1)]
    return reduce(lambda u, v: Term("+" if term.op == "Sum" else "*", u, v), parts)

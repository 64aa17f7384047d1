"""The first argument of a predicate as a function of one variable, and the points at which to attack it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import reduce

from verify.evidence import Evidence
from verify.language.calculus import NotDifferentiable, bodies, expand, smoothness
from verify.language.terms import ZERO, Term, num, rebuild, substitute
from verify.provers.shapes.curve import Curve
from verify.provers.shapes.intervals import Range, range_of, rational, rationally_less
from verify.provers.shapes.ledger import Ledger
from verify.provers.shapes.pieces import zeros
from verify.provers.shapes.regularity import defined, singular_arguments
from verify.provers.shapes.samples import (
    MOST_ASSIGNMENTS,
    Component,
    Values,
    component_points,
    costly,
    thinned,
    varied,
)
from verify.statement import Domain, Statement

MOST_SUMMANDS = 24
DEEPEST_CELLS = 3
FIRST_SHARE = 0.06  # of the time, for each goal in the first round


class NotAFunction(ValueError):
    """Why the first argument of a predicate cannot be handled as a function of the variable."""


def function_of(statement: Statement, ledger: Ledger) -> tuple[Term, Range, Domain]:
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
            if not all(ledger.proven(k, domain) for k in kinks) or not all(
                defined(expand(b), domain, ledger) for b in bodies(f)
            ):
                raise NotAFunction("a derivative in it is not proven to exist everywhere")
    except NotDifferentiable as reason:
        raise NotAFunction(str(reason)) from None

    def less(u: Term, v: Term) -> bool:
        if rationally_less(u, v):
            return True
        others = tuple(h for h in domain.hypotheses if x not in h.free)
        return ledger.proven(Term("<", u, v), Domain(domain.variables, others))

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


def union_text(where: Range) -> str:
    return " and ".join(c.text for c in where.components)


def components_at(f: Term, where: Range, domain: Domain, values: Values) -> list[Component]:
    """Points at which to attack the function, for given values of the parameters."""
    special = special_points(f, where)
    found = [component_points(where, c, values, domain, special) for c in where.components]
    return [thinned(c) for c in found] if costly(f) else found


def trials(f: Term, where: Range, domain: Domain) -> list[Values]:
    """Values of the parameters for which to attack the function."""
    about = frozenset().union(*(h.free for h in domain.hypotheses if where.x in h.free))
    return varied(where.parameters, (f.free | about) - {where.x}, 3 if costly(f) else MOST_ASSIGNMENTS)


def special_points(f: Term, where: Range) -> tuple[Term, ...]:
    """Where the function may bend or break."""
    found = [c for u in singular_arguments(f, where.x, where.on()) or [] for c in zeros(u, where.x)]
    return tuple(dict.fromkeys(found))




def in_cells(
    f: Term, where: Range, ledger: Ledger, establish: Callable[[Curve], Evidence], depth: int = DEEPEST_CELLS
) -> Evidence:
    """What is established on the whole, or on each of a few cells of the parameters where kinks change places."""
    curve = Curve(f, where, ledger)
    found = establish(curve)
    if found.result != "undecided" or curve.cells is None or depth == 0 or ledger.budget.spent:
        return found
    details = []
    parts = []
    for cell in curve.cells:
        smaller = replace(where, parameters=where.parameters.assuming(cell))
        part = in_cells(f, smaller, ledger, establish, depth - 1)
        if part.result != "holds":
            return found
        parts.append(part)
        details.append(f"where {cell!r}: {part.detail}")
    return replace(parts[-1], tier=min(p.tier for p in parts), detail="\n".join(details))


def in_rounds(ledger: Ledger, establish: Callable[[Ledger], Evidence]) -> Evidence:
    """Tries with little time for each goal first, then with more: one hard goal must not starve the others."""
    seconds = ledger.budget.seconds
    found = establish(ledger)
    if found.result == "undecided" and not ledger.budget.spent and ledger.share < seconds / 4:
        found = establish(ledger.patient(seconds / 3))
    return found

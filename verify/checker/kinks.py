"""Derivatives at a kink, by the mean value theorem.

If f is continuous at c and f'(y) tends to a number s as y -> c from both sides, then f'(c) = s; if the two one-sided
limits are different numbers, or one is infinite, or f jumps at c, f has no derivative at c. Higher derivatives go
one order at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from verify.checker.rationals import number
from verify.exact.cells import Cell
from verify.exact.signs import OUTSIDE
from verify.language.calculus import derivative, expand
from verify.language.evaluate import Undefined, truth
from verify.language.terms import INFINITY, RELATIONS, Term, fn, fresh_name, num, rebuild, substitute, sym, walk
from verify.statement import Domain, Statement

MINUS_INFINITY = fn("neg", INFINITY)


class NoMeaning(ValueError):
    """The cell does not pin the point at which a derivative is asked for."""


def goals_at(conclusion: Term, cell: Cell) -> list[Statement]:
    """What must hold for the conclusion to hold on a cell on which derivatives are taken at kinks.

    Raises NoMeaning or NotDifferentiable.
    """
    goals: list[Term] = []
    conclusion = _merged(conclusion)
    cell = turned(conclusion, cell)
    relation = _with_limits(conclusion, cell, goals)
    rest = rest_of(cell)
    return [Statement(rest, g) for g in dict.fromkeys([*goals, relation])]


def missing_derivative(conclusion: Term, cell: Cell) -> list[Statement]:
    """Statements each of which says that a derivative in the conclusion does not exist on the cell."""
    conclusion = _merged(conclusion)
    cell = turned(conclusion, cell)
    rest = rest_of(cell)
    found: list[Term] = []
    for node in _derivatives(conclusion):
        left, right = (_limit(node, cell, side) for side in ("-", "+"))
        infinite = [fn("==", side, end) for side in (right, left) for end in (INFINITY, MINUS_INFINITY)]
        value = substitute(expand(node.args[0]), cell.values)
        jumps = [fn("!=", _limit(node, cell, side, 0), value) for side in ("+", "-")]
        found += [fn("!=", left, right), *jumps, *infinite]
    return [Statement(rest, g) for g in found]


def speaks_at_points(statement: Statement) -> bool:
    """Whether the conclusion is a relation in which no name is bound, so that every derivative in it must exist."""
    c = statement.conclusion
    return not statement.flow and c.op in RELATIONS and not any(t.op in OUTSIDE for t in walk(c))


def _merged(term: Term) -> Term:
    """The term with d/dx of a derivative in x as one derivative of higher order; NoMeaning for any other in another."""
    if term.op != "diff":
        return rebuild(term, _merged) if any(t.op == "diff" for t in walk(term)) else term
    f, x, n = _merged(term.args[0]), term.args[1], term.args[2].args[0]
    if f.op == "diff" and f.args[1] == x:
        f, n = f.args[0], n + f.args[2].args[0]
    if any(t.op == "diff" for t in walk(f)):
        raise NoMeaning("a derivative of a derivative in another variable")
    return fn("diff", f, x, num(n))


def at_point(domain: Domain, point: Mapping[str, Fraction]) -> Cell:
    """The point as a cell on which every variable has its value."""
    values = {name: num(value) for name, value in point.items()}
    return Cell(Domain(domain.variables), tuple(fn("==", sym(n), v) for n, v in values.items()), values)


def refutes_at_kink(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    """Whether a derivative in the conclusion does not exist at the certificate's point of the domain."""
    from verify.checker import replay

    if not speaks_at_points(statement) or not is_in(statement.domain, point := _point(certificate["point"])):
        return False
    goal = missing_derivative(statement.conclusion, at_point(statement.domain, point))[certificate["goal"]]
    return replay(goal, certificate["part"])


def _point(plain: Mapping[str, str]) -> dict[str, Fraction]:
    return {str(name): number(value) for name, value in plain.items()}


def is_in(domain: Domain, point: Mapping[str, Fraction], cuts: tuple[Term, ...] = ()) -> bool:
    """Whether the point certainly lies in the domain and satisfies the cuts."""
    if set(point) != set(domain.names):
        return False
    if any(sort == "integer" and point[n].denominator != 1 for n, sort in domain.variables):
        return False
    try:
        return all(truth(h, point) is True for h in (*domain.hypotheses, *cuts))
    except Undefined:
        return False


def turned(conclusion: Term, cell: Cell) -> Cell:
    """The cell with an equation v = x read as x = v where a derivative in x is asked for."""
    for node in _derivatives(conclusion):
        x = node.args[1].args[0]
        for v, value in cell.values.items():
            if x not in cell.values and value == sym(x):
                others = {k: substitute(t, {x: sym(v)}) for k, t in cell.values.items() if k != v}
                return replace(cell, values={**others, x: sym(v)})
    return cell


def rest_of(cell: Cell) -> Domain:
    """The domain of the cell in the variables that its equations leave free."""
    kept = tuple((n, s) for n, s in cell.domain.variables if n not in cell.values)
    # A value cannot be put in for the variable of a derivative; such a hypothesis is left out.
    known = [h for h in (*cell.domain.hypotheses, *cell.cuts) if not any(t.op == "diff" for t in walk(h))]
    facts = [substitute(h, cell.values) for h in known]
    return Domain(kept, tuple(f for f in facts if f.free))


def _derivatives(term: Term) -> list[Term]:
    if term.op == "diff":
        return [term]
    return [d for child in term.children for d in _derivatives(child)]


def _with_limits(term: Term, cell: Cell, goals: list[Term]) -> Term:
    """The term on the cell, each derivative replaced by the limit that is its value; ``goals`` says when it is."""
    if term.op != "diff":
        if not any(t.op == "diff" for t in walk(term)):
            return substitute(term, cell.values)
        return rebuild(term, lambda t: _with_limits(t, cell, goals))
    f, x, n = term.args
    order = int(n.args[0])
    _place(x.args[0], cell)
    goals.append(fn("==", _limit(fn("diff", f, x, n), cell, "+-", 0), substitute(expand(f), cell.values)))
    for k in range(1, order):
        two_sided = _limit(term, cell, "+-", k)
        goals.append(fn("==", two_sided, two_sided))
    limit = _limit(term, cell, "+-")
    goals += [fn("<", limit, INFINITY), fn(">", limit, MINUS_INFINITY)]
    return limit


def _place(x: str, cell: Cell) -> Term:
    if x not in cell.values:
        raise NoMeaning(x)
    return cell.values[x]


def _limit(node: Term, cell: Cell, side: str, order: int | None = None) -> Term:
    """limit of the derivative of some order (the node's own by default) at the cell's point."""
    f, x, n = node.args
    name = x.args[0]
    point = _place(name, cell)
    worked = expand(f)
    for _ in range(int(n.args[0]) if order is None else order):
        worked = derivative(worked, name)
    others = {k: v for k, v in cell.values.items() if k != name}
    moving = fresh_name(name, worked.free | frozenset(cell.domain.names))
    body = substitute(substitute(worked, others), {name: sym(moving)})
    return fn("limit", body, sym(moving), point, Term("text", side))

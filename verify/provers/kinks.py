"""Derivatives at a kink, by the mean value theorem.

If f is continuous at c and f'(y) tends to a number s as y -> c from both sides, then f'(c) = s; if the two one-sided
limits are different numbers, or one is infinite, or f jumps at c, f has no derivative at c. Higher derivatives go
one order at a time.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from verify.exact.cells import Cell
from verify.language.calculus import NotDifferentiable, derivative, expand
from verify.language.printing import number_text
from verify.language.terms import INFINITY, Term, fn, fresh_name, rebuild, substitute, sym
from verify.provers.budget import Budget
from verify.statement import Domain, Statement


class NoMeaning(Exception):
    """The cell does not pin the point at which a derivative is asked for."""


def settle(conclusion: Term, cell: Cell, budget: Budget) -> str | dict[str, str]:
    """What becomes of a relation on a cell where a derivative is taken at a kink.

    "holds", "open", or the exact point of the cell at which a derivative does not exist.
    """
    goals: list[Term] = []
    cell = _turned(conclusion, cell)
    try:
        relation = _with_limits(conclusion, cell, goals)
    except (NoMeaning, NotDifferentiable):
        return "open"
    rest = _rest(cell)
    if all(_proved(Statement(rest, g), budget) for g in [*goals, relation]):
        return "holds"
    for node in _derivatives(conclusion):
        left, right = (_limit(node, cell, side) for side in ("-", "+"))
        infinite = [fn("==", side, end) for side in (right, left) for end in (INFINITY, fn("neg", INFINITY))]
        value = substitute(expand(node.args[0]), cell.values)
        jumps = [fn("!=", _limit(node, cell, side, 0), value) for side in ("+", "-")]
        if any(_proved(Statement(rest, g), budget) for g in [fn("!=", left, right), *jumps, *infinite]):
            return _point(cell, rest)
    return "open"


def _turned(conclusion: Term, cell: Cell) -> Cell:
    """The cell with an equation v = x read as x = v where a derivative in x is asked for."""
    for node in _derivatives(conclusion):
        x = node.args[1].args[0]
        for v, value in cell.values.items():
            if x not in cell.values and value == sym(x):
                others = {k: substitute(t, {x: sym(v)}) for k, t in cell.values.items() if k != v}
                return replace(cell, values={**others, x: sym(v)})
    return cell


def _proved(statement: Statement, budget: Budget) -> bool:
    from verify.provers import asymptotics, exact

    if budget.spent:
        return False
    prover = asymptotics if asymptotics.applies(statement) else exact
    found = prover.prove(statement, Budget(max(0.1, budget.left / 2), budget.seed))
    return found.result == "holds" and not found.scope


def _rest(cell: Cell) -> Domain:
    """The domain of the cell in the variables that its equations leave free."""
    kept = tuple((n, s) for n, s in cell.domain.variables if n not in cell.values)
    facts = [substitute(h, cell.values) for h in (*cell.domain.hypotheses, *cell.cuts)]
    return Domain(kept, tuple(f for f in facts if f.free))


def _derivatives(term: Term) -> list[Term]:
    if term.op == "diff":
        return [term]
    return [d for child in term.children for d in _derivatives(child)]


def _with_limits(term: Term, cell: Cell, goals: list[Term]) -> Term:
    """The term on the cell, each derivative replaced by the limit that is its value; ``goals`` says when it is."""
    if term.op != "diff":
        if not any(t.op == "diff" for t in _nodes(term)):
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
    goals += [fn("<", limit, INFINITY), fn(">", limit, fn("neg", INFINITY))]
    return limit


def _nodes(term: Term) -> list[Term]:
    from verify.language.terms import walk

    return list(walk(term))


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


def _in(cell: Cell, point: dict[str, Fraction]) -> bool:
    """Whether the point certainly lies in the cell."""
    from verify.language.evaluate import Undefined, truth

    if any(sort == "integer" and point[n].denominator != 1 for n, sort in cell.domain.variables):
        return False
    try:
        return all(truth(h, point) is True for h in (*cell.domain.hypotheses, *cell.cuts))
    except Undefined:
        return False


def _point(cell: Cell, rest: Domain) -> str | dict[str, str]:
    from verify.language.evaluate import exact
    from verify.provers.refute import find_witness

    witness = find_witness(rest, Budget(1.0))
    if witness is None:
        return "open"
    values = dict(witness)
    for name, term in cell.values.items():
        value = exact(term, values)
        if value is None:
            return "open"
        values[name] = value
    if not _in(cell, values):
        return "open"
    return {name: number_text(values[name]) for name in cell.domain.names}

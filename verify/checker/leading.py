"""Replays limits and orders of growth: the leading terms once more on every recorded cell of the parameters.

A certificate lists no facts. It names the expressions by whose sign the parameters are divided (negative, zero,
positive: together they are all values, so the cells cover the domain), the order that sufficed on each cell, and what
was found there. Here each cell is entered by its recorded cuts alone, the expansion is worked out again with that
order, a cell that would have to be divided further is refused, and the function is looked at close to the point.

``by`` cells: the conclusion is ruled on on each cell. values: its limits are replaced by their values, and what is left
is certified cell by cell. closed forms: each limit is one term on the whole domain. point: at one point of the domain
the conclusion is false.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from verify.checker.growth_orders import ORDERS_OF_GROWTH, parameters_of, rule_order
from verify.checker.limit_values import NoValue, replaced, rule_relation, value_of
from verify.checker.nearby import objection
from verify.checker.rationals import number
from verify.checker.ruling import Ruling
from verify.exact.expansion.cases import Case, Divide, GiveUp, MoreTerms, Undefined
from verify.exact.expansion.division import ORDERS, RELATION_TO_ZERO, opening, part_where
from verify.exact.expansion.parameters import scalar
from verify.exact.expansion.scalars import TooLarge
from verify.exact.signs import signs
from verify.language.calculus import NotDifferentiable
from verify.language.evaluate import Undefined as NoNumber
from verify.language.evaluate import Unknown, truth
from verify.language.parse import parse_term
from verify.language.terms import ONE, RELATIONS, Term, binding, num, substitute, sym, walk
from verify.statement import Domain, Statement

MOST_NODES = 240  # cuts and cells of one tree
PRECISION = 224

Compute = Callable[[Case, int], Ruling]
REFUSALS = (
    Divide, GiveUp, MoreTerms, Undefined, TooLarge, NoValue, NotDifferentiable, NoNumber, Unknown,
)  # fmt: skip


def check(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    """Whether the statement holds, by the recorded cells."""
    return _refusing(_holds, statement, certificate)


def refutes(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    """Whether the statement fails, at the recorded point or in its closed form."""
    return _refusing(_fails, statement, certificate)


def _refusing(
    judge: Callable[[Statement, Mapping[str, Any]], bool], statement: Statement, certificate: Mapping[str, Any]
) -> bool:
    if statement.flow:
        return False
    try:
        return judge(statement, certificate)
    except REFUSALS:
        return False


def _holds(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    by = certificate["by"]
    if by == "values":
        return _holds_without_limits(statement, certificate["tree"])
    if by == "closed forms":
        return _in_closed_form(statement, certificate, "holds")
    if by != "cells":
        return False
    domain, compute = posed(statement)
    for case, leaf in cells(domain, certificate["tree"]):
        ruling = compute(case, order_of(leaf))
        if not ruling.true or ruling.because != leaf["found"]:
            return False
        if objection(statement.conclusion, case, order_of(leaf)):
            return False
    return True


def _fails(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    if certificate["by"] == "closed forms":
        return _in_closed_form(statement, certificate, "fails")
    if certificate["by"] != "point":
        return False
    closed = at_point(statement, certificate["point"])
    if closed is None:
        return False
    domain, compute = posed(closed)
    case, order = opening(domain), order_of(certificate)
    ruling = compute(case, order)
    if ruling.true or ruling.because != certificate["found"]:
        return False
    return not objection(closed.conclusion, case, order)


# --- what is asked


def posed(statement: Statement) -> tuple[Domain, Compute]:
    """The domain of the parameters, and the computation that rules on the conclusion on a cell of it."""
    c = statement.conclusion
    if c.op not in ORDERS_OF_GROWTH:
        if c.op not in RELATIONS:
            raise GiveUp(f"{c.op} is no relation")
        return statement.domain, lambda case, order: rule_relation(c, case, order)
    x = c.args[2].args[0]
    domain, on_x = parameters_of(statement.domain, x)
    integer = x in statement.domain.names and statement.domain.sort(x) == "integer"
    return domain, lambda case, order: rule_order(c, on_x, integer, case, order)


def at_point(statement: Statement, point: Mapping[str, str]) -> Statement | None:
    """The statement with the numbers of a point put in for its parameters, if the point lies in the domain."""
    values = {name: number(text) for name, text in point.items()}
    if set(values) != set(posed(statement)[0].names):
        return None
    for name, value in values.items():
        if statement.domain.sort(name) == "integer" and value.denominator != 1:
            return None
    met = (truth(h, values, PRECISION) is True for h in statement.domain.hypotheses if h.free <= values.keys())
    return closed_at(statement, values) if all(met) else None


def closed_at(statement: Statement, point: Mapping[str, Fraction]) -> Statement:
    """The statement for these values of the parameters alone.

    A derivative by a parameter is not one at its value, and its rule may divide by zero where it exists: then the
    values are not put in but stated, so that the expansion asks whether the derivative is what the rule says.
    """
    values = {name: num(v) for name, v in point.items()}
    if any(t.op == "diff" for f in (statement.conclusion, *statement.domain.hypotheses) for t in walk(f)):
        return statement.assuming(*(Term("==", sym(name), value) for name, value in values.items()))
    conclusion = substitute(statement.conclusion, values)
    along_integers = [(t.args[1].args[0], "integer") for t in walk(conclusion) if t.op == "limit"]
    left = tuple(v for v in statement.domain.variables if v[0] not in values or v in along_integers)
    hypotheses = tuple(substitute(h, values) for h in statement.domain.hypotheses if h.free - values.keys())
    return Statement(Domain(left, hypotheses), conclusion)


# --- cells


def order_of(leaf: Mapping[str, Any]) -> int:
    order = leaf["order"]
    if order not in ORDERS:
        raise ValueError("no such order")
    return int(order)


def cells(domain: Domain, tree: Mapping[str, Any]) -> Iterator[tuple[Case, Mapping[str, Any]]]:
    """The cells with their leaves; raises where the recorded parts do not cover the domain."""
    waiting: list[tuple[Case, Mapping[str, Any]]] = [(opening(domain), tree)]
    nodes = 0
    while waiting:
        nodes += 1
        if nodes > MOST_NODES:
            raise ValueError("too many cells")
        case, node = waiting.pop()
        if "cut" not in node:
            yield case, node
            continue
        term = parse_term(node["cut"], domain.names)
        s = scalar(term, case)  # raises unless the term has a value on the whole cell
        for sign in sorted(case.possible(s)):
            part = part_where(case, term, s, sign)
            relation = RELATION_TO_ZERO[sign]
            if part.impossible or (relation not in node["parts"] and not signs(ONE, part.reduced)):
                continue  # no point has that sign
            waiting.append((part, node["parts"][relation]))


# --- limits replaced by their values


def without_limits(statement: Statement, case: Case, order: int) -> Statement:
    """What the statement says on the cell, its limits replaced by their values."""
    return statement.assuming(*case.decided).concluding(replaced(statement.conclusion, case, order))


def _holds_without_limits(statement: Statement, tree: Mapping[str, Any]) -> bool:
    from verify.checker import replay

    if statement.conclusion.op not in RELATIONS:
        return False
    for case, leaf in cells(statement.domain, tree):
        part = without_limits(statement, case, order_of(leaf))
        if objection(statement.conclusion, case, order_of(leaf)) or not replay(part, leaf["part"]):
            return False
    return True


def _in_closed_form(statement: Statement, certificate: Mapping[str, Any], result: str) -> bool:
    from verify.checker import replay

    forms = iter(certificate["forms"])
    conclusion = with_forms(statement.conclusion, statement.domain, lambda node: _form(node, statement.domain, forms))
    if conclusion is None or next(forms, None) is not None:
        return False
    return replay(statement.concluding(conclusion), certificate["rest"], result)


def with_forms(conclusion: Term, domain: Domain, form: Callable[[Term], Term | None]) -> Term | None:
    """The conclusion with every limit replaced by ``form(limit)``; None where one of them cannot be."""
    if conclusion.op == "limit":
        return form(conclusion) if conclusion.free <= frozenset(domain.names) else None
    if not any(t.op == "limit" for t in walk(conclusion)):
        return conclusion
    if conclusion.op in ("diff", "ddt") or binding(conclusion)[0] is not None:
        return None
    parts = [with_forms(a, domain, form) if isinstance(a, Term) else a for a in conclusion.args]
    return None if any(p is None for p in parts) else Term(conclusion.op, *parts)


def agrees(node: Term, candidate: Term, case: Case, order: int) -> bool:
    """Whether a limit exists on the cell and is the value of the candidate."""
    found = value_of(node, case, order)
    if found.kind != "finite" or found.one_sided:
        return False
    return not case.nonzero(found.value - scalar(candidate, case))


def _form(node: Term, domain: Domain, forms: Iterator[Mapping[str, Any]]) -> Term | None:
    recorded = next(forms, None)
    if recorded is None:
        return None
    candidate = parse_term(recorded["form"], domain.names)
    for case, leaf in cells(domain, recorded["tree"]):
        if not agrees(node, candidate, case, order_of(leaf)) or objection(node, case, order_of(leaf)):
            return None
    return candidate

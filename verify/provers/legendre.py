"""Legendre and Bregman functions of one variable, clause by clause.

f is a Legendre function if it is a differentiable convex function, strictly convex on the interior of its domain, with
|f'| -> oo along every sequence that goes to a boundary point. It is a Bregman function if its domain is closed, f is
strictly convex and continuous on it and continuously differentiable inside, the sets {y: D(x, y) <= gamma} are bounded
for every x and gamma, and D(x, y) -> 0 for y -> x from inside. The domain is the set that the hypotheses give, taken
literally; infinity is not a boundary point.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from verify.checker import legendre as checker
from verify.checker.legendre_refutations import fails_clause
from verify.checker.rationals import number
from verify.checker.shapes_curves import Function
from verify.checker.shapes_functions import NotAFunction, function_of
from verify.checker.shapes_ranges import Range
from verify.clock import now
from verify.evidence import Evidence, undecided
from verify.language.calculus import NotDifferentiable
from verify.language.printing import number_text
from verify.language.terms import Term
from verify.provers.budget import Budget
from verify.provers.shapes.boundedness import at_values
from verify.provers.shapes.clauses import BREGMAN, DEFINED, LEGENDRE, Case, Clause, Witness
from verify.provers.shapes.curve import Curve
from verify.provers.shapes.functions import FIRST_SHARE, components_at, in_cells, in_rounds, trials, union_text
from verify.provers.shapes.ledger import Ledger, Prove, prove_relation
from verify.provers.shapes.opposite import prove_opposite
from verify.provers.shapes.recording import proof, refutation
from verify.provers.shapes.samples import Values, as_text
from verify.statement import Domain, Statement

METHOD = "legendre"
_CLAUSES = {"legendre": LEGENDRE, "bregman": BREGMAN}
_MOST_VALUES = 12


def applies(statement: Statement) -> bool:
    conclusion = statement.conclusion
    property_of = conclusion.args[0] if conclusion.op == "not" else conclusion
    return property_of.op in _CLAUSES and not statement.flow


def prove(statement: Statement, budget: Budget, ask: Prove = prove_relation) -> Evidence:
    """Evidence whose detail has one line for each clause; a counterexample names the clause that fails."""
    if statement.conclusion.op == "not":
        return prove_opposite(statement, budget, ask, prove, METHOD)
    ledger = Ledger(budget, ask, budget.seconds * FIRST_SHARE)
    try:
        f, where, domain = function_of(statement, ledger)
    except NotAFunction as reason:
        return undecided(METHOD, str(reason))
    clauses = _CLAUSES[statement.conclusion.op]
    if not where.exact:
        found = undecided(METHOD, f"dom R is not read off: {', '.join(map(repr, where.unread))}")
    elif len(where.components) > 1:
        found = undecided(METHOD, f"dom R is not convex: {union_text(where)}")
    else:
        holds = checker.legendre if statement.conclusion.op == "legendre" else checker.bregman
        found = _refute(statement, f, where, domain, ledger) or in_rounds(
            ledger,
            lambda asked: in_cells(f, where, asked, lambda curve: _establish(clauses, curve, domain)),
            lambda asked: proof(statement, asked, METHOD, holds),
        )
    return replace(found, seed=budget.seed, seconds=now() - budget.started)


def _establish(clauses: tuple[Clause, ...], curve: Curve, domain: Domain) -> Evidence:
    case = Case(curve, curve.where.components[0], domain)
    ledger = curve.ledger
    lines = [f"dom R = {case.dom.text}"]
    open_clauses = 0
    for clause in clauses:
        case.curve.notes.clear()
        proven = clause.proven(case)
        open_clauses += not proven
        lines.append(_line(clause, "holds" if proven else "undecided", case))
    if open_clauses:
        return undecided(METHOD, "\n".join(lines))
    return Evidence(ledger.tier, METHOD, "holds", "\n".join(lines), engines=dict(ledger.engines))


def _line(clause: Clause, outcome: str, case: Case) -> str:
    notes = "; ".join(case.curve.notes)
    return f"{clause.name}: {outcome}" + (f" ({notes})" if notes else "")


def _refute(statement: Statement, f: Term, where: Range, domain: Domain, ledger: Ledger) -> Evidence | None:
    clauses = _CLAUSES[statement.conclusion.op]
    for values in trials(f, where, domain)[:_MOST_VALUES]:
        case = _closed_case(f, where, domain, values, ledger)
        if case is None:
            continue
        witnesses: dict[str, Witness] = {}
        for clause in clauses:
            if ledger.budget.left < 0.6 * ledger.budget.seconds:
                break
            witness = _witness(clause, case)
            if witness is not None:
                witnesses[clause.name] = witness
        if witnesses:
            name, witness = next(iter(witnesses.items()))
            lines = [f"dom R = {case.dom.text}", *(_examined(clause, case, witnesses) for clause in clauses)]
            return Evidence(ledger.tier, METHOD, "fails", "\n".join(lines), engines=dict(ledger.engines),
                            counterexample={"clause": name, **witness, **as_text(values)},
                            certificate=_certificate(statement, ledger, values, case, witnesses))  # fmt: skip
        if ledger.budget.left < 0.6 * ledger.budget.seconds:
            return None
    return None


def _certificate(
    statement: Statement, ledger: Ledger, values: Values, case: Case, witnesses: dict[str, Witness]
) -> Mapping[str, object] | None:
    """The first of the witnesses that the checker confirms."""
    x = case.curve.x
    for clause in _CLAUSES[statement.conclusion.op]:
        if clause.name not in witnesses:
            continue
        witness = witnesses[clause.name]
        points = [witness[n] for n in ("x1", "between", "x2") if n in witness]
        if not points:
            base = witness["x"] if clause.violation == "level" else witness.get(x, "")
            plain = min(case.points.points, key=lambda p: (abs(p.numerator) + p.denominator, p < 0))
            points = [base if clause.violation in ("undefined", "level") else number_text(plain)]
        told = {"clause": clause.violation, "points": points}

        def false(curve: Function, told: dict[str, Any] = told) -> bool:
            return fails_clause(statement, curve, told["clause"], [number(t) for t in told["points"]])

        found = refutation(statement, ledger, METHOD, values, told, false)
        if found is not None:
            return found
    return None


def _witness(clause: Clause, case: Case) -> Witness | None:
    try:
        return clause.refuted(case)
    except NotDifferentiable:
        return None


def _examined(clause: Clause, case: Case, witnesses: dict[str, Witness]) -> str:
    """The line of one clause where some clause fails."""
    if clause.name in witnesses:
        found = ", ".join(f"{name}: {value}" for name, value in witnesses[clause.name].items())
        return f"{clause.name}: fails ({found})"
    case.curve.notes.clear()
    return _line(clause, "holds" if DEFINED.name not in witnesses and clause.proven(case) else "undecided", case)


def _closed_case(f: Term, where: Range, domain: Domain, values: Values, ledger: Ledger) -> Case | None:
    curve = at_values(f, domain, where.x, values, ledger)
    if not curve.where.exact or len(curve.where.components) != 1:
        return None
    dom = curve.where.components[0]
    closed = Domain(((where.x, "real"),), curve.where.on(*curve.member(dom)).hypotheses)
    points = components_at(curve.f, curve.where, closed, {})[0]
    return Case(curve, dom, closed, points) if points.points else None

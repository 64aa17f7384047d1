"""An exact point that satisfies every hypothesis of a domain, so that statements over it are not vacuous."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

from verify.clock import now
from verify.language.calculus import literal
from verify.language.terms import TRUE, Term
from verify.provers.attacks.search import Attack
from verify.provers.budget import Budget
from verify.statement import Domain, Statement

_POINTS = 4_000
_SEARCH_SECONDS = 1.0


def find_witness(domain: Domain, budget: Budget) -> dict[str, Fraction] | None:
    """A point at which every hypothesis is certainly true, simple where possible; None where none was found."""
    until = now() + min(max(budget.left, 0.05), _SEARCH_SECONDS)
    attack = Attack(Statement(domain, TRUE), budget.seed, until)
    for k, point in enumerate(itertools.islice(attack.sampler.points(), _POINTS)):
        if attack.admits(point):
            return point
        if k == 200:
            found = _from_solver(domain, budget)
            if found is not None and attack.admits(found):
                return found
        if now() > until:
            break
    found = _from_solver(domain, budget)
    return found if found is not None and attack.admits(found) else None


class _Untranslatable(Exception):
    pass


def _from_solver(domain: Domain, budget: Budget) -> dict[str, Fraction] | None:
    """A rational model of the polynomial hypotheses; the caller puts it into all of them."""
    import z3

    names = {n: z3.Int(n) if sort == "integer" else z3.Real(n) for n, sort in domain.variables}
    solver = z3.Solver()
    solver.set("timeout", max(50, int(min(budget.left, 2.0) * 1000)))
    solver.set("random_seed", budget.seed % 2**16)
    for h in domain.hypotheses:
        try:
            solver.add(_formula(h, names))
        except _Untranslatable:
            continue
    if solver.check() != z3.sat:
        return None
    model = solver.model()
    point: dict[str, Fraction] = {}
    for name, variable in names.items():
        value = model.eval(variable, model_completion=True)
        if z3.is_algebraic_value(value):
            value = value.approx(30)
        if not (z3.is_rational_value(value) or z3.is_int_value(value)):
            return None
        point[name] = Fraction(value.as_string())
    return point


def _formula(formula: Term, names: dict[str, Any]) -> Any:
    import z3

    op, a = formula.op, formula.args
    if op in ("==", "!=", "<", "<=", ">", ">="):
        u, v = (_number(t, names) for t in a)
        return {"==": u == v, "!=": u != v, "<": u < v, "<=": u <= v, ">": u > v, ">=": u >= v}[op]
    if op in ("and", "or", "not", "implies"):
        parts = [_formula(t, names) for t in a]
        return {"and": z3.And, "or": z3.Or, "not": z3.Not, "implies": z3.Implies}[op](*parts)
    raise _Untranslatable


def _number(term: Term, names: dict[str, Any]) -> Any:
    import z3

    op, a = term.op, term.args
    value = literal(term)
    if value is not None:
        return z3.RealVal(f"{value.numerator}/{value.denominator}")
    if op == "sym" and a[0] in names:
        variable = names[a[0]]
        return z3.ToReal(variable) if variable.is_int() else variable
    if op == "**":
        n = literal(a[1])
        if n is None or n.denominator != 1 or not 0 < n <= 12:
            raise _Untranslatable
        base = _number(a[0], names)
        result = base
        for _ in range(int(n) - 1):
            result = result * base
        return result
    if op == "neg":
        return -_number(a[0], names)
    if op == "abs":
        u = _number(a[0], names)
        return z3.If(u >= 0, u, -u)
    if op in ("+", "-", "*", "/"):
        u, v = (_number(t, names) for t in a)
        return {"+": lambda: u + v, "-": lambda: u - v, "*": lambda: u * v, "/": lambda: u / v}[op]()
    if op in ("Min", "Max") and len(a) == 2:
        u, v = (_number(t, names) for t in a)
        return z3.If(u <= v, u, v) if op == "Min" else z3.If(u >= v, u, v)
    raise _Untranslatable

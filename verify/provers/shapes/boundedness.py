"""Bounded functions of one variable: |f| <= C on the set that the hypotheses give, with C free of the variable.

A continuous function is bounded on an interval iff it stays bounded towards each end that does not belong to the
interval. Elsewhere the composition tells: a sine is bounded whatever its argument is.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from verify.checker.shapes import shaped
from verify.checker.shapes_extents import Extent
from verify.checker.shapes_functions import NotAFunction, function_of
from verify.checker.shapes_limits import SIDES, UNKNOWN, Limits, Side, finite, is_infinite
from verify.checker.shapes_ranges import Interval, Range, range_of
from verify.checker.shapes_refutations import unbounded_at
from verify.clock import now
from verify.evidence import Evidence, Tier, undecided
from verify.language.printing import number_text
from verify.language.terms import INFINITY, Term, num, substitute
from verify.provers.budget import Budget
from verify.provers.shapes.curve import Curve, limits_text
from verify.provers.shapes.functions import FIRST_SHARE, components_at, in_cells, in_rounds, trials
from verify.provers.shapes.ledger import Ledger, Prove, prove_relation
from verify.provers.shapes.recording import proof, refutation
from verify.provers.shapes.samples import Values, as_text, undefined_point
from verify.statement import Domain, Statement

METHOD = "boundedness"
_LEVELS = (num(1), num(100))


def applies(statement: Statement) -> bool:
    return statement.conclusion.op == "bounded" and not statement.flow


def prove(statement: Statement, budget: Budget, ask: Prove = prove_relation) -> Evidence:
    """Evidence on ``bounded``; a counterexample names the end at which the function is unbounded."""
    ledger = Ledger(budget, ask, budget.seconds * FIRST_SHARE)
    try:
        f, where, domain = function_of(statement, ledger)
    except NotAFunction as reason:
        return undecided(METHOD, str(reason))
    found = _undefined_somewhere(statement, f, where, domain, ledger) or in_rounds(
        ledger,
        lambda asked: in_cells(f, where, asked, lambda curve: _establish(curve, domain, statement)),
        lambda asked: proof(statement, asked, "shape", lambda curve: shaped("bounded", curve)),
    )
    return replace(found, seed=budget.seed, seconds=now() - budget.started)


def _establish(curve: Curve, domain: Domain, statement: Statement) -> Evidence:
    if all(curve.defined_on(c) and bounded_on(curve, c) for c in curve.where.components):
        engines = dict(curve.ledger.engines)
        return Evidence(curve.ledger.tier, METHOD, "holds", "; ".join(curve.notes), engines=engines)
    found = _unbounded(statement, curve.f, curve.where, domain, curve.ledger)
    return found or undecided(METHOD, "; ".join(curve.notes) or "not proven")


def bounded_on(curve: Curve, component: Interval) -> bool:
    """Bounded on the interval, for a function that is defined there."""
    below, above = Extent(curve.where, component, curve.ledger).of(curve.f)
    if below and above:
        curve.note(f"bounded on {component.text} by its composition")
        return True
    if not curve.continuous_on(component):
        curve.note(f"continuity on {component.text} is not proven")
        return False
    if component.compact:
        curve.note(f"continuous on the compact interval {component.text}")
        return True
    return all(_tame(curve, component, end) for end in SIDES) or _between_levels(curve, component)


def _between_levels(curve: Curve, component: Interval) -> bool:
    domain = curve.where.on(*curve.member(component))
    for c in _LEVELS:
        if curve.ledger.proven(Term("<=", curve.f, c), domain) and curve.ledger.proven(
            Term(">=", curve.f, num(-c.args[0])), domain
        ):
            curve.note(f"at most {c!r} in size on {component.text}")
            return True
    return False


def _tame(curve: Curve, component: Interval, end: Side) -> bool:
    """The end belongs to the interval, or the function has a finite limit there."""
    at = component.lower if end == "left" else component.upper
    if at is not None and at.closed:
        return True
    limits = limit_at(curve, component, end)
    if not finite(limits):
        curve.note(f"no finite limit is proven at the {end} end of {component.text}")
        return False
    curve.note(f"the limit at the {end} end of {component.text} is {limits_text(limits)}")
    return True


def limit_at(curve: Curve, component: Interval, end: Side) -> Limits:
    """The limits of the function at one end of the interval."""
    found = curve.pieces(component)
    if found is None:
        return UNKNOWN
    piece = found[0][0 if end == "left" else -1]
    return curve.limit(piece.term, piece, end)


def _undefined_somewhere(
    statement: Statement, f: Term, where: Range, domain: Domain, ledger: Ledger
) -> Evidence | None:
    for values in trials(f, where, domain):
        for component in components_at(f, where, domain, values):
            p = undefined_point(f, where.x, component)
            if p is not None:
                text = number_text(p)
                counterexample = {where.x: text, **as_text(values)}
                told = refutation(statement, ledger, "shape", values, {"violation": "undefined", "at": text})
                return Evidence(Tier.certified, METHOD, "fails", f"{f!r} is undefined at {where.x} = {text}",
                                counterexample=counterexample, certificate=told)  # fmt: skip
    return None


def at_values(f: Term, domain: Domain, x: str, values: Values, ledger: Ledger) -> Curve:
    """The function for exact values of the parameters."""
    exact = {name: num(value) for name, value in values.items()}
    hypotheses = tuple(substitute(h, exact) for h in domain.hypotheses if x in h.free)
    one = Domain(((x, "real"),), hypotheses)
    return Curve(substitute(f, exact), range_of(one, x), ledger)


def _unbounded(
    statement: Statement, f: Term, where: Range, domain: Domain, ledger: Ledger
) -> Evidence | None:
    x = where.x
    for values in trials(f, where, domain)[:8]:
        curve = at_values(f, domain, x, values, ledger)
        if not curve.where.exact:
            continue
        for k, component in enumerate(curve.where.components):
            for end in SIDES:
                if ledger.budget.spent:
                    return None
                limits = limit_at(curve, component, end)
                limit = limits[0][1] if len(limits) == 1 else None
                if limit is None or not is_infinite(limit):
                    continue
                place = towards(component, end)
                counterexample = {x: f"-> {place}", "limit": "oo" if limit == INFINITY else "-oo", **as_text(values)}
                told = refutation(
                    statement, ledger, "shape", values, {"violation": "end", "component": k, "side": end},
                    partial(unbounded_at, component=k, side=end),
                )  # fmt: skip
                return Evidence(ledger.tier, METHOD, "fails", f"unbounded as {x} -> {place}",
                                counterexample=counterexample, certificate=told)  # fmt: skip
    return None


def towards(component: Interval, end: Side) -> str:
    at = component.lower if end == "left" else component.upper
    if at is None:
        return "-oo" if end == "left" else "oo"
    return f"{at.at!r}{'+' if end == 'left' else '-'}"

"""Convexity and monotonicity of a function of one variable, from their definitions.

A function is convex on an interval iff it is continuous inside, does not jump down towards an end that belongs to the
interval, has a second derivative >= 0 between finitely many points, and its slope does not go down at those points.
It is increasing iff it does not jump down and its derivative is >= 0 in between; strictness allows isolated zeros of
these derivatives. Counterexamples are exact points on a chord.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from verify.checker.shapes import shaped
from verify.checker.shapes_functions import NotAFunction, function_of
from verify.checker.shapes_ranges import Range
from verify.clock import now
from verify.evidence import Evidence, Tier, undecided
from verify.language.printing import number_text
from verify.language.terms import Term
from verify.provers.budget import Budget
from verify.provers.shapes.chords import bend_violation, order_violation
from verify.provers.shapes.curve import Curve
from verify.provers.shapes.functions import FIRST_SHARE, components_at, in_cells, in_rounds, trials, union_text
from verify.provers.shapes.ledger import Ledger, Prove, prove_relation
from verify.provers.shapes.recording import proof, refutation
from verify.provers.shapes.samples import as_text, undefined_point
from verify.statement import Domain, Statement

METHOD = "shape"
SHAPES = frozenset({"convex", "strictly_convex", "increasing", "strictly_increasing"})
ATTACK_SHARE = 0.35


def applies(statement: Statement) -> bool:
    return statement.conclusion.op in SHAPES and not statement.flow


def prove(statement: Statement, budget: Budget, ask: Prove = prove_relation) -> Evidence:
    """Evidence on ``convex``, ``strictly_convex``, ``increasing`` or ``strictly_increasing``."""
    ledger = Ledger(budget, ask, budget.seconds * FIRST_SHARE)
    try:
        f, where, domain = function_of(statement, ledger)
    except NotAFunction as reason:
        return undecided(METHOD, str(reason))
    kind = statement.conclusion.op
    found = refute(statement, f, where, domain, ledger)
    if found is None:
        found = in_rounds(
            ledger,
            lambda asked: in_cells(f, where, asked, lambda curve: _establish(kind, curve)),
            lambda asked: proof(statement, asked, METHOD, lambda curve: shaped(kind, curve)),
        )
    return replace(found, seed=budget.seed, seconds=now() - budget.started)


def conclude(result: bool, curve: Curve) -> Evidence:
    detail = "; ".join(curve.notes)
    if not result:
        return undecided(METHOD, detail or "not proven")
    conditions = tuple(dict.fromkeys(curve.ledger.proven_goals))[:20]
    return Evidence(
        curve.ledger.tier, METHOD, "holds", detail, conditions=conditions, engines=dict(curve.ledger.engines)
    )


def _establish(kind: str, curve: Curve) -> Evidence:
    where = curve.where
    strict = kind.startswith("strictly")
    if not where.exact:
        return undecided(METHOD, f"the set is not read off: {', '.join(map(repr, where.unread))}")
    parts = where.components
    if kind.endswith("convex"):
        if len(parts) > 1:
            return undecided(METHOD, f"{where.x} ranges over a set that is not convex: {union_text(where)}")
        return conclude(curve.convex_on(parts[0], strict), curve)
    proven = all(curve.increasing_on(c, strict) for c in parts) and all(
        curve.climbs_across(u, v) for u, v in pairwise(parts)
    )
    return conclude(proven, curve)


def refute(statement: Statement, f: Term, where: Range, domain: Domain, ledger: Ledger) -> Evidence | None:
    """An exact counterexample, or None."""
    kind, budget = statement.conclusion.op, Budget(ledger.budget.seconds * ATTACK_SHARE, ledger.budget.seed)
    x = where.x
    strict = kind.startswith("strictly")
    for values in trials(f, where, domain):
        if budget.spent:
            return None
        components = components_at(f, where, domain, values)
        for component in components:
            at = undefined_point(f, x, component)
            if at is not None:
                text = number_text(at)
                told = refutation(statement, ledger, METHOD, values, {"violation": "undefined", "at": text})
                return _fails({x: text, **as_text(values)}, f"{f!r} is undefined at {x} = {text}", told)
        if kind.endswith("convex"):
            for component in components if where.exact else ():
                triple = bend_violation(f, x, component, strict)
                if triple is not None:
                    p, q, r = (number_text(t) for t in triple)
                    place = f"at {x} = {q} the graph {'is not below' if strict else 'lies above'} the chord"
                    told = refutation(statement, ledger, METHOD, values, {"violation": "chord", "points": [p, q, r]})
                    found = {"x1": p, "x2": r, "between": q, **as_text(values)}
                    return _fails(found, f"{place} from {p} to {r}", told)
        else:
            pair = order_violation(f, x, components, strict)
            if pair is not None:
                p, q = (number_text(t) for t in pair)
                sign = "<=" if strict else "<"
                told = refutation(statement, ledger, METHOD, values, {"violation": "pair", "points": [p, q]})
                return _fails({"x1": p, "x2": q, **as_text(values)}, f"{p} < {q}, but f({q}) {sign} f({p})", told)
    return None


def _fails(counterexample: dict[str, str], detail: str, told: Mapping[str, object] | None) -> Evidence:
    return Evidence(Tier.certified, METHOD, "fails", detail, counterexample=counterexample, certificate=told)

"""Convexity and monotonicity of a function of one variable, from their definitions.

A function is convex on an interval iff it is continuous inside, does not jump down towards an end that belongs to the
interval, has a second derivative >= 0 between finitely many points, and its slope does not go down at those points.
It is increasing iff it does not jump down and its derivative is >= 0 in between; strictness allows isolated zeros of
these derivatives. Counterexamples are exact points on a chord.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from verify.clock import now
from verify.evidence import Evidence, Tier, undecided
from verify.language.printing import number_text
from verify.language.terms import Term
from verify.provers.budget import Budget
from verify.provers.shapes.chords import bend_violation, order_violation
from verify.provers.shapes.curve import Curve
from verify.provers.shapes.functions import (
    FIRST_SHARE,
    NotAFunction,
    components_at,
    function_of,
    in_cells,
    in_rounds,
    trials,
    union_text,
)
from verify.provers.shapes.intervals import Range
from verify.provers.shapes.ledger import Ledger, Prove, prove_relation
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
    found = refute(kind, f, where, domain, Budget(budget.seconds * ATTACK_SHARE, budget.seed))
    if found is None:
        found = in_rounds(
            ledger, lambda asked: in_cells(f, where, asked, lambda curve: _establish(kind, curve))
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


def refute(kind: str, f: Term, where: Range, domain: Domain, budget: Budget) -> Evidence | None:
    """An exact counterexample, or None."""
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
                return _fails({x: text, **as_text(values)}, f"{f!r} is undefined at {x} = {text}")
        if kind.endswith("convex"):
            for component in components if where.exact else ():
                triple = bend_violation(f, x, component, strict)
                if triple is not None:
                    p, q, r = (number_text(t) for t in triple)
                    place = f"at {x} = {q} the graph {'is not below' if strict else 'lies above'} the chord"
                    return _fails({"x1": p, "x2": r, "between": q, **as_text(values)}, f"{place} from {p} to {r}")
        else:
            pair = order_violation(f, x, components, strict)
            if pair is not None:
                p, q = (number_text(t) for t in pair)
                sign = "<=" if strict else "<"
                return _fails({"x1": p, "x2": q, **as_text(values)}, f"{p} < {q}, but f({q}) {sign} f({p})")
    return None


def _fails(counterexample: dict[str, str], detail: str) -> Evidence:
    return Evidence(Tier.certified, METHOD, "fails", detail, counterexample=counterexample)

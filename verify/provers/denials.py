"""``not P`` for a property P of a function with parameters: for all their values, or refuted for some."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from verify.checker.denials import LEGENDRE, WAYS, at_values, denied, goals
from verify.checker.shapes import stated
from verify.evidence import Evidence, Tier, undecided
from verify.language.evaluate import Undefined, truth
from verify.language.printing import number_text
from verify.language.terms import walk
from verify.provers.budget import Budget
from verify.provers.recording import recorded
from verify.provers.shapes.samples import as_text, assignments
from verify.statement import Statement

METHOD = "denial"
CHORDS = tuple(tuple(map(Fraction, t.split())) for t in (
    "-1 0 1", "0 1 2", "1 2 3", "-2 -1 0", "-3 -2 -1", "1/4 1/2 3/4", "1 2 10", "1/10 1/2 1", "2 3 4", "-1/2 0 1/2",
    "10 11 12", "1/100 1/50 1",
))  # fmt: skip
POINTS = tuple(map(Fraction, ("1", "2", "1/2", "-1", "-2", "3", "-1/2", "1/4", "0")))
MOST_VALUES = 8


def applies(statement: Statement) -> bool:
    found = denied(statement)
    return found is not None and bool(found[0].free - {found[1]} or found[2].names)


def prove(statement: Statement, budget: Budget) -> Evidence:
    if not applies(statement):
        return undecided(METHOD, "no denial of a property with parameters")
    found = _shared(statement, Budget(budget.left / 2, budget.seed))
    return found or _granted(statement, budget) or undecided(METHOD, "neither for all values nor against some")


def _shared(statement: Statement, budget: Budget) -> Evidence | None:
    """One reason for all values of the parameters."""
    if not stated(statement):
        return None
    samples = assignments(statement.domain, 6)
    for told in _reasons(statement):
        asked = goals(statement, told)
        if asked is None or not all(_plausible(goal, samples) for goal in asked):
            continue
        parts = []
        for goal in asked:
            if budget.spent:
                return None
            found = _proved(goal, Budget(max(0.1, min(1.0, budget.left / 2)), budget.seed))
            if found.result != "holds":
                break
            parts.append(found)
        else:
            tier = min((e.tier for e in parts), default=Tier.certified)
            certificate = recorded("denial", statement, {"told": told, "parts": parts})
            return Evidence(tier, METHOD, "holds", _story(told), certificate=certificate)
    return None


def _story(told: Mapping[str, Any]) -> str:
    return ", ".join(f"{k}: {' '.join(v) if isinstance(v, list) else v}" for k, v in told.items())


def _reasons(statement: Statement) -> Iterator[dict[str, Any]]:
    found = denied(statement)
    if found is None:
        return
    kind = found[0].op
    ways = [way for way, kinds in WAYS.items() if kind in kinds]
    for way in ways:
        if way == "open":
            yield {"way": way}
        elif way in ("end", "gentle", "level"):
            outcomes: tuple[dict[str, str], ...] = ({},)
            if way == "end":
                outcomes = ({"outcome": "oo"}, {"outcome": "-oo"})
            elif way == "level":
                outcomes = ({"point": "0"}, {"point": "1"}, {"point": "-1"})
            for side, more in itertools.product(("up", "down"), outcomes):
                yield {"way": way, "side": side, **more}
        elif way == "value":
            for p in POINTS:
                more = {"factor": "2"} if kind == "homogeneous" else {}
                yield {"way": way, "points": [number_text(p)], **more}
        else:
            sets = CHORDS if way == "chord" else [t[:2] for t in CHORDS] + [t[1:] for t in CHORDS]
            for points in sets:
                yield {"way": way, "points": [number_text(p) for p in points]}


def _plausible(goal: Statement, samples: list[dict[str, Fraction]]) -> bool:
    """No sample of the parameters speaks against the goal."""
    if any(t.op == "limit" for t in walk(goal.conclusion)):
        return True
    for point in samples:
        try:
            if truth(goal.conclusion, {n: point[n] for n in goal.domain.names}) is False:
                return False
        except Undefined:
            return False
    return True


def _proved(goal: Statement, budget: Budget) -> Evidence:
    from verify.provers import asymptotics
    from verify.provers.goals import prove_relation

    if any(t.op == "limit" for t in walk(goal.conclusion)):
        return asymptotics.prove(goal, budget)
    return prove_relation(goal, budget)


def _granted(statement: Statement, budget: Budget) -> Evidence | None:
    """Values of the parameters for which the property holds."""
    from verify.provers import legendre, shape

    tried: set[tuple[Fraction, ...]] = set()
    for point in assignments(statement.domain, 4 * MOST_VALUES):
        found = denied(statement)
        if found is None or budget.spent or len(tried) >= MOST_VALUES:
            return None
        key = tuple(point[n] for n in found[2].names)
        positive = at_values(statement, point)
        if key in tried or positive is None:
            continue
        tried.add(key)
        prover = legendre if found[0].op in LEGENDRE else shape
        proof = prover.prove(positive, Budget(max(0.2, min(1.0, budget.left / 2)), budget.seed))
        if proof.result == "holds" and not proof.scope:
            shown = as_text(point)
            certificate = recorded("denial", statement, {"point": shown, "positive": proof})
            detail = f"the property holds there: {proof.detail}"
            return Evidence(proof.tier, METHOD, "fails", detail, counterexample=shown, certificate=certificate)
    return None

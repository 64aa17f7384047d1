"""Existence by a change of sign: exists(x, f(x) == g(x)) where f - g is continuous."""

from __future__ import annotations

import itertools
import math

from verify.checker.crossings import asked, goals
from verify.evidence import Evidence, Tier, undecided
from verify.language.evaluate import to_float
from verify.language.parse import parse_term
from verify.language.printing import to_text
from verify.language.terms import Term, fn, num, sym
from verify.provers.budget import Budget
from verify.provers.goals import prove_relation
from verify.provers.recording import recorded
from verify.provers.shapes.samples import assignments, satisfied
from verify.statement import Statement

METHOD = "change of sign"
NUMBERS = ("0", "1", "-1", "1/2", "-1/2", "2", "-2", "3", "-3", "1/10", "-1/10", "5", "-5", "10", "-10", "100", "-100")
MOST_PAIRS = 6
FAR = 10**6


def applies(statement: Statement) -> bool:
    """An equation for one variable that shall exist, and relations beside it."""
    return asked(statement) is not None


def prove(statement: Statement, budget: Budget) -> Evidence:
    if not applies(statement):
        return undecided(METHOD, "no equation for the variable")
    found = asked(statement)
    ways = (True, False) if found and found[2] else (True,)
    for (below, above), closed in itertools.product(_pairs(statement)[:MOST_PAIRS], ways):
        if budget.spent:
            break
        asked_for = goals(statement, below, above, closed)
        if asked_for is None:
            continue
        parts = []
        for goal in asked_for:
            said = prove_relation(goal, Budget(max(0.1, min(1.0, budget.left / 3)), budget.seed))
            if said.result != "holds":
                break
            parts.append(said)
        else:
            tier = min((e.tier for e in parts), default=Tier.certified)
            data = {"below": to_text(below), "above": to_text(above), "closed": closed, "parts": parts}
            detail = f"the difference of the sides is at most 0 at {below} and at least 0 at {above}"
            return Evidence(tier, METHOD, "holds", detail, certificate=recorded("crossing", statement, data))
    return undecided(METHOD, "no change of sign was found")


def _pairs(statement: Statement) -> list[tuple[Term, Term]]:
    """(u, v) with h(u) <= 0 <= h(v) at some samples of the other variables, short ones first."""
    found = asked(statement)
    if found is None:
        return []
    name, h, rest = found
    texts, wide = [num(n) for n in NUMBERS], num(1)
    for n in (n for n in statement.domain.names if n in h.free):
        s = sym(n)
        wide = fn("+", fn("abs", s), wide)
        half = fn("/", s, num(2))
        texts += [s, fn("neg", s), half, fn("neg", half), fn("+", s, num(1)), fn("-", s, num(1))]
    texts = [wide, fn("neg", wide), *texts]
    terms = [parse_term(to_text(t), statement.domain.names) for t in texts]
    small = assignments(statement.domain, 12)
    # what bounds small values may not bound large ones, nor what bounds these those of the other sign
    other = [{n: v * f for n, v in p.items()} for p in small for f in (FAR, -FAR)]
    other += [{**p, n: v * f} for p in small[:4] for n, v in p.items() for f in (-1, FAR, -FAR)]
    points = small + [p for p in other if satisfied(statement.domain.hypotheses, p)]
    samples = [{n: float(v) for n, v in p.items()} for p in points]
    most = len(small)  # of the rows, those in which a value must be had: a large one may be beyond the range of floats
    value = to_float(h)
    others = [(p.op, to_float(fn("-", *p.args))) for p in rest]
    signs: dict[Term, list[float]] = {}
    for t in terms:
        at = to_float(t)
        row = []
        for env in samples:
            here = {**env, name: at(env)}
            good = all(_true(op, gap(here)) for op, gap in others)
            row.append(value(here) if good else math.nan)
        if row and not any(math.isnan(v) for v in row[:most]):
            signs[t] = [v for v in row if not math.isnan(v)]
    low = [t for t, row in signs.items() if all(v <= 1e-9 for v in row)]
    high = [t for t, row in signs.items() if all(v >= -1e-9 for v in row)]
    pairs = [(u, v) for u, v in itertools.product(low[:6], high[:6]) if u != v]
    return sorted(pairs, key=lambda pair: len(to_text(pair[0])) + len(to_text(pair[1])))


def _true(op: str, gap: float) -> bool:
    """Whether the relation holds near the end of a segment."""
    return {"<": gap <= 0, "<=": gap <= 0, ">": gap >= 0, ">=": gap >= 0, "!=": True}.get(op, False)

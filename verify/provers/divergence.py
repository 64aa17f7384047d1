"""Counterexamples at which an integral or an infinite sum diverges, so that the statement has no meaning there.

The places where the integrand may grow without bound are proposed by its form; ``verify.checker.divergence`` says
what is to be proved of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from verify.checker.antiderivatives import INTEGRALS, infinite
from verify.checker.divergence import (
    FACTORS,
    OUTCOMES,
    closed_parts,
    false_if_infinite,
    growing,
    integral,
    interval,
    is_antiderivative,
    sign_of,
    tending,
)
from verify.checker.kinked import affine
from verify.clock import now
from verify.evidence import Evidence, Tier, undecided
from verify.language.evaluate import Undefined, Unknown, enclose
from verify.language.parse import parse_term
from verify.language.printing import number_text, to_text
from verify.language.terms import INFINITY, PI, RELATIONS, Term, fn, num, substitute, walk
from verify.provers import exact
from verify.provers.budget import Budget
from verify.provers.recording import recorded
from verify.statement import Statement

METHOD = "divergence"
MOST_POINTS = 20
MOST_PLACES = 6
TURNS = ("-3/2", "-1", "-1/2", "0", "1/2", "1", "3/2", "2")


def applies(statement: Statement) -> bool:
    c = statement.conclusion
    if statement.flow or c.op not in RELATIONS:
        return False
    return any(t.op in INTEGRALS or (t.op == "Sum" and t.args[3] == INFINITY) for t in walk(c))


def prove(statement: Statement, budget: Budget) -> Evidence:
    """``fails`` at an exact point, or ``undecided``; this method proves nothing."""
    if not applies(statement):
        return undecided(METHOD, "no integral and no infinite sum")
    for point in _points(statement, budget):
        for which, part in enumerate(closed_parts(statement, point)):
            if budget.spent:
                return undecided(METHOD, "out of time")
            told = _sum(part, budget) if part.op == "Sum" else _integral(part, budget)
            if told is None or not false_if_infinite(statement, part, point, sign_of(told)):
                continue
            shown = {name: number_text(value) for name, value in point.items()}
            certificate = recorded("divergence", statement, {"point": shown, "which": which, "told": told})
            return Evidence(
                Tier.certified, METHOD, "fails", f"{part} diverges: {_story(told)}", counterexample=shown,
                engines=exact.engines(), seed=budget.seed, certificate=certificate,
            )  # fmt: skip
    return undecided(METHOD, "no divergence was found")


def _story(told: Mapping[str, Any]) -> str:
    if "factor" in told:
        return f"{told['factor']} times the terms does not tend to 0"
    end = told[told["end"]]
    return f"its antiderivative {told['antiderivative']} tends to {told['outcome']} at {end}"


def _points(statement: Statement, budget: Budget) -> Iterator[dict[str, Fraction]]:
    """Simple exact points of the domain."""
    from verify.provers.attacks.search import Attack

    names = statement.domain.names
    if not names:
        yield {}
        return
    attack = Attack(statement, budget.seed, now() + budget.left)
    seen: set[tuple[Fraction, ...]] = set()
    for point in itertools.islice(attack.sampler.points(), 200):
        key = tuple(point[n] for n in names)
        if key in seen or budget.spent or len(seen) >= MOST_POINTS:
            continue
        if attack.admits(point):
            seen.add(key)
            yield point


def _asked(goal: Statement, budget: Budget) -> Evidence | None:
    from verify.provers import asymptotics

    found = asymptotics.prove(goal, Budget(min(1.0, max(0.1, budget.left / 4)), budget.seed))
    return found if found.result == "holds" else None


# -- integrals -------------------------------------------------------------------------------------------------------


def _integral(part: Term, budget: Budget) -> dict[str, Any] | None:
    from verify.provers.integrals import candidates

    places = _places(part)
    for low, high in itertools.pairwise(places):
        found = interval(part, low, high)
        if found is None:
            continue
        f, x, inside = found
        ends = [k for k, end in (("low", low), ("high", high)) if _unbounded(f, x, end)]
        for candidate in candidates(f, x, inside, budget) if ends else ():
            if budget.spent:
                return None
            try:
                big = parse_term(to_text(candidate), (x,))
            except ValueError:
                continue
            if not is_antiderivative(big, f, x, inside, 0.5):
                continue
            for end in ends:
                for outcome in ("oo", "-oo"):
                    goal = growing(big, x, low if end == "low" else high, end == "low", outcome)
                    limit = _asked(goal, budget)
                    if limit is not None:
                        return {"low": to_text(low), "high": to_text(high), "end": end, "outcome": outcome,
                                "antiderivative": to_text(big), "limit": limit}  # fmt: skip
            break
    return None


def _places(part: Term) -> list[Term]:
    """The ends of the integral and the places between them at which the integrand may be unbounded, in order."""
    f, variable, a, b = integral(part).args
    x = variable.args[0]
    inner: list[Term] = []
    for t in walk(f):
        u = t.args[1] if t.op == "/" else t.args[0] if t.op in ("log", "**", "tan") else None
        if u is None or x not in u.free:
            continue
        for s in walk(u) if t.op != "tan" else (u,):
            form = affine(s, x) if x in s.free else None
            if form is None or x in form[0].free:
                continue
            m, k = form
            turned = t.op == "tan" or any(w.op in ("sin", "cos") and s == w.args[0] for w in walk(u))
            for level in [fn("*", num(q), PI) for q in TURNS] if turned else [num(0)]:
                inner.append(fn("/", fn("-", level, k), m))
    ends = sorted((a, b), key=_position)
    located = [(p, _position(p)) for p in dict.fromkeys(inner)]
    between = sorted(
        ((p, v) for p, v in located if _position(ends[0]) < v < _position(ends[1])), key=lambda pair: pair[1]
    )
    distinct: list[tuple[Term, float]] = []
    for p, v in between:
        if not distinct or v > distinct[-1][1]:
            distinct.append((p, v))
    return [ends[0], *(p for p, _ in distinct[:MOST_PLACES]), ends[1]]


def _position(t: Term) -> float:
    """A number to sort by; nothing rests on it."""
    if infinite(t):
        return float("inf") if t == INFINITY else float("-inf")
    try:
        return float(enclose(t, {}).mid())
    except (Undefined, Unknown):
        return float("nan")


def _unbounded(f: Term, x: str, end: Term) -> bool:
    """Whether the integral may diverge at the end: it is infinite, or the integrand has no value there."""
    if infinite(end):
        return True
    try:
        enclose(substitute(f, {x: end}), {})
    except (Undefined, Unknown):
        return True
    return False


# -- sums ------------------------------------------------------------------------------------------------------------


def _sum(part: Term, budget: Budget) -> dict[str, Any] | None:
    for factor in FACTORS:
        for outcome in OUTCOMES:
            if (factor == "1" and outcome in ("<", "-oo")) or budget.spent:
                continue
            goal = tending(part, factor, outcome)
            limit = None if goal is None else _asked(goal, budget)
            if limit is not None:
                return {"factor": factor, "outcome": outcome, "limit": limit}
    return None

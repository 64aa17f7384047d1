"""Search for an exact counterexample inside the hypotheses.

A statement fails at a point if every hypothesis is certainly true there and the conclusion is certainly false, or
certainly has an undefined term. Nothing found is no proof: the finding is then only that so many points survived.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from numerics.balls import ENGINES
from verify.clock import now
from verify.evidence import Evidence, Tier, undecided
from verify.language.evaluate import Undefined, Unknown, enclose, exact, truth
from verify.language.printing import number_text, to_text
from verify.language.terms import PREDICATES, RELATIONS, Term, walk
from verify.provers.attacks.search import Attack, Violation
from verify.provers.attacks.witness import find_witness
from verify.provers.budget import Budget
from verify.provers.reduce import TooManyGoals, goals
from verify.statement import Statement

METHOD = "refute"
SHARE = 0.3  # of the budget, where nothing is found

__all__ = ["METHOD", "applies", "find_witness", "prove"]

_NOT_EVALUATED = frozenset(PREDICATES) | {"limit", "forall", "exists", "ddt", "conserved"}


def _evaluated(formula: Term) -> bool:
    return all(t.op not in _NOT_EVALUATED for t in walk(formula))


def applies(statement: Statement) -> bool:
    """Statements without a flow whose truth at a point can be computed, at least for some part of the conclusion."""
    if statement.flow:
        return False
    try:
        parts = goals(statement)
    except (TooManyGoals, ValueError):
        return False
    return any(_evaluated(g.conclusion) and all(_evaluated(h) for h in g.domain.hypotheses) for g in parts)


def prove(statement: Statement, budget: Budget) -> Evidence:
    """``fails`` with an exact counterexample, or ``survived`` so many points; ``undecided`` where no point decides."""
    if not applies(statement):
        return undecided(METHOD, "the conclusion cannot be evaluated at a point")
    started = now()
    end = started + min(budget.left, max(0.05, SHARE * budget.seconds))
    parts = goals(statement)
    survived = exactly = 0
    whole = True
    fallback: tuple[Statement, Violation] | None = None
    for k, part in enumerate(parts):
        if not (_evaluated(part.conclusion) and all(_evaluated(h) for h in part.domain.hypotheses)):
            whole = False
            continue
        here = now()
        attack = Attack(part, budget.seed, here + max(0.02, (end - here) / (len(parts) - k)))
        violation = attack.run()
        if violation is not None and violation.kind == "false":
            return _failure(part, violation, budget, started)
        if violation is not None and fallback is None:
            fallback = (part, violation)
        survived += attack.survived
        exactly += attack.exactly
        whole = whole and attack.survived > 0
    if fallback is not None:
        return _failure(*fallback, budget, started)
    seconds = now() - started
    if not whole and survived == 0:
        return undecided(METHOD, "no point of the domain was found at which the conclusion could be evaluated")
    detail = f"survived {survived} points"
    if exactly < survived:
        detail += f", {survived - exactly} of them to within the precision"
    if not whole:
        return Evidence(Tier.sampled, METHOD, "undecided", detail + "; parts of the conclusion were not tried",
                        engines=ENGINES, seed=budget.seed, seconds=seconds)  # fmt: skip
    return Evidence(Tier.sampled, METHOD, "survived", detail, engines=ENGINES, seed=budget.seed, seconds=seconds)


def _failure(part: Statement, violation: Violation, budget: Budget, started: float) -> Evidence:
    point = violation.point
    return Evidence(
        Tier.sampled,
        METHOD,
        "fails",
        _sides(part.conclusion, point) if violation.kind == "false" else _undefined(part.conclusion, point),
        counterexample={name: number_text(value) for name, value in point.items()},
        engines=ENGINES,
        seed=budget.seed,
        seconds=now() - started,
    )


def value_text(term: Term, point: Mapping[str, Fraction], digits: int = 20) -> str:
    """The value of a term at a point: exact where it is rational and short, else its certain digits."""
    try:
        value = exact(term, point)
        if value is not None:
            text = number_text(value)
            if len(text) <= 60:
                return text
        return enclose(term, point, max(128, 5 * digits)).str(digits, radius=False)
    except Undefined as error:
        return f"undefined ({error})"
    except Unknown:
        return "unknown"


def _sides(conclusion: Term, point: Mapping[str, Fraction]) -> str:
    if conclusion.op not in RELATIONS:
        parts = [f"{to_text(t)} is {truth(t, point)}" for t in walk(conclusion) if t.op in RELATIONS]
        return "; ".join(parts) or "the conclusion is false"
    for digits in (20, 40, 100, 400):
        left, right = (value_text(t, point, digits) for t in conclusion.args)
        if left != right or conclusion.args[0] == conclusion.args[1]:
            break
    return f"left side = {left}, right side = {right}, and {conclusion.op} is claimed"


def _undefined(conclusion: Term, point: Mapping[str, Fraction]) -> str:
    try:
        truth(conclusion, point)
    except Undefined as error:
        return f"the statement is undefined there: {error}"
    return "the statement is undefined there"

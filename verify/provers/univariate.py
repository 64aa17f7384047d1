"""Inequalities between elementary functions by monotonicity, on intervals of any kind.

The search proposes a proof for ``verify.checker.calculus``: cut at exactly known zeros, divide by what is positive,
and go down through derivatives from an end where the sign is known (Taylor's theorem where several derivatives vanish
there), until a range, Sturm's theorem or boxes settle what is left. Other variables are carried along as parameters.
Signs at exact points steer the search and stop it where the goal is false.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from verify.clock import now
from verify.evidence import Evidence, Tier, undecided
from verify.language.printing import number_text
from verify.language.terms import RELATIONS, walk
from verify.provers.budget import Budget
from verify.statement import Statement

METHOD = "monotone"
MOST_NODES = 300
MOST_VARIABLES = 4


def applies(statement: Statement) -> bool:
    """One relation other than an equation, in few variables, none of them along a flow."""
    if statement.flow or statement.conclusion.op not in RELATIONS or statement.conclusion.op == "==":
        return False
    names = statement.conclusion.free
    if not names or len(names) > MOST_VARIABLES or not names <= set(statement.domain.names):
        return False
    return sum(1 for _ in walk(statement.conclusion)) <= MOST_NODES


def prove(statement: Statement, budget: Budget) -> Evidence:
    """A certified proof tree, an exact counterexample met on the way, or ``undecided``."""
    if not applies(statement):
        return undecided(METHOD, "not an inequality in few variables")
    from verify.checker import replay
    from verify.checker.calculus import derivatives_meant
    from verify.checker.goals import opening
    from verify.language.calculus import NotDifferentiable
    from verify.provers.descent.search import Descent, slack_choices

    begun = now()
    try:
        if not derivatives_meant(statement):
            return undecided(METHOD, "a derivative may not exist")
    except NotDifferentiable as error:
        return undecided(METHOD, str(error))
    point = _counterexample(statement, budget)
    if point is not None:
        return Evidence(
            Tier.certified, METHOD, "fails", "a point of the domain", counterexample=point,
            engines=_engines(), seed=budget.seed, seconds=now() - begun,
        )  # fmt: skip
    choices = slack_choices(statement)
    for left, slacks in zip(range(len(choices), 0, -1), choices, strict=True):
        try:
            goal = opening(statement, slacks)
        except NotDifferentiable as error:
            return undecided(METHOD, str(error))
        if goal is None:
            continue
        proof = Descent(statement.domain.names, budget, 0.75 / left).find(goal)
        if proof is None:
            continue
        certificate = {"kind": "calculus", "statement": statement.text, "slacks": slacks, "proof": proof}
        if replay(statement, certificate):
            return Evidence(
                Tier.certified,
                METHOD,
                "holds",
                "signs of derivatives, from points where the sign is known",
                conditions=("the difference is defined on the whole domain",),
                engines=_engines(),
                seed=budget.seed,
                seconds=now() - begun,
                certificate=certificate,
            )
    return undecided(METHOD, "no descent through derivatives was found")


def _height(point: Mapping[str, Fraction]) -> int:
    return sum(abs(v.numerator) + v.denominator for v in point.values())


def _engines() -> dict[str, str]:
    import flint

    return {"python-flint": flint.__version__}


def _counterexample(statement: Statement, budget: Budget) -> dict[str, str] | None:
    """An exact point of the grid that refutes the statement."""
    from verify.checker.problem import box_of, oriented
    from verify.provers.attacks.confirm import refutes
    from verify.provers.probing import points_in, sign_at, violated

    asked = oriented(statement.conclusion)
    box = box_of(statement.domain)
    if asked is None or any(i.empty for i in box.values()):
        return None
    for point in sorted(points_in(box, budget.seed), key=_height):
        sign = sign_at(asked[0], point)  # None where the sides may be undefined, which refutes too
        if (sign is None or violated(sign, asked[1])) and refutes(statement, point):
            return {name: number_text(value) for name, value in point.items()}
    return None

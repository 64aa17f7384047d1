"""Refutations and proofs along flows, checked by what shares nothing with the search: floats and linear programs."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Mapping
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from tests.verify.provers.flow_cases import FAILS, Case
from verify.language.floats import compile_float
from verify.language.terms import Term, num, rebuild
from verify.provers.budget import Budget
from verify.provers.flows import prove

STEP = 1e-6


def near_limits(case: Case, at: Mapping[str, float]) -> np.ndarray:
    """Values of the field at random points very near the given one: rows."""
    fields = {n: compile_float(f) for n, f in case.statement.flow}
    rng = random.Random(5)
    rows = []
    for _ in range(400):
        there = {n: v + (rng.uniform(-1, 1) * 1e-7 if n in fields else 0.0) for n, v in at.items()}
        rows.append([f(there) for f in fields.values()])
    return np.array(rows)


def is_mixture(limits: np.ndarray, velocity: list[float]) -> bool:
    """Whether the velocity is within 1e-4 of the convex hull of the rows."""
    count, size = limits.shape
    cost = np.concatenate([np.zeros(count), np.ones(2 * size)])
    slack = np.hstack([np.eye(size), -np.eye(size)])
    equal = np.vstack([np.hstack([limits.T, slack]), np.concatenate([np.ones(count), np.zeros(2 * size)])])
    found = linprog(cost, A_eq=equal, b_eq=[*velocity, 1.0], bounds=(0, None))
    return bool(found.status == 0 and found.fun < 1e-4)


def gap_along(case: Case, at: Mapping[str, float], velocity: Mapping[str, float]) -> float:
    """Left side - right side with ddt(e) as a difference quotient along the straight line."""
    ahead = {n: v + STEP * velocity.get(n, 0.0) for n, v in at.items()}

    def quotient(t: Term) -> Term:
        if t.op != "ddt":
            return rebuild(t, quotient)
        e: Callable[[Mapping[str, float]], float] = compile_float(t.args[0])
        return num(Fraction((e(ahead) - e(at)) / STEP))

    c = case.statement.conclusion
    sides = [quotient(Term("ddt", c.args[0])), num(0)] if c.op == "conserved" else [quotient(a) for a in c.args]
    return float(compile_float(Term("-", *sides))(at))


@pytest.mark.parametrize("case", [c for c in FAILS if "log(x)" not in c.law and "log(abs" not in c.law], ids=str)
def test_the_shown_solution_exists_and_breaks_the_law_in_floats(case: Case) -> None:
    statement = case.statement
    shown = dict(prove(statement, Budget(30)).counterexample or {})
    at = {n: float(Fraction(shown[n])) for n in statement.domain.names}
    velocity: dict[str, float] = {}
    for part, (name, rate) in zip(shown["velocity"].strip("()").split(", "), statement.flow, strict=True):
        text = part.removeprefix(f"{name}'").strip()
        velocity[name] = compile_float(rate)(at) if text == "irrational" else float(Fraction(text.removeprefix("= ")))
    assert is_mixture(near_limits(case, at), list(velocity.values()))
    gap = gap_along(case, at, velocity)
    op = statement.conclusion.op
    broken = {"<=": gap > 1e-4, "<": gap > -1e-4, ">=": gap < -1e-4, ">": gap < 1e-4}.get(op, abs(gap) > 1e-4)
    assert broken, (shown, gap)


def worst_rate(field: list[list[int]], weights: tuple[int, int]) -> Fraction | None:
    """max of d(a|x| + b|y|)/dt over all tangent mixtures of (x, y)' = M (1, sign x, sign y), by linear programs."""
    worst = None
    for cell in itertools.product((-1, 0, 1), repeat=2):
        sides = list(itertools.product(*[(s,) if s else (-1, 1) for s in cell]))
        limits = [[row[0] + row[1] * sx + row[2] * sy for row in field] for sx, sy in sides]
        rows = [[limit[k] for limit in limits] for k in range(2) if cell[k] == 0] + [[1] * len(limits)]
        right = [0] * (len(rows) - 1) + [1]
        gain = [sum(w * s * v for w, s, v in zip(weights, cell, limit, strict=True)) for limit in limits]
        found = linprog([-g for g in gain], A_eq=rows, b_eq=right, bounds=(0, None))
        if found.status == 0:
            rate = Fraction(-found.fun).limit_denominator(1000)
            worst = rate if worst is None else max(worst, rate)
    return worst


entries = st.lists(st.lists(st.integers(-2, 2), min_size=3, max_size=3), min_size=2, max_size=2)


@settings(max_examples=40, deadline=None)
@given(entries, st.tuples(st.integers(-2, 2), st.integers(-2, 2)), st.fractions(-1, 1, max_denominator=2))
def test_bounds_under_sign_fields_agree_with_linear_programs(
    field: list[list[int]], weights: tuple[int, int], slack: Fraction
) -> None:
    """The field is constant on every cell, so that every tangent mixture is the velocity of a straight solution."""
    worst = worst_rate(field, weights)
    assert worst is not None
    bound = worst + slack
    flow = {n: f"({row[0]}) + ({row[1]})*sign(x) + ({row[2]})*sign(y)" for n, row in zip("xy", field, strict=True)}
    law = f"ddt(({weights[0]})*abs(x) + ({weights[1]})*abs(y)) <= {bound}"
    found = prove(Case((), flow, law).statement, Budget(20))
    assert (found.result, found.scope) == (("holds" if slack >= 0 else "fails"), ""), (law, flow, found.detail)

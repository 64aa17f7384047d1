"""Minima of margin problems, factors, gaps to the horizon and recipes, and that wrong ones would be seen."""

from __future__ import annotations

import pytest
import sympy

from tests.theory.margin_problem_cases import GAPS, MINIMA, OFFSET, RECIPES, Minimum, n, r, smoothing, x, y
from tests.theory.mirror_flow_cases import ENTROPY, lam
from tests.theory.mirror_flow_cases import x as real
from theory.alignment import Alignment
from theory.derivation import Unchecked
from theory.factored import Factored
from theory.kkt import ApproximatePoint, MarginProblem
from theory.linearized import Linearization
from theory.potentials import MirrorPotential
from theory.recipes import Recipe, sigma
from theory.vanishing import vanishes


@pytest.mark.parametrize("case", MINIMA, ids=lambda c: c.name)
def test_minima_satisfy_the_conditions_and_others_do_not(case: Minimum) -> None:
    problem = MarginProblem(case.horizon, [case.output], [x, y])
    assert problem.is_kkt(case.point, [case.multiplier]) is True
    assert problem.is_kkt(case.point, [2 * case.multiplier]) is False
    assert problem.is_kkt([2 * case.point[0], case.point[1]], [case.multiplier]) is False
    assert problem.degree(case.output) == case.degree
    assert problem.degree(case.output + 1) is None


@pytest.mark.parametrize("case", MINIMA, ids=lambda c: c.name)
def test_kkt_points_solve_the_linearised_problem(case: Minimum) -> None:
    problem = MarginProblem(case.horizon, [case.output], [x, y])
    at = Linearization(problem, case.point)
    assert at.is_minimum([case.multiplier]) is True
    assert at.is_minimum([case.multiplier / 3]) is False
    assert at.kernel[0, 0] == sum(s**2 for s in at.slopes[0])
    away = Linearization(problem, [2 * case.point[0], case.point[1]])
    assert away.is_minimum([case.multiplier]) is False


def test_outputs_without_a_common_degree_are_refused() -> None:
    problem = MarginProblem(x + y, [x, x * y], [x, y])
    with pytest.raises(Unchecked):
        _ = Linearization(problem, [x, y]).degree


def test_bounds_of_the_approximate_conditions() -> None:
    depth, alpha = sympy.symbols("L alpha", positive=True)
    found = ApproximatePoint(depth, alpha)
    assert len(found.derivation().steps) == 3
    at = ApproximatePoint(sympy.Integer(1), sympy.Integer(2))
    mu, margin, cosine = (sympy.Symbol(s, positive=True) for s in ("mu", "g", "b"))
    assert at.stationarity == 2 * mu * (1 - sympy.Symbol("b", real=True)) / margin**2
    assert at.stationarity.subs(sympy.Symbol("b", real=True), 1) == 0 != cosine


def test_factors_are_an_entropy() -> None:
    factors = Factored(sympy.sqrt(lam))
    assert factors.squared_norm_ratio == 2
    assert vanishes(factors.potential.hessian * factors.inverse_metric - 1) is True
    assert vanishes(MirrorPotential(ENTROPY, real).hessian * factors.inverse_metric - 1) is False
    with pytest.raises(ValueError, match="positive"):
        Factored(sympy.Integer(0))


@pytest.mark.parametrize(("name", "potential", "relative", "absolute", "constants"), GAPS)
def test_gaps_to_the_horizon(name: str, potential: sympy.Expr, relative: sympy.Expr, absolute: sympy.Expr,
                             constants: tuple[sympy.Expr, sympy.Expr]) -> None:  # fmt: skip
    gap = Alignment(MirrorPotential(potential, real), relative, absolute)
    assert gap.fits()
    assert vanishes(gap.factor - constants[0]) is True
    assert vanishes(gap.offset.subs(sympy.Symbol("n", positive=True), n) - constants[1]) is True
    assert not Alignment(MirrorPotential(potential, real), sympy.Integer(0), absolute / 50).fits()


@pytest.mark.parametrize(("metric", "rate", "smooth", "keeps", "reaches"), RECIPES)
def test_recipes(metric: sympy.Expr, rate: sympy.Expr, smooth: sympy.Expr, keeps: bool, reaches: bool) -> None:
    recipe = Recipe(metric, r, smoothing, rate, smooth)
    assert recipe.keeps_update is keeps
    assert recipe.reaches_margin(OFFSET[metric]) is reaches
    assert Recipe(metric, r, smoothing, rate * sigma, smooth).keeps_update is not keeps or not keeps


def test_an_order_that_depends_on_a_parameter_is_not_made_up() -> None:
    power = sympy.Symbol("e", positive=True)
    recipe = Recipe(1 / (sympy.Abs(r) ** power + smoothing), r, smoothing, sigma**2, sigma**2)
    assert recipe.keeps_update is None
    with pytest.raises(Unchecked):
        _ = recipe.order

"""Steepest directions, set-valued slopes, Adam, noise and margins: each against numbers, each with what must fail."""

from __future__ import annotations

import pytest
import sympy

from theory.adaptive import AdamStep, DecayedStep, g
from theory.derivation import Unchecked
from theory.displacement import Displacement
from theory.layer_norms import DeepStart, TwoLayerStart
from theory.product_margin import ProductMargin
from theory.set_valued import LeavingSolution, SignFlow, hull_of_slopes, t
from theory.steepest_direction import SteepestDirection
from theory.steepest_direction import q as index
from theory.stochastic_sign import TWO_VALUES, StochasticGradient

x = sympy.Symbol("x", real=True)
HALF = sympy.Rational(1, 2)


@pytest.mark.parametrize("q", [sympy.Rational(5, 4), sympy.Rational(3, 2), 2], ids=str)
def test_the_direction_reaches_hoelders_bound(q: sympy.Expr) -> None:
    entries = [sympy.Rational(3, 2), sympy.Rational(-1, 3)]
    p = SteepestDirection().dual_index.subs(index, q)
    dual = sum(abs(e) ** q for e in entries) ** (1 / sympy.sympify(q))
    u = [-sympy.sign(e) * abs(e) ** (q - 1) * dual ** (2 - q) for e in entries]
    reached = sum(a * b for a, b in zip(u, entries, strict=True))
    assert abs((reached + dual**2).evalf(30)) < 1e-20
    assert abs((sum(abs(e) ** p for e in u) ** (1 / p) - dual).evalf(30)) < 1e-20
    assert len(SteepestDirection(3).derivation().steps) == 4


def test_hulls_of_slopes() -> None:
    assert hull_of_slopes(sympy.Abs(x), x, sympy.Integer(0)) == (-1, 1)
    assert hull_of_slopes(x**2, x, sympy.Integer(0)) == (0, 0)
    assert hull_of_slopes(sympy.Abs(x) + 2 * x, x, sympy.Integer(0)) == (1, 3)
    with pytest.raises(ValueError, match="no limit"):
        hull_of_slopes(sympy.sqrt(sympy.Abs(x)), x, sympy.Integer(0))


def test_sign_flow_contracts_for_convex_functions_alone() -> None:
    assert SignFlow(1).contracts and not SignFlow(-1).contracts
    assert len(SignFlow(1).derivation().steps) == 4
    with pytest.raises(ValueError, match="1 or -1"):
        SignFlow(0)


@pytest.mark.parametrize("q", [1, sympy.Rational(3, 2)], ids=str)
def test_a_solution_leaves_the_maximum(q: sympy.Expr) -> None:
    found = LeavingSolution(sympy.sympify(q)).solution
    at = sympy.Rational(7, 3)
    assert abs((sympy.diff(found, t) - found ** (sympy.sympify(q) - 1)).subs(t, at).evalf(30)) < 1e-20
    assert LeavingSolution().derivation().steps[0].after == 0


@pytest.mark.parametrize("time", [1, 2, 5])
def test_adam_under_a_constant_gradient_is_sign_descent(time: int) -> None:
    b1, b2 = sympy.Rational(9, 10), sympy.Rational(999, 1000)
    assert AdamStep(b1, b2, time).direction == 1
    assert AdamStep(b1, b2, time, sympy.Rational(1, 100)).direction == g / (g + sympy.Rational(1, 100))
    assert len(AdamStep(b1, b2, time).derivation().steps) == 3


def test_decays() -> None:
    step = DecayedStep()
    assert sympy.expand(step.slope_of_square - 2 * (step.coupled_gradient - sympy.Symbol("b", real=True))) == 0
    assert len(step.derivation().steps) == 4


def test_the_mean_of_the_sign_is_not_the_sign_of_the_mean() -> None:
    assert TWO_VALUES.mean == sympy.Rational(1, 100) and TWO_VALUES.mean_sign == 0
    skewed = StochasticGradient((-sympy.Integer(1), sympy.Integer(10)), (sympy.Rational(3, 4), sympy.Rational(1, 4)))
    assert skewed.mean > 0 and skewed.mean_sign == -HALF
    assert len(skewed.derivation().steps) == 3
    with pytest.raises(ValueError, match="sum 1"):
        StochasticGradient((sympy.Integer(1),), (HALF,))


def test_the_weights_are_blind_where_two_layers_vanish() -> None:
    margin = ProductMargin(3)
    assert margin.blind(2) and margin.blind(3) and not margin.blind(1) and not margin.blind(0)
    assert len(margin.derivation().steps) == 5
    with pytest.raises(ValueError, match="at least two"):
        ProductMargin(1)


def test_a_wrong_correction_is_not_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("theory.adaptive.sympy.cancel", lambda e: 2 * e)
    with pytest.raises(Unchecked):
        _ = AdamStep(HALF, HALF, 2).direction


@pytest.mark.parametrize("layers", [2, 5])
def test_the_deep_start_agrees_with_that_of_two_layers_to_first_order(layers: int) -> None:
    start = DeepStart(layers)
    assert start.distance == (start.x**2 / 2, 0) and len(start.weights) == layers
    assert len(start.derivation().steps) == 2
    with pytest.raises(ValueError, match="two layers"):
        DeepStart(1)


def test_the_expansion_is_that_of_the_start() -> None:
    two, at = TwoLayerStart(), sympy.Rational(1, 1000)
    v = sympy.sqrt(at + sympy.sqrt(at**2 + sympy.Rational(1, 4)))
    exact = [(v + s / (2 * v)) / sympy.sqrt(2) for s in (1, -1)]
    for value, wanted in zip(two.expansion, exact, strict=True):
        assert abs((value.subs(two.x, at) - wanted).evalf(30)) < 1e-8
        assert abs((value.subs(two.x, at) + at**2 - wanted).evalf(30)) > 1e-7


@pytest.mark.parametrize("sizes", [(1, 0, 0), (1, 1, 1), (3, 2, 0)], ids=str)
def test_norms_of_a_displacement(sizes: tuple[int, int, int]) -> None:
    d = Displacement()
    at = dict(zip(d.sizes, sizes, strict=True))
    one, two = (e.subs(at) for e in d.squares)
    assert d.above_the_euclidean.subs(at) == one - two and d.below_the_uniform.subs(at) == 3 * two - one
    assert two <= one <= 3 * two and len(d.derivation().steps) == 2

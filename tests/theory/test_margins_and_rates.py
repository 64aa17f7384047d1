"""Margins, the rates of loss and conjugate, and networks with activations of any degree."""

from __future__ import annotations

import pytest
import sympy

from tests.theory.mirror_flow_cases import FLOWS, x
from theory.homogeneous import Chain
from theory.margins import LayerwiseQMargin, QMargin, dual, growth, loss, radius, speed, tangential
from theory.potentials import MirrorPotential
from theory.rates import LogarithmicIntegral, LossRate, ScalarFlow, time, u, z
from theory.vanishing import vanishes

alpha = sympy.Symbol("alpha", positive=True)
beta = sympy.Symbol("beta", real=True)
layers = sympy.Symbol("L", positive=True)


def test_euclidean_margin() -> None:
    margin = QMargin(sympy.Integer(3), sympy.Integer(2))
    norm = sympy.Symbol("norm", positive=True)
    assert margin.normalizer.subs(dual, norm**2 / 2) == norm**3
    assert margin.hard(sympy.Integer(5)).subs(dual, norm**2 / 2) == 5 / norm**3


def test_rate_of_the_soft_margin_by_a_flow_in_closed_form() -> None:
    # one weight, f = theta, R = theta^2/2: loss = 1/(1 + t), theta = log(1 + t), D = theta^2/2
    s = sympy.Symbol("s", positive=True)
    theta = sympy.log(1 + s)
    values = {loss: 1 / (1 + s), dual: theta**2 / 2, speed: 1 / (1 + s) ** 2, growth: theta / (1 + s), radius: theta**2}
    margin = QMargin(sympy.Integer(1), sympy.Integer(2))
    assert vanishes(sympy.simplify(margin.log_rate.subs(values))) is True
    nu = sympy.Symbol("nu", positive=True)
    at_rest = margin.split_rate.subs(tangential, 0).subs(nu, theta / (1 + s)).subs(values)
    assert vanishes(sympy.simplify(at_rest)) is True
    assert vanishes(sympy.simplify((margin.log_rate * 2 + 1).subs(values))) is False


def test_layerwise_margin_of_equal_layers() -> None:
    margin = LayerwiseQMargin([sympy.Integer(1), sympy.Integer(2)])
    assert margin.normalizer == sympy.sqrt(2) * margin.duals[0] * sympy.sqrt(margin.duals[1])
    assert margin.balanced(alpha) == (alpha * dual) ** (2 / alpha)


def test_partial_sums_of_the_logarithmic_integral() -> None:
    for terms in (1, 2, 4):
        value = LogarithmicIntegral(beta).partial_sum(terms)
        slope = sympy.diff(value, z) / (sympy.exp(z) * z**beta)
        left = sympy.simplify(slope - 1 - LogarithmicIntegral(beta).remainder_slope(terms))
        assert vanishes(left) is True
    with pytest.raises(ValueError, match="at least one"):
        LogarithmicIntegral(beta).partial_sum(0)


def test_closed_forms_of_the_logarithmic_integral() -> None:
    assert LogarithmicIntegral(sympy.Integer(0)).closed_form == u
    assert LogarithmicIntegral(sympy.Integer(1)).closed_form == u * sympy.log(u) - u
    assert LogarithmicIntegral(sympy.Integer(-1)).closed_form == sympy.li(u)
    assert LogarithmicIntegral(sympy.Rational(1, 2)).closed_form is None


def test_order_of_the_inverse_against_numbers() -> None:
    for b in (sympy.Integer(-1), sympy.Integer(1), sympy.Integer(2)):
        G = LogarithmicIntegral(b)
        ratios = []
        for k in (50, 500, 5000):
            y = (sympy.exp(k) * k**b * (1 - b / k)).evalf(30)  # G(e^k) up to a factor 1 + O(1/k^2)
            ratios.append(abs(sympy.exp(k) / G.inverse_order.subs(time, y) - 1).evalf())
        assert ratios[0] > ratios[1] > ratios[2]
        assert ratios[2] < 0.05


@pytest.mark.parametrize(("name", "potential", "depth", "order"), FLOWS, ids=[f[0] for f in FLOWS])
def test_flow_of_one_weight(name: str, potential: sympy.Expr, depth: int, order: tuple[int, int]) -> None:
    flow = ScalarFlow(MirrorPotential(potential, x), sympy.Integer(depth))
    assert flow.order == order
    rate = LossRate(sympy.Integer(depth), MirrorPotential(potential, x).horizon_degree)
    ratio = sympy.powsimp(sympy.expand(flow.loss / rate.upper))
    assert ratio == 1 / sympy.sympify(order[0])
    assert not ratio.has(time)


def test_the_two_orders_of_the_loss_meet_up_to_degree_two() -> None:
    for a, tight in ((1, True), (sympy.Rational(3, 2), True), (2, True), (3, False)):
        assert LossRate(layers, sympy.sympify(a)).tight is tight
    assert LossRate(layers, alpha).tight is None
    rate = LossRate(layers, alpha)
    assert vanishes(sympy.powsimp(rate.lower(alpha - 2) / rate.upper) - 1) is True


def test_chains_of_activations_of_any_degree() -> None:
    k, m = sympy.symbols("k m", positive=True)
    chain = Chain((k, m))
    assert chain.degrees_of_layers == (1, k, k * m)
    assert chain.degree == 1 + k + k * m
    assert chain.conserved(1) == (k, 1)
    assert Chain((sympy.Integer(1),) * 4).degree == 5
    assert Chain((sympy.Integer(2), sympy.Integer(2))).degree == 7
    with pytest.raises(ValueError, match="adjacent"):
        chain.conserved(3)
    assert len(chain.derivation(sympy.Symbol("g")).steps) == 5

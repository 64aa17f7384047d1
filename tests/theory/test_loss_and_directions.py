"""The exponential loss along rays, the turning of a direction, and the cost of a neuron."""

from __future__ import annotations

import pytest
import sympy

from theory.directions import Direction
from theory.exponential_loss import ExponentialLoss
from theory.neuron_cost import NeuronCost, a, c, w
from theory.vanishing import vanishes

L = sympy.Symbol("L", positive=True)


@pytest.mark.parametrize("samples", [1, 2, 4])
def test_slope_of_the_loss_along_a_ray(samples: int) -> None:
    loss = ExponentialLoss(samples, L)
    values = {q: sympy.Rational(k, 3) for k, q in enumerate(loss.outputs, 1)}
    expected = L * sum(sympy.exp(-v) * v for v in values.values())
    assert vanishes(loss.radial_slope.subs(values) - expected) is True
    assert vanishes(loss.radial_slope.subs(values) - 2 * expected) is False
    assert (loss.excess.subs(values).subs(L, 2) >= 0) == True  # noqa: E712  (a SymPy truth value)
    assert len(loss.derivation().steps) == 4


def test_loss_of_known_flow() -> None:
    loss = ExponentialLoss(1, sympy.Integer(1))
    (q,) = loss.outputs
    assert loss.radial_slope == q * sympy.exp(-q)
    assert loss.excess == 0


@pytest.mark.parametrize("dimension", [2, 3])
def test_turning_of_a_direction(dimension: int) -> None:
    direction = Direction(dimension)
    along = dict(zip(direction.velocity, direction.vector, strict=True))
    assert vanishes(direction.squared_speed.subs(along, simultaneous=True)) is True
    across = dict.fromkeys(direction.velocity, 0) | {direction.velocity[0]: direction.vector[1],
                                                   direction.velocity[1]: -direction.vector[0]}  # fmt: skip
    planar = dict.fromkeys(direction.vector[2:], 0)
    assert vanishes(direction.squared_speed.subs(across, simultaneous=True).subs(planar) - 1) is True


def test_a_line_has_no_turning() -> None:
    with pytest.raises(ValueError, match="two dimensions"):
        Direction(1)


def test_least_cost_of_a_neuron() -> None:
    for alpha in (1, 2, 3, sympy.Rational(5, 2)):
        cost = NeuronCost(sympy.sympify(alpha))
        point = {a: sympy.Integer(5), w: sympy.Rational(2, 3)}
        least = cost.least.subs(point).evalf(30)
        best = cost.at_scale.subs(c, cost.best_scale).subs(point).evalf(30)
        assert abs(best - least) < sympy.Float("1e-20")
        for scale in (sympy.Rational(1, 2), 1, 2, 5):
            assert cost.at_scale.subs(c, scale).subs(point).evalf(30) > least


def test_what_the_cost_favours() -> None:
    assert [NeuronCost(sympy.Integer(k)).favours for k in (1, 2, 3)] == ["few", "neither", "many"]
    assert NeuronCost(L).favours is None
    assert NeuronCost(sympy.Integer(1)).split(4) == 2
    assert NeuronCost(sympy.Integer(4)).split(4) == sympy.Rational(1, 4)

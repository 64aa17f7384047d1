"""Steepest flows of deep diagonal networks, their right-hand sides straight from the theory."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from numerics.flows import SwitchedField, follow
from theory import balance, steepest

q, decay = sympy.symbols("q decay", positive=True)
W = sympy.symbols("w1:4", real=True)


def network(depth: int, index: sympy.Rational, rate: sympy.Rational, fall: sympy.Expr) -> SwitchedField:
    """w_i' = -spow(g prod_{j != i} w_j, q - 1) - a w_i for the slope g of the loss at the product."""
    w = W[:depth]
    flow = {}
    for i, v in enumerate(w):
        others = sympy.prod(u for j, u in enumerate(w) if j != i)
        flow[v] = -steepest.power(fall * others, q - 1) - decay * v
    return SwitchedField.from_sympy(flow, {q: index, decay: rate})


@pytest.mark.parametrize("index", [sympy.S.One, sympy.Rational(3, 2), sympy.Rational(5, 4), sympy.Integer(2)])
@pytest.mark.parametrize("depth", [2, 3])
def test_the_balance_decays_as_the_theory_says(depth: int, index: sympy.Rational) -> None:
    rate = sympy.Rational(1, 5)
    law = balance.Balance(depth).rate.subs({balance.q: index, balance.a: rate})
    sizes = balance.Balance(depth).sizes
    exponent = sympy.simplify(law / (sizes[0] ** index - sizes[1] ** index))
    field = network(depth, index, rate, sympy.prod(W[:depth]) - 1)
    start = [0.3, -0.8, 0.5][:depth]
    track = follow(field, start, 1.5)
    p = float(index)

    def gap(v: np.ndarray) -> float:
        return abs(v[0]) ** p - abs(v[1]) ** p

    assert gap(track.end) == pytest.approx(gap(np.array(start)) * np.exp(float(exponent) * 1.5), rel=1e-7)
    assert track.events, "a layer passes through zero on the way"


def test_an_index_below_two_arrives_at_zero_in_finite_time_and_stays() -> None:
    x = W[0]
    field = SwitchedField.from_sympy({x: -steepest.power(x, sympy.Rational(1, 2))})
    track = follow(field, [0.25], 3.0)
    assert track.events == pytest.approx([1.0], abs=1e-5)  # sqrt(x) falls at the rate 1/2
    assert track.end == pytest.approx([0.0], abs=1e-9)

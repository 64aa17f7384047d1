"""Smooth flows: orders, error budgets that hold, many digits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from mpmath import mp

from numerics.flows import NoProgress, log_half_square, solve, solve_precise
from numerics.flows.embedded import Pair, dormand_prince, eighth_order, integrate


def pendulum(v: np.ndarray) -> np.ndarray:
    return np.array([v[1], -np.sin(v[0])])


def product(v: np.ndarray) -> np.ndarray:
    return -(v[0] * v[1] * v[2] - 1) * np.array([v[1] * v[2], v[0] * v[2], v[0] * v[1]])


@pytest.mark.parametrize("pair", [dormand_prince, eighth_order])
def test_each_pair_has_its_order(pair: Callable[[], Pair]) -> None:
    exact = integrate(pendulum, [1.0, 0.5], [2.0], rtol=1e-14, atol=1e-15)[-1]
    errors = [
        np.max(np.abs(integrate(pendulum, [1.0, 0.5], [2.0], pair=pair(), step_size=h)[-1] - exact))
        for h in (0.5, 0.25)
    ]
    assert np.log2(errors[0] / errors[1]) > pair().order - 0.7


@pytest.mark.parametrize("rtol", [1e-4, 1e-8, 1e-11])
def test_the_budget_covers_the_error(rtol: float) -> None:
    path = solve(lambda v: np.array([v[1], -v[0]]), [0.0, 1.0], [1.0, 5.0, 10.0], rtol=rtol)
    exact = np.stack([np.sin(path.times), np.cos(path.times)], axis=1)
    assert np.all(np.abs(path.states - exact) <= path.error)
    assert path.budget < 100 * rtol


def test_a_blow_up_is_told() -> None:
    with pytest.raises(NoProgress):
        solve(lambda v: v**2, [1.0], [2.0])


def test_fifty_digits_agree_with_doubles_and_with_a_known_solution() -> None:
    states, gap = solve_precise(lambda v: [v[0] ** 2], [mp.mpf("0.5")], [1], digits=50)
    with mp.workdps(60):
        assert abs(states[0][0] - 1) < mp.mpf(10) ** -50
        assert gap < mp.mpf(10) ** -45
    deep, gap = solve_precise(lambda v: list(product(np.array(v))), ["0.1", "0.3", "0.2"], [1], digits=30, stages=8)
    near = solve(product, [0.1, 0.3, 0.2], [1.0])
    assert gap < 1e-20
    assert np.all(np.abs(np.array(deep[0], dtype=float) - near.states[0]) <= near.error[0])


def test_precision_beyond_doubles_shows_what_cancels() -> None:
    # w1^2 - w2^2 is kept; at w ~ 1e8 doubles lose its value 1e-6.
    def flow(v: list) -> list:
        return [-v[1], -v[0]]

    start = [mp.mpf(10) ** 8 + mp.mpf(10) ** -14, mp.mpf(10) ** 8]
    with mp.workdps(60):
        start = [mp.mpf(10) ** 8 + mp.mpf(10) ** -14, mp.mpf(10) ** 8]
        (end,), _ = solve_precise(flow, start, [1], digits=40, stages=8)
        kept, before = end[0] ** 2 - end[1] ** 2, start[0] ** 2 - start[1] ** 2
        assert abs(kept - before) < abs(before) * mp.mpf(10) ** -20
    end_double = solve(lambda v: -v[::-1], [float(v) for v in start], [1.0]).states[0]
    assert abs(end_double[0] ** 2 - end_double[1] ** 2 - float(before)) > 0.1 * float(before)


def test_the_logarithm_of_a_loss_goes_far_below_the_doubles() -> None:
    r = np.array([[3e-200], [4e-200]])
    assert log_half_square(r)[0] == pytest.approx(np.log(12.5) - 400 * np.log(10))
    assert np.sum(r**2) == 0.0
    assert log_half_square(np.zeros((2, 1)))[0] == -np.inf

"""Implicit steps of sign flow: no chattering, first order, the same motion as the event-located solution."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from numerics.flows import follow, proximal_sign_flow, sign_step
from tests.numerics.flows.cases import KNOWN

RNG = np.random.default_rng(5)
A = RNG.normal(size=(90, 60))
A = A.T @ A / 90
B = A @ RNG.normal(size=60)


def test_many_coordinates_come_to_rest_at_the_minimum() -> None:
    path = proximal_sign_flow(lambda v: A @ v - B, lambda v: A, np.zeros(60), 4.0, 40)
    loss = [v @ A @ v / 2 - B @ v for v in path]
    assert np.all(np.diff(loss) <= 1e-12)
    assert np.max(np.abs(A @ path[-1] - B)) < 1e-10
    explicit = np.zeros(60)
    for _ in range(40):
        explicit = explicit - 0.1 * np.sign(A @ explicit - B)
    assert np.max(np.abs(A @ explicit - B)) > 1e-3  # the explicit scheme chatters


@pytest.mark.parametrize("h", [0.01, 0.3, 5.0])
def test_a_step_is_a_selection_of_the_sign(h: float) -> None:
    start = RNG.normal(size=60)
    y, s = sign_step(lambda v: A @ v - B, lambda v: A, start, h)
    g = A @ y - B
    assert np.all(np.abs(s) <= 1 + 1e-12)
    assert y == pytest.approx(start - h * s)
    moving = np.abs(g) > 1e-9
    assert s[moving] == pytest.approx(np.sign(g[moving]))


def test_it_converges_to_the_event_located_solution_with_order_one() -> None:
    case = next(c for c in KNOWN if c.name == "two layers reach the minimum")
    exact = follow(case.field, case.start, 0.8).end

    def gradient(v: np.ndarray) -> np.ndarray:
        return (v[0] * v[1] - 1) * v[::-1]

    def hessian(v: np.ndarray) -> np.ndarray:
        off = 2 * v[0] * v[1] - 1
        return np.array([[v[1] ** 2, off], [off, v[0] ** 2]])

    errors = [
        np.max(np.abs(proximal_sign_flow(gradient, hessian, np.array(case.start), 0.8, n)[-1] - exact))
        for n in (20, 40, 80)
    ]
    assert errors[-1] < 0.02
    assert all(b <= 0.6 * a + 1e-12 for a, b in pairwise(errors))


def test_a_negative_step_is_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        sign_step(lambda v: v, lambda v: np.eye(1), np.ones(1), -1.0)

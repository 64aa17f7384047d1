"""KKT residuals at points where they are known."""

from __future__ import annotations

import numpy as np
import pytest

from numerics.networks import MirrorFlow, Network, potential
from numerics.networks.flow import Node
from numerics.networks.kkt import kkt_residual

INPUTS = np.array([[1.0, 1.0], [2.0, 0.5]])  # samples (1, 2) and (1, 1/2)


def residual(name: str, theta: list[float]) -> float:
    flow = MirrorFlow(Network((1, 2), ()), (potential(name, "1/100"),), INPUTS, np.ones(2))
    return kkt_residual(flow, Node(0.0, np.array(theta), np.zeros(2), np.zeros(0)))


def test_the_euclidean_solution() -> None:
    """min |w|^2 with w1 + 2 w2, w1 + w2/2 >= 1: the second sample alone, along (1, 1/2)."""
    assert residual("square", [200.0, 100.0]) < 1e-12
    assert residual("square", [200.0, 0.0]) > 0.2
    assert residual("square", [100.0, 200.0]) > 0.2


def test_the_sparse_solution() -> None:
    """min |w|_1: w = (1, 0), where both samples are active and (1, 1/2), (1, 2) leave a subgradient (1, s)."""
    assert residual("entropy", [1000.0, 1e-3]) < 1e-9
    assert residual("entropy", [1.0, 1000.0]) > 0.3, "there the second sample is the active one, (1, 1/2)"


def test_the_dense_solution() -> None:
    """p = 3: the slopes |w|^2 of the only active sample (1, 1/2), so w along (1, 2^(-1/2))."""
    assert residual("smoothed-3", [100.0, 100.0 / np.sqrt(2)]) == pytest.approx(0, abs=1e-9)
    assert residual("smoothed-3", [100.0, 50.0]) > 0.1

"""Outputs, losses, gradients, potentials and measures of students against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from mpmath import mp, mpf

from numerics.students import Data, Lane, measures, networks, reference
from tests.numerics.students import cases

N = cases.NEURONS


@pytest.mark.parametrize("loss", networks.LOSSES)
@pytest.mark.parametrize("depth", [2, 3])
def test_the_gradient_is_that_of_finite_differences(depth: int, loss: str) -> None:
    theta = networks.start(depth, N, 5, "balanced")
    _, ascent, _ = networks.log_loss_and_ascent(theta, depth, N, cases.DATA, loss)

    def value(moved: np.ndarray) -> float:
        return networks.log_loss_and_ascent(moved, depth, N, cases.DATA, loss)[0]

    step = 1e-6
    slopes = [(value(theta + step * e) - value(theta - step * e)) / (2 * step) for e in np.eye(len(theta))]
    assert -np.array(slopes) == pytest.approx(ascent, abs=1e-8)
    assert np.abs(np.array(slopes) - ascent).max() > 1e-2, "of the other sign it would not pass"


@pytest.mark.parametrize("loss", networks.LOSSES)
@pytest.mark.parametrize("scale", [1.0, 40.0, 1000.0])
def test_the_logarithm_of_the_loss_is_exact_where_the_loss_underflows(loss: str, scale: float) -> None:
    margins = scale * np.array([1.0, 1.25, 3.0])
    found, share = networks.weights(margins, loss)
    mp.prec = 4000
    each = [mp.exp(-mpf(m)) for m in margins]
    each = [mp.log1p(e) for e in each] if loss == "logistic" else each
    assert found == pytest.approx(float(mp.log(sum(each) / 3)), rel=1e-14)
    slopes = [1 / (1 + mp.exp(mpf(m))) if loss == "logistic" else mp.exp(-mpf(m)) for m in margins]
    assert share == pytest.approx([float(s / sum(each)) for s in slopes], rel=1e-12)


@pytest.mark.parametrize("potential", cases.POTENTIALS)
def test_the_primal_map_inverts_the_dual_one(potential) -> None:
    x = np.concatenate([[0.0], np.geomspace(1e-9, 1e6, 40), -np.geomspace(1e-9, 1e6, 40)])
    assert potential.primal(potential.dual(x)) == pytest.approx(x, rel=1e-9, abs=1e-12)
    slope = (potential.dual(x + 1e-6) - potential.dual(x - 1e-6)) / 2e-6
    inside = (np.abs(x) < 10) & (np.abs(x) > 1e-3)
    assert (slope * potential.inverse_metric(x))[inside] == pytest.approx(1, rel=1e-4)


@pytest.mark.parametrize("potential", cases.POTENTIALS[:4])
def test_one_linear_neuron_on_one_point_follows_its_closed_form(potential) -> None:
    """f = a w x with one point x = 1: R'(a) and R'(w) move alike, a = w stays so, and u = R'(w) has the step
    u <- u + rate exp(-w^2) w."""
    data = Data(np.array([[1.0, 0.0]]), np.array([1.0]), np.zeros((1, 3)))
    w = 0.7
    theta, _, log_loss, _ = reference.descend(
        np.array([w, 0.0, w]), Lane(2, potential, 0.05), data, 30, neurons=1
    )  # fmt: skip
    mp.prec = 200
    lam = mpf(potential.lam)

    def dual(x):
        return {"square": x, "entropy": mp.asinh(x / mp.sqrt(lam)) if lam else 0, "power": x * x + lam * x}[
            potential.kind
        ]

    def primal(u):
        return {"square": u, "entropy": mp.sqrt(lam) * mp.sinh(u), "power": (mp.sqrt(lam**2 + 4 * u) - lam) / 2}[
            potential.kind
        ]

    exact = mpf(w)
    for _ in range(30):
        exact = primal(dual(exact) + mpf(0.05) * mp.exp(-(exact**2)) * exact)
    assert theta[0] == theta[2] == pytest.approx(float(exact), rel=1e-13)
    assert theta[1] == 0.0 and log_loss == pytest.approx(-float(exact) ** 2, rel=1e-12)


def test_margins_are_those_of_the_definition_and_ignore_the_scale() -> None:
    for depth in (2, 3):
        theta = networks.start(depth, N, 5, "outer")
        least = (cases.DATA.labels * networks.outputs(theta, depth, N, cases.DATA.points)).min()
        norms = [np.sum(np.abs(theta) ** k) ** (1 / k) for k in (1, 2, 3)]
        found = measures.margins(theta, depth, N, cases.DATA)
        assert found == pytest.approx([least / norm**depth for norm in norms], rel=1e-12)
        assert measures.margins(1e120 * theta, depth, N, cases.DATA) == pytest.approx(found, rel=1e-12)
        parts = [np.abs(part).ravel() for part in networks.layers(theta, depth, N)]
        products = [np.prod([np.sum(part**k) ** (1 / k) for part in parts]) for k in (1, 2, 3)]
        by_layers = measures.margins(theta, depth, N, cases.DATA, by_layers=True)
        assert by_layers == pytest.approx([least / product for product in products], rel=1e-12)


def test_effective_numbers_of_equal_and_of_single_parts() -> None:
    theta = np.zeros(3 * N)
    theta[[1, N + 2, 2 * N + 1, 2 * N + 2]] = 2.0
    assert measures.effective_neurons(theta, 2, N) == pytest.approx(2)
    assert measures.shares(theta, 2, N) == pytest.approx([1 / N, 2 / N])
    theta[2 * N + 2] = 0.0
    assert measures.effective_neurons(theta, 2, N) == pytest.approx(1)


def test_the_teacher_has_neurons_of_size_one_and_labels_both_ways() -> None:
    data = Data.drawn(42, 200, 3)
    assert np.abs(data.teacher[:, 2]) * np.hypot(*data.teacher[:, :2].T) == pytest.approx([1, 1, 1])
    assert np.hypot(*data.points.T) == pytest.approx(np.ones(200))
    assert set(data.labels) == {-1.0, 1.0} and len(data.gaps) % 2 == 0
    f = np.maximum(data.points @ data.teacher[:, :2].T, 0) @ data.teacher[:, 2]
    assert np.array_equal(data.labels, np.where(f > 0, 1, -1))
    angles = np.unwrap(np.arctan2(data.points[:, 1], data.points[:, 0]))
    assert (np.diff(angles) > 0).all(), "in the order of their angles"


def test_a_teacher_that_labels_all_points_alike_is_refused() -> None:
    with pytest.raises(ValueError, match="both labels"):
        Data.drawn(1, 1, 3)


@pytest.mark.parametrize("depth", [2, 3])
def test_both_starts_are_the_same_function_of_order_one_over_root_n(depth: int) -> None:
    first, second = (networks.start(depth, 400, 1, how) for how in networks.STARTS)
    values = [networks.outputs(t, depth, 400, cases.DATA.points) for t in (first, second)]
    assert values[0] == pytest.approx(values[1], rel=1e-9)
    assert 0.1 < np.abs(values[0]).max() * 20 < 10
    with pytest.raises(ValueError, match="a start is one of"):
        networks.start(depth, 4, 1, "lazy")

"""Gradients, losses, potentials and the quadrature of time, each against an independent computation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from numerics.networks import LOSSES, Activation, Network, log_times, potential
from numerics.networks.times import log_integral
from tests.numerics.networks.cases import NETWORKS, flow


def slopes(f, theta: np.ndarray, h: float = 1e-6) -> np.ndarray:
    """Central differences, the coordinates of theta last."""
    columns = []
    for j in range(len(theta)):
        e = np.zeros(len(theta))
        e[j] = h
        columns.append((f(theta + e) - f(theta - e)) / (2 * h))
    return np.stack(columns, axis=-1)


@pytest.mark.parametrize("kind", NETWORKS)
def test_gradients_and_normals_are_those_of_differences(kind: str) -> None:
    made, theta = flow(kind)
    net = made.network
    signs = np.sign(net.preactivations(theta, made.inputs))
    f, gradient = net.branch(theta, made.inputs, signs)
    assert f == pytest.approx(net.outputs(theta, made.inputs))
    assert gradient == pytest.approx(slopes(lambda w: net.outputs(w, made.inputs), theta), abs=1e-7)
    c = np.array([0.5, -2.0, 1.0])
    again, pull = net.reverse(theta, made.inputs, signs)
    assert again == pytest.approx(f) and pull(c) == pytest.approx(c @ gradient)
    assert len(signs) == net.count(3)
    if len(signs):
        wanted = slopes(lambda w: net.preactivations(w, made.inputs), theta)
        assert net.normals(theta, made.inputs, signs) == pytest.approx(wanted, abs=1e-7)
        other = net.branch(theta, made.inputs, -signs)[1]
        assert np.max(np.abs(other - gradient)) > 1e-3, "the branch of other signs is another one"


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(list(NETWORKS)), st.floats(0.1, 10), st.integers(0, 2))
def test_the_degree_in_each_layer(kind: str, c: float, layer: int) -> None:
    made, theta = flow(kind)
    net, layer = made.network, layer % made.network.depth
    scaled = theta.copy()
    scaled[net.slices[layer]] *= c
    expected = c ** net.layer_degrees[layer] * net.outputs(theta, made.inputs)
    assert net.outputs(scaled, made.inputs) == pytest.approx(expected)
    assert net.outputs(c * theta, made.inputs) == pytest.approx(c**net.degree * net.outputs(theta, made.inputs))


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="width"):
        Network((1, 2), (Activation(),))
    with pytest.raises(ValueError, match="width"):
        Network((2, 2), ())
    with pytest.raises(ValueError, match="activation"):
        Activation.read("tanh")


@pytest.mark.parametrize("q", [(-3.0, 1.0), (0.0, 40.0), (30.0, 31.0), (700.0, 701.0), (5e4, 1e5)])
def test_losses_are_those_of_many_digits(q: tuple[float, float]) -> None:
    def exact(term, slope) -> tuple[float, list[float]]:
        with mp.workdps(60):
            loss = sum(term(mpf(v)) for v in q)
            return float(-mp.log(loss)), [float(slope(mpf(v)) / loss) for v in q]

    exponential = exact(lambda v: mp.exp(-v), lambda v: mp.exp(-v))
    with mp.workdps(60):
        logistic = exact(lambda v: mp.log1p(mp.exp(-v)), lambda v: 1 / (1 + mp.exp(v)))
    for name, wanted in (("exponential", exponential), ("logistic", logistic)):
        z, p = LOSSES[name].parts(np.array(q))
        assert z == pytest.approx(wanted[0], rel=1e-13, abs=1e-13)
        assert p == pytest.approx(wanted[1], rel=1e-9)
        assert LOSSES[name].log_inverse(np.array(q)) == z


@pytest.mark.parametrize("name", ["square", "entropy", "smoothed-3", "smoothed-5/2", "smoothed-4"])
def test_potentials_are_consistent(name: str) -> None:
    found = potential(name, "1/4")
    w = np.array([-2.0, -0.3, 0.4, 1.0, 5.0])
    h = 1e-6
    assert found.hessian(w) == pytest.approx((found.gradient(w + h) - found.gradient(w - h)) / (2 * h), rel=1e-6)
    assert w * found.hessian(w) == pytest.approx((found.dual(w + h) - found.dual(w - h)) / (2 * h), rel=1e-6)
    far = np.array([1e9, -2e9, 3e8])
    assert found.horizon(far) == pytest.approx((found.alpha * np.sum(found.dual(far))) ** (1 / found.alpha), rel=1e-4)


@pytest.mark.parametrize("name", ["softmax", "smoothed-1", "smoothed-"])
def test_other_potentials_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"potential|at least"):
        potential(name)
    with pytest.raises(ValueError, match="positive"):
        potential("entropy", "0")


def test_time_on_a_path_is_the_integral() -> None:
    z = np.linspace(1, 50, 4001)
    found, error = log_times(z, np.ones_like(z))
    assert found[1:] == pytest.approx(np.log(np.exp(z[1:]) - np.e), abs=1e-12), "constant speed: t = e^z - e"
    assert error < 1e-12
    bent, error = log_times(z, z**2)
    with mp.workdps(30):
        exact = float(mp.log(mp.quad(lambda y: mp.exp(y - 50) / y**2, [1, 20, 40, 50])) + 50)
    assert bent[-1] == pytest.approx(exact, abs=2 * error + 1e-9)
    assert 0 < error < 1e-4
    assert log_integral(np.array([0.0, 0.0, 1.0]), np.zeros(3)) == pytest.approx([-np.inf, -np.inf, 0.0])

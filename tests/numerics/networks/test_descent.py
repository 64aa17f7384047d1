"""Descents of networks against torch's autograd and optimizers, against the flow, and broken ones refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from numerics.networks import Network, potential
from numerics.networks import descent as module
from numerics.networks.descent import Place, Rule, descend, slopes
from numerics.networks.losses import LOSSES
from numerics.sweep.settings import Adam

NETWORKS = {"two layers": "1-4-2 relu", "three layers": "1-3-3-2 relu relu", "squares": "1-3-2 square"}
RULES = {
    "gradient": Rule(0.05), "signs": Rule(0.01, q=1.0), "between": Rule(0.02, q=1.5), "adam": Rule(0.01, adam=Adam()),
    "coupled": Rule(0.05, coupled=0.1), "decoupled": Rule(0.05, q=1.0, decoupled=0.1),
    "adamw": Rule(0.01, adam=Adam(), decoupled=0.1), "adam, coupled": Rule(0.01, adam=Adam(), coupled=0.1),
    "batches": Rule(0.05, batch=2), "logistic": Rule(0.05, loss=LOSSES["logistic"]),
}  # fmt: skip


def problem(kind: str) -> tuple[Network, np.ndarray, np.ndarray, np.ndarray]:
    network, draw = Network.read(NETWORKS[kind]), np.random.default_rng(7)
    inputs = draw.standard_normal((2, 5))
    return network, inputs, np.where(inputs[0] > 0, 1.0, -1.0), draw.standard_normal(network.size) / 2


def by_torch(kind: str, rule: Rule, steps: int) -> np.ndarray:
    torch = pytest.importorskip("torch")
    network, inputs, labels, start = problem(kind)
    weights = [torch.tensor(w, dtype=torch.float64, requires_grad=True) for w in network.weights(start)]
    settings = {"lr": rule.rate, "weight_decay": rule.coupled or rule.decoupled}
    if rule.adam:
        optimizer = (torch.optim.AdamW if rule.decoupled else torch.optim.Adam)(weights, eps=1e-8, **settings)
    for step in range(steps):
        chosen = module.batch(0, step, rule.batch, len(labels)) if rule.batch else list(range(len(labels)))
        below = torch.tensor(inputs[:, chosen])
        for w, s in zip(reversed(weights[1:]), reversed(network.activations), strict=True):
            u = w @ below
            below = (torch.relu(u) if s.kinked else u) ** s.degree
        margins = torch.tensor(labels[chosen]) * (weights[0] @ below)[0]
        each = torch.exp(-margins) if rule.loss.name == "exponential" else torch.log1p(torch.exp(-margins))
        gradients = torch.autograd.grad(each.sum(), weights)
        if rule.adam:
            for w, g in zip(weights, gradients, strict=True):
                w.grad = g
            optimizer.step()
            continue
        with torch.no_grad():
            for w, g in zip(weights, gradients, strict=True):
                u = g + rule.coupled * w
                w -= rule.rate * (torch.sign(u) * torch.abs(u) ** (rule.q - 1) + rule.decoupled * w)
    return np.concatenate([w.detach().numpy().ravel() for w in weights])


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("kind", NETWORKS)
def test_against_autograd(kind: str, name: str) -> None:
    network, inputs, labels, start = problem(kind)
    place, _ = descend(network, inputs, labels, RULES[name], Place.start(start), 20)
    assert np.allclose(place.theta, by_torch(kind, RULES[name], 20), rtol=1e-9, atol=1e-11)


def test_a_broken_optimizer_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    right = module.adam
    monkeypatch.setattr(module, "adam", lambda c, m, v, u, count: right(c, m, v, u, count + 1))  # a late correction
    network, inputs, labels, start = problem("two layers")
    place, _ = descend(network, inputs, labels, RULES["adam"], Place.start(start), 20)
    assert not np.allclose(place.theta, by_torch("two layers", RULES["adam"], 20), rtol=1e-3)


def test_slopes_are_those_of_differences() -> None:
    network, inputs, labels, start = problem("three layers")
    z, rise = slopes(network, start, inputs, labels, LOSSES["exponential"])
    for k in range(network.size):
        h = np.zeros(network.size)
        h[k] = 1e-6
        ahead, behind = (slopes(network, start + s * h, inputs, labels, LOSSES["exponential"])[0] for s in (1, -1))
        assert abs((ahead - behind) / 2e-6 - rise[k]) < 1e-6 * (1 + abs(z))


@pytest.mark.parametrize("name", ["square", "entropy", "smoothed-3"])
def test_mirror_descent_tends_to_mirror_flow(name: str) -> None:
    """Half the step, half the distance to what four times smaller steps give: first order."""
    network, inputs, labels, start = problem("squares")
    rule = Rule(0.02, potentials=(potential(name),) * 2, rescaled=True)
    ends = [
        descend(network, inputs, labels, replace(rule, rate=0.02 / n), Place.start(start), 20 * n)[0].theta
        for n in (1, 2, 16)
    ]
    coarse, fine = (float(np.abs(e - ends[2]).max()) for e in ends[:2])
    assert 1.7 < coarse / fine < 2.8 and fine > 0


def test_far_below_the_smallest_double_signs_still_move() -> None:
    network, inputs, labels, start = problem("two layers")
    start = np.abs(start) * 90
    labels = np.ones_like(labels)
    inputs = np.abs(inputs) + 1
    far = Place.start(start)
    assert slopes(network, start, inputs, labels, LOSSES["exponential"])[0] > 5000  # the loss is below 1e-2000
    moved, course = descend(network, inputs, labels, Rule(0.1, q=1.0), far, 10)
    assert np.all(np.diff(course) > 0) and np.allclose(np.abs(moved.theta - start), 1.0)
    still, _ = descend(network, inputs, labels, Rule(0.1), far, 10)
    assert np.array_equal(still.theta, start)  # the gradient itself is no double any more; rescaled it moves
    assert not np.array_equal(descend(network, inputs, labels, Rule(0.1, rescaled=True), far, 1)[0].theta, start)


def test_a_run_that_goes_on_ends_bitwise_where_one_run_ends() -> None:
    network, inputs, labels, start = problem("three layers")
    rule = replace(RULES["adamw"], batch=3)
    whole, course = descend(network, inputs, labels, rule, Place.start(start), 30, seed=5)
    half, first = descend(network, inputs, labels, rule, Place.start(start), 13, seed=5)
    rest, second = descend(network, inputs, labels, rule, half, 17, seed=5)
    assert np.array_equal(whole.theta, rest.theta) and np.array_equal(whole.moments, rest.moments)
    assert np.array_equal(course, np.concatenate([first, second]))
    other, _ = descend(network, inputs, labels, rule, Place.start(start), 30, seed=6)
    assert not np.array_equal(whole.theta, other.theta)


def test_a_step_that_diverges_is_told() -> None:
    network, inputs, labels, start = problem("squares")
    place, course = descend(network, inputs, labels, Rule(1e6), Place.start(start), 50)
    assert place.diverged and len(course) < 50 and np.all(np.isfinite(place.theta))


@pytest.mark.parametrize(
    "wrong",
    [Rule(-1.0), Rule(0.1, q=3.0), Rule(0.1, q=1.0, adam=Adam()), Rule(0.1, batch=9), Rule(0.1, coupled=-1.0),
     Rule(0.1, potentials=(potential("square"),))],
)  # fmt: skip
def test_rules_that_mean_nothing_are_refused(wrong: Rule) -> None:
    network, inputs, labels, start = problem("two layers")
    with pytest.raises(ValueError):
        descend(network, inputs, labels, wrong, Place.start(start), 1)
    with pytest.raises(ValueError):
        descend(network, inputs[:, :2], labels, Rule(0.1), Place.start(start), 1)

"""Paths of networks: the laws along them, a run with many digits, plain time, and broken flows that must be refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import sympy

from numerics.flows import NoProgress, follow, solve_precise
from numerics.networks import LOSSES, MirrorFlow, Network, follow_flow, log_times, potential
from numerics.networks.flow import STRETCH
from numerics.networks.laws import horizon_laws, neurons, study
from numerics.networks.observables import observe
from numerics.networks.potentials import expression, x
from tests.numerics.networks.cases import GOAL, Euclidean, Lame, Reversed, course, flow

SOUND = [
    ("linear", "square"), ("linear", "entropy"), ("relu", "smoothed-3"), ("square", "smoothed-4"),
    ("relu2", "entropy"), ("deep", "smoothed-3"), ("deep square", "square"), ("one layer", "entropy"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "name"), SOUND)
def test_the_laws_hold_along_the_path(kind: str, name: str) -> None:
    found = study(course(kind, name)).values
    assert found["end"] >= GOAL
    assert max(found["balance"], found["euler"]) < 1e-9
    assert max(found["dissipation"], found["growth"]) < 1e-5
    assert min(found["soft_rise"], found["growth_gap"], found["chain_gap"]) >= -1e-9
    assert found["soft_total"] > 0 and found["log_dual_rise"] > 0
    assert min(found["tangential_spare"], found["angle_spare"], found["angle_least_gap"]) >= -1e-6
    assert found["integral_gap"] >= -1e-2 and found["dual_turn"] <= 1
    assert found["hard_over_soft"] >= 1 - 1e-12 and found["margin_gap"] <= np.log(3) / GOAL


def test_mixed_potentials_and_the_other_loss() -> None:
    mixed = ("entropy", "smoothed-3", "square")
    found = study(course("deep", mixed)).values
    assert found["balance"] < 1e-9 and found["multi_soft_rise"] >= -1e-9 and "soft_rise" not in found
    assert study(course("deep", mixed, loss="logistic")).values["balance"] < 1e-9


def test_neurons_are_balanced_and_the_horizon_is_between_its_bounds() -> None:
    path = course("relu", "entropy")
    found = neurons(path)
    assert found["neuron_balance"] < 1e-9 and 0 <= found["neuron_gap"] < 1
    count = path.flow.network.size
    assert horizon_laws(path, 1.0, count / 2)["horizon_spare"] >= 0
    assert horizon_laws(path, 1.0, 0.0)["horizon_spare"] < -1e-3, "without the offset the bound is wrong"


def test_degree_two_has_another_balance_than_the_printed_one() -> None:
    found = study(course("square", "entropy")).values
    assert found["balance"] < 1e-9 and found["balance_printed"] > 0.05


# ---- independent computations ---------------------------------------------------------------------------------
def test_a_run_with_many_digits_agrees() -> None:
    """The field written anew: f and its gradient by SymPy, the weights of the loss as they are defined."""
    made, theta = flow("square", "smoothed-4")
    ends = follow_flow(made, theta, 2.0).steps
    r, state = next((s[2].r, s[2].theta) for s in ends if abs(s[2].r - STRETCH) < 1e-9)
    field = _written_anew(made)
    exact, gap = solve_precise(field, theta.tolist(), [r], digits=15, stages=4, step=r / 10)
    assert gap < 1e-9
    error = max(abs(float(a) - b) for a, b in zip(exact[0], state, strict=True))
    assert error < 1e-7
    other = follow_flow(replace(made, potentials=(potential("square"),) * 2), theta, 2.0).steps
    wrong = next(s[2].theta for s in other if abs(s[2].r - STRETCH) < 1e-9)
    assert max(abs(float(a) - b) for a, b in zip(exact[0], wrong, strict=True)) > 1e-2


def _written_anew(made: MirrorFlow):
    net = made.network
    w = sympy.symbols(f"w:{net.size}", real=True)
    layers = [sympy.Matrix(*shape, w[s.start : s.stop]) for s, shape in zip(net.slices, net.shapes, strict=True)]
    q = []
    for column, label in zip(made.inputs.T, made.labels, strict=True):
        value = sympy.Matrix([sympy.Float(v, 40) for v in column.tolist()])
        for layer, s in zip(reversed(layers[1:]), reversed(net.activations), strict=True):
            value = (layer * value).applyfunc(lambda u, k=s.degree: u**k)
        q.append(int(label) * (layers[0] * value)[0])
    loss = sum(sympy.exp(-v) for v in q)
    R = expression("smoothed-4", sympy.Rational(1, 4))
    second, dual = sympy.diff(R, x, 2), x * sympy.diff(R, x) - R
    z = -sympy.log(loss)
    pace = (1 + sum(dual.subs(x, v) for v in w)) / sympy.sqrt(1 + z**2)
    moved = [-pace * sympy.diff(loss, v) / loss / second.subs(x, v) for v in w]
    written = sympy.lambdify([w], [m.subs(sympy.Abs(x), x) for m in moved], modules="mpmath", cse=True)
    return lambda y: written(y)


def test_plain_time_leads_to_the_same_place() -> None:
    made, theta = flow("relu", "entropy")
    path = follow_flow(made, theta, 4.0)
    seen = observe(path)
    log_t, error = log_times(np.maximum.accumulate(seen.z), seen.v)
    at = int(np.argmax(log_t > 1.0))
    plain = follow(replace(made, rescaled=False).field(), theta, float(np.exp(log_t[at])), rtol=1e-10)
    assert plain.end == pytest.approx(path.nodes[at].theta, abs=100 * error + 1e-6)
    assert error < 1e-3


def test_one_weight_takes_the_time_of_the_quadrature() -> None:
    from numerics.networks.one_weight import MirrorPotential, OneWeight

    made = MirrorFlow(Network((1, 1), ()), (potential("entropy"),), np.ones((1, 1)), np.ones(1), LOSSES["exponential"])
    path = follow_flow(made, [1.0], 300.0)
    seen = observe(path)
    log_t, error = log_times(np.maximum.accumulate(seen.z), seen.v)
    low = int(np.floor(seen.z[-1]))
    exact = float(OneWeight(MirrorPotential(expression("entropy", sympy.Integer(1)), x), 1).log_time(low))
    assert np.interp(low, seen.z, log_t) == pytest.approx(exact, abs=10 * error + 1e-4)


# ---- broken flows ----------------------------------------------------------------------------------------------
def test_a_path_of_another_potential_is_refused() -> None:
    path = course("linear", "entropy")
    false = replace(path.flow, potentials=(potential("smoothed-3", "1/4"),) * 2)
    found = study(replace(path, flow=false)).values
    assert found["balance"] > 1e-3 and found["dissipation"] > 1e-3 and found["euler"] > 1e-3


@pytest.mark.parametrize("broken", [Lame, Euclidean])
def test_a_wrong_metric_is_refused(broken: type[MirrorFlow]) -> None:
    found = study(course("linear", "entropy", made=broken)).values
    assert found["balance"] > 1e-3
    assert found["euler"] > 1e-3


def test_a_wrong_sign_is_refused() -> None:
    made, theta = flow("linear", "entropy", made=Reversed)
    with pytest.raises(NoProgress):
        follow_flow(made, theta, GOAL, stretches=10)


def test_without_rescaling_it_underflows() -> None:
    made, theta = flow("linear", "square")
    plain = replace(made, rescaled=False)
    with pytest.raises(NoProgress, match="not reached"):
        follow_flow(plain, theta, GOAL, stretches=30)
    far, signs = 100 * follow_flow(made, theta, GOAL).end, np.zeros(0)
    assert not np.any(plain.velocity(far, signs)), "exp(-z) is nought in doubles"
    assert np.all(np.isfinite(made.velocity(far, signs))) and np.any(made.velocity(far, signs))


def test_shapes_are_checked() -> None:
    made, _ = flow("linear", "square")
    with pytest.raises(ValueError, match="each layer"):
        replace(made, potentials=made.potentials[:1])
    with pytest.raises(ValueError, match="shape"):
        replace(made, labels=np.ones(2))

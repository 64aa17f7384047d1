"""The orders of the schemes for q = 1, across switches that are crossed and switches that are slid along."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from numerics.flows import SwitchedField, follow, proximal_sign_flow, trajectory
from numerics.flows.embedded import dormand_prince, eighth_order, integrate
from tests.numerics.flows.cases import x, y
from theory.reparameterizations import DeepDiagonal

DECAY = sympy.Rational(1, 2)
STARTS = {2: (0.8, -0.3), 3: (0.8, -0.3, 1.1)}
SIZES = (0.2, 0.1, 0.05)
DURATIONS = {"crossed": (0.6, False), "crossed, then slid along": (2.0, True)}


def sign_flow(depth: int) -> dict[sympy.Symbol, sympy.Expr]:
    """w_i' = -sign(f'(x) prod_{j != i} w_j) - w_i/2 for f = (x - 1)^2/2: the steepest flow for q = 1 with decay."""
    model = DeepDiagonal(depth)
    speeds = model.velocities(model.product - 1, sympy.S.One, DECAY)
    return dict(zip((sympy.Symbol(w.name, real=True) for w in model.weights), _real(speeds), strict=True))


def _real(speeds: list[sympy.Expr]) -> list[sympy.Expr]:
    names = {s: sympy.Symbol(s.name, real=True) for e in speeds for s in e.free_symbols}
    return [e.xreplace(names) for e in speeds]


def blind(field: SwitchedField):
    return lambda v: field.velocity(v, np.where(field.pattern(v) == 0, 1, field.pattern(v)))


@pytest.mark.parametrize("depth", [2, 3])
@pytest.mark.parametrize(("duration", "slides"), DURATIONS.values(), ids=DURATIONS)
def test_sign_flow_keeps_the_order_of_the_pair(depth: int, duration: float, slides: bool) -> None:
    field = SwitchedField.from_sympy(sign_flow(depth))
    track = follow(field, STARTS[depth], duration, rtol=1e-13, pair=eighth_order())
    assert len(track.events) >= 1 + slides and any(p.sliding for p in track.pieces) is slides
    runs = [follow(field, STARTS[depth], duration, step_size=h).end for h in SIZES]
    assert _order(runs, track.end) > dormand_prince().order - 0.7
    naive = [integrate(blind(field), STARTS[depth], [duration], step_size=h)[-1] for h in SIZES]
    assert _order(naive, track.end) < 3


def _order(ends: list[np.ndarray], true: np.ndarray) -> float:
    """The mean order over the sizes, each half of the one before."""
    errors = [float(np.max(np.abs(e - true))) for e in ends]
    return float(np.log2(errors[0] / errors[-1])) / (len(errors) - 1)


def test_events_of_sign_flow_agree_with_balls() -> None:
    flow = sign_flow(2)
    near = trajectory(flow, ["0.8", "-0.3"], ["0.6", "2"])  # crossed; then slid along
    sure = trajectory(flow, ["4/5", "-3/10"], ["3/5", "2"], engine="enclosed")
    assert np.all(np.abs(near.states - sure.states) <= near.error + sure.error)
    assert sure.budget < 1e-12
    other = trajectory(flow, ["0.8", "-0.3000001"], ["0.6", "2"])
    assert np.any(np.abs(other.states - sure.states) > other.error + sure.error)


MATRIX = np.array([[1.0, -3.0], [-3.0, 10.0]])
QUADRATIC = {x: -sympy.sign(x - 3 * y), y: -sympy.sign(10 * y - 3 * x)}
COUNTS = (25, 50, 100, 200, 400)


@pytest.mark.parametrize("duration", [0.55, 0.9], ids=["crossed", "crossed, then slid along"])
def test_implicit_steps_are_of_first_order_across_a_switch(duration: float) -> None:
    track = follow(SwitchedField.from_sympy(QUADRATIC), (1, 1), duration)
    assert track.events[0] == pytest.approx(0.5)
    assert any(p.sliding for p in track.pieces) is (duration > 0.6)
    ends = [proximal_sign_flow(lambda v: MATRIX @ v, lambda v: MATRIX, np.ones(2), duration, n)[-1] for n in COUNTS]
    errors = np.array([np.max(np.abs(e - track.end)) for e in ends])
    steps = duration / np.array(COUNTS)
    assert np.all(errors <= 2 * steps) and np.any(errors > steps / 20)
    wrong = SwitchedField.from_sympy(QUADRATIC | {x: -sympy.sign(x - 2 * y)})
    assert np.max(np.abs(ends[-1] - follow(wrong, (1, 1), duration).end)) > 4 * steps[-1]

"""Steepest flows of networks: engines against each other, orders across switches, laws along the path, broken laws."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
import sympy

from numerics.flows import NoProgress, SwitchedField, compiled, follow, trajectory
from numerics.networks import (
    LOSSES,
    Course,
    MirrorFlow,
    Network,
    Place,
    Rule,
    SteepestFlow,
    balances,
    descend,
    follow_flow,
    potential,
)  # fmt: skip
from numerics.networks.flow import STRETCH
from numerics.networks.paths import Paths
from numerics.networks.surfaces import Factors
from theory.steepest import power

HALVES = (0.1, 0.05, 0.025)
SLOW = pytest.mark.slow


@pytest.fixture(autouse=True)
def quiet():
    """Refused trial steps leave the doubles."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        yield


def case(text: str, q: float, seed: int = 2, made: type[SteepestFlow] = SteepestFlow, **options):
    """A flow whose data, in sixteenths, are separated by the start, and the start."""
    net, random = Network.read(text), np.random.default_rng(seed)
    while True:
        inputs = np.round(16 * random.normal(size=(net.widths[-1], 4))) / 16
        theta = np.where(net.mask, np.round(8 * random.normal(size=net.size)) / 16, 0.0)
        outputs = net.outputs(theta, inputs)
        if np.min(np.abs(outputs)) > 0.1 * np.max(np.abs(outputs)) and np.all(theta[net.mask]):
            return made(net, q, inputs, np.sign(outputs), **options), theta


def written_out(flow: SteepestFlow) -> tuple[dict, list[int]]:
    """The flow of a linear network in plain time as expressions, with the places of its weights."""
    net, places = flow.network, np.flatnonzero(flow.network.mask).tolist()
    w = {e: sympy.Symbol(f"w{e}", real=True) for e in places}
    loss = sympy.S.Zero
    for column, label in zip(flow.inputs.T, flow.labels, strict=True):
        value = sympy.Matrix([sympy.Rational(*v.as_integer_ratio()) for v in column.tolist()])
        for s, shape in zip(reversed(net.slices), reversed(net.shapes), strict=True):
            value = sympy.Matrix(*shape, [w.get(e, 0) for e in range(s.start, s.stop)]) * value
        loss += sympy.exp(-int(label) * sympy.expand(value[0]))
    q = sympy.Rational(*Fraction(flow.q).as_integer_ratio())
    slopes = {v: sympy.factor_terms(-sympy.diff(loss, v)) for v in w.values()}
    return {v: power(g, q - 1) if q < 2 else g for v, g in slopes.items()}, places


# ---- engines agree ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("text", "seed"), [("1-2=2 linear", 4), pytest.param("1-2-2 linear", 2, marks=SLOW)])
def test_the_general_engine_finds_the_same_sign_flow(text: str, seed: int) -> None:
    flow, theta = case(text, 1.0, seed, rescaled=False)
    own = follow_flow(flow, theta, duration=1.0)
    expressions, places = written_out(flow)
    general = follow(SwitchedField.from_sympy(expressions), theta[places], 1.0)
    assert own.events and any(p.sliding for p in general.pieces), "it crosses and slides"
    assert own.end[places] == pytest.approx(general.end, abs=1e-9)
    other, _ = case(text, 1.25, seed, rescaled=False)
    assert follow_flow(other, theta, duration=1.0).end[places] != pytest.approx(general.end, abs=1e-3)


def test_the_general_engine_finds_the_same_flow_between() -> None:
    flow, theta = case("1-2=2 linear", 1.5, rescaled=False)
    expressions, places = written_out(flow)
    general = follow(SwitchedField.from_sympy(expressions), theta[places], 0.4, rtol=1e-9)
    assert follow_flow(flow, theta, duration=0.4).end[places] == pytest.approx(general.end, abs=1e-6)


@SLOW
@pytest.mark.skipif(bool(compiled.missing()), reason=compiled.missing() or "heyoka is there")
def test_many_digits_find_the_same_gradient_flow() -> None:
    flow, theta = case("1-2-2-1 linear linear", 2.0, rescaled=False)
    expressions, places = written_out(flow)
    exact = trajectory(expressions, [Fraction(float(v)) for v in theta], [Fraction(1, 2)], engine="taylor", digits=30)
    ends = [follow_flow(f, theta, duration=0.5).end for f in (flow, case("1-2-2-1 linear linear", 1.5,
                                                                          rescaled=False)[0])]  # fmt: skip
    assert ends[0][places] == pytest.approx(np.array(exact.states[0], dtype=float), abs=1e-8)
    assert ends[1][places] != pytest.approx(np.array(exact.states[0], dtype=float), abs=1e-3)


def test_gradient_flow_is_the_mirror_flow_of_the_square() -> None:
    flow, theta = case("1-3-2 relu", 2.0, rescaled=False)
    mirror = MirrorFlow(flow.network, (potential("square"),) * 2, flow.inputs, flow.labels, rescaled=False)
    assert follow_flow(flow, theta, duration=1.0).end == pytest.approx(
        follow(mirror.field(), theta, 1.0, rtol=1e-10).end, abs=1e-7
    )


@pytest.mark.parametrize(("text", "q"), [("1-2-2 relu", 1.0), ("1-2=2=2 linear linear", 1.5), ("1-2-2 relu", 2.0)])
def test_tiny_steps_of_descent_come_near(text: str, q: float) -> None:
    flow, theta = case(text, q, rescaled=False)
    exact = follow_flow(flow, theta, duration=0.25).end
    gaps = []
    for rate in (1 / 512, 1 / 2048):
        begin, steps = Place.start(theta), round(0.25 / rate)
        place, _ = descend(flow.network, flow.inputs, flow.labels, Rule(rate, q=q), begin, steps)
        gaps.append(float(np.max(np.abs(place.theta - exact))))
    assert gaps[1] < 0.01 and gaps[1] < 0.6 * gaps[0] + 1e-9


# ---- orders -------------------------------------------------------------------------------------------------------
def order(errors: list[float]) -> float:
    return float(np.log2(errors[0] / errors[-1])) / (len(errors) - 1)


@pytest.mark.parametrize("text", [pytest.param("1-2-2 linear", marks=SLOW), "1-3=3 relu"])
def test_event_location_keeps_the_order_at_switches_and_along_them(text: str) -> None:
    flow, theta = case(text, 1.0)
    true = follow_flow(flow, theta, duration=1.0, rtol=1e-13)
    assert true.events and true.slides
    errors = [np.max(np.abs(follow_flow(flow, theta, duration=1.0, step_size=h).end - true.end)) for h in HALVES]
    assert order(errors) > 4.3
    naive = []
    for h in HALVES:
        y = theta.copy()
        for _ in range(round(1.0 / h)):
            middle = y + h / 2 * flow.pace(y) * flow.velocity(y, _kinks(flow, y))
            y = y + h * flow.pace(middle) * flow.velocity(middle, _kinks(flow, middle))
        naive.append(float(np.max(np.abs(y - true.end))))
    assert order(naive) < 2


def _kinks(flow: SteepestFlow, theta: np.ndarray) -> np.ndarray:
    return np.where(flow.preactivations(theta) > 0, 1.0, -1.0)


@pytest.mark.parametrize("q", [1.5, pytest.param(2.0, marks=SLOW)])
def test_implicit_steps_keep_their_order_across_a_kink(q: float) -> None:
    flow, theta = case("1-3-2 relu", q, 4)
    *runs, true = (follow_flow(flow, theta, duration=1.0, step_size=h) for h in (0.5, 0.25, 0.125, 1 / 32))
    assert true.events, "a unit switches"
    assert order([float(np.max(np.abs(run.end - true.end))) for run in runs]) > 4.0


def test_proximal_steps_come_near_and_bear_many_weights() -> None:
    flow, theta = case("1-1-2 linear", 1.0)
    plain = SteepestFlow(flow.network, 1.0, flow.inputs, flow.labels, rescaled=False)  # for q = 1 t is s
    true = follow_flow(plain, theta, duration=1.0).end
    for h in (0.037, 0.00925):
        end = follow_flow(flow, theta, duration=1.0, step_size=h, scheme="proximal").end
        assert np.max(np.abs(end - true)) <= 2 * h
    other = SteepestFlow(flow.network, 1.25, flow.inputs, flow.labels, rescaled=False)
    assert np.max(np.abs(follow_flow(other, theta, duration=1.0).end - true)) > 0.02
    many, start = case("1-8-6 relu", 1.0)
    course = follow_flow(many, start, 20.0, step_size=0.02, scheme="proximal")
    z = [many.loss.log_inverse(many.outputs(node.theta)) for node in course.nodes[::3]]
    assert np.all(np.diff(z) > 0) and z[-1] > 19
    for scheme, q in (("proximal", 1.5), ("radau", 1.0), ("euler", 1.0)):
        with pytest.raises(ValueError, match="no scheme"):
            follow_flow(case("1-8-6 relu", q)[0], start, 20.0, step_size=0.02, scheme=scheme)


# ---- laws ---------------------------------------------------------------------------------------------------------
@cache
def far(text: str, q: float, made: type[SteepestFlow] = SteepestFlow, goal: float = 800.0) -> Course:
    flow, theta = case(text, q, 3, made)
    return follow_flow(flow, theta, goal, rtol=1e-9)


@dataclass(frozen=True)
class Lame(SteepestFlow):
    """The first layer moves at half its speed."""

    def slope(self, theta, kinks):
        z, h = super().slope(theta, kinks)
        return z, np.where(np.arange(len(h)) < self.network.widths[1], h / 2, h)

    def curved(self, theta, kinks):
        z, h, bend = super().curved(theta, kinks)
        half = np.where(np.arange(len(h)) < self.network.widths[1], 0.5, 1.0)
        return z, half * h, half[:, None] * bend


FAR = [
    ("1-3=3 relu", 1.0), ("1-3=3 relu", 1.5), ("1-2=2=2 linear linear", 1.0), ("1-3-1 relu", 1.0),
    *(pytest.param(*case, marks=SLOW) for case in [("1-3=3 relu", 1.25), ("1-3=3 relu", 2.0), ("1-3-1 relu", 1.5),
                                                   ("1-2=2=2 linear linear", 1.5)]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "q"), FAR)
def test_balances_are_kept_far_below_the_doubles(text: str, q: float) -> None:
    course = far(text, q)
    flow = course.flow
    assert flow.loss.log_inverse(flow.outputs(course.end)) > 800 > -np.log(5e-324)
    assert np.max(balances.balance_residual(course)) < 1e-7
    assert balances.descent_residual(course) < 1e-4
    assert np.max(balances.balance_residual(course, q + 0.25)) > 1e-4, "another exponent"


def test_descent_is_told_on_the_branch_that_the_path_is_on() -> None:
    """a max(wx, 0) at 1, -1, 1/4 with labels -1, 1, 1 from a = 2, w = 1: w falls through 0, a = 1 + |w| throughout."""
    flow = SteepestFlow(Network.read("1-1-1 relu"), 1.0, np.array([[1.0, -1.0, 0.25]]), np.array([-1.0, 1.0, 1.0]))
    course = follow_flow(flow, [2.0, 1.0], duration=1.4)
    a, w = balances.states(course).T
    assert course.events and np.all(np.diff(w) <= 0) and w[-1] < -1
    assert a == pytest.approx(1 + np.abs(w), abs=1e-9)
    assert flow.loss.log_inverse(flow.outputs(course.end)) == pytest.approx(-np.log(2 + np.exp(a[-1] * w[-1])))
    for _, middle, _ in course.steps:
        assert np.array_equal(middle.signs[:3], np.sign(flow.preactivations(middle.theta)))
    assert balances.descent_residual(course) < 1e-6
    unread = replace(course, steps=tuple(
        tuple(replace(n, signs=np.append(n.signs[:1], np.abs(n.signs[1:]))) for n in step) for step in course.steps
    ))  # fmt: skip
    assert balances.descent_residual(unread) > 0.01, "the other samples' sides of the same kink"


def test_slopes_as_small_as_the_loss_are_not_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two neurons, at (-1, 0) and at (1, 1), (1, -1): b of the second one's (8, b) falls from 3 at the rate 1 to 0.

    The first has the sample at the margin; the slope by b is 8 e^-(64 - 8 b) (e^-16b - 1) times 1/loss.
    """
    inputs, labels = np.array([[-1.0, 1.0, 1.0], [0.0, 1.0, -1.0]]), np.ones(3)
    start = np.array([1.0, 8.0, -1.0, 0.0, 8.0, 3.0])

    def path() -> tuple[np.ndarray, np.ndarray, Course]:
        course = follow_flow(SteepestFlow(Network.read("1-2-2 relu"), 1.0, inputs, labels), start, 25.0)
        thetas = balances.states(course)
        s = thetas[:, 0] - 1
        grown = np.array([1 + s, 8 + s, -1 - s, 0 * s, 8 + s, np.maximum(3 - s, 0)]).T
        return thetas, grown, course

    thetas, wanted, course = path()
    assert thetas == pytest.approx(wanted, abs=1e-8)
    assert thetas[-1, 0] > 4.9 and balances.descent_residual(course) < 1e-6
    monkeypatch.setattr(Factors, "shares", lambda self, logs: np.tile(np.exp(logs - logs.max()), (self.count, 1)))
    thetas, wanted, _ = path()
    assert np.max(np.abs(thetas - wanted)) > 0.1, "in the weights of all samples"


def test_a_weight_that_rests_at_zero_lets_the_other_move() -> None:
    course = far("1-3-1 relu", 1.0)
    before = balances.moving(course)
    assert len(before.steps) < len(course.steps)
    sizes = np.abs(balances.states(course))
    kept = sizes[:, :3] - sizes[:, 3:]
    assert np.max(np.abs(kept - kept[0])) > 0.1


def test_other_flows_and_other_layers_break_the_laws() -> None:
    lame = far("1-2=2=2 linear linear", 1.5, Lame, 20.0)
    assert np.max(balances.balance_residual(lame)) > 1e-2
    assert np.max(balances.layer_residual(far("1-3-2 linear", 2.0, goal=20.0))) < 1e-7
    assert np.max(balances.layer_residual(far("1-3-2 linear", 1.5, goal=20.0))) > 1e-2
    assert not balances.pairs(case("1-3-2 linear", 1.5)[0])


@pytest.mark.parametrize("q", [1.0, 1.5])
def test_balances_decay(q: float) -> None:
    flow, theta = case("1-2=2 linear", q, rescaled=False, decay=0.2)
    course = follow_flow(flow, theta, duration=1.5)
    assert balances.decay_residual(course) < 1e-8
    assert balances.decay_residual(course, 0.5) > 1e-3


# ---- pieces -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["1-3=3 relu", "1-2-3-2 relu linear", "1-3-2 linear"])
def test_paths_are_the_branch(text: str) -> None:
    flow, theta = case(text, 1.0)
    kinks = _kinks(flow, theta)
    paths = flow.paths(kinks)
    f, jacobian = flow.network.branch(theta, flow.inputs, kinks)
    assert paths.outputs(theta) == pytest.approx(flow.labels * f)
    assert paths.jacobian(theta) == pytest.approx(flow.labels[:, None] * jacobian)
    _, h, bend = flow.curved(theta, kinks)
    step = 1e-6 * np.random.default_rng(1).normal(size=len(theta))
    ahead, behind = (flow.slope(theta + s * step, kinks)[1] for s in (1, -1))
    assert (ahead - behind) / 2 == pytest.approx(bend @ step, rel=1e-5, abs=1e-12)
    signs = flow.factors((kinks,))
    logs = flow.loss.terms(flow.outputs(theta))[1]
    assert np.array_equal(signs.direction(0, np.sign(signs.levels(theta, logs))), np.sign(h))


def test_entries_share_their_surfaces() -> None:
    flow, _ = case("1-3-2 linear", 1.0)
    assert flow.factors((np.zeros(0),)).count == 3 + 2 + 3, "the outer weights, the inputs' forms, the outer slopes"
    assert np.count_nonzero(flow.network.mask) == 9


def test_what_does_not_fit_is_refused() -> None:
    flow, theta = case("1-3=3 relu", 1.5)
    net, inputs, labels = flow.network, flow.inputs, flow.labels
    for q, options, says in ((0.5, {}, "q must lie"), (2.5, {}, "q must lie"), (1.5, {"decay": 0.1}, "plain time"),
                             (1.5, {"decay": -1.0, "rescaled": False}, "negative")):  # fmt: skip
        with pytest.raises(ValueError, match=says):
            SteepestFlow(net, q, inputs, labels, **options)
    with pytest.raises(ValueError, match="shape"):
        SteepestFlow(net, 1.5, inputs, labels[:2])
    with pytest.raises(ValueError, match="degree one"):
        SteepestFlow(Network.read("1-2-3 relu2"), 1.5, inputs, labels)
    with pytest.raises(ValueError, match="sum over paths"):
        Paths.of(Network.read("1-2-3 square"), inputs, labels, np.zeros(0))
    with pytest.raises(ValueError, match="beside the diagonals"):
        follow_flow(flow, theta + 1.0, 10.0)
    with pytest.raises(ValueError, match="goal or a duration"):
        follow_flow(flow, theta)
    with pytest.raises(NoProgress, match="steps"):
        follow_flow(flow, theta, 1e6, steps=5)
    with pytest.raises(ValueError, match="same width"):
        Network.read("1-3=2 relu")
    with pytest.raises(ValueError, match="to a goal"):
        follow_flow(MirrorFlow(net, (potential("square"),) * 2, inputs, labels), theta, duration=STRETCH)
    assert LOSSES["logistic"].curvature(np.zeros(2), np.array([0.5, 0.5]) / np.log(2) / 2).shape == (2, 2)

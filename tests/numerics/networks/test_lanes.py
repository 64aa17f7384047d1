"""Descents side by side: the compiled loop moves as the plain one, for every rule; loops with a line changed do not."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from numerics.networks import LOSSES, Activation, Lane, Network, Place, Rule, descend, descend_lanes, potential
from numerics.networks import lanes as module
from numerics.sweep import Adam, NoKernel

needs_numba = pytest.mark.skipif(
    importlib.util.find_spec("numba") is None, reason="numba is not installed: pip install .[simulate]"
)
ACTIVATIONS = ("linear", "square", "relu", "relu2", "relu3")
POTENTIALS = ("square", "entropy", "smoothed-2", "smoothed-3", "smoothed-4")
RULES = [
    Rule(0.05), Rule(0.01, q=1.0), Rule(0.02, q=1.5), Rule(0.02, q=1.3, decoupled=0.1), Rule(0.01, adam=Adam()),
    Rule(0.03, q=1.0, coupled=0.2), Rule(0.02, q=1.3, coupled=0.1), Rule(0.05, batch=3, rescaled=True),
    Rule(0.02, adam=Adam(0.5, 0.9, 1e-3), coupled=0.1, decoupled=0.2, batch=2), Rule(0.05, loss=LOSSES["logistic"]),
    Rule(0.02, potentials=(potential("entropy", "1/10"), potential("smoothed-3", "1/4"))),
]  # fmt: skip


def problem(text: str = "1-4-3 relu", seed: int = 3, lanes: int = 1) -> tuple[Network, list[Lane], list[Place]]:
    """A lane for each rule and seed, with data and a start of its own."""
    network, draw = Network.read(text), np.random.default_rng(seed)
    rules = [r for r in RULES if not r.potentials or network.depth == 2]
    chosen, places = [], []
    for k, rule in enumerate(rules * lanes):
        inputs = draw.standard_normal((network.widths[-1], 6))
        chosen.append(Lane(inputs, np.where(inputs[0] > 0, 1.0, -1.0), rule, k))
        places.append(Place.start(draw.uniform(0.3, 0.9, network.size) * draw.choice([-1.0, 1.0], network.size)))
    return network, chosen, places


def gaps(found: list[tuple[Place, np.ndarray]], wanted: list[tuple[Place, np.ndarray]]) -> list[float]:
    """The largest relative distance of weights, means and z of each lane; infinite where they do not compare."""
    far = []
    for (a, course), (b, other) in zip(found, wanted, strict=True):
        if (a.done, a.diverged, len(course)) != (b.done, b.diverged, len(other)):
            far.append(np.inf)
            continue
        pairs = ((a.theta, b.theta), (a.moments, b.moments), (course, other))
        far.append(max(float(np.max(np.abs(p - q) / (1 + np.abs(q)), initial=0.0)) for p, q in pairs))
    return [g if g == g else np.inf for g in far]


@needs_numba
@pytest.mark.parametrize("text", ["1-5", "1-4-3 relu", "1-3-4-2 relu2 linear", "1-33-9 relu"])
def test_every_rule_moves_as_the_plain_loop(text: str) -> None:
    network, lanes, places = problem(text)
    found = descend_lanes(network, lanes, places, 25)
    assert max(gaps(found, descend_lanes(network, lanes, places, 25, engine="numpy"))) < 1e-10
    one, course = descend(network, lanes[0].inputs, lanes[0].labels, lanes[0].rule, places[0], 25, engine="compiled")
    assert np.array_equal(one.theta, found[0][0].theta) and np.array_equal(course, found[0][1])


@st.composite
def cases(draw: st.DrawFn) -> tuple[Network, Lane, Place]:
    hidden = draw(st.lists(st.integers(1, 6), max_size=2))
    activations = tuple(Activation.read(draw(st.sampled_from(ACTIVATIONS))) for _ in hidden)
    network = Network((1, *hidden, draw(st.integers(1, 9))), activations)
    samples, numbers = draw(st.integers(1, 7)), np.random.default_rng(draw(st.integers(0, 2**32)))
    small = st.floats(0.0, 0.5)
    kind = draw(st.sampled_from(["q", "adam", "mirror"]))
    maps = tuple(potential(draw(st.sampled_from(POTENTIALS)), "1/4") for _ in range(network.depth))
    q = draw(st.one_of(st.sampled_from([1.0, 1.5]), st.floats(1, 2)))
    adam = draw(st.builds(Adam, st.floats(0, 0.9), st.floats(0, 0.999), st.floats(1e-4, 0.1)))
    rule = Rule(
        draw(st.floats(1e-4, 1e-2)), q=q if kind == "q" else 2.0, adam=adam if kind == "adam" else None,
        potentials=maps if kind == "mirror" else (), coupled=draw(small), decoupled=draw(small),
        batch=draw(st.integers(0, samples)), rescaled=draw(st.booleans()),
        loss=LOSSES[draw(st.sampled_from(list(LOSSES)))],
    )  # fmt: skip
    theta = numbers.uniform(0.3, 1.0, network.size) * numbers.choice([-1.0, 1.0], network.size)
    lane = Lane(numbers.standard_normal((network.widths[-1], samples)), numbers.choice([-1.0, 1.0], samples), rule,
                draw(st.integers(0, 2**63)))  # fmt: skip
    return network, lane, replace(Place.start(theta), done=draw(st.integers(0, 10**6)))


@needs_numba
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(case=cases())
def test_any_rule_on_any_network_moves_as_the_plain_loop(case: tuple[Network, Lane, Place]) -> None:
    network, lane, place = case
    found = descend_lanes(network, [lane], [place], 3)
    assert gaps(found, descend_lanes(network, [lane], [place], 3, engine="numpy"))[0] < 1e-8


@needs_numba
def test_neither_pieces_nor_threads_nor_company_change_a_bit() -> None:
    network, lanes, places = problem(lanes=9)
    whole = descend_lanes(network, lanes, places, 20, every=3)
    pieces, courses = places, [np.zeros(0)] * len(lanes)
    for steps, workers in ((7, 1), (0, 2), (12, 3), (1, None)):
        found = descend_lanes(network, lanes, pieces, steps, every=3, workers=workers)
        pieces = [place for place, _ in found]
        courses = [np.concatenate([a, b]) for a, (_, b) in zip(courses, found, strict=True)]
    assert max(gaps(list(zip(pieces, courses, strict=True)), whole)) == 0.0
    assert max(gaps(whole, descend_lanes(network, lanes, places, 20, every=3, engine="numpy"))) < 1e-10
    for k in (0, len(RULES) + 8, len(lanes) - 1):
        assert gaps(descend_lanes(network, [lanes[k]], [places[k]], 20, every=3), [whole[k]]) == [0.0]
    ahead = [replace(places[k], done=5) if k == 2 else p for k, p in enumerate(places)]
    other = gaps(descend_lanes(network, lanes, ahead, 20), descend_lanes(network, lanes, places, 20))
    assert [k for k, gap in enumerate(other) if gap] == [2]


@needs_numba
def test_a_lane_that_diverges_rests_while_the_others_go_on() -> None:
    network, lanes, places = problem("1-4-3 square", lanes=3)
    calm = descend_lanes(network, lanes, places, 40)
    wild = [replace(lane, rule=replace(lane.rule, rate=1e6)) if k in (0, 8) else lane for k, lane in enumerate(lanes)]
    found = descend_lanes(network, wild, places, 40)
    assert found[0][0].diverged and len(found[0][1]) < 40 and np.all(np.isfinite(found[0][0].theta))
    assert found[8][0].diverged and np.all(np.isfinite(found[8][0].moments))
    assert [k for k, gap in enumerate(gaps(found, calm)) if gap] == [0, 8]
    plain = descend_lanes(network, wild[:1], places[:1], 40, engine="numpy")[0][0]
    assert (plain.done, plain.diverged) == (found[0][0].done, True)
    again = descend_lanes(network, wild[:1], [found[0][0]], 5)[0]
    assert again[0].diverged and len(again[1]) == 0 and np.array_equal(again[0].theta, found[0][0].theta)


@needs_numba
def test_far_below_the_smallest_double_signs_still_move() -> None:
    network, lanes, places = problem("1-4-3 relu")
    lane = Lane(np.abs(lanes[0].inputs) + 1, np.ones(6), Rule(0.1, q=1.0))
    far = Place.start(np.abs(places[0].theta) * 90)
    for chosen in (lane, replace(lane, rule=Rule(0.1, rescaled=True)), replace(lane, rule=Rule(0.1))):
        found = descend_lanes(network, [chosen], [far], 10)
        assert found[0][1][0] > 5000  # the loss is below 1e-2000
        assert gaps(found, descend_lanes(network, [chosen], [far], 10, engine="numpy"))[0] < 1e-9
        assert np.array_equal(found[0][0].theta, far.theta) == (chosen.rule == Rule(0.1))


MUTANTS = {
    "the kink forgotten": ("u[e] = u[e] if u[e] > 0.0 else 0.0 * u[e]", "pass"),
    "the kink's slope forgotten": ("back[e] *= 1.0 if value[e] > 0.0 else 0.0", "pass"),
    "a square's slope halved": ("slope[e] = 2.0 * u[e]", "slope[e] = u[e]"),
    "up the loss": ("-1.0 if apart else -math.exp(scale)", "1.0 if apart else math.exp(scale)"),
    "the loss not in the slope": ("scale = 0.0 if rescaled else -z[s]", "scale = 0.0"),
    "the power of the slope alone": ("math.exp(power * scale) if apart else 1.0", "1.0"),
    "sign turned": ("d = 1.0 if u > 0.0", "d = -1.0 if u > 0.0"),
    "root not taken": ("math.copysign(math.sqrt(abs(u)), u)", "u"),
    "coupled decay left out": ("u = factor[e] * rise[e] + coupled[e] * w[e]", "u = factor[e] * rise[e]"),
    "decoupled decay grows": ("(d + decoupled[e] * w[e])", "(d - decoupled[e] * w[e])"),
    "first mean not made up for": ("new_m[e] / first[e]", "new_m[e]"),
    "epsilon under the root": ("(math.sqrt(new_v[e] / second[e]) + epsilon[e])",
                               "math.sqrt(new_v[e] / second[e] + epsilon[e])"),
    "the metric for its inverse": ("* math.sqrt(w[e] * w[e] + lam)", "/ math.sqrt(w[e] * w[e] + lam)"),
    "one potential for all layers": ("int(layers[k, 0]), layers[k, 1]", "int(layers[0, 0]), layers[0, 1]"),
    "one batch for ever": ("_draw(seeds[s], done[s]", "_draw(seeds[s], 0"),
    "one batch for all seeds": ("_draw(seeds[s]", "_draw(seeds[0]"),
    "labels not drawn": ("signs[c * LANES + s] = labels[chosen[c] * LANES + s]", "signs[c * LANES + s] = 1.0"),
    "logistic taken for exponential": ("if logistic and least <= FAR", "if logistic and least <= -FAR"),
    "the activation of another layer": ("degrees[k], kinked[k])", "degrees[0], kinked[0])"),
}  # fmt: skip


def loop(old: str, new: str) -> ModuleType:
    """The loop as plain Python with a text replaced."""
    source = (Path(module.__file__).parent / "kernel.py").read_text(encoding="utf-8")
    assert old in source, old
    found = ModuleType("mutant")
    plain = source.replace(old, new).replace("from numba import njit", "def njit(**options): return lambda f: f")
    exec(plain.replace("64 * LANES", "2 * LANES"), found.__dict__)  # several tiles
    return found


def passes(monkeypatch: pytest.MonkeyPatch, found: ModuleType) -> bool:
    monkeypatch.setattr(module, "kernel", lambda: found)
    good = True
    for text in ("1-2-2 square", "1-2-2-2 relu linear"):
        network, lanes, places = problem(text, lanes=2)
        lanes = [replace(ln, seed=ln.seed + 1, rule=replace(ln.rule, rate=ln.rule.rate / 10)) for ln in lanes]
        places = [Place.start(place.theta / 2) for place in places]
        wanted = descend_lanes(network, lanes, places, 3, engine="numpy")
        try:
            good = good and max(gaps(descend_lanes(network, lanes, places, 3, workers=1), wanted)) < 1e-9
        except ArithmeticError:  # of plain Python, where the compiled loop goes on with infinity
            return False
    return good


@needs_numba
def test_mutants_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with np.errstate(all="ignore"):
        assert passes(monkeypatch, loop("", ""))
        assert [name for name, change in MUTANTS.items() if passes(monkeypatch, loop(*change))] == []


def test_what_does_not_fit_is_told() -> None:
    network, lanes, places = problem()
    own = replace(potential("square"), smoothing=None)
    for wrong, at, options, message in (
        (lanes, places[:1], {}, "as many places"), (lanes, places, {"engine": "abacus"}, "no engine abacus"),
        ([replace(lanes[0], seed=-1)], places[:1], {}, "seeds"),
        ([replace(lanes[0], rule=Rule(-1.0))], places[:1], {}, "rate"),
        ([replace(lanes[0], inputs=lanes[0].inputs * np.nan)], places[:1], {}, "finite"),
        (lanes[:1], [Place(places[0].theta, np.zeros((2, 1)))], {}, "none of a descent"),
        (lanes[:1], places[:1], {"every": 0}, "every at least 1"),
        ([replace(lanes[0], rule=Rule(0.1, potentials=(own, own)))], places[:1], {}, "engine numpy alone"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=message):
            descend_lanes(network, wrong, at, 1, **options)  # type: ignore[arg-type]


def test_diagonal_layers_are_for_the_plain_loop_alone() -> None:
    network, draw = Network.read("1-3=3 relu"), np.random.default_rng(1)
    lane = Lane(draw.standard_normal((3, 4)), np.array([1.0, -1.0, 1.0, 1.0]), Rule(0.1, decoupled=0.1))
    full = draw.uniform(0.3, 0.9, network.size)
    place = Place.start(np.where(network.mask, full, 0.0))
    (found, _), = descend_lanes(network, [lane], [place], 5, engine="numpy")
    assert not np.any(found.theta[~network.mask]) and np.all(found.theta[network.mask] != place.theta[network.mask])
    for engine in ("compiled", "cuda"):
        with pytest.raises(ValueError, match=f"engine numpy alone, not {engine}"):
            descend_lanes(network, [lane], [place], 5, engine=engine)
    with pytest.raises(ValueError, match="beside the diagonals must be 0"):
        descend_lanes(network, [lane], [Place.start(full)], 5, engine="numpy")


def test_without_numba_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("numerics.networks.kernel", "numba"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.delattr("numerics.networks.kernel", raising=False)
    monkeypatch.setitem(sys.modules, "numba", None)
    network, lanes, places = problem()
    plain: Any = descend_lanes(network, lanes[:1], places[:1], 1, engine="numpy")
    assert plain[0][0].done == 1
    with pytest.raises(NoKernel, match=r"pip install 'mirrorproof\[simulate\]'"):
        descend_lanes(network, lanes[:1], places[:1], 1)

"""The compiled loop of sweeps against plain loops, against many digits, and against itself in other pieces."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from numerics.experiments import classification, regression
from numerics.flows import solve
from numerics.sweep import Adam, Data, NoKernel, Setting, Sweep, reference
from numerics.sweep.settings import start
from tests.numerics.sweep import cases

needs_numba = pytest.mark.skipif(
    importlib.util.find_spec("numba") is None, reason="numba is not installed: pip install .[simulate]"
)


def swept(data: Data, chosen: list[Setting], steps: int, scale: float = cases.SCALE) -> tuple[Sweep, np.ndarray]:
    sweep = Sweep(data, chosen)
    weights = sweep.start(scale)
    sweep.advance(weights, 0, steps)
    return sweep, weights


@needs_numba
def test_every_lane_moves_as_the_reference() -> None:
    sweep, weights = swept(cases.DATA, cases.SETTINGS, cases.STEPS)
    found = cases.worst(sweep, weights, cases.STEPS)
    assert cases.agrees(found), found


@needs_numba
def test_every_lane_on_separable_data_moves_as_the_reference() -> None:
    sweep, weights = swept(cases.SEPARABLE, cases.CLASSIFIED, 15)
    found = cases.worst(sweep, weights, 15)
    assert cases.agrees(found), found
    sweep, weights = swept(cases.SEPARABLE, cases.CLASSIFIED[:3], 15)
    deaf = replace(cases.SEPARABLE, samples=-cases.SEPARABLE.samples)
    assert not cases.agrees(cases.worst(Sweep(deaf, cases.CLASSIFIED[:3]), weights, 15))


@needs_numba
@pytest.mark.parametrize("depth", [1, 2, 4])
def test_the_experiments_plain_descent_of_the_exponential_loss_agrees(depth: int) -> None:
    constants = Adam(0.9, 0.999, 1e-8)
    truth = np.array([1.0, 1.0, 0.0, 0.0, 0.0, 0.0])
    plain = classification.Data.gaussian((4, 5), 6, 9, truth)
    w = np.full((depth, 4, 2, 6), 0.3)
    w[0] = 0.0
    adam = classification.Adam(np.zeros((depth, 2, 6)), np.zeros((depth, 2, 6)), 0.9, 0.999, 1e-8)
    classification.descend(w, adam, plain, 0.01, 1e-3, 0, 40)
    data = Data.separable((4, 5), 6, 9, 2)
    assert np.array_equal(data.samples, plain.signed)
    signs = Setting(1.0, depth, 0.01, smallest=1e-3)
    chosen = [signs, Setting(2.0, depth, 0.01), Setting(2.0, depth, 0.01, adam=constants),
              replace(signs, smallest=0.0, rescaled=True)]  # fmt: skip
    sweep, weights = swept(data, chosen, 40, 0.3)
    for o in range(4):
        assert sweep.layers(weights, o) == pytest.approx(w[:, o].transpose(1, 0, 2), abs=1e-9)
    assert np.max(np.abs(sweep.layers(weights, 3) - sweep.layers(weights, 0))) > 1e-3


@needs_numba
def test_far_below_the_smallest_double_the_slope_of_the_logarithm_still_moves() -> None:
    sweep = Sweep(cases.SEPARABLE, [Setting(q, 2, 0.1, rescaled=r) for q in (1.0, 2.0) for r in (True, False)])
    weights = sweep.start(1.0)
    nearest = np.linalg.pinv(cases.SEPARABLE.samples) @ np.ones(6)  # all margins are one
    for m in range(4):
        first = sum(s.rows for s in sweep.settings[:m])
        weights[0, first].reshape(7, 8)[:, :3] = 2000 * nearest.T
    before = sweep.products(weights)
    sweep.advance(weights, 0, 5)
    assert [bool(np.max(np.abs(x - y)) > 0) for x, y in zip(sweep.products(weights), before, strict=True)] == [
        True, False, True, False,
    ]  # fmt: skip


@needs_numba
@pytest.mark.parametrize("settings", [1, 2, 3, 5])
@pytest.mark.parametrize("features", [1, 4, 6, 33])
def test_tiles_of_all_shapes_agree(features: int, settings: int) -> None:
    data = Data.gaussian(tuple(range(9)), features, samples=5, support=1)
    own = [Setting(2.0, 2, 1e-2, batch=b) for b in (0, 1, 5) for _ in range(settings)]
    sweep, weights = swept(data, own, 20)
    assert cases.agrees(cases.worst(sweep, weights, 20))


@needs_numba
@pytest.mark.parametrize("depth", [1, 3, 10])
def test_the_experiments_plain_descent_agrees(depth: int) -> None:
    seeds, indices = (1, 2), (1.0, 1.5, 2.0)
    problem = regression.Problem.gaussian(seeds, 12, 30, 3)
    plain = regression.start(depth, 2, 12, 3, 0.3)
    regression.descend(plain, problem, indices, 1e-3, 100)
    sweep, weights = swept(Data.gaussian(seeds, 12, 30, 3), [Setting(q, depth, 1e-3) for q in indices], 100, 0.3)
    for m in range(len(indices)):
        assert sweep.layers(weights, m) == pytest.approx(plain[:, m].transpose(1, 0, 2), abs=1e-9)


@needs_numba
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(
    q=st.one_of(st.sampled_from([1.0, 1.5, 2.0]), st.floats(1.0, 2.0)), depth=st.integers(1, 6),
    batch=st.integers(0, 6),
    rate=st.floats(1e-4, 1e-2), coupled=st.floats(0.0, 1.0), decoupled=st.floats(0.0, 1.0), done=st.integers(0, 10**6),
    adam=st.one_of(st.none(), st.builds(Adam, st.floats(0.0, 0.9), st.floats(0.0, 0.999), st.floats(1e-4, 1e-1))),
)  # fmt: skip
def test_any_setting_moves_as_the_reference(**chosen: Any) -> None:
    done = chosen.pop("done")
    setting = Setting(**(chosen | ({"q": 2.0} if chosen["adam"] else {})))
    sweep = Sweep(cases.DATA, [setting])
    weights, draw = sweep.start(0.0), np.random.default_rng(5)
    weights[:, : setting.depth] = draw.uniform(0.5, 1.5, weights[:, : setting.depth].shape)
    begun = sweep.layers(weights, 0).copy()
    sweep.advance(weights, done, 3)
    for k, seed in enumerate(cases.DATA.seeds):
        whole = np.concatenate([begun[k], np.zeros((setting.rows - setting.depth, cases.DATA.truth.size))])
        alone = reference.descend(whole, setting, cases.DATA.samples[k], cases.DATA.truth, seed, done, 3)
        assert sweep.layers(weights, 0)[k] == pytest.approx(alone[: setting.depth], rel=1e-9, abs=1e-10)


@pytest.mark.parametrize("decays", [(0.0, 0.0), (0.2, 0.0), (0.0, 0.3)], ids=["none", "L2", "AdamW"])
def test_adam_is_that_of_torch(decays: tuple[float, float]) -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed: pip install .[train]")
    coupled, decoupled = decays
    setting, data = Setting(2.0, 3, 1e-2, coupled, decoupled, adam=Adam(0.8, 0.95, 1e-6)), cases.DATA
    begun = start(setting, 7, cases.SCALE)
    layers = [torch.tensor(w, requires_grad=True) for w in begun[:3]]
    kind = torch.optim.AdamW if decoupled else torch.optim.Adam
    chosen = kind(layers, lr=1e-2, betas=(0.8, 0.95), eps=1e-6, weight_decay=coupled + decoupled)
    z, truth = torch.tensor(data.samples[0]), torch.tensor(data.truth)
    for _ in range(50):
        chosen.zero_grad()
        ((z @ (layers[0] * layers[1] * layers[2] - truth)).square().mean() / 2).backward()
        chosen.step()
    own = reference.descend(begun, setting, data.samples[0], data.truth, 0, 0, 50)
    assert own[:3] == pytest.approx(np.array([w.detach().numpy() for w in layers]), abs=1e-12)
    other = reference.descend(begun, replace(setting, coupled=decoupled, decoupled=coupled), data.samples[0],
                              data.truth, 0, 0, 50)  # fmt: skip
    assert (np.max(np.abs(other - own)) > 1e-3) == (coupled != decoupled)


@needs_numba
def test_adam_without_memory_is_sign_descent() -> None:
    """Algorithm 1 at beta1 = beta2 = epsilon = 0 is Algorithm 2."""
    for coupled, decoupled, batch in ((0.0, 0.0, 0), (0.2, 0.0, 4), (0.0, 0.3, 0)):
        signs = Setting(1.0, 3, 1e-2, coupled, decoupled, batch)
        adam = replace(signs, q=2.0, adam=Adam(0.0, 0.0, 1e-300))
        slow = replace(adam, adam=Adam(0.5, 0.0, 1e-300))
        sweep, weights = swept(cases.DATA, [signs, adam, slow], 40)
        assert sweep.layers(weights, 1) == pytest.approx(sweep.layers(weights, 0), abs=1e-12)
        assert np.max(np.abs(sweep.layers(weights, 2) - sweep.layers(weights, 0))) > 1e-3


@needs_numba
def test_small_steps_follow_the_flow_to_first_order() -> None:
    data, time = Data.gaussian((5,), 4, 6, 2), 1.0
    gram = data.grams[0]

    def field(y: np.ndarray) -> np.ndarray:
        w = y.reshape(2, 4)
        return -(w[::-1] * (gram @ (w[0] * w[1] - data.truth)) + 0.2 * w).reshape(-1)

    begun = np.array([[0.0] * 4, [cases.SCALE] * 4])
    exact = solve(field, begun.reshape(-1), [time]).states[-1].reshape(2, 4)
    errors = []
    for steps in (200, 400):
        sweep, weights = swept(data, [Setting(2.0, 2, time / steps, decoupled=0.2)], steps)
        errors.append(np.max(np.abs(sweep.layers(weights, 0)[0] - exact)))
    assert errors[0] < 1e-2 and 1.8 < errors[0] / errors[1] < 2.2


@needs_numba
@pytest.mark.parametrize("q", [1.0, 1.5, 2.0])
def test_one_lane_agrees_with_many_digits(q: float) -> None:
    data, setting, steps = Data.gaussian((3,), 5, 4, 2), Setting(q, 3, 1e-3, 0.01, 0.02, 2), 400
    sweep, weights = swept(data, [setting], steps)
    with mp.workdps(40):
        w = [[mpf(0)] * 5] + [[mpf(cases.SCALE)] * 5 for _ in range(2)]
        z = [[mpf(float(v)) for v in row] for row in data.samples[0]]
        rate, coupled, decoupled = mpf(setting.rate), mpf(setting.coupled), mpf(setting.decoupled)
        for step in range(steps):
            r = [w[0][i] * w[1][i] * w[2][i] - mpf(float(data.truth[i])) for i in range(5)]
            g = [mpf(0)] * 5
            for c in reference.batch(3, step, 2, 4):
                image = sum(a * b for a, b in zip(z[c], r, strict=True))
                g = [v + z[c][i] * image / 2 for i, v in enumerate(g)]
            slopes = [
                [g[i] * w[(layer + 1) % 3][i] * w[(layer + 2) % 3][i] + coupled * w[layer][i] for i in range(5)]
                for layer in range(3)
            ]
            w = [
                [v - rate * (mp.sign(u) * abs(u) ** mpf(q - 1 if u else 1) + decoupled * v)
                 for v, u in zip(layer, slope, strict=True)]
                for layer, slope in zip(w, slopes, strict=True)
            ]  # fmt: skip
        exact = np.array([[float(v) for v in layer] for layer in w])
    assert sweep.layers(weights, 0)[0] == pytest.approx(exact, abs=1e-12)


@needs_numba
def test_neither_pieces_nor_threads_nor_company_change_a_bit() -> None:
    settings = cases.SETTINGS[::5]
    sweep, whole = swept(cases.DATA, settings, 40)
    pieces = sweep.start(cases.SCALE)
    for done, steps, workers in ((0, 7, 1), (7, 0, 2), (7, 32, 3), (39, 1, None)):
        sweep.advance(pieces, done, steps, workers=workers)
    assert np.array_equal(pieces, whole)
    for m in (0, len(settings) - 1):
        for k in range(3):
            data = replace(cases.DATA, samples=cases.DATA.samples[k : k + 1], seeds=cases.DATA.seeds[k : k + 1])
            alone, weights = swept(data, [settings[m]], 40)
            assert np.array_equal(alone.layers(weights, 0)[0], sweep.layers(whole, m)[k])
    other = sweep.start(cases.SCALE)
    sweep.advance(other, 1, 40)
    assert not np.array_equal(other, whole), "the batches depend on the step"


@needs_numba
def test_a_lane_that_diverges_touches_no_other() -> None:
    calm, wild = Setting(2.0, 3, 1e-2), Setting(2.0, 3, 10.0)
    sweep, weights = swept(cases.DATA, [calm, wild, calm], 100)
    alone, quiet = swept(cases.DATA, [calm], 100)
    assert not np.any(np.isfinite(sweep.products(weights)[1]).all(axis=-1))
    for m in (0, 2):
        assert np.array_equal(sweep.layers(weights, m), alone.layers(quiet, 0))


def test_batches_are_sets_and_all_are_as_likely() -> None:
    seen: dict[tuple[int, ...], int] = {}
    for step in range(6000):
        chosen = reference.batch(17, step, 2, 4)
        assert len(set(chosen)) == 2 and all(0 <= c < 4 for c in chosen)
        key = tuple(sorted(chosen))
        seen[key] = seen.get(key, 0) + 1
    assert len(seen) == 6 and all(abs(count - 1000) < 5 * np.sqrt(1000 * 5 / 6) for count in seen.values())
    assert [reference.batch(17, t, 2, 4) for t in range(9)] != [reference.batch(18, t, 2, 4) for t in range(9)]


def test_splitmix_gives_its_published_words() -> None:
    assert reference.mixed(0) == 0xE220A8397B1DCDAF
    assert reference.mixed(0x9E3779B97F4A7C15) == 0x6E789E6AA1B965F4


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"q": 3.0}, "q must lie"), ({"q": float("nan")}, "q must lie"), ({"depth": 0}, "depth"),
        ({"rate": -1.0}, "rate must be positive"), ({"rate": float("inf")}, "rate must be positive"),
        ({"coupled": -1.0}, "decay"), ({"decoupled": float("nan")}, "decay"), ({"batch": 7}, "batch"),
        ({"batch": -1}, "batch"), ({"adam": Adam(beta1=1.0)}, "beta1"), ({"adam": Adam(beta2=-0.1)}, "beta2"),
        ({"smallest": 0.1}, "q = 1 alone"), ({"q": 1.0, "smallest": -0.1}, "smallest"),
        ({"rescaled": True}, "exponential loss alone"),
        ({"adam": Adam(epsilon=0.0)}, "epsilon"), ({"adam": Adam(), "q": 1.0}, "Adam has no q"),
    ],
)  # fmt: skip
def test_bad_settings_are_told(change: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Sweep(cases.DATA, [replace(Setting(2.0, 2, 1e-2), **change)])


def test_shapes_that_do_not_fit_are_told() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        Data(np.zeros((2, 3, 4)), np.zeros(5), (1, 2))
    with pytest.raises(ValueError, match="seeds"):
        Data(np.zeros((2, 3, 4)), np.zeros(4), (1,))
    with pytest.raises(ValueError, match="finite"):
        Data(np.full((1, 3, 4), np.inf), np.zeros(4), (1,))
    with pytest.raises(ValueError, match="finite"):
        Data(np.zeros((1, 3, 4)), np.full(4, np.nan), (1,))
    with pytest.raises(ValueError, match="a loss is one of"):
        Data(np.zeros((1, 3, 4)), np.zeros(4), (1,), "hinge")
    with pytest.raises(ValueError, match="no truth"):
        Data(np.zeros((1, 3, 4)), np.ones(4), (1,), "exponential")
    with pytest.raises(ValueError, match="one setting or more"):
        Sweep(cases.DATA, [])
    sweep = Sweep(cases.DATA, [Setting(2.0, 2, 1e-2)])
    for weights in (np.zeros((1, 2, 8)), sweep.start(0.1).astype(np.float32), sweep.start(0.1)[:, ::-1]):
        with pytest.raises(ValueError, match="doubles of shape"):
            sweep.advance(weights, 0, 1)
    with pytest.raises(ValueError, match="not negative"):
        sweep.advance(sweep.start(0.1), -1, 1)


def test_without_numba_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "numerics.sweep.kernel", raising=False)
    monkeypatch.delattr("numerics.sweep.kernel", raising=False)
    for name in ("numba", "llvmlite"):
        monkeypatch.setitem(sys.modules, name, None)
    sweep = Sweep(cases.DATA, [Setting(2.0, 2, 1e-2)])
    with pytest.raises(NoKernel, match=r"pip install 'mirrorproof\[simulate\]'"):
        sweep.advance(sweep.start(0.1), 0, 1)

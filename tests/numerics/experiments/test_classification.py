"""Separable data: every lane moves as the plain loop of its optimizer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from numerics.experiments import ExperimentError, experiment, run
from numerics.experiments import classification as cls
from numerics.experiments import ns_figure_4 as figure
from numerics.experiments.checkpoints import digest
from numerics.experiments.settings import checked
from numerics.sweep import NoKernel
from numerics.sweep import sweep as lanes

TRUTH = np.array([1.0, 1.0, 0.0, 0.0, 0.0, 0.0])
DATA = cls.Data.gaussian((4, 5), 6, 9, TRUTH)
RATE, STEPS = 0.01, 30


def plain(seed: int, depth: int, name: str) -> np.ndarray:
    """What a reader would write for one network and one optimizer."""
    w = np.full((depth, 6), 0.3)
    w[0] = 0.0
    signed = DATA.signed[seed]
    m, v = np.zeros_like(w), np.zeros_like(w)
    for t in range(1, STEPS + 1):
        each = np.exp(-signed @ np.prod(w, axis=0))
        g_x = -(each @ signed) / len(signed)
        g = np.array([g_x * np.prod(np.delete(w, i, axis=0), axis=0) for i in range(depth)])
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        adam = (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        w = w - RATE * {"sign": np.sign(g), "sign_exact": np.sign(g), "gd": g, "adam": adam}[name]
    return w


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_all_lanes_move_as_the_plain_loops(depth: int) -> None:
    w = np.full((depth, 4, 2, 6), 0.3)
    w[0] = 0.0
    adam = cls.Adam(np.zeros((depth, 2, 6)), np.zeros((depth, 2, 6)), 0.9, 0.999, 1e-8)
    cls.descend(w, adam, DATA, RATE, 0.0, 0, 10)
    cls.descend(w, adam, DATA, RATE, 0.0, 10, STEPS - 10)
    for o, name in enumerate(cls.OPTIMIZERS):
        for seed in range(2):
            assert w[:, o, seed] == pytest.approx(plain(seed, depth, name), abs=1e-10), name


def test_the_loss_is_carried_far_below_the_doubles() -> None:
    margin = np.array([[[5000.0], [6000.0]]])
    assert cls.log_loss(margin)[0, 0] == pytest.approx(-5000 - np.log(2))
    assert np.all(np.isfinite(cls.unit_gradient(margin, cls.Data(np.ones((1, 2, 3))))))


def test_the_experiment_measures_every_depth_and_optimizer(tmp_path: Path) -> None:
    file = tmp_path / "small.toml"
    file.write_text("samples = 10\nfeatures = 8\nsteps = 200\nrecord_every = 50\nseeds = [1, 2]\ndepths = [2, 10]\n")
    found = run(experiment("ns-figure-4"), tmp_path, settings_file=file)
    assert found is not None
    measured = found.outcome.measured
    assert {"outside_sign_10", "outside_sign_2", "loss_gd_10", "outside_adam_10", "outside_adam_2"} <= measured.keys()
    assert measured["loss_gd_10"] == pytest.approx([1.0, 1.0], abs=1e-9)


def ends(folder: Path, monkeypatch: pytest.MonkeyPatch | None = None) -> dict:
    """A small run's results, by NumPy where a patch is given."""
    folder.mkdir()
    file = folder / "small.toml"
    file.write_text("samples = 12\nfeatures = 8\nsteps = 400\nrecord_every = 50\nseeds = [1, 2]\ndepths = [1, 2, 3]\n")
    if monkeypatch:
        monkeypatch.setattr(figure, "engine", lambda: "numpy")
    found = run(experiment("ns-figure-4"), folder, settings_file=file)
    assert found is not None
    return found.results


def test_both_engines_measure_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba", reason="numba is not installed: pip install .[simulate]")
    compiled, plain = ends(tmp_path / "compiled"), ends(tmp_path / "numpy", monkeypatch)
    assert compiled["notes"][0] == "engine: compiled" and plain["notes"][0] == "engine: numpy"
    for name, values in plain["measured"].items():
        assert compiled["measured"][name] == pytest.approx(values, rel=1e-7, abs=1e-9), name


def test_a_run_stays_on_its_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba", reason="numba is not installed: pip install .[simulate]")
    chosen = experiment("ns-figure-4")
    settings = checked(chosen.kind, {"steps": 200, "features": 6, "samples": 5, "depths": [2], "seeds": [3]})
    whole, state = chosen.start(settings), chosen.start(settings)
    chosen.advance(settings, whole, 0, 2)
    chosen.advance(settings, state, 0, 1)
    monkeypatch.setattr(figure, "engine", lambda: "numpy")
    chosen.advance(settings, state, 1, 1)
    assert digest(state) == digest(whole)

    def missing() -> None:
        raise NoKernel("sweeps need numba")

    monkeypatch.setattr(lanes, "kernel", missing)
    with pytest.raises(ExperimentError, match="need numba"):
        chosen.advance(settings, state, 0, 1)

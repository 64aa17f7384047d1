"""Networks and one weight under mirror flow as experiments: stopped and taken up, drawn, and broken on purpose."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from numerics.experiments import SettingsError, experiment, run
from numerics.experiments.plots import NoPlots, draw
from numerics.networks import MirrorFlow
from numerics.networks.one_weight import OneWeight

NETWORKS = """
networks = ["1-2-2 linear", "1-2-2 square"]
potentials = ["entropy", "smoothed-3", "mixed"]
seeds = [7]
samples = 2
goal = 8.0
steps = 1500
stretches = 40
"""
RATES = """
layers = [1, 2]
degrees = ["3"]
levels = [10, 100, 1000]
gaps = 4
counts = [100, 1000]
"""


def measured(name: str, text: str, folder: Path) -> dict[str, list[float]]:
    file = folder / "settings.toml"
    file.write_text(text)
    found = run(experiment(name), folder / "out", settings_file=file)
    assert found is not None
    return found.outcome.measured


def test_the_laws_are_measured_and_a_broken_metric_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sound").mkdir()
    (tmp_path / "broken").mkdir()
    sound = measured("mf-networks", NETWORKS, tmp_path / "sound")
    laws = ("balance_entropy", "balance_smoothed", "balance_mixed", "balance_squared")
    assert all(sound[name][0] < 1e-9 for name in laws)
    assert sound["soft_rise"][0] >= -1e-9 and sound["balance_squared_printed"][0] > 0.01
    kept = MirrorFlow.velocity

    def without_metric(self: MirrorFlow, theta: np.ndarray, signs: np.ndarray) -> np.ndarray:
        return kept(self, theta, signs) * self.hessian(theta)

    monkeypatch.setattr(MirrorFlow, "velocity", without_metric)
    broken = measured("mf-networks", NETWORKS, tmp_path / "broken")
    assert all(broken[name][0] > 1e-3 for name in laws)


@pytest.mark.slow
def test_stopped_and_taken_up_it_ends_the_same(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(NETWORKS.replace('"1-2-2 linear", ', ""))
    chosen = experiment("mf-networks")
    whole = run(chosen, tmp_path / "a", settings_file=file)
    stops = iter([True, True, *[False] * 20])
    found, turns = None, 0
    while found is None:
        turns += 1
        found = run(chosen, tmp_path / "b", settings_file=file, stop=lambda: next(stops))
    assert whole is not None and turns == 3
    assert found.results["state"] == whole.results["state"] and found.results["lines"] == whole.results["lines"]
    try:
        assert draw(chosen, found.outcome, tmp_path / "b").stat().st_size > 1000
    except NoPlots:
        pytest.fail("the development extra has matplotlib")


def test_rates_are_within_their_budgets_and_a_slow_clock_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = measured("mf-rates", RATES, tmp_path)
    groups = ("one", "between", "two", "above")
    assert all(sound[f"{kind}_spare_{g}"][0] >= 0 for kind in ("power", "constant", "dual") for g in groups)
    assert sound["gap_loss_by_time"][0] <= np.log(2) - 4
    assert sound["equal_spare"][0] >= 0 and abs(sound["equal_power"][0] - 1) < 0.05
    exact = OneWeight.log_time
    monkeypatch.setattr(OneWeight, "log_time", lambda self, z: exact(self, z) - float(np.log(z)))
    broken = measured("mf-rates", RATES, tmp_path / "out")
    assert all(broken[f"power_spare_{g}"][0] < 0 and broken[f"constant_spare_{g}"][0] < 0 for g in groups)


def test_directions_come_near_a_kkt_point_and_without_the_metric_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = measured("mf-entropy", "seeds = [3]\nsamples = 2\nlevels = [6.0, 300.0]\n", tmp_path)
    assert sound["kkt_300"][0] < 0.05 < sound["kkt_6"][0]
    kept = MirrorFlow.velocity
    monkeypatch.setattr(MirrorFlow, "velocity", lambda self, w, signs: kept(self, w, signs) * self.hessian(w))
    broken = measured("mf-entropy", "seeds = [3]\nsamples = 2\nlevels = [6.0, 300.0]\n", tmp_path / "out")
    assert broken["kkt_300"][0] > 0.05


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("mf-networks", 'networks = ["1-2-2 tanh"]'), ("mf-networks", 'networks = ["2-2 linear"]'),
        ("mf-networks", 'potentials = ["cubic"]'), ("mf-networks", 'potentials = ["entropy hinge"]'),
        ("mf-networks", "goal = 1.0"), ("mf-networks", 'smoothing = "0"'),
        ("mf-entropy", 'network = "1-3-2 relu"'), ("mf-entropy", "levels = [10.0, 9.0]"),
        ("mf-rates", "levels = [100, 10]"), ("mf-rates", "gaps = 1"), ("mf-rates", "layers = [0]"),
        ("mf-rates", "difference = 1.5"),
    ],
)  # fmt: skip
def test_settings_that_make_no_sense_are_refused(name: str, line: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        measured(name, line + "\n", tmp_path)

"""Figures 7 to 10 and Table 4 at small size: the quantities that are measured are what their names say."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from numerics.experiments import ExperimentError, SettingsError, experiment, run
from numerics.experiments.ns_figure_7 import sweeps
from numerics.experiments.ns_table_4 import PRINTED, off_balance, sweep
from numerics.experiments.plots import draw
from numerics.experiments.running import Run
from numerics.experiments.settings import checked
from numerics.sweep import NoKernel
from numerics.sweep import sweep as module

pytest.importorskip("numba", reason="numba is not installed: pip install .[simulate]")
FIGURE, TABLE = experiment("ns-figure-7"), experiment("ns-table-4")
SMALL = {
    "ns-figure-7": "samples = [8, 4]\nbatches = [0, 2]\nfeatures = 10\nsupport = 2\ndepths = [1, 2]\nrate = 1e-3\n"
    "steps = 60\nseeds = [1, 2]\nrecord_every = 20\n",
    "ns-table-4": "samples = 8\nfeatures = 10\nsupport = 2\ndepths = [1, 2, 10]\nrate = 1e-3\nsteps = 60\n"
    "seeds = [1, 2]\npart_steps = 20\n",
}
SPOKEN_OF = {
    "ns-figure-7": [
        "distance_start", "distance_gd_1", "distance_gd_2", "distance_gd_10", "distance_sign_1", "distance_sign_10",
        "distance_sign_10_batch_5", "distance_sign_10_k40", "distance_sign_10_k40_batch_5",
    ],
    "ns-table-4": [
        *(f"balance_{kind}_1e{k}" for kind in ("coupled", "decoupled") for k in (4, 3, 2)),
        "truth_decoupled_1e2", "truth_coupled_1e2", "truth_decoupled_1e2_depth_2",
    ],
}  # fmt: skip


def small(name: str, folder: Path, text: str = "", **options: object) -> Run | None:
    folder.mkdir(exist_ok=True)
    file = folder / "small.toml"
    file.write_text(text or SMALL[name])
    return run(experiment(name), folder, settings_file=file, **options)  # type: ignore[arg-type]


def done(name: str, folder: Path) -> Run:
    found = small(name, folder)
    assert found is not None
    return found


@pytest.mark.parametrize("chosen", [FIGURE, TABLE], ids=lambda e: e.name)
def test_what_the_claims_speak_of_is_measured(chosen) -> None:
    settings = checked(chosen.kind, {"steps": 2000})
    found = chosen.outcome(settings, chosen.start(settings)).measured
    assert set(SPOKEN_OF[chosen.name]) <= found.keys()
    assert all(len(values) == len(settings.seeds) for values in found.values())


def test_distances_at_the_start_and_at_the_end(tmp_path: Path) -> None:
    found = done("ns-figure-7", tmp_path)
    measured = found.outcome.measured
    assert measured["distance_start"] == [2.0, 2.0]
    assert len(measured) == 1 + 3 * (2 * 2 * 2 * 3)
    assert measured["distance_gd_1"] != measured["distance_gd_1_k4"] != measured["distance_gd_1_k4_batch_2"]


def test_the_least_squares_solution_is_where_depth_one_ends() -> None:
    settings = checked(FIGURE.kind, {"samples": [8], "features": 12, "support": 2, "depths": [1], "batches": [0],
                                     "indices": [2.0], "rate": 0.1, "steps": 4000, "seeds": [3]})  # fmt: skip
    state = FIGURE.start(settings)
    FIGURE.advance(settings, state, 0, 2)
    data = sweeps(settings)[8].data
    z = data.samples[0]
    nearest = np.linalg.pinv(z) @ (z @ data.truth)
    measured = FIGURE.outcome(settings, state).measured
    assert measured["distance_gd_1"][0] == pytest.approx(np.abs(nearest - data.truth).sum(), rel=1e-6)
    assert measured["distance_l2_gd_1"][0] == pytest.approx(np.linalg.norm(nearest - data.truth), rel=1e-6)
    assert measured["loss_gd_1"][0] < 1e-12


@pytest.mark.parametrize("name", SMALL)
def test_a_stopped_run_ends_bitwise_the_same(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = done(name, tmp_path / "whole").results
    monkeypatch.setattr(type(experiment(name)), "part", lambda self, s: 1)
    assert small(name, tmp_path / "cut", stop=lambda: True) is None
    again = small(name, tmp_path / "cut")
    assert again is not None and again.results["state"] == whole["state"]
    assert again.results["measured"] == whole["measured"]


@pytest.mark.parametrize("name", SMALL)
def test_a_figure_is_drawn_the_same_twice(name: str, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    outcome = done(name, tmp_path).outcome
    first = draw(experiment(name), outcome, tmp_path).read_bytes()
    assert first == draw(experiment(name), outcome, tmp_path).read_bytes()


def test_the_balance_is_measured_against_the_decayed_one() -> None:
    settings = checked(TABLE.kind, {"samples": 8, "features": 10, "support": 2, "seeds": [1], "steps": 20_000,
                                    "strengths": [1e-1], "depths": [2]})  # fmt: skip
    state = TABLE.start(settings)
    TABLE.advance(settings, state, 0, 10)
    measured = TABLE.outcome(settings, state).measured
    assert measured["balance_none"][0] == measured["kept_none"][0] < 1e-3
    assert measured["balance_decoupled_1e1"][0] < 1e-3 < 1e-2 < measured["kept_decoupled_1e1"][0]
    layers = sweep(settings).layers(state["weights"], 2)
    assert off_balance(layers, settings, 0.1, settings.steps)[0] == pytest.approx(
        np.mean(np.abs(np.abs(layers[0, 0]) - np.abs(layers[0, 1]) + 0.1 * np.exp(-0.1 * 2.0)))
    )


def test_a_scaled_loss_matters_to_coupled_decay_as_it_does_in_the_plain_step() -> None:
    settings = checked(TABLE.kind, {"samples": 8, "features": 10, "support": 2, "seeds": [1], "depths": [2],
                                    "strengths": [1e-1], "loss_scales": [1.0, 16.0]})  # fmt: skip
    state = TABLE.start(settings)
    TABLE.advance(settings, state, 0, 1)
    at = {settings.name(row): sweep(settings).layers(state["weights"], m)[0] for m, row in enumerate(settings.rows)}
    z, truth = sweep(settings).data.samples[0], sweep(settings).data.truth
    w = np.array([np.zeros(10), np.full(10, settings.scale)])
    for _ in range(settings.part_steps):
        g = z.T @ (z @ (w[0] * w[1] - truth)) * 16.0 / 8
        w = w - settings.rate * np.sign(g * w[::-1] + 0.1 * w)
    assert at["coupled_1e1_loss_16"] == pytest.approx(w, abs=1e-12)
    assert np.max(np.abs(at["coupled_1e1"] - w)) > 1e-2


def test_printed_numbers_have_no_misfit_with_themselves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = checked(TABLE.kind, {})
    found = type(TABLE.outcome(settings, TABLE.start(settings)))({}, {})
    kinds = {"none": "none", "first": "decoupled_", "second": "coupled_"}
    for (depth, column, a), values in PRINTED.items():
        name = kinds[column] + (f"1e{round(-np.log10(a))}" if a else "") + (f"_depth_{depth}" if depth != 10 else "")
        found.measured |= {f"balance_{name}": [values[0]], f"truth_{name}": [values[1]]}
    TABLE._compare(settings, found)  # type: ignore[attr-defined]
    for kind, depth in (("truth", 1), ("truth", 2), ("truth", 10), ("balance", 2), ("balance", 10)):
        assert found.measured[f"misfit_{kind}_text_depth_{depth}"] == [0.0]
        assert found.measured[f"misfit_{kind}_algorithms_depth_{depth}"][0] > 0.01
    state = {kind: np.full((3, len(settings.rows), 1), np.nan) for kind in ("balance", "truth")}
    names = [settings.name(row) for row in settings.rows]
    for kind, path in state.items():
        path[2] = 7.0
        path[1] = np.array([found.measured[f"{kind}_{name.replace('_loss_160', '')}"] for name in names])
    TABLE._fit(settings, state, found)  # type: ignore[attr-defined]
    assert found.measured["least_misfit_truth_text_depth_10"] == [0.0]
    assert found.measured["least_misfit_truth_text_loss_160_depth_10"] == [0.0]
    assert found.measured["best_steps_truth_text_depth_10"] == [settings.part_steps]
    assert found.measured["least_misfit_balance_algorithms_depth_2"][0] > 0.01
    assert "misfit_balance_text_depth_1" not in found.measured, "the printed balances of depth 1 are zero"


def test_without_numba_the_run_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise NoKernel("sweeps need numba")

    monkeypatch.setattr(module, "kernel", missing)
    for name in SMALL:
        with pytest.raises(ExperimentError, match="need numba"):
            small(name, tmp_path / name)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("ns-figure-7", "batches = [50]", "batches"), ("ns-figure-7", "steps = 1999", "multiple"),
        ("ns-figure-7", "indices = [3.0]", "indices"), ("ns-figure-7", "rate = 0", "rate"),
        ("ns-table-4", "strengths = [1e-4, 1.1e-4]", "one digit"), ("ns-table-4", "strengths = [2.0]", "strengths"),
        ("ns-table-4", "loss_scales = [0.0]", "positive"), ("ns-table-4", "loss_scales = [2.0]", "hold 1"),
        ("ns-table-4", "index = 2.0", "index 1 alone"),
        ("ns-table-4", "seeds = [1, 1]", "seeds must differ"), ("ns-table-4", "index = 0.5", "index"),
    ],
)  # fmt: skip
def test_bad_settings_are_one_clear_line(name: str, text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=message):
        small(name, tmp_path, text)


def test_a_step_that_diverges_is_recorded(tmp_path: Path) -> None:
    found = small("ns-figure-7", tmp_path, SMALL["ns-figure-7"].replace("rate = 1e-3", "rate = 50.0"))
    assert found is not None and any("diverged" in note for note in found.results["notes"])
    json.loads(found.file.read_text(), parse_constant=lambda c: pytest.fail(c))

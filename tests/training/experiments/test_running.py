"""Cells that are interrupted, killed, fail or meet a full disk: nothing is lost, and the end is bitwise the same."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from numerics.experiments.checkpoints import CheckpointError
from numerics.experiments.running import ExperimentError
from numerics.experiments.settings import SettingsError
from training.data.places import Missing
from training.experiments import NAMES, running
from training.experiments.running import train
from verify.runner import pool

TARGET = "tests.training.experiments.tiny"
CELLS = ["sgd-1", "sgd-2", "adam-1", "adam-2"]


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NAMES, "tiny", TARGET)


@pytest.fixture
def go(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Train with these settings in a folder; the results."""

    def make(folder: str = "run", text: str = "", **more: Any) -> dict[str, Any]:
        file = tmp_path / f"{folder}.toml"
        file.write_text(text)
        found = train("tiny", tmp_path / folder, settings_file=file, **more)
        assert found is not None
        return found.results

    return make


def same(results: dict[str, Any]) -> dict[str, Any]:
    """What must not depend on how the run went."""
    cells = {key: cell.get("state") for key, cell in results["cells"].items()}
    return {key: results[key] for key in ("measured", "lines", "notes", "state")} | {"cells": cells}


def test_results_say_what_was_found_and_where(go, tmp_path: Path) -> None:
    found = go()
    assert found["measured"].keys() == {"l1_sgd", "l1_adam"} and found["seeds"] == [1, 2]
    assert len({len(v) for v in found["measured"].values()}) == 1
    assert list(found["cells"]) == CELLS
    provenance = found["provenance"]
    assert {"torch", "safetensors", "python"} <= provenance["versions"].keys()
    assert {"date", "device", "code", "threads", "fingerprint"} <= provenance.keys()
    assert found["processor"] > 0 and found == json.loads((tmp_path / "run" / "results.json").read_text())
    rows = [json.loads(line) for line in (tmp_path / "run/cells/adam-1.jsonl").read_text().splitlines()]
    assert [(row["unit"], row["of"]) for row in rows] == [(k, 6) for k in range(1, 7)]
    assert [float(f"{row['loss']:.9g}") for row in rows] == found["lines"]["adam-1"]["y"]
    assert not list((tmp_path / "run/cells").glob("*.safetensors*"))


def test_the_end_does_not_depend_on_interruptions_or_processes(go, tmp_path: Path) -> None:
    undisturbed = same(go("a"))
    file = tmp_path / "b.toml"
    file.write_text("")
    turns = 0
    while train("tiny", tmp_path / "b", settings_file=file, stop=lambda: True) is None:
        turns += 1
    assert turns >= 20
    assert same(go("b")) == undisturbed
    assert same(go("c", pool=pool, workers=2)) == undisturbed
    assert same(go("d", "seeds = [2, 1]"))["state"] != undisturbed["state"]


def to_its_end(folder: Path, settings: Path, jobs: int) -> None:
    more: dict[str, Any] = {"pool": pool, "workers": jobs} if jobs > 1 else {}
    train("tiny", folder, settings_file=settings, checkpoint_seconds=0.0, **more)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_run_that_was_killed_goes_on_and_ends_bitwise_the_same(go, tmp_path: Path, jobs: int) -> None:
    text = "epochs = 8\npause = 0.02\n"
    settings, folder = tmp_path / "killed.toml", tmp_path / "killed"
    settings.write_text(text)
    child = multiprocessing.get_context("fork").Process(target=to_its_end, args=(folder, settings, jobs))
    child.start()
    until = time.monotonic() + 60
    while child.is_alive() and time.monotonic() < until:
        if list((folder / "cells").glob("adam-*.safetensors.previous")):
            break
        time.sleep(0.005)
    child.kill()
    child.join()
    assert child.exitcode == -signal.SIGKILL and not (folder / "results.json").exists()
    taken_up = go("killed", text)
    undisturbed = go("undisturbed", text)
    assert same(taken_up) == same(undisturbed)
    assert taken_up["cells"]["sgd-1"]["state"] == undisturbed["cells"]["sgd-1"]["state"] != ""


FAULTS = {
    "nan": "the loss is nan after unit 3 of 6", "diverged": "weights are not finite", "memory": "out of memory",
    "shape": "RuntimeError", "gpu": "CUDA error", "accelerator": "AcceleratorError: device-side assert triggered",
    "weights": "is of shape (0,",
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_cell_that_fails_is_recorded_and_the_others_go_on(go, tmp_path: Path, fault: str) -> None:
    found = go("run", f"fault = '{fault}'")
    assert FAULTS[fault] in found["cells"]["adam-2"]["failure"]
    assert found["measured"]["l1_adam"][1] is None and None not in found["measured"]["l1_sgd"]
    assert any(note.startswith("adam, seed 2: failed: ") and FAULTS[fault] in note for note in found["notes"])
    assert found["cells"]["adam-1"]["state"] == go("whole")["cells"]["adam-1"]["state"]


def test_an_optimizer_that_climbs_is_noticed(go) -> None:
    found = go("run", "fault = 'climbs'")
    assert "the loss is" in found["cells"]["adam-2"]["failure"]


def test_a_failure_of_the_machine_is_tried_again_and_one_of_the_cell_is_not(go, monkeypatch) -> None:
    for fault, again in {"memory": True, "gpu": True, "accelerator": True, "nan": False, "shape": False}.items():
        go(fault, f"fault = '{fault}'")
        monkeypatch.setattr(f"{TARGET}.Course.fail", lambda self, loss: loss)
        taken_up = go(fault, f"fault = '{fault}'")
        monkeypatch.undo()
        monkeypatch.setitem(NAMES, "tiny", TARGET)
        assert ("failure" in taken_up["cells"]["adam-2"]) is not again


def test_a_process_that_is_lost_costs_its_cell_alone(go, tmp_path: Path) -> None:
    spread = {"pool": pool, "workers": 2}
    found = go("run", "fault = 'killed'", **spread)
    assert "process was lost twice" in found["cells"]["adam-2"]["failure"]
    assert [key for key, cell in found["cells"].items() if "failure" in cell] == ["adam-2"]
    once = go("once", f"fault = 'killed once'\nfile = '{tmp_path / 'flag'}'", **spread)
    assert not any("failure" in cell for cell in once["cells"].values())
    for fault in ("gpu", "accelerator"):
        cells = go(fault, f"fault = '{fault}'", **spread)["cells"]
        assert FAULTS[fault] in cells["adam-2"]["failure"]
        assert [key for key, cell in cells.items() if "failure" in cell] == ["adam-2"]


def test_a_run_of_which_every_cell_fails_is_no_result(go, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(f"{TARGET}.Course.advance", lambda self, unit: {"loss": float("inf")})
    with pytest.raises(ExperimentError, match="every cell failed; sgd, seed 1: failed: the loss is inf"):
        go("run")
    assert not (tmp_path / "run" / "results.json").exists()


def test_missing_data_are_told_with_every_place_and_the_mend(go, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv("MIRRORPROOF_DATA", raising=False)
    for data, looked in ((None, "--data DIR"), (tmp_path, f"{tmp_path}/images.bin, {tmp_path}/images.txt")):
        with pytest.raises(Missing) as told:
            go("run", "fault = 'missing'", data=data)
        assert looked in str(told.value) and "MIRRORPROOF_DATA" in str(told.value) and "\n" not in str(told.value)
    with pytest.raises(Missing, match="is no folder"):
        go("run", "fault = 'missing'", data=tmp_path / "none", pool=pool, workers=2)
    (tmp_path / "images.txt").write_text("here")
    assert go("run", "fault = 'missing'", data=tmp_path)["cells"].keys() == set(CELLS)


def begun(folder: Path, settings: Path, units: int = 3) -> Path:
    """A run that was left within its first cell; its checkpoint."""
    asked = iter([False] * (units - 1) + [True])
    assert train("tiny", folder, settings_file=settings, stop=lambda: next(asked), checkpoint_seconds=0.0) is None
    return folder / "cells" / "sgd-1.safetensors"


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    file = tmp_path / "run.toml"
    file.write_text("")
    return file


def test_a_damaged_checkpoint_is_told_and_the_one_before_is_used(go, tmp_path: Path, settings: Path) -> None:
    checkpoint = begun(tmp_path / "run", settings)
    raw = bytearray(checkpoint.read_bytes())
    raw[-3] ^= 1  # one bit of one weight
    checkpoint.write_bytes(raw)
    assert same(go("run")) == same(go("whole"))
    checkpoint = begun(tmp_path / "again", settings)
    for file in (checkpoint, checkpoint.with_name(checkpoint.name + ".previous")):
        file.write_bytes(file.read_bytes()[:-7])
    with pytest.raises(CheckpointError, match=r"sgd-1\.safetensors: the checkpoint is damaged") as told:
        go("again")
    assert "\n" not in str(told.value)
    assert same(go("again", fresh=True)) == same(go("whole"))


def test_a_checkpoint_or_a_cell_of_another_run_is_refused(go, tmp_path: Path, settings: Path) -> None:
    checkpoint = begun(tmp_path / "run", settings)
    with pytest.raises(CheckpointError, match="other settings"):
        go("run", "rate = 0.1")
    checkpoint.rename(checkpoint.with_name("adam-1.safetensors"))
    with pytest.raises(CheckpointError, match="is of sgd-1"):
        go("run")
    go("done")
    with pytest.raises(CheckpointError, match="other settings"):
        go("done", "rate = 0.1")
    record = tmp_path / "done/cells/sgd-2.json"
    record.write_bytes((tmp_path / "done/cells/sgd-1.json").read_bytes())
    with pytest.raises(CheckpointError, match=r"sgd-2\.json: the record is of sgd-1"):
        go("done")
    record.write_text("{}")
    with pytest.raises(CheckpointError, match=r"sgd-2\.json: the record of the cell is damaged"):
        go("done")


def test_seeds_can_be_added_and_the_cells_that_are_there_stay(go, monkeypatch) -> None:
    go("run")
    seen: list[str] = []
    more = go("run", "seeds = [1, 2, 3]", progress=lambda done, of, cell: seen.append(cell.cell.key) if cell else None)
    assert seen == ["sgd-3", "adam-3"]
    assert same(more) == same(go("whole", "seeds = [1, 2, 3]"))


def test_a_full_disk_is_one_line_and_the_last_checkpoint_is_kept(
    go, tmp_path: Path, settings: Path, monkeypatch
) -> None:
    checkpoint = begun(tmp_path / "run", settings)
    kept = checkpoint.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ExperimentError, match="No space left on device") as told:
        go("run", checkpoint_seconds=0.0)
    assert "\n" not in str(told.value) and checkpoint.read_bytes() == kept
    monkeypatch.undo()
    monkeypatch.setitem(NAMES, "tiny", TARGET)
    assert same(go("run")) == same(go("whole"))


def test_two_runs_in_one_folder_are_refused(go, tmp_path: Path, settings: Path, monkeypatch) -> None:
    monkeypatch.setattr(running, "LOCK_SECONDS", 0.01)
    asked = iter([True])

    def second() -> bool:
        if not next(asked, False):
            return False
        with pytest.raises(ExperimentError, match="another run is at work here"):
            train("tiny", tmp_path / "run", settings_file=settings)
        return False

    go("run", stop=second)


def test_a_device_or_a_form_that_is_not_there_is_told(go, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(sys, "executable", "true")  # as a process that sees no GPU: it says nothing
    with pytest.raises(SettingsError, match="torch finds no CUDA device"):
        go("run", device="cuda")
    with pytest.raises(SettingsError, match="tiny has no form 'small'"):
        train("tiny", tmp_path / "run")


def test_training_leaves_torch_as_it_was(go) -> None:
    torch.set_num_threads(2)
    torch.manual_seed(5)
    before = torch.get_rng_state()
    go("run")
    assert torch.get_num_threads() == 2 and torch.equal(torch.get_rng_state(), before)
    assert not torch.are_deterministic_algorithms_enabled()


@pytest.mark.parametrize("name", [n for n in NAMES if n != "tiny"])
def test_every_experiment_comes_in_a_small_and_a_full_form(name: str) -> None:
    from numerics.experiments.running import run_name
    from numerics.experiments.settings import read
    from training.experiments import experiment

    chosen = experiment(name)
    known = running.forms(run_name(chosen))
    assert list(known)[:2] == ["small", "full"] and chosen.name == name
    for file in known.values():
        cells = chosen.cells(read(chosen.kind, file))
        assert len({cell.key for cell in cells}) == len(cells) and len({cell.seed for cell in cells}) >= 3

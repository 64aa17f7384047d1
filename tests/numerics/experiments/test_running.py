"""Runs that are stopped, killed, fed bad settings or damaged files: nothing is lost, the end is bitwise the same."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from numerics.experiments import NAMES, ExperimentError, SettingsError, checkpoints, experiment, run
from numerics.experiments.checkpoints import CheckpointError
from numerics.experiments.running import default_settings
from numerics.experiments.settings import read

SMALL = """
samples = 30
features = 8
support = 2
steps = 6000
record_every = 20
rate = 1e-3
seeds = [1, 2]
"""
FIGURE = experiment("ns-figure-1")


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    file = tmp_path / "small.toml"
    file.write_text(SMALL)
    return file


def whole(folder: Path, settings: Path) -> dict:
    found = run(FIGURE, folder, settings_file=settings)
    assert found is not None
    return found.results


def test_a_run_that_was_stopped_ends_bitwise_the_same(tmp_path: Path, settings: Path, monkeypatch) -> None:
    undisturbed = whole(tmp_path / "a", settings)
    monkeypatch.setattr(type(FIGURE), "part", lambda self, s: 7)
    stops = iter([False, True, False, False, True, *[False] * 1000])
    seen: list[int] = []
    turns = 0
    found = None
    while found is None:
        turns += 1
        found = run(FIGURE, tmp_path / "b", settings_file=settings, stop=lambda: next(stops),
                    progress=lambda done, total: seen.append(done))  # fmt: skip
    assert turns == 3
    assert seen == sorted(set(seen)), "no part is done twice"
    assert found.results["state"] == undisturbed["state"]
    assert found.results["lines"] == undisturbed["lines"]


DRIVER = """
import sys
from pathlib import Path
from numerics.experiments import experiment, run
chosen = experiment("ns-figure-1")
type(chosen).part = lambda self, s: 2
run(chosen, Path(sys.argv[1]), settings_file=Path(sys.argv[2]), checkpoint_seconds=0.0)
"""


def test_a_run_that_was_killed_goes_on_and_ends_bitwise_the_same(tmp_path: Path, settings: Path) -> None:
    folder = tmp_path / "killed"
    root = Path(__file__).resolve().parents[3]
    child = subprocess.Popen([sys.executable, "-c", DRIVER, str(folder), str(settings)], cwd=root)
    until = time.monotonic() + 60
    while not (folder / "checkpoint.npz.previous").exists() and child.poll() is None and time.monotonic() < until:
        time.sleep(0.005)
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    assert not (folder / "results.json").exists()
    begun: list[int] = []
    found = run(FIGURE, folder, settings_file=settings, progress=lambda done, total: begun.append(done))
    assert found is not None and begun[0] > 2
    assert found.results["state"] == whole(tmp_path / "undisturbed", settings)["state"]


def test_a_damaged_checkpoint_is_told_and_the_one_before_is_used(tmp_path: Path, settings: Path) -> None:
    stops = iter([False, True])
    FIGURE_part = type(FIGURE).part
    type(FIGURE).part = lambda self, s: 5  # type: ignore[method-assign]
    try:
        run(FIGURE, tmp_path, settings_file=settings, stop=lambda: next(stops), checkpoint_seconds=0.0)
    finally:
        type(FIGURE).part = FIGURE_part  # type: ignore[method-assign]
    file, previous = tmp_path / "checkpoint.npz", tmp_path / "checkpoint.npz.previous"
    file.write_bytes(file.read_bytes()[:-7] + b"garbage")
    assert whole(tmp_path, settings)["state"] == whole(tmp_path / "other", settings)["state"]
    for damaged in (file, previous):
        damaged.write_bytes(b"no checkpoint")
    with pytest.raises(CheckpointError, match="damaged"):
        run(FIGURE, tmp_path, settings_file=settings)
    assert run(FIGURE, tmp_path, settings_file=settings, fresh=True) is not None


def test_a_checkpoint_of_other_settings_is_not_taken_up(tmp_path: Path, settings: Path) -> None:
    whole(tmp_path, settings)
    settings.write_text(SMALL.replace("seeds = [1, 2]", "seeds = [1, 3]"))
    with pytest.raises(CheckpointError, match="other settings"):
        run(FIGURE, tmp_path, settings_file=settings)


def test_a_full_disk_loses_nothing(tmp_path: Path, settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stops = iter([True, False])
    monkeypatch.setattr(type(FIGURE), "part", lambda self, s: 100)
    assert run(FIGURE, tmp_path, settings_file=settings, stop=lambda: next(stops)) is None
    kept = (tmp_path / "checkpoint.npz").read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ExperimentError, match="No space left"):
        run(FIGURE, tmp_path, settings_file=settings)
    assert (tmp_path / "checkpoint.npz").read_bytes() == kept
    assert [f.name for f in tmp_path.iterdir() if f.name.startswith(".")] == []


def test_a_disk_that_fills_up_at_the_end_keeps_the_state(
    tmp_path: Path, settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = checkpoints.write_whole

    def full(file: Path, content: bytes, **options: bool) -> None:
        if file.name == "results.json":
            raise OSError(errno.ENOSPC, "No space left on device")
        real(file, content, **options)

    monkeypatch.setattr(checkpoints, "write_whole", full)
    with pytest.raises(ExperimentError, match=r"results\.json: No space left") as told:
        run(FIGURE, tmp_path, settings_file=settings)
    assert "\n" not in str(told.value) and not (tmp_path / "results.json").exists()
    monkeypatch.setattr(checkpoints, "write_whole", real)
    monkeypatch.setattr(type(FIGURE), "advance", lambda *a, **k: pytest.fail("nothing is left to do"))
    assert run(FIGURE, tmp_path, settings_file=settings) is not None


def test_settings_that_no_memory_holds_are_one_clear_line(tmp_path: Path, settings: Path) -> None:
    settings.write_text(SMALL.replace("features = 8", f"features = {10**12}"))
    with pytest.raises(ExperimentError, match="no run can begin with these settings") as told:
        run(FIGURE, tmp_path, settings_file=settings)
    assert "\n" not in str(told.value) and not (tmp_path / "checkpoint.npz").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rate = -1e-4", "rate must be positive"), ("rate = 0", "rate must be positive"),
        ("indices = [1.0, 3.0]", "lie in"), ("indices = 2.0", "list"), ("indices = []", "one or more"),
        ("step = 5", "did you mean 'steps'"), ("steps = 10.5", "of the kind int"), ("steps = true", "of the kind int"),
        ("steps = 150", "multiple"), ("support = 200", "support"), ("rate = ", "small.toml"),
        ("seeds = [1, 1]", "differ"), ("depth = 0", "depth"), ("samples = 0", "samples"),
        ('rate = "fast"', "of the kind float"), ("rate = inf", "rate must be finite"), ("scale = nan", "scale must be"),
        ("indices = [1.0, nan]", "must be finite"), (f"seeds = [{2**64}]", "must lie between"),
        (f"steps = {10**30}", "must lie between"),
    ],
)  # fmt: skip
def test_bad_settings_are_one_clear_line(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "small.toml"
    file.write_text(text)
    with pytest.raises(SettingsError, match=message) as told:
        run(FIGURE, tmp_path, settings_file=file)
    assert "\n" not in str(told.value)


def test_a_missing_file_of_settings_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        run(FIGURE, tmp_path, settings_file=tmp_path / "none.toml")


def test_a_step_that_diverges_is_recorded(tmp_path: Path, settings: Path) -> None:
    settings.write_text(SMALL.replace("rate = 1e-3", "rate = 5.0"))
    results = whole(tmp_path, settings)
    assert any("diverged" in note for note in results["notes"])
    assert None in results["measured"]["log10_loss_gd"]
    json.loads((tmp_path / "results.json").read_text(), parse_constant=lambda c: pytest.fail(c))


@pytest.mark.parametrize("name", NAMES)
def test_every_experiment_states_all_its_settings(name: str) -> None:
    import tomllib

    chosen = experiment(name)
    stated = tomllib.loads(default_settings(chosen).read_text())
    assert set(stated) == set(chosen.kind.__dataclass_fields__)
    assert read(chosen.kind, default_settings(chosen)) == chosen.kind()


def test_results_name_what_produced_them(tmp_path: Path, settings: Path) -> None:
    results = whole(tmp_path, settings)
    assert results["seeds"] == [1, 2] and results["settings"]["depth"] == 3
    assert {"date", "device", "versions", "code"} <= results["provenance"].keys()
    assert all(len(values) == 2 for values in results["measured"].values())

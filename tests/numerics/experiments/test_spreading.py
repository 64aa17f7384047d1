"""Shares of seeds, cut into legs and joined again, end bitwise where the undivided run ends."""

from __future__ import annotations

import dataclasses
import json
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from numerics.experiments import ExperimentError, experiment, run
from numerics.experiments.checkpoints import CheckpointError
from numerics.experiments.running import Experiment
from numerics.experiments.spreading import SHARES, Wanted, join, leg, spread

SMALL = {
    "ns-figure-1": "samples = 30\nfeatures = 9\nsupport = 2\nsteps = 900\nrecord_every = 20\nseeds = [4, 1, 2]\n",
    "ns-figure-4": "samples = 12\nfeatures = 9\ndepths = [2, 3]\nsteps = 300\nrecord_every = 20\nseeds = [4, 1, 2]\n",
    "ns-figure-2": "exponents = [0.5, 1.5]\ndepths = 3\ntolerance = 1e-6\n",
}  # fmt: skip


class Here(ThreadPoolExecutor):
    """One thread that counts what it is given."""

    def __init__(self) -> None:
        super().__init__(1)
        self.seeds: list[Any] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.seeds.append(getattr(args[1], "seeds", None))
        return super().submit(fn, *args, **kwargs)


@pytest.fixture
def wanted(tmp_path: Path):
    def make(name: str, folder: str = "spread") -> Wanted:
        file = tmp_path / f"{name}.toml"
        file.write_text(SMALL[name])
        return Wanted(experiment(name), tmp_path / folder / name, file)

    return make


def local(w: Wanted) -> dict[str, Any]:
    found = run(w.experiment, w.folder, settings_file=w.settings_file)
    assert found is not None
    return timeless(found.results)


def timeless(results: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in results.items() if key not in ("seconds", "provenance")}


@pytest.mark.parametrize("name", SMALL)
def test_the_end_is_that_of_the_undivided_run(name: str, wanted) -> None:
    told: list[int] = []
    with Here() as executor:
        found = spread([wanted(name)], executor, leg_seconds=0.0, progress=lambda done, total: told.append(done))
    assert found is not None and timeless(found[0].results) == local(wanted(name, "local"))
    assert told == sorted(set(told)), "no part is done twice"
    assert {len(s) for s in executor.seeds if s} <= {1} and len(executor.seeds) >= 3
    assert json.loads(found[0].file.read_text()) == found[0].results
    assert not (wanted(name).folder / SHARES).exists()
    assert local(wanted(name)) == timeless(found[0].results), "a local run finds it done"


def test_what_was_left_goes_on(wanted) -> None:
    runs, seen = [wanted("ns-figure-1"), wanted("ns-figure-4")], []
    with Here() as executor:
        stops = iter([False, False, False, True])
        assert spread(runs, executor, leg_seconds=0.0, stop=lambda: next(stops)) is None
    with Here() as executor:
        found = spread(runs, executor, leg_seconds=0.0, progress=lambda done, total: seen.append((done, total)))
    assert seen[0][0] > 0 and seen[-1][0] == seen[-1][1]
    assert found is not None
    assert [timeless(r.results) for r in found] == [local(wanted(n, "local")) for n in ("ns-figure-1", "ns-figure-4")]


def test_a_run_begun_here_goes_on_elsewhere(wanted) -> None:
    w, begun = wanted("ns-figure-4"), []
    stops = iter([True])
    chosen = w.experiment
    part = type(chosen).part
    type(chosen).part = lambda self, s: 3
    try:
        assert run(chosen, w.folder, settings_file=w.settings_file, stop=lambda: next(stops)) is None
    finally:
        type(chosen).part = part
    with Here() as executor:
        found = spread([w], executor, progress=lambda done, total: begun.append(done))
    assert begun[0] == 9, "three units of each of three shares"
    assert found is not None and timeless(found[0].results) == local(wanted("ns-figure-4", "local"))


def test_other_settings_are_not_taken_up(wanted) -> None:
    w = wanted("ns-figure-1")
    with Here() as executor:
        stops = iter([False, True])
        assert spread([w], executor, leg_seconds=0.0, stop=lambda: next(stops)) is None
        assert w.settings_file is not None
        w.settings_file.write_text(SMALL["ns-figure-1"].replace("900", "1200"))
        with pytest.raises(CheckpointError, match="other settings"):
            spread([w], executor)
        assert spread([w], executor, fresh=True) is not None


def test_a_task_that_fails_is_one_line_and_loses_nothing(wanted, monkeypatch: pytest.MonkeyPatch) -> None:
    w, calls = wanted("ns-figure-1"), iter(range(100))

    def failing(*args: Any) -> Any:
        if next(calls) == 1:
            raise OSError("the node\nis gone")
        return leg(*args)

    monkeypatch.setattr("numerics.experiments.spreading.leg", failing)
    with Here() as executor:
        with pytest.raises(ExperimentError, match=r"^ns-figure-1: OSError: the node is gone$") as told:
            spread([w], executor)
        assert isinstance(told.value.__cause__, OSError)
    kept = len(list((w.folder / SHARES).glob("*.npz")))
    with Here() as executor:
        assert spread([w], executor) is not None
    assert kept in (1, 2) and len(executor.seeds) == 3 - kept, "a share that was done is not done again"


def test_shares_that_do_not_fit_are_refused() -> None:
    shapes = {"a": np.zeros((2, 3)), "b": np.zeros(4)}
    good = [{"a": np.full((1, 3), k), "b": np.ones(4)} for k in (1.0, 2.0)]
    assert join(good, shapes)["a"].tolist() == [[1.0] * 3, [2.0] * 3]
    for bad in (
        [good[0], good[1] | {"b": np.zeros(4)}],
        [*good, good[0]],
        [{"a": np.zeros((1, 2)), "b": np.ones(4)}] * 2,
        [{"a": np.zeros(3), "b": np.ones(4)}] * 2,
    ):
        with pytest.raises(ExperimentError):
            join(bad, shapes)


LANES = "features = 9\nsupport = 2\ndepths = [1, 3]\nsteps = 4000\nseeds = [9, 8, 7, 6, 5, 4, 3, 2, 1]\n"
STUDENTS = f"epochs = {[60] * 9}\nrecord_every = 20\npoints = 12\nneurons = 8\nseeds = [3, 1]\n"
COMPILED = {
    "ns-figure-7": "samples = [12, 8]\nbatches = [0, 5]\n" + LANES, "ns-table-4": "samples = 12\n" + LANES,
    "mf-figure-3": STUDENTS, "mf-table-4": STUDENTS,
}  # fmt: skip


@pytest.mark.slow
def test_compiled_loops_end_alike_too_and_what_is_shared_is_run_once(tmp_path: Path) -> None:
    wanted = {}
    for name, text in COMPILED.items():
        (tmp_path / f"{name}.toml").write_text(text)
        wanted[name] = Wanted(experiment(name), tmp_path / "spread" / name, tmp_path / f"{name}.toml")
    with Here() as executor:
        found = spread(list(wanted.values()), executor)
    assert found is not None and len(executor.seeds) == 2 + 2 + 2, "nine seeds are two groups; one run of two students"
    for (name, w), result in zip(wanted.items(), found, strict=True):
        assert timeless(result.results) == local(Wanted(w.experiment, tmp_path / "here" / name, w.settings_file))


@pytest.mark.parametrize("name", ["ns-figure-7", "ns-table-4"])
def test_shares_of_sweeps_are_whole_groups_of_lanes(name: str) -> None:
    chosen: Experiment = experiment(name)
    together = chosen.together  # type: ignore[attr-defined]
    small = chosen.kind(features=6, support=2, steps=2000, seeds=tuple(range(together + 3)))
    parts = [dataclasses.replace(small, seeds=small.seeds[k : k + together]) for k in (0, together)]
    whole = chosen.start(small)
    joined = join([chosen.start(part) for part in parts], whole)
    assert all(np.array_equal(joined[key], whole[key], equal_nan=True) for key in whole)

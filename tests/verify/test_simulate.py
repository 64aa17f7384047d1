"""The command ``simulate``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from verify.cli.simulate import command
from verify.measured import RECORDED


def call(*arguments: str):
    return CliRunner().invoke(command, arguments)


def test_without_a_name_the_experiments_are_listed() -> None:
    found = call()
    assert found.exit_code == 0 and "ns-figure-1" in found.output
    assert "ns-figure-2" in json.loads(call("--json").stdout)["experiments"]


def test_an_experiment_writes_results_that_claims_can_read(tmp_path: Path) -> None:
    found = call("ns-figure-3", "--out", str(tmp_path), "--json", "--no-plots")
    assert found.exit_code == 0
    whole = json.loads(found.stdout)
    assert whole == json.loads((tmp_path / "results.json").read_text())
    assert whole["schema"] == 1 and whole["experiment"] == "ns-figure-3"
    lengths = [whole["measured"][f"length_{q}"][0] for q in ("1", "1_5", "2")]
    assert lengths == sorted(lengths)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ns-figure-9"], "did you mean"), (["ns-sparsity"], "ns-sparsity is run by: mirrorproof train ns-sparsity"),
        (["ns-figure-3", "--settings", "/nowhere.toml"], "No such file"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_and_status_two(arguments: list[str], told: str, tmp_path: Path) -> None:
    found = call(*arguments, "--out", str(tmp_path))
    assert found.exit_code == 2 and told in found.output
    assert len(found.output.strip().splitlines()) == 1


@pytest.mark.parametrize("name", ["ns-figure-1", "ns-figure-2", "ns-figure-3"])
def test_recorded_results_name_their_origin(name: str) -> None:
    whole = json.loads((RECORDED / f"{name}.json").read_text())
    assert whole["experiment"] == name and whole["schema"] == 1
    assert {"date", "device", "versions", "code", "commit"} <= whole["provenance"].keys()
    assert len({len(values) for values in whole["measured"].values()}) == 1


QUICK = "samples = 30\nfeatures = 9\nsupport = 2\nsteps = 400\nrecord_every = 20\nseeds = [1, 2]\n"


def test_several_settings_are_several_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, rate in (("slow", 0.001), ("fast", 0.002)):
        Path(f"{name}.toml").write_text(f"{QUICK}rate = {rate}\n")
    files = ["--settings", "slow.toml", "--settings", "fast.toml"]
    found = call("ns-figure-1", *files, "--out", "sweep", "--jobs", "2", "--no-plots", "--json")
    assert found.exit_code == 0
    runs = json.loads(found.stdout)["runs"]
    assert [run["settings"]["rate"] for run in runs] == [0.001, 0.002]
    assert runs == [json.loads(Path("sweep", name, "results.json").read_text()) for name in ("slow", "fast")]
    alone = json.loads(call("ns-figure-1", "--settings", "fast.toml", "--out", "alone", "--no-plots", "--json").stdout)
    assert (alone["state"], alone["measured"]) == (runs[1]["state"], runs[1]["measured"])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ns-figure-2", "ns-figure-3", "--settings", "a.toml"], "--settings goes with one experiment"),
        (["ns-figure-2", "ns-figure-2"], "named twice"),
        (["ns-figure-3", "--settings", "a.toml", "--settings", "b/a.toml"], "the same name"),
        (["ns-figure-2", "ns-figure-9"], "no experiment is called"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_before_anything_runs(arguments: list[str], told: str, tmp_path: Path) -> None:
    found = call(*arguments, "--out", str(tmp_path / "out"))
    assert found.exit_code == 2 and told in found.output
    assert not (tmp_path / "out").exists()

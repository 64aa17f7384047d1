"""The command ``simulate``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from verify.cli.simulate import command
from verify.measured import RECORDED


def call(*arguments: str):  # type: ignore[no-untyped-def]
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
    [(["ns-figure-9"], "did you mean"), (["ns-figure-3", "--settings", "/nowhere.toml"], "No such file")],
)
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

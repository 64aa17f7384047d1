"""The command ``train``: what it lists, refuses, writes and says when it is interrupted."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from training.experiments import NAMES
from training.experiments.spreading import LOOK_SECONDS
from verify.cli import cli, main

pytest.importorskip("torch")
ROOT = Path(__file__).resolve().parents[2]
TARGET = "tests.training.experiments.tiny"


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(NAMES, "tiny", TARGET)
    monkeypatch.chdir(tmp_path)
    Path("tiny.toml").write_text("")


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["train", *arguments])


def test_without_a_name_the_experiments_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(NAMES):
        if name != "tiny":
            monkeypatch.delitem(NAMES, name)
    assert call().output == "tiny  A small network on made-up data\n"
    assert json.loads(call("--json").stdout)["experiments"] == {"tiny": "A small network on made-up data"}


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_results_are_written_where_claims_look_for_them(jobs: str) -> None:
    drawn = [] if jobs == "1" else ["--no-plots"]
    found = call("tiny", "--settings", "tiny.toml", "--jobs", jobs, *drawn)
    assert found.exit_code == 0 and "4 of 4" in found.stderr and "left" in found.stderr
    file = Path(".mirrorproof/experiments/tiny/results.json")
    whole = json.loads(file.read_text())
    assert f"results: {file}" in found.stdout and "l1_adam: " in found.stdout
    assert (file.parent / "figure.svg").exists() is (jobs == "1")
    again = call("tiny", "--settings", "tiny.toml", "--json", "--no-plots")
    shown = json.loads(again.stdout)
    assert again.exit_code == 0 and shown["state"] == whole["state"] and shown["seconds"] == whole["seconds"]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_how_far_a_long_cell_has_come_is_told(jobs: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("tiny.toml").write_text("epochs = 8\nseeds = [1]\n")
    arguments = ["tiny", "--settings", "tiny.toml", "--jobs", jobs, "--no-plots", "--out"]
    within = re.compile(r"(0|1)\.[1-9] of 2  about \d+ min left")
    assert not within.search(call(*arguments, "a").stderr)  # not within a minute
    Path("tiny.toml").write_text("epochs = 8\npause = 0.06\nseeds = [1]\n")
    monkeypatch.setattr(sys.modules["verify.cli.train"], "LINE_SECONDS", 0.0)
    assert within.search(call(*arguments, "b").stderr)


def test_a_failed_cell_is_told_and_the_results_are_written() -> None:
    Path("tiny.toml").write_text("fault = 'nan'")
    found = call("tiny", "--settings", "tiny.toml", "--out", "out", "--jobs", "1", "--no-plots")
    assert found.exit_code == 1 and "error: 1 of 4 cells failed: adam-2" in found.stderr
    assert "adam-2  failed: the loss is nan" in found.stderr and Path("out/results.json").exists()
    assert "not finite" in found.stdout


@pytest.mark.parametrize(
    ("text", "arguments", "told"),
    [
        ("", ["tinny"], "did you mean 'tiny'"),
        ("", ["ns-figure-1"], "ns-figure-1 is run by: mirrorproof simulate ns-figure-1"),
        ("", ["tiny", "--form", "large"], "tiny has no form 'large'"),
        ("", ["ns-sparsity", "--form", "large"], "there are small, full, imagenet"),
        ("epochs = 0", ["tiny"], "epochs must be at least 1"),
        ("fault = 'missing'", ["tiny", "--data", "none"], "images.bin or images.txt is missing"),
        ("", ["tiny", "--settings", "none.toml"], "No such file"),
    ],
)
def test_bad_input_is_one_line_and_status_two(text: str, arguments: list[str], told: str) -> None:
    Path("tiny.toml").write_text(text)
    if len(arguments) == 1 or "--data" in arguments:
        arguments = [*arguments, "--settings", "tiny.toml"]
    found = call(*arguments, "--out", "out", "--jobs", "1")
    assert found.exit_code == 2 and told in found.output and len(found.output.strip().splitlines()) == 1
    machine = call(*arguments, "--out", "out", "--jobs", "1", "--json")
    assert machine.exit_code == 2 and told in json.loads(machine.stdout)["error"]


@pytest.mark.parametrize("file", ["sgd-1.jsonl", "sgd-1.safetensors", "sgd-1.json", "results.json", "figure.svg"])
def test_a_full_disk_is_one_line_and_status_two_wherever_it_is_met(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib")
    whole = os.replace

    def full(draft: Path, place: Path) -> None:
        if Path(place).name == file:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        whole(draft, place)

    arguments = ["tiny", "--settings", "tiny.toml", "--jobs", "1", *([] if file.endswith("svg") else ["--no-plots"])]
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", full)
        found = call(*arguments, "--out", "out")
    *cells, said = found.output.strip().splitlines()
    assert found.exit_code == 2 and said.startswith("error: out") and "No space left on device" in said
    assert all("min left" in line for line in cells) and not list(Path("out").rglob(".*.[0-9]*"))
    ends = [call(*arguments, "--out", folder, "--json") for folder in ("out", "whole")]
    assert [end.exit_code for end in ends] == [0, 0] and len({json.loads(e.stdout)["state"] for e in ends}) == 1


def where_files_end(arguments: list[str], said: Path, most: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))  # the kernel refuses to write more
    as_in_a_shell(arguments, said)


@pytest.mark.parametrize(("most", "status"), [(1500, 2), (1_000_000, 0)])
def test_what_the_kernel_does_not_write_is_told(tmp_path: Path, most: int, status: int) -> None:
    said = tmp_path / "said"
    arguments = ["train", "tiny", "--settings", "tiny.toml", "--out", "out", "--jobs", "1", "--no-plots"]
    child = multiprocessing.get_context("fork").Process(target=where_files_end, args=(arguments, said, most))
    child.start()
    child.join(60)
    assert child.exitcode == status
    if status:
        *_, last = said.read_text().splitlines()
        assert last == "error: out/cells/adam-1.safetensors: File too large; the checkpoint before is kept"


def test_without_torch_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.experiments.running.installed", lambda name: "" if name == "torch" else "1")
    for arguments in (["tiny"], []):
        found = call(*arguments)
        assert found.exit_code == 2 and "training needs torch: pip install 'mirrorproof[train]'" in found.stderr


def as_in_a_shell(arguments: list[str], said: Path) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with said.open("w") as out:
        sys.stderr = out
        main(arguments)


def test_an_interrupt_ends_it_with_130_and_the_same_command_goes_on(tmp_path: Path) -> None:
    Path("tiny.toml").write_text("epochs = 12\npause = 0.02\n")
    arguments = ["train", "tiny", "--settings", "tiny.toml", "--out", "out", "--jobs", "2", "--no-plots"]
    said = tmp_path / "said"
    child = multiprocessing.get_context("fork").Process(target=as_in_a_shell, args=(arguments, said))
    child.start()
    until = time.monotonic() + 60
    while not Path("out/cells/sgd-2.jsonl").exists() and child.is_alive() and time.monotonic() < until:
        time.sleep(LOOK_SECONDS / 10)
    os.kill(child.pid or 0, signal.SIGINT)
    child.join(60)
    assert child.exitcode == 130 and "the same command goes on from the checkpoints in out" in said.read_text()
    assert not Path("out/results.json").exists()
    taken_up = call(*arguments[1:], "--json")
    assert taken_up.exit_code == 0
    whole = call("tiny", "--settings", "tiny.toml", "--out", "whole", "--jobs", "1", "--no-plots", "--json")
    assert json.loads(taken_up.stdout)["state"] == json.loads(whole.stdout)["state"]


def test_help_loads_no_torch() -> None:
    asked = "import sys; from verify.cli import cli; cli(['train', '--help'], standalone_mode=False);" \
            " assert not {'torch', 'numpy', 'sympy'} & set(sys.modules), sorted(sys.modules)"  # fmt: skip
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "--form" in done.stdout, done.stderr

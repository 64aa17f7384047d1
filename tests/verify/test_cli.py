"""What a person and what a machine see, and the exit status."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.verify.oracle import oracle, toml
from verify.cli import COMMANDS, cli

__all__ = ["oracle"]

ROOT = Path(__file__).resolve().parents[2]
REQUIRED = ["id", "verdict", "vacuous", "tier", "scope", "counterexample", "corrected", "evidence", "seconds"]


def call(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments])


def heed_interrupts() -> None:
    """What runs in the background of a shell ignores interrupts, and so would what it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def process(*arguments: str, cwd: Path, **more) -> subprocess.Popen:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, *arguments]
    return subprocess.Popen(
        command, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=heed_interrupts, **more,
    )  # fmt: skip


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    def write(*names: str) -> Path:
        path = Path("claims.toml")
        path.write_text(toml(*names))
        return path

    return write


def test_every_command_has_a_page_of_help() -> None:
    overview = call("--help").output
    for name in COMMANDS:
        assert name in overview
        page = call(name, "--help")
        assert page.exit_code == 0
        assert "Usage:" in page.output


@pytest.mark.parametrize("package", ["mirrorproof", "verify"])
def test_help_is_quick_and_loads_nothing_heavy(package: str, tmp_path: Path) -> None:
    out, _ = process("-X", "importtime", "-m", package, "--help", cwd=tmp_path).communicate(timeout=20)
    assert out.startswith("Usage: mirrorproof")
    heavy = "{'sympy', 'flint', 'z3', 'scipy', 'numpy', 'rich'}"
    code = f"import sys, verify.cli; sys.exit(bool({heavy} & set(sys.modules)))"
    assert process("-c", code, cwd=tmp_path).wait(20) == 0


@pytest.mark.parametrize(
    ("names", "status"),
    [(["x"], 0), (["x", "weak"], 0), (["x", "wrong"], 1), (["open"], 1), (["clash"], 1), (["crash"], 1)],
)
def test_the_status_says_whether_all_hold(oracle: Path, file, names: list[str], status: int) -> None:
    assert call("check", file(*names)).exit_code == status
    assert call("check", file(*names), "--json").exit_code == status


def test_json_is_one_object_with_the_promised_keys(oracle: Path, file) -> None:
    shown = call("check", file("x", "wrong"), "--json")
    whole = json.loads(shown.stdout)
    assert whole["schema"] == 1
    assert [list(c)[: len(REQUIRED)] for c in whole["claims"]] == [REQUIRED, REQUIRED]
    assert whole["claims"][0]["evidence"][0].keys() >= {"tier", "method", "result", "detail", "seconds"}
    assert whole["claims"][1]["counterexample"] == {"wrong": "1/2"}


def test_a_report_can_be_made_of_a_file_of_one_s_own(oracle: Path, file) -> None:
    path = file("x", "wrong")
    found = call("check", path, "--json", "--out", "out/r.json", "--seconds", 2)
    assert found.exit_code == 1 and set(json.loads(found.stdout)) == {"schema", "claims"}
    whole = json.loads(Path("out/r.json").read_text())
    assert whole["file"] == "claims.toml" and whole["settings"]["seconds"] == 2
    assert whole["claims"] == json.loads(found.stdout)["claims"]
    assert call("report", "--results", "out/r.json").output.strip() == "report/report.html"
    page = Path("report/report.html").read_text()
    assert "mirrorproof check claims.toml --seconds 2" in page and "mirrorproof run " not in page
    refused = call("check", path, "--out", "claims.toml/r.json")
    assert refused.exit_code == 2 and len(refused.stderr.strip().splitlines()) == 1


def test_a_person_sees_the_counterexample(oracle: Path, file) -> None:
    shown = call("check", file("x", "wrong", "open")).stdout
    for line in ("counterexample: wrong = 1/2", "wrong**2 + 1 >= wrong", "survived", "1 hold, 1 fail, 1 undecided"):
        assert line in shown


BAD = {
    "unknown-name": '[[claim]]\nid = "a"\ngiven = ["x real"]\nclaim = "x == yy"\n',
    "syntax": '[[claim]]\nid = "a"\ngiven = ["x real"]\nclaim = "x == (x"\n',
    "not-toml": "[[claim]",
    "call": '[[claim]]\nid = "a"\ngiven = ["x real"]\nclaim = "__import__(\'os\').getcwd() == x"\n',
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_bad_input_is_one_line_and_status_2(file, text: str) -> None:
    Path("bad.toml").write_text(text)
    for arguments in (["check", "bad.toml"], ["check", "bad.toml", "--json"]):
        shown = call(*arguments)
        assert shown.exit_code == 2
        assert shown.stderr.startswith("error: bad.toml: ")
        assert shown.stderr.count("\n") == 1
    assert json.loads(shown.stdout).keys() == {"schema", "error"}


def test_hypotheses_that_cannot_be_met_are_bad_input(oracle: Path, file) -> None:
    shown = call("check", file("x", "empty"))
    assert shown.exit_code == 2
    assert shown.stderr == "error: claims.toml: claim c-empty: given, column 1: unsatisfiable hypotheses: empty >= 0\n"


@pytest.mark.parametrize(
    "arguments",
    [["check", "nowhere.toml"], ["check"], ["chek", "a"], ["check", "claims.toml", "--seconds", "0"],
     ["check", "claims.toml", "--jobs", "no"], ["run", "no-such-claim"], ["run", "--paper", "no-such-paper"],
     ["explain", "no-such-claim"], ["gate", "--lock", "nowhere.lock"], ["gate", "--results", "nowhere.json"]],
)  # fmt: skip
def test_bad_arguments_are_status_2(file, arguments: list[str]) -> None:
    file("x")
    shown = call(*arguments)
    assert shown.exit_code == 2
    assert shown.stdout == ""


PYTHON = '''
from verify.claim import claim, printed, real

@claim("square", place="Lemma 1")
def square():
    """A square is not negative."""
    print("noise")
    return printed(real("x") ** 2 >= 0)
'''


def test_a_python_file_is_run_apart(oracle: Path, file) -> None:
    Path("own.py").write_text(PYTHON)
    shown = call("check", "own.py", "--json")
    assert shown.exit_code == 0
    assert [c["id"] for c in json.loads(shown.stdout)["claims"]] == ["square"]


@pytest.mark.parametrize(
    ("text", "told"),
    [("x = 1 +", "line 1: SyntaxError"), ("import os\nos._exit(0)", "ended without an answer"), ("x = 1", "no claim"),
     ("\nraise ValueError('why')", "line 2: ValueError: why")],
)  # fmt: skip
def test_a_python_file_that_cannot_be_read_is_bad_input(file, text: str, told: str) -> None:
    Path("own.py").write_text(text)
    shown = call("check", "own.py")
    assert shown.exit_code == 2
    assert told in shown.stderr
    assert shown.stderr.count("\n") == 1


INTERRUPTED = """
import sys
import verify.judge
from tests.verify.oracle import answer
from verify.cli import main
verify.judge.judge = answer
main(["check", "claims.toml", "--jobs", "2", *sys.argv[1:]])
"""


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_an_interrupt_ends_with_130(oracle: Path, file, tmp_path: Path, arguments: list[str]) -> None:
    file("x", "sleep", "quick")
    caller = process("-c", INTERRUPTED, *arguments, cwd=tmp_path, start_new_session=True)
    for _ in range(300):
        if len(oracle.read_text().split()) == 3:
            break
        time.sleep(0.1)
    time.sleep(2)  # the two that are quick are finished by now
    os.killpg(caller.pid, signal.SIGINT)
    out, error = caller.communicate(timeout=60)
    assert caller.returncode == 130
    assert error == "interrupted: 2 of 3 claims are finished\n"
    if arguments:
        assert [c["id"] for c in json.loads(out)["claims"]] == ["c-x", "c-quick"]


def test_the_lock_file_decides_what_is_expected(oracle: Path, file) -> None:
    without = call("run", "d33-preserved", "--mutants", "0", "--lock", "l.lock")
    assert without.exit_code == 2
    assert "l.lock" in without.stderr
    call("run", "d33-preserved", "--mutants", "0")
    assert call("gate", "--results", ".mirrorproof/results.json", "--lock", "l.lock", "--update").exit_code == 0
    assert call("run", "d33-preserved", "--mutants", "0", "--lock", "l.lock").exit_code == 0
    assert call("gate", "--results", ".mirrorproof/results.json", "--lock", "l.lock").exit_code == 0
    lock = Path("l.lock")
    lock.write_text(lock.read_text().replace('"holds"', '"fails"'))
    shown = call("run", "d33-preserved", "--mutants", "0", "--lock", "l.lock")
    assert shown.exit_code == 1
    assert "d33-preserved: holds, but the lock file says fails" in shown.stdout
    assert call("gate", "--results", ".mirrorproof/results.json", "--lock", "l.lock").exit_code == 1


def test_explain_shows_a_claim_from_top_to_bottom(oracle: Path, file) -> None:
    shown = call("explain", "ex32-formula")
    assert shown.exit_code == 0
    for part in ("Statement", "given", "Derivation", "1. ", "Verdict: ", "Corrected", "oracle"):
        assert part in shown.stdout
    assert call("explain", "c-x", "--file", file("x")).exit_code == 0
    assert "did you mean 'c-x'" in call("explain", "c-y", "--file", file("x")).stderr

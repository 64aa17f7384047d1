"""The command ``gate`` on claims files: what it shows, what it writes, and its status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.verify.oracle import oracle, toml
from verify.cli import cli

__all__ = ["oracle"]


def gate(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["gate", *arguments, "--no-cache", "--jobs", "1"])


@pytest.fixture
def claims(oracle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    def write(*names: str, file: str = "claims.toml") -> str:
        Path(file).write_text(toml(*names))
        return file

    return write


def as_(name: str, slug: str) -> str:
    """The claim ``c-SLUG`` of the fixture, of which the oracle now says what it says of another name."""
    return toml(name).replace(f'"c-{name}"', f'"c-{slug}"')


def test_update_shows_what_changes_and_then_writes(claims) -> None:
    file = claims("x", "open", "weak")
    assert gate(file, "--update").exit_code == 0
    lock = Path("claims.lock").read_text()
    assert gate(file).exit_code == 0
    Path(file).write_text("\n".join([as_("wrong", "x"), as_("y", "open"), toml("weak")]))
    stopped = gate(file)
    assert stopped.exit_code == 1
    lines = stopped.stdout.splitlines()
    assert lines[0] == "worse   c-x: holds (certified) became fails (certified)"
    assert "counterexample: wrong = 1/2" in lines[2]
    assert "better  c-open: undecided became holds (certified)" in lines
    assert Path("claims.lock").read_text() == lock, "nothing is written unless it was asked for"
    shown = gate(file, "--update")
    assert shown.exit_code == 0 and shown.stdout.index("worse   c-x") < shown.stdout.index("is rewritten")
    assert gate(file).exit_code == 0


def test_what_is_better_is_shown_and_passes(claims) -> None:
    gate(claims("open"), "--update")
    Path("claims.toml").write_text(as_("y", "open"))
    shown = gate("claims.toml")
    assert shown.exit_code == 0 and "better  c-open: undecided became holds (certified)" in shown.stdout
    listed = json.loads(gate("claims.toml", "--json").stdout)["differences"]
    assert [d["change"] for d in listed] == ["better"]


def test_a_claim_that_is_gone_or_a_defect_stops(claims) -> None:
    gate(claims("x", "weak"), "--update")
    shown = gate(claims("x", "crash"))
    assert shown.exit_code == 1
    assert "missing c-weak" in shown.stdout and "worse   c-crash: error, not in the lock file" in shown.stdout
    assert gate("claims.toml", "--update").exit_code == 0
    assert set(json.loads(Path("claims.lock").read_text())["claims"]) == {"c-x"}, "a defect is never locked"


def test_new_claims_must_hold_where_that_is_asked_for(claims) -> None:
    gate(claims("x"), "--update")
    file = claims("x", "wrong", "open")
    assert gate(file).exit_code == 0
    shown = gate(file, "--must-hold")
    assert shown.exit_code == 1
    assert [line.split(":")[0] for line in shown.stdout.splitlines() if line[:5] == "worse"] == [
        "worse   c-wrong", "worse   c-open",
    ]  # fmt: skip


def test_several_files_are_one_run(claims) -> None:
    first, second = claims("x"), claims("weak", file="more.toml")
    assert gate(first, second, "--update").exit_code == 0
    assert set(json.loads(Path("claims.lock").read_text())["claims"]) == {"c-x", "c-weak"}
    assert gate(first).exit_code == 1, "the other's claims are missing"
    shown = gate(first, claims("x", file="more.toml"))
    assert shown.exit_code == 2
    assert shown.stderr == f"error: more.toml: claim c-x: {first} has a claim of this id already\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere.toml"], "nowhere.toml: "), (["claims.toml"], "claims.lock: there is no lock file; `gate --update`"),
        (["claims.toml", "--update", "--junit", "/proc/nowhere/junit.xml"], "No such file or directory"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_or_written_is_one_line(claims, arguments: list[str], told: str) -> None:
    claims("x")
    shown = gate(*arguments, "--summary", "out/summary.md")
    assert shown.exit_code == 2 and told in shown.stderr and shown.stderr.count("\n") == 1
    if "--update" not in arguments:
        assert "**Stopped:**" in Path("out/summary.md").read_text()
    assert not Path("claims.lock").exists()


def test_every_view_tells_the_same(claims) -> None:
    gate(claims("x", "y"), "--update")
    Path("claims.toml").write_text(as_("wrong", "x") + toml("y"))
    names = {"--junit": "j.xml", "--sarif": "s.sarif", "--summary": "s.md", "--badge": "b.json"}
    assert gate("claims.toml", *(part for pair in names.items() for part in pair)).exit_code == 1
    for name in names.values():
        text = Path(name).read_text()
        assert "1 worse" in text if name in ("s.md", "b.json") else "c-x" in text
        assert ("wrong = 1/2" in text) is (name != "b.json")


@pytest.mark.parametrize(("error", "told"), [
    (OSError(28, "No space left on device"), "error: No space left on device"),
    (OSError(2, "No such file or directory", "a/b.md"), "error: a/b.md: No such file or directory"),
])  # fmt: skip
def test_what_cannot_be_written_is_told_in_one_line(claims, monkeypatch, error: OSError, told: str) -> None:
    def full(*_: object) -> None:
        raise error

    file = claims("x")
    assert gate(file, "--update").exit_code == 0
    monkeypatch.setattr("verify.cli.gate._write", full)
    refused = gate(file, "--summary", "s.md")
    assert refused.exit_code == 2 and refused.stderr.splitlines()[-1] == told
    assert gate(file).exit_code == 0

"""pytest collects the claims of a file as items."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

from tests.verify.oracle import answer, toml

INSTALLED = any(entry.value == "verify.plugin" for entry in metadata.entry_points(group="pytest11"))
CONFTEST = """
import pytest
import verify.judge
from tests.verify.oracle import answer
verify.judge.judge = answer
"""


def execute(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """In this process, which is quicker, unless there are workers."""
    run = pytester.runpytest_subprocess if "-n" in arguments else pytester.runpytest_inprocess
    return run(*arguments)


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    """Runs pytest on claims with these variables, the oracle being the judge."""
    monkeypatch.setattr("verify.judge.judge", answer)
    pytester.makeconftest(CONFTEST)

    def run(names: list[str], *arguments: str) -> pytest.RunResult:
        Path("claims.toml").write_text(toml(*names))
        plugin = [] if INSTALLED else ["-p", "verify.plugin"]
        root = str(Path(__file__).resolve().parents[2])
        options = ["--mirrorproof", "claims.toml", "-o", f"pythonpath={root}", *plugin, *arguments]
        return execute(pytester, *options)

    return run


@pytest.fixture
def anywhere(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    """Runs pytest with these arguments beside claims files in several folders, the oracle being the judge."""
    monkeypatch.setattr("verify.judge.judge", answer)
    pytester.makeconftest(CONFTEST)
    for folder, names in (("one", ["x", "wrong"]), ("two/deep", ["weak", "open"])):
        Path(folder).mkdir(parents=True)
        Path(folder, "claims.toml").write_text(toml(*names).replace('"c-', f'"{folder[:3]}-'))
    Path("two", "own_claims.py").write_text(PYTHON)
    Path("two", "other.toml").write_text("[tool]\nname = 1\n")
    Path("two", "helper.py").write_text("raise SystemExit\n")

    def run(*arguments: str) -> pytest.RunResult:
        plugin = [] if INSTALLED else ["-p", "verify.plugin"]
        root = str(Path(__file__).resolve().parents[2])
        return execute(pytester, "-o", f"pythonpath={root}", *plugin, *arguments)

    return run


PYTHON = """
from verify.claim import claim, printed, real

@claim("square", place="Lemma 1")
def square():
    "A square is not negative."
    assert __name__.startswith("mirrorproof_claims"), "the file is run by the plugin alone"
    return printed(real("x") ** 2 >= 0)
"""
SETTING = "mirrorproof_files=claims.toml *_claims.py"


def test_one_item_a_claim(suite) -> None:
    result = suite(["x", "wrong", "open"], "-v")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["claims.toml::c-x PASSED*", "claims.toml::c-wrong FAILED*", "claims.toml::c-open UNDECIDED*",
         "*counterexample: wrong = 1/2*", "*1 undecided*"],
    )  # fmt: skip
    assert result.ret == 1


def test_undecided_is_a_letter_of_its_own(suite) -> None:
    result = suite(["x", "open"])
    result.stdout.fnmatch_lines(["claims.toml .U*", "*survived*"])
    assert result.ret == 0
    assert suite(["x", "open"], "--mirrorproof-strict").ret == 1


def test_tiers_are_markers(suite) -> None:
    result = suite(["x", "weak", "wrong", "open"], "-m", "symbolic", "-v")
    result.assert_outcomes(passed=1, deselected=3)
    result.stdout.fnmatch_lines(["claims.toml::c-weak PASSED*"])
    suite(["x", "weak"], "-m", "certified", "--strict-markers").assert_outcomes(passed=1, deselected=1)


@pytest.mark.parametrize("options", [pytest.param(["-n", "2"], marks=pytest.mark.slow),
                                     ["-n", "1", "-m", "certified or symbolic"]])  # fmt: skip
def test_workers_see_the_same_items(suite, options: list[str]) -> None:
    result = suite(["x", "weak", "wrong"], *options)
    result.assert_outcomes(passed=2, failed=1)


def test_a_node_id_selects_one_claim(suite) -> None:
    suite(["x", "wrong"], "claims.toml::c-x").assert_outcomes(passed=1)


def test_other_tests_run_beside_the_claims_when_named(suite, pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_own="def test_own(): pass")
    suite(["x"]).assert_outcomes(passed=1)
    suite(["x"], "test_own.py").assert_outcomes(passed=2)


def test_a_file_that_cannot_be_read_is_an_error(suite, pytester: pytest.Pytester) -> None:
    result = suite(["x y"])
    result.stdout.fnmatch_lines(["*claims.toml: claim number 1: id:*"])
    assert result.ret == pytest.ExitCode.INTERRUPTED


def test_a_folder_is_all_its_claims_files(anywhere) -> None:
    result = anywhere("--mirrorproof", "two", "-v")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["two/own_claims.py::square PASSED*", "two/deep/claims.toml::two-weak PASSED*",
                                 "two/deep/claims.toml::two-open UNDECIDED*"])  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "outcomes"),
    [
        ((), {"passed": 3, "failed": 1}), (("two",), {"passed": 2}),
        (("one", "-k", "x"), {"passed": 1, "deselected": 1}),
        (("-k", "not wrong and not square"), {"passed": 2, "deselected": 2}),
        (("-m", "symbolic"), {"passed": 1, "deselected": 4}), 
        pytest.param(("-n", "2"), {"passed": 3, "failed": 1, "undecided": 1}, marks=pytest.mark.slow),
        pytest.param(("-n", "2", "-m", "certified", "--deselect", "one"), {"passed": 1}, marks=pytest.mark.slow),
    ],
)  # fmt: skip
def test_claims_are_collected_wherever_pytest_looks(anywhere, arguments: tuple[str, ...], outcomes: dict) -> None:
    result = anywhere("-o", SETTING, *arguments)
    found = result.parseoutcomes()
    assert {k: found.get(k) for k in outcomes} == outcomes
    assert result.ret == (1 if "failed" in outcomes else 0)


def test_what_failed_last_is_tried_first_or_alone(anywhere) -> None:
    assert anywhere("-o", SETTING, "--mirrorproof-strict").parseoutcomes()["failed"] == 2
    result = anywhere("-o", SETTING, "--mirrorproof-strict", "--lf", "-v")
    result.assert_outcomes(failed=2)
    result.stdout.no_fnmatch_line("*PASSED*")
    assert anywhere("-o", SETTING, "--lf").parseoutcomes() == {"failed": 1, "undecided": 1}


def test_the_first_failure_stops_the_run(anywhere) -> None:
    Path("one", "claims.toml").write_text(toml("wrong", "x", "open"))
    assert anywhere("one/claims.toml", "-x").parseoutcomes() == {"failed": 1}
    Path("one", "claims.toml").write_text(toml("open", "x", "wrong"))
    assert anywhere("one/claims.toml", "-x").parseoutcomes() == {"undecided": 1, "passed": 1, "failed": 1}
    assert anywhere("one/claims.toml", "-x", "--mirrorproof-strict").parseoutcomes() == {"failed": 1}


def test_a_toml_file_that_states_claims_needs_no_option(anywhere, tmp_path: Path) -> None:
    assert anywhere("one/claims.toml::one-x").parseoutcomes() == {"passed": 1}
    assert anywhere("two/other.toml").ret == pytest.ExitCode.USAGE_ERROR
    far = tmp_path / "far" / "claims.toml"
    far.parent.mkdir()
    far.write_text(toml("x", "open"))
    assert anywhere(str(far)).parseoutcomes() == {"passed": 1, "undecided": 1}
    assert anywhere("--mirrorproof", str(far.parent)).parseoutcomes() == {"passed": 1, "undecided": 1}


@pytest.mark.slow
def test_workers_tell_the_undecided(suite) -> None:
    result = suite(["x", "open"], "-n", "2")
    assert result.parseoutcomes() == {"passed": 1, "undecided": 1}
    result.stdout.fnmatch_lines(["*U*", "*survived*"])


def test_without_the_option_nothing_is_collected(pytester: pytest.Pytester) -> None:
    pytester.makefile(".toml", claims=toml("wrong"))
    plugin = [] if INSTALLED else ["-p", "verify.plugin"]
    assert pytester.runpytest_subprocess(*plugin).ret == pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.mark.parametrize("text", ["-1", "0", "nan", "soon"])
def test_what_is_no_time_is_refused(pytester: pytest.Pytester, text: str) -> None:
    plugin = [] if INSTALLED else ["-p", "verify.plugin"]
    result = pytester.runpytest_subprocess(*plugin, f"--mirrorproof-seconds={text}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*--mirrorproof-seconds*{text}*"])

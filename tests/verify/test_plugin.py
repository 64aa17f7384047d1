"""pytest collects the claims of a file as items."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

from tests.verify.oracle import toml

INSTALLED = any(entry.value == "verify.plugin" for entry in metadata.entry_points(group="pytest11"))
CONFTEST = """
import pytest
import verify.judge
from tests.verify.oracle import answer
verify.judge.judge = answer
"""


@pytest.fixture
def suite(pytester: pytest.Pytester):
    """Runs pytest on claims with these variables, the oracle being the judge."""
    pytester.makeconftest(CONFTEST)

    def run(names: list[str], *arguments: str) -> pytest.RunResult:
        Path("claims.toml").write_text(toml(*names))
        plugin = [] if INSTALLED else ["-p", "verify.plugin"]
        root = str(Path(__file__).resolve().parents[2])
        options = ["--mirrorproof", "claims.toml", "-o", f"pythonpath={root}", *plugin, *arguments]
        return pytester.runpytest_subprocess(*options)

    return run


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


@pytest.mark.parametrize("selection", [[], ["-m", "certified or symbolic"]])
def test_workers_see_the_same_items(suite, selection: list[str]) -> None:
    result = suite(["x", "weak", "wrong"], "-n", "2", *selection)
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


def test_without_the_option_nothing_is_collected(pytester: pytest.Pytester) -> None:
    pytester.makefile(".toml", claims=toml("wrong"))
    plugin = [] if INSTALLED else ["-p", "verify.plugin"]
    assert pytester.runpytest_subprocess(*plugin).ret == pytest.ExitCode.NO_TESTS_COLLECTED

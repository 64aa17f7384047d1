"""What the reader of the pages lets through and what it refuses."""

from __future__ import annotations

import textwrap

import psutil
import pytest

from tests.docs.commands import faults, inline_faults, snippet_faults
from tests.docs.reader import Reader, matches, unrun
from tests.docs.stages import Stage
from verify.language.claims_file import ClaimsFileError


def test_a_page_that_is_wrong_is_refused(reader: Reader) -> None:
    page = "```sh\necho one\n```\n\n```text output\n{}\n```\n"
    assert reader.follow(page.format("one"), whole=False) == 1
    for wrong in ("two", "one\none"):
        with pytest.raises(AssertionError, match="line 5 shows"):
            reader.follow(page.format(wrong), whole=False)
    with pytest.raises(AssertionError, match="ends with 3"):
        reader.follow("```sh\nexit 3\n```\n", whole=False)
    assert reader.follow("```sh slow\nmirrorproof --version\n```\n", whole=False) == 0
    with pytest.raises(ClaimsFileError):
        reader.follow('```toml\n[[claim]]\nid = "a"\nclaim = "x == "\n```\n', whole=False)


STAGED = "```sh staged\necho far && exit {}\n```\n"


def test_a_block_that_nobody_runs_is_seen() -> None:
    assert unrun(STAGED, staged=True) == [] and unrun(STAGED, staged=False) == [1]
    page = "```toml settings\n{}a = 1\n```\n\n```sh\nmirrorproof train --settings {}\n```\n"
    assert unrun(page.format("# a.toml\n", "a.toml"), staged=False) == []
    for opening, taken in (("# a.toml\n", "b.toml"), ("", "a.toml")):
        assert unrun(page.format(opening, taken), staged=False) == [1]


def test_a_stage_replaces_what_a_staged_block_says() -> None:
    stage = Stage({"far": "near"})
    assert stage.page(f"far\n\n{STAGED}") == f"near\n\n{STAGED.replace('far', 'near')}"
    for page in ("far\n", STAGED.replace("far", "away"), STAGED.replace(" staged", "")):
        with pytest.raises(AssertionError, match="no staged block says 'far'"):
            stage.page(page)


def test_a_staged_command_is_run_by_slow_tests_alone_and_told_where_it_fails(reader: Reader) -> None:
    assert reader.follow(STAGED.format(0), whole=True) == 1
    assert reader.follow(STAGED.format(1), whole=False) == 0
    with pytest.raises(AssertionError, match=r"line 1 ends with 1:\nfar"):
        reader.follow(STAGED.format(1), whole=True)
    with pytest.raises(AssertionError, match=r"it has not ended after 0\.1 s"):
        reader.end(["sleep", "600"], "it", limit=0.1)


def test_what_a_block_leaves_behind_is_ended(reader: Reader) -> None:
    reader.follow("```sh\n(sleep 600 | sleep 600) & sleep 600 & echo $! > left\n```\n", whole=True)
    left = psutil.Process(int((reader.root / "left").read_text()))
    assert left.is_running()
    reader.close()
    assert not left.is_running() or left.status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize("script", [
    "mirrorproof chek a.toml", "mirrorproof check --no-such a.toml", "mirrorproof check",
    "python -m verify run --jobs x",
    "pytest --mirrorproof-strikt", "pip install 'mirrorproof[no-such]'", "make no-such", "python benchmarks/no_such.py",
    "python benchmarks/check_speed.py --no-such", "rm -r x", "A=1 mirrorproof nothing && mirrorproof --version",
])  # fmt: skip
def test_a_command_that_is_not_there_is_seen(script: str, reader: Reader) -> None:
    assert len(faults(script, reader.parser)) == 1


def test_a_command_that_is_there_is_let_through(reader: Reader) -> None:
    script = """
        # a comment
        FOO=1 mirrorproof check a.toml --seconds 3 > out.txt && .venv/bin/mirrorproof --version   # and another
        mirrorproof run --cluster tcp://HOST:8786 \\
          --jobs 2 | cat
        pytest --mirrorproof claims.toml -k young -x -m certified
        python benchmarks/check_speed.py --repeat 1; make verify; pip install 'mirrorproof[pdf]'
        dask worker tcp://HOST:8786 --nworkers 16 --nthreads 1
    """
    assert faults(textwrap.dedent(script), reader.parser) == []
    assert snippet_faults("from numerics.sweep import Sweep\nfrom far_away import x") == []
    assert snippet_faults("from numerics.sweep import NoSuch") == ["numerics.sweep has no NoSuch"]
    assert snippet_faults("x = = 1") and not snippet_faults("x = 1")


def test_commands_in_the_running_text_are_held_against_what_there_is(reader: Reader) -> None:
    good = "`mirrorproof gate --update` `mirrorproof.check` `mirrorproof potential EXPR --in x` `make test`"
    assert inline_faults(good, reader.parser) == []
    wrong = "`mirrorproof gate --no-such` and `mirrorproof nothing`, `pip install 'mirrorproof[no-such]'`"
    assert len(inline_faults(wrong, reader.parser)) == 3


def test_times_may_differ_and_nothing_else() -> None:
    assert matches("a  holds  1.19\n\n1 claim in 0.6 s", "a holds  0.31 \n\n1 claim in 2.1 s\n")
    assert not matches("a  holds  1.19", "a  fails  1.19")
    assert matches("first\n...\nlast", "first\nx\ny\nlast") and matches("first\n...\nlast", "first\nlast")
    assert not matches("first\n...\nlast", "first\nlast\nmore")

"""What is read back is looked at first: a file of another form is told in one line, and a whole one passes."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.verify.report.cases import RUN
from verify.cli.report import known
from verify.form import LOCK, RESULTS, departure, read_json
from verify.lock import default_path
from verify.records import read_results

GONE = object()
# (path into a run, what stands there, what is told)
ODD: list[tuple[tuple[str | int, ...], Any, str]] = [
    (("claims", 0), None, r"claims\[0\] is no object"),
    (("claims", 0), "a", r"claims\[0\] is no object"),
    (("claims", 0, "id"), GONE, r"claims\[0\]\.id is no text"),
    (("claims", 1, "id"), "plain", "more than one claim is called 'plain'"),
    (("claims", 0, "verdict"), "proved", r"claims\[0\]\.verdict is none of conflict, error, fails, holds"),
    (("claims", 0, "tier"), ["certified"], r"claims\[0\]\.tier is none of"),
    (("claims", 0, "seconds"), "long", r"claims\[0\]\.seconds is no number"),
    (("claims", 0, "seconds"), float("nan"), "not JSON"),
    (("claims", 0, "title"), "\ud800", "not JSON"),
    (("claims", 0, "rests_on"), 7, r"claims\[0\]\.rests_on is no list"),
    (("claims", 0, "witness", "x?"), 1, r"claims\[0\]\.witness\.x\? is no text"),
    (("claims", 0, "evidence", 0, "detail"), GONE, r"evidence\[0\]\.detail is no text"),
    (("claims", 0, "derivation", "steps", 1, "rule"), None, r"steps\[1\]\.rule is no text"),
    (("claims", 4, "corrected", "verdict"), GONE, r"claims\[4\]\.corrected\.verdict is none of"),
    (("settings",), [1], "settings is no object"),
]
# what may be absent or null: an older run did not tell it
ABSENT = ("vacuous", "scope", "counterexample", "corrected", "evidence", "seconds", "statement", "rests_on", "own_tier")


def odd(path: tuple[str | int, ...], value: Any) -> Any:
    whole: Any = deepcopy(RUN)
    inner = whole
    for step in path[:-1]:
        inner = inner[step]
    if value is GONE:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return whole


def told(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if value is not None}


def written(folder: Path, whole: Any) -> Path:
    (folder / "r.json").write_text(json.dumps(whole))
    return folder / "r.json"


@pytest.mark.parametrize(("path", "value", "told"), ODD)
def test_a_run_of_another_form_is_told_in_one_line(tmp_path: Path, path: Any, value: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told) as found:
        read_results(written(tmp_path, odd(path, value)))
    assert "\n" not in str(found.value) and "r.json: " in str(found.value)


def test_a_good_run_passes_and_what_it_does_not_tell_is_filled_in(tmp_path: Path) -> None:
    assert [told(r) for r in read_results(written(tmp_path, RUN))["claims"]] == [told(r) for r in RUN["claims"]]
    for name in ABSENT:
        for value in (GONE, None):
            first = read_results(written(tmp_path, odd(("claims", 0, name), value)))["claims"][0]
            assert first["id"] == "plain" and first["evidence"] is not None and first["scope"] == ""


def test_a_file_too_deep_or_half_there_is_no_json(tmp_path: Path) -> None:
    for text in ("[" * 100_000, json.dumps(RUN)[:-9], ""):
        (tmp_path / "r.json").write_text(text)
        with pytest.raises(ValueError, match=r"r\.json: not JSON$"):
            read_json(tmp_path / "r.json")
    with pytest.raises(ValueError, match=r"absent\.json: No such file"):
        read_json(tmp_path / "absent.json")


def test_the_lock_file_has_its_form() -> None:
    whole = read_json(default_path())
    assert departure(whole, LOCK) == ""
    assert departure(whole, RESULTS) == "claims is no list"


@pytest.mark.parametrize("text", ['{"now": null}', '{"now": 7}', '{"now": {"created": "x", "claims": {"a": 1}}}', "[]"])
def test_a_memory_of_another_form_is_written_anew(tmp_path: Path, text: str) -> None:
    history = tmp_path / "reported.json"
    history.write_text(text)
    assert not any(name.startswith("the run") for name in known(RUN, history))
    assert read_json(history)["now"]["created"] == RUN["created"]

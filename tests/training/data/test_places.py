"""What is missing is told with every place that was looked in, and how to say where it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.data.places import Missing, find, folder


def test_the_folder_that_is_named_goes_before_that_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MIRRORPROOF_DATA", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert folder() is None
    monkeypatch.setenv("MIRRORPROOF_DATA", "~/data")
    assert folder() == tmp_path / "data" and folder(Path("~/other")) == tmp_path / "other"
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "second").write_text("")
    assert find("first", Path("~/other"), alternatives=("second", "third")) == tmp_path / "other" / "second"


@pytest.mark.parametrize(("named", "told"), [
    (None, "a or b is missing: no folder to look in was named; say --data DIR or MIRRORPROOF_DATA"),
    ("here", "a or b is missing: looked for {0}/here/a, {0}/here/b; say --data DIR or MIRRORPROOF_DATA"),
    ("nowhere", "a or b is missing: {0}/nowhere is no folder; say --data DIR or MIRRORPROOF_DATA"),
])  # fmt: skip
def test_what_is_missing(named: str | None, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MIRRORPROOF_DATA", raising=False)
    (tmp_path / "here").mkdir()
    with pytest.raises(Missing) as refused:
        find("a", None if named is None else tmp_path / named, alternatives=("b",))
    assert str(refused.value) == told.format(tmp_path)

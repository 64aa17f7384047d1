"""Each example of the gallery is short, says what it shows, runs, draws its picture and stands on the page with it."""

from __future__ import annotations

import ast
import re
import runpy
from functools import partial
from pathlib import Path

import pytest

import mirrorproof

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "gallery"
PAGE = (FOLDER / "README.md").read_text()
EXAMPLES = sorted(FOLDER.glob("*.py"))
LONGEST, LARGEST = 40, 150_000
WAIT = 600.0


def _run(path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    for name in ("potential", "compare"):  # what an example finds must not depend on how busy the machine is
        monkeypatch.setattr(mirrorproof, name, partial(getattr(mirrorproof, name), total=WAIT), raising=False)
    runpy.run_path(str(path))
    picture = folder / f"{path.stem}.svg"
    assert picture.read_text().startswith("<?xml") and picture.stat().st_size < LARGEST


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_an_example_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _run(path, tmp_path, monkeypatch)


def test_there_are_ten_and_each_stands_on_the_page_with_its_picture() -> None:
    names = {p.stem for p in EXAMPLES}
    assert len(names) == 10
    assert set(re.findall(r"\[(\w+)\.py\]\(\1\.py\)", PAGE)) == names
    assert set(re.findall(r"!\[[^\]]+\]\((\w+)\.svg\)", PAGE)) == names
    assert {p.stem for p in FOLDER.glob("*.svg")} == names


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_an_example_is_short_and_says_what_it_shows(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") < LONGEST and ast.get_docstring(ast.parse(text)) and "import mirrorproof" in text
    assert (FOLDER / f"{path.stem}.svg").stat().st_size < LARGEST


def test_an_example_that_is_wrong_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("assert 1 == 2\n")
    with pytest.raises(AssertionError):
        _run(wrong, tmp_path, monkeypatch)

"""The pages do what they say: their blocks run, their outputs are what is printed, their links lead somewhere.

``reader.py`` tells how a page is read; the page on gates is read in the sample repository, and those that ask for more
than there is here on a stage (``stages.py``). ``yaml`` stands in the sample repository.
"""

from __future__ import annotations

import json
import re
import shutil
import textwrap
from pathlib import Path

import pytest

from tests.docs.commands import EXTRAS, inline_faults
from tests.docs.reader import FENCE, LATER, ROOT, WORDS, Reader, blocks, unrun
from tests.docs.stages import STAGES, Stage

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
SAMPLE = ROOT / "tests" / "sample_paper"
WORKFLOW = SAMPLE / ".github" / "workflows" / "mirrorproof.yml"
IN_THE_SAMPLE = ("gate",)
LANGUAGES = {"toml", "sh", "python", "text", "yaml", "tex", "ini"}

_LINK = re.compile(r"(?<!!)\[[^\]\n]+\]\(([^)\s]+)\)")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def later(path: Path) -> bool:
    return any(block.words & LATER for block in blocks(path.read_text()))


def slugs(page: str) -> set[str]:
    """The anchors of the headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(page: str, folder: Path) -> list[str]:
    bad = []
    for link in _LINK.findall(FENCE.sub("", page)):
        target, _, anchor = link.partition("#")
        if target.startswith(("http:", "https:")):
            continue  # a test needs no network
        path = (folder / target).resolve()  # without a target: the folder itself
        there = path.exists() and path.is_relative_to(ROOT)
        if not there or (anchor and anchor not in slugs(path.read_text() if target else page)):
            bad.append(link)
    return bad


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_what_a_page_shows_is_what_happens(path: Path, reader: Reader) -> None:
    if path.stem in IN_THE_SAMPLE:
        shutil.copytree(SAMPLE, reader.root, dirs_exist_ok=True)
    reader.follow(path.read_text(), whole=False)


@pytest.mark.slow
@pytest.mark.parametrize("path", [path for path in PAGES if later(path)], ids=name)
def test_and_all_the_rest_of_it(path: Path, reader: Reader) -> None:
    page = path.read_text()
    if path.stem in IN_THE_SAMPLE:
        shutil.copytree(SAMPLE, reader.root, dirs_exist_ok=True)
    if name(path) in STAGES:
        stage = STAGES[name(path)]()
        page = stage.page(page)
        stage.enter(reader)
    assert reader.follow(page, whole=True) == sum(block.runs for block in blocks(page))


@pytest.mark.slow
def test_every_extra_is_there_to_install(reader: Reader) -> None:
    Stage({}).enter(reader)
    for extra in sorted(EXTRAS):
        said = reader.end(["pip", "install", "--dry-run", f"mirrorproof[{extra}]"], extra)
        assert "does not provide" not in said
    assert "does not provide" in reader.end(["pip", "install", "--dry-run", "mirrorproof[no-such]"], "no-such")


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_no_block_is_left_that_no_test_runs(path: Path) -> None:
    page = path.read_text()
    assert unrun(page, staged=name(path) in STAGES) == []
    if name(path) in STAGES:
        STAGES[name(path)]().page(page)


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_commands_in_the_running_text_are_there(path: Path, pytestconfig: pytest.Config) -> None:
    assert inline_faults(path.read_text(), pytestconfig._parser) == []


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_links_lead_somewhere(path: Path) -> None:
    assert broken_links(path.read_text(), path.parent) == []


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_blocks_are_of_known_kinds(path: Path) -> None:
    page = path.read_text()
    assert page.count("```") == 2 * len(blocks(page))
    for block in blocks(page):
        assert block.language in LANGUAGES, block
        assert all(WORDS.fullmatch(word) for word in block.words), block
        if block.language == "yaml":
            workflow = [line.strip() for line in WORKFLOW.read_text().splitlines()]
            lines = [line.strip() for line in block.text.splitlines()]
            assert any(workflow[k : k + len(lines)] == lines for k in range(len(workflow))), block


def test_the_front_page_counts_as_the_lock_file_does() -> None:
    claims = json.loads((ROOT / "claims.lock").read_text())["claims"].values()
    told = re.search(r"Of the (\d+) claims\s[^.]*?(\d+) fail as printed", (ROOT / "README.md").read_text())
    assert told is not None
    assert (int(told[1]), int(told[2])) == (len(claims), sum(c["verdict"] == "fails" for c in claims))


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_pictures_are_there_and_small(path: Path) -> None:
    for words, name in re.findall(r"!\[([^\]\n]*)\]\(([^)\s]+)\)", path.read_text()):
        assert words and (path.parent / name).stat().st_size < 150_000
    assert path.stem != "README" or "![" in path.read_text()


def test_a_broken_link_is_seen() -> None:
    page = textwrap.dedent("""\
        # A page
        [a](tutorial.md) [b](no-such.md) [c](#a-page) [d](#nothing) [e](../../outside.md)
        """)
    assert broken_links(page, DOCS) == ["no-such.md", "#nothing", "../../outside.md"]

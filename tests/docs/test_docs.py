"""The pages do what they say: their blocks run, their outputs are what is printed, their links lead somewhere.

A page is read from top to bottom in a folder of its own. A block that opens with ``# NAME.toml``, ``.py`` or ``.ini``
is written there; all ``toml`` is read as claims, without fault unless it says ``refused``; other ``sh`` and ``python``
blocks are run and end with status 0 or that of ``exit=N``; a block ``text output`` is what the block before it
prints, apart from times and blanks; ``yaml`` stands in the sample repository. What takes above two seconds says
``slow``, and what needs a cluster, a GPU or an installation says ``parsed``: then commands are held against the options
that there are, and Python against the names. The page on gates is read in the sample repository.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.docs.commands import faults, inline_faults, snippet_faults
from verify.language.claims_file import ClaimsFileError, load_toml

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
SAMPLE = ROOT / "tests" / "sample_paper"
WORKFLOW = SAMPLE / ".github" / "workflows" / "mirrorproof.yml"
IN_THE_SAMPLE = ("gate",)
LANGUAGES = {"toml", "sh", "python", "text", "yaml", "tex", "ini"}
WORDS = re.compile(r"slow|parsed|output|refused|exit=\d+")

_FENCE = re.compile(r"^```(\S*)([^\n]*)\n(.*?)^```[ ]*$", re.DOTALL | re.MULTILINE)
_NAME = re.compile(r"# ([\w.-]+\.(?:toml|py|ini))\n")
_LINK = re.compile(r"(?<!!)\[[^\]\n]+\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    language: str
    words: frozenset[str]
    text: str
    line: int

    @property
    def status(self) -> int:
        return next((int(word[5:]) for word in self.words if word.startswith("exit=")), 0)


def blocks(page: str) -> list[Block]:
    return [
        Block(found[1], frozenset(found[2].split()), found[3], page.count("\n", 0, found.start()) + 1)
        for found in _FENCE.finditer(page)
    ]


def plain(text: str) -> list[str]:
    """The lines without what differs from run to run: seconds, numbers of points, blanks."""
    text = re.sub(r"\b\d+\.\d+(?= s\b)|(?<= )\d+\.\d\d(?=\s*$|  )", "#", text, flags=re.MULTILINE)
    text = re.sub(r"\d+(?= points\b)", "#", text)
    return [" ".join(line.split()) for line in text.strip().splitlines()]


def matches(shown: str, printed: str) -> bool:
    """Whether the output is as shown; lines of the shown text come in this order, and ``...`` stands for any."""
    pattern = "\n".join("(?:.*\n?)*?" if line == "..." else re.escape(line) for line in plain(shown))
    return re.fullmatch(pattern.replace("(?:.*\n?)*?\n", "(?:.*\n)*?"), "\n".join(plain(printed))) is not None


class Reader:
    """Somebody who follows a page in an empty folder."""

    def __init__(self, root: Path, cache: Path, parser: pytest.Parser) -> None:
        self.root, self.parser = root / "reader", parser
        commands = root / "bin"
        for folder in (self.root, commands):
            folder.mkdir()
        for name, module in (("mirrorproof", "verify"), ("pytest", "pytest")):
            command = commands / name
            command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n')
            command.chmod(0o755)
        (commands / "python").symlink_to(sys.executable)
        (self.root / ".venv").mkdir()
        (self.root / ".venv" / "bin").symlink_to(commands)
        self.environment = os.environ | {
            "PATH": f"{commands}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "MIRRORPROOF_CACHE": str(cache),
        }  # fmt: skip

    def run(self, block: Block) -> str:
        command = ["bash", "-eo", "pipefail", "-c", block.text]
        if block.language == "python":
            command = [sys.executable, "-c", block.text]
        done = subprocess.run(
            command, cwd=self.root, env=self.environment, text=True, capture_output=True, check=False, timeout=900
        )
        where = f"the block in line {block.line}"
        assert done.returncode == block.status, f"{where} ends with {done.returncode}:\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def parse(self, block: Block) -> None:
        found = snippet_faults(block.text) if block.language == "python" else faults(block.text, self.parser)
        assert not found, f"the block in line {block.line}: {found}"

    def follow(self, page: str, *, slowly: bool) -> int:
        """How many blocks were run; raises ``AssertionError`` at the first that is not as the page says."""
        printed: str | None = None
        count = 0
        for block in blocks(page):
            if block.language in ("sh", "python"):
                self.parse(block)
            if block.language == "toml" or _NAME.match(block.text):
                self.write(block)
            elif block.language in ("sh", "python"):
                later = "parsed" in block.words or ("slow" in block.words and not slowly)
                printed = None if later else self.run(block)
                count += printed is not None
            elif "output" in block.words and printed is not None:
                assert matches(block.text, printed), f"line {block.line} shows other than\n{printed}"
        return count

    def write(self, block: Block) -> None:
        named = _NAME.match(block.text)
        if named:
            (self.root / named[1]).write_text(block.text)
        if block.language != "toml":
            return
        if "parsed" in block.words:  # settings, not claims
            tomllib.loads(block.text)
        elif "refused" in block.words:
            with pytest.raises(ClaimsFileError):
                load_toml(block.text.encode())
        else:
            load_toml(block.text.encode())


@pytest.fixture
def reader(tmp_path: Path, own_cache: Path, pytestconfig: pytest.Config) -> Reader:
    return Reader(tmp_path, own_cache, pytestconfig._parser)


def slugs(page: str) -> set[str]:
    """The anchors of the headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(page: str, folder: Path) -> list[str]:
    bad = []
    for link in _LINK.findall(_FENCE.sub("", page)):
        target, _, anchor = link.partition("#")
        if target.startswith(("http:", "https:")):
            continue  # a test needs no network
        path = (folder / target).resolve()  # without a target: the folder itself
        there = path.exists() and path.is_relative_to(ROOT)
        if not there or (anchor and anchor not in slugs(path.read_text() if target else page)):
            bad.append(link)
    return bad


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_what_a_page_shows_is_what_happens(path: Path, reader: Reader) -> None:
    if path.stem in IN_THE_SAMPLE:
        shutil.copytree(SAMPLE, reader.root, dirs_exist_ok=True)
    reader.follow(path.read_text(), slowly=False)


@pytest.mark.slow
@pytest.mark.parametrize("path", [p for p in PAGES if any("slow" in b.words for b in blocks(p.read_text()))],
                         ids=lambda path: path.stem)  # fmt: skip
def test_and_the_slow_blocks_too(path: Path, reader: Reader) -> None:
    if path.stem in IN_THE_SAMPLE:
        shutil.copytree(SAMPLE, reader.root, dirs_exist_ok=True)
    reader.follow(path.read_text(), slowly=True)


SMALL = {'device="cuda"': 'device="cpu"', 'engine="cuda"': 'engine="compiled"', "range(1000)": "range(2)",
         "steps=100_000": "steps=100", "steps=10_000": "steps=200"}  # fmt: skip


@pytest.mark.slow
def test_what_needs_a_gpu_runs_in_small_without_one(reader: Reader) -> None:
    page = (DOCS / "how-to" / "gpu.md").read_text()
    for long, short in SMALL.items():
        assert long in page
        page = page.replace(long, short)
    assert "cuda" not in "".join(b.text for b in blocks(page) if b.language == "python")
    assert reader.follow(page.replace("python parsed", "python"), slowly=True) == 2


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_commands_in_the_running_text_are_there(path: Path) -> None:
    assert inline_faults(path.read_text()) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_links_lead_somewhere(path: Path) -> None:
    assert broken_links(path.read_text(), path.parent) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
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


def test_a_page_that_is_wrong_is_refused(reader: Reader) -> None:
    page = "```sh\necho one\n```\n\n```text output\n{}\n```\n"
    assert reader.follow(page.format("one"), slowly=False) == 1
    for wrong in ("two", "one\none"):
        with pytest.raises(AssertionError, match="line 5 shows"):
            reader.follow(page.format(wrong), slowly=False)
    with pytest.raises(AssertionError, match="ends with 3"):
        reader.follow("```sh\nexit 3\n```\n", slowly=False)
    assert reader.follow("```sh slow\nmirrorproof --version\n```\n", slowly=False) == 0
    with pytest.raises(ClaimsFileError):
        reader.follow('```toml\n[[claim]]\nid = "a"\nclaim = "x == "\n```\n', slowly=False)


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
    assert inline_faults("`mirrorproof gate --update` `mirrorproof.check` `mirrorproof potential EXPR --in x`") == []
    assert len(inline_faults("`mirrorproof gate --no-such` and `mirrorproof nothing`")) == 2


def test_the_front_page_counts_as_the_lock_file_does() -> None:
    claims = json.loads((ROOT / "claims.lock").read_text())["claims"].values()
    told = re.search(r"Of the (\d+) claims\s[^.]*?(\d+) fail as printed", (ROOT / "README.md").read_text())
    assert told is not None
    assert (int(told[1]), int(told[2])) == (len(claims), sum(c["verdict"] == "fails" for c in claims))


def test_times_may_differ_and_nothing_else() -> None:
    assert matches("a  holds  1.19\n\n1 claim in 0.6 s", "a holds  0.31 \n\n1 claim in 2.1 s\n")
    assert not matches("a  holds  1.19", "a  fails  1.19")
    assert matches("first\n...\nlast", "first\nx\ny\nlast") and matches("first\n...\nlast", "first\nlast")
    assert not matches("first\n...\nlast", "first\nlast\nmore")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
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

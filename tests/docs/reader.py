"""Somebody who reads a page from top to bottom, in a folder of their own, and runs what it shows.

A block that opens with ``# NAME.toml``, ``.py`` or ``.ini`` is written there; ``toml`` is read as claims, without fault
unless it says ``refused``, or is ``settings`` of a command below it; other ``sh`` and ``python`` blocks are run and end
with status 0 or that of ``exit=N``; a block ``text output`` is what the block before it prints, apart from times and
blanks. What takes above two seconds says ``slow``, and what asks for an installation, data, a cluster or a GPU says
``staged``. Either is run by the tests that are slow, the latter on the stage of its page (``stages.py``).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
import tomllib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.docs.commands import faults, snippet_faults
from verify.language.claims_file import ClaimsFileError, load_toml

ROOT = Path(__file__).resolve().parents[2]
WORDS = re.compile(r"slow|staged|settings|output|refused|exit=\d+")
LATER = {"slow", "staged"}
LIMIT = 1800.0  # seconds for a block
FENCE = re.compile(r"^```(\S*)([^\n]*)\n(.*?)^```[ ]*$", re.DOTALL | re.MULTILINE)

_NAME = re.compile(r"# ([\w.-]+\.(?:toml|py|ini))\n")


@dataclass(frozen=True)
class Block:
    language: str
    words: frozenset[str]
    text: str
    line: int

    @property
    def status(self) -> int:
        return next((int(word[5:]) for word in self.words if word.startswith("exit=")), 0)

    @property
    def file(self) -> str:
        """The name of the file that it is; empty for what is run itself."""
        named = _NAME.match(self.text)
        return named[1] if named else ""

    @property
    def runs(self) -> bool:
        return self.language in ("sh", "python") and not self.file


def blocks(page: str) -> list[Block]:
    return [
        Block(found[1], frozenset(found[2].split()), found[3], page.count("\n", 0, found.start()) + 1)
        for found in FENCE.finditer(page)
    ]


def unrun(page: str, *, staged: bool) -> list[int]:
    """The lines of the blocks that no test runs: on a stage that there is not, or a file that nobody takes."""
    shown = blocks(page)
    run = "".join(block.text for block in shown if block.runs)

    def taken(block: Block) -> bool:
        stem, _, kind = block.file.partition(".")
        return block.file in run or kind == "ini" or (kind == "py" and f"from {stem} import" in run)

    def lost(block: Block) -> bool:
        idle = not taken(block) if block.file else "settings" in block.words
        return idle or ("staged" in block.words and not staged)

    return [block.line for block in shown if lost(block)]


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
    """The folder ``root``, the environment, and what was started there; ``close`` ends what still runs of it."""

    def __init__(self, room: Path, cache: Path, parser: pytest.Parser) -> None:
        self.root, self.bin, self.parser = room / "reader", room / "bin", parser
        self.sessions: list[int] = []
        for folder in (self.root, self.bin):
            folder.mkdir()
        for name, given in (("python", ""), ("mirrorproof", "-m verify"), ("pytest", "-m pytest")):
            self.command(name, f'exec "{sys.executable}" {given} "$@"')
        (self.root / ".venv").mkdir()
        (self.root / ".venv" / "bin").symlink_to(self.bin)
        self.environment = os.environ | {
            "PATH": f"{self.bin}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "MIRRORPROOF_CACHE": str(cache),
        }  # fmt: skip

    def command(self, name: str, script: str) -> None:
        """A command of this name, before all others."""
        (self.bin / name).write_text(f"#!/bin/sh\n{script}\n")
        (self.bin / name).chmod(0o755)

    def run(self, block: Block) -> str:
        """What the block prints. Raises AssertionError, which names it, where it ends otherwise or not in time."""
        command = ["bash", "-eo", "pipefail", "-c"] if block.language == "sh" else ["python", "-c"]
        return self.end([*command, block.text], f"the block in line {block.line}", block.status)

    def end(self, command: list[str], where: str, wanted: int = 0, limit: float = LIMIT) -> str:
        """What the command prints, which may leave others in the background: no pipe, which they would hold open."""
        with tempfile.TemporaryFile("w+") as out:
            running = subprocess.Popen(
                command, cwd=self.root, env=self.environment, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
            )  # fmt: skip
            self.sessions.append(running.pid)
            status: int | None = None
            with suppress(subprocess.TimeoutExpired):
                status = running.wait(limit)
            out.seek(0)
            printed = out.read()
        assert status is not None, f"{where} has not ended after {limit:g} s:\n{printed}"
        assert status == wanted, f"{where} ends with {status}:\n{printed}"
        return printed

    def close(self) -> None:
        """All processes of the sessions: also those whose parents are gone."""
        for end in (psutil.Process.terminate, psutil.Process.kill):
            until = time.monotonic() + 10
            while (left := [p for p in psutil.process_iter() if self._own(p)]) and time.monotonic() < until:
                for process in left:
                    with suppress(psutil.Error):
                        end(process)
                time.sleep(0.2)

    def _own(self, process: psutil.Process) -> bool:
        try:
            return os.getsid(process.pid) in self.sessions and process.status() != psutil.STATUS_ZOMBIE
        except (OSError, psutil.NoSuchProcess):
            return False

    def parse(self, block: Block) -> None:
        """Commands are held against the options that there are, and Python against the names."""
        found = snippet_faults(block.text) if block.language == "python" else faults(block.text, self.parser)
        assert not found, f"the block in line {block.line}: {found}"

    def follow(self, page: str, *, whole: bool) -> int:
        """How many blocks were run; raises AssertionError at the first that is not as the page says.

        whole: run also what is left to the slow tests.
        """
        printed: str | None = None
        count = 0
        for block in blocks(page):
            if block.language in ("sh", "python") and not whole:
                self.parse(block)
            if block.language == "toml" or block.file:
                self.write(block)
            elif block.runs:
                printed = None if block.words & LATER and not whole else self.run(block)
                count += printed is not None
            elif "output" in block.words and printed is not None:
                assert matches(block.text, printed), f"line {block.line} shows other than\n{printed}"
        return count

    def write(self, block: Block) -> None:
        if block.file:
            (self.root / block.file).write_text(block.text)
        if block.language != "toml":
            return
        if "settings" in block.words:
            tomllib.loads(block.text)
        elif "refused" in block.words:
            with pytest.raises(ClaimsFileError):
                load_toml(block.text.encode())
        else:
            load_toml(block.text.encode())

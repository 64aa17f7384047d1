"""Commands and snippets are held against what there is, also where only a slow test runs them."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import re
import shlex
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
import pytest

from verify.cli import COMMANDS, cli

ROOT = Path(__file__).resolve().parents[2]
EXTRAS = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"])
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
MODULES = ("mirrorproof", "verify")
# what a page may ask for besides: the shell's own words, and tools of others of which nothing is here to ask
OTHERS = ("cd", "cat", "echo", "exit", "sed", "git", "pre-commit", ".", "source", "export", "python3")
DASK = {"scheduler": "distributed.cli.dask_scheduler", "worker": "distributed.cli.dask_worker"}
_CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")


def commands(script: str) -> Iterator[list[str]]:
    """The commands of a script, word by word, without comments, redirections and assignments before them."""
    for line in re.sub(r"\\\n", " ", script).splitlines():
        part: list[str] = []
        for word in [*shlex.split(line, comments=True), "&&"]:
            if word in ("&&", "||", "|", ";"):
                while part and re.match(r"[A-Z_]+=", part[0]):
                    part.pop(0)
                if part:
                    yield part
                part = []
            elif word == ">" or part[-1:] == [">"]:
                part = [*part, ">"] if word == ">" else part[:-1]
            else:
                part.append(word)


def faults(script: str, parser: pytest.Parser) -> list[str]:
    """What is wrong with the commands of a script, one line each."""
    return [f"{shlex.join(words)}: {fault}" for words in commands(script) for fault in _faults(words, parser)]


def _faults(words: list[str], parser: pytest.Parser) -> Iterable[str]:
    name, rest = words[0].rpartition("/")[2], words[1:]
    if name == "python" and rest[:1] == ["-m"]:
        name, rest = rest[1], rest[2:]
    if name in MODULES:
        return _parsed(cli, rest)
    if name == "python":
        return [] if not rest or rest[0] in ("-c",) else _script(rest)
    if name == "pytest":
        _, unknown = parser.parse_known_and_unknown_args(rest)
        return [f"pytest knows no {word}" for word in unknown if word.startswith("-")]
    if name == "pip":
        asked = re.findall(r"mirrorproof\[([\w,-]+)\]", " ".join(rest))
        return [f"no extra is called {e}" for extras in asked for e in extras.split(",") if e not in EXTRAS]
    if name == "make":
        return [f"the Makefile has no {target}" for target in rest if "=" not in target and target not in TARGETS]
    if name == "dask":
        if importlib.util.find_spec("distributed") is None:
            return []
        return _parsed(importlib.import_module(DASK[rest[0]]).main, rest[1:])
    return [] if name in OTHERS else ["a command that no test knows"]


def _parsed(command: click.Command, words: list[str]) -> list[str]:
    """What the command says of its arguments; nothing is run."""
    try:
        while isinstance(command, click.Group):
            context = click.Context(command)
            if not words:
                return []  # it lists what there is
            if words[0].startswith("-"):
                command.make_context("", list(words))
                return []
            _, found, words = command.resolve_command(context, list(words))
            assert found is not None
            command = found
        command.make_context(command.name, list(words))
    except click.exceptions.Exit:
        return []  # --help and --version
    except click.ClickException as error:
        return [error.format_message()]
    return []


def _script(words: list[str]) -> list[str]:
    file = ROOT / words[0]
    if not file.is_file():
        return [] if re.fullmatch(r"[\w-]+\.py", words[0]) else [f"there is no {words[0]}"]  # one that the page shows
    text = file.read_text()
    return [f"{words[0]} has no {word}" for word in words[1:] if word.startswith("--") and f'"{word}"' not in text]


def snippet_faults(source: str) -> list[str]:
    """What is wrong with a piece of Python that is not run: its syntax, and names that our modules do not have."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        return [f"line {error.lineno}: {error.msg}"]
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and (ROOT / node.module.split(".")[0]).is_dir():
            module = importlib.import_module(node.module)
            found += [f"{node.module} has no {a.name}" for a in node.names if not hasattr(module, a.name)]
    return found


def inline_faults(page: str, parser: pytest.Parser) -> list[str]:
    """Commands named in the running text that there are not, or with options that they do not have."""
    found = []
    for code in _CODE.findall(page):
        words = code.split()
        if words[0] in ("pip", "make", "pytest", "python", "dask"):
            found += faults(code, parser)
        if words[0] != "mirrorproof" or len(words) < 2 or not re.fullmatch(r"[a-z]+", words[1]):
            continue
        if words[1] not in COMMANDS:
            found.append(f"{code}: no such command")
            continue
        command: click.Command = importlib.import_module(COMMANDS[words[1]][0]).command
        known = {option for p in command.params for option in (*p.opts, *p.secondary_opts)} | {"-h", "--help"}
        bare = re.sub(r"\"[^\"]*\"", "", code)
        found += [f"{code}: it has no {option}" for option in _OPTION.findall(bare) if option not in known]
    return found

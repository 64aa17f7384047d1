"""The sources that an experiment is made of: its module and, from there, all of ours that it imports."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = ("training", "numerics", "theory")
ABOUT = "numerics.experiments"  # keeps books on runs; nothing in it computes what a cell does


def sources(module: str) -> list[Path]:
    """The files of the module and of what it imports of ours, at the top or inside functions, sorted."""
    found: dict[Path, None] = {}
    waiting = [module]
    while waiting:
        wanted = waiting.pop()
        file = None if wanted.startswith(ABOUT) else _file(wanted)
        if file is not None and file not in found:
            found[file] = None
            waiting += _imported(file)
    return sorted(found)


@lru_cache
def source_hash(module: str) -> str:
    """SHA-256 over them: a change elsewhere in the project leaves a checkpoint good."""
    total = hashlib.sha256()
    for file in sources(module):
        total.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes())
    return total.hexdigest()[:16]


def _file(module: str) -> Path | None:
    place = ROOT / Path(*module.split("."))
    for file in (place.with_suffix(".py"), place / "__init__.py"):
        if file.is_file():
            return file
    return None


def _imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith(OURS))
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(OURS) and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)

"""A cache of judgements by content: it saves time and never changes a verdict.

The key of an entry covers the statement, every source file that can bear on its verdict, the versions of the
libraries and the settings. An entry that cannot be read, or is not of its key, is a miss. What a time-out left
undecided is not kept: with more time the answer may differ.

The whole record of a paper's claim is kept as well, under a key that covers the sources of the paper's claims in
place of the statements, so that a claim need not be derived again to learn that nothing has changed.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import time
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify.records import Judged, Record, write_json

if TYPE_CHECKING:
    from verify.statement import Statement

FORMAT = "2"
LIBRARIES = ("sympy", "mpmath", "python-flint", "z3-solver", "cvc5", "numpy", "scipy")
FLOORS = ("theory", "numerics", "verify")
SHOWS_ONLY = ("verify/cli", "verify/report", "verify/papers", "verify/plugin.py", "verify/gate.py", "verify/lock.py")
STOPPED = ("out of time", "out of memory", "time-out", "timed out", "stopped")
KEPT_SECONDS = 30 * 24 * 3600.0


@lru_cache(maxsize=1)
def library_versions() -> dict[str, str]:
    """The versions of the libraries that verdicts rest on, and of Python."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "absent"
    return found


@lru_cache(maxsize=1)
def source_hash() -> str:
    """A hash of every source file that can bear on a verdict (the claims themselves enter as statements)."""
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256(FORMAT.encode())
    for floor in FLOORS:
        for path in sorted((root / floor).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            if not name.startswith(SHOWS_ONLY):
                digest.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


@cache
def paper_hash(module: str) -> str:
    """A hash of the sources of all claims of the paper that the module belongs to."""
    root = Path(__file__).resolve().parent.parent
    folder = root.joinpath(*module.split(".")[:-1])
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def default_root() -> Path:
    """``$MIRRORPROOF_CACHE``, or ``.mirrorproof/cache`` in the working directory."""
    named = os.environ.get("MIRRORPROOF_CACHE")
    return Path(named) if named else Path(".mirrorproof") / "cache"


class Cache:
    """Judgements as one small file each, below a folder for the sources and libraries that made them."""

    def __init__(self, root: Path | None, settings: Mapping[str, Any]) -> None:
        """root: where the entries lie; None keeps and finds nothing. settings: everything a verdict depends on."""
        self.root = root
        self.settings = dict(settings)
        self.parts = {"settings": self.settings, "versions": library_versions(), "sources": source_hash()}
        generation = json.dumps({k: self.parts[k] for k in ("versions", "sources")}, sort_keys=True)
        self.generation = hashlib.sha256(generation.encode()).hexdigest()[:16]

    def key(self, statement: Statement) -> str:
        text = json.dumps(self.parts | {"statement": statement.fingerprint}, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def recall(self, statement: Statement) -> Judged | None:
        """What was judged of the statement before, or None."""
        return self._read(self.key(statement), statement.text)

    def recall_claim(self, name: str, module: str) -> Record | None:
        """The record of the claim that a module of a paper declares under the name, or None."""
        return self._read(self._claim_key(name, module), name)

    def keep_claim(self, name: str, module: str, record: Record) -> None:
        """Remember a whole record whose statements were all judged once and for all."""
        if self.root is not None and module:
            self._write(self._claim_key(name, module), name, record)

    def _claim_key(self, name: str, module: str) -> str:
        text = json.dumps(self.parts | {"claim": name, "paper": paper_hash(module)}, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def _read(self, key: str, about: str) -> dict[str, Any] | None:
        if self.root is None:
            return None
        try:
            entry = json.loads(self._path(key).read_text(encoding="utf-8"))
            found: dict[str, Any] = entry["judged"]
            if entry["key"] != key or entry["digest"] != _digest(found) or entry["statement"] != about:
                return None
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return found | {"cached": True}

    def keep(self, statement: Statement, judged: Judged) -> None:
        """Remember a judgement if it is one that more time could not change; a full disk is no error."""
        if self.root is None or not lasting(judged, float(self.settings.get("seconds", 0))):
            return
        self._write(self.key(statement), statement.text, judged)

    def _write(self, key: str, about: str, judged: dict[str, Any]) -> None:
        entry = {"key": key, "statement": about, "digest": _digest(judged), "judged": judged}
        try:
            write_json(self._path(key), entry)
        except OSError:
            return

    def _path(self, key: str) -> Path:
        assert self.root is not None
        return self.root / self.generation / key[:2] / f"{key}.json"

    def prune(self) -> None:
        """Drop what other sources or libraries left behind and nobody has used for a month."""
        if self.root is None or not self.root.is_dir():
            return
        for folder in self.root.iterdir():
            is_generation = folder.is_dir() and len(folder.name) == len(self.generation)
            if is_generation and folder.name != self.generation and _age(folder) > KEPT_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)


def lasting(judged: Judged, seconds: float) -> bool:
    """Whether the same judgement would come out with more time: it is decided, or nothing ran to its limit."""
    if judged["verdict"] in ("holds", "fails"):
        return True
    if judged["verdict"] != "undecided":
        return False
    stopped = any(word in e["detail"] for e in judged["evidence"] for word in STOPPED)
    return not stopped and float(judged["seconds"]) < seconds / 2


def _digest(judged: Judged) -> str:
    return hashlib.sha256(json.dumps(judged, sort_keys=True).encode()).hexdigest()


def _age(folder: Path) -> float:
    try:
        return time.time() - folder.stat().st_mtime
    except OSError:
        return 0.0

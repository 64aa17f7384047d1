"""The lock file: the verdict that is expected of each claim, and how strong the evidence was when it was reviewed.

Expected verdicts are written here and nowhere else, and beside them the figures of experiments that claims speak of.
The file is JSON, one claim or figure a line, sorted, so that a change of a verdict is a change of one line.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from verify.form import LOCK, departure, read_json
from verify.records import SCHEMA, Record

NAME = "claims.lock"
Expected = dict[str, Any]  # verdict, tier, scope, vacuous where it is, corrected: {the same} or None
Figure = dict[str, Any]  # median and budget (None where no seed is finite), not_finite: so many seeds


def default_path() -> Path:
    """``claims.lock`` in the working directory, or else beside the packages."""
    here = Path(NAME)
    return here if here.is_file() else Path(__file__).resolve().parent.parent / NAME


def expected(record: Record) -> Expected:
    """What the lock file keeps of a record."""
    corrected = record["corrected"]
    kept = {"verdict": record["verdict"], "tier": record["tier"], "scope": record["scope"]}
    if record.get("vacuous"):
        kept["vacuous"] = True
    names = ("verdict", "tier", "scope", "vacuous")
    return kept | {"corrected": {k: corrected[k] for k in names if corrected.get(k)} if corrected else None}


def read(path: Path) -> dict[str, Expected]:
    """The claims of a lock file; raises ``ValueError`` with one line where it is none."""
    return read_all(path)[0]


def read_all(path: Path) -> tuple[dict[str, Expected], dict[str, Figure]]:
    """The claims and the figures of a lock file; raises ``ValueError`` with one line where it is none."""
    whole = read_json(path)
    if not isinstance(whole, dict) or whole.get("schema") != SCHEMA:
        raise ValueError(f"{path}: not a lock file of schema {SCHEMA}")
    if wrong := departure(whole, LOCK):
        raise ValueError(f"{path}: not a lock file: {wrong}")
    return whole["claims"], whole.get("figures") or {}


def write(path: Path, claims: Mapping[str, Expected], figures: Mapping[str, Figure] | None = None) -> None:
    more = f', "figures": {_lines(figures)}' if figures else ""
    text = f'{{"schema": {SCHEMA}, "claims": {_lines(claims)}{more}}}\n'
    draft = path.with_name(f".{path.name}.new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def _lines(entries: Mapping[str, Any]) -> str:
    return "{\n" + ",\n".join(f"  {json.dumps(name)}: {json.dumps(entries[name])}" for name in sorted(entries)) + "\n}"


def locked(records: Iterable[Record]) -> dict[str, Expected]:
    return {record["id"]: expected(record) for record in records}

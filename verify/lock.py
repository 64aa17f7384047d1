"""The lock file: the verdict that is expected of each claim, and how strong the evidence was when it was reviewed.

Expected verdicts are written here and nowhere else. The file is JSON, one claim a line, sorted by id, so that a
change of a verdict is a change of one line.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from verify.records import SCHEMA, Record

NAME = "claims.lock"
Expected = dict[str, Any]  # verdict, tier, scope, corrected: {verdict, tier, scope where it has one} or None


def default_path() -> Path:
    """``claims.lock`` in the working directory, or else beside the packages."""
    here = Path(NAME)
    return here if here.is_file() else Path(__file__).resolve().parent.parent / NAME


def expected(record: Record) -> Expected:
    """What the lock file keeps of a record."""
    corrected = record["corrected"]
    return {
        "verdict": record["verdict"],
        "tier": record["tier"],
        "scope": record["scope"],
        "corrected": {k: corrected[k] for k in ("verdict", "tier", "scope") if corrected.get(k)} if corrected else None,
    }


def read(path: Path) -> dict[str, Expected]:
    """The claims of a lock file; raises ``ValueError`` with one line where it is none."""
    try:
        whole = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not JSON"
        raise ValueError(f"{path}: {reason}") from None
    claims = whole.get("claims") if isinstance(whole, dict) and whole.get("schema") == SCHEMA else None
    if not isinstance(claims, dict) or not all(_is_expected(entry) for entry in claims.values()):
        raise ValueError(f"{path}: not a lock file of schema {SCHEMA}")
    return claims


def _is_expected(entry: object) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("verdict"), str) and isinstance(entry.get("tier"), str)


def write(path: Path, claims: Mapping[str, Expected]) -> None:
    lines = [f"  {json.dumps(name)}: {json.dumps(claims[name])}" for name in sorted(claims)]
    text = f'{{"schema": {SCHEMA}, "claims": {{\n' + ",\n".join(lines) + "\n}}\n"
    draft = path.with_name(f".{path.name}.new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def locked(records: Iterable[Record]) -> dict[str, Expected]:
    return {record["id"]: expected(record) for record in records}

"""The lock file: the verdict that is expected of each claim, and how strong the evidence was when it was reviewed.

Expected verdicts are written here and nowhere else, and beside them the figures of experiments that claims speak of.
The file is JSON, one claim or figure a line, sorted, so that a change of a verdict is a change of one line.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import NoneType
from typing import Any

from verify.evidence import Tier
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
    try:
        whole = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not JSON"
        raise ValueError(f"{path}: {reason}") from None
    claims = whole.get("claims") if isinstance(whole, dict) and whole.get("schema") == SCHEMA else None
    figures = whole.get("figures", {}) if isinstance(whole, dict) else None
    if isinstance(claims, dict) and isinstance(figures, dict):
        good = [*map(_is_expected, claims.values()), *map(_is_figure, figures.values())]
        if all(good):
            return claims, figures
    raise ValueError(f"{path}: not a lock file of schema {SCHEMA}")


def _is_expected(entry: object) -> bool:
    """An entry as this module writes it, a correction included."""
    if not isinstance(entry, dict):
        return False
    corrected = entry.get("corrected")
    return (
        isinstance(entry.get("verdict"), str) and entry.get("tier") in Tier.__members__
        and isinstance(entry.get("scope", ""), str) and (corrected is None or _is_expected(corrected))
    )  # fmt: skip


def _is_figure(entry: object) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("not_finite"), int):
        return False
    return all(isinstance(entry.get(k), (int, float, NoneType)) for k in ("median", "budget"))


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

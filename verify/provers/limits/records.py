"""What was found on the cells, as a tree of cuts that the checker can follow without a search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from verify.exact.expansion.division import OnCase
from verify.language.printing import to_text
from verify.statement import Statement

KIND = "leading terms"
LARGEST = 100_000  # characters beyond which a certificate is not kept


def certificate(statement: Statement, **parts: Any) -> dict[str, Any] | None:
    """The record of a proof or refutation; None where it would be too large, or lacks a part."""
    if _lacking(parts) or len(repr(parts)) > LARGEST:
        return None
    return {"kind": KIND, "statement": statement.text, **parts}


def _lacking(record: Any) -> bool:
    if isinstance(record, dict):
        return any(_lacking(v) for k, v in record.items() if k in ("parts", "part", "rest", "tree", "forms"))
    if isinstance(record, list):
        return any(_lacking(v) for v in record)
    return record is None


def tree(found: Sequence[OnCase[Any]], leaf: Callable[[OnCase[Any]], dict[str, Any]], depth: int = 0) -> dict[str, Any]:
    """The cuts that lead to the cells, as they were decided one after the other, with ``leaf(cell)`` at the ends."""
    if len(found) == 1 and len(found[0].hypotheses) == depth:
        return {"order": found[0].order, **leaf(found[0])}
    cut = found[0].hypotheses[depth].args[0]
    parts: dict[str, list[OnCase[Any]]] = {}
    for cell in found:
        parts.setdefault(cell.hypotheses[depth].op, []).append(cell)
    return {"cut": to_text(cut), "parts": {r: tree(cells, leaf, depth + 1) for r, cells in parts.items()}}

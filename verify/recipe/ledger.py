"""The claims that a recommendation rests on, each with the verdict that was found: looked up, never written here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from verify import lock

if TYPE_CHECKING:
    from verify.claim import Claim

Use = Literal["printed", "corrected", "reading", "nothing"]


@dataclass(frozen=True)
class Support:
    """A claim and what is left of it.

    uses: what may be relied on, the statement as printed where it holds, else the corrected one where that holds,
    else ``nothing``; ``reading``: the text is no statement, and no recommendation relies on it. statement: that which
    is used.
    """

    claim: str
    place: str
    title: str
    verdict: str
    tier: str
    scope: str
    uses: Use
    statement: str
    remark: str = ""

    @property
    def firm(self) -> bool:
        return self.uses in ("printed", "corrected")

    @property
    def warning(self) -> str:
        """What a reader must know before relying on it; empty where the claim holds as printed."""
        if self.uses == "printed":
            return ""
        if self.uses == "corrected":
            return f"{self.claim} ({self.place}) fails as printed; the corrected statement is used: {self.remark}"
        if self.uses == "reading":
            return f"{self.claim} ({self.place}) is ill-posed as printed: {self.remark}"
        return f"{self.claim} ({self.place}) is {self.verdict} and has no corrected statement that holds"

    def as_json(self) -> dict[str, Any]:
        return {
            "claim": self.claim, "place": self.place, "verdict": self.verdict, "tier": self.tier,
            "scope": self.scope, "uses": self.uses, "statement": self.statement, "remark": self.remark,
        }  # fmt: skip


class Ledger:
    """Verdicts by claim, from a lock file or from the results of a run.

    source: the file; None: ``claims.lock`` in the working directory or beside the packages. Raises ``ValueError``
    with one line where the file cannot be read.
    """

    def __init__(self, source: Path | None = None) -> None:
        self.path = lock.default_path() if source is None else source
        self._known = _read(self.path)
        self._found: dict[str, Support] = {}

    def support(self, claim: str) -> Support:
        """Raises ``KeyError`` for a name that no claim bears."""
        if claim not in self._found:
            self._found[claim] = self._support(claim)
        return self._found[claim]

    def _support(self, claim: str) -> Support:
        built = _built(claim)
        entry = self._known.get(claim, {"verdict": "undecided", "tier": "none", "scope": "", "corrected": None})
        verdict, corrected = entry["verdict"], entry.get("corrected") or {}
        uses: Use = "nothing"
        statement, remark = built.printed, ""
        scope, tier = entry.get("scope", ""), entry["tier"]
        if verdict == "holds":
            uses = "printed"
        elif verdict == "ill-posed":
            uses, remark = "reading", built.ill_posed.reason if built.ill_posed else ""
        elif corrected.get("verdict") == "holds" and built.corrected is not None:
            uses, statement, remark = "corrected", built.corrected, built.note or built.corrected.text
            scope, tier = corrected.get("scope", ""), corrected["tier"]
        text = "" if statement is None else statement.text
        return Support(claim, built.place, built.title, verdict, tier, scope, uses, text, remark)


@cache
def _built(claim: str) -> Claim:
    from verify.catalogue import functions

    return functions()[claim][1].build()


def _read(path: Path) -> Mapping[str, Any]:
    try:
        whole = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        whole = None
    if isinstance(whole, dict) and isinstance(whole.get("claims"), list):  # the results of a run
        try:
            return {r["id"]: lock.expected(r) for r in whole["claims"]}
        except (KeyError, TypeError):
            raise ValueError(f"{path}: not the results of a run") from None
    return lock.read(path)

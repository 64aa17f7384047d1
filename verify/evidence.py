"""Evidence: what one method found out about one statement, and how strong that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal


class Tier(IntEnum):
    """How strong a piece of evidence is; a claim's tier is the minimum over itself and what it rests on."""

    none = 0
    sampled = 1
    simulated = 2
    symbolic = 3
    certified = 4
    formal = 5


Result = Literal["holds", "fails", "survived", "undecided", "agrees", "disagrees", "error"]


@dataclass(frozen=True)
class Evidence:
    """One method's finding on one statement.

    tier: what the method may claim. method: its name. result: ``holds`` (for all points of the scope),
    ``fails`` (with an exact counterexample), ``survived`` (sampling found nothing), ``undecided``.
    scope: empty where everything that was claimed is covered; otherwise what is covered, in words.
    conditions: side conditions that were met and discharged. counterexample: exact values as text.
    certificate: plain data that ``verify.checker`` can replay without the search code.
    """

    tier: Tier
    method: str
    result: Result
    detail: str = ""
    scope: str = ""
    conditions: tuple[str, ...] = ()
    counterexample: Mapping[str, str] | None = None
    engines: Mapping[str, str] = field(default_factory=dict)
    seed: int | None = None
    seconds: float = 0.0
    certificate: Mapping[str, object] | None = None

    def as_json(self) -> dict[str, object]:
        record: dict[str, object] = {
            "tier": self.tier.name,
            "method": self.method,
            "result": self.result,
            "detail": self.detail,
            "seconds": round(self.seconds, 4),
        }
        for key in ("scope", "conditions", "counterexample", "engines", "seed", "certificate"):
            value = getattr(self, key)
            if value not in (None, "", (), {}):
                record[key] = dict(value) if isinstance(value, Mapping) else value
        return record


def undecided(method: str, detail: str, tier: Tier = Tier.none) -> Evidence:
    return Evidence(tier, method, "undecided", detail)

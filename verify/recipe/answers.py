"""What is recommended, why, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from verify.recipe.ledger import Support
from verify.reparam.answers import Answer


@dataclass(frozen=True)
class Recommendation:
    """One thing to set.

    id: lambda, rate, depth, balance, map, decay, time, ... layer: the layer that it is for, empty for all. value: what
    to set, in words and formulas. why: what comes of it. supports: the claims of the papers that it rests on. worked:
    answers found for this very map, in place of claims about another. warnings: what limits it besides what its
    supports say. open: it cannot be had, or nothing is known; then value says why.
    """

    id: str
    value: str
    why: str
    supports: tuple[Support, ...] = ()
    worked: tuple[Answer, ...] = ()
    warnings: tuple[str, ...] = ()
    layer: str = ""
    open: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def all_warnings(self) -> tuple[str, ...]:
        told = [s.warning for s in self.supports if s.warning]
        told += [f"{a.id}: {a.verdict} for this map, {a.answer}" for a in self.worked if a.verdict != "holds"]
        return (*self.warnings, *dict.fromkeys(told))

    @property
    def firm(self) -> bool:
        """Whether it rests on statements that hold, and on nothing else."""
        known = [s.firm for s in self.supports if s.uses != "reading"] + [a.verdict == "holds" for a in self.worked]
        return not self.open and bool(known) and all(known)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id, "layer": self.layer, "value": self.value, "why": self.why, "open": self.open,
            "firm": self.firm, "rests_on": [s.as_json() for s in self.supports],
            "worked_out": [a.as_json() for a in self.worked], "warnings": list(self.all_warnings),
            "values": dict(self.values),
        }  # fmt: skip

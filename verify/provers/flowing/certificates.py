"""What was found on the cells of a law, written down so that ``verify.checker.flow`` can go through it again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from verify.checker.flow import check
from verify.checker.flowing.cells import MARK
from verify.checker.flowing.law import Law
from verify.evidence import Evidence, Tier
from verify.language.printing import number_text, to_text
from verify.language.terms import ZERO, Term
from verify.provers.budget import Budget
from verify.provers.flowing.cells import Cell
from verify.provers.flowing.laws import Cut, Tree
from verify.provers.flowing.points import Situation, Violation
from verify.statement import Statement

MOST_BYTES = 200_000
PART_SECONDS = 2.0
Parts = dict[str, Tree]  # by their labels


@dataclass
class Finding:
    """What was found on one cell: the law proved, nobody stays there, or open.

    helped: whether normal forms were too little. multipliers: of the tangency rows. tie: the parameter and its value
    to which a cell is put off.
    """

    case: Law
    cell: Cell
    kind: str  # "law", "empty", "open", or "deferred" to a case of its own
    why: str = ""
    tier: Tier = Tier.certified
    situation: Situation | None = None
    helped: bool = False
    multipliers: list[Term] | None = None
    tie: tuple[str, Term] | None = None

    @property
    def pattern(self) -> str:
        return ", ".join(p for p in (self.case.label, self.cell.pattern) if p)


def narrowed(law: Law, tie: tuple[str, Term]) -> Law:
    """The law where the parameter has the value to which some of its cells are put off."""
    name, value = tie
    return law.put(name, value, f"{name} == {value}")


def written(tree: Tree, findings: list[Finding], parts: Parts) -> dict[str, Any] | None:
    """The record of a law for all its parameters."""
    if tree is None:
        return None
    if isinstance(tree, Cut):
        sides = {op: written(part, findings, parts) for op, part in tree.parts.items()}
        zero = written(tree.zero, findings, parts)
        return {"cut": to_text(tree.r), "name": tree.name, "value": to_text(tree.value), "zero": zero, **sides}
    cells: dict[str, Any] = {}
    off: dict[str, Any] = {}
    for f in findings:
        if f.case.label != tree.label:
            continue
        pattern = "".join(MARK[s] for s in f.cell.signs.values())
        if f.tie is not None:
            part = narrowed(tree, f.tie).label
            record = {"name": f.tie[0], "value": to_text(f.tie[1]), "law": written(parts[part], findings, parts)}
            off.setdefault(part, record)
            cells[pattern] = {"off": list(off).index(part)}
            continue
        used = bool(f.multipliers) and any(y != ZERO for y in f.multipliers or ())
        cells[pattern] = {"kind": f.kind} | ({"y": [to_text(y) for y in f.multipliers or ()]} if used else {})
    return {"cells": cells, "off": list(off.values())}


def certified(statement: Statement, found: Evidence, budget: Budget, side: int | None = None) -> Evidence:
    """The evidence with its certificate, which the checker goes through once to have the parts it needs proved."""
    kept = dict(found.certificate or {})
    if found.result not in ("holds", "fails") or found.scope or not kept:
        return replace(found, certificate=None)
    kept["statement"] = statement.text
    if found.result == "fails":
        return replace(found, certificate=kept if side is None else kept | {"side": side})
    if kept.pop("helped", False) and not _with_parts(statement, kept, budget):
        return replace(found, certificate=None)
    short = _short(kept)
    return replace(found, certificate=short if len(json.dumps(short)) <= MOST_BYTES else None)


def _short(record: Any) -> Any:
    """The record with ``"law"`` in place of ``{"kind": "law"}``."""
    if isinstance(record, list):
        return [_short(r) for r in record]
    if not isinstance(record, dict):
        return record
    return record["kind"] if record.keys() == {"kind"} else {k: _short(r) for k, r in record.items()}


def _with_parts(statement: Statement, certificate: dict[str, Any], budget: Budget) -> bool:
    from verify.provers.goals import prove_relation

    def settle(goal: Statement, record: Mapping[str, Any], number: int) -> bool:
        proof = prove_relation(goal, Budget(max(0.1, min(PART_SECONDS, budget.left)), budget.seed))
        if proof.result != "holds" or proof.certificate is None or not isinstance(record, dict):
            return False
        record.setdefault("parts", {})[str(number)] = dict(proof.certificate)
        return True

    try:
        return check(statement, certificate, settle)
    except (ValueError, KeyError, TypeError):
        return False


def refuting(violation: Violation, at: Mapping[str, Fraction]) -> dict[str, Any]:
    """The certificate of a violation at the values ``at`` of all names."""
    point = {name: number_text(value) for name, value in at.items()}
    mixture = [[number_text(w), list(map(number_text, limit))] for w, limit in violation.mixture]
    return {"kind": "flow", "point": point, "velocities": mixture}

"""From findings to answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verify.evidence import Tier
from verify.potential.bench import SPENT, Finding, together
from verify.reparam.answers import Answer
from verify.reparam.answers import undecided as open_answer

MORE_TIME = "more --seconds"

__all__ = ["MORE_TIME", "answered", "jointly", "open_answer", "proof_of", "refuted", "short"]


def answered(
    id: str, question: str, text: str, found: Finding, *, scope: str = "", otherwise: str = "",
    values: Mapping[str, Any] | None = None, would_decide: str = "",
) -> Answer:  # fmt: skip
    """The answer that one finding gives; text where it holds, otherwise where it fails."""
    return jointly(id, question, text, [found], scope=scope, otherwise=otherwise, values=values,
                   would_decide=would_decide)  # fmt: skip


def jointly(
    id: str, question: str, text: str, found: list[Finding], *, scope: str = "", otherwise: str = "",
    values: Mapping[str, Any] | None = None, would_decide: str = "",
) -> Answer:  # fmt: skip
    """The answer where every finding must hold."""
    verdict, tier, point = together(*found)
    data = {**(values or {}), "statements": [f.statement for f in found]}
    if verdict == "holds":
        methods = "; ".join(dict.fromkeys(f.detail for f in found if f.detail))
        return Answer(id, question, "holds", tier, text, scope=scope, values={**data, "by": methods})
    if verdict == "fails":
        broken = next(f for f in found if f.fails)
        return Answer(id, question, "fails", tier, otherwise or f"not so: {short(broken.statement)}", scope=scope,
                      counterexample=point, values=data)  # fmt: skip
    left = next(f for f in found if not f.holds)
    decide = would_decide or f"a proof or a counterexample of: {short(left.statement)}; {_more(left)}"
    return Answer(id, question, "undecided", Tier.none, "neither proved nor refuted", scope=scope, would_decide=decide,
                  values=data)  # fmt: skip


def short(text: str, most: int = 400) -> str:
    return text if len(text) <= most else f"{text[: most - 4]} ..."


def proof_of(found: Finding) -> str:
    """What would decide a question that hangs on that finding."""
    return f"a proof of: {short(found.statement)}; {_more(found)}"


def _more(found: Finding) -> str:
    return "more --total" if found.detail == SPENT else MORE_TIME


def refuted(id: str, question: str, text: str, found: list[Finding], **more: Any) -> Answer:
    """The answer ``fails`` where every finding holds that together say so; else undecided."""
    verdict, tier, _ = together(*found)
    data = {**more.pop("values", {}), "statements": [f.statement for f in found]}
    if verdict == "holds":
        return Answer(id, question, "fails", tier, text, values=data, **more)
    left = next(f for f in found if not f.holds)
    return open_answer(id, question, "neither proved nor refuted", proof_of(left),
                       values=data, **more)  # fmt: skip

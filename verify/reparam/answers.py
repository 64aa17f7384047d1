"""Answers: what was asked, what was found, how surely, on what, and what would settle the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from verify.evidence import Tier

Verdict = Literal["holds", "fails", "undecided"]


class BadRequest(ValueError):
    """An input that cannot be read; one line that says where."""


@dataclass(frozen=True)
class Answer:
    """id: a short name. question: a statement, of which ``verdict`` speaks. answer: what was found, in a line.

    scope: where it is so, empty for everywhere. counterexample: exact values. would_decide: for an undecided
    question. values: plain data for machines.
    """

    id: str
    question: str
    verdict: Verdict
    tier: Tier
    answer: str
    scope: str = ""
    counterexample: Mapping[str, str] | None = None
    would_decide: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        record: dict[str, Any] = {
            "id": self.id, "question": self.question, "verdict": self.verdict, "tier": self.tier.name,
            "answer": self.answer, "scope": self.scope,
            "counterexample": None if self.counterexample is None else dict(self.counterexample),
            "seconds": round(self.seconds, 4),
        }  # fmt: skip
        if self.would_decide:
            record["would_decide"] = self.would_decide
        if self.values:
            record["values"] = dict(self.values)
        return record


class Answered:
    """What has answers: they are gone through in the order of the questions, and one is found by its id."""

    answers: tuple[Answer, ...]

    def __getitem__(self, id: str) -> Answer:
        for answer in self.answers:
            if answer.id == id:
                return answer
        raise KeyError(f"no answer is called {id!r}; there are {', '.join(a.id for a in self.answers)}")

    def __iter__(self) -> Iterator[Answer]:
        return iter(self.answers)


def holds(id: str, question: str, answer: str, **more: Any) -> Answer:
    return Answer(id, question, "holds", more.pop("tier", Tier.certified), answer, **more)


def fails(id: str, question: str, answer: str, **more: Any) -> Answer:
    return Answer(id, question, "fails", more.pop("tier", Tier.certified), answer, **more)


def undecided(id: str, question: str, answer: str, would_decide: str, **more: Any) -> Answer:
    return Answer(id, question, "undecided", Tier.none, answer, would_decide=would_decide, **more)

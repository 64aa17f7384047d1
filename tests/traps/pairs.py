"""A trap with its nearest legitimate control."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Pair:
    id: str
    given: list[str]
    trap: str
    control: str
    control_given: list[str] | None = None
    flow: dict[str, str] = field(default_factory=dict)
    control_flow: dict[str, str] | None = None


def pair(name: str, given: str, trap: str, control: str, control_given: str | None = None, **more: dict) -> Pair:
    first = [g for g in given.split("; ") if g]
    second = None if control_given is None else [g for g in control_given.split("; ") if g]
    return Pair(name, first, trap, control, second, **more)

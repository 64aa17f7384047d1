"""What a computation says of a conclusion on one cell."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Ruling:
    """true: whether the conclusion holds on the whole cell. because: the values that were found."""

    true: bool
    because: str

"""What the papers print in their tables and say of their figures: data beside the claims, read by both claims and
report.

A ``Block`` is one printed table or one quantity of it. Numbers stay text until they are compared, so that a value has
as many digits as were printed. Source: ``reported.toml`` in the package of each paper.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from verify.papers import PAPERS

FILE = "reported.toml"
COMPARED = ("row", "column", "all")


@dataclass(frozen=True)
class Block:
    """Printed numbers: ``values[row]`` has one number a column, ``widths`` the half-widths where they are printed.

    measured: the quantity of the experiment for a cell, with {row} and {column} by their names there. compare: which
    numbers the table compares with each other. setting: what the paper states of it, by the names of our settings.
    """

    id: str
    place: str
    title: str
    columns: tuple[str, ...]
    values: Mapping[str, tuple[str, ...]]
    widths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    experiment: str = ""
    measured: str = ""
    compare: str = "all"
    interval: str = ""
    note: str = ""
    setting: Mapping[str, Any] = field(default_factory=dict)
    column_labels: tuple[str, ...] = ()
    row_labels: tuple[str, ...] = ()
    column_names: tuple[str, ...] = ()
    row_names: tuple[str, ...] = ()

    def numbers(self, width: str = "") -> dict[str, str]:
        """row_column -> value, each followed by its half-width under the name with this ending, where one is given."""
        found = {}
        for row, values in self.values.items():
            for k, (column, value) in enumerate(zip(self.columns, values, strict=True)):
                found[f"{row}_{column}"] = value
                if width:
                    found[f"{row}_{column}{width}"] = self.widths[row][k]
        return found

    def quantity(self, row: int, column: int) -> str:
        """The quantity of the experiment that belongs to a cell; empty where none does."""
        rows, columns = self.row_names or tuple(self.values), self.column_names or self.columns
        return self.measured.replace("{row}", rows[row]).replace("{column}", columns[column])


@dataclass(frozen=True)
class Figure:
    """What a figure shows in our words, and how the lines of its experiment are laid out.

    panel: which parts of a line's label (between commas) name its panel; labels: what such a part is called; panels:
    what holds of one panel alone, by the first part of its name, and with ``into`` that its lines are drawn in
    another, ``*`` for every other. shared: whether all panels have the same axes. lines: what a line and its band are,
    where their labels name no seeds. experiment: empty where none of ours measures it.
    """

    place: str
    experiment: str = ""
    shows: str = ""
    setting: Mapping[str, Any] = field(default_factory=dict)
    panel: tuple[int, ...] | None = None
    x: str = ""
    y: str = ""
    x_scale: str = ""
    y_scale: str = ""
    panels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    shared: bool = False
    lines: str = ""


@dataclass(frozen=True)
class Reported:
    """The printed tables and figures of one paper."""

    paper: str
    blocks: tuple[Block, ...]
    figures: tuple[Figure, ...]

    def block(self, name: str) -> Block:
        """The block of this id; raises ``KeyError`` where there is none."""
        return {block.id: block for block in self.blocks}[name]

    @property
    def experiments(self) -> tuple[str, ...]:
        """The experiments that measure a table or a figure, in order, each once."""
        named = [f.experiment for f in self.figures] + [b.experiment for b in self.blocks]
        return tuple(dict.fromkeys(name for name in named if name))


@lru_cache(maxsize=8)
def reported(paper: str) -> Reported:
    """What is printed in the paper of this id; raises ``KeyError`` for an unknown one, ``ValueError`` for bad data."""
    file = Path(__file__).resolve().parent / PAPERS[paper] / FILE
    whole = tomllib.loads(file.read_text(encoding="utf-8"))
    blocks = tuple(_block(raw) for raw in whole.get("block", ()))
    if len({b.id for b in blocks}) != len(blocks):
        raise ValueError(f"{file}: two blocks have the same id")
    return Reported(paper, blocks, tuple(Figure(**_frozen(raw)) for raw in whole.get("figure", ())))


def _block(raw: Mapping[str, Any]) -> Block:
    block = Block(**_frozen(raw))
    lengths = {len(block.columns)} | {len(v) for v in (*block.values.values(), *block.widths.values())}
    lengths |= {len(names) for names in (block.column_labels, block.column_names) if names}
    rows = {len(block.values)} | {len(names) for names in (block.row_labels, block.row_names) if names}
    if len(lengths) != 1 or len(rows) != 1 or block.compare not in COMPARED:
        raise ValueError(f"block {block.id}: its rows, columns and labels do not fit together")
    return block


def _frozen(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Lists as tuples, also those inside the tables of values."""
    return {
        key: tuple(value)
        if isinstance(value, list)
        else {k: tuple(v) if isinstance(v, list) and key != "setting" else v for k, v in value.items()}
        if isinstance(value, dict)
        else value
        for key, value in raw.items()
    }

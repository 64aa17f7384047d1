"""An experiment that trains is a grid of cells: one arm of the comparison with one seed, each a run of its own."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from numerics.experiments.running import Outcome

if TYPE_CHECKING:
    import torch
    from torch import Tensor


class Diverged(ArithmeticError):
    """A loss or a weight that is not finite; the message is one line. It ends its cell and no other."""


@dataclass(frozen=True)
class Cell:
    """One training run: one arm of the comparison ("adam", "coupled_strong_10") with one seed."""

    arm: str
    seed: int

    @property
    def key(self) -> str:
        return f"{self.arm}-{self.seed}"


class Course(Protocol):
    """A cell under way. All that is random is a function of the seed and the unit, never of torch's own generator."""

    total: int  # how many units (epochs, or blocks of steps)

    def advance(self, unit: int) -> dict[str, float]:
        """Do unit number ``unit``, from 0; the row of the live curves. Raises Diverged."""

    def tensors(self) -> dict[str, Tensor]:
        """All that is needed to go on: weights, buffers, the optimizer's state, the weights at the start."""

    def plain(self) -> dict[str, Any]:
        """The part of the state that is JSON."""

    def load(self, tensors: dict[str, Tensor], plain: dict[str, Any]) -> None:
        """Take up the state of ``tensors`` and ``plain``: what follows is bitwise what would have followed."""

    def measured(self) -> dict[str, float | list[float]]:
        """The quantities of this cell at the end, without the name of the arm."""


@dataclass
class Finished:
    """What became of a cell: its quantities and curves, or why it failed; seconds by the clock and of the processor."""

    cell: Cell
    measured: dict[str, float | list[float]] = field(default_factory=dict)
    curves: list[dict[str, float]] = field(default_factory=list)
    failure: str | None = None
    seconds: float = 0.0
    processor: float = 0.0
    state: str = ""  # digest of the final tensors


class TrainingExperiment(Protocol):
    """One experiment; its module is imported when it is asked for."""

    name: str
    title: str
    kind: type  # the frozen dataclass of its settings, with ``seeds`` and ``check``

    def cells(self, settings: Any) -> list[Cell]:
        """The runs, in the order in which they are made."""

    def prepare(self, settings: Any, data: Path | None) -> Any:
        """The data, loaded once for all cells of a process. Raises training.data.places.Missing."""

    def begin(self, settings: Any, cell: Cell, prepared: Any, device: torch.device) -> Course:
        """The cell before its first unit, from its seed alone."""

    def outcome(self, settings: Any, found: dict[str, Finished]) -> Outcome:
        """What the cells show; ``found`` by their keys, those that failed with their reason."""

    def draw(self, outcome: Outcome, figure: Any) -> None:
        """The figure, on an empty one of matplotlib."""


def collected(cells: Sequence[Cell], found: Mapping[str, Finished]) -> dict[str, list[float]]:
    """quantity_arm -> one number for each seed, in the order of the cells; not a number where that cell failed.

    Quantities that are lists stay out: they are lines, not numbers.
    """
    measured: dict[str, list[float]] = {}
    arms: dict[str, list[Cell]] = {}
    for cell in cells:
        arms.setdefault(cell.arm, []).append(cell)
    for arm, own in arms.items():
        names = dict.fromkeys(
            name for cell in own for name, value in found[cell.key].measured.items() if not isinstance(value, list)
        )
        for name in names:
            column = []
            for cell in own:
                one = found[cell.key]
                value = math.nan if one.failure else one.measured.get(name, math.nan)
                column.append(math.nan if isinstance(value, list) else float(value))
            measured[f"{name}_{arm}"] = column
    return measured

"""Printed numbers beside measured ones: whether direction, order of magnitude and numbers agree, computed cell by cell.

direction   of the cells that the table compares with this one, and whose printed numbers lie further apart than both
            half-widths: ours are in the same order (medians over the seeds)
magnitude   ours is the same number up to a factor of the square root of ten: the order of magnitude as it is rounded
numbers     the printed interval (half-width, or half a unit of the last digit) and the range of ours share a point
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from statistics import median
from typing import Any

from verify.papers.reported import Block

FACTOR = math.sqrt(10.0)
Measured = Mapping[str, Sequence[float | None]]


@dataclass(frozen=True)
class Word:
    """agrees, differs, in part, or nothing to compare; count: how many of how many where several were compared."""

    word: str
    count: str = ""


NOTHING = Word("–")


@dataclass(frozen=True)
class Cell:
    """One printed number and what was measured of it, a value for each seed that ended in a number.

    ours is empty where there is none; lost: how many seeds ended in none.
    """

    row: str
    column: str
    quantity: str
    text: str
    half: str
    printed: float
    room: float
    ours: tuple[float, ...]
    lost: int = 0
    direction: Word = NOTHING
    magnitude: Word = NOTHING
    numbers: Word = NOTHING

    @property
    def middle(self) -> float:
        return median(self.ours)

    @property
    def failed(self) -> str:
        """How many seeds ended in no number, in words; empty where none did."""
        return f"{self.lost} of {self.lost + len(self.ours)} seeds failed" if self.lost else ""

    @property
    def ratio(self) -> float | None:
        """Ours over theirs, where that is a number."""
        return self.middle / self.printed if self.ours and self.printed else None


@dataclass(frozen=True)
class Comparison:
    """A block beside what was measured of it; pairs: how many pairs of cells are in the printed order."""

    block: Block
    cells: tuple[Cell, ...]
    pairs: tuple[int, int]

    @property
    def measured(self) -> bool:
        return any(c.ours or c.lost for c in self.cells)

    def agreeing(self, kind: str) -> tuple[int, int]:
        """(cells that agree, cells that could be compared) in ``direction``, ``magnitude`` or ``numbers``."""
        words = [getattr(c, kind).word for c in self.cells if getattr(c, kind) != NOTHING]
        return words.count("agrees"), len(words)

    @property
    def verdict(self) -> dict[str, Word]:
        """What the whole block comes to, by what is compared."""
        told = {"direction": _part(*self.pairs)}
        return told | {kind: _part(*self.agreeing(kind)) for kind in ("magnitude", "numbers")}


    @property
    def factor(self) -> tuple[float, int, int] | None:
        """(factor, cells, cells in all): the one factor, the median of ours over theirs, up to which so many cells have
        the printed order of magnitude; None where no more of them have it up to a factor than without.
        """
        ratios = sorted(c.ratio for c in self.cells if c.ratio is not None and c.ratio > 0)
        if len(ratios) < 3:
            return None
        middle = median(ratios)
        near = sum(1 / FACTOR <= ratio / middle <= FACTOR for ratio in ratios)
        agreeing, asked = self.agreeing("magnitude")
        return (middle, near, asked) if near > agreeing else None


def compare(block: Block, measured: Measured | None) -> Comparison:
    """The block beside the measured quantities, one value a seed; None where its experiment has not run."""
    cells = []
    for i, (row, values) in enumerate(block.values.items()):
        for j, text in enumerate(values):
            half = block.widths[row][j] if row in block.widths else ""
            name = block.quantity(i, j)
            cells.append(
                Cell(
                    (block.row_labels or tuple(block.values))[i], (block.column_labels or block.columns)[j], name, text,
                    half, float(text), float(half) if half else last_digit(text), *seeds(name, measured or {}),
                )
            )  # fmt: skip
    order: list[list[bool]] = [[] for _ in cells]
    same = asked = 0
    for a, b in combinations(range(len(cells)), 2):
        told = _ordered(block, cells[a], cells[b])
        if told is not None:
            order[a].append(told)
            order[b].append(told)
            same, asked = same + told, asked + 1
    found = tuple(
        Cell(**{**vars(c), "direction": _part(sum(order[k]), len(order[k])), "magnitude": _magnitude(c),
                "numbers": _numbers(c)})
        for k, c in enumerate(cells)
    )  # fmt: skip
    return Comparison(block, found, (same, asked))


def evaluated(formula: str, measured: Measured) -> tuple[float, ...]:
    """The values of a formula in measured quantities, of those seeds that have one."""
    return seeds(formula, measured)[0]


def seeds(formula: str, measured: Measured) -> tuple[tuple[float, ...], int]:
    """The values of a formula in measured quantities, seed by seed, and how many seeds have none.

    Both are empty where a quantity was not measured.
    """
    if not formula:
        return (), 0
    if formula in measured:
        values: Sequence[float | None] = measured[formula]
    else:
        from verify.language.errors import LanguageError
        from verify.language.evaluate import Undefined

        try:
            values = _formula(formula, measured)
        except (LanguageError, Undefined, ValueError):
            return (), 0
    good = tuple(v for v in values if v is not None)
    return good, len(values) - len(good)


def _formula(formula: str, measured: Measured) -> list[float | None]:
    from verify.language.evaluate import exact
    from verify.language.parse import parse_term

    found: list[float | None] = []
    names = tuple(measured)
    term = parse_term(formula, names)
    used = sorted(term.free)
    for values in zip(*(measured[name] for name in used), strict=True):
        numbers = {n: Fraction(v) for n, v in zip(used, values, strict=True) if v is not None}
        value = exact(term, numbers) if len(numbers) == len(used) else None
        found.append(None if value is None else float(value))
    return found


def last_digit(text: str) -> float:
    """Half a unit of the last digit that is printed: 0.05 for 1.2, 0.5e-5 for 1.20e-3."""
    exponent = Decimal(text).as_tuple().exponent
    return 0.5 * 10.0 ** int(exponent)


def _ordered(block: Block, a: Cell, b: Cell) -> bool | None:
    """Whether ours are in the printed order; None where they are not compared, or printed too close to tell."""
    if block.compare != "all" and getattr(a, block.compare) != getattr(b, block.compare):
        return None
    gap = a.printed - b.printed
    if not a.ours or not b.ours or abs(gap) <= a.room + b.room:
        return None
    return (a.middle - b.middle) * gap > 0


def _magnitude(cell: Cell) -> Word:
    if not cell.ours:
        return NOTHING
    ours, printed = cell.middle, cell.printed
    if ours == 0 or printed == 0:
        return Word("agrees" if ours == printed else "differs")
    return Word("agrees" if ours * printed > 0 and 1 / FACTOR <= ours / printed <= FACTOR else "differs")


def _numbers(cell: Cell) -> Word:
    if not cell.ours:
        return NOTHING
    meets = min(cell.ours) <= cell.printed + cell.room and max(cell.ours) >= cell.printed - cell.room
    return Word("agrees" if meets else "differs")


def _part(same: int, asked: int) -> Word:
    if not asked:
        return NOTHING
    word = "agrees" if same == asked else "differs" if same == 0 else "agrees in part"
    return Word(word, f"{same} of {asked}" if asked > 1 else "")


# -- the setting ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """One entry of the setting: what the paper states, and what was done here; empty where nothing is said."""

    name: str
    stated: str
    ours: str

    @property
    def kind(self) -> str:
        if not self.stated:
            return "ours"  # chosen here, not stated in the paper
        if not self.ours:
            return "stated"  # stated, with no such entry among our settings
        return "same" if self.stated == self.ours else "different"


def differences(stated: Mapping[str, Any], ours: Mapping[str, Any] | None) -> tuple[Difference, ...]:
    """The entries of both settings. One number stated is met where it is among several of ours."""
    if ours is None:
        return tuple(Difference(name, shown(value), "") for name, value in stated.items())
    found = []
    for name, value in stated.items():
        here = ours.get(name)
        if name == "seeds" and isinstance(here, list) and isinstance(value, int):
            here = len(here)  # papers tell how many
        met = here == value or (isinstance(here, list) and (value in here or (isinstance(value, list) and
                                                                                set(value) <= set(here))))  # fmt: skip
        found.append(Difference(name, shown(value), shown(value) if met else shown(here)))
    found += [Difference(name, "", shown(value)) for name, value in ours.items() if name not in stated]
    rank: Callable[[Difference], int] = lambda d: ("different", "stated", "same", "ours").index(d.kind)  # noqa: E731
    return tuple(sorted(found, key=rank))


def shown(value: Any) -> str:
    """A setting as text; empty for one that is not there."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)) and len(value) > 3 and len(set(map(shown, value))) == 1:
        return f"{len(value)} times {shown(value[0])}"
    if isinstance(value, (list, tuple)):
        return ", ".join(shown(v) for v in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{k}: {shown(v)}" for k, v in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)

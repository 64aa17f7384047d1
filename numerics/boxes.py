"""Adaptive subdivision of boxes until a property is certain on each part.

A box is a product of closed intervals with exact rational ends. Parts are halved exactly, the largest first, so that
a part on which the property certainly fails is met early. The parts are kept as a tree: in preorder, the digit of the
axis that is halved (``0`` to ``9``), or the letter of the leaf, so that a tree covers its box by construction.

Source: R. E. Moore, R. B. Kearfott, M. J. Cloud, Introduction to Interval Analysis (2009), chapter 8.
"""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from flint import arb, fmpq

from numerics.balls import precision

Sides = tuple[tuple[Fraction, Fraction], ...]


@dataclass(frozen=True)
class Part:
    """What is known of one part. leaf: the letter that settles it, empty where it must be halved along ``axis``.

    failed: the property certainly fails at some point of the part, or on all of it.
    """

    leaf: str = ""
    axis: int | None = None
    failed: bool = False


@dataclass(frozen=True)
class Cover:
    """status: ``covered`` with the tree; ``failed`` or ``undecided`` with the part that stopped the search."""

    status: Literal["covered", "failed", "undecided"]
    tree: str = ""
    leaves: int = 0
    part: Sides = ()


def halves(sides: Sides, axis: int) -> tuple[Sides, Sides]:
    """The two parts of a box, halved exactly along one axis."""
    low, high = sides[axis]
    middle = (low + high) / 2
    return (
        (*sides[:axis], (low, middle), *sides[axis + 1 :]),
        (*sides[:axis], (middle, high), *sides[axis + 1 :]),
    )


def widest(sides: Sides, scale: Sequence[Fraction]) -> int:
    """The axis along which the box is widest, relative to a scale."""
    return max(range(len(sides)), key=lambda k: (sides[k][1] - sides[k][0]) / scale[k] if scale[k] else Fraction(0))


def subdivide(
    decide: Callable[[Sides], Part], sides: Sides, *, most: int = 20_000, seconds: float = 5.0, deepest: int = 60
) -> Cover:
    """Halve parts until ``decide`` settles each, a part fails, or a limit is reached; seconds are processor time."""
    deadline = time.process_time() + seconds
    scale = [high - low for low, high in sides]
    leaves: dict[str, str] = {}
    axes: dict[str, int] = {}
    count = itertools.count()
    queue: list[tuple[int, int, str, Sides]] = [(0, next(count), "", sides)]
    while queue:
        depth, _, path, part = heapq.heappop(queue)
        if len(axes) + len(leaves) > most or time.process_time() > deadline or depth > deepest:
            return Cover("undecided", leaves=len(leaves), part=part)
        found = decide(part)
        if found.failed:
            return Cover("failed", leaves=len(leaves), part=part)
        if found.leaf:
            leaves[path] = found.leaf
            continue
        if not part:
            return Cover("undecided")
        axis = widest(part, scale) if found.axis is None else found.axis
        if part[axis][0] == part[axis][1] or axis > 9:
            return Cover("undecided", leaves=len(leaves), part=part)
        axes[path] = axis
        for side, half in zip("lr", halves(part, axis), strict=True):
            heapq.heappush(queue, (depth + 1, next(count), path + side, half))
    return Cover("covered", _preorder(axes, leaves), len(leaves))


def _preorder(axes: dict[str, int], leaves: dict[str, str]) -> str:
    out, stack = [], [""]
    while stack:
        path = stack.pop()
        if path in leaves:
            out.append(leaves[path])
        else:
            out.append(str(axes[path]))
            stack += [path + "r", path + "l"]
    return "".join(out)


def parts(tree: str, sides: Sides) -> list[tuple[str, Sides]]:
    """The leaves of a tree with their boxes; raises ValueError where the text is not exactly one tree."""
    out: list[tuple[str, Sides]] = []
    stack = [sides]
    for symbol in tree:
        if not stack:
            raise ValueError("the tree goes on after its end")
        part = stack.pop()
        if symbol.isdigit():
            if int(symbol) >= len(sides):
                raise ValueError("no such axis")
            left, right = halves(part, int(symbol))
            stack += [right, left]
        else:
            out.append((symbol, part))
    if stack:
        raise ValueError("the tree stops early")
    return out


def ball(low: Fraction, high: Fraction) -> arb:
    """A ball that contains the interval."""
    return arb(fmpq(low.numerator, low.denominator)).union(arb(fmpq(high.numerator, high.denominator)))


def cover(
    f: Callable[[list[arb]], arb],
    sides: Sides,
    goal: Literal[">", ">="] = ">",
    *,
    most: int = 20_000,
    seconds: float = 5.0,
    bits: Sequence[int] = (64, 256),
) -> Cover:
    """Parts on each of which f is certainly positive (nonnegative), by ball arithmetic with rising precision.

    f maps the balls of a part to a ball that contains its values there; an ArithmeticError it raises means that the
    part is too wide. ``failed`` names a part on which f certainly violates the goal.
    """

    def decide(part: Sides) -> Part:
        for prec in bits:
            with precision(prec):
                try:
                    value = f([ball(low, high) for low, high in part])
                except ArithmeticError:
                    return Part()
                if value > 0 or (goal == ">=" and value >= 0):
                    return Part(leaf="r")
                if value < 0 or (goal == ">" and value <= 0):
                    return Part(failed=True)
                if value.rel_accuracy_bits() < prec // 2 and not _thin(part):
                    return Part()
        return Part()

    return subdivide(decide, sides, most=most, seconds=seconds)


def _thin(part: Sides) -> bool:
    return all(low == high for low, high in part)

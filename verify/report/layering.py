"""Where the nodes of a directed graph without long cycles stand: layers from left to right, few crossings, short edges.

A node stands one layer right of the rightmost it rests on (longest path). Within a layer the order follows the mean
position of the neighbours, swept back and forth; heights minimise the squared distance to that mean with a least gap
between neighbours in a layer, which is isotonic regression. Connected parts stand in rows, as many beside each other
as have room, lone nodes last. Deterministic: ties keep the order that was given.

Source: Sugiyama, Tagawa and Toda, 1981.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)
SWEEPS = 12


@dataclass(frozen=True)
class Position:
    """The column, from 0 (the layer, and where its part begins), and the height, in gaps, from 0."""

    layer: int
    height: float


def layout(nodes: Sequence[Node], below: Mapping[Node, Sequence[Node]]) -> dict[Node, Position]:
    """The position of each node; below: node -> those it rests on. What is no node is left out, an edge that closes a
    cycle is not counted.
    """
    known = set(nodes)
    rests = {n: [b for b in dict.fromkeys(below.get(n, ())) if b in known and b != n] for n in nodes}
    layer = layers(nodes, rests)
    near: dict[Node, list[Node]] = {n: [] for n in nodes}
    for node, lower in rests.items():
        for other in lower:
            near[node].append(other)
            near[other].append(node)
    found: dict[Node, Position] = {}
    parts = connected(nodes, near)
    wide = max(layer.values(), default=0) + 1
    top, bottom, left = 0.0, 0.0, 0  # of the row of parts that is being filled, and how much of it is
    for part in parts:
        if len(part) > 1:
            heights = _heights(part, layer, near)
            lowest = min(heights.values())
            needed = max(layer[n] for n in part) + 1
            if left + needed > wide:
                top, left = bottom, 0
            found |= {n: Position(left + layer[n], top + h - lowest) for n, h in heights.items()}
            bottom = max(bottom, top + max(heights.values()) - lowest + 2)
            left += needed + 1
    lone = [part[0] for part in parts if len(part) == 1]
    return found | {n: Position(k % wide, bottom + k // wide) for k, n in enumerate(lone)}


def layers(nodes: Sequence[Node], below: Mapping[Node, Sequence[Node]]) -> dict[Node, int]:
    """The length of the longest path of ``below`` from each node; a cycle is cut where it is first met."""
    found: dict[Node, int] = {}
    for start in nodes:
        stack = [start]
        entered: set[Node] = set()
        while stack:
            node = stack[-1]
            if node in found:
                stack.pop()
            elif node not in entered:
                entered.add(node)
                stack.extend(b for b in below[node] if b not in found and b not in entered)
            else:
                found[node] = 1 + max((found[b] for b in below[node] if b in found), default=-1)
                stack.pop()
    return found


def connected(nodes: Sequence[Node], near: Mapping[Node, Sequence[Node]]) -> list[list[Node]]:
    """The connected parts, each in the given order, in the order of their first nodes."""
    part: dict[Node, int] = {}
    for start in nodes:
        stack = [start] if start not in part else []
        number = len(set(part.values())) if stack else 0
        while stack:
            node = stack.pop()
            if node not in part:
                part[node] = number
                stack.extend(near[node])
    found: list[list[Node]] = [[] for _ in set(part.values())]
    for node in nodes:
        found[part[node]].append(node)
    return found


def _heights(part: Sequence[Node], layer: Mapping[Node, int], near: Mapping[Node, Sequence[Node]]) -> dict[Node, float]:
    columns: dict[int, list[Node]] = {}
    for node in part:
        columns.setdefault(layer[node], []).append(node)
    height = {n: float(k) for column in columns.values() for k, n in enumerate(column)}
    order = sorted(columns)
    for sweep in range(SWEEPS):
        for k in order if sweep % 2 == 0 else reversed(order):
            side = -1 if sweep % 2 == 0 else 1  # look to where the sweep comes from; at the end to both sides
            wanted = {}
            for node in columns[k]:
                looked = [m for m in near[node] if sweep >= SWEEPS - 2 or (layer[m] - k) * side > 0]
                wanted[node] = sum(height[m] for m in looked) / len(looked) if looked else height[node]
            column = sorted(columns[k], key=lambda n: (wanted[n], height[n]))
            columns[k] = column
            height |= zip(column, spaced([wanted[n] for n in column]), strict=True)
    return height


def spaced(wanted: Sequence[float]) -> list[float]:
    """The increasing heights, one apart at least, with the least sum of squared distances to those wanted."""
    blocks: list[tuple[float, int]] = []  # (mean, how many) of the wanted heights less their index, not decreasing
    for k, value in enumerate(wanted):
        mean, count = value - k, 1
        while blocks and blocks[-1][0] > mean:
            before, many = blocks.pop()
            mean, count = (before * many + mean * count) / (many + count), many + count
        blocks.append((mean, count))
    flat = [mean for mean, count in blocks for _ in range(count)]
    return [value + k for k, value in enumerate(flat)]

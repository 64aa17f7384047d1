"""Printed numbers beside measured ones: one row each, a diamond with its half-width and a dot with its range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from verify.report.drawing.scales import Scale, number, scale
from verify.report.drawing.svg import element, figure, path

ROOM, STEP, RIGHT, TOP, BOTTOM = 456.0, 26.0, 14.0, 8.0, 30.0
LETTER = 6.9  # how wide one is in a label
APART = 30.0  # logarithmic where the numbers are farther apart than this factor


@dataclass(frozen=True)
class Span:
    """A number with the interval around it."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Pair:
    label: str
    printed: Span
    measured: Span | None


def beside(pairs: Sequence[Pair], *, id: str, title: str, x: str = "") -> Markup:
    """The drawing of the pairs, in order from the top."""
    spans = [s for p in pairs for s in (p.printed, p.measured) if s]
    values = [v for s in spans for v in (s.value, s.low, s.high)]
    positive = [v for v in (s.value for s in spans) if v > 0]
    far = all(s.value >= 0 for s in spans) and bool(positive) and max(positive) > APART * min(positive)
    across = scale(values, "log" if far else "linear")
    left = 18 + LETTER * max((len(p.label) for p in pairs), default=0)
    width = left + ROOM + RIGHT
    height = TOP + STEP * len(pairs) + BOTTOM
    drawn = []
    for value, label in across.ticks(7):
        at = left + _right(across.at(value))
        drawn.append(element("path", d=path([(at, TOP), (at, height - BOTTOM)]), class_="grid"))
        drawn.append(element("text", label, x=at, y=height - BOTTOM + 14, class_="tick", text_anchor="middle"))
    drawn.append(element("text", x, x=left + ROOM / 2, y=height - 3, class_="name", text_anchor="middle"))
    for k, pair in enumerate(pairs):
        middle = TOP + STEP * (k + 0.5)
        drawn.append(element("text", pair.label, x=left - 10, y=middle + 4, class_="label", text_anchor="end"))
        for span, shift, kind in ((pair.printed, -4.0, "printed"), (pair.measured, 5.0, "measured")):
            if span:
                drawn.append(_span(span, across, left, middle + shift, kind))
    text = "; ".join(
        f"{p.label}: printed {number(p.printed.value)}, "
        + (f"measured {number(p.measured.value)}" if p.measured else "not measured")
        for p in pairs
    )
    return figure(width, height, *drawn, id=id, title=title, text=text + ".", class_="plot beside")


def swatches() -> tuple[tuple[str, Markup], ...]:
    """The legend: what the two kinds of marks are."""
    corners = path([(13, 0), (17, 4), (13, 8), (9, 4)], closed=True)
    dot = element("circle", cx=13, cy=4, r=3.6, class_="mark measured")
    marks = {
        "printed, with its half-width where one is given": element("path", d=corners, class_="mark printed"),
        "ours: median, least and greatest over the seeds": dot,
    }
    found = []
    for (label, mark), kind in zip(marks.items(), ("printed", "measured"), strict=True):
        bar = element("path", d=path([(1, 4), (25, 4)]), class_=f"span {kind}")
        found.append((label, element("svg", bar, mark, class_="swatch", viewBox="0 0 26 8", width=26, height=8,
                                     aria_hidden="true")))  # fmt: skip
    return tuple(found)


def _right(at: float | None) -> float:
    return min(1.0, max(0.0, at or 0.0)) * ROOM


def _span(span: Span, across: Scale, left: float, y: float, kind: str) -> Markup:
    at = across.at
    low, middle, high = (left + _right(at(v)) for v in (span.low, span.value, span.high))
    bar = element("path", d=path([(low, y), (high, y)]), class_=f"span {kind}")
    if at(span.value) is None:  # zero on a logarithmic scale: an arrow at its end
        mark = element("path", d=path([(left + 6, y - 4), (left, y), (left + 6, y + 4)]), class_=f"arrow {kind}")
    elif kind == "printed":
        corners = [(middle, y - 4.5), (middle + 4.5, y), (middle, y + 4.5), (middle - 4.5, y)]
        mark = element("path", d=path(corners, closed=True), class_=f"mark {kind}")
    else:
        mark = element("circle", cx=middle, cy=y, r=3.6, class_=f"mark {kind}")
    return bar + mark

"""One panel: axes, lines with bands around them, and a description in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from markupsafe import Markup

from verify.report.drawing.scales import Scale, number, scale
from verify.report.drawing.svg import element, figure, path

COLOURS = 8  # classes s0 to s7, after which they begin again with another dash
WIDTH, HEIGHT = 340.0, 236.0
LEFT, RIGHT, TOP, BOTTOM = 60.0, 10.0, 26.0, 40.0

Point = tuple[float, float]
Place = Callable[[float, float], Point | None]


@dataclass(frozen=True)
class Series:
    """A line y over x; low and high, where given, bound the band around it. style: which of the line styles it has."""

    label: str
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float] = ()
    high: Sequence[float] = ()
    style: int = 0

    @property
    def is_line(self) -> bool:
        """Whether it runs on to the right; else it is a set of points."""
        return all(a <= b for a, b in pairwise(self.x))


def panel(
    series: Sequence[Series], *, id: str, title: str, x: str = "", y: str = "", x_scale: str = "", y_scale: str = "",
    among: Sequence[Series] = (),
) -> Markup:  # fmt: skip
    """The panel as SVG, its axes long enough for the series among which it stands as well.

    Points that a logarithmic axis cannot show are left out, which the description tells.
    """
    across = scale((v for s in (*series, *among) for v in s.x), x_scale)
    values = (v for s in (*series, *among) for v in (*s.y, *s.low, *s.high))
    up = scale(values, y_scale)

    def place(x: float, y: float) -> Point | None:
        right, above = across.at(x), up.at(y)
        if right is None or above is None:
            return None
        return LEFT + right * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - above * (HEIGHT - TOP - BOTTOM)

    lost = 0
    drawn = []
    for s in series:
        if s.low:
            drawn.append(_band(s, place, up))
    for s in series:
        points = [place(*at) for at in zip(s.x, s.y, strict=True)]
        lost += sum(p is None for p in points)
        drawn.append(_line(points, s.style) if s.is_line else _dots(points, s.style))
    frame = [*_ticks(across, up), _frame(), *_names(title, x, y)]
    return figure(
        WIDTH, HEIGHT, *frame, *drawn, id=id, title=title, text=described(series, x, y, lost), class_="plot"
    )


def described(series: Sequence[Series], x: str, y: str, lost: int = 0) -> str:
    """The panel in words: what is drawn over what, and where every line begins and ends."""
    lines = [
        f"{s.label or 'the points'}: {len(s.y)} points" if not s.is_line else
        f"{s.label or y or 'the line'} from {number(s.y[0])} to {number(s.y[-1])}"
        + (f" (band {number(s.low[-1])} to {number(s.high[-1])} at the end)" if s.low else "")
        for s in series
        if s.y
    ]
    first = min((v for s in series for v in s.x), default=0.0)
    last = max((v for s in series for v in s.x), default=0.0)
    left = f" {lost} points that the scale cannot show are left out." if lost else ""
    return f"{y or 'Values'} over {x or 'x'} from {number(first)} to {number(last)}: {'; '.join(lines)}.{left}"


def classes(style: int) -> str:
    """The classes of a line style: a colour, and a dash that tells lines apart without it."""
    return f"s{style % COLOURS} d{(style + style // 4 + style // 16) % 4}"


def swatch(style: int, is_line: bool) -> Markup:
    """How the legend shows a style: a short line, or a point."""
    drawn = _line([(1.0, 4.0), (25.0, 4.0)], style) if is_line else _dots([(13.0, 4.0)], style)
    return element("svg", drawn, class_="swatch", viewBox="0 0 26 8", width=26, height=8, aria_hidden="true")


def _line(points: Sequence[Point | None], style: int) -> Markup:
    """The line through the points, broken where one cannot be shown; a point by itself is a dot."""
    runs = [[p for p in run if p] for there, run in groupby(points, key=lambda p: p is not None) if there]
    dots = [element("circle", cx=run[0][0], cy=run[0][1], r=2.5, class_=f"dot s{style % COLOURS}")
            for run in runs if len(run) == 1]  # fmt: skip
    data = "".join(path(run) for run in runs if len(run) > 1)
    return Markup("").join([element("path", d=data, class_=f"line {classes(style)}")] * bool(data) + dots)


def _dots(points: Sequence[Point | None], style: int) -> Markup:
    """The points, in a shape for each style."""
    shapes = ("M{0} {1}m-2.6 0a2.6 2.6 0 1 0 5.2 0a2.6 2.6 0 1 0 -5.2 0", "M{0} {1}m-2.4 -2.4h4.8v4.8h-4.8Z",
              "M{0} {1}m0 -3.2l3.2 3.2l-3.2 3.2l-3.2 -3.2Z", "M{0} {1}m0 -3l3 5h-6Z")  # fmt: skip
    data = "".join(shapes[style % 4].format(*(f"{v:.1f}" for v in p)) for p in points if p)
    return element("path", d=data, class_=f"dot s{style % COLOURS}")


def _band(s: Series, place: Place, up: Scale) -> Markup:
    """The band between low and high; on a logarithmic scale it ends at the bottom where low is not positive."""
    floor = [v if not up.log or v > 0 else up.low for v in s.low]
    above = [place(*at) for at in zip(s.x, s.high, strict=True)]
    below = [place(*at) for at in zip(s.x, floor, strict=True)]
    kept = [(a, b) for a, b in zip(above, below, strict=True) if a and b]
    if len(kept) < 2:
        return Markup("")
    outline = [a for a, _ in kept] + [b for _, b in reversed(kept)]
    return element("path", d=path(outline, closed=True), class_=f"band s{s.style % COLOURS}")


def _frame() -> Markup:
    corners = [(LEFT, TOP), (LEFT, HEIGHT - BOTTOM), (WIDTH - RIGHT, HEIGHT - BOTTOM)]
    return element("path", d=path(corners), class_="frame")


def _ticks(across: Scale, up: Scale) -> list[Markup]:
    found = []
    for value, label in across.ticks(6):
        at = across.at(value)
        if at is not None:
            x = LEFT + at * (WIDTH - LEFT - RIGHT)
            found.append(element("path", d=path([(x, TOP), (x, HEIGHT - BOTTOM)]), class_="grid"))
            found.append(element("text", label, x=x, y=HEIGHT - BOTTOM + 14, class_="tick", text_anchor="middle"))
    for value, label in up.ticks(6):
        at = up.at(value)
        if at is not None:
            y = HEIGHT - BOTTOM - at * (HEIGHT - TOP - BOTTOM)
            found.append(element("path", d=path([(LEFT, y), (WIDTH - RIGHT, y)]), class_="grid"))
            found.append(element("text", label, x=LEFT - 5, y=y + 3.5, class_="tick", text_anchor="end"))
    return found


def _names(title: str, x: str, y: str) -> list[Markup]:
    middle = (TOP + HEIGHT - BOTTOM) / 2
    return [
        element("text", title, x=LEFT, y=14, class_="head"),
        element("text", x, x=(LEFT + WIDTH - RIGHT) / 2, y=HEIGHT - 8, class_="name", text_anchor="middle"),
        element("text", y, class_="name", text_anchor="middle", transform=f"translate(11 {middle:.1f}) rotate(-90)"),
    ]

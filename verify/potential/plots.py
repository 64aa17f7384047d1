"""The picture of a potential, or of several over one another: a panel for each answer that a picture can show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from verify.drawing import COLOURS, NoPicture, save, shortened
from verify.language.evaluate import Undefined, enclose
from verify.language.evaluate import Unknown as NotSettled
from verify.language.terms import Term
from verify.potential.analysis import Report
from verify.potential.panels import PANELS, Curve, Panel
from verify.potential.sample import plain
from verify.reparam.answers import Answer

WIDE = 4.0
ACROSS = 3


def draw(reports: Sequence[Report], path: Path) -> None:
    """Writes the picture; raises ``NoPicture``."""
    curves = [_curve(r) for r in reports]
    chosen = [p for p in PANELS if p.always or any(a.id in p.shows for r in reports for a in r)]
    rows = -(-len(chosen) // ACROSS)
    save(path, lambda figure: _fill(figure, curves, chosen), (10.0, 2.9 * rows + 0.3 * len(curves)))


def _curve(report: Report) -> Curve:
    it = report.subject
    at = plain(it)
    if at is None:
        raise NoPicture("plot: no values of the parameters were found")

    def end(term: Term | None, otherwise: float) -> float:
        if term is None:
            return otherwise
        try:
            return float(enclose(term, at).mid())
        except (Undefined, NotSettled, OverflowError):
            raise NoPicture("plot: the ends of dom R have no numbers") from None

    low, high = end(it.interval.low, -math.inf), end(it.interval.high, math.inf)
    if math.isinf(low):
        low = -WIDE if math.isinf(high) else high - 2 * WIDE
    if math.isinf(high):
        high = max(WIDE, low + 2 * WIDE if it.interval.low is not None else WIDE)
    return Curve(report, at, low, high)


def _fill(figure: Any, curves: list[Curve], chosen: Sequence[Panel]) -> None:
    rows = -(-len(chosen) // ACROSS)
    places = [axes for row in figure.subplots(rows, ACROSS, squeeze=False) for axes in row]
    several = len(curves) > 1
    for panel, axes in zip(chosen, places, strict=False):
        axes.set_title(panel.title, loc="left")
        axes.set_xlabel(panel.across.format(x=curves[0].subject.x))
        for curve, colour in zip(curves, COLOURS, strict=False):
            panel.draw(axes, curve, colour, several)
        if not axes.lines and not axes.collections and not axes.texts:
            axes.text(0.5, 0.5, "nothing to be shown", ha="center", va="center", transform=axes.transAxes)
        if not several:
            _verdicts(axes, panel, curves[0])
    for axes in places[len(chosen) :]:
        axes.set_axis_off()
    handles = [_handle(curve, colour) for curve, colour in zip(curves, COLOURS, strict=False)]
    figure.legend(handles=handles, loc="outside lower center", ncols=1 if len(curves) < 3 else 2, frameon=False)


def _handle(curve: Curve, colour: str) -> Any:
    from matplotlib.lines import Line2D

    return Line2D([], [], color=colour, linewidth=1.6, label=curve.label)


def _verdicts(axes: Any, panel: Panel, curve: Curve) -> None:
    """The verdicts that the panel shows, beneath its title."""
    found = [a for a in curve.report if a.id in panel.shows]
    if not found:
        return
    axes.set_title(panel.title, loc="left", pad=13)
    note = axes.annotate(shortened(said(found), 56), (0, 1), xytext=(0, 3), xycoords="axes fraction", fontsize=7,
                         textcoords="offset points", color="#555555", va="bottom")  # fmt: skip
    note.set_in_layout(False)


def said(found: Sequence[Answer]) -> str:
    """How many hold, and which do not: ``all 3 hold``; ``2 hold; fails: bregman``; one answer by its name."""
    if len(found) == 1:
        return f"{found[0].id}: {found[0].verdict}"
    names = {v: [a.id for a in found if a.verdict == v] for v in ("holds", "fails", "undecided")}
    if len(names["holds"]) == len(found):
        return f"all {len(found)} hold"
    parts = [f"{len(names['holds'])} hold"] if names["holds"] else []
    return "; ".join([*parts, *(f"{v}: {', '.join(names[v])}" for v in ("fails", "undecided") if names[v])])

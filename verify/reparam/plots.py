"""The picture of a parameterization of two weights: levels of G and of the laws, the flow, and the saddles."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

from verify.drawing import COLOURS, NoPicture, save, shortened
from verify.language.calculus import expand
from verify.language.errors import LanguageError
from verify.language.evaluate import Undefined, truth
from verify.language.evaluate import Unknown as NotSettled
from verify.language.floats import compile_float
from verify.language.given import parse_given
from verify.language.parse import parse_term
from verify.language.terms import ONE, Term, fn, sym
from verify.reparam.analysis import Report

WIDE = 2.0
FINE, COARSE = 61, 13
LEVELS = 9


def draw(report: Report, path: Path) -> None:
    """Writes the picture; raises ``NoPicture`` where there are not two weights."""
    if len(report.weights) != 2 or not report.coordinates:
        n = len(report.weights)
        raise NoPicture(f"plot: a phase portrait shows two weights; this parameterization has {n}")
    if report.constants:
        raise NoPicture(f"plot: put numbers in for {', '.join(report.constants)}")
    save(path, lambda figure: _fill(figure, report), (7.4, 6.4))


class Field:
    """Functions of the two weights in double precision, nan outside the domain."""

    def __init__(self, report: Report) -> None:
        self.names = report.weights
        self.given = parse_given(list(report.request.given)).hypotheses

    def inside(self, u: float, v: float) -> bool:
        at = {self.names[0]: Fraction(u), self.names[1]: Fraction(v)}
        try:
            return all(truth(h, at) is True for h in self.given)
        except (Undefined, NotSettled):
            return False

    def on_grid(self, term: Term, us: list[float], vs: list[float]) -> list[list[float]]:
        f = compile_float(term)

        def at(u: float, v: float) -> float:
            if self.given and not self.inside(u, v):
                return math.nan
            try:
                value = float(f({self.names[0]: u, self.names[1]: v}))
            except (ArithmeticError, ValueError, TypeError):
                return math.nan
            return value if abs(value) < 1e12 else math.nan

        return [[at(u, v) for u in us] for v in vs]


def _fill(figure: Any, report: Report) -> None:
    import numpy as np

    axes = figure.subplots()
    field = Field(report)
    fine = [-WIDE + 2 * WIDE * (k + 0.5) / FINE for k in range(FINE)]
    coarse = [-WIDE + 2 * WIDE * (k + 0.5) / COARSE for k in range(COARSE)]
    a, b = report.weights
    coordinates = [parse_term(c, (a, b), where="expression") for c in report.coordinates]
    handles = []
    if len(coordinates) == 1:
        grid = np.ma.masked_invalid(np.array(field.on_grid(coordinates[0], fine, fine)))
        if grid.count():
            axes.contour(fine, fine, grid, levels=_levels(grid), colors="#999999", linewidths=0.8)
            handles.append(_handle("#999999", f"levels of G = {shortened(report.coordinates[0])}"))
    slopes = [np.array(sum(np.array(field.on_grid(expand(fn("diff", g, sym(n), ONE)), coarse, coarse))
                           for g in coordinates)) for n in (a, b)]  # fmt: skip
    size = np.hypot(*slopes)
    size[size == 0] = 1
    axes.quiver(coarse, coarse, slopes[0] / size, slopes[1] / size, color="#1f4e79", alpha=0.55, width=0.003, scale=26)
    what = "f' = -1" if len(coordinates) == 1 else "all slopes of f = -1"
    handles.append(_handle("#1f4e79", f"direction of gradient flow for {what}"))
    handles += _laws(axes, report, field, fine)
    handles += _saddles(axes, report)
    axes.set(xlim=(-WIDE, WIDE), ylim=(-WIDE, WIDE), xlabel=a, ylabel=b, aspect="equal")
    shown = ", ".join(report.coordinates)
    axes.set_title(f"G({a}, {b}) = {shortened(shown, 60)}", loc="left")
    figure.legend(handles=handles, loc="outside lower center", ncols=2, frameon=False)


def _levels(grid: Any) -> list[float]:
    import numpy as np

    inner = np.quantile(grid.compressed(), np.linspace(0.06, 0.94, LEVELS))
    return sorted({float(f"{v:.6g}") for v in inner}) or [0.0]


def _handle(colour: str, label: str, **more: Any) -> Any:
    from matplotlib.lines import Line2D

    return Line2D([], [], color=colour, label=label, **{"linewidth": 1.2, **more})


def _laws(axes: Any, report: Report, field: Field, fine: list[float]) -> list[Any]:
    """Levels of the laws: along them the flow moves, whatever f is."""
    import numpy as np

    handles = []
    found = next((x for x in report if x.id == "number"), None)
    laws = list(found.values.get("independent", ())) if found is not None and found.values else []
    for text, colour in zip(laws[:2], COLOURS[1:], strict=False):
        try:
            law = parse_term(str(text), report.weights, where="law")
        except LanguageError:
            continue
        grid = np.ma.masked_invalid(np.array(field.on_grid(law, fine, fine)))
        if grid.count():
            axes.contour(fine, fine, grid, levels=_levels(grid), colors=colour, linewidths=1.2, linestyles="solid")
            handles.append(_handle(colour, f"kept: {shortened(str(text))}"))
    return handles


def _saddles(axes: Any, report: Report) -> list[Any]:
    handles = []
    for found in report:
        zero = found.values.get("zero") if found.id.startswith("saddle-") and found.values else None
        if not zero:
            continue
        strict = found.verdict == "holds"
        label = "saddle: " if strict else "critical, no strict saddle: "
        told = ", ".join(f"{n} = 0" for n in zero)
        if len(zero) == 2:
            axes.plot([0], [0], marker="o" if strict else "s", color="black", markersize=7, linestyle="none", zorder=5)
            handles.append(_handle("black", label + told, marker="o" if strict else "s", linestyle="none"))
        else:
            line = axes.axvline if zero[0] == report.weights[0] else axes.axhline
            line(0, color="black", linewidth=2.2, zorder=4)
            handles.append(_handle("black", label + told, linewidth=2.2))
    return handles

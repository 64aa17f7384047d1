"""The papers' figures and tables beside ours, from the recorded results alone.

Every experiment that measures a table or a figure of a paper of the run is shown, run or not: what the paper shows, the
expectations that were fixed for it and what became of them, our lines as panels, the printed numbers with ours in the
same row, the setting with its differences, and what produced the results.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from markupsafe import Markup

from verify.measured import MOST_BYTES, NAME, RECORDED, results_files
from verify.papers import PAPERS
from verify.papers.reported import Block, Figure, reported
from verify.report.comparison import Cell, Comparison, Difference, compare, differences, shown
from verify.report.drawing.axes import Series, panel, swatch
from verify.report.drawing.beside import Pair, Span, beside
from verify.report.model import ClaimView, ReportView, anchor_of

# settings that say how large a run was, which a reader of its numbers must know
SIZES = ("width", "layers", "size", "images", "texts", "length", "windows", "epochs", "steps")
MOST_SERIES = 6  # lines in one panel before the first parts of their labels become panels of their own
SEED = re.compile(r"seed \S+\Z")


@dataclass(frozen=True)
class Panel:
    """One panel: its drawing, and the data behind it."""

    title: str
    series: tuple[Series, ...]
    drawing: Markup


@dataclass(frozen=True)
class FigureView:
    """What the paper's figure shows, and our lines in panels. legend: (label, its swatch); bands: what they are."""

    place: str
    shows: str
    panels: tuple[Panel, ...]
    legend: tuple[tuple[str, Markup], ...]
    bands: str


@dataclass(frozen=True)
class TableView:
    """A printed table with ours in the same rows. said: what differs in the setting, said in every row."""

    comparison: Comparison
    drawing: Markup | None
    said: str


@dataclass(frozen=True)
class Quantity:
    """What was measured under one name, a value for each seed that ended in a number; lost: how many ended in none."""

    name: str
    values: tuple[float, ...]
    lost: int

    @property
    def middle(self) -> float:
        return median(self.values)


@dataclass(frozen=True)
class ExperimentView:
    """One experiment: its claims, figures, tables, setting and origin; results is None where it has not run.

    quantities: everything that was measured, whether a table of the paper has it or not.
    """

    name: str
    paper: str
    title: str
    claims: tuple[ClaimView, ...]
    figures: tuple[FigureView, ...]
    tables: tuple[TableView, ...]
    quantities: tuple[Quantity, ...]
    setting: tuple[Difference, ...]
    origin: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    results: Mapping[str, Any] | None = field(repr=False, default=None)

    @property
    def anchor(self) -> str:
        return f"experiment-{anchor_of(self.name)}"

    @property
    def command(self) -> str:
        """What runs it."""
        from training.experiments import NAMES

        return f"mirrorproof {'train' if self.name in NAMES else 'simulate'} {self.name}"

    @property
    def places(self) -> str:
        """The places in the paper that it speaks of."""
        named = [f.place for f in self.figures] + [t.comparison.block.place for t in self.tables]
        return ", ".join(dict.fromkeys(named)) or ", ".join(dict.fromkeys(c.place for c in self.claims))


def experiments(report: ReportView) -> list[ExperimentView]:
    """The experiments of the run: those its claims name, those that measure what its papers print, and what else is
    recorded under the like names.
    """
    names: dict[str, str] = {}
    for paper in report.papers:
        if paper in PAPERS:
            own = reported(paper).experiments
            heads = {name.partition("-")[0] for name in own}
            names |= dict.fromkeys(own, paper) | {n: paper for n in _recorded() if n.partition("-")[0] in heads}
    names |= {c.experiment: c.paper for c in report.claims if c.experiment and c.experiment not in names}
    found = [_experiment(name, paper, report) for name, paper in names.items()]
    return sorted(found, key=lambda e: e.results is None)


def _recorded() -> list[str]:
    """The names of the experiments that are recorded."""
    return sorted(file.stem for file in RECORDED.glob("*.json") if NAME.match(file.stem))


def unmeasured(report: ReportView) -> list[tuple[str, str, str]]:
    """(paper, place, what it shows) of those tables and figures of the run's papers that no experiment measures."""
    found = []
    for paper in report.papers:
        if paper in PAPERS:
            printed = reported(paper)
            found += [(paper, b.place, b.title) for b in printed.blocks if not b.experiment]
            found += [(paper, f.place, f.shows.rstrip(".")) for f in printed.figures if not f.experiment]
    return found


def read(name: str) -> tuple[Mapping[str, Any], Path] | None:
    """The results of the experiment and their file: one's own run, else the recorded one; None where there is none."""
    for file in results_files(name):
        try:
            if file.stat().st_size > MOST_BYTES:
                continue
            whole = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(whole, dict) and whole.get("experiment") == name and isinstance(whole.get("measured"), dict):
            return _sound(whole), file
    return None


def _sound(whole: Mapping[str, Any]) -> dict[str, Any]:
    """The results with what can be shown of them: columns of numbers, lines of pairs of numbers, texts."""
    columns = whole["measured"].items()
    lines = whole.get("lines")
    notes = whole.get("notes")
    found: dict[str, Any] = {
        "measured": {str(k): [x if _is_number(x) else None for x in v] for k, v in columns if isinstance(v, list)},
        "lines": {str(k): _pairs(v) for k, v in (lines if isinstance(lines, dict) else {}).items() if _drawable(v)},
        "notes": notes if isinstance(notes, list) else [],
    }
    for key in ("settings", "provenance"):
        found[key] = whole[key] if isinstance(whole.get(key), dict) else {}
    return {**whole, **found}


def _pairs(line: Mapping[str, Any]) -> dict[str, list[float]]:
    """The axes of a line at those points where all of them are numbers."""
    named = [k for k in ("x", "y", "low", "high") if isinstance(line.get(k), list) and len(line[k]) == len(line["x"])]
    rows = [row for row in zip(*(line[k] for k in named), strict=True) if all(map(_is_number, row))]
    return {k: [row[j] for row in rows] for j, k in enumerate(named)}


def _experiment(name: str, paper: str, report: ReportView) -> ExperimentView:
    known = read(name)
    results = known[0] if known else None
    printed = reported(paper) if paper in PAPERS else None
    figures = [f for f in printed.figures if f.experiment == name] if printed else []
    blocks = [b for b in printed.blocks if b.experiment == name] if printed else []
    settings = results.get("settings") or {} if results is not None else None
    stated: dict[str, Any] = {}
    for setting in [f.setting for f in figures] + [b.setting for b in blocks]:
        stated |= setting
    anchor = anchor_of(name)
    unlisted = [] if blocks else [Figure("", name)]  # the lines of a table alone are its numbers over again
    views = [figure_view(f, results, f"{anchor}-{k}") for k, f in enumerate(figures or unlisted)]
    tables = [table_view(b, results, settings, f"{anchor}-table-{k}") for k, b in enumerate(blocks)]
    return ExperimentView(
        name=name,
        paper=paper,
        title=str((results or {}).get("title") or (blocks[0].title if blocks else name)),
        claims=tuple(c for c in report.claims if c.experiment == name),
        figures=tuple(v for v in views if v.panels or v.shows),
        tables=tuple(tables),
        quantities=_quantities(results),
        setting=differences(stated, settings),
        origin=_origin(*known) if known else (),
        notes=tuple(str(n) for n in (results or {}).get("notes") or ()),
        results=results,
    )


def _quantities(results: Mapping[str, Any] | None) -> tuple[Quantity, ...]:
    found = []
    for name, column in ((results or {}).get("measured") or {}).items():
        values = tuple(float(v) for v in column if v is not None)
        found.append(Quantity(name, values, len(column) - len(values)))
    return tuple(found)


def _origin(results: Mapping[str, Any], file: Path) -> tuple[tuple[str, str], ...]:
    """What produced the results, the device first."""
    provenance = results.get("provenance") or {}
    pairs = {"device": provenance.get("device"), "results": "recorded" if file.parent == RECORDED else "of an own run"}
    pairs |= {"seeds": results.get("seeds")}
    for name, key in (("time", "seconds"), ("of the processor, all cores together", "processor")):
        pairs |= {name: f"{results[key]:.0f} s"} if isinstance(results.get(key), (int, float)) else {}
    pairs |= {key: value for key, value in provenance.items() if key not in pairs}
    return tuple((key, shown(value)) for key, value in pairs.items() if value not in (None, "", [], {}))


# -- lines ---------------------------------------------------------------------------------------------------------


def figure_view(figure: Figure, results: Mapping[str, Any] | None, id: str) -> FigureView:
    """The lines of the results in panels, the lines of one setting at several seeds as a median with a band."""
    among = (results or {}).get("lines") or {}
    lines = {str(k): _pairs(v) for k, v in among.items() if _drawable(v)}
    lines = {label: line for label, line in lines.items() if line["x"]}
    lost = len(among) - len(lines)
    groups: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for label, line in lines.items():
        parts = tuple(part for part in label.split(", ") if not SEED.fullmatch(part))
        groups.setdefault(parts, []).append(line)
    where = figure.panel if figure.panel is not None else _panel_parts(list(groups))
    named: dict[tuple[str, ...], list[tuple[str, list[Mapping[str, Any]]]]] = {}
    for parts, members in groups.items():
        head = tuple(part for k, part in enumerate(parts) if k in where)
        tail = ", ".join(figure.labels.get(part, part) for k, part in enumerate(parts) if k not in where)
        if where and not head:  # a line that has no such part has a panel of its own
            head, tail = parts, ""
        into = figure.panels.get(head[0], {}).get("into") if head else None
        if into:
            head, tail = (into,), ", ".join(figure.labels.get(part, part) for part in parts)
        named.setdefault(head, []).append((tail, members))
    everywhere = named.pop(("*",), [])
    for group in named.values():
        group += everywhere
    styles = {tail: k for k, tail in enumerate(dict.fromkeys(t for group in named.values() for t, _ in group))}
    drawn = {
        head: tuple(_series(tail, members, styles[tail]) for tail, members in group) for head, group in named.items()
    }
    shared = [s for group in drawn.values() for s in group] if figure.shared else []
    panels = []
    for k, (head, series) in enumerate(drawn.items()):
        own = figure.panels.get(head[0], {}) if head else {}
        title = own.get("title", ", ".join(figure.labels.get(part, part) for part in head))
        drawing = panel(
            series, id=f"{id}-{k}", title=title, x=own.get("x", figure.x), y=own.get("y", figure.y),
            x_scale=own.get("x_scale", figure.x_scale), y_scale=own.get("y_scale", figure.y_scale),
            among=shared,
        )  # fmt: skip
        panels.append(Panel(title, series, drawing))
    several = max((len(members) for members in groups.values()), default=1)
    bands = f"line: the median of {several} seeds; band: their least and greatest" if several > 1 else figure.lines
    if lost:
        bands += f"{'; ' if bands else ''}{lost} of {len(lines) + lost} lines have no number and are not drawn"
    kinds = {s.style: s.is_line for group in drawn.values() for s in group}
    legend = tuple((tail, swatch(style, kinds[style])) for tail, style in styles.items() if tail)
    return FigureView(figure.place, figure.shows, tuple(panels), legend if len(styles) > 1 else (), bands)


def _drawable(line: object) -> bool:
    axes = (line.get("x"), line.get("y")) if isinstance(line, dict) else (None, None)
    return all(isinstance(axis, list) and axis for axis in axes) and len(axes[0] or ()) == len(axes[1] or ())


def _panel_parts(labels: Sequence[tuple[str, ...]]) -> tuple[int, ...]:
    """The fewest first parts of the labels that leave few lines in every panel."""
    most = min((len(parts) for parts in labels), default=1)
    for count in range(most):
        heads = [parts[:count] for parts in labels]
        if max((heads.count(h) for h in set(heads)), default=0) <= MOST_SERIES:
            return tuple(range(count))
    return tuple(range(max(0, most - 1)))


def _series(label: str, members: Sequence[Mapping[str, Any]], style: int) -> Series:
    first = max(members, key=lambda m: m["x"][-1])  # a seed that failed ends early: the others go on without it
    x = first["x"]
    if len(members) == 1:
        banded = "low" in first and "high" in first
        return Series(label, x, first["y"], first["low"] if banded else (), first["high"] if banded else (), style)
    columns = [sorted(found) for at in x if (found := [v for m in members if (v := _at(m, at)) is not None])]
    middle = [(c[len(c) // 2] + c[(len(c) - 1) // 2]) / 2 for c in columns]
    return Series(label, x, middle, [c[0] for c in columns], [c[-1] for c in columns], style)


def _at(line: Mapping[str, Any], x: float) -> float | None:
    """The value of a line at x, between its points by the straight line through the two; None beyond its ends."""
    xs, ys = line["x"], line["y"]
    for k, at in enumerate(xs):
        if at == x:
            return float(ys[k])
        if at > x and k and xs[k - 1] < x:
            share = (x - xs[k - 1]) / (at - xs[k - 1])
            return float(ys[k - 1] + share * (ys[k] - ys[k - 1]))
    return None


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


# -- tables --------------------------------------------------------------------------------------------------------


def table_view(
    block: Block, results: Mapping[str, Any] | None, settings: Mapping[str, Any] | None, id: str
) -> TableView:
    """The block beside the results, one cell a row."""
    found = compare(block, results.get("measured") if results else None)
    drawing = None
    if found.measured:
        pairs = [Pair(f"{c.row}, {c.column}", _printed(c), _ours(c)) for c in found.cells]
        drawing = beside(pairs, id=id, title=f"{block.place}: {block.title}")
    return TableView(found, drawing, "; ".join(_said(block, settings, (results or {}).get("seeds"))))


def _printed(cell: Cell) -> Span:
    half = float(cell.half) if cell.half else 0.0
    return Span(cell.printed, cell.printed - half, cell.printed + half)


def _ours(cell: Cell) -> Span | None:
    return Span(cell.middle, min(cell.ours), max(cell.ours)) if cell.ours else None


def _said(block: Block, settings: Mapping[str, Any] | None, seeds: object) -> Iterator[str]:
    """What differs between the paper's setting and ours, in as few words as a row has room for."""
    if settings is None:
        yield "not measured"
        return
    told = differences(block.setting, settings)
    for d in told:
        if d.kind == "different":
            yield f"{d.name} {d.ours} (paper: {d.stated})"
    for d in told:
        if d.kind == "stated":
            yield f"{d.name}: paper {d.stated}, not recorded here"
    if not any(d.kind in ("different", "stated") for d in told):
        yield "as far as it is stated, the same"
    if isinstance(seeds, list) and seeds and "seeds" not in block.setting:
        yield f"{len(seeds)} seeds (paper: not stated)"
    own = {d.name: d.ours for d in told if d.kind == "ours" and d.name != "seeds"}
    sizes = [f"{name} {own.pop(name)}" for name in SIZES if name in own]
    if sizes:
        yield f"here {', '.join(sizes)} (not stated there)"
    if own:
        yield f"{len(own)} {'more ' if sizes else ''}of our settings not stated there"

"""The report as a document of Typst: what the page shows, set for paper.

Mutants and texts as typed are left out on paper; the page has them. Every text of a record comes out as a string.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from verify.report.comparison import Cell
from verify.report.cover import Changes, Headline, headlines
from verify.report.drawing.beside import swatches
from verify.report.drawing.scales import number
from verify.report.experiments import ExperimentView, TableView, experiments, unmeasured
from verify.report.gaps import gaps
from verify.report.graph import LEGEND, graph
from verify.report.html import duration, summary
from verify.report.model import STANDINGS, TIERS, VERDICTS, ClaimView, Finding, Link, ReportView, made_by, view
from verify.report.typst_drawing import drawing
from verify.report.typst_math import equation, inline, rows, string

GRAPH = (176.0, 225.0, 0.3)  # the drawing of the graph: how wide and high it is at most, and one of its units, in mm
STYLE = Path(__file__).parent / "templates" / "report.typ"


def document(results: Mapping[str, Any], changed: Sequence[Changes] = ()) -> str:
    """The source of the document."""
    report = view(results)
    parts = [STYLE.read_text(encoding="utf-8"), *_cover(report, changed), *_errata(report), *_graph(report)]
    for section in report.sections:
        parts += [f"= {text(section.heading)} #small[{section.size}]", small(section.meaning)]
        for paper, claims in section.papers:
            parts += [f"== {text(paper)}", *(_claim(claim) for claim in claims)]
    parts += [*_experiments(report), *_gaps(report), *_provenance(report)]
    return "\n\n".join(parts) + "\n"


def text(value: object) -> str:
    """The value as text in the markup."""
    return f"#{string(value)}"


def small(value: object) -> str:
    return f"#small[{text(value)}]"


def table(widths: str, head: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    """A table with a head that is repeated on every page; cells are markup."""
    names = "".join(f"[{text(name)}], " for name in head)
    cells = "\n".join("  " + "".join(f"[{cell}], " for cell in line) for line in body)
    return f"#table(columns: ({widths}), table.header({names}),\n{cells}\n)"


def reference(link: Link | ClaimView) -> str:
    anchor = link.anchor
    return f"#link(label({string(anchor)}), raw({string(link.id)}))" if anchor else f"#raw({string(link.id)})"


def badge(verdict: str, tier: str = "none") -> str:
    return f"#badge({string(verdict)}, {string(tier)})"


def point(values: Mapping[str, str] | None) -> str:
    if values is None:
        return "–"
    pairs = (equation(name, value) for name, value in values.items())
    return ", #h(2pt) ".join(pairs) or "none is needed: nothing is quantified"


def _cover(report: ReportView, changed: Sequence[Changes]) -> Iterator[str]:
    yield f"#set document(title: {string(f'Proof report: {summary(report)}')})"
    yield f"#front[{text(summary(report))}.]"
    papers = ", ".join(f"{paper} ({report.count(paper=paper)})" for paper in report.papers)
    yield f"#align(center, {small(f'{papers} · {report.created} · {duration(report.seconds)} of work')[1:]})"
    if report.interrupted:
        yield "#callout[Interrupted][Claims that were not reached are missing from this report.]"
    tiers = [tier for tier in TIERS if report.count(tier=tier)]
    verdicts = [v for v in VERDICTS if report.count(v)]
    body = [[badge(v), *(str(report.count(v, t)) for t in tiers), f"*{report.count(v)}*"] for v in verdicts]
    yield "= Overview"
    named = [t if t != "none" else "no tier" for t in tiers]
    yield table(f"auto, {'auto, ' * len(tiers)}auto", ["verdict", *named, "claims"], body)
    found = headlines(report)
    if found:
        yield "== The theorems and the weakest thing each leans on"
        head = ["theorem", "as printed", "steps of its proof", "recorded runs", "leans on", "weakest link"]
        yield table("auto, auto, auto, auto, auto, 1fr", head, map(_headline, found))
    for change in changed:
        yield f"== What changed since {text(change.since)}"
        for kind, name, words in change.shortened:
            yield f"- *{text(kind)}* #raw({string(name)}): {text(words)}"
        if len(change.items) > len(change.shortened):
            yield small(f"and {len(change.items) - len(change.shortened)} more that are new.")
        if not change.items:
            yield "Nothing: every verdict, tier and scope is the same."
        if change.absent:
            yield small(f"{change.absent} of its claims are not in this run.")
    left = gaps(report)
    if left:
        yield "== What this report does not establish"
        yield "\n".join(f"- {text(gap.heading)}: {len(gap.items)}" for gap in left)
    yield small(
        "A verdict is about the statement as it was typed here, over the real numbers. Holds needs a proof, fails an "
        "exact counterexample; undecided says nothing either way. Certified is said only where a checker has replayed "
        "the certificate without the search that found it."
    )


def _headline(h: Headline) -> list[str]:
    weakest = "everything holds, certified"
    if h.weakest:
        mended = h.weakest.corrected
        weakest = f"{reference(h.weakest)} {small(h.weakest.place)} {badge(h.weakest.verdict)}"
        weakest += small(f" corrected: {mended.verdict}, {mended.tier}") if mended else ""
    return [
        f"{text(h.name)} \\ {small(h.paper)}",
        *(", ".join(f"{n} {text(v)}" for v, n in counted.items()) or "–" for counted in (h.said, h.proof, h.runs)),
        str(h.leaning), weakest,
    ]  # fmt: skip


def _errata(report: ReportView) -> Iterator[str]:
    if not report.errata:
        return
    yield f"= Errata #small[{len(report.errata)}]"
    yield small("What does not hold as printed, that first on which most of the paper leans.")
    for claim in report.errata:
        leaning = len(claim.carries) + len(claim.reached)
        found = claim.printed.counterexample
        head = f"{reference(claim)} {small(claim.place)} #h(1fr) {small(f'{leaning} lean on it')}"
        told = [head, _displayed(claim.printed) or small(claim.printed.reason)]
        told += [f"#callout[Counterexample][{point(found)}]"] if found is not None else []
        if claim.corrected:
            mended = _displayed(claim.corrected)
            changes = "; ".join(f"{word} {f'{name} = ' if name else ''}{shown}" for word, name, shown in claim.changes)
            told.append(f"*{text(f'Instead ({claim.mend})')}* {badge(claim.corrected.verdict, claim.corrected.tier)} "
                        + small(changes) + mended)  # fmt: skip
        for name, reading in claim.readings:
            told.append(f"{text(name)}: {badge(reading.verdict)}")
        yield f"#section({string(claim.verdict)})[\n" + "\n\n".join(told) + "\n]"


def _displayed(finding: Finding, other: Mapping[str, Any] | None = None, kind: str = "") -> str:
    """The statement as a display, its difference from another marked; empty where there is none."""
    if not finding.statement:
        return ""
    lines = rows(finding.statement["claim"], other["claim"] if other else None, kind)
    return "#rows(" + "".join(f"({str(more).lower()}, [{line}]), " for more, line in lines) + ")"


def _graph(report: ReportView) -> Iterator[str]:
    drawn = graph(report)
    if drawn:
        yield f"= What rests on what {small(f'{drawn.edges} relations')}"
        yield small(LEGEND)
        wide, high = map(float, re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawn.drawing)[0])
        scale = min(GRAPH[0] / wide, GRAPH[1] / high, GRAPH[2])
        yield "#align(center, " + drawing(drawn.drawing, f"width: {wide * scale:.1f}mm") + ")"


def _claim(claim: ClaimView) -> str:
    seen = f" {small(STANDINGS[claim.standing])}" if claim.standing else ""
    head = f"=== #raw({string(claim.id)}) {small(claim.place)} #h(1fr) {badge(claim.verdict, claim.tier)}{seen}"
    parts = [f"{head} #label({string(claim.anchor)})"]
    if claim.title:
        parts.append(text(claim.title))
    old, new = claim.printed.statement, claim.corrected.statement if claim.corrected else None
    both = claim.parted and old and new
    printed = "\n\n".join(_finding(claim.printed, new if both else None, "removed"))
    if claim.corrected:
        head = f"*{text(f'Corrected ({claim.mend})')}* {badge(claim.corrected.verdict, claim.corrected.tier)}"
        mended = "\n\n".join([head, *_finding(claim.corrected, old if both else None, "added")])
        head = f"*As printed* {badge(claim.printed.verdict, claim.printed.tier)}"
        parts.append(f"#beside([{head}\n\n{printed}], [{mended}])")
    else:
        parts.append(printed)
    if claim.note:
        parts.append(f"_{text(claim.note)}_")
    for name, reading in claim.readings:
        parts += [f"*Read as: {text(name)}* {badge(reading.verdict, reading.tier)}", *_finding(reading)]
    if claim.derivation:
        steps = (
            [inline(s["before"]), text(s["rule"]), inline(s["after"]),
             ", ".join(inline(c) for c in s["conditions"] if c != "True")]
            for s in claim.derivation["steps"]
        )  # fmt: skip
        parts.append(f"*Derivation.* {small(claim.derivation['title'])}")
        parts.append(table("1.2fr, 1fr, 1.8fr, 1fr", ["before", "rule", "after", "conditions"], steps))
    evidence = [line for name, finding in _named(claim) for line in _evidence(name, finding)]
    if evidence:
        parts.append(table("auto, 17%, auto, 1fr, auto", ["evidence", "method", "result", "detail", "time"], evidence))
    for word, links in (("rests on", claim.rests_on), ("carries", claim.carries)):
        if links:
            told = ", ".join(reference(b) + (f" {small(f'({b.remark})')}" if b.remark else "") for b in links)
            parts.append(f"{small(word)} {told}")
    parts.append(f"{small(duration(claim.seconds))} #h(1fr) #raw({string(claim.command)})")
    return f"#section({string(claim.verdict)})[\n" + "\n\n".join(parts) + "\n]"


def _finding(finding: Finding, other: Mapping[str, Any] | None = None, kind: str = "") -> Iterator[str]:
    statement = finding.statement
    if statement:
        yield _displayed(finding, other, kind)
        given = [_given(t, sort, other, kind) for t, sort in finding.setting]
        if given:
            yield f"{small('for every seed' if finding.expected else 'for all')} {' #h(4pt) '.join(given)}"
        for name, value in statement["where"].items():
            yield f"{small('where')} {inline(name)} = {inline(value)}"
        for name, value in statement["flow"].items():
            yield f"{small('flow')} {inline(f'ddt({name})')} = {inline(value)}"
    if finding.counterexample is not None:
        yield f"#callout[Counterexample][{point(finding.counterexample)}]"
    if finding.reason:
        yield f"*Why:* {text(finding.reason)}"
    if finding.scope:
        yield f"*{finding.scope_word}:* {text(finding.scope)}"
    if finding.vacuous:
        yield "*Vacuous:* the conclusion is trivial or the hypotheses cannot be met."
    if finding.witness:
        yield f"{small('The hypotheses are met, for example, by')} {point(finding.witness)}"
    marks = [f"{inline(h['text'])} {small(h['mark'])}" for h in finding.hypotheses]
    if marks:
        yield f"{small('hypotheses:')} {', #h(3pt) '.join(marks)}"
    if finding.outcomes:
        yield small("mutants: " + ", ".join(f"{n} {outcome}" for outcome, n in finding.outcomes.items()))


def _given(shown: str, sort: str, other: Mapping[str, Any] | None, kind: str) -> str:
    if sort:
        return f"{', '.join(map(inline, shown.split(', ')))} {sort}"
    return f"#mark({string(kind)}, [{inline(shown)}])" if other and shown not in other["given"] else inline(shown)


def _named(claim: ClaimView) -> Iterator[tuple[str, Finding]]:
    """The statements of a claim with what to call them beside their evidence."""
    yield "printed" if claim.corrected else "", claim.printed
    if claim.corrected:
        yield "corrected", claim.corrected
    yield from claim.readings


def _evidence(name: str, finding: Finding) -> Iterator[list[str]]:
    for e in finding.evidence:
        tier = f" {small(e['tier'])}" if e["tier"] != "none" else ""
        detail = text(e["detail"]) + (f" {small('only ' + str(e['scope']))}" if e["scope"] else "")
        yield [
            small(name), text(e["method"]) + tier, text(e["result"]), f"{detail} {small(made_by(e))}",
            duration(e["seconds"]),
        ]  # fmt: skip


def _experiments(report: ReportView) -> Iterator[str]:
    ran = [e for e in experiments(report) if e.results is not None]
    if ran:
        yield "= Figures and tables beside ours"
        yield small("From recorded results alone; the words on agreement are computed.")
    for e in ran:
        yield "\n\n".join(_experiment(e))
    left = [f"{place} of {paper} ({shows})" for paper, place, shows in unmeasured(report)]
    if left:
        yield small(f"No experiment here measures: {'; '.join(left)}.")


def _experiment(e: ExperimentView) -> Iterator[str]:
    yield f"== #raw({string(e.name)}) {small(e.places)}"
    yield text(e.title)
    yield small(" · ".join(f"{name}: {value}" for name, value in e.origin))
    for claim in e.claims:
        told = "; ".join([claim.standing, *(str(x["detail"]) for x in claim.printed.evidence)])
        expected = inline(claim.printed.statement["claim"]) if claim.printed.statement else ""
        yield f"- {reference(claim)} {expected} \\ {small(told)}"
    for figure in e.figures:
        head = f"*{text(figure.place)}* {small('The paper shows: ' + figure.shows if figure.shows else '')}"
        if figure.panels:
            head += "\n\n" + small(f"Ours, {figure.bands or 'as recorded'}.") + _legend(figure.legend)
        yield f"#block(sticky: true)[{head}]"
        if figure.panels:
            cells = ", ".join(drawing(p.drawing, "width: 100%") for p in figure.panels)
            yield f"#grid(columns: (1fr, 1fr, 1fr), gutter: 6pt, {cells})"
    for t in e.tables:
        yield from _table(t)
    for kind, words in (("different", "Other than in the paper"), ("stated", "Stated there, not recorded here"),
                        ("same", "As in the paper"), ("ours", "Not stated in the paper")):  # fmt: skip
        entries = [f"{d.name} {d.ours or d.stated}" + f" (paper: {d.stated})" * (kind == "different")
                   for d in e.setting if d.kind == kind]  # fmt: skip
        if entries:
            yield small(f"{words}: {'; '.join(entries)}")
    for note in e.notes:
        yield small(note)


def _legend(entries: Sequence[tuple[str, str]]) -> str:
    """Each label after a piece of its line or its mark."""
    shown = (f"#box({drawing(swatch, 'width: 7mm', label)}) {small(label)}" for label, swatch in entries)
    return " #h(6pt) ".join(["", *shown])


def _table(t: TableView) -> Iterator[str]:
    block, verdict = t.comparison.block, t.comparison.verdict
    said = ", ".join(f"{kind}: {w.word} {w.count}".strip() for kind, w in verdict.items())
    if t.comparison.factor:
        factor, near, asked = t.comparison.factor
        said += f"; up to the one factor {number(factor)} {near} of {asked} have the printed order of magnitude"
    head = [f"*{text(f'{block.place}: {block.title}')}* {small(said)}"]
    head += [_legend(swatches()), "#" + drawing(t.drawing, "width: 88%")] if t.drawing else []
    yield "#block(breakable: false, width: 100%)[\n" + "\n\n".join(head) + "\n]"
    body = (
        [
            text(f"{c.row}, {c.column}"), text(c.text + (f" ± {c.half}" if c.half else "")),
            text("; ".join(filter(None, [_range(c), c.failed])) or "not measured"),
            *(text(f"{w.word} {w.count}".strip()) for w in (c.direction, c.magnitude, c.numbers)), text(t.said),
        ]
        for c in t.comparison.cells
    )  # fmt: skip
    head = ["number", "printed", "ours", "direction", "magnitude", "numbers", "setting"]
    yield f"#[#set table.cell(breakable: false)\n{table('1.2fr, auto, auto, auto, auto, auto, 1.5fr', head, body)}]"


def _range(cell: Cell) -> str:
    return f"{number(cell.middle)} [{number(min(cell.ours))}, {number(max(cell.ours))}]" if cell.ours else ""


def _gaps(report: ReportView) -> Iterator[str]:
    found = gaps(report)
    if found:
        yield "= What this report does not establish"
    for gap in found:
        yield f"== {text(gap.heading)} #small[{len(gap.items)}]"
        yield small(gap.meaning)
        yield "\n".join(f"- {reference(claim)} {small(words)}" for claim, words in gap.items)


def _provenance(report: ReportView) -> Iterator[str]:
    yield "= Provenance"
    for name, pairs in report.provenance:
        yield f"*{text(name)}* " + "; ".join(f"{text(key)} #raw({string(value)})" for key, value in pairs)

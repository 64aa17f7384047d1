"""The view of a run as Markdown, piece by piece: the text cells of the notebook."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verify.language.latex import to_latex
from verify.report.comparison import Cell
from verify.report.cover import Changes, headlines
from verify.report.drawing.beside import swatches
from verify.report.drawing.scales import number
from verify.report.experiments import experiments, unmeasured
from verify.report.gaps import gaps
from verify.report.graph import LEGEND, graph
from verify.report.html import SIGNS, duration, summary
from verify.report.model import STANDINGS, ClaimView, Finding, ReportView, made_by
from verify.report.typeset import inline, term_of
from verify.report.typst_drawing import alone, words_of

ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;", "|": "&#124;", "\\": "&#92;"}


def plain(text: str) -> str:
    """The text as Markdown that shows exactly these characters, in one line."""
    flat = " ".join(str(text).split())
    shown = "".join(ENTITIES.get(c, f"\\{c}" if c in "`*_[]~" else c) for c in flat)
    return re.sub(r"^([-+#=]|\d+(?=[.)]))", lambda m: f"{m[1]}&#8203;" if m[1].isdigit() else f"\\{m[1]}", shown)


def code(text: str) -> str:
    """The text as code, whatever it contains."""
    return f"<code>{plain(text)}</code>"


def latex(text: str) -> str:
    """The text as LaTeX between dollar signs where it is a formula, else as code."""
    term = term_of(text)
    return f"${to_latex(term)}$" if term else code(text)


def mathml(text: str) -> str:
    """The text as MathML where it is a formula, else as code; no character of it means anything in Markdown."""
    if term_of(text) is None:
        return code(text)
    return re.sub(r"[|*_`~$]", lambda m: f"&#{ord(m[0])};", str(inline(text, large=True)))


def picture(svg: str, width: int, words: str = "") -> str:
    """A drawing as an image that is in the text itself, so many pixels wide, with its description."""
    data = base64.b64encode(alone(svg).encode()).decode()
    alt = _attribute(words or words_of(svg))
    return f'<img alt="{alt}" width="{width}" src="data:image/svg+xml;base64,{data}">'


def _attribute(text: str) -> str:
    return "".join(ENTITIES.get(c, c) for c in " ".join(text.split())).replace('"', "&quot;")


@dataclass(frozen=True)
class Writer:
    """formula: how a recorded text is typeset, ``latex`` or ``mathml``."""

    formula: Callable[[str], str] = latex

    def cover(self, report: ReportView, changed: Sequence[Changes] = ()) -> str:
        alarm = "\n\n**The run was interrupted: claims are missing.**" if report.interrupted else ""
        when = f" · {plain(report.created)}" if report.created else ""
        return (
            f"# Proof report\n\n{summary(report)}.{when} · {duration(report.seconds)} of work{alarm}\n\n"
            "A verdict is about the statement as it was typed, over the real numbers. The code cells read the records "
            "beside this notebook again; they judge nothing."
        ) + _theorems(report) + "".join(_changes(change) for change in changed)

    def errata(self, report: ReportView) -> str:
        """The errata as a table: what is printed, the counterexample, what holds instead, what leans on it."""
        rows = []
        for claim in report.errata:
            point = claim.printed.counterexample
            printed = self.formula(claim.printed.statement["claim"]) if claim.printed.statement else plain(claim.title)
            instead = "nothing is stated"
            if claim.corrected and claim.corrected.statement:
                around = (f"{word} {f'{name} = ' if name else ''}{shown}" for word, name, shown in claim.changes)
                parts = [self.formula(claim.corrected.statement["claim"]), *map(code, around)]
                instead = f"{'<br>'.join(parts)}<br>{_badge(claim.corrected.verdict, claim.corrected.tier)}"
            elif claim.readings:
                instead = "; ".join(f"{plain(name)}: {finding.verdict}" for name, finding in claim.readings)
            rows.append([
                f"{_link(claim.id, claim.anchor)}<br>{plain(claim.place)}", printed,
                self._point(point) if point is not None else _badge(claim.verdict, claim.tier),
                plain(claim.mend or "none"), instead, str(len(claim.carries) + len(claim.reached)),
            ])  # fmt: skip
        head = ["claim", "as printed", "counterexample", "mend", "what holds instead", "claims that lean on it"]
        return (
            "## Errata\n\nWhat does not hold as printed, that first on which most of the paper leans.\n\n"
        ) + _grid(head, rows)

    def graph(self, report: ReportView) -> str:
        """The drawing of what rests on what; empty where nothing rests on anything."""
        drawn = graph(report)
        if drawn is None:
            return ""
        head = f"## What rests on what\n\n{drawn.edges} relations. {LEGEND}\n\n"
        return head + picture(re.sub(r' id="[^"]*"| href="[^"]*"| data-[a-z]+="[^"]*"', "", drawn.drawing), 900)

    def claim(self, claim: ClaimView) -> Iterator[str]:
        yield f'<a id="{claim.anchor}"></a>\n\n#### {plain(claim.id)} · {plain(claim.place)}'
        seen = f" · {STANDINGS[claim.standing]}" if claim.standing else ""
        yield _badge(claim.verdict, claim.tier) + seen + (f" — {plain(claim.title)}" if claim.title else "")
        yield from self._finding(claim.printed)
        if claim.corrected:
            yield f"**Corrected ({plain(claim.mend)})**: {_badge(claim.corrected.verdict, claim.corrected.tier)}"
            yield from self._finding(claim.corrected)
        if claim.note:
            yield f"> {plain(claim.note)}"
        for name, reading in claim.readings:
            yield f"**Read as: {plain(name)}**: {_badge(reading.verdict, reading.tier)}"
            yield from self._finding(reading)
        if claim.derivation:
            yield from self._derivation(claim.derivation)
        if claim.rests_on:
            links = (f"{_link(b.id, b.anchor)}{f' ({b.remark})' if b.remark else ''}" for b in claim.rests_on)
            yield f"rests on {', '.join(links)}"
        yield f"{duration(claim.seconds)} · {code(claim.command)}"

    def _finding(self, finding: Finding) -> Iterator[str]:
        if finding.statement:
            shown = self.formula(finding.statement["claim"])
            yield f"${shown}$" if shown.startswith("$") else shown  # two dollar signs make it a display
            given = [
                f"{', '.join(map(self.formula, text.split(', ')))} {sort}" if sort else self.formula(text)
                for text, sort in finding.setting
            ]
            if given:
                yield f"{'for every seed' if finding.expected else 'for all'} {', '.join(given)}"
            for name, value in finding.statement["where"].items():
                yield f"where {self.formula(name)} = {self.formula(value)}"
            for name, value in finding.statement["flow"].items():
                yield f"flow {self.formula(f'ddt({name})')} = {self.formula(value)}"
        if finding.counterexample is not None:
            yield f"**Counterexample:** {self._point(finding.counterexample)}"
        if finding.reason:
            yield f"**Why:** {plain(finding.reason)}"
        if finding.scope:
            yield f"**{finding.scope_word}:** {plain(finding.scope)}"
        if finding.vacuous:
            yield "**Vacuous.**"
        if finding.witness:
            yield f"The hypotheses are met, for example, by {self._point(finding.witness)}."
        if finding.hypotheses:
            rows = ([self.formula(h["text"]), h["mark"], self._point(h["counterexample"])] for h in finding.hypotheses)
            yield _grid(["hypothesis", "mark", "counterexample without it"], rows)
        if finding.evidence:
            rows = (
                [*(plain(e[key]) for key in ("method", "tier", "result", "detail")), plain(made_by(e)),
                 duration(e["seconds"])]
                for e in finding.evidence
            )  # fmt: skip
            yield _grid(["method", "tier", "result", "detail", "made by", "time"], rows)
        if finding.mutants:
            yield "mutants: " + ", ".join(f"{n} {outcome}" for outcome, n in finding.outcomes.items())

    def _derivation(self, derivation: Mapping[str, Any]) -> Iterator[str]:
        yield f"**Derivation.** {plain(derivation['title'])}"
        rows = (
            [
                self.formula(step["before"]), plain(step["rule"]), self.formula(step["after"]),
                ", ".join(self.formula(c) for c in step["conditions"] if c != "True"),
            ]
            for step in derivation["steps"]
        )  # fmt: skip
        yield _grid(["before", "rule", "after", "conditions"], rows)

    def experiments(self, report: ReportView) -> Iterator[str]:
        """A cell for each experiment that has run: its origin, what was expected, printed numbers beside ours."""
        for e in experiments(report):
            if e.results is None:
                continue
            parts = [f"### {code(e.name)} · {plain(e.places)}", plain(e.title)]
            parts.append(" · ".join(f"{plain(name)}: {plain(value)}" for name, value in e.origin))
            for claim in e.claims:
                told = "; ".join([claim.standing, *(str(found["detail"]) for found in claim.printed.evidence)])
                parts.append(f"- {_link(claim.id, claim.anchor)}: {plain(told)}")
            for figure in e.figures:
                shows = [f"The paper shows: {figure.shows}"] if figure.shows else []
                shows += [f"Ours: {figure.bands or 'as recorded'}."] if figure.panels else []
                parts.append(f"**{plain(figure.place)}** {plain(' '.join(shows))}")
                parts.append(_legend(figure.legend))
                parts.append(" ".join(picture(p.drawing, 340) for p in figure.panels))
            for t in e.tables:
                words = ", ".join(f"{kind}: {w.word} {w.count}".strip() for kind, w in t.comparison.verdict.items())
                parts.append(f"**{plain(t.comparison.block.place)}: {plain(t.comparison.block.title)}** ({words})")
                head = ["row", "column", "printed", "ours", "direction", "magnitude", "numbers", "setting"]
                if t.drawing:
                    parts += [_legend(swatches()), picture(t.drawing, 760)]
                parts.append(_grid(head, ([*_compared(c), plain(t.said)] for c in t.comparison.cells)))
            yield "\n\n".join(parts)
        left = [f"{place} of {paper} ({shows})" for paper, place, shows in unmeasured(report)]
        if left:
            yield f"No experiment here measures: {plain('; '.join(left))}."

    def end(self, report: ReportView) -> Iterator[str]:
        yield "## What this report does not establish"
        for gap in gaps(report):
            yield f"### {gap.heading} ({len(gap.items)})\n\n{gap.meaning}"
            yield "\n".join(f"- {_link(claim.id, claim.anchor)}: {plain(text)}" for claim, text in gap.items)
        yield "## Provenance"
        for name, pairs in report.provenance:
            yield _grid([name, ""], ([plain(key), code(value)] for key, value in pairs))

    def _point(self, values: Mapping[str, str] | None) -> str:
        if values is None:
            return "–"
        pairs = (
            f"{self.formula(name)} {'→' if value.startswith('->') else '='} {self.formula(value.removeprefix('-> '))}"
            for name, value in values.items()
        )
        return ", ".join(pairs) or "none is needed: nothing is quantified"


def _legend(entries: Iterable[tuple[str, str]]) -> str:
    """Each label after a piece of its line or its mark."""
    return " &nbsp; ".join(f"{picture(swatch, 26, label)} {plain(label)}" for label, swatch in entries)


def _compared(cell: Cell) -> list[str]:
    ours = cell.failed or "not measured"
    if cell.ours:
        ours = f"{number(cell.middle)} ({number(min(cell.ours))} to {number(max(cell.ours))})"
        ours += f"; {cell.failed}" if cell.failed else ""
    words = (f"{w.word} {w.count}".strip() for w in (cell.direction, cell.magnitude, cell.numbers))
    printed = cell.text + (f" ± {cell.half}" if cell.half else "")
    return [plain(cell.row), plain(cell.column), plain(printed), ours, *words]


def _theorems(report: ReportView) -> str:
    found = headlines(report)
    rows = []
    for h in found:
        weakest = "everything holds, certified"
        if h.weakest:
            mended = f"; corrected: {h.weakest.corrected.verdict}" if h.weakest.corrected else ""
            weakest = f"{_link(h.weakest.id, h.weakest.anchor)} {_badge(h.weakest.verdict, h.weakest.tier)}{mended}"
        told = [", ".join(f"{n} {plain(word)}" for word, n in c.items()) or "–" for c in (h.said, h.proof, h.runs)]
        rows.append([f"{plain(h.name)} ({plain(h.paper)})", *told, str(h.leaning), weakest])
    head = ["theorem", "as printed", "steps of its proof", "recorded runs", "leans on", "weakest link"]
    return f"\n\n## The theorems and the weakest thing each leans on\n\n{_grid(head, rows)}" if rows else ""


def _changes(change: Changes) -> str:
    lines = [f"- **{kind}** {plain(name)}: {plain(text)}" for kind, name, text in change.shortened]
    left = len(change.items) - len(lines)
    lines += [f"- and {left} more that are new"] if left else []
    lines += [f"- {change.absent} of its claims are not in this run"] if change.absent else []
    told = "\n".join(lines) or "Nothing: every verdict, tier and scope is the same."
    return f"\n\n## What changed since {plain(change.since)}\n\n{told}"


def _badge(verdict: str, tier: str) -> str:
    return f"**{SIGNS.get(verdict, '')} {plain(verdict)}**" + (f" ({plain(tier)})" if tier != "none" else "")


def _link(name: str, anchor: str) -> str:
    return f"[{plain(name)}](#{anchor})" if anchor else plain(name)


def _grid(head: list[str], rows: Iterable[list[str]]) -> str:
    """A Markdown table; a bar inside a cell is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)

"""The report as one HTML file that needs nothing else: style, script and formulas (MathML) are in it.

A content security policy in the file allows exactly its own style and script and no request to anywhere.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from verify.report.cover import Changes, headlines
from verify.report.difference import marked
from verify.report.drawing.beside import swatches
from verify.report.drawing.scales import number
from verify.report.experiments import experiments, unmeasured
from verify.report.gaps import gaps
from verify.report.graph import SHAPES, graph
from verify.report.model import MARKS, STANDINGS, TIERS, VERDICTS, Link, ReportView, anchor_of, view

SIGNS = {"holds": "✓", "fails": "✗", "undecided": "?", "error": "!", "conflict": "⇄", "ill-posed": "≈"}
FOLDER = Path(__file__).parent / "templates"


def write(results: Mapping[str, Any], target: Path, changed: Sequence[Changes] = ()) -> None:
    """Writes the HTML report of the results to the file."""
    target.write_text(render(results, changed), encoding="utf-8")


def render(results: Mapping[str, Any], changed: Sequence[Changes] = ()) -> str:
    """The HTML report of the results of a run; changed: what is different from which earlier states."""
    import jinja2
    from markupsafe import Markup

    from verify.report import typeset

    style, *scripts = (
        (FOLDER / name).read_text(encoding="utf-8") for name in ("report.css", "report.js", "graph.js")
    )
    script = "\n".join(scripts)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "inline": typeset.inline, "equation": typeset.equation, "display": typeset.display, "against": marked,
        "time": duration, "figure": number, "anchor": anchor_of,
        "sign": lambda verdict: SIGNS.get(verdict, ""),
    }  # fmt: skip
    report = view(results)
    return environment.get_template("report.html.j2").render(
        report=report,
        gaps=gaps(report),
        headlines=headlines(report),
        changed=changed,
        graph=graph(report),
        shapes=SHAPES,
        places=places(report),
        experiments=experiments(report),
        unmeasured=unmeasured(report),
        beside_marks=swatches(),
        columns=[tier for tier in TIERS if report.count(tier=tier)],
        verdicts=[verdict for verdict in VERDICTS if report.count(verdict)],
        links={c.id: Link(c.id, c.anchor) for c in report.claims},
        summary=summary(report),
        marks=MARKS,
        standings=STANDINGS,
        style=Markup(style),
        script=Markup(script),
        policy=f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; base-uri 'none'",
    )


def places(report: ReportView) -> list[str]:
    """The places of the claims up to the first comma, each once, in reading order: what one may filter by."""
    return list(dict.fromkeys(c.place.split(",")[0].strip() for c in report.claims if c.place))


def summary(report: ReportView) -> str:
    """The run in one sentence."""
    words = {"holds": "hold", "fails": "fail as printed", "error": "in error", "conflict": "in conflict"}
    seen = ", ".join(f"{n} {STANDINGS[standing]}" for standing, n in report.standings.items())
    told = {"undecided": f" ({seen})"} if seen else {}
    parts = [f"{report.count(v)} {words.get(v, v)}{told.get(v, '')}" for v in VERDICTS if report.count(v)]
    total = len(report.claims)
    return f"{total} claim{'s' * (total != 1)}: {', '.join(parts)}" if parts else "No claim was verified"


def duration(seconds: float) -> str:
    """Seconds as a reader wants them: 0.04 s, 12 s, 3 min 20 s."""
    if seconds < 10:
        return f"{seconds:.2f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

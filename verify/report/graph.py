"""What rests on what, as a drawing: every claim a mark, coloured and shaped by verdict, filled by tier.

The marks stand where ``layering`` puts them: left what rests on nothing, right what rests on it. The page's script
shows parts of the drawing; without it every mark leads to its claim.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from verify.report.drawing.svg import element, figure
from verify.report.layering import layout
from verify.report.model import ClaimView, ReportView, anchor_of

COLUMN, GAP, EDGE = 112.0, 10.0, 16.0

# verdict -> the outline of its mark around (0, 0): a shape each, so that colour is not needed
LEGEND = (
    "Left what is rested on, right what rests on it. Circle: holds; square: fails; diamond: ill-posed; triangle: "
    "undecided. Full: certified; paler: weaker tiers; empty: none."
)
SHAPES = {
    "holds": "M-4 0A4 4 0 1 0 4 0A4 4 0 1 0 -4 0Z",
    "fails": "M-3.6 -3.6H3.6V3.6H-3.6Z",
    "ill-posed": "M0 -4.8L4.8 0L0 4.8L-4.8 0Z",
    "undecided": "M0 -4.6L4.6 3.6H-4.6Z",
    "error": "M-4.4 -1.6H-1.6V-4.4H1.6V-1.6H4.4V1.6H1.6V4.4H-1.6V1.6H-4.4Z",
    "conflict": "M-4.6 -3.6H4.6L0 4.6Z",
}


@dataclass(frozen=True)
class Graph:
    """drawing: the whole; edges: how many lines it has; depth: how many layers."""

    drawing: Markup
    edges: int
    depth: int


def graph(report: ReportView) -> Graph | None:
    """The drawing of a run; None where nothing rests on anything."""
    claims = {c.id: c for c in sorted(report.claims, key=lambda c: report.papers.index(c.paper))}
    below = {name: [link.id for link in c.rests_on if link.id in claims] for name, c in claims.items()}
    edges = sum(len(b) for b in below.values())
    if not edges:
        return None
    at = layout(list(claims), below)
    index = {name: k for k, name in enumerate(claims)}
    place = {n: (EDGE + p.layer * COLUMN, EDGE + p.height * GAP) for n, p in at.items()}
    width = max(x for x, _ in place.values()) + EDGE
    height = max(y for _, y in place.values()) + EDGE
    lines = [
        element("path", d=curve(place[lower], place[name]), class_="edge", data_from=str(index[lower]),
                data_to=str(index[name]))
        for name, lowers in below.items()
        for lower in lowers
    ]  # fmt: skip
    marks = [mark(c, *place[name], layer=at[name].layer, rests=len(below[name])) for name, c in claims.items()]
    depth = max(p.layer for p in at.values()) + 1
    drawing = figure(
        width, height, element("g", *lines, class_="edges"), element("g", *marks, class_="nodes"), id="graph-drawing",
        title="What rests on what",
        text=f"{len(claims)} claims in {depth} layers and {edges} lines from what is rested on, left, to what rests on "
        "it, right. The same relations stand in words in the section of every claim.",
        class_="network",
    )
    # a drawing of links is no image: its marks are to be reached
    return Graph(Markup(str(drawing).replace('role="img"', 'role="group"', 1)), edges, depth)


def curve(start: tuple[float, float], end: tuple[float, float]) -> str:
    """The data of a line that leaves and arrives level."""
    (a, b), (c, d) = start, end
    half = (a + c) / 2
    return f"M{a:.0f} {b:.1f}C{half:.0f} {b:.1f} {half:.0f} {d:.1f} {c:.0f} {d:.1f}"


def mark(claim: ClaimView, x: float, y: float, *, layer: int, rests: int) -> Markup:
    """A claim as a link with a shape, a name and a tooltip."""
    leaning = len(claim.carries)
    seen = f" ({claim.standing})" if claim.standing else ""
    said = f"{claim.id}: {claim.verdict}{seen}, {claim.tier}; {claim.place}; rests on {rests}, {leaning} rest on it"
    return element(
        "a", element("title", said), element("path", d=SHAPES.get(claim.verdict, SHAPES["error"])),
        element("text", claim.id, x=9, y=4), href=f"#{claim.anchor}", id=f"node-{claim.anchor}",
        class_=f"node v-{anchor_of(claim.verdict)} t-{anchor_of(claim.tier)}", transform=f"translate({x:.0f} {y:.1f})",
        data_id=claim.id, data_paper=claim.paper, data_place=claim.place, data_verdict=claim.verdict,
        data_tier=claim.tier, data_layer=str(layer), aria_label=said,
    )  # fmt: skip

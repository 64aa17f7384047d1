"""Drawings of the page as images that stand by themselves: the same SVG with colours of its own, not of a theme."""

from __future__ import annotations

import re
from html import unescape

from verify.report.typst_math import string

COLOURS = ("#1f5fbf", "#c2410c", "#15803d", "#6d28d9", "#0e7490", "#a16207", "#be185d", "#4b5563")
_LINES = "".join(
    f".line.s{k}{{stroke:{c}}}.band.s{k}{{fill:{c};fill-opacity:.2}}.dot.s{k}{{fill:{c}}}"
    for k, c in enumerate(COLOURS)
)
_TONES = {
    "holds": "#14532d", "fails": "#8b1a14", "undecided": "#6b4a00", "error": "#6b145f", "conflict": "#6b145f",
    "ill-posed": "#1d4668",
}  # fmt: skip
_FILLS = {"symbolic": 0.45, "simulated": 0.2, "sampled": 0.08, "none": 0.0}
_NODES = (
    ".node text{display:none}"
    + "".join(f".v-{verdict} path{{fill:{c};stroke:{c}}}" for verdict, c in _TONES.items())
    + "".join(f".t-{tier} path{{fill-opacity:{share}}}" for tier, share in _FILLS.items())
)
STYLE = (
    "svg{background:#fff}text{font-family:'Libertinus Serif';fill:#1d1f24}.tick,.name{font-size:10.5px}"
    ".head{font-size:12px;font-weight:bold}"
    ".label{font-size:12px}.frame{fill:none;stroke:#777}.grid{fill:none;stroke:#e4e4e4}"
    ".line{fill:none;stroke-width:1.7}.d1{stroke-dasharray:6 3}.d2{stroke-dasharray:2 2.5}"
    ".d3{stroke-dasharray:8 2.5 2 2.5}.span{stroke-width:1.6}"
    ".span.printed{stroke:#c2410c}.span.measured{stroke:#1f5fbf}"
    ".mark.printed{fill:#c2410c}.mark.measured{fill:#1f5fbf}.arrow{fill:none;stroke-width:1.5}"
    ".arrow.printed{stroke:#c2410c}.arrow.measured{stroke:#1f5fbf}.edge{fill:none;stroke:#aaa;stroke-width:.7}"
    + _LINES
    + _NODES
)


def drawing(svg: str, size: str, words: str = "") -> str:
    """The call that shows a drawing of the size, such as ``width: 100%``, with its description as alternative text."""
    return f"drawing({string(alone(svg))}, {string(words or words_of(svg))}, {size})"


def alone(svg: str) -> str:
    """The drawing as a file of SVG."""
    whole = re.sub(r"<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', svg, count=1)
    return re.sub(r"(<svg [^>]*>)", lambda found: f"{found[1]}<style>{STYLE}</style>", whole, count=1)


def words_of(svg: str) -> str:
    """The description of a drawing."""
    words = re.search(r"<desc[^>]*>(.*?)</desc>", svg, re.DOTALL)
    return unescape(words[1]) if words else ""

"""A gated run at a glance: a summary in Markdown, the worst first, and a badge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from verify.exports import finding
from verify.gate import Difference, worst_first
from verify.records import Record, version, write_json

MOST_BYTES = 1_000_000  # GitHub takes a mebibyte for a step
MOST_LINE = 2_000  # characters of one line of a finding
ENTITIES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;"} | {c: f"&#{ord(c)};" for c in "|$`\\@"} | {c: f"\\{c}" for c in "*_[]~#"}
)
COLOURS = {"red": "#c0392b", "yellow": "#b8860b", "green": "#2e7d32"}
HEADINGS = {"worse": "Worse than the lock file", "better": "Better than the lock file", "new": "Not in the lock file"}


def summary(records: Sequence[Record], differences: Iterable[Difference], *, most_bytes: int = MOST_BYTES) -> str:
    """Markdown: what blocks, what improved, what is new, the counts, and every other claim that does not hold.

    At most so many bytes of UTF-8; what does not fit is counted at the end.
    """
    here = {record["id"]: record for record in records}
    ordered = worst_first(differences)
    blocked = len({d.id for d in ordered if d.blocks})
    state = f"**Stopped: {blocked} worse or missing.**" if blocked else "**Nothing is worse.**"
    blocks = [f"## mirrorproof\n\n{state} {_plain(counts(records))}"]
    shown: set[str] = set()
    for change, heading in HEADINGS.items():
        own = [d for d in ordered if ("worse" if d.blocks else d.change) == change]
        for number, d in enumerate(own):
            head = f"\n### {heading} ({len({o.id for o in own})})\n\n" if number == 0 else ""
            blocks.append(head + _entry(d, here.get(d.id), told=d.id in shown))
            shown.add(d.id)
    blocks.append(_table(records))
    rest = [r for r in records if r["verdict"] != "holds" and r["id"] not in shown]
    order = {"conflict": 0, "error": 1, "fails": 2, "ill-posed": 3, "undecided": 4}
    for number, record in enumerate(sorted(rest, key=lambda r: (order.get(r["verdict"], 9), r["id"]))):
        head = f"\n### Also not holding, as the lock file says ({len(rest)})\n\n" if number == 0 else ""
        blocks.append(head + _record(record))
    return _bounded(blocks, most_bytes)


def refusal(message: str) -> str:
    """The summary of a gate that could not even begin."""
    return f"## mirrorproof\n\n**Stopped:** {_plain(message)}\n"


def counts(records: Sequence[Record]) -> str:
    """13 claims: 12 holds, 1 undecided."""
    from verify.measured import standings

    found = Counter(r["verdict"] for r in records)
    seen = standings(records)
    told = {"undecided": f" ({seen})"} if seen else {}
    words = ", ".join(f"{n} {verdict}{told.get(verdict, '')}" for verdict, n in found.most_common())
    return f"{len(records)} claim{'s' * (len(records) != 1)}" + (f": {words}" if words else "")


def _entry(d: Difference, record: Record | None, *, told: bool) -> str:
    place = f" ({_plain(record['place'])})" if record and record.get("place") else ""
    lines = [f"- {_code(d.id)}{place}: **{_plain(d.text)}**"]
    if record and not told:
        lines += [f"  - {_finding(line)}" for line in finding(record)]
    return "\n".join(lines)


def _record(record: Record) -> str:
    from verify.cli.show import marks

    seen = f" ({_plain(marks(record))})" if record.get("measurement") else ""
    lines = [f"- {_code(record['id'])}: {_plain(record['verdict'])}{seen}"]
    if record["counterexample"] is not None:
        lines += [f"  - {_finding(line)}" for line in finding(record) if line.startswith("counterexample: ")]
    return "\n".join(lines)


def _table(records: Sequence[Record]) -> str:
    from verify.evidence import Tier

    tiers = [tier.name for tier in Tier]
    found = Counter((r["verdict"], r["tier"]) for r in records)
    lines = ["", f"| verdict | {' | '.join(tiers)} |", "|---|" + "---:|" * len(tiers)]
    for verdict in dict.fromkeys(v for v, _ in sorted(found)):
        lines.append(f"| {_plain(verdict)} | {' | '.join(str(found[verdict, tier] or '') for tier in tiers)} |")
    return "\n".join(lines)


def _finding(line: str) -> str:
    what, _, rest = line.partition(": ")
    return f"{_plain(what)}: {_code(rest)}" if rest and what in ("claim", "counterexample") else _plain(line)


def _plain(text: str) -> str:
    flat = " ".join(str(text).split())
    flat = flat if len(flat) <= MOST_LINE else flat[: MOST_LINE - 1] + "…"
    return flat.translate(ENTITIES)


def _code(text: str) -> str:
    return f"<code>{_plain(text)}</code>"


def _bounded(blocks: Sequence[str], most_bytes: int) -> str:
    """The blocks that fit, in order, and a line that says how many do not."""
    note = "\n… and {} more: they do not fit in here\n"
    left, kept = most_bytes - len(note.encode()) - 21, []
    for block in blocks:
        size = len(block.encode()) + 1
        if size > left:
            break
        kept.append(block)
        left -= size
    return "\n".join(kept) + "\n" + (note.format(len(blocks) - len(kept)) if len(kept) < len(blocks) else "")


def write_badge(path: Path, records: Sequence[Record], differences: Iterable[Difference]) -> None:
    """An SVG, or for ``.json`` what shields.io draws one from: how many hold, and whether anything is worse."""
    message, colour = badge(records, differences)
    if path.suffix == ".json":
        write_json(path, {"schemaVersion": 1, "label": "mirrorproof", "message": message, "color": COLOURS[colour][1:]})
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_svg("mirrorproof", message, COLOURS[colour]), encoding="utf-8")


def badge(records: Sequence[Record], differences: Iterable[Difference]) -> tuple[str, str]:
    """What it says, and its colour."""
    blocked = len({d.id for d in differences if d.blocks})
    holding = sum(r["verdict"] == "holds" for r in records)
    text = f"{holding} of {len(records)} hold"
    if blocked:
        return f"{text}, {blocked} worse", "red"
    return text, "yellow" if any(r["verdict"] == "undecided" for r in records) or not records else "green"


def _svg(label: str, message: str, colour: str) -> str:
    widths = [7 * len(text) + 12 for text in (label, message)]
    whole, title = sum(widths), escape(f"{label}: {message}", {'"': "&quot;"})
    words: list[tuple[Any, str]] = [(widths[0] / 2, label), (widths[0] + widths[1] / 2, message)]
    texts = "".join(
        f'<text x="{x:g}" y="14" textLength="{7 * len(text)}">{escape(text)}</text>' for x, text in words
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="20" role="img" aria-label="{title}">'
        f"<title>{title}</title><desc>mirrorproof {escape(version())}</desc>"
        f'<rect width="{whole}" height="20" rx="3" fill="{colour}"/>'
        f'<path d="M3 0h{widths[0] - 3}v20H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3z" fill="#444"/>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">'
        f"{texts}</g></svg>\n"
    )

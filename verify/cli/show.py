"""Records on a terminal: a table, and the findings in full where a claim does not hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from verify.records import Record

STYLE = {
    "holds": "green", "fails": "bold red", "undecided": "yellow", "error": "bold magenta",
    "conflict": "bold white on red", "ill-posed": "cyan",
}  # fmt: skip
WORDS = {"holds": "hold", "fails": "fail", "undecided": "undecided", "error": "in error", "conflict": "in conflict"}
PIPE_WIDTH = 110


def console(stderr: bool = False) -> Console:
    plain = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if plain.is_terminal:
        return plain
    return Console(stderr=stderr, highlight=False, markup=False, emoji=False, width=PIPE_WIDTH)


def verdict_text(record: Record) -> Text:
    return Text(record["verdict"], STYLE.get(record["verdict"], ""))


def marks(record: Record) -> str:
    """What a reader must know besides the verdict, in a few words."""
    from verify.measured import STANDINGS, standing

    found = [f"{'holds on' if record['verdict'] == 'holds' else 'only'}: {record['scope']}"] if record["scope"] else []
    if record["vacuous"]:
        found.append("vacuous")
    corrected = record.get("corrected")
    if corrected:
        on = f" on {corrected['scope']}" if corrected.get("scope") else ""
        found.append(f"corrected ({corrected['kind']}): {corrected['verdict']}{on}")
    if seen := standing(record):
        found.append(STANDINGS[seen])
    unused = [h["text"] for h in record.get("hypotheses", ()) if h["mark"] == "unused"]
    if unused:
        found.append(f"not needed: {', '.join(unused)}")
    return "; ".join(found)


def table(records: Iterable[Record]) -> Table:
    grid = Table(box=None, pad_edge=False, header_style="bold")
    grid.add_column("claim", no_wrap=True, overflow="ellipsis")
    grid.add_column("verdict", no_wrap=True)
    grid.add_column("tier", no_wrap=True)
    grid.add_column("s", justify="right", no_wrap=True)
    grid.add_column("remarks")
    for r in records:
        tier = "" if r["tier"] == "none" else r["tier"]
        grid.add_row(Text(r["id"]), verdict_text(r), tier, f"{r['seconds']:.2f}", Text(marks(r)))
    return grid


def point(values: dict[str, str]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items()) or "none is needed: nothing is quantified"


def findings(record: Record) -> list[str]:
    """The lines that explain why a claim does not hold."""
    lines = []
    statement = record.get("statement")
    if statement:
        lines.append(f"claim: {statement['claim']}")
    if record["counterexample"] is not None:
        lines.append(f"counterexample: {point(record['counterexample'])}")
    for evidence in record["evidence"]:
        if evidence["detail"] and (record["verdict"] != "fails" or evidence["result"] == "fails"):
            lines.append(f"{evidence['method']}: {evidence['result']}: {evidence['detail']}")
    return lines


def explain_failures(out: Console, records: Iterable[Record]) -> None:
    for record in records:
        if record["verdict"] == "holds":
            continue
        heading = Text.assemble("\n", (record["id"], "bold"), " ", verdict_text(record))
        if record.get("place"):
            heading.append(f"  ({record['place']})", "dim")
        out.print(heading)
        for line in findings(record):
            out.print(Text(f"  {line}"), soft_wrap=True)


def summary(records: Sequence[Record], seconds: float) -> str:
    from verify.measured import standings

    counts = Counter(r["verdict"] for r in records)
    seen = standings(records)
    told = {"undecided": f" ({seen})"} if seen else {}
    parts = [f"{n} {WORDS.get(verdict, verdict)}{told.get(verdict, '')}" for verdict, n in counts.most_common()]
    if len(records) == 1:
        parts = [records[0]["verdict"]]
    return f"{len(records)} claim{'s' * (len(records) != 1)}: {', '.join(parts)} in {seconds:.1f} s"

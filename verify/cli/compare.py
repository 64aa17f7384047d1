"""``mirrorproof compare A B ...``: the answers on several mirror potentials side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from verify.cli.common import emit, options, refuse

if TYPE_CHECKING:
    from verify.potential.analysis import Report

_SECONDS = 5.0
_MOST = 8


@click.command("compare")
@click.argument("expressions", nargs=-1, metavar="A B ...")
@click.option("--in", "variable", default="x", show_default=True, metavar="NAME", help="The variable of each.")
@click.option("--given", multiple=True, metavar="ITEM", help="As for 'potential', for all of them; may be repeated.")
@click.option("--ask", multiple=True, metavar="GROUP", help="Only this group of questions; may be repeated.")
@click.option("--seconds", type=click.FloatRange(min=0, min_open=True, max=86400), default=_SECONDS, show_default=True,
              help="Time that one statement may take.")
@options("plot", "seed", "json")
def command(
    expressions: tuple[str, ...], variable: str, given: tuple[str, ...], ask: tuple[str, ...], seconds: float,
    plot: Path | None, seed: int, as_json: bool,
) -> None:  # fmt: skip
    """Put the same questions to two or more mirror potentials and show the answers side by side.

    Exit status: 0 every question is decided, 1 not so, 2 bad input.
    """
    from verify.drawing import NoPicture, ready
    from verify.potential.analysis import BadRequest, examine
    from verify.potential.reading import Request, read

    if not 2 <= len(expressions) <= _MOST:
        refuse(f"compare takes 2 to {_MOST} potentials, not {len(expressions)}", as_json)
    requests = [Request(e, variable, given, seed) for e in expressions]
    reports = []
    try:
        if plot is not None:
            ready(plot)
        for k, request in enumerate(requests, 1):  # what cannot be read is told before anything is worked out
            try:
                read(request)
            except ValueError as error:
                refuse(f"potential {k}: {error}", as_json)
        reports = [examine(request, seconds, ask) for request in requests]
        if plot is not None:
            from verify.potential.plots import draw

            draw(reports, plot)
    except (BadRequest, NoPicture) as error:
        refuse(str(error), as_json)
    if as_json:
        emit({"schema": 1, "potentials": [r.as_json() for r in reports]})
    else:
        _show(reports)
    raise click.exceptions.Exit(max(r.status for r in reports))


def _show(reports: list[Report]) -> None:
    from rich.table import Table
    from rich.text import Text

    from verify.cli.show import STYLE, console

    table = Table(show_lines=False, pad_edge=False)
    table.add_column("")
    for r in reports:
        table.add_column(f"{r.subject.R!r} on {r.subject.interval.text}", overflow="fold")
    names = list(dict.fromkeys(a.id for r in reports for a in r))
    for name in names:
        row: list[Text] = [Text(name, "bold")]
        for r in reports:
            found = next((a for a in r if a.id == name), None)
            if found is None:
                row.append(Text("not asked", "dim"))
            else:
                row.append(Text.assemble((found.verdict, STYLE[found.verdict]), "  ", found.answer))
        table.add_row(*row)
    console().print(table)

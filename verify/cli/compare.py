"""``mirrorproof compare A B ...``: the answers on several mirror maps or geometries side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from verify.cli.common import Formula, OnFormulas, Seconds, emit, options, refuse

if TYPE_CHECKING:
    from verify.potential.comparison import Comparison

_SECONDS, _TOTAL = 5.0, 60.0


@click.command("compare", cls=OnFormulas)
@click.argument("expressions", nargs=-1, type=Formula(), metavar="A B ...")
@click.option("--in", "variable", default="x", show_default=True, metavar="NAME", help="The variable of each.")
@click.option("--given", multiple=True, metavar="ITEM", help="As for 'potential', for all of them; may be repeated.")
@click.option("--ask", multiple=True, metavar="GROUP", help="Only this group of questions; may be repeated.")
@click.option("--seconds", type=Seconds(), default=_SECONDS, show_default=True,
              help="Time that one statement may take.")
@click.option("--total", type=Seconds(), default=_TOTAL, show_default=True,
              help="Time of each potential after which all that is still open is undecided.")
@options("plot", "seed", "json")
def command(
    expressions: tuple[str, ...], variable: str, given: tuple[str, ...], ask: tuple[str, ...], seconds: float,
    total: float, plot: Path | None, seed: int, as_json: bool,
) -> None:  # fmt: skip
    """Put the same questions to two or more mirror maps or geometries and show the answers side by side.

    Each is an expression in x, 'entropy', 'square', or a steepest flow of products, 'steepest q=3/2 L=2', of which the
    mirror potential at balance 0 is taken.

    Exit status: 0 every question is decided, 1 not so, 2 bad input.
    """
    from verify.drawing import NoPicture, ready
    from verify.potential.comparison import examine_all
    from verify.reparam.answers import BadRequest

    try:
        if plot is not None:
            ready(plot)
        found = examine_all(expressions, variable, given, seconds, ask, seed, total)
        if plot is not None:
            found.draw(plot)
    except (BadRequest, NoPicture) as error:
        refuse(str(error), as_json)
    if as_json:
        emit({"schema": 1, "potentials": [r.as_json() for r in found]})
    else:
        _show(found)
    raise click.exceptions.Exit(found.status)


def _show(found: Comparison) -> None:
    from rich.table import Table
    from rich.text import Text

    from verify.cli.show import STYLE, console

    table = Table(show_lines=False, pad_edge=False)
    table.add_column("")
    for r in found:
        table.add_column(f"{r.subject.title} on {r.subject.interval.text}", overflow="fold")
    for name, answers in found.table.items():
        row: list[Text] = [Text(name, "bold")]
        for a in answers:
            if a is None:
                row.append(Text("does not arise", "dim"))
                continue
            tier = "" if a.tier.name == "none" else f", {a.tier.name}"
            row.append(Text.assemble((a.verdict, STYLE[a.verdict]), f"{tier}: {a.answer}"))
            if a.would_decide:
                row[-1].append(f"; would decide it: {a.would_decide}", "dim")
        table.add_row(*row)
    console().print(table)

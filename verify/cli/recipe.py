"""``mirrorproof recipe``: the hyperparameters that the theory recommends, and what each rests on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from verify.cli.common import Seconds, emit, options, refuse

if TYPE_CHECKING:
    from verify.recipe.analysis import Report

_SECONDS = 5.0


@click.command("recipe")
@click.option("--aim", required=True, metavar="AIM", help="sparse, dense, escape or margin.")
@click.option("--widths", default="", metavar="N0,N1,...", help="The widths of the network, the inputs first.")
@click.option("--depth", type=click.IntRange(0, 64), default=0, metavar="L",
              help="Factors of each weight, x = w1 ... wL (default: to be recommended).")
@click.option("--optimizer", default="", metavar="NAME", help="gd, sgd, sign, adam or adamw, in place of --q.")
@click.option("--q", default="", metavar="Q", help="The index of steepest descent, a number from 1.")
@click.option("--mirror", default="", metavar="MAP", help="'entropy', 'square', 'power P' or a potential in x.")
@click.option("--given", multiple=True, metavar="ITEM", help="A parameter of the map, as in 'c > 0'; may be repeated.")
@click.option("--decay", default="", metavar="KIND", help="none, coupled or decoupled weight decay.")
@click.option("--sigma", default="", metavar="S", help="Size of the initial weights (default: sqrt(2/fan-in)).")
@click.option("--module", default="", metavar="FILE.py:NAME",
              help="A torch module of your own; the file is EXECUTED.")
@click.option("--results", type=click.Path(path_type=Path), metavar="FILE",
              help="Take the verdicts from this file, the results of a run or a lock file (default: claims.lock).")
@click.option("--seconds", type=Seconds(), default=_SECONDS, show_default=True,
              help="Time that one statement about a map of your own may take.")
@options("seed", "json")
def command(
    aim: str, widths: str, depth: int, optimizer: str, q: str, mirror: str, given: tuple[str, ...], decay: str,
    sigma: str, module: str, results: Path | None, seconds: float, seed: int, as_json: bool,
) -> None:  # fmt: skip
    """Recommend smoothing, rates, depth, balance and decay for an aim.

    Each recommendation names the claims of the papers that it rests on, with their verdicts, and warns where one of
    them failed as printed: then the corrected statement is used. All texts are parsed, never evaluated; a --module
    file is EXECUTED with your rights.

    Exit status: 0 all rests on statements that hold, 1 not so or the aim is not to be had this way, 2 bad input.
    """
    from verify.recipe.analysis import recommend
    from verify.recipe.setting import Request
    from verify.reparam.answers import BadRequest

    try:
        numbers = tuple(int(w) for w in widths.split(",")) if widths else ()
    except ValueError:
        refuse("widths: whole numbers with commas between them, as in 784,100,10", as_json)
    request = Request(aim, numbers, depth, optimizer, q, mirror, given, decay, sigma, results, seed)
    try:
        net = None
        if module:
            from verify.recipe.module import NoModule, load

            try:
                net = load(module)
            except NoModule as error:
                raise BadRequest(f"module: {error}") from None
        report = recommend(request, seconds, net)
    except BadRequest as error:
        refuse(str(error), as_json)
    if as_json:
        emit(report.as_json())
    else:
        _show(report)
    raise click.exceptions.Exit(report.status)


def _show(report: Report) -> None:
    from rich.text import Text

    from verify.cli.show import STYLE, console

    out = console()
    it = report.setting
    how = f"mirror map {it.mirror}" if it.mirror else f"q = {it.q}" if it.q is not None else "q to be chosen"
    out.print(Text(f"aim: {it.aim}; {how}; decay: {it.decay}", "bold"), soft_wrap=True)
    out.print(Text(f"verdicts from {report.source}"), soft_wrap=True)
    for note in it.notes:
        out.print(Text(f"! {note}", "yellow"), soft_wrap=True)
    told: set[str] = set()
    for r in report:
        title = r.id + (f" of {r.layer}" if r.layer else "")
        out.print(Text.assemble("\n", (title, "bold"), "  ", r.value), soft_wrap=True)
        if r.why:
            out.print(Text(f"  because {r.why}"), soft_wrap=True)
        for s in r.supports:
            used = {"printed": "", "corrected": "; the corrected statement is used", "reading": "; no statement",
                    "nothing": "; nothing to rely on"}[s.uses]  # fmt: skip
            scope = f", on: {s.scope}" if s.scope else ""
            out.print(Text.assemble(f"  rests on {s.claim} ({s.place})  ", (s.verdict, STYLE.get(s.verdict, "")),
                                    f", {s.tier}{scope}{used}"), soft_wrap=True)  # fmt: skip
        for a in r.worked:
            scope = f"; {a.scope}" if a.scope else ""
            out.print(Text.assemble(f"  worked out: {a.id}  ", (a.verdict, STYLE[a.verdict]), f"  {a.answer}{scope}"),
                      soft_wrap=True)  # fmt: skip
            if a.would_decide:
                out.print(Text(f"    would decide it: {a.would_decide}"), soft_wrap=True)
        for warning in r.all_warnings:
            if warning not in told:
                out.print(Text(f"  ! {warning}", "yellow"), soft_wrap=True)
            told.add(warning)
    out.print(f"\n{len(report.recommendations)} recommendations in {report.seconds:.1f} s")

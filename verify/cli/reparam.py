"""``mirrorproof reparam EXPR...``: what the theory says of a parameterization of one's own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from verify.cli.common import Formula, OnFormulas, Seconds, emit, options, refuse

if TYPE_CHECKING:
    from verify.reparam.analysis import Report

_SECONDS = 20.0


@click.command("reparam", cls=OnFormulas)
@click.argument("expressions", nargs=-1, type=Formula(), metavar="EXPR...")
@click.option("--given", multiple=True, metavar="ITEM", help="A hypothesis such as 'w1 > 0'; may be repeated.")
@click.option("--in", "names", default="", metavar="NAMES", help="The weights, as in w1,w2 (default: every name).")
@click.option("--preset", default="", metavar="NETWORK",
              help="'linear 3,4,2', 'relu 3,4,2', 'attention d=4 k=2', 'value-output d=4 k=2', each also with 'bias' "
                   "after it; 'gated 3,4', 'gated 3,4,2 smooth'.")
@click.option("--law", "laws", multiple=True, metavar="EXPR", help="A function to be tested as a law; may be repeated.")
@click.option("--degree", type=click.IntRange(1, 8), help="The greatest degree of the polynomial laws looked for.")
@click.option("--q", default="", metavar="Q", help="The index of the steepest flow, a number from 1 (default: all).")
@click.option("--mirror", default="", metavar="R", help="The potential of each weight, in x, such as 'cosh(x)'.")
@click.option("--scale", default="", metavar="EPS", help="The size of the initial weights, for the escape time.")
@click.option("--seconds", type=Seconds(), default=_SECONDS, show_default=True,
              help="Time that one group of questions may take.")
@options("plot", "seed", "json")
def command(
    expressions: tuple[str, ...], given: tuple[str, ...], names: str, preset: str, laws: tuple[str, ...],
    degree: int | None, q: str, mirror: str, scale: str, seconds: float, plot: Path | None, seed: int,
    as_json: bool,
) -> None:  # fmt: skip
    """Say what the theory knows of theta = G(w), one EXPR a coordinate.

    Regular or not, commuting or not, all polynomial conservation laws up to a degree and the exact number of
    independent ones, laws of steepest and mirror flow, induced metric and potential, saddles, escape time; each with
    verdict, tier and scope. The texts are parsed, never evaluated.

    Exit status: 0 every question is decided and every --law holds, 1 not so, 2 bad input.
    """
    from verify.drawing import NoPicture, ready
    from verify.reparam.analysis import examine
    from verify.reparam.answers import BadRequest
    from verify.reparam.reading import Request

    weights = tuple(w for w in re.split(r"[\s,]+", names) if w)
    request = Request(expressions, given, weights, preset, laws, degree, q, mirror, scale, seed)
    try:
        if plot is not None:
            ready(plot)
        report = examine(request, seconds)
        if plot is not None:
            report.draw(plot)
    except (BadRequest, NoPicture) as error:
        refuse(str(error), as_json)
    if as_json:
        emit(report.as_json())
    else:
        _show(report)
    raise click.exceptions.Exit(report.status)


def _show(report: Report) -> None:
    from rich.text import Text

    from verify.cli.show import STYLE, console, point

    out = console()
    what = report.request.preset or ", ".join(report.coordinates)
    out.print(Text(f"G = {what}", "bold"), soft_wrap=True)
    out.print(Text(f"{len(report.weights)} weights: {', '.join(report.weights[:24])}"
                   + (", ..." if len(report.weights) > 24 else "")), soft_wrap=True)  # fmt: skip
    for a in report.answers:
        tier = "" if a.tier.name == "none" else f", {a.tier.name}"
        out.print(Text.assemble("\n", (a.id, "bold"), "  ", a.question, "  ", (a.verdict, STYLE[a.verdict]), tier),
                  soft_wrap=True)  # fmt: skip
        out.print(Text(f"  {a.answer}"), soft_wrap=True)
        if a.scope:
            out.print(Text(f"  on: {a.scope}"), soft_wrap=True)
        if a.counterexample is not None and len(a.counterexample) <= 40:
            out.print(Text(f"  counterexample: {point(dict(a.counterexample))}"), soft_wrap=True)
        if a.would_decide:
            out.print(Text(f"  would decide it: {a.would_decide}"), soft_wrap=True)
    left = sum(a.verdict == "undecided" for a in report.answers)
    out.print(f"\n{len(report.answers)} answers, {left} undecided, in {report.seconds:.1f} s")

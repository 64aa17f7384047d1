"""``mirrorproof potential EXPR``: what the theory says of a mirror potential of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from verify.cli.common import Formula, OnFormulas, Seconds, emit, options, refuse

if TYPE_CHECKING:
    from verify.potential.analysis import Report

_SECONDS, _TOTAL = 5.0, 60.0


@click.command("potential", cls=OnFormulas)
@click.argument("expression", type=Formula(), metavar="EXPR")
@click.option("--in", "variable", default="x", show_default=True, metavar="NAME", help="The variable of R.")
@click.option("--given", multiple=True, metavar="ITEM",
              help="A bound of the variable or a parameter, as in 'x > 0', 'lam > 0'; may be repeated.")
@click.option("--ask", multiple=True, metavar="GROUP", help="Only this group of questions; may be repeated.")
@click.option("--seconds", type=Seconds(), default=_SECONDS, show_default=True,
              help="Time that one statement may take.")
@click.option("--total", type=Seconds(), default=_TOTAL, show_default=True,
              help="Time after which all that is still open is undecided.")
@options("plot", "seed", "json")
def command(
    expression: str, variable: str, given: tuple[str, ...], ask: tuple[str, ...], seconds: float, total: float,
    plot: Path | None, seed: int, as_json: bool,
) -> None:  # fmt: skip
    """Say what the theory knows of the mirror potential R = EXPR, one coordinate of a separable potential.

    EXPR: in x, or 'entropy', 'square', or a steepest flow of products at balance 0, 'steepest q=3/2 L=2'.
    Domain, convexity, Legendre, Bregman, gradient range, inverse metric, conjugate, horizon function and margin,
    Assumptions 2.3, 4.4 and G.1, bias, rate, and how far out the horizon is near; each with verdict, tier and scope.
    The texts are parsed, never evaluated.

    Exit status: 0 every question is decided, 1 not so, 2 bad input.
    """
    from verify.drawing import NoPicture, ready
    from verify.potential.analysis import examine
    from verify.potential.reading import Request
    from verify.reparam.answers import BadRequest

    try:
        if plot is not None:
            ready(plot)
        report = examine(Request(expression, variable, given, seed), seconds, ask, total)
        if plot is not None:
            report.draw(plot)
    except (BadRequest, NoPicture) as error:
        refuse(str(error), as_json)
    if as_json:
        emit(report.as_json())
    else:
        _show(report, total)
    raise click.exceptions.Exit(report.status)


def _show(report: Report, total: float) -> None:
    from rich.text import Text

    from verify.cli.show import STYLE, console, point

    out = console()
    it = report.subject
    out.print(Text(f"R({it.x}) = {it.R!r} on {it.interval.text}", "bold"), soft_wrap=True)
    if it.name:
        out.print(Text(f"the potential of: {it.name}"), soft_wrap=True)
    if it.request.given:
        out.print(Text(f"given: {'; '.join(it.request.given)}"), soft_wrap=True)
    for a in report.answers:
        tier = "" if a.tier.name == "none" else f", {a.tier.name}"
        out.print(Text.assemble("\n", (a.id, "bold"), "  ", a.question, "  ", (a.verdict, STYLE[a.verdict]), tier),
                  soft_wrap=True)  # fmt: skip
        out.print(Text(f"  {a.answer}"), soft_wrap=True)
        if a.scope:
            out.print(Text(f"  on: {a.scope}"), soft_wrap=True)
        if a.counterexample is not None:
            out.print(Text(f"  counterexample: {point(dict(a.counterexample))}"), soft_wrap=True)
        if a.would_decide:
            out.print(Text(f"  would decide it: {a.would_decide}"), soft_wrap=True)
    left = sum(a.verdict == "undecided" for a in report.answers)
    out.print(f"\n{len(report.answers)} answers, {left} undecided, in {report.seconds:.1f} s")
    if left and report.seconds >= total:
        out.print(f"the time for all questions together, {total:g} s, was over; more with --total")

"""``mirrorproof report``: the proof report, written from recorded results alone."""

from __future__ import annotations

from pathlib import Path

import click

from verify.cli.common import RESULTS, refuse


@click.command("report")
@click.option("--format", "kind", type=click.Choice(["html", "pdf", "ipynb"]), default="html", show_default=True)
@click.option("--results", type=click.Path(path_type=Path), default=RESULTS, show_default=True, help="Results file.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("report"), show_default=True,
              help="The folder, or the file, to write to.")  # fmt: skip
def command(kind: str, results: Path, out: Path) -> None:
    """Write the proof report of the last run and print its path."""
    from verify.report import ReportError, write

    if not results.is_file():
        refuse(f"{results} is not there; `mirrorproof run` writes it", False)
    try:
        click.echo(str(write(results, out, kind)))
    except (ReportError, ValueError) as error:
        refuse(str(error), False)

"""``mirrorproof report``: the proof report, written from recorded results alone."""

from __future__ import annotations

import importlib
from pathlib import Path

import click

from verify.cli.common import RESULTS, refuse


@click.command("report")
@click.option("--format", "kind", type=click.Choice(["html", "pdf", "ipynb", "ipynb.html"]), default="html",
              show_default=True, help="ipynb: an executed notebook; ipynb.html: the same as a page.")  # fmt: skip
@click.option("--results", type=click.Path(path_type=Path), default=RESULTS, show_default=True, help="Results file.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("report"), show_default=True,
              help="The folder, or the file, to write to.")  # fmt: skip
def command(kind: str, results: Path, out: Path) -> None:
    """Write the proof report of the last run and print its path."""
    from verify.records import read_results

    try:
        whole = read_results(results)
    except ValueError as error:
        refuse(f"{error}; `mirrorproof run` writes one", False)
    report = importlib.import_module("verify.report")
    try:
        click.echo(str(report.write(whole, out, kind)))
    except report.ReportError as error:
        refuse(str(error), False)

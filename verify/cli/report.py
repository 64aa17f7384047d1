"""``mirrorproof report``: the proof report, written from recorded results alone."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from verify.cli.common import RESULTS, refuse

HISTORY = "reported.json"  # beside the results: the claims of the run reported last, and of the one before it


@click.command("report")
@click.option("--format", "kind", type=click.Choice(["html", "pdf", "ipynb", "ipynb.html"]), default="html",
              show_default=True, help="ipynb: an executed notebook; ipynb.html: the same as a page.")  # fmt: skip
@click.option("--results", type=click.Path(path_type=Path), default=RESULTS, show_default=True, help="Results file.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("report"), show_default=True,
              help="The folder, or the file, to write to.")  # fmt: skip
@click.option("--since", type=click.Path(path_type=Path, dir_okay=False),
              help="Tell what changed since this results file or lock file (default: the run reported before, and "
              "the lock file).")  # fmt: skip
def command(kind: str, results: Path, out: Path, since: Path | None) -> None:
    """Write the proof report of the last run and print its path."""
    from verify.records import read_results

    try:
        whole = read_results(results)
    except ValueError as error:
        refuse(f"{error}; `mirrorproof run` writes one", False)
    try:
        earlier = {str(since): named(since)} if since else known(whole, results.parent / HISTORY)
    except ValueError as error:
        refuse(str(error), False)
    report = importlib.import_module("verify.report")
    try:
        click.echo(str(report.write(whole, out, kind, earlier)))
    except report.ReportError as error:
        refuse(str(error), False)


def named(file: Path) -> Mapping[str, Any]:
    """The claims of a results file or of a lock file; raises ``ValueError`` with one line where it is neither."""
    from verify.lock import read
    from verify.records import read_results
    from verify.report.cover import remembered

    try:
        return remembered(read_results(file)["claims"])
    except ValueError:
        return read(file)


def known(whole: Mapping[str, Any], history: Path) -> dict[str, Mapping[str, Any]]:
    """What there is to compare a run with: the run that was reported before it, and the lock file.

    The history keeps two runs, so that a report written again still tells the same changes. What has no claim in common
    with the run is about something else.
    """
    from verify.form import REMEMBERED, departure, read_json
    from verify.lock import default_path, read
    from verify.records import write_json
    from verify.report.cover import remembered

    past: dict[str, Any] = {}
    with contextlib.suppress(ValueError):  # what cannot be read is written anew
        past = read_json(history)
        past = past if not departure(past, {"now": REMEMBERED, "before?": REMEMBERED}) else {}
    now: dict[str, Any] = {"created": str(whole.get("created", "")), "claims": remembered(whole["claims"])}
    if not past or past["now"]["created"] != now["created"]:
        past = {"now": now, "before": past.get("now")}
        with contextlib.suppress(OSError):  # a report that cannot be remembered is a report
            write_json(history, past)
    found: dict[str, Mapping[str, Any]] = {}
    if before := past.get("before"):
        found[f"the run of {before['created']}"] = before["claims"]
    lock = default_path()
    if lock.is_file():
        with contextlib.suppress(ValueError):
            found[f"the lock file {lock.name}"] = read(lock)
    return {name: earlier for name, earlier in found.items() if earlier.keys() & now["claims"].keys()}

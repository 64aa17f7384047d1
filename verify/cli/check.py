"""``mirrorproof check FILE``: the claims that anyone wrote."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from verify.cli.common import cache_folder, emit, executor, options, refuse, settings

if TYPE_CHECKING:
    from verify.judge import Settings


@click.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@options("json", "seconds", "jobs", "seed", "no-cache", "cluster")
@click.option("--mutants", type=click.IntRange(0, 64), default=0, show_default=True,
              help="How many of its own mutants each statement is tried against.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="F",
              help="Write the records to this file, for `mirrorproof report --results F`.")  # fmt: skip
def command(
    file: Path, as_json: bool, seconds: float, jobs: int | None, seed: int, no_cache: bool, cluster: str | None,
    mutants: int, out: Path | None,
) -> None:  # fmt: skip
    """Verify the claims in FILE.

    A TOML file is safe to take from strangers: it is parsed, never evaluated. A Python file (.py) is EXECUTED, so
    check only your own.

    Exit status: 0 every claim holds, 1 some do not, 2 the file cannot be read (one line says where; with --json the
    object is {"schema": 1, "error": ...}), 130 interrupted.
    """
    from verify.loading import UnreadableFile, file_jobs
    from verify.runner import Interrupted, unsatisfiable, verify

    begun = time.monotonic()
    try:
        todo = file_jobs(file)
        chosen = settings(seconds, seed, mutants=mutants)
        with executor(cluster, as_json) as where:
            records = verify(todo, chosen, workers=jobs, cache=cache_folder(no_cache), executor=where)
    except UnreadableFile as error:
        refuse(str(error), as_json)
    except Interrupted as error:
        if as_json:
            emit({"schema": 1, "interrupted": True, "claims": error.records})
        else:
            _show(error.records, time.monotonic() - begun)
        click.echo(str(error), err=True)
        raise click.exceptions.Exit(130) from None
    empty = next((r for r in records if unsatisfiable(r)), None)
    if empty is not None:
        given = "; ".join(text for text in empty["statement"]["given"] if not text.endswith((" real", " integer")))
        refuse(f"{file}: claim {empty['id']}: given, column 1: unsatisfiable hypotheses: {given}", as_json)
    if out is not None:
        _write(out, file, records, chosen, as_json)
    if as_json:
        emit({"schema": 1, "claims": records})
    else:
        _show(records, time.monotonic() - begun)
    raise click.exceptions.Exit(0 if all(r["verdict"] == "holds" for r in records) else 1)


def _write(out: Path, file: Path, records: list, chosen: Settings, as_json: bool) -> None:
    """Write what a report needs; a file that cannot be written is refused."""
    from verify.records import results, write_json
    from verify.runner import settings_json

    try:
        write_json(out, results(records, settings_json(chosen)) | {"file": str(file)})
    except OSError as error:
        refuse(f"{out}: {error.strerror or error}", as_json)


def _show(records: list, seconds: float) -> None:
    from verify.cli.show import console, explain_failures, summary, table

    out = console()
    out.print(table(records))
    explain_failures(out, records)
    out.print(f"\n{summary(records, seconds)}", soft_wrap=True)

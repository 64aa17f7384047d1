"""``mirrorproof gate``: for continuous integration."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from verify.cli.common import MUTANTS, cache_folder, emit, executor, options, refuse, settings

if TYPE_CHECKING:
    from verify.gate import Difference
    from verify.records import Record

STYLE = {"worse": "red", "missing": "red", "better": "green", "new": "cyan"}


@click.command("gate")
@click.option("--results", type=click.Path(path_type=Path), help="A results file; without it the claims are verified.")
@click.option("--junit", type=click.Path(path_type=Path), metavar="F", help="Write JUnit XML to this file.")
@click.option("--sarif", type=click.Path(path_type=Path), metavar="F", help="Write SARIF 2.1.0 to this file.")
@click.option("--update", is_flag=True, help="Show the differences, then rewrite the lock file.")
@options("lock", "jobs", "json", "paper-seconds", "seed", "no-cache", "cluster")
def command(
    results: Path | None, junit: Path | None, sarif: Path | None, update: bool, lock: Path | None, jobs: int | None,
    as_json: bool, seconds: float, seed: int, no_cache: bool, cluster: str | None,
) -> None:  # fmt: skip
    """Fail where a verdict, its tier or its scope is worse than the lock file says.

    Exit status: 0 nothing is worse (or --update rewrote the lock file), 1 something is, 2 a file cannot be read,
    130 interrupted. `error` and `conflict` are worse than anything and are never written to the lock file.
    """
    from verify import lock as locking
    from verify.gate import compare
    from verify.records import read_results
    from verify.runner import Interrupted

    where = lock or locking.default_path()
    try:
        expected = locking.read(where) if where.is_file() or not update else {}
        whole = read_results(results) if results else None
    except ValueError as error:
        refuse(str(error), as_json)
    if whole is not None:
        records: list[Record] = whole["claims"]
        _warn_if_stale(whole, results)
    else:
        try:
            records = _verify(jobs, seconds, seed, no_cache, cluster)
        except Interrupted as error:
            click.echo(str(error), err=True)
            raise click.exceptions.Exit(130) from None
    differences = compare(records, expected)
    if update:
        _update(where, records, expected)
    if junit:
        from verify.exports import write_junit

        write_junit(junit, records, differences)
    if sarif:
        from verify.exports import write_sarif

        write_sarif(sarif, differences, where)
    if as_json:
        emit({"schema": 1, "differences": [{"id": d.id, "change": d.change, "text": d.text} for d in differences]})
    else:
        _show(differences, len(records), where, update)
    blocked = any(d.blocks for d in differences)
    raise click.exceptions.Exit(1 if blocked and not update else 0)


def _update(where: Path, records: list[Record], expected: dict[str, Any]) -> None:
    """Rewrite the lock file; what it says of a claim stays where that was not verified or ran into a defect."""
    from verify import lock as locking
    from verify.catalogue import functions
    from verify.gate import defective

    known = functions()
    kept = {name: entry for name, entry in expected.items() if name in known}
    good = locking.locked(record for record in records if not defective(locking.expected(record)))
    locking.write(where, kept | good)


def _verify(jobs: int | None, seconds: float, seed: int, no_cache: bool, cluster: str | None) -> list[Record]:
    from verify.catalogue import jobs as catalogue
    from verify.cli.running import Display
    from verify.cli.show import console
    from verify.runner import verify

    todo = catalogue()
    chosen = settings(seconds, seed, mutants=MUTANTS)
    quiet = not console(stderr=True).is_terminal
    with executor(cluster) as where, Display(console(stderr=True), len(todo), quiet=quiet) as progress:
        return verify(todo, chosen, workers=jobs, cache=cache_folder(no_cache), executor=where, progress=progress)


def _warn_if_stale(whole: dict[str, Any], results: Path | None) -> None:
    from verify.cache import source_hash

    if whole.get("interrupted"):
        click.echo(f"warning: {results} is of a run that was interrupted", err=True)
    if whole.get("code") != source_hash():
        click.echo(f"warning: {results} was made by other sources than these", err=True)


def _show(differences: list[Difference], total: int, where: Path, update: bool) -> None:
    from rich.text import Text

    from verify.cli.show import console

    out = console()
    for d in differences:
        out.print(Text.assemble((f"{d.change:8}", STYLE[d.change]), f"{d.id}: {d.text}"), soft_wrap=True)
    blocked = len({d.id for d in differences if d.blocks})
    if update:
        differed = len({d.id for d in differences})
        out.print(f"{where} is rewritten: {differed} of {total} claims differed", soft_wrap=True)
    else:
        out.print(f"{total} claims against {where}: {blocked} worse or missing", soft_wrap=True)

"""``mirrorproof gate``: for continuous integration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from verify.cli.common import MUTANTS, cache_folder, emit, executor, options, refuse, settings

if TYPE_CHECKING:
    from verify.gate import Difference
    from verify.lock import Expected, Figure
    from verify.records import Record
    from verify.runner import Job

STYLE = {"worse": "red", "missing": "red", "better": "green", "new": "cyan"}


def _file(name: str, what: str) -> Callable[..., Any]:
    return click.option(name, type=click.Path(path_type=Path, dir_okay=False), metavar="F", help=what)


@click.command("gate")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
@click.option("--results", type=click.Path(path_type=Path), help="A results file; without it the claims are verified.")
@_file("--junit", "Write JUnit XML to this file.")
@_file("--sarif", "Write SARIF 2.1.0 to this file.")
@_file("--summary", "Write a summary in Markdown to this file, the worst first.")
@_file("--badge", "Write a badge to this file: .svg, or .json for shields.io.")
@click.option("--must-hold", is_flag=True,
              help="Stop a new claim that does not hold, and an undecided one that turns out to fail.")  # fmt: skip
@click.option("--update", is_flag=True, help="Show the differences, then rewrite the lock file.")
@options("lock", "jobs", "json", "paper-seconds", "seed", "no-cache", "cluster")
def command(
    files: tuple[Path, ...], results: Path | None, junit: Path | None, sarif: Path | None, summary: Path | None,
    badge: Path | None, must_hold: bool, update: bool, lock: Path | None, jobs: int | None, as_json: bool,
    seconds: float, seed: int, no_cache: bool, cluster: str | None,
) -> None:  # fmt: skip
    """Fail where a verdict, its tier, its scope or a figure is worse than the lock file says.

    The claims are those of the FILEs (TOML; a .py file is EXECUTED), without one those of mirrorproof's own papers.
    Exit status: 0 nothing is worse (or --update rewrote the lock file), 1 something is, 2 a file cannot be read,
    130 interrupted. `error` and `conflict` are worse than anything and are never written to the lock file.
    """
    from verify import lock as locking
    from verify.digest import refusal
    from verify.figures import figures
    from verify.gate import compare, compare_figures, worst_first
    from verify.records import read_results
    from verify.runner import Interrupted

    where = lock or (Path(locking.NAME) if files else locking.default_path())
    try:
        todo = file_claims(files) if files else None
        whole = read_results(results) if results else None
        if not where.is_file() and not update:
            raise ValueError(f"{where}: there is no lock file; `gate --update` writes one")
        expected, was = locking.read_all(where) if where.is_file() else ({}, {})
    except ValueError as error:
        if summary:
            _write(summary, refusal(str(error)))
        refuse(str(error), as_json)
    if whole is not None:
        records: list[Record] = whole["claims"]
        _warn_if_stale(whole, results)
    else:
        try:
            records = _verify(todo, jobs, seconds, seed, no_cache, cluster, as_json)
        except Interrupted as error:
            click.echo(str(error), err=True)
            raise click.exceptions.Exit(130) from None
    now = figures(records)
    differences = worst_first([*compare(records, expected, must_hold=must_hold), *compare_figures(now, was)])
    try:
        _export(records, differences, where, files, junit, sarif, summary, badge)
        if as_json:
            emit({"schema": 1, "differences": [{"id": d.id, "change": d.change, "text": d.text} for d in differences]})
        else:
            _show(differences, records, where, update)
        if update:
            _update(where, records, {job.id for job in todo} if todo is not None else _declared(), expected, was | now)
            if not as_json:
                click.echo(f"{where} is rewritten")
    except OSError as error:
        refuse(": ".join(str(told) for told in (error.filename, error.strerror) if told), False)
    blocked = any(d.blocks for d in differences)
    raise click.exceptions.Exit(1 if blocked and not update else 0)


def file_claims(files: Sequence[Path]) -> list[Job]:
    """The claims of several files; raises ``ValueError`` where two bear the same id."""
    from verify.loading import file_jobs

    found: dict[str, tuple[Job, Path]] = {}
    for file in files:
        for job in file_jobs(file):
            if job.id in found:
                raise ValueError(f"{file}: claim {job.id}: {found[job.id][1]} has a claim of this id already")
            found[job.id] = job, file
    return [job for job, _ in found.values()]


def _declared() -> set[str]:
    from verify.catalogue import functions

    return set(functions())


def _update(
    where: Path, records: list[Record], known: set[str], expected: dict[str, Expected], figures: dict[str, Figure]
) -> None:
    """Rewrite the lock file; what it says of a claim stays where that was not verified or ran into a defect."""
    from verify import lock as locking
    from verify.figures import figures as measured
    from verify.gate import defective

    kept = {name: entry for name, entry in expected.items() if name in known}
    good = locking.locked(record for record in records if not defective(locking.expected(record)))
    whole = known <= {record["id"] for record in records}  # else a figure may belong to a claim that is not here
    locking.write(where, kept | good, measured(records) if whole else figures)


def _export(
    records: list[Record], differences: list[Difference], where: Path, files: Sequence[Path], junit: Path | None,
    sarif: Path | None, summary: Path | None, badge: Path | None,
) -> None:  # fmt: skip
    """Each view that was asked for, from the same records and differences."""
    if junit:
        from verify.exports import write_junit

        write_junit(junit, records, differences)
    if sarif:
        from verify.exports import write_sarif

        write_sarif(sarif, differences, where, records=records, files=files)
    if summary:
        from verify import digest

        _write(summary, digest.summary(records, differences))
    if badge:
        from verify.digest import write_badge

        write_badge(badge, records, differences)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _verify(
    todo: list[Job] | None, jobs: int | None, seconds: float, seed: int, no_cache: bool, cluster: str | None,
    as_json: bool,
) -> list[Record]:  # fmt: skip
    from verify.catalogue import jobs as catalogue
    from verify.cli.running import Display
    from verify.cli.show import console
    from verify.runner import verify

    chosen = settings(seconds, seed, mutants=MUTANTS if todo is None else 0)
    todo = catalogue() if todo is None else todo
    quiet = not console(stderr=True).is_terminal
    with executor(cluster, as_json) as where, Display(console(stderr=True), len(todo), quiet=quiet) as progress:
        return verify(todo, chosen, workers=jobs, cache=cache_folder(no_cache), executor=where, progress=progress)


def _warn_if_stale(whole: dict[str, Any], results: Path | None) -> None:
    from verify.cache import source_hash

    if whole.get("interrupted"):
        click.echo(f"warning: {results} is of a run that was interrupted", err=True)
    if whole.get("code") != source_hash():
        click.echo(f"warning: {results} was made by other sources than these", err=True)


def _show(differences: list[Difference], records: list[Record], where: Path, update: bool) -> None:
    from rich.text import Text

    from verify.cli.show import console
    from verify.exports import finding

    out, here, total = console(), {record["id"]: record for record in records}, len(records)
    for d in differences:
        out.print(Text.assemble((f"{d.change:8}", STYLE[d.change]), f"{d.id}: {d.text}"), soft_wrap=True)
        for line in finding(here.get(d.id, {})) if d.blocks else ():
            out.print(Text(f"          {line}"), soft_wrap=True)
    blocked = len({d.id for d in differences if d.blocks})
    if update:
        differed = len({d.id for d in differences})
        out.print(f"{differed} of {total} claims differ from {where}", soft_wrap=True)
    else:
        out.print(f"{total} claims against {where}: {blocked} worse or missing", soft_wrap=True)

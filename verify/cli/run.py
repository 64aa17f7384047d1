"""``mirrorproof run``: the papers' claims against the lock file."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from verify.cli.common import MUTANT_SECONDS, MUTANTS, RESULTS, cache_folder, emit, executor, options, refuse, settings

if TYPE_CHECKING:
    from rich.console import Console

    from verify.records import Record
    from verify.runner import Job

TIERS = ("none", "sampled", "simulated", "symbolic", "certified", "formal")


@click.command("run")
@click.argument("claims", nargs=-1, metavar="[CLAIM]...")
@click.option("--paper", metavar="ID", help="Only the claims of this paper.")
@click.option("--tier", type=click.Choice(TIERS), help="Only the claims that the lock file has at this tier.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), default=RESULTS, show_default=True,
              help="The results file.")  # fmt: skip
@click.option("--mutants", type=click.IntRange(0, 64), default=MUTANTS, show_default=True,
              help="How many of its own mutants each statement is tried against.")  # fmt: skip
@click.option("--mutant-seconds", type=click.FloatRange(0.01, 60), default=MUTANT_SECONDS, show_default=True,
              help="Time that one mutant may take.")  # fmt: skip
@options("jobs", "json", "paper-seconds", "seed", "no-cache", "cluster", "lock")
def command(
    claims: tuple[str, ...], paper: str | None, tier: str | None, out: Path, mutants: int, mutant_seconds: float,
    jobs: int | None, as_json: bool, seconds: float, seed: int, no_cache: bool, cluster: str | None,
    lock: Path | None,
) -> None:  # fmt: skip
    """Verify the papers' claims, all of them or those named, and write one results file.

    Exit status: 0 every verdict is the one in the lock file, 1 some are not, 2 no such claim, 130 interrupted
    (what was finished is in the results file and in the cache).
    """
    from verify import lock as locking
    from verify.cli.running import Display
    from verify.cli.show import console
    from verify.records import results, write_json
    from verify.runner import Interrupted, settings_json, verify

    begun = time.monotonic()
    where = lock or locking.default_path()
    try:
        expected = locking.read(where) if lock or where.is_file() else {}
        todo = select(claims, paper, tier, expected)
    except ValueError as error:
        refuse(str(error), as_json)
    chosen = settings(seconds, seed, mutants=mutants, mutant_seconds=mutant_seconds)
    terminal = console()
    try:
        with executor(cluster, as_json) as spread, Display(terminal, len(todo), quiet=as_json) as progress:
            records = verify(
                todo, chosen, workers=jobs, cache=cache_folder(no_cache), executor=spread, progress=progress
            )
    except Interrupted as error:
        whole = results(error.records, settings_json(chosen), interrupted=True)
        write_json(out, whole)
        if as_json:
            emit(whole)
        click.echo(f"{error}; they are in {out}", err=True)
        raise click.exceptions.Exit(130) from None
    whole = results(records, settings_json(chosen))
    write_json(out, whole)
    wrong = unexpected(records, expected)
    if as_json:
        emit(whole)
    else:
        _report(terminal, records, wrong, expected, where, time.monotonic() - begun)
        terminal.print(f"results: {out}", soft_wrap=True)
    raise click.exceptions.Exit(1 if wrong else 0)


def select(claims: tuple[str, ...], paper: str | None, tier: str | None, expected: dict[str, Any]) -> list[Job]:
    """The jobs asked for; raises ``ValueError`` where a name is unknown or nothing is left."""
    from verify.catalogue import jobs

    found = jobs(claims, paper)
    if tier is not None:
        found = [job for job in found if expected.get(job.id, {}).get("tier") == tier]
    if not found:
        raise ValueError("no claim is left to verify")
    return found


def unexpected(records: list[Record], expected: dict[str, Any]) -> dict[str, str]:
    """By claim: in what its verdict (or that of its correction) is not the one in the lock file."""
    found = {}
    for record in records:
        name, verdict = record["id"], record["verdict"]
        if verdict == "conflict":
            found[name] = "conflict: two methods disagree, which is a defect of the tool"
        elif name not in expected:
            found[name] = f"{verdict}, not in the lock file"
        elif verdict != expected[name]["verdict"]:
            found[name] = f"{verdict}, but the lock file says {expected[name]['verdict']}"
        else:
            now, then = record["corrected"], expected[name].get("corrected")
            if (now and now["verdict"]) != (then and then["verdict"]):
                found[name] = f"corrected: {now and now['verdict']}, but the lock file says {then and then['verdict']}"
    return found


def _report(
    out: Console, records: list[Record], wrong: dict[str, str], expected: dict[str, Any], where: Path, seconds: float
) -> None:
    from rich.text import Text

    from verify.cli.show import explain_failures, summary

    explain_failures(out, [r for r in records if r["id"] in wrong])
    out.print(f"\n{summary(records, seconds)}", soft_wrap=True)
    if not expected:
        out.print(f"there is no lock file at {where}; `mirrorproof gate --update` writes one", soft_wrap=True)
    else:
        for name, text in wrong.items():
            out.print(Text(f"{name}: {text}", "red"), soft_wrap=True)

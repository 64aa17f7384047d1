"""``mirrorproof explain CLAIM``: what is claimed, how it is derived, what was found out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from verify.cli.common import MUTANTS, cache_folder, emit, options, refuse, settings

if TYPE_CHECKING:
    from rich.console import Console

    from verify.records import Record
    from verify.runner import Job


@click.command("explain")
@click.argument("claim")
@click.option("--file", type=click.Path(path_type=Path), help="A claims file of your own (a .py file is EXECUTED).")
@options("json", "paper-seconds", "seed", "no-cache")
def command(claim: str, file: Path | None, as_json: bool, seconds: float, seed: int, no_cache: bool) -> None:
    """Show a claim: its statement, its derivation step by step, its verdict and the evidence.

    Exit status: 0, or 2 where there is no such claim.
    """
    from verify.cli.show import console
    from verify.runner import Interrupted, verify

    try:
        job = _find(claim, file)
    except ValueError as error:
        refuse(str(error), as_json)
    try:
        chosen = settings(seconds, seed, mutants=0 if file else MUTANTS)
        record = verify([job], chosen, cache=cache_folder(no_cache))[0]
    except Interrupted:
        raise click.Abort() from None
    if as_json:
        emit({"schema": 1, "claims": [record]})
    else:
        show(console(), record)


def _find(claim: str, file: Path | None) -> Job:
    if file is None:
        from verify.catalogue import jobs

        return jobs([claim])[0]
    from verify.language.errors import did_you_mean
    from verify.loading import file_jobs

    found = {job.id: job for job in file_jobs(file)}
    if claim not in found:
        raise ValueError(f"{file}: no claim is called {claim!r}{did_you_mean(claim, found)}")
    return found[claim]


def show(out: Console, record: Record) -> None:
    """The claim from top to bottom: words, statement, derivation, verdict, evidence."""

    def line(text: str = "", style: str = "") -> None:
        from rich.text import Text

        out.print(Text(text, style), soft_wrap=True)

    line(record["id"], "bold")
    for key in ("place", "title"):
        if record.get(key):
            line(record[key])
    if record.get("rests_on"):
        line(f"rests on {', '.join(record['rests_on'])}")
    if record.get("statement"):
        _statement(line, "Statement", record["statement"])
    if record.get("measurement"):
        expected = record["measurement"]
        _statement(line, f"Expected of every seed of the experiment {expected['experiment']}", expected["expects"])
    if record.get("derivation"):
        _derivation(line, record["derivation"])
    _verdict(line, "Verdict", record)
    corrected = record["corrected"]
    if corrected:
        _statement(line, f"Corrected ({corrected['kind']})", corrected["statement"])
        if record.get("note"):
            line(f"  {record['note']}")
        _verdict(line, "Verdict on the corrected statement", corrected)
    for reading in record.get("readings", ()):
        _statement(line, f"Read as: {reading['name']}", reading["statement"])
        _verdict(line, "Verdict on this reading", reading)


def _statement(line: Any, heading: str, statement: dict[str, Any]) -> None:
    line(f"\n{heading}", "bold")
    if statement["given"]:
        line(f"  given   {', '.join(statement['given'])}")
    for name, value in statement["where"].items():
        line(f"  where   {name} = {value}")
    for name, value in statement["flow"].items():
        line(f"  flow    d{name}/dt = {value}")
    line(f"  claim   {statement['claim']}")


def _derivation(line: Any, derivation: dict[str, Any]) -> None:
    line(f"\nDerivation: {derivation['title']}", "bold")
    for number, step in enumerate(derivation["steps"], 1):
        line(f"  {number}. {step['before']}")
        line(f"     = {step['after']}    [{step['rule']}]")
        for condition in step["conditions"]:
            line(f"     where {condition}", "dim")


def _verdict(line: Any, heading: str, result: dict[str, Any]) -> None:
    from verify.cli.show import STYLE, marks, point

    tier = "" if result["tier"] == "none" else f" ({result['tier']})"
    line(f"\n{heading}: {result['verdict']}{tier}", STYLE.get(result["verdict"], "bold"))
    if result.get("counterexample") is not None:
        line(f"  counterexample: {point(result['counterexample'])}")
    if result.get("witness"):
        line(f"  the hypotheses are met, for example, by {point(result['witness'])}")
    remarks = marks({"scope": "", "vacuous": None} | {k: v for k, v in result.items() if k != "corrected"})
    if remarks:
        line(f"  {remarks}")
    for evidence in result.get("evidence", ()):
        own = "" if evidence["tier"] == "none" else f" [{evidence['tier']}]"
        detail = f": {evidence['detail']}" if evidence["detail"] else ""
        line(f"  {evidence['method']}{own} {evidence['result']}{detail} ({evidence['seconds']:.2f} s)")

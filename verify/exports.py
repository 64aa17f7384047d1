"""Views of a gated run for other tools: JUnit for test reports, SARIF 2.1.0 for code scanning."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from verify.gate import Difference
from verify.records import Record, version, write_json

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MOST_RESULTS = 5000  # what code scanning shows
RULES = {
    "worse": "A verdict, its tier or its scope is worse than the lock file says.",
    "missing": "A claim of the lock file was not verified.",
}


def write_junit(path: Path, records: Iterable[Record], differences: Iterable[Difference]) -> None:
    """One test case a claim; a claim that the gate blocks is a failure, an undecided one is skipped."""
    from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

    blocked: dict[str, list[str]] = {}
    for d in differences:
        if d.blocks:
            blocked.setdefault(d.id, []).append(d.text)
    suites: dict[str, Any] = {}
    here = {record["id"]: record for record in records}
    for name in [*here, *(n for n in blocked if n not in here)]:
        record = here.get(name, {})
        paper = record.get("paper") or "claims"
        case = TestCase(name, classname=paper, time=record.get("seconds", 0.0))
        if name in blocked:
            kind = Error if record.get("verdict") == "error" else Failure
            fault = kind("; ".join(blocked[name]), "gate")
            fault.text = "\n".join(_finding(record))
            case.result = [fault]
        elif record["verdict"] == "undecided":
            case.result = [Skipped("undecided, as the lock file says")]
        suites.setdefault(paper, TestSuite(paper)).add_testcase(case)
    xml = JUnitXml("mirrorproof")
    for suite in suites.values():
        xml.add_testsuite(suite)
    xml.update_statistics()
    path.parent.mkdir(parents=True, exist_ok=True)
    xml.write(str(path), pretty=True)


def write_sarif(path: Path, differences: Sequence[Difference], lock: Path) -> None:
    """One result for each claim that the gate blocks, at the claim's function or its line in the lock file."""
    blocked = [d for d in differences if d.blocks][:MOST_RESULTS]
    lines = _lines(lock)
    tool = {
        "name": "mirrorproof",
        "semanticVersion": version(),
        "rules": [{"id": rule, "shortDescription": {"text": text}} for rule, text in RULES.items()],
    }
    results = [
        {
            "ruleId": d.change,
            "level": "error",
            "message": {"text": f"{d.id}: {d.text}"},
            "locations": [{"physicalLocation": _place(d.id, lock, lines)}],
            "partialFingerprints": {"claim/v1": d.id},
        }
        for d in blocked
    ]
    run = {"tool": {"driver": tool}, "results": results, "columnKind": "unicodeCodePoints"}
    write_json(path, {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]})


def _finding(record: dict[str, Any]) -> list[str]:
    from verify.cli.show import findings

    return findings(record) if record else []


def _lines(lock: Path) -> dict[str, int]:
    """The line of each claim in the lock file."""
    found: dict[str, int] = {}
    for number, line in enumerate(lock.read_text(encoding="utf-8").splitlines(), 1):
        name = line.strip().partition(":")[0]
        if name.startswith('"'):
            found.setdefault(name.strip('"'), number)
    return found


def _place(name: str, lock: Path, lines: dict[str, int]) -> dict[str, Any]:
    from verify.catalogue import source_of

    uri, line = source_of(name) or (lock.name, lines.get(name, 1))
    return {"artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"}, "region": {"startLine": line}}

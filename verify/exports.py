"""Views of a gated run for other tools: JUnit for test reports, SARIF 2.1.0 for code scanning.

Where a claim is said to stand is the function that declares it, the line of its id in the claims file, or else its
line in the lock file; a label in a LaTeX file beside the lock file that ends in the claim's id is named as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from verify.gate import Difference, worst_first
from verify.records import Record, version, write_json

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MOST_RESULTS = 5000  # what code scanning shows
MOST_TEXT = 4000  # of a message
MOST_TEX = 200  # LaTeX files looked through
RULES = {
    "worse": "A verdict, its tier, its scope or a figure is worse than the lock file says.",
    "missing": "A claim or figure of the lock file was not verified.",
}
_ID = re.compile(r"""["']([A-Za-z0-9][A-Za-z0-9._-]{0,99})["']""")
_LABEL = re.compile(r"\\label\{(?:[^{}]*:)?([^{}:]+)\}")
Place = tuple[str, int]  # file from the root of the sources, line
# what XML 1.0 cannot hold
_CONTROL = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(path: Path, records: Iterable[Record], differences: Iterable[Difference]) -> None:
    """One test case a claim; a claim that the gate blocks is a failure, an undecided one is skipped."""
    from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

    ordered = worst_first(differences)
    new = {d.id for d in ordered if d.change == "new"}
    blocked: dict[str, list[str]] = {}
    for d in ordered:
        if d.blocks:
            blocked.setdefault(d.id, []).append(d.text)
    suites: dict[str, Any] = {}
    here = {record["id"]: record for record in records}
    for name in [*here, *(n for n in blocked if n not in here)]:
        record = here.get(name, {})
        paper = record.get("paper") or ("experiments" if "/" in name else "claims")
        case = TestCase(_printable(name), classname=_printable(paper), time=record.get("seconds", 0.0))
        if name in blocked:
            kind = Error if record.get("verdict") == "error" else Failure
            fault = kind(_printable("; ".join(blocked[name])), "gate")
            fault.text = _printable("\n".join(finding(record)))
            case.result = [fault]
        elif record["verdict"] == "undecided":
            case.result = [Skipped(f"undecided, {'not in the lock file' if name in new else 'as the lock file says'}")]
        suites.setdefault(paper, TestSuite(_printable(paper))).add_testcase(case)
    xml = JUnitXml("mirrorproof")
    for suite in suites.values():
        xml.add_testsuite(suite)
    xml.update_statistics()
    path.parent.mkdir(parents=True, exist_ok=True)
    xml.write(str(path), pretty=True)


def write_sarif(
    path: Path, differences: Sequence[Difference], lock: Path, *, records: Iterable[Record] = (),
    files: Sequence[Path] = (),
) -> None:  # fmt: skip
    """One result for each claim that the gate blocks, the worst first, with its counterexample.

    files: the claims files that were verified, if it was not the papers' claims.
    """
    blocked = [d for d in worst_first(differences) if d.blocks][:MOST_RESULTS]
    here = {record["id"]: record for record in records}
    places, labels = _places(blocked, lock, files), _labels(lock.resolve().parent)
    tool = {
        "name": "mirrorproof",
        "semanticVersion": version(),
        "rules": [{"id": rule, "shortDescription": {"text": text}} for rule, text in RULES.items()],
    }
    results = []
    for d in blocked:
        text = "\n".join([f"{d.id}: {d.text}", *finding(here.get(d.id, {}))])
        result = {
            "ruleId": d.change,
            "level": "error",
            "message": {"text": text if len(text) <= MOST_TEXT else text[: MOST_TEXT - 1] + "…"},
            "locations": [_location(places[d.id])],
            "partialFingerprints": {"claim/v1": d.id},
        }
        if d.id in labels:
            result["relatedLocations"] = [_location(labels[d.id]) | {"message": {"text": "the statement in the paper"}}]
        results.append(result)
    run = {"tool": {"driver": tool}, "results": results, "columnKind": "unicodeCodePoints"}
    write_json(path, {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]})


def finding(record: Mapping[str, Any]) -> list[str]:
    """Why a claim does not hold, or its correction does not: lines of text; none where there is no record."""
    from verify.cli.show import findings, point

    if not record:
        return []
    lines = findings(dict(record)) if record["verdict"] != "holds" else []
    corrected = record.get("corrected")
    if corrected and corrected["verdict"] != "holds" and corrected.get("counterexample") is not None:
        lines.append(f"counterexample to the corrected statement: {point(corrected['counterexample'])}")
    return lines


def _printable(text: str) -> str:
    return _CONTROL.sub("?", text)


def _places(differences: Sequence[Difference], lock: Path, files: Sequence[Path]) -> dict[str, Place]:
    known = {name: (_uri(lock), line) for name, line in _lines(lock).items()}
    for file in files:
        known |= {name: (_uri(file), line) for name, line in claim_lines(file).items()}
    found = {d.id: known.get(d.id, (_uri(lock), 1)) for d in differences}
    if not files:
        from verify.catalogue import source_of

        found |= {name: own for name in found if (own := source_of(name)) is not None}
    return found


def claim_lines(file: Path) -> dict[str, int]:
    """The line of each id in a claims file: of TOML the value of ``id``, of Python the first text that reads so."""
    found: dict[str, int] = {}
    for number, line in enumerate(_text(file).splitlines(), 1):
        if file.suffix == ".py" or line.lstrip().startswith("id"):
            for match in _ID.finditer(line):
                found.setdefault(match[1], number)
    return found


def _labels(folder: Path) -> dict[str, Place]:
    """Where the LaTeX files of a folder, or of one in it, have a label that ends in an id."""
    found: dict[str, Place] = {}
    for file in sorted([*folder.glob("*.tex"), *folder.glob("*/*.tex")])[:MOST_TEX]:
        for number, line in enumerate(_text(file).splitlines(), 1):
            for match in _LABEL.finditer(line):
                found.setdefault(match[1].strip(), (_uri(file), number))
    return found


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _uri(file: Path) -> str:
    """The path from the working directory where it lies below it, else its name."""
    whole, here = file.resolve(), Path.cwd().resolve()
    return quote(whole.relative_to(here).as_posix() if whole.is_relative_to(here) else file.name)


def _lines(lock: Path) -> dict[str, int]:
    """The line of each claim and figure in the lock file."""
    found: dict[str, int] = {}
    for number, line in enumerate(_text(lock).splitlines(), 1):
        name = line.strip().partition(":")[0]
        if name.startswith('"'):
            found.setdefault(name.strip('"'), number)
    return found


def _location(place: Place) -> dict[str, Any]:
    uri, line = place
    where = {"artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"}, "region": {"startLine": line}}
    return {"physicalLocation": where}

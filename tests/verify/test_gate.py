"""What is worse than the lock file blocks, what is better or new does not."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from verify import lock as locking
from verify.exports import write_junit, write_sarif
from verify.gate import compare
from verify.records import Record


def record(verdict: str = "holds", tier: str = "certified", scope: str = "", corrected=None, name: str = "a") -> Record:
    point = {"x": "1/2"} if verdict == "fails" else None
    evidence = [{"tier": tier, "method": "m", "result": verdict, "detail": "why", "seconds": 0.5}]
    return {
        "id": name, "verdict": verdict, "vacuous": None, "tier": tier, "scope": scope, "counterexample": point,
        "corrected": corrected, "evidence": evidence, "seconds": 0.5, "paper": "p",
    }  # fmt: skip


def mended(verdict: str, tier: str = "certified", **more: str) -> dict:
    return {"text": "t", "kind": "sign", "verdict": verdict, "tier": tier, **more}


CASES = [
    (record(), record(), None),
    (record("fails"), record("fails"), None),
    (record("undecided", "none"), record("undecided", "none"), None),
    (record("undecided", "none"), record("holds"), "better"),
    (record(tier="symbolic"), record(tier="certified"), "better"),
    (record(scope="x <= 6"), record(), "better"),
    (record(tier="certified"), record(tier="symbolic"), "worse"),
    (record("holds"), record("fails"), "worse"),
    (record("fails"), record("holds"), "worse"),
    (record("holds"), record("undecided", "none"), "worse"),
    (record("holds"), record("error", "none"), "worse"),
    (record("undecided", "none"), record("conflict", "none"), "worse"),
    (record("ill-posed", "none"), record("holds"), "worse"),
    (record(), record(scope="x <= 6"), "worse"),
    (record(scope="x <= 6"), record(scope="x <= 5"), "worse"),
    (record("fails", corrected=mended("holds")), record("fails", corrected=mended("holds", scope="L = 2")), "worse"),
    (record("fails", corrected=mended("holds", scope="L = 2")), record("fails", corrected=mended("holds")), "better"),
    (record("fails", corrected=mended("holds")), record("fails", corrected=mended("holds")), None),
    (record("fails", corrected=mended("holds")), record("fails", corrected=mended("fails")), "worse"),
    (record("fails", corrected=mended("holds")), record("fails", corrected=mended("holds", "symbolic")), "worse"),
    (record("fails", corrected=mended("holds")), record("fails"), "worse"),
    (record("fails", corrected=mended("undecided", "none")), record("fails", corrected=mended("holds")), "better"),
    (record("fails"), record("fails", corrected=mended("holds")), "new"),
    (record("fails"), record("fails", corrected=mended("error", "none")), "worse"),
]


@pytest.mark.parametrize(("then", "now", "change"), CASES)
def test_the_gate_knows_better_from_worse(then: Record, now: Record, change: str | None) -> None:
    found = compare([now], locking.locked([then]))
    assert [d.change for d in found] == ([change] if change else [])
    assert [d.blocks for d in found] == ([change == "worse"] if change else [])


def test_claims_that_only_one_side_knows() -> None:
    lock = locking.locked([record(name="old")])
    found = compare([record(name="new"), record("conflict", "none", name="broken")], lock)
    assert {d.id: d.change for d in found} == {"old": "missing", "new": "new", "broken": "worse"}
    assert {d.id for d in found if d.blocks} == {"old", "broken"}
    assert compare([], lock, partial=True) == []


def test_the_lock_file_reads_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "claims.lock"
    locks = locking.locked([record(name="b"), record("fails", corrected=mended("holds"))])
    locking.write(path, locks)
    assert locking.read(path) == locks
    assert [line.split('"')[1] for line in path.read_text().splitlines()[1:-1]] == ["a", "b"]


@pytest.mark.parametrize("text", ["", "[]", '{"schema": 2, "claims": {}}', '{"schema": 1, "claims": {"a": "holds"}}'])
def test_what_is_no_lock_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "claims.lock"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"claims\.lock: "):
        locking.read(path)


def gated(tmp_path: Path) -> tuple[list[Record], list, Path]:
    lock = tmp_path / "claims.lock"
    locking.write(lock, locking.locked([record(), record("fails", name="b"), record(name="gone")]))
    records = [record("fails"), record("fails", name="b"), record("undecided", "none", name="c")]
    return records, compare(records, locking.read(lock)), lock


def test_junit_tells_the_same_story(tmp_path: Path) -> None:
    records, differences, _ = gated(tmp_path)
    write_junit(tmp_path / "out" / "junit.xml", records, differences)
    root = ElementTree.parse(tmp_path / "out" / "junit.xml").getroot()
    assert {k: root.get(k) for k in ("tests", "failures", "errors", "skipped")} == {
        "tests": "4", "failures": "2", "errors": "0", "skipped": "1",
    }  # fmt: skip
    faults = {case.get("name"): case.find("failure") for case in root.iter("testcase")}
    assert {name for name, fault in faults.items() if fault is not None} == {"a", "gone"}
    assert "counterexample: x = 1/2" in (faults["a"].text or "")


def test_sarif_points_at_the_lock_file(tmp_path: Path) -> None:
    _, differences, lock = gated(tmp_path)
    write_sarif(tmp_path / "gate.sarif", differences, lock)
    log = json.loads((tmp_path / "gate.sarif").read_text())
    run = log["runs"][0]
    assert log["version"] == "2.1.0"
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert all(result["ruleId"] in rules for result in run["results"])
    places = {r["message"]["text"].split(":")[0]: r["locations"][0]["physicalLocation"] for r in run["results"]}
    assert places["a"]["artifactLocation"]["uri"] == "claims.lock"
    assert (places["a"]["region"]["startLine"], places["gone"]["region"]["startLine"]) == (2, 4)

"""What is worse than the lock file blocks, what is better or new does not."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import jsonschema
import pytest

from verify import lock as locking
from verify.exports import claim_lines, write_junit, write_sarif
from verify.gate import compare, compare_figures, worst_first
from verify.records import Record


def record(verdict: str = "holds", tier: str = "certified", scope: str = "", corrected=None, name: str = "a") -> Record:
    point = {"x": "1/2"} if verdict == "fails" else None
    evidence = [{"tier": tier, "method": "m", "result": verdict, "detail": "why", "seconds": 0.5}]
    return {
        "id": name, "verdict": verdict, "vacuous": None, "tier": tier, "scope": scope, "counterexample": point,
        "corrected": corrected, "evidence": evidence, "seconds": 0.5, "paper": "p",
    }  # fmt: skip


def mended(verdict: str, tier: str = "certified", **more: object) -> dict:
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
    (record(), record() | {"vacuous": True}, "worse"),
    (record() | {"vacuous": True}, record(), "better"),
    (record() | {"vacuous": True}, record() | {"vacuous": True}, None),
    (record("fails", corrected=mended("holds")), record("fails", corrected=mended("holds", vacuous=True)), "worse"),
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


FIGURE = {"median": 2.0, "budget": 0.5, "not_finite": 0}
FIGURES = [
    ({}, None),
    ({"median": 2.5}, None),
    ({"budget": 9.0}, None),
    ({"median": 2.51}, "worse"),
    ({"median": 1.4}, "worse"),
    ({"median": float("nan")}, "worse"),
    ({"not_finite": 1}, "worse"),
    ({"median": None, "budget": None}, "worse"),
]


@pytest.mark.parametrize(("now", "change"), FIGURES)
def test_a_figure_may_move_within_its_budget(now: dict, change: str | None) -> None:
    found = compare_figures({"e/q": FIGURE | now}, {"e/q": FIGURE})
    assert [d.change for d in found] == ([change] if change else [])


def test_figures_that_only_one_side_knows() -> None:
    found = {d.id: d.change for d in compare_figures({"e/new": FIGURE}, {"e/old": FIGURE})}
    assert found == {"e/new": "new", "e/old": "missing"}
    assert compare_figures({}, {"e/old": FIGURE}, partial=True) == []
    lost = FIGURE | {"median": None, "budget": None, "not_finite": 3}
    assert [d.change for d in compare_figures({"e/q": FIGURE}, {"e/q": lost})] == ["better"]
    assert compare_figures({"e/q": lost}, {"e/q": lost}) == []


def test_what_must_hold_is_stopped_where_it_does_not() -> None:
    lock = locking.locked([record("undecided", "none", name="open"), record("fails", name="known")])
    now = [record("fails", name="open"), record("fails", name="known"), record("fails", name="new"),
           record("undecided", "none", name="hard"), record(name="good"),
           record(name="empty") | {"vacuous": True}]  # fmt: skip
    assert {d.id for d in compare(now, lock) if d.blocks} == set()
    assert {d.id for d in compare(now, lock, must_hold=True) if d.blocks} == {"open", "new", "hard", "empty"}


def test_the_worst_comes_first() -> None:
    lock = locking.locked([record(name=n) for n in "abcdef"] + [record("undecided", "none", name="g")])
    now = [record(tier="symbolic", name="a"), record(scope="x < 1", name="b"), record("undecided", "none", name="c"),
           record("fails", name="d"), record("error", "none", name="e"), *(record(name=n) for n in "gh")]  # fmt: skip
    assert "".join(d.id for d in worst_first(compare(now, lock))) == "edfcabgh"


def test_the_lock_file_reads_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "claims.lock"
    locks = locking.locked([record(name="b"), record("fails", corrected=mended("holds"))])
    locking.write(path, locks)
    assert locking.read_all(path) == (locks, {})
    assert [line.split('"')[1] for line in path.read_text().splitlines()[1:-1]] == ["a", "b"]
    locking.write(path, locks, {"e/q": FIGURE, "e/lost": {"median": None, "budget": None, "not_finite": 2}})
    assert locking.read_all(path)[1]["e/q"] == FIGURE and locking.read(path) == locks
    assert len(path.read_text().splitlines()) == 7


LOCKED = '{"schema": 1, "claims": {"a": {"verdict": "holds", "tier": "certified", "scope": "", "corrected": %s}}%s}'


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"schema": 2, "claims": {}}', '{"schema": 1, "claims": {"a": "holds"}}', LOCKED % ('"x"', ""),
     LOCKED % ('{"verdict": "holds"}', ""), LOCKED % ("null", ', "figures": []'),
     LOCKED.replace("certified", "solid") % ("null", ""),
     LOCKED % ("null", ', "figures": {"e/q": {"median": "2", "budget": 1, "not_finite": 0}}')],
)  # fmt: skip
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
    (left,) = root.iter("skipped")
    assert left.get("message") == "undecided, not in the lock file"
    known = [record("undecided", "none")]
    write_junit(tmp_path / "known.xml", known, compare(known, locking.locked(known)))
    (left,) = ElementTree.parse(tmp_path / "known.xml").getroot().iter("skipped")
    assert left.get("message") == "undecided, as the lock file says"


SCHEMA = json.loads((Path(__file__).parent / "sarif-schema.json").read_text())


def test_sarif_is_valid_and_points_at_the_claim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    records, differences, lock = gated(tmp_path)
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "my claims.toml"
    file.write_text('[[claim]]\nid = "b"\n[[claim]]\nid = "a"\n')
    (tmp_path / "tex").mkdir()
    (tmp_path / "tex" / "main.tex").write_text("\n\\begin{lemma}\\label{lem:a}\n\\label{lem:ab}")
    for files in ([], [file]):
        write_sarif(tmp_path / "gate.sarif", differences, lock, records=records, files=files)
        log = json.loads((tmp_path / "gate.sarif").read_text())
        jsonschema.Draft4Validator(SCHEMA).validate(log)
        run = log["runs"][0]
        rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
        assert all(result["ruleId"] in rules for result in run["results"])
        results = {r["message"]["text"].split(":")[0]: r for r in run["results"]}
        assert "counterexample: x = 1/2" in results["a"]["message"]["text"]
        places = {name: r["locations"][0]["physicalLocation"] for name, r in results.items()}
        found = {n: (p["artifactLocation"]["uri"], p["region"]["startLine"]) for n, p in places.items()}
        assert found == {"a": ("my%20claims.toml", 4) if files else ("claims.lock", 2), "gone": ("claims.lock", 4)}
        related = results["a"]["relatedLocations"][0]["physicalLocation"]
        assert (related["artifactLocation"]["uri"], related["region"]["startLine"]) == ("tex/main.tex", 2)
        assert "relatedLocations" not in results["gone"]


@pytest.mark.parametrize(
    "spoil",
    [lambda log: log.update(version="2.2"), lambda log: log["runs"][0].pop("tool"),
     lambda log: log["runs"][0]["results"][0].pop("message"),
     lambda log: log["runs"][0]["results"][0].update(level="fatal"),
     lambda log: log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"].update(startLine=0)],
)  # fmt: skip
def test_the_schema_refuses_what_is_not_sarif(tmp_path: Path, spoil) -> None:
    records, differences, lock = gated(tmp_path)
    write_sarif(tmp_path / "gate.sarif", differences, lock, records=records)
    log = json.loads((tmp_path / "gate.sarif").read_text())
    spoil(log)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft4Validator(SCHEMA).validate(log)


def test_python_claims_are_found_by_their_id(tmp_path: Path) -> None:
    file = tmp_path / "own.py"
    file.write_text("from verify.claim import claim\n\n@claim('square', place=\"Lemma 1\")\ndef square(): ...\n")
    assert claim_lines(file)["square"] == 3
    assert claim_lines(tmp_path / "nowhere.toml") == {}


def test_junit_holds_no_character_that_xml_cannot(tmp_path: Path) -> None:
    bad = record("fails") | {"paper": "pa\x07per"}
    bad["evidence"][0]["detail"] = "a\x00b\x1b]"
    write_junit(tmp_path / "junit.xml", [bad], compare([bad], locking.locked([record()])))
    root = ElementTree.parse(tmp_path / "junit.xml").getroot()
    text = next(root.iter("failure")).text
    assert text is not None and "a?b?]" in text
    assert {root[0].get("name"), root[0][0].get("classname")} == {"pa?per"}

"""The cover: the weakest link of a theorem, what changed, what is not established, and the marked difference."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.verify.report.cases import RUN, record, run
from tests.verify.report.pages import Page
from verify.cli.report import command, known
from verify.lock import locked
from verify.report.cover import changes, headlines
from verify.report.difference import marked
from verify.report.gaps import gaps
from verify.report.html import render
from verify.report.model import view
from verify.report.typst_page import document


def claims(*records: dict[str, Any]) -> dict[str, Any]:
    return RUN | {"claims": list(records)}


MENDED = {"text": "x == x", "kind": "sign", "verdict": "holds", "tier": "certified"}
BASE = record("base", "fails", place="Lemma 2", corrected=MENDED)
STEP = record("step", "holds", place="Theorem 1.2, proof, first display", rests_on=["base"])
MAIN = record("main", "holds", place="Theorem 1.2", rests_on=["step"])
OTHER = record("other", "holds", place="Theorem 1.10, display")


def test_the_weakest_link_is_found_however_deep() -> None:
    main, other = headlines(view(claims(MAIN, STEP, BASE, OTHER)))
    assert (main.name, main.weakest and main.weakest.id, main.leaning) == ("Theorem 1.2", "base", 1)
    assert [c.id for c in main.statements] == ["main"] and [c.id for c in main.steps] == ["step"]
    assert other.name == "Theorem 1.10" and other.weakest is None


@pytest.mark.parametrize(("worse", "better"), [
    (record("a", "conflict", "none"), record("b", "error", "none")),
    (record("a", "fails"), record("b", "undecided", "none")),
    (record("a", "undecided", "none"), BASE),
    (record("a", "ill-posed", "none"), record("b", "holds", "sampled")),
    (record("a", "holds", "symbolic"), record("b", "holds", "certified")),
])  # fmt: skip
def test_links_are_ranked(worse: dict[str, Any], better: dict[str, Any]) -> None:
    main = record("main", "holds", place="Theorem 3", rests_on=[better["id"], worse["id"]])
    (found,) = headlines(view(claims(main, better, worse)))
    assert found.weakest is not None and found.weakest.id == worse["id"]


def test_theorems_of_the_main_text_come_before_those_of_an_appendix() -> None:
    appendix = record("app", "holds", place="Theorem B.3")
    assert [h.name for h in headlines(view(claims(appendix, OTHER)))] == ["Theorem 1.10"]
    assert [h.name for h in headlines(view(claims(appendix)))] == ["Theorem B.3"]
    assert [h.name for h in headlines(view(claims(BASE)))] == ["Lemma 2"]
    assert headlines(view(claims(record("x", "holds", place="text after Theorem 4")))) == []


def test_measured_claims_are_no_link_and_are_counted_apart() -> None:
    run_of = {"experiment": "e", "expects": {"claim": "a < b"}}
    seen = record("seen", "undecided", "simulated", place="Theorem 1.2", measurement=run_of, rests_on=["main"])
    (found,) = headlines(view(claims(MAIN, record("step", "holds", rests_on=["seen"]), seen)))
    assert found.weakest is None and dict(found.runs) == {"not measured": 1} and not found.said["undecided"]
    page = Page(render(claims(MAIN, seen)))
    assert "recorded runs" in page.text and "1 not measured" in page.text and page.faults == []
    assert headlines(view(claims(record("seen", "undecided", "none", place="Theorem 3", measurement=run_of)))) == []
    assert "recorded runs" not in Page(render(claims(MAIN))).text


def test_changes_are_told_and_an_equal_run_has_none() -> None:
    now = claims(MAIN, record("step", "undecided", "none"), BASE)
    found = changes(now, claims(MAIN, STEP, OTHER), "before")
    assert [(kind, name) for kind, name, _ in found.items] == [("worse", "step"), ("new", "base")]
    assert found.absent == 1
    assert changes(now, now, "itself").items == ()
    assert changes(now, locked(now["claims"]), "a lock file").items == ()
    shown = Page(render(now, [found])).text
    assert "What changed since before" in shown and "1 worse, 1 new" in shown and "1 of its claims" in shown
    assert "What changed" not in Page(render(now)).text


def test_paper_has_room_for_a_few_new_claims_and_for_all_that_is_worse() -> None:
    many = [record(f"n{k}", "holds") for k in range(20)]
    worse = [record(f"w{k}", "undecided", "none") for k in range(30)]
    found = changes(claims(*many, *worse), claims(*(record(f"w{k}", "holds") for k in range(30))), "before")
    assert found.counts == {"worse": 30, "new": 20}
    kinds = [kind for kind, _, _ in found.shortened]
    assert (kinds.count("worse"), kinds.count("new")) == (30, 12)
    assert "and 8 more that are new" in document(claims(*many, *worse), [found])
    assert "more that are new" not in document(claims(*many[:3]), [changes(claims(*many[:3]), {}, "nothing")])
    assert "not there before" in found.items[-1][2]


def test_what_the_runs_say_of_a_measured_claim_is_among_the_changes() -> None:
    def run_of(result: str) -> dict[str, Any]:
        expects = {"experiment": "e", "expects": {"claim": "a < b"}}
        return claims(record("m", "undecided", "none", measurement=expects, evidence=[{"result": result}]))

    found = changes(run_of("disagrees"), run_of("agrees"), "before")
    (kind, name, text) = found.items[0]
    assert (len(found.items), kind, name) == (1, "worse", "m") and "now not seen in the recorded runs" in text
    assert changes(run_of("agrees"), run_of("undecided"), "before").items[0][0] == "better"
    assert changes(run_of("disagrees"), run_of("undecided"), "before").items[0][0] == "new"
    assert changes(run_of("agrees"), run_of("agrees"), "before").items == ()
    assert changes(run_of("agrees"), locked(run_of("disagrees")["claims"]), "a lock file").items == ()


def test_the_last_run_is_remembered_and_a_report_written_again_tells_the_same(tmp_path: Path) -> None:
    history = tmp_path / "reported.json"
    first, second = claims(MAIN) | {"created": "one"}, claims(MAIN, STEP) | {"created": "two"}
    assert not any(name.startswith("the run") for name in known(first, history))
    for _ in range(2):
        assert "the run of one" in known(second, history)
    assert known(claims(OTHER) | {"created": "three"}, history) == {}, "neither knows any of its claims"
    history.write_text("[", encoding="utf-8")
    assert not any(name.startswith("the run") for name in known(second, history))


def test_the_command_tells_what_changed_since_a_file(tmp_path: Path) -> None:
    for name, whole in (("now", claims(MAIN, STEP)), ("then", claims(MAIN))):
        (tmp_path / f"{name}.json").write_text(json.dumps(whole), encoding="utf-8")
    options = ["--results", str(tmp_path / "now.json"), "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(command, [*options, "--since", str(tmp_path / "then.json")])
    assert done.exit_code == 0, done.output
    assert "1 new" in Page((tmp_path / "out" / "report.html").read_text(encoding="utf-8")).text
    refused = CliRunner().invoke(command, [*options, "--since", str(tmp_path / "absent.json")])
    assert refused.exit_code == 2 and "absent.json" in refused.output


def test_what_is_not_established_includes_measurements_and_added_hypotheses() -> None:
    expects = {"claim": "a < b", "given": [], "where": {}, "flow": {}, "understood": "a < b"}
    run_of = {"experiment": "e", "expects": expects}
    seen = [{"tier": "simulated", "method": "experiment e", "result": "agrees", "detail": "5 of 5", "seconds": 0}]
    added = MENDED | {"kind": "added hypothesis", "statement": {"claim": "x**2 >= 0", "given": ["x real", "x > 0"]}}
    whole = claims(
        record("unseen", "undecided", "none", measurement=run_of), record("added", "fails", corrected=added),
        record("seen", "undecided", "simulated", measurement=run_of, evidence=seen),
        record("open", "undecided", "none"),
    )  # fmt: skip
    told = {gap.heading: [(c.id, text) for c, text in gap.items] for gap in gaps(view(whole))}
    assert [name for name, _ in told["Not measured yet"]] == ["unseen"]
    assert told["Measured, and consistent with the recorded runs"] == [("seen", "5 of 5")]
    assert "Measured, and not seen" not in told
    assert told["Holding under a hypothesis that is not printed"] == [("added", "x > 0")]
    assert [name for name, _ in told["Undecided"]] == ["open"]


def test_the_difference_is_marked_sign_by_sign() -> None:
    assert marked("x**2 + 1", "x**3 + 1", "added").count('class="changed added"') == 1
    assert '<mn class="changed added">2</mn>' in marked("x**2 + 1", "x**3 + 1", "added")
    assert "changed" not in marked("x**2 + 1", "x**2 + 1", "added")
    assert "changed" not in marked("sin(x) <= 1", "a == b*c**4", "added")  # another statement


def test_the_page_marks_an_added_hypothesis() -> None:
    page = render(run("wrong"))
    assert 'chip changed added' in page and 'changed removed' in page
    assert 'chip changed' not in render(run("plain"))

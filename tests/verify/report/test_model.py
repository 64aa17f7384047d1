"""The order of reading, the figures, and what is told as not established."""

from __future__ import annotations

import pytest

from tests.verify.report.cases import RECORDS, RUN, WRONG, record, run, statement
from verify.report.gaps import gaps
from verify.report.html import summary
from verify.report.model import TIERS, VERDICTS, above, anchor_of, view


def test_defects_come_first_then_what_fails_and_what_holds_comes_last() -> None:
    order = [c.verdict for c in view(RUN).claims]
    assert order == ["conflict", "error", "fails", "fails", "ill-posed", "undecided", "holds", "holds", "holds"]
    assert [s.verdict for s in view(RUN).sections] == list(VERDICTS)


def test_claims_of_one_verdict_keep_their_order_paper_by_paper() -> None:
    report = view(RUN)
    holding = report.sections[-1]
    assert [paper for paper, _ in holding.papers][:2] == ["one", "two"]
    assert [c.id for s in report.sections for _, claims in s.papers for c in claims if c.verdict == "fails"] == [
        "wrong",
        "unmended",
    ]
    assert holding.size == 3


def test_the_figures_are_those_of_the_records() -> None:
    report = view(RUN)
    assert sum(report.count(v, t) for v in VERDICTS for t in TIERS) == len(RECORDS) == len(report.claims)
    assert (report.count("holds"), report.count("holds", "certified"), report.count(paper="two")) == (3, 2, 2)
    assert dict(report.corrections) == {"holds": 1}
    assert dict(report.teeth) == {"caught": 1, "survived": 1}
    assert report.count("holds", "formal") == 0


def test_the_errata_are_what_fails_and_what_is_no_statement() -> None:
    assert [c.id for c in view(RUN).errata] == ["wrong", "unmended", "vague"]
    assert view(run("plain")).errata == ()


def test_what_a_correction_changes_is_told() -> None:
    (claim,) = view(run("wrong")).claims
    assert claim.changes == [("with", "", "x > 0")]
    assert view(run("plain")).claims[0].changes == []
    freed = record("freed", "fails", statement=statement("H >= 0", ["x real"], where={"H": "x + 1"}))
    freed["corrected"] = WRONG["corrected"] | {"statement": statement("H >= 0", ["H real", "y real", "H > 0"])}
    (claim,) = view(RUN | {"claims": [freed]}).claims
    assert claim.changes == [("with", "", "H real"), ("with", "", "H > 0")]


def test_links_lead_only_to_claims_of_the_run() -> None:
    claim = next(c for c in view(RUN).claims if c.id == "plain")
    assert [(link.id, link.remark) for link in claim.rests_on] == [
        ("weak", ""), ("wrong", "fails as printed, corrected holds"), ("elsewhere", "not in this run"),
    ]  # fmt: skip
    assert [bool(link.anchor) for link in claim.rests_on] == [True, True, False]
    assert [link.id for link in next(c for c in view(RUN).claims if c.id == "weak").carries] == ["plain"]


def test_the_setting_joins_the_names_of_one_sort() -> None:
    (claim,) = view(run("plain")).claims
    assert claim.printed.setting == [("x", "real"), ("n", "integer"), ("1 < q", ""), ("q <= 2", "")]


def test_the_command_runs_the_claim_again_as_it_was_run() -> None:
    commands = {c.id: c.command for c in view(RUN).claims}
    assert commands["plain"] == "mirrorproof run plain --seconds 8 --seed 20250101"
    assert commands["name with spaces & <b>"].startswith("mirrorproof run 'name with spaces & <b>' ")
    (claim,) = view(run("plain") | {"settings": {"seed": 7, "mutants": 6, "memory_mb": 768}}).claims
    assert claim.command == "mirrorproof run plain --seed 7 --mutants 6"
    (claim,) = view(run("plain") | {"settings": {"seed": 7}, "file": "my lemma.toml"}).claims
    assert claim.command == "mirrorproof check 'my lemma.toml' --seed 7"
    (claim,) = view({"schema": 1, "claims": run("plain")["claims"]}).claims
    assert claim.command == "mirrorproof check FILE"


@pytest.mark.parametrize("name", ["a.b-c_1", "a b", 'x"y', "ü/<", "a_20_b"])
def test_anchors_are_safe_characters(name: str) -> None:
    assert set(anchor_of(name)) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")


GAPS = {
    "Defects of the tool": ["clash", "broken"],
    "Undecided": ["open"],
    "Failing without a mend that is proved": ["unmended"],
    "Texts that are no statement": ["vague"],
    "Covered in part": ["wrong", "open", "weak"],
    "Vacuous": ["weak"],
    "Resting on what is not established": ["plain"],
    "Resting on claims outside this run": ["plain"],
    "Held at less than a certificate": ["wrong", "weak"],
    "Not told apart from their neighbours": ["plain"],
    "Hypotheses not known to be needed": ["plain"],
}


def test_every_kind_of_gap_is_found_and_no_claim_that_has_none() -> None:
    assert {gap.heading: [claim.id for claim, _ in gap.items] for gap in gaps(view(RUN))} == GAPS


def test_a_run_without_gaps_names_none() -> None:
    assert gaps(view(run("name with spaces & <b>"))) == []


def test_a_gap_says_what_is_covered_and_what_lowers_a_tier() -> None:
    told = {(gap.heading, claim.id): text for gap in gaps(view(RUN)) for claim, text in gap.items}
    assert told["Covered in part", "open"] == "only: n <= 6"
    assert told["Covered in part", "weak"] == "holds on: L = 2"
    assert told["Covered in part", "wrong"] == "corrected statement: holds on: x < 2"
    assert "certified by itself" in told["Held at less than a certificate", "weak"]
    assert "wrong (fails as printed, corrected holds)" in told["Resting on what is not established", "plain"]
    assert "1 survived of 2 mutants: x >= 1" in told.values()


def test_what_leans_on_a_claim_is_told_near_and_far() -> None:
    carried = {"a": ["b", "c"], "b": ["d"], "c": ["d", "a"], "d": []}
    assert above("a", carried) == ["b", "c", "d"]
    assert above("d", carried) == []


def test_the_erratum_that_carries_most_comes_first() -> None:
    wrong = {"verdict": "fails", "tier": "certified", "paper": "p"}
    below = {"verdict": "holds", "tier": "certified", "paper": "p"}
    records = [
        {"id": "alone", **wrong}, {"id": "root", **wrong},
        {"id": "near", "rests_on": ["root"], **below}, {"id": "far", "rests_on": ["near"], **below},
    ]  # fmt: skip
    shown = view({"claims": records}).errata
    assert [c.id for c in shown] == ["root", "alone"]
    assert [x.id for x in shown[0].carries] == ["near"] and [x.id for x in shown[0].reached] == ["far"]
    assert shown[1].carries == shown[1].reached == ()


def test_a_measured_claim_shows_what_is_expected_of_which_experiment() -> None:
    expects = {"claim": "a < b", "given": ["a real", "b real"], "where": {}, "flow": {}, "understood": "a < b"}
    record = {
        "id": "m", "verdict": "undecided", "tier": "simulated",
        "measurement": {"experiment": "speed", "expects": expects},
    }  # fmt: skip
    (shown,) = view({"claims": [record]}).claims
    assert "speed" in shown.printed.heading and shown.printed.statement == expects and shown.printed.expected


def test_measured_claims_are_counted_by_what_the_runs_say_and_what_was_not_seen_comes_first() -> None:
    run_of = {"experiment": "speed", "expects": {"claim": "a < b"}}
    results = {"seen": "agrees", "unseen": "disagrees", "never": "undecided"}
    records = [
        {"id": name, "verdict": "undecided", "tier": "none", "measurement": run_of, "evidence": [{"result": result}]}
        for name, result in results.items()
    ]  # fmt: skip
    shown = view({"claims": [*records, {"id": "open", "verdict": "undecided", "tier": "none"}]})
    assert dict(shown.standings) == {"consistent": 1, "not seen": 1, "not measured": 1}
    assert [c.id for c in shown.claims] == ["open", "unseen", "never", "seen"]
    assert shown.count("undecided", standing="not seen") == 1
    assert "1 not seen in the recorded runs" in shown.sections[0].meaning and "1 consistent" in summary(shown)
    assert "consistent" not in summary(view(RUN))

"""Whatever one claim does, every claim gets its record, in order, the same for any number of workers."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.verify.oracle import claim, job, oracle, statement
from verify import runner
from verify.claim import IllPosed
from verify.judge import Settings
from verify.runner import Interrupted, verify

__all__ = ["oracle"]

QUICK = Settings(seconds=1.0)
MIXED = [job("a"), job("b", "wrong"), job("c", "crash"), job("d", "refuse"), job("e", "open"), job("f", "weak")]
VERDICTS = ["holds", "fails", "error", "error", "undecided", "holds"]


def timeless(records: list[dict]) -> list[dict]:
    return [{k: v for k, v in r.items() if k != "seconds"} for r in records]


def test_every_claim_gets_its_record(oracle: Path) -> None:
    records = verify(MIXED, QUICK, workers=1)
    assert [r["id"] for r in records] == [j.id for j in MIXED]
    assert [r["verdict"] for r in records] == VERDICTS
    assert records[1]["counterexample"] == {"wrong": "1/2"}
    assert "SIGSEGV" in records[2]["evidence"][0]["detail"]
    assert "not to be judged" in records[3]["evidence"][0]["detail"]


def test_workers_change_nothing(oracle: Path) -> None:
    jobs = [j for j in MIXED if j.id not in ("c", "d")]
    assert timeless(verify(jobs, QUICK, workers=1)) == timeless(verify(jobs, QUICK, workers=3))
    with ThreadPoolExecutor(2) as executor:
        assert timeless(verify(jobs, QUICK, executor=executor)) == timeless(verify(jobs, QUICK, workers=1))


def test_a_hang_in_the_judge_is_undecided(oracle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "PATIENCE", 1)
    monkeypatch.setattr(runner, "SETTLING", 2.0)
    hung, fine = verify([job("a", "hang"), job("b")], QUICK, workers=2)
    assert (hung["verdict"], fine["verdict"]) == ("undecided", "holds")
    assert "stopped after" in hung["evidence"][0]["detail"]


def test_progress_is_told_claim_by_claim(oracle: Path) -> None:
    seen = []
    verify(MIXED[:2], QUICK, workers=1, progress=lambda record, done, total: seen.append((record["id"], done, total)))
    assert seen == [("a", 1, 2), ("b", 2, 2)]


def test_an_interrupt_keeps_what_is_finished(oracle: Path) -> None:
    def interrupt(record: dict, done: int, total: int) -> None:
        raise KeyboardInterrupt

    begun = time.monotonic()
    with pytest.raises(Interrupted) as caught:
        verify([job("a"), job("b", "sleep"), job("c", "sleep")], QUICK, workers=3, progress=interrupt)
    assert time.monotonic() - begun < 300  # the others would sleep for ten minutes
    assert [r["id"] for r in caught.value.records] == ["a"]
    assert str(caught.value) == "interrupted: 1 of 3 claims are finished"


def test_a_claim_is_no_stronger_than_what_it_rests_on(oracle: Path) -> None:
    chain = [job("top", rests_on=("middle",)), job("middle", rests_on=("base", "elsewhere")), job("base", "weak"),
             job("alone")]  # fmt: skip
    records = {r["id"]: r for r in verify(chain, QUICK, workers=1)}
    assert [records[n]["tier"] for n in ("top", "middle", "base", "alone")] == ["symbolic"] * 3 + ["certified"]
    assert records["top"]["own_tier"] == "certified"


def test_a_circle_of_claims_ends(oracle: Path) -> None:
    records = verify([job("a", rests_on=("b",)), job("b", "weak", rests_on=("a",))], QUICK, workers=1)
    assert [r["tier"] for r in records] == ["symbolic", "symbolic"]


def test_the_corrected_statement_is_judged_too(oracle: Path) -> None:
    mended = claim("a", "wrong", corrected=statement("weak"), mend="constant")
    record = verify([runner.Job.of(mended)], QUICK)[0]
    assert record["verdict"] == "fails"
    assert {k: record["corrected"][k] for k in ("kind", "verdict", "tier")} == {
        "kind": "constant", "verdict": "holds", "tier": "symbolic",
    }  # fmt: skip


def test_an_ill_posed_text_shows_its_readings(oracle: Path) -> None:
    text = runner.Claim("a", "", "", None, ill_posed=IllPosed("which side?", (("left", statement("wrong")),)))
    record = verify([runner.Job.of(text)], QUICK)[0]
    assert (record["verdict"], record["tier"]) == ("ill-posed", "certified")
    assert [(r["name"], r["verdict"]) for r in record["readings"]] == [("left", "fails")]

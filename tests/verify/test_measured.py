"""Measured claims: undecided always, beside what the experiment showed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from verify.claim import Claim, claim, measured
from verify.cli.show import marks
from verify.digest import counts
from verify.measured import STANDINGS, sign_test, standing
from verify.records import Record, claim_record


@claim("faster", place="Figure 1")
def faster() -> object:
    """Sign descent ends below half the loss of gradient descent."""
    return measured("speed", "loss_sign < loss_gd/2")


def record(folder: Path, monkeypatch: pytest.MonkeyPatch, whole: object = None) -> Record:
    monkeypatch.setenv("MIRRORPROOF_EXPERIMENTS", str(folder))
    if whole is not None:
        (folder / "speed").mkdir()
        (folder / "speed" / "results.json").write_text(whole if isinstance(whole, str) else json.dumps(whole))
    built: Claim = faster.build("paper")
    return claim_record(built, {})


def results(sign: list[object], gd: list[object], **more: object) -> dict[str, object]:
    whole = {"schema": 1, "experiment": "speed", "measured": {"loss_sign": sign, "loss_gd": gd}}
    return whole | more


def test_it_is_undecided_until_the_experiment_has_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = record(tmp_path, monkeypatch)
    assert found["verdict"] == "undecided" and found["tier"] == "none"
    assert found["evidence"][0]["detail"] == "the experiment has not run"


@pytest.mark.parametrize(
    ("sign", "gd", "result"),
    [([0.1, 0.2], [1.0, 0.5], "agrees"), ([0.1, 0.3], [1.0, 0.5], "disagrees"), ([0.25], [0.5], "disagrees")],
)
def test_every_seed_must_show_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sign: list[object], gd: list[object], result: str
) -> None:
    found = record(tmp_path, monkeypatch, results(sign, gd))
    assert found["verdict"] == "undecided" and found["tier"] == "simulated"
    assert found["evidence"][0]["result"] == result


@pytest.mark.parametrize(
    "whole",
    [
        "not JSON", [1], results([], []), results([0.1], [1.0, 2.0]), results(["x"], [1.0]),
        results([0.1], [1.0], experiment="other"), results([0.1], [1.0], schema=2),
        {"schema": 1, "experiment": "speed", "measured": {"loss_sign": [0.1]}},
        '{"schema": 1, "experiment": "speed", "measured": {"loss_sign": [NaN], "loss_gd": [1]}}',
    ],
)  # fmt: skip
def test_a_wrong_file_shows_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: object) -> None:
    found = record(tmp_path, monkeypatch, whole)
    assert found["tier"] == "none" and found["evidence"][0]["result"] == "undecided"


@pytest.mark.parametrize(("seeds", "said"), [
    ([1, 2], "2 seeds show nothing: 3 are needed"), ([1, 2, 3], "3 of 3 seeds (sign test: p = 0.12); medians"),
    ([], "3 of 3 seeds; medians"),
])  # fmt: skip
def test_seeds_are_at_least_three_and_are_tested(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seeds: list[int], said: str
) -> None:
    count = len(seeds) or 3
    found = record(tmp_path, monkeypatch, results([0.1] * count, [1.0] * count, seeds=seeds))
    assert said in found["evidence"][0]["detail"]
    assert found["standing"] == ("not measured" if count < 3 else "consistent")


def test_the_sign_test_counts_the_tosses() -> None:
    assert [sign_test(k, 3) for k in (0, 1, 2, 3)] == [1.0, 7 / 8, 1 / 2, 1 / 8]
    assert sign_test(6, 6) == 2.0**-6 and sign_test(5, 6) == 7 * 2.0**-6


def test_a_seed_without_a_number_does_not_show_what_is_expected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = record(tmp_path, monkeypatch, results([0.1, None], [1.0, 1.0]))
    assert found["standing"] == "not seen"
    assert "1 of 2 seeds, 1 of them without a finite number" in found["evidence"][0]["detail"]


@pytest.mark.parametrize(("sign", "gd", "word"), [
    ([0.1], [1.0], "consistent"), ([0.5], [0.5], "not seen"), (["x"], [1.0], "not measured"),
])  # fmt: skip
def test_how_it_stands_is_a_field_and_a_mark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sign: list[object], gd: list[object], word: str
) -> None:
    found = record(tmp_path, monkeypatch, results(sign, gd))
    assert found["verdict"] == "undecided" and found["standing"] == standing(found) == word
    assert STANDINGS[word] in marks(found) and f"1 {STANDINGS[word]}" in counts([found])
    bare = {k: v for k, v in found.items() if k not in ("standing", "measurement")}
    assert standing(bare) == "" and STANDINGS[word] not in marks(bare) and counts([bare]) == "1 claim: 1 undecided"


def test_a_measured_claim_has_a_plain_name_and_no_correction() -> None:
    with pytest.raises(ValueError, match="no name of an experiment"):
        measured("../secret", "a < b")
    with pytest.raises(ValueError, match="only a printed statement"):
        measured("speed", "a < b").corrected("a > b", mend="sign")

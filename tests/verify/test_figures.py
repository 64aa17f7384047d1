"""The figures that claims speak of, and how far they may move."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from verify.figures import LEAST, ROUNDING, figure, figures


@pytest.mark.parametrize(
    ("values", "median", "budget", "lost"),
    [([1.0, 2.0, 4.0], 2.0, 3.0, 0), ([4.0], 4.0, 4 * ROUNDING, 0), ([0.0, 0.0], 0.0, LEAST, 0),
     ([1.0, None, 3.0], 2.0, 2.0, 1), ([None, None], None, None, 2), ([float("inf"), 1.0], 1.0, ROUNDING, 1)],
)  # fmt: skip
def test_a_figure_is_the_median_with_the_spread_of_the_seeds(values, median, budget, lost) -> None:
    assert figure(values) == {"median": median, "budget": budget, "not_finite": lost}


def measured(*names: str) -> dict:
    return {"id": "m", "measurement": {"experiment": "own", "expects": {"given": [f"{n} real" for n in names]}}}


def test_only_what_claims_speak_of_is_a_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIRRORPROOF_EXPERIMENTS", str(tmp_path))
    assert figures([measured("a")]) == {}, "nothing has run"
    (tmp_path / "own").mkdir()
    results = tmp_path / "own" / "results.json"
    whole = {"schema": 1, "experiment": "own", "measured": {"a": [1, 2], "b": [3, 4], "c": "x", "d": [None, 1]}}
    results.write_text(json.dumps(whole))
    found = figures([measured("a", "c", "nowhere"), measured("d"), {"id": "no"}])
    assert {name: entry["median"] for name, entry in found.items()} == {"own/a": 1.5, "own/d": 1}
    results.write_text(json.dumps(whole | {"experiment": "other"}))
    assert figures([measured("a")]) == {}

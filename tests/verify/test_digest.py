"""The summary puts the worst first and stays within its bounds; the badge says the same."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from tests.verify.test_gate import record
from verify import lock as locking
from verify.digest import badge, refusal, summary, write_badge
from verify.gate import compare


def run(*now: dict) -> tuple[list[dict], list]:
    lock = locking.locked([record(name="a"), record(name="b"), record("undecided", "none", name="c"),
                           record("fails", name="d")])  # fmt: skip
    return list(now), compare(now, lock, partial=True)


BROKEN = run(
    record("fails", name="b"), record(tier="symbolic", name="a"), record(name="c"), record("fails", name="d"),
    record(name="e"),
)  # fmt: skip
FINE = run(record(name="a"), record(name="b"), record("undecided", "none", name="c"))


def test_the_worst_is_at_the_top_with_its_counterexample() -> None:
    text = summary(*BROKEN)
    order = [
        "**Stopped: 2 worse or missing.**", "Worse than the lock file (2)", "<code>b</code>: **holds (certified)",
        "counterexample: <code>x = 1/2</code>", "<code>a</code>", "Better than the lock file (1)", "<code>c</code>",
        "Not in the lock file (1)", "<code>e</code>", "| verdict |", "Also not holding", "<code>d</code>: fails",
    ]  # fmt: skip
    at = [text.index(part) for part in order]
    assert at == sorted(at)
    fine = summary(*FINE)
    assert "**Nothing is worse.** 3 claims: 2 holds, 1 undecided" in fine and "Worse" not in fine


def test_a_summary_has_a_bound_and_says_what_it_left_out() -> None:
    many = [record("fails", name=f"claim-{k:04}") for k in range(600)]
    for one in many:
        one["evidence"][0]["detail"] = "ω" * 5000
    found = compare(many, locking.locked([record(name=one["id"]) for one in many]))
    text = summary(many, found)
    assert 900_000 < len(text.encode()) <= 1_000_000 < 2**20
    kept = text.count("<code>claim-")
    assert f"{601 - kept} more: they do not fit" in text, "the table is a piece too"
    assert len(summary(many, found, most_bytes=400).encode()) <= 400


HOSTILE = "<img src=x onerror=alert(1)> | `a` [b](http://c) **d** @all #1 $x$\n# e"


def test_what_a_stranger_wrote_stays_text() -> None:
    bad = record("fails", name="a") | {"place": HOSTILE, "statement": {"claim": HOSTILE}}
    bad["evidence"][0]["detail"] = HOSTILE
    text = summary([bad], compare([bad], locking.locked([record(name="a")])))
    assert "<img" not in text and " [b](http" not in text and "\n# e" not in text and " @all" not in text
    assert "`" not in text and "**d**" not in text and " #1" not in text
    assert "&lt;img" in text
    assert "<b>" not in refusal("<b>x</b>")


@pytest.mark.parametrize(
    ("run_", "says", "colour"),
    [(BROKEN, "3 of 5 hold, 2 worse", "red"), (FINE, "2 of 3 hold", "yellow"), (run(record()), "1 of 1 hold", "green"),
     (run(), "0 of 0 hold", "yellow")],
)  # fmt: skip
def test_the_badge_says_how_many_hold(run_: tuple, says: str, colour: str, tmp_path: Path) -> None:
    assert badge(*run_) == (says, colour)
    write_badge(tmp_path / "out" / "badge.svg", *run_)
    drawing = ElementTree.parse(tmp_path / "out" / "badge.svg").getroot()
    assert drawing.get("aria-label") == f"mirrorproof: {says}"
    write_badge(tmp_path / "badge.json", *run_)
    assert json.loads((tmp_path / "badge.json").read_text()).items() >= {"schemaVersion": 1, "message": says}.items()

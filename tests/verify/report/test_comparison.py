"""Printed numbers beside measured ones: every word is earned, and refused where it is not."""

from __future__ import annotations

import pytest

from verify.papers.reported import Block, reported
from verify.report.comparison import Word, compare, differences, evaluated, last_digit, shown

BLOCK = Block(
    id="t", place="Table 1", title="sizes", columns=("a", "b"), values={"one": ("1.0", "2.0"), "two": ("30", "40")},
    widths={"one": ("0.2", "0.1")}, measured="{row}_{column}", compare="row",
)  # fmt: skip
CLOSE = {"one_a": [0.9, 1.1], "one_b": [1.8, 1.9], "two_a": [31.0, 33.0], "two_b": [50.0, 60.0]}


def words(measured: dict[str, list[float]], kind: str) -> list[str]:
    return [getattr(c, kind).word for c in compare(BLOCK, measured).cells]


def test_numbers_that_meet_in_the_printed_order_agree_in_everything() -> None:
    assert words(CLOSE, "direction") == words(CLOSE, "magnitude") == ["agrees"] * 4
    assert words(CLOSE, "numbers") == ["agrees", "agrees", "differs", "differs"]  # the last two beyond their last digit
    assert compare(BLOCK, CLOSE).verdict["numbers"] == Word("agrees in part", "2 of 4")


def test_the_reverse_order_is_told() -> None:
    reverse = CLOSE | {"one_a": [1.9, 2.0], "one_b": [0.9, 1.0]}
    assert words(reverse, "direction") == ["differs", "differs", "agrees", "agrees"]
    assert compare(BLOCK, reverse).pairs == (1, 2)


def test_rows_are_not_compared_with_each_other_unless_the_table_does() -> None:
    everything = Block(**{**vars(BLOCK), "compare": "all"})
    assert compare(everything, CLOSE).pairs == (6, 6)
    assert compare(everything, CLOSE | {"two_a": [0.1, 0.1]}).pairs == (4, 6)


@pytest.mark.parametrize(("ours", "word"), [(3.1, "agrees"), (3.3, "differs"), (-1.0, "differs"), (0.0, "differs")])
def test_the_order_of_magnitude_is_a_factor_of_the_root_of_ten(ours: float, word: str) -> None:
    assert words(CLOSE | {"one_a": [ours, ours]}, "magnitude")[0] == word


def test_what_lies_closer_than_its_half_widths_has_no_order() -> None:
    near = Block(**{**vars(BLOCK), "widths": {"one": ("0.6", "0.6")}})
    assert compare(near, CLOSE).pairs == (1, 1)


def test_nothing_is_said_of_what_was_not_measured() -> None:
    found = compare(BLOCK, None)
    assert not found.measured
    assert {c.direction.word for c in found.cells} == {"–"}
    part = compare(BLOCK, {"one_a": [1.0, 1.0]})
    assert [bool(c.ours) for c in part.cells] == [True, False, False, False]


def test_seeds_that_failed_are_counted_and_are_no_numbers() -> None:
    part = compare(BLOCK, {"one_a": [1.0, None, 1.1], "one_b": [None, None]})
    assert [c.failed for c in part.cells] == ["1 of 3 seeds failed", "2 of 2 seeds failed", "", ""]
    assert part.cells[0].ours == (1.0, 1.1) and part.cells[1].numbers == Word("–")
    assert compare(BLOCK, {"one_a": [None]}).measured


def test_a_formula_in_quantities_is_computed_seed_by_seed_and_never_run() -> None:
    measured = {"after": [1.0, 2.0], "before": [3.0, 1.0], "odd": [1.0, None]}
    assert evaluated("after - before", measured) == (-2.0, 1.0)
    assert evaluated("odd", measured) == (1.0,)
    assert evaluated("after - missing", measured) == ()
    assert evaluated("__import__('os')", measured) == ()
    assert evaluated("after/(before - before)", measured) == ()


@pytest.mark.parametrize(("text", "half"), [("1.2", 0.05), ("100", 0.5), ("3.31e-5", 0.5e-7)])
def test_half_a_unit_of_the_last_digit(text: str, half: float) -> None:
    assert last_digit(text) == pytest.approx(half)


def test_the_setting_is_compared_entry_by_entry() -> None:
    stated = {"steps": 10, "depth": 3, "seeds": 2, "model": "X"}
    told = differences(stated, {"steps": 5, "depth": [2, 3], "seeds": [1, 2], "own": True})
    assert {d.name: d.kind for d in told} == {
        "steps": "different", "model": "stated", "depth": "same", "seeds": "same", "own": "ours",
    }  # fmt: skip


def test_settings_are_short() -> None:
    assert [shown(v) for v in ([400] * 4, [1, 1], [1, 1, 1, 2])] == ["4 times 400", "1, 1", "1, 1, 1, 2"]
    assert shown({"a": True}) == "a: yes" and shown(None) == "" and shown(0.5) == "0.5"


@pytest.mark.parametrize("paper", ["never-saddle", "mirror-flow"])
def test_the_papers_tables_are_numbers_with_known_names(paper: str) -> None:
    for block in reported(paper).blocks:
        for number in block.numbers("w").values() if block.widths else block.numbers().values():
            float(number)
        if block.experiment:
            names = [block.quantity(i, j) for i in range(len(block.values)) for j in range(len(block.columns))]
            assert all(names) and not any("{" in n for n in names)


def test_the_recorded_table_and_the_claims_read_the_same_numbers() -> None:
    from numerics.experiments.ns_table_4 import PRINTED

    block = reported("never-saddle").block("table-4-truth")
    here = sorted(float(v) for v in block.numbers().values())
    assert here == sorted(truth for _, truth in PRINTED.values())


def test_one_factor_between_all_numbers_is_told_and_none_where_there_is_none() -> None:
    scaled = {name: [40 * v for v in values] for name, values in CLOSE.items()}
    factor, near, asked = compare(BLOCK, scaled).factor or (0.0, 0, 0)
    assert 30 < factor < 50 and (near, asked) == (4, 4)
    assert compare(BLOCK, CLOSE).factor is None
    apart = {"one_a": [1e3, 1e3], "one_b": [1e-3, 1e-3], "two_a": [1e8, 1e8], "two_b": [40.0, 40.0]}
    assert compare(BLOCK, apart).factor is None

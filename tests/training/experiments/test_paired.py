"""The exact test and the interval against what can be worked out by hand and by SciPy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from training.experiments.paired import compare, line, paired, sign_flips

NUMBERS = st.floats(-1e3, 1e3)


def test_all_patterns_are_counted() -> None:
    assert sign_flips([1.0, 2.0, 3.0]) == 2 / 8
    assert sign_flips([1.0, 2.0, -3.0]) == 1.0
    assert sign_flips([3.0, 2.0, -1.0]) == 4 / 8  # 4 and 6, with both signs
    assert sign_flips([0.0, 0.0]) == 1.0
    assert sign_flips([0.1] * 10) == 2.0**-9


@settings(max_examples=25)
@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=7))
def test_it_is_that_of_scipy(pairs: list[tuple[float, float]]) -> None:
    a, b = zip(*pairs, strict=True)
    gaps = np.subtract(a, b)
    found = compare(a, b)

    def size(sample: np.ndarray, axis: int) -> np.ndarray:
        return np.round(np.abs(sample.sum(axis=axis)), 6)

    known = stats.permutation_test(
        (np.round(gaps, 3),), size, permutation_type="samples", n_resamples=np.inf, alternative="greater"
    )
    assert sign_flips(np.round(gaps, 3)) == pytest.approx(known.pvalue, abs=1e-12)
    if np.ptp(gaps) > 1e-6:
        low, high = stats.ttest_rel(a, b).confidence_interval(0.95)
        assert (found.low, found.high) == pytest.approx((low, high), rel=1e-6, abs=1e-6)


def test_a_difference_that_is_not_there_is_not_found() -> None:
    rng = np.random.default_rng(3)
    found = [sign_flips(rng.standard_normal(8)) for _ in range(400)]
    assert np.mean(np.array(found) <= 0.05) < 0.08
    moved = [sign_flips(rng.standard_normal(8) + 3) for _ in range(50)]
    assert max(moved) < 0.05


def test_failed_seeds_are_left_out_and_too_few_are_told() -> None:
    assert compare([1.0, math.nan, 3.0], [0.0, 1.0, 1.0]).pairs == 2
    one = compare([2.0], [1.0])
    assert (one.low, one.high, one.p) == (-math.inf, math.inf, 1.0)
    for a, b in (([math.nan], [1.0]), ([1.0, 2.0], [1.0]), ([0.0] * 21, [1.0] * 21)):
        with pytest.raises(ValueError, match="pairs"):
            compare(a, b)
    assert line("x", [math.nan], [1.0]).startswith("x: ")


def test_a_note_names_the_quantities_and_is_absent_where_one_is_not_measured() -> None:
    measured = {"l1_a": [1.0, 2.0, 3.0], "l1_b": [0.0, 0.5, 1.0]}
    (note,) = paired(measured, "l1_a", "l1_b")
    assert note.startswith("l1_a - l1_b: 1.5 over 3 pairs, 95 % interval [0.2") and "p = 0.25" in note
    assert paired(measured, "l1_a", "l1_c") == []

"""Numbers as certificates write them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.checker.points import check_point
from verify.checker.rationals import MOST_DIGITS, number
from verify.language.given import parse_given
from verify.language.parse import parse_formula
from verify.language.printing import number_text
from verify.statement import Statement


@given(st.fractions())
def test_what_is_written_is_read_again(value: Fraction) -> None:
    assert number(number_text(value)) == value


REFUSED = ["1e999999999", "1e3", "0.5", "1/", "1/0", "1/-2", "", " 1", "1_0", "1/2/3", "٣", "nan"]


@pytest.mark.parametrize("text", [*REFUSED, "9" * (MOST_DIGITS + 1), None, True])
def test_other_texts_are_refused(text: object) -> None:
    with pytest.raises(ValueError):
        number(text)


def test_a_counterexample_with_a_tower_is_no_counterexample() -> None:
    domain = parse_given(["x real"])
    statement = Statement(domain, parse_formula("x <= 1", {"x"}))
    assert check_point(statement, {"x": "2"}) is not None
    assert check_point(statement, {"x": "1e999999999"}) is None

"""The range of a variable is read off its hypotheses exactly, or not at all."""

from __future__ import annotations

import pytest

from verify.checker.shapes_affine import affine, rational
from verify.checker.shapes_ranges import range_of
from verify.language.given import parse_given
from verify.language.parse import parse_term
from verify.language.terms import num

RANGES = [
    (["x real"], ["(-oo, oo)"]),
    (["x > 0"], ["(0, oo)"]),
    (["x >= 0", "x > 0"], ["(0, oo)"]),
    (["x > 0", "x >= 0"], ["(0, oo)"]),
    (["x >= 0", "x >= 1", "x < 7/2"], ["[1, 7/2)"]),
    (["2*x - 1 <= 4"], ["(-oo, 5/2]"]),
    (["-3*x > 6"], ["(-oo, -2)"]),
    (["abs(x) < 1"], ["(-1, 1)"]),
    (["-B <= x <= B"], ["[-B, B]"]),
    (["x != 0"], ["(-oo, 0)", "(0, oo)"]),
    (["x != 0", "x >= 0"], ["(0, oo)"]),
    (["x != 2", "x != -1", "x <= 3"], ["(-oo, -1)", "(-1, 2)", "(2, 3]"]),
    (["x != 5", "x <= 3"], ["(-oo, 3]"]),
    (["abs(x) > 0"], ["(-oo, 0)", "(0, oo)"]),
]


@pytest.mark.parametrize(("given", "intervals"), RANGES)
def test_intervals(given: list[str], intervals: list[str]) -> None:
    found = range_of(parse_given(given), "x")
    assert found.exact
    assert [c.text for c in found.components] == intervals


@pytest.mark.parametrize(
    "given", [["x**2 < 4"], ["x*y > 1"], ["x > a", "x > b"], ["x != a", "x != b"], ["x == 3"], ["abs(x) > 1"]]
)
def test_what_is_not_read_off_is_kept_apart(given: list[str]) -> None:
    assert not range_of(parse_given(given), "x").exact


def test_hypotheses_on_the_parameters_stay_with_them() -> None:
    found = range_of(parse_given(["p > 1", "x < p", "x real"]), "x")
    assert [repr(h) for h in found.parameters.hypotheses] == ["p > 1"]
    assert found.parameters.names == ("p",)


@pytest.mark.parametrize(("text", "value"), [("3/4 - 1", "-1/4"), ("2**-3", "1/8"), ("-(2*3)**2", "-36")])
def test_rational_values(text: str, value: str) -> None:
    assert rational(parse_term(text, ())) == num(value).args[0]


@pytest.mark.parametrize("text", ["sqrt(4)", "1/0", "0**0", "2**(1/2)", "pi"])
def test_no_rational_value(text: str) -> None:
    assert rational(parse_term(text, ())) is None


def test_affine_forms() -> None:
    found = affine(parse_term("3*(x - a)/2 + 1", ("x", "a")), "x")
    assert found is not None and found[0] == num("3/2").args[0]
    assert affine(parse_term("a*x", ("x", "a")), "x") is None
    assert affine(parse_term("x*x", ("x",)), "x") is None

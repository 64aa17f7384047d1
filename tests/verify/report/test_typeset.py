"""Recorded text as formulas, and as itself where it is none."""

from __future__ import annotations

import re
from html import unescape
from xml.etree import ElementTree

import pytest

from verify.report.typeset import display, inline, term_of, width

FORMULAS = ["x**2", "Abs(x)**q", "Ne(x, 0)", "Eq(x, y + 1)", "conserved(x)", "diff(R, x) == 1",
            "Integral(x, (x, 0, 1))"]  # fmt: skip
PROSE = ["no weight is zero", "balance at t", "open half-line, no value"]
NEITHER = ["R'(x)", "x'", "|x|^q", "f(x) + 1", "w1 = w2 = 0", "", "__import__('os')", "<b>", "(" * 400]
LONG = "a1*w1 + a2*w2 + a3*w3 - a4*w4 + a5*w5 + a6*w6 - a7*w7 + a8*w8 + a9*w9 + integrate(t, (t, 0, 1))"


def rows(text: str) -> list[str]:
    return [unescape(re.sub("<[^>]*>", "", row)) for row in re.findall(r'<div class="row.*?</div>', display(text))]


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_are_typeset(text: str) -> None:
    assert inline(text).startswith("<math>")
    ElementTree.fromstring(str(display(text)))


@pytest.mark.parametrize("text", PROSE + NEITHER)
def test_what_is_no_formula_is_shown_as_it_is(text: str) -> None:
    assert term_of(text) is None
    assert "<math" not in inline(text)
    assert "".join(ElementTree.fromstring(str(inline(text))).itertext()) == text
    assert inline(text).startswith("<span" if text in PROSE else "<code>")


def test_a_conjunction_has_a_line_for_each_part_and_brackets_where_it_needs_them() -> None:
    assert [row.strip() for row in rows("x > 0 and y > 0")] == ["x>0\u2002and", "y>0"]
    assert rows("(x > 0 or y > 0) and z > 0")[0].startswith("(x>0")
    assert not rows("x > 0 and y > 0")[0].startswith("(")


def test_long_formulas_are_broken_at_relations_and_sums_and_short_ones_are_not() -> None:
    assert len(rows(f"{LONG} == {LONG}")) >= 4
    assert len(rows("x == y + 1")) == 1
    assert [row for row in rows(f"{LONG} <= 0") if row.startswith("≤")] == ["≤0"]


def test_breaking_a_formula_loses_nothing() -> None:
    whole = unescape(re.sub("<[^>]*>", "", inline(f"{LONG} == x - ({LONG})")))
    assert "".join(rows(f"{LONG} == x - ({LONG})")) == whole
    mixed = "limit(1/n, n, oo) - (a - b) + " + LONG
    assert "".join(rows(mixed)) == unescape(re.sub("<[^>]*>", "", inline(mixed)))


def test_an_implication_whose_parts_are_implications_stays_in_one_line() -> None:
    assert len(rows(f"implies(implies({LONG} > 0, x > 0), x > 1)")) == 1
    assert len(rows(f"implies({LONG} > 0, x > 1)")) > 1


def test_width_grows_with_what_is_shown() -> None:
    widths = [width(term_of(text)) for text in ("x", "x + 1", "x + 1 + y", "sin(x + 1 + y)", LONG)]
    assert widths == sorted(widths)
    assert width(term_of("(x + y + z)/2")) < width(term_of("(x + y + z)*2")) + 2

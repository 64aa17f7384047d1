"""What is printed reads back as what was printed."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings

from tests.verify.language.term_strategies import NAMES, formulas, in_normal_form, terms
from verify.language.parse import parse_formula, parse_term
from verify.language.printing import to_text
from verify.language.terms import Term, num, sym

X, Y = sym("x"), sym("y")
HALF = num(Fraction(-1, 2))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(terms)
def test_a_term_survives_printing(term: Term) -> None:
    assert in_normal_form(parse_term(to_text(term), NAMES)) == in_normal_form(term)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(formulas)
def test_a_formula_survives_printing(formula: Term) -> None:
    assert in_normal_form(parse_formula(to_text(formula), NAMES)) == in_normal_form(formula)


@pytest.mark.parametrize(
    ("term", "text"),
    [
        (Term("/", X, HALF), "x/(-1/2)"),
        (Term("**", X, HALF), "x**(-1/2)"),
        (Term("**", num(-2), X), "(-2)**x"),
        (Term("neg", Term("**", X, Y)), "-x**y"),
        (Term("**", Term("neg", X), Y), "(-x)**y"),
        (Term("-", X, Term("-", Y, X)), "x - (y - x)"),
        (Term("**", Term("**", X, Y), X), "(x**y)**x"),
    ],
    ids=str,
)
def test_brackets_stand_where_they_are_needed(term: Term, text: str) -> None:
    assert to_text(term) == text

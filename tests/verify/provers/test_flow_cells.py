"""Branches of terms on sign cells: equal to the term at every point of the cell."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verify.checker.flowing.branches import vanishes_with
from verify.checker.flowing.factors import factor_arguments, product_form
from verify.checker.flowing.terms import affine, atoms_of, factored, fold, hides_a_jump, without_extrema
from verify.language.evaluate import exact
from verify.language.parse import parse_term
from verify.language.terms import ZERO, Term, sym
from verify.provers.flowing.cells import Cell, NotSmooth, cells, integer_parity, on_cell
from verify.statement import Domain

REALS = Domain((("x", "real"), ("y", "real")))


def term(text: str) -> Term:
    return parse_term(text, ("x", "y"))


BRANCHING = (
    "abs(x)", "sign(x*y)", "spow(x*y, 3)", "abs(x*y - 1)*x", "Max(x, y)", "Min(x, y, 1)", "sqrt(x**2*y**2)",
    "abs(abs(x) - y)", "sign(x**2 - y**2)", "spow(-x, 2) + abs(y)**3", "sign(x)*abs(x) - x", "abs(x/(1 + y**2))",
)  # fmt: skip
values = st.fractions(-3, 3, max_denominator=4)


@pytest.mark.parametrize("text", BRANCHING)
@settings(max_examples=25, deadline=None)
@given(x=values, y=values)
def test_the_branch_of_the_cell_of_a_point_has_the_value_of_the_term(text: str, x: Fraction, y: Fraction) -> None:
    at = {"x": x, "y": y}
    whole = factor_arguments(without_extrema(term(text)))
    cell = Cell(REALS)
    for atom in atoms_of([whole]):
        value = exact(atom, at)
        assert value is not None
        cell = cell.grown(atom, (value > 0) - (value < 0))
    assert exact(on_cell(whole, cell), at) == exact(term(text), at)


@pytest.mark.parametrize("text", BRANCHING)
def test_the_cells_cover_a_grid(text: str) -> None:
    whole = factor_arguments(without_extrema(term(text)))
    atoms = atoms_of([whole])
    covered = {tuple(c.signs[a] for a in atoms) for c in cells(REALS, atoms)}
    grid = [Fraction(k, 2) for k in range(-4, 5)]
    for x in grid:
        for y in grid:
            values = [exact(a, {"x": x, "y": y}) for a in atoms]
            assert tuple((v > 0) - (v < 0) for v in values if v is not None) in covered


@pytest.mark.parametrize("text", ["1/x", "log(x)", "abs(x)**y", "sqrt(x - 1)", "x**(-1)", "gamma(x)", "acosh(x)"])
def test_what_may_be_undefined_has_no_branch_at_zero(text: str) -> None:
    cell = Cell(REALS).grown(sym("x"), 0)
    for atom in atoms_of([term(text)]):
        if atom not in cell.signs:
            cell = cell.grown(atom, -1)
    with pytest.raises(NotSmooth):
        on_cell(term(text), cell)


def test_factors_and_affine_parts() -> None:
    parts = factored(term("-2*x*y**2/abs(x)"))
    assert parts.scale == -2
    assert [(a, odd) for a, odd, _ in parts.parts] == [(sym("x"), True), (sym("y"), False), (sym("x"), False)]
    assert affine(term("x*y - 3"), "x") == (sym("y"), term("-3")) or fold(affine(term("x*y - 3"), "x")[1]).is_number
    assert affine(term("x**2"), "x") is None


def test_surfaces_have_one_name() -> None:
    one, other = factored(product_form(term("1 - x*y"))), factored(product_form(term("x*y - 1")))
    assert [p[0] for p in one.parts] == [p[0] for p in other.parts] and one.scale == -other.scale
    split = factored(product_form(term("x*y**2 - 3*y")))
    assert len(split.parts) == 2
    assert product_form(term("x + exp(y)")) == term("x + exp(y)")


def test_a_jump_inside_a_kink_is_seen() -> None:
    assert hides_a_jump(term("abs(sign(x)*y)")) and hides_a_jump(term("sign(x + sign(y))"))
    assert not hides_a_jump(term("sign(x)*abs(y)")) and not hides_a_jump(term("sign(x)**2"))


def test_zero_is_a_cell_of_its_own() -> None:
    assert [c.signs[sym("x")] for c in cells(REALS, [sym("x")])] == [1, 0, -1]
    positive = REALS.assuming(Term(">", sym("x"), ZERO))
    assert [c.signs[sym("x")] for c in cells(positive, [sym("x")])] == [1]


def test_parity_of_integer_exponents() -> None:
    integers = Domain((("k", "integer"), ("r", "real")))
    expected = {"2*k": 0, "2*k + 1": 1, "k": None, "2*r": None, "k*(2*k - 1)*2": 0}
    assert {t: integer_parity(parse_term(t, ("k", "r")), integers) for t in expected} == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("x*y - abs(x)", True), ("-x**2*exp(y)", True), ("spow(x, 2)", True), ("x + y", False), ("spow(x, 1/2)", False),
     ("sign(x)", False), ("sin(x)", True), ("cos(x)", False)],
)  # fmt: skip
def test_coordinates_that_stay_zero(text: str, expected: bool) -> None:
    assert vanishes_with(term(text), "x") is expected

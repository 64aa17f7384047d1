"""Filippov's set by the limits of a field on a cell, and tangent mixtures over Q."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from verify.language.parse import parse_term
from verify.language.terms import ONE, ZERO, Term, num, sym
from verify.provers.flowing.cells import Cell
from verify.provers.flowing.filippov import (
    eliminated,
    excluded,
    mixtures,
    never_flat,
    rank,
    solve,
    tangency,
    velocities,
)
from verify.statement import Domain

NAMES = ("x", "y", "z", "g")
REALS = Domain(tuple((n, "real") for n in NAMES))


def term(text: str) -> Term:
    return parse_term(text, NAMES)


def cell(**signs: int) -> Cell:
    here = Cell(REALS)
    for name, s in signs.items():
        here = here.grown(sym(name), s)
    return here


def test_one_sign_flips_both_components_together() -> None:
    field = {"x": term("-sign(z)"), "y": term("sign(z)"), "z": term("x")}
    limits = velocities(field, cell(z=0))
    assert {(f["x"], f["y"]) for f in limits} == {(ONE, num(-1)), (num(-1), ONE)}


def test_a_product_of_signs_is_not_free_of_its_factors() -> None:
    """sign(x*y) at x = y = 0 is tied to sign(x) and sign(y): four limits, not eight."""
    field = {"x": term("sign(x)"), "y": term("sign(y)"), "z": term("sign(x*y)")}
    limits = velocities(field, cell(x=0, y=0))
    assert len(limits) == 4
    assert all(f["z"].args[0] == f["x"].args[0] * f["y"].args[0] for f in limits)


def test_a_factor_that_is_constant_in_time_does_not_switch() -> None:
    field = {"x": term("-sign(g*x)")}
    assert velocities(field, cell(g=0, x=0)) == [{"x": ZERO}]
    assert len(velocities(field, cell(g=1, x=0))) == 2


def test_the_value_on_the_surface_does_not_count() -> None:
    assert velocities({"x": term("-sign(x)**2")}, cell(x=0)) == [{"x": num(-1)}]


def test_an_argument_that_may_vanish_everywhere_gives_its_zero_too() -> None:
    here = cell(g=0)
    assert not never_flat(term("g*y*x"), cell(), frozenset({"x"}))
    assert never_flat(term("x*y - 1"), here, frozenset({"x", "y"}))
    assert never_flat(term("x**2 + y**2 - 1"), here, frozenset({"x", "y"}))


def test_crossing_is_told_from_staying() -> None:
    crossing = {"x": term("-2 - sign(x)")}
    staying = {"x": term("-sign(x)")}
    assert excluded(tangency(cell(x=0), velocities(crossing, cell(x=0))), cell(x=0))
    assert not excluded(tangency(cell(x=0), velocities(staying, cell(x=0))), cell(x=0))


def test_elimination_takes_out_multiples_of_a_tangency_row() -> None:
    goal, _ = eliminated([num(4), num(-4)], [[num(-1), num(1)]], cell(x=0))
    assert goal == [ZERO, ZERO]
    goal, _ = eliminated([num(4), num(4)], [[num(-1), num(1)]], cell(x=0))
    assert goal != [ZERO, ZERO]


small = st.integers(-3, 3).map(Fraction)
triples = st.lists(small, min_size=3, max_size=3)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(small, min_size=4, max_size=4), min_size=1, max_size=3))
def test_mixtures_are_tangent_weights(rows: list[list[Fraction]]) -> None:
    for weights in mixtures(rows, 4):
        assert sum(weights) == 1 and all(w >= 0 for w in weights)
        assert all(sum((a * w for a, w in zip(row, weights, strict=True)), Fraction(0)) == 0 for row in rows)


@settings(max_examples=60, deadline=None)
@given(st.lists(triples, min_size=3, max_size=3), triples)
def test_solve_solves_exactly_where_the_rank_is_full(rows: list[list[Fraction]], right: list[Fraction]) -> None:
    found = solve(rows, right)
    assert (found is not None) == (rank(rows) == 3)
    if found is not None:
        assert [sum((a * x for a, x in zip(row, found, strict=True)), Fraction(0)) for row in rows] == right

"""Cells: signs are proven, a division covers the domain, equations are solved."""

from __future__ import annotations

from fractions import Fraction

import pytest

from verify.exact.expansion.cases import Case
from verify.exact.expansion.division import explore, opening
from verify.exact.expansion.parameters import scalar
from verify.language.evaluate import truth
from verify.language.given import parse_given
from verify.language.parse import parse_formula
from verify.language.terms import Term, conjunction


def term(text: str, names: tuple[str, ...]) -> Term:
    return parse_formula(f"{text} == 0", names).args[0]


@pytest.mark.parametrize(("given", "text", "signs"), [
    (["x > 0", "y > x"], "log(x) - log(y)", {-1}),
    (["x > 0", "y > 0"], "log(x) - log(y)", {-1, 0, 1}),
    (["p >= 2"], "(p - 1)**(1/p) - 1", {0, 1}),
    (["p > 2"], "(p - 1)**(1/p) - 1", {1}),
    (["0 < x < 1"], "log(x)*x", {-1}),
    (["p real"], "1 + p**2 - p", {1}),
    (["p real"], "p - p**2 - 1/4", {-1, 0}),
    (["p real"], "p**2 - p - 1", {-1, 0, 1}),
    (["p > 0", "q > 0"], "sin(p*q)", {-1, 0, 1}),
    (["x > 0", "p > 1"], "x**p + erf(x)", {1}),
    ([], "sqrt(2) + sqrt(3) - sqrt(10)", {-1}),
    ([], "sqrt(2)*sqrt(3) - sqrt(6)", {0}),
])  # fmt: skip
def test_signs_are_a_superset_of_those_that_are_taken(given: list[str], text: str, signs: set[int]) -> None:
    domain = parse_given(given)
    case = Case(domain)
    assert case.possible(scalar(term(text, domain.names), case)) == signs


def test_the_cells_cover_the_domain_once() -> None:
    domain = parse_given(["a real", "b real"])
    f = term("a*b", domain.names)
    found = explore(domain, lambda case, order: case.sign(scalar(f, case)))
    assert all(c.answer is not None for c in found)
    for a in (-1, 0, 2):
        for b in (-3, 0, 1):
            point = {"a": Fraction(a), "b": Fraction(b)}
            holding = [c for c in found if truth(conjunction(c.hypotheses), point) is True]
            assert [c.answer for c in holding] == [(a * b > 0) - (a * b < 0)]


def test_equations_among_the_hypotheses_are_solved() -> None:
    conjugate = opening(parse_given(["p > 1", "q > 1", "1/p + 1/q == 1"]))
    assert scalar(term("p + q - p*q", ("p", "q")), conjugate).vanishes
    assert not scalar(term("p + q - 2*p*q", ("p", "q")), conjugate).vanishes
    unsolved = opening(parse_given(["p real", "q real", "p*q == q"]))
    assert not unsolved.fixed


def test_a_sign_that_is_never_decided_is_said_to_be_open() -> None:
    f = term("sqrt(2)*sin(1) - sin(1)*sqrt(2) + sin(2) - 2*sin(1)*cos(1)", ())
    (found,) = explore(parse_given([]), lambda case, order: case.sign(scalar(f, case)))
    assert found.answer is None and "not decided" in found.reason

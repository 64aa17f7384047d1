"""Where terms are defined, continuous and analytic; and how a function is cut at its kinks."""

from __future__ import annotations

import pytest

from verify.checker.shapes_pieces import NoPieces, slope_of
from verify.checker.shapes_ranges import range_of
from verify.checker.shapes_regularity import continuous, defined, singular_arguments
from verify.evidence import Evidence, undecided
from verify.language.given import parse_given
from verify.language.parse import parse_formula, parse_term
from verify.language.terms import ZERO, Term
from verify.provers.budget import Budget
from verify.provers.shapes.ledger import Ledger
from verify.provers.shapes.pieces import cut
from verify.statement import Statement

DEFINED = [
    ("1/x", "x > 0", True), ("1/x", "x real", False), ("log(x)", "x >= 0", False), ("sqrt(x)", "x >= 0", True),
    ("x**(1/3)", "x real", False), ("x**(1/3)", "x >= 0", True), ("x**-2", "x != 0", True), ("x**-2", "x real", False),
    ("x**p", "x >= 0; p > 0", True), ("x**p", "x >= 0; p >= 0", False), ("x**n", "x real; n >= 1 integer", True),
    ("asin(x)", "-1 <= x <= 1", True), ("asin(x)", "-1 <= x <= 2", False), ("acosh(x)", "x >= 1", True),
    ("tan(x)", "-1 <= x <= 1", True), ("tan(x)", "0 <= x <= 2", False), ("spow(x, p)", "x real; p >= 0", True),
    ("integrate(1/t, (t, 1, x))", "x > 0", True), ("integrate(1/t, (t, 1, x))", "x >= 0", False),
    ("gamma(x)", "x > 0", True), ("gamma(x)", "x real", False),
]  # fmt: skip
CONTINUOUS = [
    ("abs(x) + Max(x, 1)", "x real", True), ("sign(x)", "x real", False), ("sign(x)", "x > 0", True),
    ("spow(x, p)", "x real; p > 0", True), ("spow(x, p)", "x real; p >= 0", False), ("x**x", "x > 0", True),
    ("x**x", "x >= 0", False), ("integrate(sign(x)*t, (t, 0, 1))", "x real", False),
]  # fmt: skip
NAMES = ("x", "p", "n", "a")


@pytest.mark.parametrize(("text", "given", "expected"), DEFINED)
def test_defined(text: str, given: str, expected: bool) -> None:
    assert defined(parse_term(text, NAMES), parse_given(given.split("; ")), Ledger(Budget(6))) is expected


@pytest.mark.parametrize(("text", "given", "expected"), CONTINUOUS)
def test_continuous(text: str, given: str, expected: bool) -> None:
    assert continuous(parse_term(text, NAMES), "x", parse_given(given.split("; ")), Ledger(Budget(6))) is expected


def test_singular_arguments() -> None:
    domain = parse_given(["x real"])
    term = parse_term("abs(x - 1) + sqrt(x)*x**2 + Max(x, 3) + asin(x)", NAMES)
    found = singular_arguments(term, "x", domain)
    assert found is not None
    assert {repr(u) for u in found} == {"x - 1", "x", "x - 3", "1 - x", "1 + x"}
    assert singular_arguments(parse_term("exp(x)*x**-3/(1 + x**2)", NAMES), "x", domain) == []
    assert singular_arguments(parse_term("limit(t*x, t, 0)", NAMES), "x", domain) is None


def _cut(text: str, *given: str) -> list[str]:
    where = range_of(parse_given(list(given)), "x")
    pieces, _ = cut(parse_term(text, NAMES), where, where.components[0], Ledger(Budget(6)))
    return [repr(p.term) for p in pieces]


def test_a_kink_is_cut_and_resolved() -> None:
    assert _cut("abs(x)", "x real") == ["-x", "x"]
    assert _cut("abs(x - 1)*sign(x)", "x real") == ["-(x - 1)*-1", "-(x - 1)*1", "(x - 1)*1"]
    assert _cut("abs(x)", "x > 0") == ["x"]
    assert _cut("Max(x**2, 2)", "x real") == ["x**2", "2", "x**2"]


@pytest.mark.parametrize("given", [("x real", "a real", "x >= 0"), ("x real", "a >= 0", "0 <= x <= 1")])
def test_a_kink_that_may_lie_outside_is_not_cut(given: tuple[str, ...]) -> None:
    with pytest.raises(NoPieces):
        _cut("abs(x - a)", *given)


def test_zeros_that_are_not_located_are_said_so() -> None:
    with pytest.raises(NoPieces):
        _cut("abs(sin(x))", "x real")


def test_the_derivative_of_a_nested_integral_is_the_inner_one() -> None:
    inner = "integrate(1/sqrt(s**2 + a), (s, 0, x))"
    outer = parse_term("integrate(integrate(1/sqrt(s**2 + a), (s, 0, t)), (t, 0, x))", NAMES)
    assert slope_of(outer, "x") == parse_term(inner, NAMES)
    assert slope_of(parse_term(inner, NAMES), "x") == parse_term("1/sqrt(x**2 + a)", NAMES)


def test_a_goal_that_a_plain_point_refutes_is_not_asked() -> None:
    asked: list[Statement] = []

    def ask(statement: Statement, budget: Budget) -> Evidence:
        asked.append(statement)
        return undecided("none", "")

    ledger = Ledger(Budget(5), ask)
    domain = parse_given(["x real"])
    assert not ledger.proven(parse_formula("x > 0", ("x",)), domain) and not asked
    assert not ledger.proven(parse_formula("x**2 >= 0", ("x",)), domain) and len(asked) == 1
    assert ledger.proven(Term("<", ZERO, parse_term("1/2", ())), domain) and len(asked) == 1


def test_a_prover_that_breaks_leaves_the_goal_open() -> None:
    def ask(statement: Statement, budget: Budget) -> Evidence:
        raise ZeroDivisionError

    assert not Ledger(Budget(5), ask).proven(parse_formula("x**2 >= 0", ("x",)), parse_given(["x real"]))

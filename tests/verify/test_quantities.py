"""Quantities: operators build terms, never truth values."""

from __future__ import annotations

from fractions import Fraction

import pytest

import verify.quantities as qn
from verify.language.parse import parse_formula, parse_term
from verify.quantities import MirrorPotential, Quantity, integer, nonzero, positive, real

x, y, lam, n = real("x"), real("y"), positive("lam"), integer("n")

TERMS = [
    (x**2 / 2, "x**2/2"),
    (2 - x, "2 - x"),
    (-abs(x) + 1, "-abs(x) + 1"),
    (1 / (x * lam), "1/(x*lam)"),
    (2**n, "2**n"),
    (qn.sqrt(x) + qn.exp(y) - qn.log(lam), "sqrt(x) + exp(y) - log(lam)"),
    (qn.spow(x, lam - 1), "spow(x, lam - 1)"),
    (qn.diff(x**3, x, 2), "diff(x**3, x, 2)"),
    (x * Fraction(1, 2), "x*(1/2)"),
]
FORMULAS = [
    (x == y, "x == y"),
    (x != 0, "x != 0"),
    (x < y + 1, "x < y + 1"),
    (x >= lam, "x >= lam"),
    ((x > 0) & (y > 0), "x > 0 and y > 0"),
    (qn.implies(x > 0, ~(x < 0)), "implies(x > 0, not x < 0)"),
    (qn.convex(x**2, x), "convex(x**2, x)"),
]
NAMES = {"x", "y", "lam", "n"}


@pytest.mark.parametrize(("quantity", "text"), TERMS, ids=[t for _, t in TERMS])
def test_terms(quantity: Quantity, text: str) -> None:
    left, right = repr(quantity), repr(parse_term(text, NAMES))
    assert left.replace("(1/2)", "1/2") == right.replace("(1/2)", "1/2")


@pytest.mark.parametrize(("quantity", "text"), FORMULAS, ids=[t for _, t in FORMULAS])
def test_formulas(quantity: Quantity, text: str) -> None:
    assert quantity.term == parse_formula(text, NAMES)


@pytest.mark.parametrize("quantity", [x, x == x, x < 1, lam > 0], ids=repr)
def test_no_truth_value(quantity: Quantity) -> None:
    with pytest.raises(TypeError):
        bool(quantity)
    with pytest.raises(TypeError):
        _ = quantity and True


def test_chained_comparison_is_refused() -> None:
    with pytest.raises(TypeError):
        _ = 0 < x < 1


@pytest.mark.parametrize("wrong", [0.5, "x", None, True])
def test_only_exact_numbers(wrong: object) -> None:
    with pytest.raises(TypeError):
        _ = x + wrong  # type: ignore[operator]


def test_domains_are_joined() -> None:
    joined = (x * lam + nonzero("b")).domain
    assert joined.names == ("x", "lam", "b")
    assert [repr(h) for h in joined.hypotheses] == ["lam > 0", "b != 0"]
    assert [repr(h) for h in x.assuming(x > 1).domain.hypotheses] == ["x > 1"]


def test_a_name_has_one_sort() -> None:
    with pytest.raises(TypeError):
        _ = real("k") + integer("k")


def test_hash_is_by_identity() -> None:
    assert len({x, real("x"), x}) == 2


def test_the_derivative_needs_a_variable() -> None:
    with pytest.raises(TypeError):
        qn.diff(x**2, x**2)


def test_potential_of_the_square() -> None:
    R = MirrorPotential(x**2 / 2, x)
    assert repr(R.gradient) == "diff(x**2/2, x)"
    assert repr(R.dual_at_gradient) == "x*diff(x**2/2, x) - x**2/2"
    assert R.dual_at_gradient.domain.names == ("x",)
    assert str(R.theory.dual_at_gradient) == "x**2/2"
    assert repr(R(y + 1)) == "(y + 1)**2/2"


def test_potential_with_a_parameter() -> None:
    R = MirrorPotential(x * qn.asinh(x / lam) - qn.sqrt(x**2 + lam**2), x)
    assert R.horizon.term == abs(x).term
    assert [repr(h) for h in R.hessian.domain.hypotheses] == ["lam > 0"]

"""Values and truth: exact, enclosed, undefined or unknown, and never the wrong one of them."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from numerics.balls import precision
from tests.limits import within
from tests.verify.language.evaluation_cases import DIGITS, EXACT, TRUTHS, UNDEFINED, UNKNOWN, at, formula, term
from verify.language.evaluate import Undefined, Unknown, compile_enclosure, enclose, exact, to_float, truth
from verify.language.terms import FUNCTIONS, Term, num, sym


@pytest.mark.parametrize(("text", "point", "value"), EXACT)
def test_exact_values(text: str, point: str, value: str) -> None:
    assert exact(term(text), at(point)) == Fraction(value)
    ball = enclose(term(text), at(point))
    assert ball.overlaps(arb(_q(Fraction(value))))


@pytest.mark.parametrize(("text", "point", "digits"), DIGITS)
def test_digits(text: str, point: str, digits: str) -> None:
    ball = enclose(term(text), at(point), 256)
    mantissa = digits.split("e")[0]
    assert ball.rel_accuracy_bits() > 60
    assert ball.str(60, radius=False).startswith(mantissa[:-1])
    assert exact(term(text), at(point)) is None


@pytest.mark.parametrize(("text", "point"), UNDEFINED)
def test_undefined(text: str, point: str) -> None:
    with pytest.raises(Undefined):
        enclose(term(text), at(point))
    with pytest.raises(Undefined):
        truth(Term("==", term(text), term(text)), at(point))


@pytest.mark.parametrize(("text", "point"), UNKNOWN)
def test_unknown_is_never_a_value(text: str, point: str) -> None:
    with pytest.raises(Unknown):
        enclose(term(text), at(point))
    assert exact(term(text), at(point)) is None
    for relation in ("==", "!=", "<", ">="):
        assert truth(Term(relation, term(text), num(7)), at(point)) is None


@pytest.mark.parametrize(("text", "point", "expected"), TRUTHS)
def test_truth(text: str, point: str, expected: bool | None) -> None:
    assert truth(formula(text), at(point)) is expected


def test_an_undefined_side_is_neither_true_nor_false() -> None:
    with pytest.raises(Undefined):
        truth(formula("1/x > 0 or x > 0"), at("x=0"))
    assert truth(formula("1/x > 0 or x > 0"), at("x=1")) is True


def test_precision_rises_only_where_asked() -> None:
    close = formula("exp(1/10**100) > 1")
    assert truth(close, {}, 128, rising=False) is None
    assert truth(close, {}, 512, rising=False) is True


@pytest.mark.parametrize("text", ["gamma(exp(exp(x)))", "x**x**x**x**x", "sin(10**10**9)", "exp(exp(exp(exp(x))))",
                                  "Sum(Sum(Sum(n*z, (n, 1, 10000)), (z, 1, 10000)), (q, 1, 10000))"])  # fmt: skip
def test_work_is_bounded(text: str) -> None:
    with within(15):
        assert truth(Term("<", term(text), num(3)), at("x=100 y=1")) in (None, False, True)


elementary = sorted(set(FUNCTIONS) - {"gamma", "spow", "Min", "Max"})
small = st.fractions(-8, 8, max_denominator=12)
leaves = st.one_of(small.map(num), st.sampled_from(("x", "y")).map(sym))
terms = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Term, st.sampled_from(("+", "-", "*", "/", "**", "spow", "Min", "Max")), inner, inner),
        st.builds(Term, st.sampled_from((*elementary, "neg")), inner),
        st.builds(lambda t, n: Term("**", t, num(n)), inner, st.integers(-3, 4)),
    ),
    max_leaves=7,
)
shares = st.fractions(0, 1, max_denominator=16)


@settings(max_examples=400, deadline=None)
@given(terms, small, small, shares, shares, st.fractions(0, 3, max_denominator=8))
def test_a_box_contains_the_values_at_its_points(
    t: Term, x: Fraction, y: Fraction, s: Fraction, u: Fraction, width: Fraction
) -> None:
    with precision(64):
        box = {n: arb(_q(v)).union(arb(_q(v + width))) for n, v in (("x", x), ("y", y))}
        point = {"x": x + s * width, "y": y + u * width}
        try:
            over_box = compile_enclosure(t)(box)
        except Unknown:
            return
        except Undefined:
            with pytest.raises((Undefined, Unknown)):
                enclose(t, point)
            return
    try:
        value = enclose(t, point)
    except Unknown:
        return
    assert over_box.overlaps(value)


@settings(max_examples=300, deadline=None)
@given(terms, small, small)
def test_doubles_agree_with_balls(t: Term, x: Fraction, y: Fraction) -> None:
    rough = to_float(t)({"x": float(x), "y": float(y)})
    try:
        value = enclose(t, {"x": x, "y": y}, 256)
    except (Undefined, Unknown):
        return
    if math.isfinite(rough) and 1e-3 < abs(rough) < 1e3 and value.rel_accuracy_bits() > 60:
        nearby = to_float(t)({"x": float(x) * (1 + 1e-15) + 1e-16, "y": float(y) * (1 - 1e-15)})
        if math.isfinite(nearby) and abs(nearby - rough) < 1e-9 * abs(rough):
            assert abs(float(value.mid()) - rough) < 1e-5 * abs(rough)


@settings(max_examples=200, deadline=None)
@given(terms, small, small)
def test_exact_values_lie_in_the_enclosure(t: Term, x: Fraction, y: Fraction) -> None:
    point = {"x": x, "y": y}
    try:
        value = exact(t, point)
        if value is None:
            return
        with precision(80):
            box = compile_enclosure(t)({n: arb(_q(v)) for n, v in point.items()})
    except (Undefined, Unknown):
        return
    assert box.overlaps(arb(_q(value)))


def _q(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def test_names_known_to_be_nonnegative_are_clipped() -> None:
    root = term("sqrt(x) + x**q")
    with precision(64):
        box = {"x": arb(0).union(arb(1)), "q": Fraction(3, 2)}
        with pytest.raises(Unknown):
            compile_enclosure(root)(box)
        value = compile_enclosure(root, frozenset({"x"}))(box)
    assert value.contains(arb(2)) and value.contains(arb(0)) and value < 3

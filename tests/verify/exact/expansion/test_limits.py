"""Expansions against numbers: what the engine says of a limit is what certified values near the point show."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from verify.exact.series import boundary_behaviour, limit, limit_cases
from verify.language.evaluate import Undefined, Unknown, enclose
from verify.language.given import parse_given
from verify.language.parse import parse_formula
from verify.language.terms import INFINITY, ONE, ZERO, Term, num, substitute, sym
from verify.statement import Domain

X = sym("x")
PLACES = [(INFINITY, "+-"), (ZERO, "+"), (ONE, "-")]
FUNCTIONS = ["exp", "log", "sqrt", "abs", "asinh", "tanh", "atan", "cosh", "sin", "erf"]

leaves = st.sampled_from([X, X, X, num(1), num(2), num(-1), num(Fraction(1, 2))])
terms = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(lambda op, a, b: Term(op, a, b), st.sampled_from(["+", "-", "*", "/"]), inner, inner),
        st.builds(lambda a, e: Term("**", a, num(e)), inner, st.sampled_from([2, -1, Fraction(1, 2), Fraction(-3, 2)])),
        st.builds(lambda f, a: Term(f, a), st.sampled_from(FUNCTIONS), inner),
    ),
    max_leaves=5,
)


def near(f: Term, a: Term, side: str) -> list[arb]:
    """Balls of f at distances 10**-6, 10**-12, 10**-24 from the point; nothing where no value is found."""
    values = []
    for k in (6, 12, 24):
        t = Fraction(1, 10**k)
        x = num(1 / t) if a == INFINITY else Term("+", a, num(t if side == "+" else -t))
        try:
            values.append(enclose(substitute(f, {"x": x}), {}, 512))
        except Unknown:
            continue
    return values


@settings(max_examples=150, deadline=None, derandomize=True)
@given(terms, st.sampled_from(PLACES))
def test_values_near_the_point_agree_with_the_limit(f: Term, place: tuple[Term, str]) -> None:
    a, side = place
    for case in limit_cases(f, "x", a, side, Domain()):
        answer = case.answer
        if answer is None:
            continue
        try:
            values = near(f, a, side)
        except Undefined:
            assert answer.kind == "none"
            continue
        if answer.kind == "none":
            assert not (answer.reason.startswith("no value") and values)
        elif answer.kind == "finite" and len(values) > 1:
            goal = enclose(answer.value.term, {}, 512)
            first, last = abs(values[0] - goal), abs(values[-1] - goal)
            assert not (last > first) or not (last > 1e-3)
        elif len(values) > 1:
            turn = 1 if answer.kind == "oo" else -1
            assert not (turn * values[-1] < turn * values[0])


def test_the_comparison_with_numbers_sees_a_wrong_limit() -> None:
    f = parse_formula("sqrt(x**2 + x) - x == 0", ["x"]).args[0]
    wrong = abs(near(f, INFINITY, "+-")[-1] - enclose(num(1), {}))
    right = abs(near(f, INFINITY, "+-")[-1] - enclose(num(Fraction(1, 2)), {}))
    assert bool(wrong > 0.4) and bool(right < 1e-20)


@pytest.mark.parametrize("power", [Fraction(1, 2), Fraction(3), Fraction(-2, 3)])
def test_parameters_are_divided_into_cells(power: Fraction) -> None:
    found = limit(Term("**", X, sym("a")), "x", INFINITY, "+-", parse_given(["a real"]))
    assert {(str(h), str(v)) for (h,), v in found} == {("a > 0", "oo"), ("a == 0", "1"), ("a < 0", "0")}
    alone = limit(Term("**", X, num(power)), "x", INFINITY, "+-", Domain())
    assert [str(v) for _, v in alone] == ["oo" if power > 0 else "0"]


def test_the_dominant_term_at_the_boundary() -> None:
    f = parse_formula("x**(p-1)*log(1/x) == 0", ["x", "p"]).args[0]
    ((_, leading),) = boundary_behaviour(f, "x", ZERO, "+", parse_given(["0 < p < 1"]))
    assert leading is not None and leading.size == 1
    values = {"p": num(Fraction(1, 2))}
    t = Fraction(1, 10**6)
    ratio = enclose(substitute(f, values | {"x": num(t)}), {}) / enclose(substitute(leading.term(num(t)), values), {})
    assert bool(abs(ratio - 1) < mpmath.mpf(10) ** -20)


def test_a_cancellation_beyond_all_terms_is_left_open() -> None:
    hidden = parse_formula("((1/(1 - x) + exp(-1/x)) - (1 + x)/(1 - x**2))/exp(-1/x) == 0", ["x"]).args[0]
    plain = parse_formula("((1/(1 - x) + exp(-1/x)) - 1/(1 - x))/exp(-1/x) == 0", ["x"]).args[0]
    assert [v for _, v in limit(hidden, "x", ZERO, "+", Domain())] == [None]
    assert [v for _, v in limit(plain, "x", ZERO, "+", Domain())] == [ONE]


def test_a_summand_that_cancels_must_have_a_value_all_the_same() -> None:
    f = parse_formula("1 + sqrt(x - 1) - sqrt(x - 1) == 0", ["x"]).args[0]
    assert [v for _, v in limit(f, "x", ONE, "+", Domain())] == [ONE]
    ((_, value),) = limit(f, "x", ONE, "-", Domain())
    assert value is None

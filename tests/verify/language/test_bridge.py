"""Terms go to SymPy and come back with the same value, or are refused."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.limits import within
from verify.language.bridge import BridgeError, from_sympy, symbols_of, to_sympy
from verify.language.given import parse_given
from verify.language.parse import parse_formula, parse_term
from verify.language.terms import Term, num, sym

NAMES = ("x", "y", "lam", "n")
x, y = sympy.symbols("x y", real=True)
u = sympy.Symbol("u")

PRINTED = (
    (1 / x, "1/x"),
    (x**-2 * y, "y/x**2"),
    (sympy.sqrt(x), "sqrt(x)"),
    (1 / sympy.sqrt(x), "1/sqrt(x)"),
    (-x / 2, "-x/2"),
    (x - y, "x - y"),
    (x - 2 * y, "x - 2*y"),
    (-x - y, "-x - y"),
    (sympy.Rational(2, 3) * x / y, "2*x/(3*y)"),
    (sympy.exp(-x), "exp(-x)"),
    (sympy.E, "E"),
    (sympy.Abs(x) ** sympy.Rational(1, 3), "abs(x)**(1/3)"),
    (x**y, "x**y"),
    (sympy.sign(x) * sympy.Max(x, y), "sign(x)*Max(x, y)"),
    (sympy.asinh(x) + sympy.pi, "asinh(x) + pi"),
    (-sympy.oo, "-oo"),
    (sympy.cot(x), "cos(x)/sin(x)"),
    (sympy.erfc(x), "1 - erf(x)"),
    (sympy.Derivative(sympy.sin(x), (x, 2)), "diff(sin(x), x, 2)"),
    (sympy.Integral(x, (x, 0, y)), "integrate(x, (x, 0, y))"),
    (sympy.Integral(x * y, (x, 0, y), (y, 0, 1)), "integrate(integrate(x*y, (x, 0, y)), (y, 0, 1))"),
    (sympy.Sum(1 / u, (u, 1, sympy.oo)), "Sum(1/u, (u, 1, oo))"),
    (sympy.Limit(sympy.sin(u) / u, u, 0, "+-"), "limit(sin(u)/u, u, 0)"),
    (sympy.Limit(1 / u, u, 0, "-"), 'limit(1/u, u, 0, "-")'),
    (sympy.Eq(x, 1), "x == 1"),
    (sympy.Ne(x, 1), "x != 1"),
    (x <= y, "x <= y"),
    (sympy.And(x > 0, y > 0), "x > 0 and y > 0"),
    (sympy.true, "true"),
)

REFUSED = (
    sympy.Float("0.1") * x,
    sympy.Piecewise((x, x > 0), (0, True)),
    sympy.Integral(x, x),
    sympy.I * x,
    sympy.zoo,
    sympy.nan,
    sympy.Function("f")(x),
    sympy.LambertW(x),
    sympy.Symbol("lambda"),
    sympy.Symbol("x y"),
    sympy.Symbol("x") + sympy.Symbol("x", positive=True),
    "x",
    1.5,
)

Rule = Callable[[float, float], float]
ROUND: tuple[tuple[str, Rule], ...] = (
    ("x**2/(1 + x**2) - abs(y)**(3/2)", lambda s, t: s**2 / (1 + s**2) - abs(t) ** 1.5),
    ("spow(x, 3/2)*sign(y) + Min(x, y, 1)",
     lambda s, t: math.copysign(abs(s) ** 1.5, s) * math.copysign(1, t) + min(s, t, 1)),
    ("exp(-x**2/2)*erf(x) + atan(y)/cosh(x)",
     lambda s, t: math.exp(-(s**2) / 2) * math.erf(s) + math.atan(t) / math.cosh(s)),
    ("sqrt(x**2 + 1)/(2*sqrt(y**2 + 2)) - asinh(x/3)",
     lambda s, t: math.sqrt(s**2 + 1) / (2 * math.sqrt(t**2 + 2)) - math.asinh(s / 3)),
    ("-(x - y)**3 - 5/7*x*y + pi*E", lambda s, t: -((s - t) ** 3) - 5 / 7 * s * t + math.pi * math.e),
    ("log(x**2 + 1) + tanh(x)*sin(y)*cos(x*y)",
     lambda s, t: math.log(s**2 + 1) + math.tanh(s) * math.sin(t) * math.cos(s * t)),
    ("gamma(x**2 + 1) + acos(tanh(x)) + acosh(1 + x**2) + atanh(tanh(x)/2)",
     lambda s, t: math.gamma(s**2 + 1) + math.acos(math.tanh(s)) + math.acosh(1 + s**2) + math.atanh(math.tanh(s) / 2)),
)  # fmt: skip


@pytest.mark.parametrize(("expression", "text"), PRINTED, ids=lambda value: str(value))
def test_an_expression_prints_as_it_would_be_written(expression: sympy.Basic, text: str) -> None:
    assert str(from_sympy(expression)) == text


@pytest.mark.parametrize("expression", REFUSED, ids=str)
def test_what_has_no_term_is_refused(expression: object) -> None:
    with pytest.raises(BridgeError):
        from_sympy(expression)


@pytest.mark.parametrize(("text", "rule"), ROUND, ids=lambda value: value if isinstance(value, str) else "")
@pytest.mark.parametrize("point", [(0.7, 1.3), (-0.4, 2.5), (1.9, -0.8)])
def test_a_term_keeps_its_value_there_and_back(text: str, rule: Rule, point: tuple[float, float]) -> None:
    term = parse_term(text, NAMES)
    there = to_sympy(term)
    back = to_sympy(from_sympy(there))
    values = dict(zip((x, y), point, strict=True))
    for expression in (there, back):
        assert float(expression.subs(values).evalf(30)) == pytest.approx(rule(*point), rel=1e-12)
    assert there == back


@pytest.mark.parametrize(
    "text",
    [
        "integrate(x*y, (x, 0, y)) == 1/3",
        "Sum(1/n**2, (n, 1, oo)) < 2",
        'limit(x*y, x, 1, "+") >= diff(y**3, y, 2)',
        "implies(x > 0, not y == 1 or x < y)",
    ],
)
def test_formulas_and_binders_go_there_and_back(text: str) -> None:
    there = to_sympy(parse_formula(text, NAMES))
    assert to_sympy(from_sympy(there)) == there


def test_a_bound_name_is_not_the_free_one() -> None:
    term = parse_term("x*integrate(x, (x, 0, 1))", NAMES)
    domain = parse_given(["x > 0"])
    assert to_sympy(term, domain).doit() == sympy.Symbol("x", positive=True) / 2


def test_a_binder_that_would_capture_is_renamed() -> None:
    inner = sympy.Symbol("x")
    back = from_sympy(sympy.Integral(inner * x, (inner, 0, 1)))
    assert str(back) == "integrate(x_1*x, (x_1, 0, 1))"
    assert back.free == {"x"}


def test_symbols_know_only_what_the_domain_says() -> None:
    domain = parse_given(["n integer", "0 < x", "y >= 0", "lam >= 2"])
    symbols = symbols_of(parse_term("x + y + n + lam", NAMES), domain)
    assert symbols["x"].is_positive and symbols["lam"].is_positive and symbols["n"].is_integer
    assert symbols["y"].is_positive is None and symbols["n"].is_positive is None


@pytest.mark.parametrize(
    "text", ["10**10**10", "(1 + 1)**10**9", "(2*x)**10**9", "gamma(10**9)", "exp(10**9*log(2))", "2**(10**9/3)"]
)
def test_large_numbers_are_not_worked_out(text: str) -> None:
    with within(2), pytest.raises(BridgeError, match="too large"):
        to_sympy(parse_term(text, NAMES))


@pytest.mark.parametrize("text", ["convex(x**2, x)", "forall(y, y**2 >= x)"])
def test_predicates_and_quantifiers_stay_here(text: str) -> None:
    with pytest.raises(BridgeError):
        to_sympy(parse_formula(text, NAMES))


def test_what_sympy_cannot_build_is_refused() -> None:
    with pytest.raises(BridgeError, match="SymPy refuses"):
        to_sympy(parse_term("limit(x, x, x)", NAMES))


def test_nothing_unevaluated_is_worked_out_for_the_order_of_terms() -> None:
    term = parse_term("abs(expect(E, x)) - Product(tan(E), (x, expect(1, x), 1))", ())
    with within(2):
        assert from_sympy(to_sympy(term)).op in ("+", "-")


def test_a_derivative_by_what_is_not_there_is_zero() -> None:
    assert from_sympy(sympy.Derivative(sympy.Integer(2), x)) == num(0)


def test_numbers_cross_exactly() -> None:
    assert from_sympy(sympy.Rational(-3, 7)) == num(Fraction(-3, 7))
    assert to_sympy(num("1/10")) == sympy.Rational(1, 10) != sympy.Float(0.1)


def _value(term: Term, point: dict[str, Fraction]) -> Fraction | None:
    """The exact value of a rational term, None where it is undefined."""
    if term.is_number:
        return term.args[0]
    if term.op == "sym":
        return point[term.args[0]]
    parts = [_value(part, point) for part in term.args]
    if any(part is None for part in parts):
        return None
    if term.op == "neg":
        return -parts[0]
    if term.op == "**":
        return parts[0] ** int(parts[1]) if parts[0] or parts[1] > 0 else None
    if term.op == "/" and parts[1] == 0:
        return None
    return {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}[term.op](*parts)


_rational = st.recursive(
    st.one_of(st.fractions(-4, 4, max_denominator=4).map(num), st.sampled_from(("x", "y")).map(sym)),
    lambda inner: st.one_of(
        st.builds(Term, st.sampled_from(("+", "-", "*", "/")), inner, inner),
        st.builds(Term, st.just("neg"), inner),
        st.builds(Term, st.just("**"), inner, st.integers(-3, 3).map(num)),
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(_rational)
def test_a_rational_term_keeps_its_exact_values(term: Term) -> None:
    try:
        back = from_sympy(to_sympy(term))
    except BridgeError:  # SymPy made a complex infinity of a division by zero
        back = term
    for point in ({"x": Fraction(2, 3), "y": Fraction(-5)}, {"x": Fraction(-1), "y": Fraction(7, 2)}):
        value = _value(term, point)
        assert value is None or _value(back, point) == value

"""Tapes: what they hold, their derivatives, and what they enclose in balls and power series."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from flint import arb, arb_series
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from numerics.balls import precision
from numerics.flows.compiled import Multiprecision
from numerics.flows.expressions import tape_of
from numerics.flows.gradients import gradients
from numerics.flows.series import Boxes, MeetsSwitch, PowerSeries, jets, length
from numerics.flows.tape import Builder
from tests.numerics.flows.cases import x, y

third = sympy.Rational(1, 3)
FUNCTIONS = [
    sympy.exp(x), sympy.log(1 + x), sympy.sin(x), sympy.cos(x), sympy.tan(x), sympy.sinh(x), sympy.cosh(x),
    sympy.tanh(x), sympy.asin(x / 2), sympy.acos(x / 2), sympy.atan(x), sympy.asinh(-x), sympy.acosh(2 + x),
    sympy.atanh(x / 2), sympy.erf(x), x**-3, x**third, 1 / sympy.sqrt(x), sympy.Abs(x - 2) ** third,
    sympy.Max(x, 2 * x), sympy.Min(x, x * y) * sympy.sign(-x), sympy.E**2 * sympy.pi * x, x**sympy.sqrt(2), y**x,
]  # fmt: skip
POINT = {x: sympy.Rational(7, 10), y: sympy.Rational(3, 2)}


@pytest.mark.parametrize("e", FUNCTIONS, ids=str)
def test_a_tape_has_the_values_and_the_derivatives_of_its_expression(e: sympy.Expr) -> None:
    tape = tape_of({x: e, y: e * y - x})
    state = [mpf(7) / 10, mpf(3) / 2]
    with mp.workdps(30):
        state = [mpf(7) / 10, mpf(3) / 2]
        exact = [mpf(f.subs(POINT).evalf(30)) for f in (e, e * y - x)]
        assert tape.run(Multiprecision(), state) == pytest.approx(exact, rel=1e-25)
        slopes = [mp.diff(lambda a, b, k=k: tape.run(Multiprecision(), [a, b])[k], tuple(state), order)
                  for k in (0, 1) for order in ((1, 0), (0, 1))]  # fmt: skip
        assert gradients(tape).run(Multiprecision(), state) == pytest.approx(slopes, rel=1e-9, abs=1e-9)
        other = tape_of({x: e + x / 1000, y: e * y - x}).run(Multiprecision(), state)
        assert other != pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize("e", FUNCTIONS, ids=str)
def test_balls_and_series_contain_every_value(e: sympy.Expr) -> None:
    e = e.subs(y, sympy.Rational(3, 2))
    tape = tape_of({x: e})
    with mp.workdps(30), precision(100):
        ball = arb("0.7", "0.05")
        value = tape.run(Boxes(), [ball])[0]
        with length(5):
            series = tape.run(PowerSeries(), [arb_series([ball, 1])])[0]
        for k in range(5):
            at = mpf(7) / 10 + (k - 2) * mpf("0.0249")
            true = mp.taylor(lambda v: tape.run(Multiprecision(), [v])[0], at, 4)
            assert value.contains(arb(mp.nstr(true[0], 20)))
            assert all(series[j].overlaps(arb(mp.nstr(c, 15), 1e-9)) for j, c in enumerate(true))
            assert not value.contains(arb(mp.nstr(true[0], 20)) + 9)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(-20, 20), st.integers(1, 9), st.integers(0, 3))
def test_the_coefficients_of_a_solution_are_those_of_its_closed_form(a: int, b: int, width: int) -> None:
    tape = tape_of({x: -sympy.Rational(b, 3) * x**2})  # y(t) = y0/(1 + b y0 t/3)
    with precision(120):
        centre, r = arb(a) / 10, arb(width) / 20
        found = jets(tape, [centre + r * arb(0, 1)], 6)
        for point in (centre, centre + r, centre - r):
            ratio = -point * b / 3
            assert all(found[k][0].overlaps(point * ratio**k) for k in range(7))
            assert not found[2][0].overlaps(point * ratio**2 + 30 + 100 * r)


def test_a_switch_is_asked_for_its_sign() -> None:
    tape = tape_of({x: sympy.sign(x * y) + sympy.Abs(x), y: sympy.S.One})
    assert len(tape.switches) == 2  # a surface for each factor
    with pytest.raises(MeetsSwitch):
        tape.run(Boxes(), [arb(0, 1), arb(1)])
    hull = tape.run(Boxes(across=True), [arb(0, 1), arb(1)])[0]
    assert hull.contains(-1) and hull.contains(2) and not hull.contains(5)
    signs = dict(zip(tape.switches, (-1, 1), strict=True))
    assert tape.branch(signs).run(Boxes(), [arb(0, 1), arb(1)])[0].contains(-1)
    assert not tape.branch(signs).switches


def test_numbers_are_worked_out_exactly() -> None:
    build = Builder(1)
    v = build.variable(0)
    assert build.known(build.power(build.number(Fraction(2, 3)), Fraction(-2))) == Fraction(9, 4)
    assert build.multiply(build.number(1), v) == v
    assert build.known(build.sign(build.number(-3))) == -1
    assert build.add(v, build.number(0)) == v and build.add(v, build.number(1)) != v
    with pytest.raises(ZeroDivisionError):
        build.divide(v, build.number(0))

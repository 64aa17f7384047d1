"""Every engine behind ``trajectory`` gives the known solutions within its error, and they agree with each other."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from numerics.flows import ENGINES, NoProgress, Undetermined, compiled, trajectory
from numerics.flows.engines import exact
from tests.numerics.flows.cases import CLOSED, KNOWN, Closed, x, y
from theory.reparameterizations import DeepDiagonal

DIGITS = {"embedded": 15, "filippov": 15, "taylor": 40, "collocation": 18, "enclosed": 18}
needs_heyoka = pytest.mark.skipif(bool(compiled.missing()), reason=compiled.missing() or "heyoka is there")


def product_flow(target: sympy.Expr = sympy.S.One) -> dict[sympy.Symbol, sympy.Expr]:
    model = DeepDiagonal(3)
    return {w: -(model.product - target) * J for w, J in zip(model.weights, model.jacobian, strict=True)}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", CLOSED, ids=str)
def test_a_closed_form_lies_within_the_error(case: Closed, engine: str) -> None:
    smooth_alone = ("embedded", "collocation", *(["taylor"] if compiled.missing() else []))
    if "power" in case.name and engine in smooth_alone:
        with pytest.raises(ValueError, match="switches"):
            trajectory(case.flow, case.start, case.times, engine=engine)
        return
    path = trajectory(case.flow, case.start, case.times, engine=engine, digits=DIGITS[engine])
    with mp.workdps(60):
        true = [case.at(t) for t in case.times]
        assert all(
            abs(mpf(v) - w) <= mpf(e)
            for states, row, errors in zip(path.states, true, path.error, strict=True)
            for v, w, e in zip(states, row, errors, strict=True)
        )
        assert path.budget < 10.0 ** (8 - min(DIGITS[engine], 17))
        wrong = [case.at(t * (1 + Fraction(1, 10**7))) for t in case.times]
        assert not np.all(np.abs(path.states - np.array(wrong)) <= path.error)


def test_the_engines_agree_on_the_flow_of_the_theory() -> None:
    paths = [
        trajectory(product_flow(), ["0.1", "0.3", "0.2"], [1, 5], engine=e, digits=d) for e, d in DIGITS.items()
        if e in ENGINES
    ]  # fmt: skip
    other = trajectory(product_flow(1 + sympy.Rational(1, 10**6)), ["0.1", "0.3", "0.2"], [1, 5])
    with mp.workdps(60):
        for a in paths:
            for b in paths:
                assert np.all(np.abs(a.states - b.states) <= a.error + b.error), (a.method, b.method)
            assert not np.all(np.abs(a.states - other.states) <= a.error + other.error)


def test_constants_are_exact() -> None:
    path = trajectory({x: sympy.Rational(1, 3) * sympy.pi}, [0], [3], digits=60)
    assert path.method == ("Gauss collocation, 60 digits" if compiled.missing() else "Taylor series, 60 digits")
    with mp.workdps(70):
        assert abs(path.states[0][0] - mp.pi) < mpf(10) ** -60
    q = sympy.Symbol("q")
    by_parameter = trajectory({x: q * sympy.pi}, [0], [3], digits=60, parameters={q: Fraction(1, 3)})
    assert by_parameter.states[0][0] == path.states[0][0]


@pytest.mark.parametrize(
    ("flow", "start", "options", "says"),
    [
        ({x: 0.1 * x}, [1], {"digits": 30}, "not exact"),
        ({x: x}, [1], {"digits": 30, "parameters": {y: 0.1}}, "not exact"),
        ({x: x * y}, [1], {"digits": 30}, "no value is given for y"),
        ({x: sympy.gamma(x)}, [1], {"digits": 30}, "gamma is not integrated"),
        ({x: x}, [1, 2], {}, "2 starting values for 1"),
        ({x: x}, [1], {"engine": "euler"}, "no engine euler"),
        ({x: -sympy.sign(x)}, [1], {"engine": "embedded"}, "switches"),
        ({x: -sympy.sign(x)}, [1], {"engine": "collocation"}, "switches"),
    ],
)
def test_what_is_not_read_is_refused(flow: dict, start: list, options: dict, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        trajectory(flow, start, [1], **options)
    with pytest.raises(ValueError, match="increase"):
        trajectory({x: x}, [1], [2, 1])


@pytest.mark.parametrize("engine", ["embedded", "taylor", "collocation"])
def test_a_blow_up_is_told(engine: str) -> None:
    assert trajectory({x: x**2}, [1], ["0.9"], engine=engine).states[0][0] == pytest.approx(10)
    with pytest.raises((NoProgress, Undetermined)):
        trajectory({x: x**2}, [1], [2], engine=engine)


@needs_heyoka
@pytest.mark.parametrize("case", KNOWN, ids=str)
def test_many_digits_cross_a_switch_and_refuse_to_slide(case) -> None:
    if case.slides:
        with pytest.raises(Undetermined, match=r"slides|start lies"):
            trajectory(case.flow, case.start, [exact(case.duration)], digits=30)
        return
    path = trajectory(case.flow, case.start, [exact(case.duration)], digits=30)
    assert all(abs(a - mpf(b)) <= e for a, b, e in zip(path.states[0], case.end, path.error[0], strict=True))
    assert path.budget < 1e-30


@needs_heyoka
@settings(max_examples=4, deadline=None, derandomize=True)
@given(st.integers(-9, 9), st.integers(1, 9), st.integers(-9, 9))
def test_affine_flows_meet_their_exponentials(a: int, b: int, c: int) -> None:
    rate, start = Fraction(a, 5), Fraction(c, 7)
    path = trajectory({x: sympy.Rational(a, 5) * x + b}, [start], [2], digits=40)
    with mp.workdps(60):
        r, s = mpf(a) / 5, mpf(c) / 7
        true = s * mp.exp(2 * r) + (b * mp.expm1(2 * r) / r if rate else mpf(2 * b))
        assert abs(path.states[0][0] - true) <= path.error[0][0]


@needs_heyoka
def test_a_start_near_zero_keeps_its_relative_accuracy() -> None:
    flow = {x: -(x * y - 1) * y, y: -(x * y - 1) * x}
    path = trajectory(flow, ["1e-60", "3e-60"], [10, 170], digits=50)
    balanced = trajectory(flow, ["2e-60", "2e-60"], [10], digits=50)
    with mp.workdps(140):
        early, late = path.states
        assert abs(early[0] / (2 * mp.exp(10) - mp.exp(-10)) * mpf(10) ** 60 - 1) < mpf(10) ** -50  # the linear flow
        assert abs(balanced.states[0][0] / (2 * mp.exp(10)) * mpf(10) ** 60 - 1) < mpf(10) ** -50
        assert abs(late[0] * late[1] - 1) < mpf(10) ** -27
        assert all(e < mpf(10) ** -50 * v for e, v in zip(path.error[0], early, strict=True))
        assert abs(early[0] - balanced.states[0][0]) > mpf(10) ** -100


def test_without_heyoka_collocation_takes_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "missing", lambda: "heyoka is not installed (pip install 'mirrorproof[precise]')")
    with pytest.warns(UserWarning, match=r"pip install 'mirrorproof\[precise\]'"):
        path = trajectory({x: -x}, [1], [1], digits=20)
    assert path.method.startswith("Gauss collocation")
    with mp.workdps(30):
        assert abs(path.states[0][0] - mp.exp(-1)) <= path.error[0][0] < mpf(10) ** -15

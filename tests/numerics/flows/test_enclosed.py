"""Enclosed flows: every solution lies in the tube, and no step that is not certain is believed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
import sympy
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from numerics.balls import precision
from numerics.flows import NotEnclosed, Tube, enclose
from numerics.flows.enclosed import Step, check
from numerics.flows.expressions import tape_of
from numerics.flows.sets import Carried
from numerics.flows.steps import Field, Refused
from tests.numerics.flows.cases import CLOSED, KNOWN, Closed, Known, x, y

LOGISTIC = {x: x * (1 - x)}
ROTATION = {x: y, y: -x}
BALANCE = {x: -(x * y - 1) * y, y: -(x * y - 1) * x}
PREDATORS = {x: x * (2 - y), y: y * (x - 1)}


def holds(box: list[arb], point: list) -> bool:
    """Whether a box contains a point of mpmath numbers."""
    with mp.workdps(60), precision(250):
        return all(b.contains(arb(mp.nstr(v, 45))) for b, v in zip(box, point, strict=True))


@pytest.mark.parametrize("case", CLOSED, ids=str)
def test_a_closed_form_lies_in_the_tube(case: Closed) -> None:
    tube = enclose(case.flow, case.start, 2, digits=18)
    check(tube, case.start)
    assert not tube.reason
    for time in (*case.times, Fraction(1, 3), Fraction(2)):
        box = tube.at(time)
        with mp.workdps(60):
            assert holds(box, case.at(time))
            assert not holds(box, case.at(time + Fraction(1, 10**9)))
        assert all(b.rad() < 1e-13 for b in box)


@pytest.mark.parametrize("start", [(Fraction(1, 10), Fraction(11, 100)), (Fraction(3, 2), Fraction(8, 5))])
def test_every_solution_from_an_interval_lies_in_the_tube(start: tuple[Fraction, Fraction]) -> None:
    tube = enclose(LOGISTIC, [start], 3)
    with mp.workdps(50):
        for time in (Fraction(1, 2), Fraction(3)):
            ends = []
            for part in range(5):
                s = start[0] + (start[1] - start[0]) * Fraction(part, 4)
                begin = mpf(s.numerator) / s.denominator
                grown = begin * mp.exp(mpf(time.numerator) / time.denominator)
                ends.append(grown / (1 - begin + grown))
                assert holds(tube.at(time), [ends[-1]])
            true = max(ends) - min(ends)
            assert true / 2 <= float(tube.at(time)[0].rad()) < 3 * true  # and it is not much wider than it must be


def test_a_first_integral_is_met_along_the_tube() -> None:
    start = ["3/2", "1"]
    tube = enclose(PREDATORS, start, 6, digits=20)

    def integral(a: arb, b: arb) -> arb:
        return a - a.log() + b - 2 * b.log()

    with precision(120):
        kept = integral(arb("1.5"), arb(1))
        assert all(integral(*tube.at(Fraction(k, 3))).overlaps(kept) for k in range(19))
        assert all(integral(*tube.at(Fraction(k, 3))).rad() < 1e-13 for k in range(19))
        assert not integral(*enclose(PREDATORS | {y: y * (x - Fraction(101, 100))}, start, 6).at(6)).overlaps(kept)


def test_a_turning_set_is_not_wrapped() -> None:
    ball = [("0.99", "1.01"), ("-0.01", "0.01")]
    tube = enclose(ROTATION, ball, 20)
    width = max(float(v.rad()) for v in tube.at(20))
    assert width < 0.0142  # a square of side 0.02, turned
    boxed: list = ball
    for _ in range(20):
        boxed = enclose(ROTATION, boxed, 1).at(1)
    assert max(float(v.rad()) for v in boxed) > 10 * width


# ---- what is not certain ---------------------------------------------------------------------------------------
def narrowed(box: list[arb]) -> list[arb]:
    return [arb(v.mid(), v.rad() / 2) for v in box]


def changed(tube: Tube, k: int, **fields: object) -> Tube:
    steps = list(tube.steps)
    steps[k] = replace(steps[k], **fields)  # type: ignore[arg-type]
    return replace(tube, steps=tuple(steps))


def shrunk(s: Carried) -> Carried:
    return replace(s, r=[v / 2 for v in s.r])


MUTANTS = {
    "a narrower a-priori box": lambda t: changed(t, 1, box=narrowed(t.steps[1].box)),
    "a narrower set after a step": lambda t: changed(t, 2, start=shrunk(t.steps[2].start)),
    "a narrower end": lambda t: replace(t, end=shrunk(t.end)),
    "a remainder left out": lambda t: changed(t, 1, start=replace(t.steps[1].start, r=[arb(0), arb(0)])),
    "fewer starts": lambda t: replace(t, end=replace(t.end, r0=narrowed(t.end.r0))),
    "a longer step": lambda t: changed(t, len(t.steps) - 1, h=2 * t.steps[-1].h),
    "a step left out": lambda t: replace(t, steps=t.steps[:1] + t.steps[2:]),
    "a step that goes nowhere": lambda t: replace(t, steps=(*t.steps, Step(t.reached, Fraction(0), t.end, t.end.box))),
    "another time": lambda t: replace(t, reached=t.reached + 1),
    "another flow": lambda t: replace(t, field=Field.of(tape_of(BALANCE | {x: -(x * y - 2) * y}), t.field.order)),
    "the derivatives of another flow": lambda t: replace(t, field=replace(
        Field.of(tape_of(BALANCE | {x: -(x * y - 2) * y}), t.field.order), slopes=t.field.slopes)),
    "a frame that is not exact": lambda t: changed(t, 1, start=replace(
        t.steps[1].start, c=t.steps[1].start.c * arb(1, 1e-3))),
}  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_tube_that_claims_too_much_is_refused(mutant: str) -> None:
    start = [("1.499", "1.501"), "1/10"]
    tube = enclose(BALANCE, start, 1)
    check(tube, start)
    with pytest.raises((Refused, ArithmeticError)):
        check(MUTANTS[mutant](tube), start)
    with pytest.raises(Refused, match="starts"):
        check(tube, [("1.4", "1.501"), "1/10"])


@pytest.mark.parametrize(
    ("flow", "start", "latest"),
    [
        ({x: x**2}, ["1"], Fraction(1)),
        ({x: -1 / x}, ["1/2"], Fraction(1, 8)),
        ({x: sympy.sqrt(x)}, [0], Fraction(0)),  # more than one solution
        ({x: sympy.sign(x)}, [0], Fraction(0)),
        ({x: x}, [("-1/10", "1/10")], None),
    ],
)
def test_the_tube_ends_before_the_solutions_do(flow: dict, start: list, latest: Fraction | None) -> None:
    tube = enclose(flow, start, 2)
    check(tube, start)
    if latest is None:
        assert tube.reached == 2
        return
    assert tube.reason
    assert latest * Fraction(9, 10) <= tube.reached < latest or tube.reached == latest == 0
    with pytest.raises(NotEnclosed, match="up to time"):
        tube.at(latest + Fraction(1, 1000))


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="2 starting values for 1"):
        enclose({x: x}, [1, 2], 1)
    with pytest.raises(ValueError, match="empty"):
        enclose({x: x}, [("1", "0")], 1)
    with pytest.raises(NotEnclosed):
        enclose({x: x}, [1], 1).at(-1)


# ---- switches --------------------------------------------------------------------------------------------------
ENDS_EARLY = {
    "sliding ends where a velocity turns": 1, "the saddle may be left": 0, "the saddle may be kept": 0,
    "two surfaces are held at once": 1,
}  # fmt: skip


@pytest.mark.parametrize("case", KNOWN, ids=str)
def test_switches_are_passed_and_slid_along_where_that_is_certain(case: Known) -> None:
    tube = enclose(case.flow, case.start, Fraction(case.duration))
    check(tube, case.start)
    if str(case) in ENDS_EARLY:
        assert tube.reason and abs(tube.reached - ENDS_EARLY[str(case)]) < 1e-12
        return
    end = tube.at(Fraction(case.duration))
    assert all((b - v).abs_upper() < 1e-12 for b, v in zip(end, case.end, strict=True))
    at_once = [t for t in tube.crossings if t == 0]  # a start on a surface is an event too
    assert len(tube.crossings) - len(at_once) + len(tube.arrivals) == len(case.events)
    assert bool(tube.arrivals) is case.slides


def test_sliding_that_is_not_certain_is_refused() -> None:
    flow, start = {x: 1 - 2 * sympy.sign(x), y: 1 - sympy.sign(x) / 2}, [1, 0]
    tube = enclose(flow, start, 3)
    check(tube, start)
    assert holds(tube.at(2), [mpf(0), mpf(5) / 4])  # the convex combination of the speeds 3/2 and 1/2
    arrival = next(k for k, s in enumerate(tube.steps) if s.switch >= 0)
    step = tube.steps[arrival]
    for number, mutant in ((arrival, {"h": step.h / 2**20}), (arrival, {"slides": -1}), (arrival + 1, {"slides": -1}),
                           (arrival - 1, {"slides": 0}), (arrival, {"box": narrowed(step.box)}),
                           (arrival + 1, {"switch": 0})):  # fmt: skip
        with pytest.raises(ArithmeticError):
            check(changed(tube, number, **mutant), start)
    pushed = Field.of(tape_of({x: 1 + 2 * sympy.sign(x), y: flow[y]}), tube.field.order)
    with pytest.raises(ArithmeticError):
        check(replace(tube, field=pushed), start)
    repelled = enclose({x: sympy.sign(x), y: sympy.S.One}, [0, 0], 1)
    assert repelled.reached == 0 and "slide" in repelled.reason


def test_a_ball_of_starts_passes_a_switch_as_a_whole() -> None:
    flow = {x: 2 + sympy.sign(x), y: 1 - sympy.sign(x) / 2}
    tube = enclose(flow, [("-1.01", "-1"), 0], 3)
    check(tube, [("-1.01", "-1"), 0])
    for part in range(5):
        passing = 1 + mpf(part) / 400  # the time at which the surface is met, at speed 1; then the speed is 3
        assert holds(tube.at(3), [3 * (3 - passing), 1.5 * passing + (3 - passing) / 2])
    assert float(tube.at(3)[0].rad()) < 0.1
    number = next(k for k, s in enumerate(tube.steps) if s.switch >= 0)
    step = tube.steps[number]
    for mutant in ({"box": narrowed(step.box)}, {"h": step.h / 64}, {"switch": -1}):
        with pytest.raises(ArithmeticError):
            check(changed(tube, number, **mutant), [("-1.01", "-1"), 0])


# ---- against mpmath --------------------------------------------------------------------------------------------
small = st.integers(-2, 2)


@settings(max_examples=6, deadline=None, derandomize=True)
@given(st.lists(small, min_size=6, max_size=6), st.integers(-5, 5), st.integers(-5, 5))
def test_quadratic_flows_of_any_kind_agree_with_mpmath(c: list[int], a: int, b: int) -> None:
    flow = {x: c[0] + c[1] * y + c[2] * x * y, y: c[3] + c[4] * x * sympy.cos(y) + c[5] * x**2 / 2}
    begin = [Fraction(a, 5), Fraction(b, 5)]
    radius = Fraction(1, 200)
    tube = enclose(flow, [(v - radius, v + radius) for v in begin], Fraction(1, 4))
    check(tube, begin)
    rhs = sympy.lambdify([(x, y)], list(flow.values()), modules="mpmath")
    for sides in ((-1, 1), (1, 1)):
        corner = [v + s * radius for v, s in zip(begin, sides, strict=True)]
        solution = mp.odefun(lambda t, v: rhs(v), 0, [mpf(v.numerator) / v.denominator for v in corner])
        assert holds(tube.at(Fraction(1, 4)), solution(mpf(1) / 4))

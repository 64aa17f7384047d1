"""Enclosures contain all values, and say where a function is, may be, or is not defined."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from numerics import balls
from numerics.balls import UNARY, MaybeOutside, OutsideDomain


def box(low: int | str, high: int | str) -> arb:
    return _ball(low).union(_ball(high))


def _ball(value: int | str) -> arb:
    if isinstance(value, int):
        return arb(value)
    top, _, bottom = value.partition("/")
    return arb(fmpq(int(top), int(bottom or 1)))


OUTSIDE: list[tuple[Callable[[arb], arb], arb]] = [
    (balls.square_root, box(-3, -1)),
    (balls.logarithm, arb(0)),
    (balls.logarithm, box(-3, -1)),
    (balls.arc_sine, box(2, 3)),
    (balls.area_cosine, box(-1, "1/2")),
    (balls.area_tangent, arb(1)),
    (balls.gamma, arb(-2)),
    (lambda a: balls.power(a, _ball("1/3")), box(-3, -1)),
    (lambda a: balls.power(a, arb(-1) / 3), arb(0)),
    (lambda a: balls.divide(arb(1), a), arb(0)),
]
STRADDLING: list[tuple[Callable[[arb], arb], arb]] = [
    (balls.square_root, box(-1, 1)),
    (balls.logarithm, box(-1, 1)),
    (balls.arc_cosine, box(0, 2)),
    (balls.area_tangent, box(0, 2)),
    (balls.gamma, box("-1/2", "1/2")),
    (balls.tangent, box(1, 2)),
    (lambda a: balls.power(a, _ball("1/3")), box(-1, 1)),
    (lambda a: balls.power_integer(a, 0), box(-1, 1)),
    (lambda a: balls.power_integer(a, 0), arb(0)),
    (lambda a: balls.power(arb(-2), a), box(1, 2)),
    (lambda a: balls.signed_power(a, arb(-1)), box(-1, 1)),
    (lambda a: balls.divide(arb(1), a), box(-1, 1)),
]


@pytest.mark.parametrize(("f", "a"), OUTSIDE)
def test_certainly_outside(f: Callable[[arb], arb], a: arb) -> None:
    with pytest.raises(OutsideDomain):
        f(a)


@pytest.mark.parametrize(("f", "a"), STRADDLING)
def test_perhaps_outside(f: Callable[[arb], arb], a: arb) -> None:
    with pytest.raises(MaybeOutside):
        f(a)


def test_monotone_functions_are_tight_on_wide_balls() -> None:
    assert balls.exponential(box(0, 10)) > -1e-4
    assert balls.power_integer(box(-1, 2), 2) < 4.1 and balls.power_integer(box(-1, 2), 2) > -1e-6
    assert balls.hyperbolic_cosine(box(-3, 2)) > 0.99
    assert balls.power(box(2, 4), box(-1, 2)) > 0.24 and balls.power(box(2, 4), box(-1, 2)) < 16.1
    assert balls.signed_power(box(-1, 2), _ball("1/2")) > -1.1
    assert not box(-1, 2) * box(-1, 2) > -1e-6  # ball arithmetic alone is loose


def test_nonnegative_arguments_are_clipped() -> None:
    a = arb(0, 1)
    assert balls.square_root(a, nonnegative=True).contains(0)
    assert balls.power(a, _ball("3/2"), nonnegative=True).contains(1)
    with pytest.raises(MaybeOutside):
        balls.square_root(a)


def test_comparisons_have_three_answers() -> None:
    assert balls.less(arb(1), arb(2)) is True
    assert balls.less(arb(2), arb(1)) is False
    assert balls.less(arb(0, 1), arb(0, 1)) is None
    assert balls.less_equal(arb(2), arb(2)) is True
    assert balls.equal(arb(2), arb(2)) is True
    assert balls.equal(arb(2), arb(3)) is False
    assert balls.equal(arb(2).sqrt() ** 2, arb(2)) is None


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(UNARY)), st.floats(-6, 6), st.floats(0, 4), st.floats(0, 1))
def test_the_ball_contains_the_value_at_each_point(name: str, low: float, width: float, share: float) -> None:
    a, x = arb(low).union(arb(low + width)), min(low + share * width, low + width)
    try:
        over = UNARY[name](a)
    except MaybeOutside:
        return
    except OutsideDomain:
        with pytest.raises((OutsideDomain, MaybeOutside)):
            UNARY[name](arb(x))
        return
    assert not math.isnan(float(over.mid()))
    assert over.overlaps(UNARY[name](arb(x)))


@settings(max_examples=300, deadline=None)
@given(st.floats(-3, 3), st.floats(0, 3), st.floats(-3, 3), st.floats(0, 3), st.floats(0, 1), st.floats(0, 1))
def test_powers_contain_their_values(a: float, da: float, e: float, de: float, s: float, t: float) -> None:
    base, exponent = arb(a).union(arb(a + da)), arb(e).union(arb(e + de))
    for f in (balls.power, balls.signed_power):
        try:
            over = f(base, exponent)
            value = f(arb(min(a + s * da, a + da)), arb(min(e + t * de, e + de)))
        except (OutsideDomain, MaybeOutside):
            continue
        assert over.overlaps(value)

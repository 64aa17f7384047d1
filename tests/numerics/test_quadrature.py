"""Integrals of balls: what the flag for analytic functions protects from, and Gaussian means with their tails."""

from __future__ import annotations

import pytest
from flint import acb, arb

from numerics.balls import precision
from numerics.quadrature import NoEnclosure, gaussian_mean, gaussian_tail, holomorphic, integral, power


def test_roots_need_the_flag() -> None:
    def careless(z: acb, flag: bool) -> acb:
        return (z * z).sqrt()

    def careful(z: acb, flag: bool) -> acb:
        return holomorphic["sqrt"](z * z, flag)

    assert integral(careful, arb(-1), arb(1)).overlaps(arb(1))
    assert not integral(careless, arb(-1), arb(1)).contains(1)


@pytest.mark.parametrize(
    ("name", "low", "high", "value"),
    [
        ("sqrt", "0", "1", "0.66666666666666666667"),
        ("abs", "-1", "2", "2.5"),
        ("sign", "-1", "3", "2"),
        ("log", "1", "2", "0.38629436111989061883"),
        ("asin", "0", "1", "0.57079632679489661923"),
        ("acos", "-1", "1", "3.1415926535897932385"),
        ("atan", "0", "1", "0.43882457311747565"),
        ("asinh", "0", "1", "0.467160024646448"),
        ("acosh", "1", "2", "0.901864986280756"),
        ("atanh", "0", "0.5", "0.1308120359411"),
        ("tanh", "0", "1", "0.4337808304830"),
    ],
)
def test_functions(name: str, low: str, high: str, value: str) -> None:
    with precision(128):
        ball = integral(holomorphic[name], arb(low), arb(high))
    assert abs(ball - arb(value)) < 1e-9
    assert ball.rad() < 1e-12


def test_powers_may_vanish_at_an_end() -> None:
    for exponent in ("0.25", "1.5", "0.01"):
        root = acb(exponent)
        with precision(128):
            ball = integral(lambda z, flag, e=root: power(z, e, flag), arb(0), arb(1))  # type: ignore[misc]
        assert ball.overlaps(1 / (1 + arb(exponent))) and ball.rad() < 1e-9


def test_poles_and_complex_values_are_refused() -> None:
    with pytest.raises(NoEnclosure):
        integral(lambda z, flag: 1 / z, arb(-1), arb(1))
    with pytest.raises(NoEnclosure):
        integral(holomorphic["sqrt"], arb(-2), arb(-1))
    with pytest.raises(NoEnclosure):
        integral(lambda z, flag: (-z).exp(), arb(0), arb("inf"))


def test_gaussian_means() -> None:
    with precision(128):
        second = gaussian_mean(lambda z, flag: z * z, arb(2), arb(1))
        growing = gaussian_mean(lambda z, flag: (3 * z).exp(), arb(1), arb(3))
    assert second.overlaps(arb(1)) and second.rad() < 1e-15
    assert growing.overlaps((arb(9) / 2).exp())
    assert not growing.overlaps(arb(4).exp())


def test_the_tail_bounds_what_is_left_out() -> None:
    assert gaussian_tail(arb(1), arb(0), arb(1)).overlaps(1 - (1 / arb(2).sqrt()).erf())
    assert gaussian_tail(arb(1), arb(2), arb(10)) < 1e-10

"""One weight far out: closed forms, independent quadrature, and rates that do not fit."""

from __future__ import annotations

import math

import flint
import pytest
import sympy
from mpmath import mp

from numerics.experiments.mf_rates import budget
from numerics.networks.gaps import crossings
from numerics.networks.one_weight import BetweenPotential, OneWeight, compiled, equal_weights, x
from numerics.networks.potentials import expression
from theory.potentials import MirrorPotential
from theory.rates import z as Z


def weight(name: str, layers: int) -> OneWeight:
    return OneWeight(MirrorPotential(expression(name, sympy.Integer(1)), x), layers)


def test_gradient_flow_of_a_line_is_known_at_every_distance() -> None:
    """theta' = e^-theta from 1: t = e^theta - e."""
    flow = weight("square", 1)
    for z in (2, 30, 500, 10**6):
        with flint.ctx.workprec(160):
            exact = z + (1 - flint.arb(1 - z).exp()).log()
            found = flow.log_time(z)
            assert found.overlaps(exact) and found.rad() < 1e-20
            assert not (found + 1e-15).overlaps(exact), "a shift by 1e-15 is seen"


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("name", ["entropy", "smoothed-3", "smoothed-5/2"])
def test_the_ball_holds_an_independent_quadrature(name: str, layers: int) -> None:
    flow = weight(name, layers)
    R = expression(name, sympy.Integer(1))
    second = sympy.lambdify(x, sympy.diff(R, x, 2).subs(sympy.DiracDelta(x), 0).subs(sympy.sign(x), 1), "mpmath")
    with mp.workdps(40):
        # dt = R'' e^(theta^L)/(L theta^(L-1)) dtheta, straight from the flow
        ends = [1, *(mp.mpf(k) ** (mp.mpf(1) / layers) for k in (5, 15, 20, 22, 24))]
        exact = mp.log(mp.quad(lambda w: second(w) * mp.exp(w**layers) / (layers * w ** (layers - 1)), ends))
    assert float(flow.log_time(24)) == pytest.approx(float(exact), abs=1e-14)


@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("name", ["square", "entropy", "between", "smoothed-3"])
def test_the_observed_power_is_the_derived_one_and_no_other(name: str, layers: int) -> None:
    between = OneWeight(BetweenPotential(sympy.Rational(3, 2), sympy.Integer(1)), layers)
    flow = between if name == "between" else weight(name, layers)
    low, high = 10**5, 10**6
    first, last = float(flow.log_time(low)), float(flow.log_time(high))
    observed = ((high - last) - (low - first)) / math.log(last / first)
    _, e = flow.order
    assert e == 2 - flow.alpha / layers, "Theorem 4.6"
    assert abs(observed - float(e)) <= budget(flow, low, high) < 0.02
    for wrong in (2, 2 - flow.alpha, 1 - flow.alpha / layers):
        if wrong != e:
            assert abs(observed - float(wrong)) > budget(flow, low, high)


def test_equal_weights_are_one_weight_of_a_larger_smoothing() -> None:
    """n = 3, lam = 1/4: t = integral of n e^(n r)/(n sqrt(r^2 + lam)) dr."""
    with mp.workdps(30):
        exact = mp.log(mp.quad(lambda r: mp.exp(3 * r) / mp.sqrt(r**2 + mp.mpf(1) / 4), [0, 1, 2, 3, 4]))
    flow = equal_weights(3, sympy.Rational(1, 4))
    assert float(flow.log_time(12)) == pytest.approx(float(exact), abs=1e-14)
    assert float(flow.log_time(10**4)) > 9000


def test_what_cannot_be_enclosed_is_refused() -> None:
    with pytest.raises(ValueError, match="rational powers"):
        compiled(sympy.exp(Z))
    with pytest.raises(ValueError, match="above the start"):
        weight("square", 1).log_time(1)
    with pytest.raises(ValueError, match="alpha"):
        BetweenPotential(sympy.Integer(3), sympy.Integer(1))


def test_the_potential_with_gaps_outruns_its_rate() -> None:
    found = crossings(12)
    for at in found:
        assert at.log_t - at.z < -at.n + 1, "the loss times t is below e^(1 - n)"
        assert at.log_d - 2 * at.z.log() > -8 - flint.arb(2).log(), "the conjugate keeps its degree"
    with mp.workdps(30):
        floor = mp.exp(-2)

        def k(w):
            return 1 if w < 7 else max(floor, min(1, 8 - w))

        def log_d(w):
            corners = [c for c in (7, 8 - floor) if c < w]
            return mp.quad(lambda v: 2 * k(v) / v, [1, *corners, w]) - mp.log(2)

        def slope(w):
            return 2 * k(w) * mp.exp(log_d(w)) / w**2 * mp.exp(w)

        with mp.workdps(12):
            exact = mp.log(mp.quad(slope, [1, 7, 8 - floor, 10 + floor], maxdegree=4))
    assert float(found[0].log_t) == pytest.approx(float(exact), abs=1e-6)

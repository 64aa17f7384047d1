"""Monomials, spirals, clocks, kinks, angles and radial factors, and that wrong ones are refused."""

from __future__ import annotations

import pytest
import sympy

from tests.theory.mirror_flow_cases import CUBIC, ENTROPY, lam, x
from theory.angle import Angle
from theory.clock import Clock
from theory.derivation import Unchecked
from theory.followed_curve import FollowedCurve, h, m
from theory.kink import Kink
from theory.lagging_weight import LaggingWeight
from theory.margins import LayerwiseQMargin
from theory.monomial import Monomial
from theory.potentials import MirrorPotential
from theory.radial_factor import RadialFactor
from theory.radial_factor import x as radius
from theory.rates import LogarithmicIntegral
from theory.spiral import Spiral, phi, s

a, b = sympy.symbols("a b", positive=True)
ROOT = sympy.sqrt(lam)

# potential, exponents, limit of x1/x2
MONOMIALS = [
    ("half the square", x**2 / 2, (a, b), sympy.sqrt(a) / sympy.sqrt(b)),
    ("entropy", ENTROPY, (a, b), a / b),
    ("smoothed cube", CUBIC, (sympy.Integer(8), sympy.Integer(1), sympy.Integer(3)), sympy.Integer(2)),
]


@pytest.mark.parametrize("name, potential, exponents, ratio", MONOMIALS, ids=lambda v: v if isinstance(v, str) else "")
def test_monomials_keep_their_balances(name: str, potential: sympy.Expr, exponents: tuple, ratio: sympy.Expr) -> None:
    found = Monomial(exponents)
    steps = found.derivation(MirrorPotential(potential, x)).steps
    assert next(t.after for t in steps if t.before == "lim x1/x2") == ratio
    assert found.degree == sympy.Add(*exponents)


def test_a_balance_needs_two_weights_and_a_common_multiplier() -> None:
    with pytest.raises(ValueError):
        Monomial([a])
    found = Monomial([sympy.Integer(1), sympy.Integer(2)])
    assert found.multiplier(sympy.Integer(1)) == 3 * sympy.Symbol("s", positive=True) ** 2
    assert found.multiplier(sympy.Integer(1)) != found.multiplier(sympy.Integer(4))


class Straight(Spiral):
    """Another curve, which the flow leaves."""

    @property
    def curve(self) -> sympy.Expr:
        return 1 / s + 1


def test_the_spiral_is_kept_and_another_curve_is_not() -> None:
    assert Spiral().drift == 0
    assert sympy.limit(Spiral().across, s, 0, "+") == 0
    at = {s: sympy.Rational(1, 3), phi: 3}
    assert abs(sympy.diff(Spiral().height, s).subs(at).evalf() - Spiral().across.subs(at).evalf()) < 1e-12
    with pytest.raises(Unchecked):
        _ = Straight().drift


class Tilted(FollowedCurve):
    """Slopes that are not along the dual velocity, so that Euler's identity fails."""

    @property
    def pairing(self) -> sympy.Expr:
        return 2 * super().pairing


def test_a_curve_is_followed_by_a_function_of_its_degree() -> None:
    found = FollowedCurve()
    at = dict(zip((*found.sigma, *found.dual), (sympy.Rational(k, 6) for k in (1, 2, 3, 5, 4, 1)), strict=True))
    assert sum(x.subs(at) * g.subs(at) for x, g in zip(found.sigma, found.across, strict=True)) == 0
    assert found.far.subs({h: 0, m: 0}) == 1 != found.far.subs({h: 1, m: 0})
    with pytest.raises(Unchecked):
        _ = Tilted().across


def test_a_lagging_weight_has_the_greatest_slope_at_times() -> None:
    assert LaggingWeight(sympy.Rational(9, 10)).greatest_slope > 1
    assert LaggingWeight(sympy.Rational(7, 10)).greatest_slope < 1
    assert len(LaggingWeight(a).derivation().steps) == 3


def test_clocks_are_differentiated_back() -> None:
    entropy = MirrorPotential(ENTROPY, x)
    assert Clock(entropy, -sympy.asinh(ROOT / x) / ROOT).rate == sympy.Symbol("g", positive=True)
    assert Clock(MirrorPotential(x**2 / 2, x), sympy.log(x)).rate == sympy.Symbol("g", positive=True)
    for wrong in (sympy.asinh(ROOT / x) / ROOT, -sympy.asinh(ROOT / x)):
        with pytest.raises(Unchecked):
            _ = Clock(entropy, wrong).rate


def test_kinks_have_their_hull_and_the_degree_one() -> None:
    for slopes in ((-1, 1), (0, 1), (sympy.Rational(1, 10), 1)):
        kink = Kink(*map(sympy.sympify, slopes))
        assert kink.subdifferential == slopes and kink.euler_gap == 0
    with pytest.raises(Unchecked):
        _ = Kink(sympy.Integer(1), sympy.Integer(0)).subdifferential


def test_the_angle_by_numbers() -> None:
    angle = Angle()
    values = {"u": 3, "m": 2, "v": 8, "D": 5, "alpha": 2, "L": 1}
    at = {sympy.Symbol(name, positive=True): value for name, value in values.items()}
    assert angle.cosine.subs(at) == sympy.Rational(3, 4)
    assert angle.excess.subs(at) == sympy.Rational(16, 9) - 1
    assert angle.tangential.subs(at) == 8 - sympy.Rational(9, 2)
    assert angle.margin_rate.subs(at) == sympy.Rational(1, 2) * sympy.Rational(7, 9) * sympy.Rational(3, 5)
    assert len(angle.derivation().steps) == 6


def test_radial_factors_and_duals_that_belong_to_them() -> None:
    alpha = sympy.Symbol("alpha", positive=True)
    between = RadialFactor.of_dual((radius**2 + lam) ** (alpha / 2) / alpha, alpha)
    assert sympy.simplify(between.factor - radius**2 / (radius**2 + lam)) == 0
    assert RadialFactor.of_dual(radius**3, sympy.Integer(3)).radial_gap == 0
    assert len(RadialFactor.unknown(alpha).derivation().steps) == 4
    with pytest.raises(Unchecked):
        _ = RadialFactor(alpha, sympy.Rational(1, 2), radius**alpha).hessian


def test_derivations_of_the_layerwise_margin_and_of_the_integral() -> None:
    assert LayerwiseQMargin([a, b]).derivation().steps[0].after == LayerwiseQMargin([a, b]).normalizer
    beta = sympy.Symbol("beta", real=True)
    u = LogarithmicIntegral(beta).derivation().conclusion
    assert u == LogarithmicIntegral(beta).order

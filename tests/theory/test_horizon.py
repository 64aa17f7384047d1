"""Growth, horizon function and admissibility of potentials, and that wrong answers would be seen."""

from __future__ import annotations

import pytest
import sympy

from tests.theory.mirror_flow_cases import CASES, ENTROPY, Case, lam, x
from theory.admissibility import Admissibility
from theory.derivation import Unchecked
from theory.growth import Growth
from theory.horizon import Horizon, degrees
from theory.limits import at_infinity, at_infinity_or_infinite, leading_power, power_sum
from theory.potentials import MirrorPotential
from theory.vanishing import vanishes

named = pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)


def same(left: sympy.Expr, right: sympy.Expr) -> bool:
    return vanishes(left - right) is True or (left - right).equals(0) is True


@named
def test_horizon_and_its_approach(case: Case) -> None:
    horizon = Horizon(MirrorPotential(case.potential, x))
    assert same(horizon.degree, case.degree)
    assert same(horizon.from_right, case.horizon)
    assert not same(horizon.from_right, 2 * case.horizon)
    coefficient, order = horizon.approach()
    assert same(coefficient, case.approach[0])
    assert order == case.approach[1] or same(order, case.approach[1])


@named
def test_the_limit_from_both_sides_does_not_exist(case: Case) -> None:
    horizon = Horizon(MirrorPotential(case.potential, x))
    assert same(horizon.from_left, -case.horizon)
    assert horizon.two_sided is False


@named
def test_growth_of_the_potential_and_of_its_conjugate(case: Case) -> None:
    found = degrees(MirrorPotential(case.potential, x))
    assert tuple(g.asymptotically_homogeneous for g in found) == case.homogeneous


@named
def test_admissibility(case: Case) -> None:
    judged = Admissibility(MirrorPotential(case.potential, x))
    assert judged.strictly_convex is case.strictly_convex
    assert judged.coercive is case.coercive
    assert judged.lipschitz_at_origin is case.lipschitz
    assert judged.radial is case.radial
    assert judged.tangent_constant == 2
    assert same(judged.radial_slope, -judged.radial_gap)


def test_a_bounded_slope_is_not_coercive_and_a_kink_is_no_derivative() -> None:
    assert Admissibility(MirrorPotential(sympy.exp(x), x)).coercive is False
    bent = Admissibility(MirrorPotential(sympy.Abs(x) + x**2, x))
    assert bent.strictly_convex is True
    assert bent.differentiable_at_origin is False


def test_the_radial_inequality_can_fail_at_another_degree() -> None:
    R = MirrorPotential(x**4 / 4, x)
    assert Admissibility(R, sympy.Integer(4)).radial is True
    assert Admissibility(R, sympy.Integer(3)).radial is False


def test_an_added_constant_can_break_the_radial_inequality() -> None:
    assert Admissibility(MirrorPotential(ENTROPY, x)).radial is True
    assert Admissibility(MirrorPotential(ENTROPY + 100, x)).radial is False


def test_horizon_of_several_coordinates() -> None:
    a, b = sympy.symbols("a b", real=True)
    shape = Horizon(MirrorPotential(x**4 / 4, x)).in_coordinates((a, b))
    assert same(shape**4, 3 * (a**4 + b**4))


def test_one_degree_and_two_growths() -> None:
    s_log_s = Growth(sympy.Abs(x) * sympy.log(2 + sympy.Abs(x)), x)
    assert s_log_s.degree == 1
    assert s_log_s.coefficient == sympy.oo
    assert s_log_s.asymptotically_homogeneous is False
    with pytest.raises(ValueError, match="side"):
        Growth(x, x, 0)


def test_limits_are_not_made_up() -> None:
    t = sympy.Symbol("t", positive=True)
    assert at_infinity(1 + 1 / t, t) == 1
    assert at_infinity_or_infinite(-sympy.log(t), t) == -sympy.oo
    for wild in (sympy.sin(t), sympy.exp(t)):
        with pytest.raises(Unchecked):
            at_infinity(wild, t)


def test_powers_with_parameters_are_compared_by_their_signs() -> None:
    t, k = sympy.symbols("t k", positive=True)
    assert power_sum(t**k + 2 * t**k - t, t) == {k: sympy.Integer(3), sympy.Integer(1): sympy.Integer(-1)}
    assert leading_power(3 * t ** (2 + k) + lam * t**2, t) == (3, 2 + k)
    assert leading_power(t**k + t, t) is None
    assert leading_power(sympy.exp(t), t) is None

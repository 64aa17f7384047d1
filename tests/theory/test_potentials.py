"""Mirror potentials: what they induce, and that wrong values would be seen."""

from __future__ import annotations

import pytest
import sympy

from tests.theory.cases import POTENTIALS, PotentialCase, agree, lam, x
from theory.derivation import Unchecked
from theory.potentials import MirrorPotential

named = pytest.mark.parametrize("case", POTENTIALS, ids=lambda c: c.name)


@named
def test_derivatives_and_conjugate(case: PotentialCase) -> None:
    R = MirrorPotential(case.potential, x)
    assert agree(R.gradient, case.gradient)
    assert agree(R.hessian, case.hessian)
    assert agree(R.inverse_metric * case.hessian, sympy.Integer(1))
    assert agree(R.dual_at_gradient, case.dual)
    assert not agree(R.gradient, 2 * case.gradient)
    assert not agree(R.dual_at_gradient, case.dual + 1)


@named
def test_homogeneity(case: PotentialCase) -> None:
    degree = MirrorPotential(case.potential, x).homogeneity
    if case.degree is None:
        assert degree is None
    else:
        assert degree is not None and degree.equals(case.degree) is True


@named
def test_horizon(case: PotentialCase) -> None:
    R = MirrorPotential(case.potential, x)
    if case.horizon is None:
        with pytest.raises(Unchecked):
            _ = R.horizon
    else:
        assert agree(R.horizon, case.horizon)
        assert not agree(R.horizon, 2 * case.horizon)


def test_branches_of_different_degree_are_not_homogeneous() -> None:
    lopsided = (sympy.Abs(x) ** 3 + x**3) / 2 + x**2
    assert MirrorPotential(lopsided, x).homogeneity is None


def test_normalized_potential_is_flat_at_its_start() -> None:
    R = MirrorPotential(sympy.cosh(x), x).normalized_at(sympy.Integer(2))
    assert R.gradient.subs(x, 2) == 0
    assert agree(R.hessian, sympy.cosh(x))


def test_a_potential_must_depend_on_its_variable() -> None:
    with pytest.raises(ValueError, match="does not depend"):
        MirrorPotential(lam**2, x)


def test_a_line_induces_no_metric() -> None:
    with pytest.raises(ZeroDivisionError):
        _ = MirrorPotential(3 * x, x).inverse_metric


def test_derivation_lists_its_steps() -> None:
    steps = MirrorPotential(sympy.Abs(x) ** 3, x).derivation()
    assert len(steps.steps) == 4
    assert all(sympy.Ne(x, 0) in s.conditions for s in steps.steps)
    assert MirrorPotential(x**2, x).derivation().steps[0].conditions == ()


def test_a_potential_of_the_half_line() -> None:
    u = sympy.Symbol("u", positive=True)
    R = MirrorPotential(u * sympy.log(u) - u, u)
    assert R.gradient == sympy.log(u)
    assert R.dual_at_gradient == u
    assert R.horizon == u
    assert MirrorPotential(u**3, u).homogeneity == 3

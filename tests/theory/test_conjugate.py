"""The conjugate in closed form, where the mirror map has an inverse in closed form."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sympy

from tests.theory.mirror_flow_cases import CONJUGATES, lam, x
from theory.conjugate import Conjugate
from theory.derivation import Unchecked
from theory.potentials import MirrorPotential

POINTS = [sympy.Rational(-7, 3), sympy.Rational(-1, 5), sympy.Rational(2, 7), sympy.Rational(11, 4)]


def gap(left: sympy.Expr, right: sympy.Expr) -> sympy.Expr:
    return max(abs((left - right).subs(lam, sympy.Rational(3, 5)).evalf(30)), sympy.Float("1e-30"))


@pytest.mark.parametrize(("name", "potential", "expected"), CONJUGATES, ids=[c[0] for c in CONJUGATES])
def test_conjugate(name: str, potential: sympy.Expr, expected: Callable[[sympy.Expr], sympy.Expr]) -> None:
    found = Conjugate(MirrorPotential(potential, x))
    for point in POINTS:
        value = found.value.subs(found.y, point)
        assert gap(value, expected(point)) < 1e-20
        assert gap(value, 2 * expected(point)) > 1e-20


def test_the_conjugate_at_the_gradient_is_fenchel_and_youngs() -> None:
    for _, potential, _ in CONJUGATES:
        R = MirrorPotential(potential, x)
        found = Conjugate(R)
        for point in POINTS:
            slope = R.gradient.subs(x, point).subs(lam, sympy.Rational(3, 5))
            at_gradient = found.value.subs(found.y, slope)
            assert gap(at_gradient, R.dual_at_gradient.subs(x, point)) < 1e-18


def test_no_inverse_is_no_conjugate() -> None:
    with pytest.raises(Unchecked):
        _ = Conjugate(MirrorPotential(sympy.cosh(x) + x**4, x)).value
    with pytest.raises(Unchecked, match="even"):
        _ = Conjugate(MirrorPotential(sympy.Abs(x) ** 3 + x, x)).value

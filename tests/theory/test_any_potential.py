"""What holds of any potential, tried on those whose calculus is known by hand."""

from __future__ import annotations

import pytest
import sympy

from tests.theory.cases import POTENTIALS, PotentialCase
from tests.theory.cases import x as at
from theory.any_potential import AnyPotential, t, x

SMOOTH = [c for c in POTENTIALS if not c.potential.has(sympy.Abs)]


@pytest.mark.parametrize("case", SMOOTH, ids=lambda c: c.name)
def test_dual_and_slope(case: PotentialCase) -> None:
    found = AnyPotential()
    plain = sympy.Lambda(at, case.potential)

    def put(e: sympy.Expr) -> sympy.Expr:
        return e.replace(found.function, plain).doit()

    point = {x: sympy.Rational(3, 7), t: -sympy.Rational(2, 5)}
    values = {s: sympy.Rational(4, 5) for s in case.potential.free_symbols - {at}}
    wanted = case.dual.xreplace({at: point[x], **values})
    assert abs((put(found.dual_at_gradient).xreplace({**point, **values}) - wanted).evalf(30)) < 1e-20
    slope = sympy.diff(case.dual, at).xreplace({at: point[x], **values})
    assert abs((put(found.slope_of_dual).xreplace({**point, **values}) - slope).evalf(30)) < 1e-20
    assert put(found.gap).xreplace({**point, **values}).evalf(30) > 0


def test_the_balance_needs_degree_one() -> None:
    assert AnyPotential().balance_rate() == 0
    assert AnyPotential().balance_rate(sympy.Integer(2)) != 0
    assert len(AnyPotential().derivation().steps) == 4

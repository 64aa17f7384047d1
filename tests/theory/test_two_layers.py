"""The gradient of two layers: its slope at points is the metric, at elementary and other indices."""

from __future__ import annotations

import pytest
import sympy

from theory.derivation import Unchecked
from theory.two_layers import TwoLayerGradient, lam, x

INDICES = [1, sympy.Rational(3, 2), sympy.Rational(5, 4), 2]
POINT = {lam: sympy.Rational(7, 5)}


@pytest.mark.parametrize("index", INDICES, ids=str)
def test_the_slope_is_the_metric(index: sympy.Expr) -> None:
    two = TwoLayerGradient(index)
    gradient = two.gradient.xreplace(POINT)
    for at in (sympy.Rational(1, 9), sympy.Rational(1, 3)):
        slope = sympy.diff(gradient, x).subs(x, at).evalf(30)
        assert abs(slope - two.hessian.xreplace(POINT).subs(x, at).evalf(30)) < sympy.Float("1e-20")
        wrong = TwoLayerGradient(index + sympy.Rational(1, 10)).hessian.xreplace(POINT).subs(x, at).evalf(30)
        assert abs(slope - wrong) > sympy.Float("1e-6")


def test_every_step_of_the_derivation_is_there() -> None:
    assert len(TwoLayerGradient().derivation().steps) == 4
    assert TwoLayerGradient(2).derivation().conclusion == sympy.asinh(2 * x / lam) / 2


def test_a_wrong_gradient_is_not_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TwoLayerGradient, "hessian", 1 / sympy.sqrt(x**2 + lam**2))
    with pytest.raises(Unchecked):
        _ = TwoLayerGradient(2).gradient

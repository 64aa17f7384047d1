"""Flattening variable, power flows and layer norms against numbers."""

from __future__ import annotations

import pytest
import sympy

from theory.flattening import FlatteningVariable, H, q, size
from theory.layer_norms import LayerNorms, TwoLayerStart
from theory.power_flow import PowerFlow, t, x0


def test_flattening() -> None:
    z = FlatteningVariable()
    values = {H: sympy.Rational(3, 7), q: sympy.Rational(4, 3), size: sympy.Integer(5)}
    moved = (z.slope * (-(size ** (q - 1)) / H)).xreplace(values).evalf(30)
    assert abs(moved - z.velocity.xreplace(values).evalf(30)) < 1e-25
    assert z.leftover_exponent == 0
    wrong = sympy.expand(1 / q - 1 - (q - 1) / q)
    assert wrong != 0


@pytest.mark.parametrize("exponent", [sympy.Rational(1, 2), 1, sympy.Rational(4, 3), 3])
def test_power_flow_solves_its_equation(exponent: sympy.Expr) -> None:
    flow = PowerFlow(exponent, 2)
    values = {x0: sympy.Rational(1, 2), t: sympy.Rational(1, 10)}
    speed = sympy.diff(flow.solution, t).xreplace(values).evalf(30)
    assert abs(speed - 2 * (flow.solution**exponent).xreplace(values).evalf(30)) < 1e-25
    assert abs(speed - (flow.solution**exponent).xreplace(values).evalf(30)) > 1e-3


def test_blow_up() -> None:
    flow = PowerFlow(3)
    near = flow.blow_up.subs(x0, 2) * (1 - sympy.Rational(1, 10**6))
    assert flow.solution.subs({x0: 2, t: near}) > 10**3
    with pytest.raises(ValueError):
        _ = PowerFlow(1).blow_up


@pytest.mark.parametrize("layers", [2, 3, 5])
def test_least_norm(layers: int) -> None:
    norms = LayerNorms(layers)
    least = norms.least.subs(norms.size, 2)
    uneven = [sympy.Integer(1)] * (layers - 1) + [sympy.Integer(2)]
    assert sum(w**2 for w in uneven) > least
    assert least == layers * sympy.Integer(2) ** sympy.Rational(2, layers)
    with pytest.raises(ValueError):
        LayerNorms(1)


def test_two_layer_start() -> None:
    start = TwoLayerStart()
    x, c = sympy.Rational(-3, 4), sympy.Rational(1, 2)
    v = sympy.sqrt(x + sympy.sqrt(x**2 + c**2))
    m0, w0 = (v + c / v) / sympy.sqrt(2), (v - c / v) / sympy.sqrt(2)
    assert abs((m0 * w0 - start.product.subs(start.x, x)).evalf(30)) < 1e-25
    assert abs((m0**2 - w0**2 - start.balance.subs(start.c, c)).evalf(30)) < 1e-25


@pytest.mark.parametrize(
    "derived", [FlatteningVariable(), PowerFlow(2), PowerFlow(1), LayerNorms(3), TwoLayerStart()],
    ids=lambda d: type(d).__name__,
)  # fmt: skip
def test_derivations(derived: object) -> None:
    assert derived.derivation().steps  # type: ignore[attr-defined]

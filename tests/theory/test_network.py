"""The deep diagonal network: metric, balance, potentials, regularizers and saddles against numbers."""

from __future__ import annotations

import itertools

import pytest
import sympy

from theory.balance import Balance
from theory.derivation import Derivation, Unchecked
from theory.metric import InverseMetric, lam, weights, z
from theory.metric import q as Q
from theory.metric import x as X
from theory.network_potential import NetworkPotential, hyperbolic_entropy
from theory.network_potential import x as XR
from theory.network_potential import x0 as X0
from theory.regularizers import OnManifoldRegularizer
from theory.reparameterizations import DeepDiagonal
from theory.saddles import ProductLandscape, f1, f2
from theory.steepest import SteepestFlow, power

DEPTH = sympy.Symbol("L", integer=True, positive=True)
HALF = sympy.Rational(1, 2)


@pytest.mark.parametrize("layers", [2, 3, 4, 5])
def test_metric_on_the_balance(layers: int) -> None:
    closed = InverseMetric(DEPTH).in_first_layer.subs(DEPTH, layers)
    assert sympy.expand(closed - InverseMetric(layers).in_first_layer) == 0
    assert InverseMetric(layers).coercivity == lam ** (layers - 1)


@pytest.mark.parametrize("layers", [2, 3])
def test_metric_is_the_speed_of_the_product(layers: int) -> None:
    values = {w: sympy.Rational(k + 2, 3) * (-1) ** k for k, w in enumerate(weights(layers))}
    index = sympy.Rational(3, 2)
    net = DeepDiagonal(layers)
    speeds = net.velocities(sympy.Integer(5), index, sympy.Integer(0))
    moved = sum(J * v for J, v in zip(net.jacobian, speeds, strict=True)).xreplace(values)
    metric = InverseMetric(layers).in_weights.subs(Q, index).xreplace(values)
    assert abs((moved + metric * power(sympy.Integer(5), index - 1)).evalf(30)) < 1e-25
    assert abs((moved - metric * power(sympy.Integer(5), index - 1)).evalf(30)) > 1


def test_metric_of_two_layers_in_x() -> None:
    numbers = {Q: sympy.Rational(5, 4), lam: sympy.Rational(2, 3), X: -3}
    found = InverseMetric(2).in_x.xreplace(numbers)
    root = sympy.nsolve((z * (z + lam) - sympy.Abs(X) ** Q).xreplace(numbers), z, 1, prec=30)
    assert abs(found.evalf(30) - (2 * root + numbers[lam])) < 1e-25
    with pytest.raises(NotImplementedError):
        _ = InverseMetric(3).in_x


def test_metric_at_zero_balance() -> None:
    assert InverseMetric(DEPTH).at_zero_balance == DEPTH * sympy.Abs(X) ** (Q * (DEPTH - 1) / DEPTH)


def test_depth_one_is_refused() -> None:
    for build in (lambda: InverseMetric(1), lambda: Balance(1), lambda: ProductLandscape(1), lambda: Balance(3, 2, 2)):
        with pytest.raises(ValueError):
            build()


@pytest.mark.parametrize(("layers", "i", "j"), [(2, 1, 2), (3, 1, 3), (3, 2, 3)])
def test_balance_rate(layers: int, i: int, j: int) -> None:
    found = Balance(layers, i, j)
    r, s = found.sizes[i - 1], found.sizes[j - 1]
    from theory.balance import a, q

    assert sympy.expand(found.rate + q * a * (r**q - s**q)) == 0


def test_a_wrong_flow_breaks_the_balance(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Balance.rate_of_size

    def wrong(self: Balance, k: int, signs: tuple[int, ...], g_sign: int) -> sympy.Expr:
        return right(self, k, signs, g_sign) * (1 if k == 1 else 2)

    monkeypatch.setattr(Balance, "rate_of_size", wrong)
    with pytest.raises(Unchecked):
        _ = Balance(2).rate


@pytest.mark.parametrize("exponent", [sympy.Integer(1), sympy.Integer(2), sympy.Rational(4, 3), HALF, 3])
@pytest.mark.parametrize("side", [1, -1])
def test_network_potential(exponent: sympy.Expr, side: int) -> None:
    R = NetworkPotential(3, exponent).potential
    start, point = sympy.Rational(7, 5) * side, sympy.Rational(3, 4) * side
    assert abs(R.gradient.subs({X0: start, XR: start}).evalf(30)) < 1e-25
    curvature = R.hessian.subs({X0: start, XR: point}).evalf(30)
    assert abs(curvature - (1 / (3 * sympy.Abs(point) ** exponent)).evalf(30)) < 1e-25


def test_network_potential_is_checked() -> None:
    class Wrong(NetworkPotential):
        def _check(self, expression: sympy.Expr) -> None:
            super()._check(expression + XR**2)

    with pytest.raises(Unchecked):
        _ = Wrong(3, HALF).potential


def test_hyperbolic_entropy_at_its_start() -> None:
    m0, w0, balance = sympy.symbols("m0 w0 balance", positive=True)
    R = hyperbolic_entropy(balance, m0, w0)
    values = {m0: 2, w0: 1, balance: 3, XR: 2}
    assert abs(R.gradient.xreplace({k: sympy.Integer(v) for k, v in values.items()}).evalf(30)) < 1e-25


@pytest.mark.parametrize("exponent", [sympy.Integer(2), HALF, sympy.Rational(7, 3)])
def test_regularizer_slope(exponent: sympy.Expr) -> None:
    M = OnManifoldRegularizer(4, exponent)
    for point in (sympy.Rational(-5, 3), sympy.Rational(2, 9)):
        step = sympy.Rational(1, 10**9)
        rise = (M.regularizer.subs(XR, point + step) - M.regularizer.subs(XR, point - step)) / (2 * step)
        assert abs((rise - M.slope.subs(XR, point)).evalf(30)) < 1e-12


def test_hessian_of_the_product() -> None:
    landscape = ProductLandscape(4)
    w = landscape.weights
    product = sympy.Mul(*w)
    f = 3 * product - 5 * product**2 / 2
    slopes = {f1: 3 - 5 * product, f2: sympy.Integer(-5)}
    for i, j in itertools.product(range(4), repeat=2):
        assert sympy.expand(landscape.hessian[i, j].subs(slopes) - sympy.diff(f, w[i], w[j])) == 0
    assert landscape.eigenvalues() == (f1 * w[2] * w[3], -f1 * w[2] * w[3])


def test_three_zero_layers_leave_no_block() -> None:
    landscape = ProductLandscape(4)
    at = landscape.hessian_at_zeros(1, 2).subs(landscape.weights[2], 0)
    assert at == sympy.zeros(4, 4)


def test_descent() -> None:
    flow = SteepestFlow(XR**2 / 2, XR, sympy.Rational(3, 2), hessian=sympy.Integer(2))
    slope = sympy.diff(flow.objective, XR)
    assert abs(((slope * flow.velocity - flow.descent).subs(XR, -3)).evalf(30)) < 1e-25
    assert flow.descent.subs(XR, -3) < 0


@pytest.mark.parametrize(
    "derived",
    [InverseMetric(2), InverseMetric(3), InverseMetric(DEPTH), Balance(3), NetworkPotential(3, 1),
     OnManifoldRegularizer(3, HALF), DeepDiagonal(3), ProductLandscape(3)],
    ids=lambda d: type(d).__name__,
)  # fmt: skip
def test_derivations_have_steps(derived: object) -> None:
    derivation = derived.derivation()  # type: ignore[attr-defined]
    assert isinstance(derivation, Derivation)
    assert len(derivation.lines()) == len(derivation.steps) > 0
    assert str(derivation).startswith(derivation.title)

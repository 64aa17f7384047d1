"""Closed forms against Newton's method on the derivatives of the theory, and against NumPy in double precision."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
import sympy

torch = pytest.importorskip("torch")

from tests.training.optim.cases import MAPS, points, x  # noqa: E402
from theory.potentials import MirrorPotential  # noqa: E402
from training.optim import (  # noqa: E402
    Derived,
    HomogeneousByWidth,
    HyperbolicByWidth,
    HyperbolicEntropy,
    Power,
    SmoothedHomogeneous,
)
from training.optim.newton import increasing_root, middle  # noqa: E402


@pytest.mark.parametrize("name", MAPS)
def test_two_ways_to_one_point(name: str) -> None:
    chosen, potential, values = MAPS[name]
    derived = Derived(potential, values)
    for dtype in (torch.float64, torch.float32):
        at, steps = points(dtype)
        closed, found = chosen.displaced(at, steps), derived.displaced(at, steps)
        assert torch.equal(torch.isnan(closed), torch.isnan(found))
        size = at.abs() + closed.abs() + 1e-6
        gap = ((closed - found).abs() / size)[~torch.isnan(closed)].max()
        assert gap < 2000 * torch.finfo(dtype).eps
        away = at != 0
        metrics = chosen.inverse_metric(at)[away], derived.inverse_metric(at)[away]
        torch.testing.assert_close(*metrics, rtol=20 * torch.finfo(dtype).eps, atol=0)


@pytest.mark.parametrize("name", MAPS)
def test_a_step_of_zero_changes_no_bit(name: str) -> None:
    chosen, potential, values = MAPS[name]
    at, steps = points(torch.float32)
    for one in (chosen, Derived(potential, values)):
        assert torch.equal(one.displaced(at, steps)[10:20], at[10:20])


@pytest.mark.parametrize("name", [n for n in MAPS if n not in ("two balanced layers", "three balanced layers")])
def test_the_mirror_map_moves_by_the_step(name: str) -> None:
    """R'(y) - R'(x) = -d, R' summed by quadrature of R'' = 1/metric from x to y."""
    chosen = MAPS[name][0]
    at = torch.linspace(0.5, 3, 20, dtype=torch.float64)
    steps = torch.linspace(-0.2, 0.2, 20, dtype=torch.float64)
    new = chosen.displaced(at, steps)
    nodes, weights = np.polynomial.legendre.leggauss(40)
    middle_, reach = (at + new) / 2, (new - at) / 2
    total = sum(w / chosen.inverse_metric(middle_ + reach * t) for t, w in zip(nodes, weights, strict=True)) * reach
    torch.testing.assert_close(total, -steps, rtol=1e-9, atol=1e-12)
    wrong = sum(w * chosen.inverse_metric(middle_ + reach * t) for t, w in zip(nodes, weights, strict=True)) * reach
    if name != "quadratic":
        assert not torch.allclose(wrong, -steps, rtol=1e-3)


def test_entropy_against_numpy() -> None:
    at, steps = points(torch.float64)
    steps = steps * 30  # both branches
    unit = np.sqrt(0.09 / 4)
    expected = unit * np.sinh(np.arcsinh(at.numpy() / unit) - 0.5 * 2 * steps.numpy())
    found = HyperbolicEntropy(0.09, 4.0, 0.5).displaced(at, steps).numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-13)
    assert not np.allclose(HyperbolicEntropy(0.09, 4.0, 0.6).displaced(at, steps).numpy(), expected, rtol=1e-3)


def test_signs_are_kept_and_ranges_refused() -> None:
    at = torch.tensor([1.0, -1.0, 0.0])
    assert torch.equal(Power.balanced(2).displaced(at, torch.full((3,), 5.0)).sign(), at.sign())
    gone = Power.balanced(3).displaced(at, torch.tensor([-9.0, -9.0, -9.0]))
    assert gone.isnan().tolist() == [True, False, False]  # up from 1 the dual variable ends at a finite value


def test_a_positive_domain() -> None:
    t = sympy.Symbol("t", positive=True)
    entropy = Derived(MirrorPotential(t * sympy.log(t) - t, t))
    at = torch.tensor([0.5, 2.0, 1e-3], dtype=torch.float64)
    d = torch.tensor([1.0, -3.0, 20.0], dtype=torch.float64)
    torch.testing.assert_close(entropy.displaced(at, d), at * torch.exp(-d), rtol=1e-12, atol=0)
    assert bool(entropy.displaced(-at, d).isnan().all())


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_bounded_domains(dtype: torch.dtype) -> None:
    """-log cos x up to its first poles, -log(1 - x^2): steps of any length stay inside, and lead where they should."""
    cases = (
        (-sympy.log(sympy.cos(x)), np.pi / 2, np.tan, np.arctan),
        (-sympy.log(1 - x**2), 1.0, lambda v: 2 * v / (1 - v * v), lambda s: s / (1 + np.sqrt(1 + s * s))),
    )
    at = torch.linspace(-0.9, 0.9, 200, dtype=dtype)
    steps = torch.cat([torch.logspace(-3, 3, 100), -torch.logspace(3, -3, 100)]).to(dtype)
    accuracy = 1000 * torch.finfo(dtype).eps
    for potential, edge, slope, inverse in cases:
        chosen = Derived(MirrorPotential(potential, x))
        low, high = chosen.span(torch.finfo(dtype))
        assert -edge < low < -0.99 * edge and 0.99 * edge < high < edge
        expected = torch.from_numpy(inverse(slope(at.double().numpy()) - steps.double().numpy()))
        found, (quick, good) = chosen.displaced(at, steps), chosen.near(at, steps)
        torch.testing.assert_close(found.double(), expected, rtol=accuracy, atol=accuracy)
        assert good.any() and not good.all()
        torch.testing.assert_close(quick[good].double(), expected[good], rtol=accuracy, atol=accuracy)
        nearly = (quick - expected).abs() <= accuracy * (1 + expected.abs())
        assert not nearly[~good].all()  # which left the domain on their way
        assert not torch.allclose(chosen.displaced(at, 1.01 * steps).double(), expected, atol=1e-4)
        outside = torch.tensor([1.1 * edge, -1.1 * edge], dtype=dtype)
        assert chosen.displaced(outside, outside).isnan().all() and chosen.inverse_metric(outside).isnan().all()


def test_a_slope_that_falls_by_rounding_ends_no_domain() -> None:
    most = torch.finfo(torch.float64).max
    for potential in (10**9 * (x**2 / 2 + sympy.cos(x)), sympy.sqrt(x**2 + 1), x**2):
        assert Derived(MirrorPotential(potential, x)).span(torch.finfo(torch.float64)) == (-most, most)
    assert Derived(MirrorPotential(-sympy.log(4 - x**2), x)).span(torch.finfo(torch.float64))[1] < 2


def test_beside_0_and_in_underflow() -> None:
    """Where tangents end next to 0, a slope overflows, or a step is so small that its square is 0."""
    t = sympy.Symbol("t", positive=True)
    entropy = Derived(MirrorPotential(t * sympy.log(t) - t, t))
    at = torch.tensor([1.0, 0.5], dtype=torch.float64)
    quick, good = entropy.near(at, torch.ones_like(at))
    assert not good.any() and quick.abs().max() < 1e-200  # Newton's steps are tiny there, and so is what they reach
    torch.testing.assert_close(entropy.displaced(at, torch.ones_like(at)), at / np.e)
    root = Derived(MirrorPotential(-2 * sympy.sqrt(t), t))
    far = root.displaced(torch.tensor([1e10]), torch.tensor([1e5]))
    torch.testing.assert_close(far, torch.tensor([1e-10]), rtol=1e-5, atol=0)
    exponential = Derived(MirrorPotential(sympy.exp(x), x))
    small = torch.tensor([1e-30, -1e-30])
    found = exponential.displaced(torch.tensor([-100.0, -100.0]), small)
    assert found[0].isnan() and float(found[1]) == pytest.approx(np.log(1e-30), rel=1e-5)


@pytest.mark.parametrize("chosen", [Power.balanced(27, 27 / 26), Power(0.999, 2.0), Power(1.001, 2.0)])
def test_powers_next_to_the_logarithm(chosen: Power) -> None:
    """Exponents next to 1, where 1/(1 - exponent) is large; 26/27 of the double next to 27/26 is not 1."""
    assert 0 < abs(1 - chosen.exponent) < 0.01

    def exact(point: float, step: float) -> float:
        with mpmath.workdps(60):
            r, sign = 1 - mpmath.mpf(chosen.exponent), mpmath.sign(point)
            dual = sign * mpmath.mpf(abs(point)) ** r - chosen.factor * r * mpmath.mpf(step)
            return float(sign * abs(dual) ** (1 / r))

    at = torch.tensor([1.0, -0.5, 1e-6, 30.0], dtype=torch.float64)
    for d in (0.01, -0.3, 1e-8):
        step = torch.full_like(at, d)
        expected = torch.tensor([exact(point, d) for point in at.tolist()], dtype=torch.float64)
        torch.testing.assert_close(chosen.displaced(at, step), expected, rtol=1e-14, atol=0)
        assert not torch.allclose(chosen.displaced(at, step * (1 + 1e-4)), expected, rtol=1e-14, atol=0)
    assert chosen.displaced(torch.zeros(1), torch.zeros(1)).item() == 0


def test_what_is_no_mirror_map() -> None:
    for wrong in (-(x**2), x**3, x**2 - x**4):
        with pytest.raises(ValueError, match="not convex"):
            Derived(MirrorPotential(wrong, x))
    with pytest.raises(ValueError, match="give values"):
        Derived(MirrorPotential(x**2 * sympy.Symbol("a", positive=True), x))
    with pytest.raises(ValueError, match="no counterpart"):
        Derived(MirrorPotential(sympy.gamma(x), x))
    with pytest.raises(ValueError, match="smoothing must be positive"):
        HyperbolicEntropy(-1.0)
    with pytest.raises(ValueError, match="at least 2"):
        SmoothedHomogeneous(1.5, 0.1)
    with pytest.raises(ValueError, match="greater than 1"):
        Power.norm(1)


def test_widths() -> None:
    weight, bias = torch.zeros(8, 4, 5, 5), torch.zeros(8)
    at = torch.tensor([0.0, 0.1], dtype=torch.float64)
    for w, p in ((100, weight), (1, bias)):
        printed = HyperbolicByWidth(0.1).at(p).inverse_metric(at)
        torch.testing.assert_close(printed, torch.sqrt(at**2 * w + 0.1 / 1.1**0.5))
        quotient = HyperbolicByWidth(0.1, quotient=True).at(p).inverse_metric(at)
        torch.testing.assert_close(quotient, torch.sqrt(at**2 * w + 0.1) / 1.1**0.5)
        homogeneous = HomogeneousByWidth(3, 0.1).at(p).inverse_metric(at)
        torch.testing.assert_close(homogeneous, 0.1 / (at * w**-0.5 + 0.1))
    assert float(HyperbolicByWidth(0.3, quotient=True).at(weight).inverse_metric(at)[1]) == pytest.approx(1)
    assert float(HyperbolicByWidth(0.3).at(weight).inverse_metric(at)[1]) != pytest.approx(1, rel=0.01)


def test_the_root_finder() -> None:
    target = torch.tensor([1e-300, 2.0, 1e300], dtype=torch.float64)
    low, high = torch.zeros(3, dtype=torch.float64), torch.full((3,), 1e300, dtype=torch.float64)
    root = increasing_root(lambda y: y - target, lambda y: torch.full_like(y, 1e-9), low, high, high / 2)
    torch.testing.assert_close(root, target, rtol=1e-14, atol=0)  # although the slope is wrong
    one = torch.tensor([1.0, -1.0])
    assert torch.equal(middle(one, torch.nextafter(one, one + 1)), torch.minimum(one, torch.nextafter(one, one + 1)))
    assert float(middle(torch.tensor(-3.0), torch.tensor(3.0))) == 0


@pytest.mark.parametrize("p", [2.0, 2.1, 2.5, 4.0, 10.0, 33.0, 200.0])
def test_the_inverse_of_the_smoothed_powers(p: float) -> None:
    """Without a bracket, for all weights and sizes: R'(y) is R'(x) - d to rounding."""
    at = torch.logspace(-8, 1, 60, dtype=torch.float64)
    for lam in (1e-6, 0.1, 1e4):
        chosen = SmoothedHomogeneous(p, lam)
        c, d = 1 / (lam * (p - 1)), 0.3 * at

        def dual(x: torch.Tensor, c: float = c) -> torch.Tensor:
            return x + c * x.pow(p - 1)

        found = chosen.displaced(at, d)
        # an error of one place in y is one of up to p - 1 places in R'(y)
        torch.testing.assert_close(dual(found), dual(at) - d, rtol=8 * p * 2.3e-16, atol=0)
        assert not torch.allclose(dual(found * (1 + 1e-9)), dual(at) - d, rtol=8 * p * 2.3e-16, atol=0)

"""Closed forms against Newton's method on the derivatives of the theory, and against NumPy in double precision."""

from __future__ import annotations

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


def test_what_is_no_mirror_map() -> None:
    for wrong in (-(x**2), x**3):
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

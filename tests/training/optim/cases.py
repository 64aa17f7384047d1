"""Mirror maps in closed form with the potential that each is the map of, and points and steps to try them at."""

from __future__ import annotations

import sympy
import torch

from theory.network_potential import NetworkPotential
from theory.potentials import MirrorPotential
from training.optim import HyperbolicEntropy, Power, Quadratic, SmoothedHomogeneous
from training.optim.maps import MirrorMap

x = sympy.Symbol("x", real=True)
lam = sympy.Symbol("lam", positive=True)
half = sympy.Rational(1, 2)

MAPS: dict[str, tuple[MirrorMap, MirrorPotential, dict[str, float]]] = {
    "quadratic": (Quadratic(), MirrorPotential(x**2 / 2, x), {}),
    "entropy": (
        HyperbolicEntropy(0.09),
        MirrorPotential(x * sympy.asinh(x / sympy.sqrt(lam)) - sympy.sqrt(x**2 + lam), x),
        {"lam": 0.09},
    ),
    "p = 3": (Power.norm(3), MirrorPotential(sympy.Abs(x) ** 3 / 3, x), {}),
    "p = 1.5": (Power.norm(1.5), MirrorPotential(2 * sympy.Abs(x) ** (3 * half) / 3, x), {}),
    "p = 3, smoothed": (SmoothedHomogeneous(3, 0.1), MirrorPotential(x**2 / 2 + sympy.Abs(x) ** 3 / (6 * lam), x),
                        {"lam": 0.1}),
    "p = 10, smoothed": (SmoothedHomogeneous(10, 0.1), MirrorPotential(x**2 / 2 + sympy.Abs(x) ** 10 / (90 * lam), x),
                         {"lam": 0.1}),
    "two balanced layers": (Power.balanced(2), NetworkPotential(2, 1).potential, {"x0": 1.0}),
    "three balanced layers": (Power.balanced(3), NetworkPotential(3, sympy.Rational(4, 3)).potential, {"x0": 1.0}),
    "three layers, signs": (Power.balanced(3, 1), NetworkPotential(3, sympy.Rational(2, 3)).potential, {"x0": 1.0}),
}  # fmt: skip


def points(dtype: torch.dtype, count: int = 400) -> tuple[torch.Tensor, torch.Tensor]:
    """Points of both signs and 0 over four powers of ten, and steps of both signs and 0."""
    generator = torch.Generator().manual_seed(7)
    at = torch.randn(count, generator=generator, dtype=torch.float64) * torch.logspace(-3, 1, count).double()
    steps = torch.randn(count, generator=generator, dtype=torch.float64)
    steps *= torch.logspace(-4, 0, count).double()[torch.randperm(count, generator=generator)]
    at[:2] = 0
    steps[10:20] = 0
    return at.to(dtype), steps.to(dtype)

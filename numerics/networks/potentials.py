"""Potentials of one variable as functions of arrays, written by SymPy from the expressions of the theory.

Names: ``square`` (x^2/2), ``entropy`` (hyperbolic entropy), ``smoothed-p`` (|x|^p/p + lam x^2/2, p a number >= 2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import sympy

from theory.potentials import MirrorPotential

Array = np.ndarray
x = sympy.Symbol("x", real=True)


@dataclass(frozen=True)
class Potential:
    """gradient R', hessian R'', dual Q(R') and horizon phi of one coordinate, all for arrays; alpha its degree.

    smoothing: what ``potential`` was given; a potential that is made otherwise has none, and is for NumPy alone.
    """

    name: str
    theory: MirrorPotential
    alpha: float
    gradient: Callable[[Array], Array]
    hessian: Callable[[Array], Array]
    dual: Callable[[Array], Array]
    horizon_at_one: float  # phi(1): phi of a vector is phi(1) times its alpha-norm
    smoothing: float | None = None

    def horizon(self, weights: Array) -> float:
        """phi(theta) = (sum phi(theta_i)^alpha)^(1/alpha)."""
        size = float(np.max(np.abs(weights)))
        return self.horizon_at_one * size * float(np.sum(np.abs(weights / size) ** self.alpha)) ** (1 / self.alpha)


def expression(name: str, smoothing: sympy.Expr) -> sympy.Expr:
    """R(x) of that name; raises ValueError for others."""
    kind, _, degree = name.partition("-")
    if name == "square":
        return x**2 / 2
    if name == "entropy":
        return x * sympy.asinh(x / sympy.sqrt(smoothing)) - sympy.sqrt(x**2 + smoothing)
    if kind == "smoothed" and degree:
        p = sympy.Rational(degree)
        if p < 2:
            raise ValueError("p must be at least 2")
        return sympy.Abs(x) ** p / p + smoothing / 2 * x**2
    raise ValueError(f"no potential is called {name!r}")


@cache
def potential(name: str, smoothing: str = "1") -> Potential:
    """The potential of that name; smoothing: a positive rational as text."""
    lam = sympy.Rational(smoothing)
    if lam <= 0:
        raise ValueError("the smoothing must be positive")
    found = MirrorPotential(expression(name, lam), x)
    alpha = found.horizon_degree
    at_one = found.horizon.subs(x, 1)
    return Potential(
        name, found, float(alpha), _function(found.gradient), _function(found.hessian),
        _function(found.dual_at_gradient), float(at_one), float(lam),
    )  # fmt: skip


def _function(e: sympy.Expr) -> Callable[[Array], Array]:
    written: Any = sympy.lambdify(x, e, modules="numpy", cse=True)
    if not e.has(x):
        value = float(e)
        return lambda w: np.full(np.shape(w), value)
    return lambda w: np.asarray(written(w), dtype=float)

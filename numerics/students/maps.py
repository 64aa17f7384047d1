"""Separable mirror potentials: the map to the dual variable, its inverse, and a step of mirror descent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray
KINDS = ("square", "entropy", "power")
STEPS = ("dual", "metric")
NEWTON = 60  # iterations at most; each doubles the digits once the root is near


@dataclass(frozen=True)
class Potential:
    """R of one coordinate x.

    square: x^2/2. entropy: x asinh(x/sqrt(lam)) - sqrt(x^2 + lam), lam > 0. power: |x|^p/p + lam x^2/2, p >= 2,
    lam >= 0.
    """

    kind: str
    lam: float = 0.0
    p: float = 3.0

    def check(self) -> None:
        """Raises ValueError where R is not strictly convex and smooth."""
        if self.kind not in KINDS:
            raise ValueError(f"no potential is called {self.kind!r}; there are {', '.join(KINDS)}")
        if not 0 <= self.lam < np.inf or (self.kind == "entropy" and self.lam == 0):
            raise ValueError(f"lambda must be finite and not negative, for the entropy positive, not {self.lam}")
        if self.kind == "power" and not 2 <= self.p < np.inf:
            raise ValueError(f"p must be at least 2, not {self.p}")

    def dual(self, x: Array) -> Array:
        """R'(x)."""
        if self.kind == "entropy":
            return np.arcsinh(x / np.sqrt(self.lam))
        if self.kind == "power":
            return np.sign(x) * np.abs(x) ** (self.p - 1) + self.lam * x
        return np.array(x)

    def primal(self, u: Array) -> Array:
        """The x with R'(x) = u: in closed form, for a power other than 2 and 3 by Newton's method."""
        if self.kind == "entropy":
            return np.sqrt(self.lam) * np.sinh(u)
        if self.kind == "power":
            return np.sign(u) * _root(np.abs(u), self.p, self.lam)
        return np.array(u)

    def inverse_metric(self, x: Array) -> Array:
        """1/R''(x), infinite where R'' vanishes."""
        if self.kind == "entropy":
            return np.sqrt(x**2 + self.lam)
        if self.kind == "power":
            with np.errstate(divide="ignore"):
                return 1 / ((self.p - 1) * np.abs(x) ** (self.p - 2) + self.lam)
        return np.ones_like(x)

    def moved(self, x: Array, change: Array, step: str) -> Array:
        """One step: ``dual`` adds the change to R'(x), ``metric`` adds change/R''(x) to x."""
        if step == "dual":
            return self.primal(self.dual(x) + change)
        if step == "metric":
            return x + self.inverse_metric(x) * change
        raise ValueError(f"a step is one of {', '.join(STEPS)}, not {step!r}")


def _root(t: Array, p: float, lam: float) -> Array:
    """The r >= 0 with r^(p-1) + lam r = t >= 0."""
    if p == 2:
        return t / (1 + lam)
    if p == 3:
        below = lam + np.sqrt(lam**2 + 4 * t)
        return np.where(below > 0, 2 * t / np.where(below > 0, below, 1), 0.0)
    r = t ** (1 / (p - 1)) if lam == 0 else np.minimum(t ** (1 / (p - 1)), t / lam)
    for _ in range(NEWTON):  # from above a convex function: it falls towards the root
        slope = (p - 1) * r ** (p - 2) + lam
        following = r - np.where(slope > 0, (r ** (p - 1) + lam * r - t) / np.where(slope > 0, slope, 1), 0.0)
        if np.all(np.abs(following - r) <= 4e-16 * r):
            break
        r = following
    return r

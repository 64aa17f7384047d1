"""Separable mirror maps in closed form: R' of one variable, and what a step in it needs.

A map gives the point y with R'(y) = R'(x) - d (``displaced``), entry by entry, and 1/R''(x) (``inverse_metric``). Both
are written so that d = 0 returns x itself, bit by bit, and so that no difference of large numbers is formed; NaN is
returned where R'(x) - d lies outside the range of R'. ``near`` is the same point by fewer operations, of a number that
does not depend on the entries, and a tensor that is true where that is y to rounding, None where it always is.
``record`` is the map as plain data, for the state of an optimizer.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

Near = tuple[Tensor, Tensor | None]
_NEWTON = 8  # steps: the relative error e0 <= 2^(1/r) - 1 becomes at most (r - 1)/2 e^2 (1 + e)^(r - 2) in each
_FLAT = 0.05  # of 1 - exponent: nearer to 0 its reciprocal multiplies what rounding leaves of a number near 1
_STEPS = {torch.float64: 3}  # Newton's, from the tangent at x: with 2 the error h of the tangent becomes about h^7


class MirrorMap(Protocol):
    """A convex R of one variable, used for every entry of a tensor."""

    def record(self) -> dict[str, Any]: ...

    def displaced(self, x: Tensor, d: Tensor) -> Tensor: ...

    def near(self, x: Tensor, d: Tensor) -> Near: ...

    def inverse_metric(self, x: Tensor) -> Tensor: ...


@dataclass(frozen=True)
class Quadratic:
    """R = x^2/2: gradient descent."""

    def record(self) -> dict[str, Any]:
        return {"map": "Quadratic"}

    def displaced(self, x: Tensor, d: Tensor) -> Tensor:
        return x - d

    def near(self, x: Tensor, d: Tensor) -> Near:
        return x - d, None

    def inverse_metric(self, x: Tensor) -> Tensor:
        return torch.ones_like(x)


@dataclass(frozen=True)
class HyperbolicEntropy:
    """1/R'' = factor sqrt(scale x^2 + smoothing), so that R' = asinh(x sqrt(scale/smoothing))/(factor sqrt(scale)).

    scale = factor = 1 and smoothing = lam: R = x asinh(x/sqrt(lam)) - sqrt(x^2 + lam). A product of two layers under
    gradient flow with m^2 - w^2 = lam: scale = 4, smoothing = lam^2. All three are positive.
    """

    smoothing: float
    scale: float = 1.0
    factor: float = 1.0

    def __post_init__(self) -> None:
        _positive(self)

    def record(self) -> dict[str, Any]:
        return {"map": "HyperbolicEntropy", **asdict(self)}

    def displaced(self, x: Tensor, d: Tensor) -> Tensor:
        """sinh(asinh u - e) = u + u (cosh e - 1) - sqrt(u^2 + 1) sinh e; by exponentials where |e| > 1/2."""
        unit, e = math.sqrt(self._square), d * self._speed
        near = self._close(x, torch.clamp(e, -0.5, 0.5))
        u = torch.abs(x) / unit
        grown = (u + torch.sqrt(u * u + 1)) * torch.exp(torch.where(x < 0, e, -e))  # of exp(asinh |u|)
        far = unit / 2 * (grown - 1 / grown)
        return torch.where(torch.abs(e) <= 0.5, near, torch.where(x < 0, -far, far))

    def near(self, x: Tensor, d: Tensor) -> Near:
        """Series for |e| <= 1/2 in a kernel; else, to |e| <= 1, by a = exp(e) - 1 and 1 - exp(-e) = a/(1 + a)."""
        if torch.compiler.is_compiling():
            e = d * self._speed
            return self._close(x, e), torch.abs(e) <= 0.5
        a = d * self._speed
        good = torch.linalg.vector_norm(a, math.inf) <= 1 if a.numel() else None
        a = torch.expm1(a, out=a)
        b = (a + 1).reciprocal_().mul_(a)
        root = torch.mul(x, x).add_(self._square).sqrt_()
        step = torch.sub(a, b).mul_(x).addcmul_(a.add_(b), root, value=-1)
        return torch.add(x, step, alpha=0.5), good

    def _close(self, x: Tensor, e: Tensor) -> Tensor:
        odd, even = _hyperbolic(e)
        return x + (x * even - torch.sqrt(x * x + self._square) * odd)

    @property
    def _square(self) -> float:
        return self.smoothing / self.scale

    @property
    def _speed(self) -> float:
        return self.factor * math.sqrt(self.scale)

    def inverse_metric(self, x: Tensor) -> Tensor:
        return torch.mul(x, x).add_(self._square).sqrt_().mul_(self._speed)


@dataclass(frozen=True)
class Power:
    """1/R'' = factor |x|^exponent, where x keeps its sign for an exponent of 1 or more, and stays at 0.

    R = |x|^p/p has the exponent 2 - p and the factor 1/(p - 1) (``Power.norm``); L balanced layers under steepest
    descent have q (L - 1)/L and L (``Power.balanced``). From the exponent 1 on R' is the logarithm or a power that is
    bounded on one side: a step that leads past its range is answered by NaN.
    """

    exponent: float
    factor: float = 1.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.exponent) and 0 < self.factor < math.inf):
            raise ValueError(f"the factor must be positive and both be finite, not {self.factor}, {self.exponent}")

    @classmethod
    def norm(cls, p: float) -> Power:
        """R = |x|^p/p for p > 1."""
        if not 1 < p < math.inf:
            raise ValueError(f"p must be greater than 1 and finite, not {p}")
        return cls(2 - p, 1 / (p - 1))

    @classmethod
    def balanced(cls, depth: int, q: float = 2.0) -> Power:
        """The inverse metric depth |x|^(q (depth - 1)/depth) of a product of balanced layers."""
        if depth < 1 or not 1 <= q <= 2:
            raise ValueError(f"the depth must be at least 1 and q lie in [1, 2], not {depth} and {q}")
        return cls(q * (depth - 1) / depth, float(depth))

    def record(self) -> dict[str, Any]:
        return {"map": "Power", **asdict(self)}

    def displaced(self, x: Tensor, d: Tensor) -> Tensor:
        r = 1 - self.exponent
        if r == 0:
            return x * torch.exp(-torch.sign(x) * self.factor * d)
        size = torch.abs(x)
        if r > 0:  # R' is odd and onto, and 0 at 0
            dual = signed(size.pow(r), x) - self.factor * r * d
            moved = signed(torch.abs(dual).pow(1 / r), dual)
        else:
            gap = 1 + torch.sign(x) * self.factor * -r * d * size.pow(-r)  # |y|^r = |x|^r gap
            moved = torch.where(gap > 0, x * torch.abs(gap).pow(1 / r), torch.nan)
            moved = torch.where(torch.isnan(gap), gap, moved)
        if abs(r) < _FLAT:
            part = torch.sign(x) * self.factor * -r * d * size.pow(-r)  # |y|^r = |x|^r (1 + part)
            close = x * torch.exp(torch.log1p(part) / r)
            moved = torch.where(part > -0.5, close, moved) if r > 0 else close
        return torch.where((d == 0) | ((x == 0) if r < 0 else torch.zeros_like(x, dtype=torch.bool)), x, moved)

    def near(self, x: Tensor, d: Tensor) -> Near:
        return self.displaced(x, d), None

    def inverse_metric(self, x: Tensor) -> Tensor:
        return self.factor * torch.abs(x).pow(self.exponent)


@dataclass(frozen=True)
class SmoothedHomogeneous:
    """R'' = 1 + weight |x|^(p - 2)/lam for p >= 2, with 1/R'' = lam/(weight |x|^(p - 2) + lam).

    R' = x + c sign(x) |x|^(p - 1), c = weight/(lam (p - 1)); its inverse in closed form at p = 3, else by Newton's
    method, which falls from above to the root of a convex function and so needs no bracket.
    """

    p: float
    lam: float
    weight: float = 1.0

    def __post_init__(self) -> None:
        _positive(self)
        if self.p < 2:
            raise ValueError(f"p must be at least 2, not {self.p}")

    def record(self) -> dict[str, Any]:
        return {"map": "SmoothedHomogeneous", **asdict(self)}

    def displaced(self, x: Tensor, d: Tensor) -> Tensor:
        c, r = self.weight / (self.lam * (self.p - 1)), self.p - 1
        dual = x + c * (x * _power(torch.abs(x), r - 1)) - d
        target = torch.abs(dual)
        if self.p == 3:
            return torch.where(d == 0, x, 2 * dual / (1 + torch.sqrt(1 + 4 * c * target)))
        root = torch.minimum(target, (target / c).pow(1 / r))  # past the root, by a factor of 2^(1/r) at most
        for _ in range(_NEWTON):
            slope = c * _power(root, r - 1)
            root = (target + (r - 1) * slope * root) / (1 + r * slope)
        return torch.where(d == 0, x, signed(root, dual))

    def near(self, x: Tensor, d: Tensor) -> Near:
        """Newton's method from the tangent at x; a last step s leaves about s^2 (r - 1) (R'' - 1)/(2 y R'').

        Where the number of steps need not be fixed, it is the least that suffices; in a kernel one less than the most.
        d = 0 leads to x itself: both sides of the equation are then the same numbers.
        """
        if self.p == 3:
            return self.displaced(x, d), None
        c, r = self.weight / (self.lam * (self.p - 1)), self.p - 1
        compiling, eps = torch.compiler.is_compiling(), torch.finfo(x.dtype).eps
        steps = _STEPS.get(x.dtype, 2) - compiling
        w = _power(torch.abs(x), r - 1)
        target = (x + c * (x * w)) - d
        y = x - d / (1 + c * r * w)
        good = torch.zeros((), dtype=torch.bool)
        for _ in range(steps):
            w = _power(torch.abs(y), r - 1)
            slope = 1 + (c * r) * w
            step = ((y + c * (y * w)) - target) / slope
            y = y - step
            left = ((r - 1) / (2 * eps)) * ((slope - 1) * (step * step))
            good = left - slope * (y * y) <= 0  # false where both overflow
            if not compiling and bool(good.all()):
                break
        return y, good

    def inverse_metric(self, x: Tensor) -> Tensor:
        return self.lam / (self.weight * _power(torch.abs(x), self.p - 2) + self.lam)


def _hyperbolic(e: Tensor) -> tuple[Tensor, Tensor]:
    """sinh e and cosh e - 1 for |e| <= 1/2 by their series, to rounding: cheaper than functions, and fused."""
    last = 15 if e.dtype == torch.float64 else 7
    s = e * e
    odd, even = torch.ones_like(e), torch.ones_like(e)
    for k in range(last, 2, -2):  # Horner's scheme
        odd, even = 1 + odd * (s * (1 / (k * (k - 1)))), 1 + even * (s * (1 / (k * (k + 1))))
    return e * odd, even * (s * 0.5)


def signed(size: Tensor, x: Tensor) -> Tensor:
    """size with the sign of x; of copysign torch's compiler makes no vectors."""
    return torch.where(x < 0, -size, size) if torch.compiler.is_compiling() else torch.copysign(size, x)


def _power(size: Tensor, r: float) -> Tensor:
    """size^r for r >= 0; small whole powers by squarings."""
    if r != int(r) or not 0 < r <= 32:
        return size.pow(r)
    answer, square, left = None, size, int(r)
    while left:
        if left & 1:
            answer = square if answer is None else answer * square
        square, left = square * square if left > 1 else square, left >> 1
    return size if answer is None else answer


def _positive(given: Any) -> None:
    for name, value in asdict(given).items():
        if not 0 < value < math.inf:
            raise ValueError(f"{name} must be positive and finite, not {value}")

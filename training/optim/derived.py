"""The mirror map of any potential of ``theory.potentials``, with R' and R'' as the theory derives them.

R' is inverted numerically: a bracket is sought on the side to which the step goes, then narrowed by Newton's method. A
potential of |x| whose R' falls from one side of 0 to the other (a logarithm, a negative power) keeps the signs of its
points apart, and a point at 0 where it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import sympy
import torch
from torch import Tensor

from theory import orthants
from theory.potentials import MirrorPotential
from training.optim.newton import increasing_root, middle

Function = Callable[[Tensor], Tensor]
_FUNCTIONS: dict[Any, Function] = {
    sympy.exp: torch.exp, sympy.log: torch.log, sympy.sinh: torch.sinh, sympy.cosh: torch.cosh, sympy.tanh: torch.tanh,
    sympy.asinh: torch.asinh, sympy.acosh: torch.acosh, sympy.atanh: torch.atanh, sympy.atan: torch.atan,
    sympy.sin: torch.sin, sympy.cos: torch.cos, sympy.tan: torch.tan, sympy.asin: torch.asin, sympy.acos: torch.acos,
    sympy.erf: torch.erf, sympy.Abs: torch.abs, sympy.sign: torch.sign, sympy.loggamma: torch.lgamma,
}  # fmt: skip
_EXPANSIONS = 12  # the way to the other end of the bracket is multiplied by 4, 16, 256, ...
_STEPS = 3  # Newton's, of ``near``
_POLE = 1000.0  # by so much a slope grows over the last hundredths of the way to a pole
_UNROLLED = 4  # expansions inside a compiled step, where their number cannot depend on the numbers


def function(expression: sympy.Expr, x: sympy.Symbol) -> Function:
    """The expression as a function of tensors, built by walking it. Raises ValueError for what has no counterpart."""
    if expression == x:
        return lambda t: t
    if not expression.has(x):
        if expression.free_symbols or not expression.is_real:
            raise ValueError(f"{expression} is no real number: give values to the parameters of the potential")
        value = float(expression)
        return lambda t: torch.full_like(t, value)
    if isinstance(expression, (sympy.Add, sympy.Mul)):
        number, rest = expression.as_independent(x, as_Add=isinstance(expression, sympy.Add))
        inner = [function(a, x) for a in type(expression).make_args(rest)]
        scalar = function(number, x)(torch.zeros((), dtype=torch.float64)).item()
        return _sum(scalar, inner) if isinstance(expression, sympy.Add) else _product(scalar, inner)
    if isinstance(expression, sympy.Pow) and expression.exp.is_real and expression.exp.is_number:
        base, exponent = function(expression.base, x), float(expression.exp)
        if exponent == 0.5:
            return lambda t: torch.sqrt(base(t))
        return lambda t: base(t).pow(exponent)
    if expression.func in _FUNCTIONS and len(expression.args) == 1:
        outer, argument = _FUNCTIONS[expression.func], function(expression.args[0], x)
        return lambda t: outer(argument(t))
    raise ValueError(f"{expression.func.__name__} in the potential has no counterpart in torch")


def _sum(scalar: float, inner: list[Function]) -> Function:
    def total(t: Tensor) -> Tensor:
        result = inner[0](t)
        for f in inner[1:]:
            result = result + f(t)
        return result + scalar if scalar else result

    return total


def _product(scalar: float, inner: list[Function]) -> Function:
    def total(t: Tensor) -> Tensor:
        result = inner[0](t)
        for f in inner[1:]:
            result = result * f(t)
        return result * scalar if scalar != 1 else result

    return total


class Derived:
    """The map of a MirrorPotential; ``values`` for its parameters (name -> number).

    The domain is x > 0 where the symbol is declared positive, both half-lines on their own where they are kept apart
    (see above), and the whole line else, as far as the first pole of R' on either side, or where it is defined no more.
    Raises ValueError where a parameter has no value, and where R'' is not positive at points tried.
    """

    def __init__(self, potential: MirrorPotential, values: Mapping[str, float] | None = None) -> None:
        self._made = potential, values
        given = {s: (values or {})[s.name] for s in potential.potential.free_symbols if s.name in (values or {})}
        exact = {s: sympy.nsimplify(v, rational=True) for s, v in given.items()}
        self.x = potential.x
        self._text = str(potential.potential.subs(exact))
        gradient, hessian = potential.gradient.subs(exact), potential.hessian.subs(exact)
        t = sympy.Symbol(f"{self.x.name}_t", positive=True)
        slopes = {side: sympy.expand(orthants.branch(gradient, self.x, side)[0]) for side in orthants.sides(self.x)}
        constants = {e.as_independent(t, as_Add=True)[0] for e in slopes.values()}
        offset = constants.pop() if len(constants) == 1 else sympy.Integer(0)  # differences of R' alone are used
        self._sides: dict[int, tuple[Function, Function]] = {}
        for side, slope in slopes.items():
            curvature = orthants.branch(hessian, self.x, side)[0]
            self._sides[side] = function(side * (slope - offset), t), function(sympy.powsimp(curvature), t)
        self._even = len(slopes) == 2 and slopes[-1] - offset == offset - slopes[1]
        self._edges = {side: _edge(slope) for side, (slope, _) in self._sides.items()}
        self._bounded = min(self._edges.values()) < math.inf
        for side, (_, curvature) in self._sides.items():
            at = torch.logspace(-3, 3, 25, dtype=torch.float64)
            tried = curvature(torch.clamp(at, max=self._edges[side]))
            if not bool(((tried > 0) | torch.isnan(tried) | (tried == 0)).all()) or not bool((tried > 0).any()):
                raise ValueError(f"{self._text} is not convex on the side {side:+d} of {self.x}: no mirror map")

    def __reduce__(self) -> tuple[Any, ...]:
        return Derived, self._made

    def record(self) -> dict[str, Any]:
        return {"map": "Derived", "potential": self._text}

    @cached_property
    def apart(self) -> bool:
        """Whether a point cannot pass 0: R' is infinite there or does not rise from the left to the right."""
        if -1 not in self._sides:
            return True
        tiny = torch.tensor(1e-200, dtype=torch.float64)
        left, right = -self._sides[-1][0](tiny), self._sides[1][0](tiny)
        return not bool(torch.isfinite(left) & torch.isfinite(right) & (right - left > -1e-9 * (1 + torch.abs(right))))

    def span(self, kind: torch.finfo) -> tuple[float, float]:
        """The least and the greatest number of a type in the domain, short of a last place of its ends."""
        ends = [min(self._edges.get(side, math.inf) * (1 - kind.eps), kind.max) for side in (-1, 1)]
        return -ends[0], ends[1]

    def gradient(self, x: Tensor) -> Tensor:
        """R'(x), its limit from the side of x at 0; NaN outside of the domain."""
        return self._inside(x, self._on_sides(x, 0))

    def hessian(self, x: Tensor) -> Tensor:
        return self._inside(x, self._on_sides(x, 1))

    def _inside(self, x: Tensor, value: Tensor) -> Tensor:
        if not self._bounded:
            return value
        low, high = self.span(torch.finfo(x.dtype))
        return torch.where((x >= low) & (x <= high), value, torch.nan)

    def _on_sides(self, x: Tensor, order: int) -> Tensor:
        t = torch.clamp(torch.abs(x), min=torch.finfo(x.dtype).tiny)
        right = self._sides[1][order](t)
        if -1 not in self._sides:
            return torch.where(x < 0, torch.nan, right)
        if self._even:
            return torch.where(x < 0, -right, right) if order == 0 else right
        left = self._sides[-1][order](t)
        return torch.where(x < 0, -left if order == 0 else left, right)

    def inverse_metric(self, x: Tensor) -> Tensor:
        value = 1 / self.hessian(x)
        return torch.where(x == 0, torch.zeros_like(x), value) if self.apart else value

    def displaced(self, x: Tensor, d: Tensor) -> Tensor:
        target = self.gradient(x) - d
        still = (d == 0) | (x == 0) if self.apart else d == 0
        d = torch.where(still, torch.zeros_like(d), d)
        far = self._beyond(x, d, target)
        least, most = torch.minimum(x, far), torch.maximum(x, far)
        start = torch.clamp(x - d / self.hessian(x), least, most)
        low, high = self.span(torch.finfo(x.dtype))
        start = torch.where((start > low) & (start < high), start, middle(least, most))  # beside a pole none moves
        start = torch.where(torch.isfinite(start), start, x)
        root = increasing_root(lambda y: self.gradient(y) - target, self.hessian, least, most, start)
        reached = (self.gradient(far) - target) * torch.sign(d) <= 0  # a product with d itself may underflow
        return torch.where(still, x, torch.where(reached, root, torch.nan))

    def near(self, x: Tensor, d: Tensor) -> tuple[Tensor, Tensor]:
        """Newton's method from the tangent at x, a fixed number of steps; good where the last one was next to none."""
        target = self.gradient(x) - d
        still = (d == 0) | (x == 0) if self.apart else d == 0
        d = torch.where(still, torch.zeros_like(d), d)
        y, last = x - d / self.hessian(x), d
        low, high = self.span(torch.finfo(x.dtype))
        good = still
        for _ in range(_STEPS):
            step = (self.gradient(y) - target) / self.hessian(y)
            y = y - step
            size = torch.abs(y) if self.apart else torch.abs(x) + torch.abs(y)  # the way to where R'' may be infinite
            if self._bounded:
                size = torch.minimum(size, torch.minimum(y - low, high - y))
            least = torch.finfo(x.dtype).eps ** (2 / 3) * size
            good, last = still | (torch.abs(step) <= torch.minimum(least, torch.abs(last) + least / 64)), step
        if self.apart:
            good = still | (good & (x * y > 0))
        good = good & (torch.abs(y) < torch.inf)
        return torch.where(still, x, y), good

    def _beyond(self, x: Tensor, d: Tensor, target: Tensor) -> Tensor:
        """A point at or past the root as seen from x: the Newton step, its growing multiples, or halvings of |x|."""
        compiling = torch.compiler.is_compiling()
        kind = torch.finfo(x.dtype)
        low, high = self.span(kind)
        way = -d / self.hessian(x)
        least = kind.eps * torch.abs(x) + kind.tiny
        way = torch.where(torch.abs(way) > least, way, -torch.sign(d) * least)
        far = self._kept_apart(x, (x + way).clamp(low, high), x / 2)
        factor = 4.0
        for _ in range(_UNROLLED if compiling else _EXPANSIONS):
            short = (self.gradient(far) - target) * torch.sign(d) > 0
            if not compiling and not bool(short.any()):
                break
            further = self._kept_apart(x, x + way * factor, x / factor)
            far = torch.where(short, further.clamp(low, high), far)
            factor = min(factor * factor, kind.max / 2)
        return far

    def _kept_apart(self, x: Tensor, far: Tensor, nearer: Tensor) -> Tensor:
        if not self.apart:
            return far
        zero = torch.sign(x) * torch.finfo(x.dtype).tiny
        return torch.where(far * torch.sign(x) > 0, far, torch.where(nearer == 0, zero, nearer))


def _edge(slope: Function) -> float:
    """Up to where a rising slope is known: to its first pole, or to where it is no number any more."""
    at = torch.logspace(-4, 9, 2000, dtype=torch.float64)
    values = slope(at)
    known = torch.isfinite(values)
    ends = known[:-1] & (~known[1:] | (values[1:] < values[:-1] - 1e-6 * torch.abs(values[:-1])))
    ends[1:] &= ~ends[:-1]  # of a slope that goes on falling the first
    for last in ends.nonzero()[:, 0].tolist():
        low, high = at[last], at[last + 1]
        while bool((low < (between := (low + high) / 2)) & (between < high)):
            rises = bool((slope(between) >= values[last]) & (slope(between) < torch.inf))
            low, high = (between, high) if rises else (low, between)
        if not known[last + 1] or bool(slope(low) > _POLE * torch.abs(values[last])):  # else it falls by rounding
            return float(low)
    return math.inf

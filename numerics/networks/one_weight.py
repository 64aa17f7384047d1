"""The mirror flow of one weight far out, by quadrature: f = theta^L, the loss e^-z with z = theta^L.

Time is the integral of e^z/r dz, where r = d(1/loss)/dt as a function of z is an expression of the theory. With s the
distance from the end,

    t(z) = e^z/r(z) I(z),   I(z) = integral over 0 <= s <= z - z0 of e^-s r(z)/r(z - s),

is enclosed by ball arithmetic: log t = z - log r + log I is a ball for z of a million and more. Where r has the order
c z^e the theory expects z - log t - e log log t -> log c.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import flint
import sympy
from flint import acb, arb

from numerics.quadrature import integral, power
from theory.potentials import MirrorPotential
from theory.rates import ScalarFlow
from theory.rates import z as Z

x = sympy.Symbol("x", real=True)
BITS = 160
FAR = 400  # beyond this distance from the end e^-s is nothing at the working precision
Ball = Callable[[acb, bool], acb]


class BetweenPotential(MirrorPotential):
    """R'' = (x^2 + lam)^(alpha/2 - 1) with the conjugate (x^2 + lam)^(alpha/2)/alpha, of degree alpha in [1, 2]."""

    def __init__(self, alpha: sympy.Rational, lam: sympy.Expr) -> None:
        if not 1 <= alpha <= 2:
            raise ValueError("alpha must lie in [1, 2]")
        super().__init__(x**2 / 2, x)
        self.potential = sympy.Function("R")(x)
        self.hessian = (x**2 + lam) ** (alpha / 2 - 1)
        self.dual_at_gradient = (x**2 + lam) ** (alpha / 2) / alpha
        self.horizon_degree = alpha


def compiled(e: sympy.Expr) -> Ball:
    """A sum of products of rational powers in z as a function of balls for ``numerics.quadrature``."""
    if e == Z:
        return lambda y, flag: y
    if e.is_Rational:
        value = arb(flint.fmpq(int(e.p), int(e.q)))
        return lambda y, flag: acb(value)
    parts = [compiled(a) for a in e.args]
    if isinstance(e, sympy.Add):
        return lambda y, flag: _sum([p(y, flag) for p in parts])
    if isinstance(e, sympy.Mul):
        return lambda y, flag: _product([p(y, flag) for p in parts])
    if isinstance(e, sympy.Pow) and e.exp.is_Integer:
        count = int(e.exp)
        return lambda y, flag: parts[0](y, flag) ** count
    if isinstance(e, sympy.Pow) and e.exp.is_Rational:
        return lambda y, flag: power(parts[0](y, flag), parts[1](y, flag), flag)
    raise ValueError(f"no rate of rational powers: {e}")


def _sum(values: Sequence[acb]) -> acb:
    return sum(values, acb(0))


def _product(values: Sequence[acb]) -> acb:
    out = acb(1)
    for v in values:
        out *= v
    return out


def equal_weights(count: int, smoothing: sympy.Rational) -> OneWeight:
    """f = theta_1 + ... + theta_n under the entropy from 0, all weights equal to r: z = n r rises as one weight does
    whose smoothing is n^2 times as large, d(1/loss)/dt = n sqrt(r^2 + lam) = sqrt(z^2 + n^2 lam)."""
    lam = count**2 * smoothing
    return OneWeight(MirrorPotential(x * sympy.asinh(x / sympy.sqrt(lam)) - sympy.sqrt(x**2 + lam), x), 1, 0)


@dataclass(frozen=True)
class OneWeight:
    """The flow from z = z0 on; the potential's parameters are rationals."""

    potential: MirrorPotential
    layers: int
    z0: int = 1

    @cached_property
    def scalar(self) -> ScalarFlow:
        return ScalarFlow(self.potential, sympy.Integer(self.layers))

    @cached_property
    def alpha(self) -> sympy.Rational:
        return self.potential.horizon_degree

    @cached_property
    def order(self) -> tuple[sympy.Expr, sympy.Expr]:
        """(c, e) with r = c z^e (1 + o(1))."""
        return self.scalar.order

    @cached_property
    def _rate(self) -> Ball:
        return compiled(sympy.powsimp(self.scalar.rate))

    def log_time(self, z: int) -> arb:
        """log t when log(1/loss) is z > z0."""
        if z <= self.z0:
            raise ValueError("z must be above the start")
        with flint.ctx.workprec(BITS):
            end = self._rate(acb(z), False)

            def ahead(s: acb, flag: bool) -> acb:
                return (-s).exp() * end / self._rate(z - s, flag)

            total, low, span = arb(0), 0, z - self.z0
            for high in [h for h in (1, 4, 16, 64, FAR) if h < span]:
                total += integral(ahead, arb(low), arb(high))
                low = high
            if span > FAR:
                # what is left lies between nought and e^-FAR times the largest quotient
                rest = arb(-FAR).exp() * end.real / self._least_rate(z - FAR)
                total += rest.union(arb(0))
            else:
                total += integral(ahead, arb(low), arb(span))
            return arb(z) - end.real.log() + total.log()

    def _least_rate(self, z: int) -> arb:
        """A positive lower bound of the rate on [z0, z], from its values on the balls between powers of two."""
        low, least = self.z0, arb("inf")
        while low < z:
            high = min(max(2 * low, 1), z)
            least = least.min(self._rate(acb(arb(low).union(arb(high))), False).real)
            low = high
        if not least > 0:
            raise ArithmeticError("the rate is not seen to be positive")
        return least.lower()

    def log_size(self, z: int) -> float:
        """log theta = log z/L."""
        return math.log(z) / self.layers

    def log_dual(self, z: int) -> float:
        """log Q(R'(theta))."""
        dual = self.potential.dual_at_gradient.subs(x, sympy.Float(z, 60) ** sympy.Rational(1, self.layers))
        return float(sympy.log(sympy.N(dual, 40)))

    def local_exponent(self, z: int) -> float:
        """z r'(z)/r(z), which tends to e."""
        slope = Z * sympy.diff(self.scalar.rate, Z) / self.scalar.rate
        return float(sympy.N(slope.subs(Z, z), 30))

    def constant_gap(self, z: int) -> float:
        """log r(z) - log(c z^e), which tends to 0."""
        c, e = self.order
        return float(sympy.N(sympy.log(self.scalar.rate.subs(Z, z)) - sympy.log(c) - e * sympy.log(z), 30))

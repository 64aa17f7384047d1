"""Rates of mirror flow under the exponential loss: the integral of a power of the logarithm, its inverse, and time.

With f of degree L and a conjugate of degree alpha, ``-d loss/dt >= c loss^2 (log 1/loss)^(-beta)``, beta = alpha/L - 2,
so that G(1/loss) rises at least like c t, ``G(x) = integral of (log u)^beta``. Integration by parts gives
``G(x) = x (log x)^beta (1 + O(1/log x))``, and the inverse is of the order ``y (log y)^(-beta)``: the loss is of the
order ``1/(t (log t)^(2 - alpha/L))`` where the rate is matched from below. A flow of one weight, f = theta^L, shows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import sympy

from theory import orthants
from theory.derivation import Derivation
from theory.limits import at_infinity, dominating, power_sum
from theory.potentials import MirrorPotential
from theory.vanishing import check_equal

u = sympy.Symbol("u", positive=True)  # 1/loss
z = sympy.Symbol("z", positive=True)  # its logarithm
time = sympy.Symbol("t", positive=True)


@dataclass(frozen=True)
class LogarithmicIntegral:
    """G with G'(x) = (log x)^beta, for x > 1."""

    beta: sympy.Expr

    def partial_sum(self, terms: int) -> sympy.Expr:
        """e^z z^beta sum_{k < terms} (-1)^k beta (beta - 1) ... (beta - k + 1) z^(-k), z = log x, by parts."""
        if terms < 1:
            raise ValueError("at least one term is needed")
        beta = sympy.sympify(self.beta)
        inner = sum(((-1) ** k * sympy.ff(beta, k) * z ** (-k) for k in range(terms)), sympy.Integer(0))
        value = sympy.exp(z) * z**beta * sympy.expand_func(inner)
        check_equal(self._slope(value), self.remainder_slope(terms) + 1, "partial sum")
        return value

    def remainder_slope(self, terms: int) -> sympy.Expr:
        """What the derivative of the partial sum exceeds z^beta e^z by, over z^beta e^z."""
        beta = sympy.sympify(self.beta)
        return sympy.expand_func((-1) ** (terms - 1) * sympy.ff(beta, terms)) * z ** (-terms)

    def _slope(self, value: sympy.Expr) -> sympy.Expr:
        return sympy.expand(sympy.diff(value, z) / (sympy.exp(z) * z**self.beta))

    @property
    def order(self) -> sympy.Expr:
        """x (log x)^beta, the leading order of G."""
        return u * sympy.log(u) ** self.beta

    @property
    def inverse_order(self) -> sympy.Expr:
        """y (log y)^(-beta), the leading order of the inverse, in the argument y of the inverse."""
        return time * sympy.log(time) ** (-self.beta)

    @cached_property
    def closed_form(self) -> sympy.Expr | None:
        """An antiderivative in u where beta is a nonnegative integer or -1; differentiated back; else None."""
        beta = sympy.sympify(self.beta)
        if beta == -1:
            answer = sympy.li(u)
        elif beta.is_Integer and beta >= 0:
            answer = self.partial_sum(int(beta) + 1).subs(z, sympy.log(u))
            answer = sympy.expand(answer.subs(sympy.exp(sympy.log(u)), u))
        else:
            return None
        check_equal(sympy.diff(answer, u), sympy.log(u) ** beta, "antiderivative")
        return answer

    def derivation(self) -> Derivation:
        steps = Derivation(f"The integral of (log u)^({self.beta})")
        steps = steps.then("u = e^z, by parts, differentiated back", "G", self.partial_sum(3))
        steps = steps.then("what the sum leaves, over z^b e^z", "remainder", self.remainder_slope(3))
        return steps.then("leading order", "G", self.order, "x -> oo")


@dataclass(frozen=True)
class LossRate:
    """How fast the loss falls, for f of degree ``layers`` and a conjugate of degree ``alpha``."""

    layers: sympy.Expr
    alpha: sympy.Expr

    @property
    def integral(self) -> LogarithmicIntegral:
        """G with beta = alpha/L - 2, from the upper bound of the loss."""
        return LogarithmicIntegral(sympy.sympify(self.alpha) / self.layers - 2)

    @property
    def upper(self) -> sympy.Expr:
        """1/(t (log t)^(2 - alpha/L)), an upper order of the loss."""
        return 1 / self.integral.inverse_order

    def lower(self, hessian_degree: sympy.Expr) -> sympy.Expr:
        """1/(t (log t)^e), a lower order of the loss where 1/R'' is of the order |theta|^(-hessian_degree) at most.

        |theta|^L is of the order z = log(1/loss), the slopes of the outputs of the order z^(1 - 1/L), so that
        -loss' is at most of the order loss^2 z^e with e = 2 - 2/L - hessian_degree/L.
        """
        exponent = 2 - (2 + sympy.sympify(hessian_degree)) / self.layers
        return 1 / (time * sympy.log(time) ** exponent)

    @property
    def tight(self) -> bool | None:
        """Whether both orders agree where R'' keeps a positive lower bound or falls like |theta|^(alpha - 2)."""
        return (sympy.Min(0, sympy.sympify(self.alpha) - 2) - (self.alpha - 2)).is_zero

    @property
    def dual(self) -> sympy.Expr:
        """log t, the order of (alpha D)^(L/alpha): it is that of log(1/loss), and both orders of the loss give it."""
        return sympy.log(time)


@dataclass(frozen=True)
class ScalarFlow:
    """One weight, f = theta^L with theta > 0, one sample: the loss is exp(-theta^L) and u = 1/loss."""

    potential: MirrorPotential
    layers: sympy.Expr

    @cached_property
    def rate(self) -> sympy.Expr:
        """du/dt in terms of z = log u: theta' = L theta^(L-1) loss/R'', so that du/dt = L^2 theta^(2L-2)/R''."""
        second, theta = orthants.branch(self.potential.hessian, self.potential.x, 1)
        n = sympy.sympify(self.layers)
        speed = n * theta ** (n - 1) / (u * second)
        moved = sympy.powsimp(sympy.expand(n * theta ** (n - 1) * u * speed))
        check_equal(moved, n**2 * theta ** (2 * n - 2) / second, "rate of 1/loss")
        return sympy.powdenest((n**2 * theta ** (2 * n - 2) / second).subs(theta, z ** (1 / n)))

    @cached_property
    def order(self) -> tuple[sympy.Expr, sympy.Expr]:
        """(c, e) with du/dt = c z^e (1 + o(1)), z = log u -> oo; raises ``Unchecked`` where there is no such order."""
        terms = power_sum(self.rate, z)
        leading = None if terms is None else dominating(terms)
        if leading is not None:
            return leading
        exponent = at_infinity(z * sympy.diff(self.rate, z) / self.rate, z)
        return at_infinity(self.rate / z**exponent, z), exponent

    @property
    def loss(self) -> sympy.Expr:
        """The order of the loss in time, 1/(c t (log t)^e): the inverse of G with beta = -e, at c t."""
        factor, exponent = self.order
        return 1 / (factor * LogarithmicIntegral(-exponent).inverse_order)

    def derivation(self) -> Derivation:
        steps = Derivation(f"The loss exp(-theta^{self.layers}) along mirror flow")
        steps = steps.then("mirror flow, u = 1/loss, z = log u", "du/dt", self.rate)
        factor, exponent = self.order
        steps = steps.then("leading power of z", "du/dt", factor * z**exponent, "z -> oo")
        return steps.then("integrate and invert", "loss", self.loss, "t -> oo")

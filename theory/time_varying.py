"""Time-varying mirror flows: when decoupled decay can be taken into a potential that changes with it.

Decay a moves x = w_1 ... w_L at the rate -L a x beside the force. With A the integral of a, a potential R_A with
``d R_A'(x_t) = -spow(f', q - 1) dt`` needs ``R_A'' = H``, the reciprocal of the inverse metric at the balance of the
moment, and ``dR_A'/dA = L x H``; the two agree where ``dH/dA = d(L x H)/dx``.

The inverse metric is homogeneous, ``M(c^L x, c^q lam) = c^(q (L-1)) M(x, lam)``, and the balance is lam_0 exp(-q A), so
``H = exp(q (L-1) A) h(exp(L A) x)`` with h = H at A = 0, and the condition is ``q (L-1) h = L h``: the metric exponent
q (L-1)/L must be 1. There R_A'(x) = R_0'(exp(L A) x).
"""

from __future__ import annotations

from functools import cached_property

import sympy

from theory.derivation import Derivation
from theory.metric import InverseMetric, lam, q, z
from theory.vanishing import check_equal

x = sympy.Symbol("x", positive=True)
A = sympy.Symbol("A", real=True)
h = sympy.Symbol("h", positive=True)  # h(y) at y = exp(L A) x
slope = sympy.Symbol("h1", real=True)  # h'(y)
c = sympy.Symbol("c", positive=True)


class DecayedFlow:
    """The flow of ``layers`` layers (a number or a symbol) with decoupled decay, for the index ``index``."""

    def __init__(self, layers: sympy.Expr | int, index: sympy.Expr | int = q) -> None:
        self.layers = sympy.sympify(layers)
        self.index = sympy.sympify(index)

    @cached_property
    def homogeneity(self) -> sympy.Expr:
        """q (L-1): by it M scales where x scales by c^L and lam by c^q, so that z = |w_1|^q scales by c^q."""
        n = int(self.layers) if self.layers.is_Integer else 3  # the closed form is checked at a number of layers
        metric = InverseMetric(n).in_first_layer
        scaled = metric.subs({z: c * z, lam: c * lam}, simultaneous=True)  # c stands for c^q
        check_equal(sympy.expand(scaled), sympy.expand(c ** (n - 1) * metric), "homogeneity of the inverse metric")
        return self.index * (self.layers - 1)

    @cached_property
    def mismatch(self) -> sympy.Expr:
        """dH/dA - d(L x H)/dx, over exp(q (L-1) A): (q (L-1) - L) h, worked out by the product rule."""
        degree, n = self.homogeneity, self.layers
        y = sympy.exp(n * A) * x
        in_time = degree * h + slope * sympy.diff(y, A)
        in_space = n * (h + x * slope * sympy.diff(y, x))
        found = (degree - n) * h
        check_equal(sympy.expand(in_time - in_space), sympy.expand(found), "compatibility")
        return found

    @cached_property
    def exponent(self) -> sympy.Expr:
        """The index for which a time-varying mirror flow exists: L/(L-1), where the metric exponent is 1."""
        n = self.layers
        index = n / (n - 1)
        check_equal(index * (n - 1) - n, sympy.Integer(0), "root of the mismatch")
        return index

    def derivation(self) -> Derivation:
        steps = Derivation(f"Decay in the mirror flow of {self.layers} layers")
        steps = steps.then("homogeneity of the inverse metric", "H", "exp(q (L-1) A) h(exp(L A) x)")
        steps = steps.then("product rule", "q (L-1)", self.homogeneity)
        steps = steps.then("the two derivatives of R_A' must agree", "dH/dA - d(L x H)/dx", self.mismatch)
        return steps.then("root of the mismatch", "q", self.exponent)

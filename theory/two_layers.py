"""The gradient of the potential of two layers with balance lam > 0, for every index q.

R'' = 1/sqrt(4 |x|^q + lam^2) has for x > 0 the primitive with R'(0) = 0

``R'(x) = (x/lam) 2F1(1/2, 1/q; 1 + 1/q; -4 x^q/lam^2)``,

term by term the integral of the binomial series; it is elementary for q = 1, ``(sqrt(4 x + lam^2) - lam)/2``, and for
q = 2, ``asinh(2 x/lam)/2``, both differentiated back.
"""

from __future__ import annotations

from functools import cached_property

import sympy

from theory.derivation import Derivation
from theory.vanishing import check_equal

x = sympy.Symbol("x", positive=True)
lam = sympy.Symbol("lam", positive=True)
q = sympy.Symbol("q", positive=True)
k = sympy.Symbol("k", integer=True, nonnegative=True)
coefficient = sympy.Symbol("c", real=True)  # of the binomial series, (1/2)_k/k! (-4)^k/lam^(2k+1)


class TwoLayerGradient:
    """R' on x > 0 (it is odd), for an index q that is a number or the symbol."""

    def __init__(self, index: sympy.Expr | int = q) -> None:
        self.index = sympy.sympify(index)

    @cached_property
    def hessian(self) -> sympy.Expr:
        """1/sqrt(4 x^q + lam^2)."""
        return 1 / sympy.sqrt(4 * x**self.index + lam**2)

    @cached_property
    def term(self) -> sympy.Expr:
        """The k-th term of R', c x^(q k + 1)/(q k + 1): its slope is the k-th term c x^(q k) of R''."""
        power = self.index * k + 1
        found = coefficient * x**power / power
        check_equal(sympy.diff(found, x), coefficient * x ** (self.index * k), "term of the series")
        return found

    @cached_property
    def ratio(self) -> sympy.Expr:
        """(1/q)_k/(1 + 1/q)_k = (1/q)/(1/q + k) = 1/(1 + q k), the factor of a hypergeometric term."""
        found = (1 / self.index) / (1 / self.index + k)
        check_equal(found, 1 / (1 + self.index * k), "ratio of the rising factorials")
        return 1 / (1 + self.index * k)

    @cached_property
    def gradient(self) -> sympy.Expr:
        """R' in closed form: elementary at q = 1 and q = 2, the hypergeometric function otherwise."""
        n = self.index
        if n in (1, 2):
            answer = (sympy.sqrt(4 * x + lam**2) - lam) / 2 if n == 1 else sympy.asinh(2 * x / lam) / 2
            check_equal(sympy.diff(answer, x) ** 2, self.hessian**2, "slope of the gradient")
            check_equal(answer.subs(x, 0), sympy.Integer(0), "gradient at 0")
            return answer
        if self.term == 0 or self.ratio == 0:  # both are checked when they are derived
            raise AssertionError("a series without terms")
        half = sympy.Rational(1, 2)
        return x / lam * sympy.hyper((half, 1 / n), (1 + 1 / n,), -4 * x**n / lam**2)

    def derivation(self) -> Derivation:
        steps = Derivation(f"The gradient of the potential of two layers, q = {self.index}")
        steps = steps.then("reciprocal of the inverse metric", "R''(x)", self.hessian, "x > 0")
        steps = steps.then("integrate the binomial series term by term", "k-th term of R'(x)", self.term, "x > 0")
        steps = steps.then("ratio of rising factorials", "(1/q)_k/(1 + 1/q)_k", self.ratio)
        return steps.then("collect", "R'(x)", self.gradient, "x > 0")

"""Products of two matrices X = W1 W2 under gradient and sign flow with decoupled decay a.

With G the gradient of f at X the factors see G W2^T and W1^T G. Gradient flow moves ``W1^T W1 - W2 W2^T`` at the rate
-2 a times itself, and with it the difference of the squared norms. Sign flow moves the sum of |entries| of W1 by
``-<sign W1, sign(G W2^T)>`` and that of W2 by ``-<sign W2, sign(W1^T G)>``; the two agree where sign is multiplicative,
as it is for numbers, and differ in general.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import sympy

from theory.derivation import Derivation
from theory.vanishing import check_equal

a = sympy.Symbol("a", nonnegative=True)


class MatrixProduct:
    """W1 (rows x inner) times W2 (inner x columns), their entries symbols."""

    def __init__(self, rows: int, inner: int, columns: int) -> None:
        if min(rows, inner, columns) < 1:
            raise ValueError("a matrix has at least one row and one column")
        self.first = sympy.Matrix(rows, inner, lambda i, j: sympy.Symbol(f"u{i + 1}{j + 1}", real=True))
        self.second = sympy.Matrix(inner, columns, lambda i, j: sympy.Symbol(f"v{i + 1}{j + 1}", real=True))
        self.gradient = sympy.Matrix(rows, columns, lambda i, j: sympy.Symbol(f"g{i + 1}{j + 1}", real=True))

    @cached_property
    def slopes(self) -> tuple[sympy.Matrix, sympy.Matrix]:
        """G W2^T and W1^T G, found by differentiating <G, W1 W2>."""
        pairing = sum(g * p for g, p in zip(self.gradient, self.first * self.second, strict=True))
        found = self.gradient * self.second.T, self.first.T * self.gradient
        for factor, slope in zip((self.first, self.second), found, strict=True):
            for entry, value in zip(factor, slope, strict=True):
                check_equal(sympy.diff(pairing, entry), sympy.expand(value), "slope of the product")
        return found

    @cached_property
    def gradient_flow_rate(self) -> sympy.Matrix:
        """d(W1^T W1 - W2 W2^T)/dt = -2 a (W1^T W1 - W2 W2^T)."""
        up, down = (-s - a * w for s, w in zip(self.slopes, (self.first, self.second), strict=True))
        rate = up.T * self.first + self.first.T * up - down * self.second.T - self.second * down.T
        balance = self.first.T * self.first - self.second * self.second.T
        for found, wanted in zip(rate, -2 * a * balance, strict=True):
            check_equal(sympy.expand(found), sympy.expand(wanted), "balance of gradient flow")
        return -2 * a * balance

    @cached_property
    def norm_rate(self) -> sympy.Expr:
        """The trace of it: d(|W1|^2 - |W2|^2)/dt = -2 a (|W1|^2 - |W2|^2)."""
        norms = sum(w**2 for w in self.first) - sum(w**2 for w in self.second)
        check_equal(sympy.expand(self.gradient_flow_rate.trace()), sympy.expand(-2 * a * norms), "trace")
        return -2 * a * norms

    def sign_flow_velocity(self, point: dict[sympy.Symbol, sympy.Expr]) -> list[sympy.Expr]:
        """The velocity of all entries, those of W1 first, under sign flow without decay at a point off the kinks."""
        moved = [-sympy.sign(e.subs(point)) for s in self.slopes for e in s]
        if not all(e in (1, -1) for e in moved):
            raise ValueError("the point must fix the sign of every slope")
        return moved

    def sign_flow_rate(self, point: dict[sympy.Symbol, sympy.Expr]) -> sympy.Expr:
        """The rate of sum |W1| - sum |W2| there, which would be 0 were sign multiplicative."""
        weights = [*self.first, *self.second]
        signs = [sympy.sign(w.subs(point)) for w in weights]
        split = len(self.first)
        terms = [s * v for s, v in zip(signs, self.sign_flow_velocity(point), strict=True)]
        return sum(terms[:split], sympy.Integer(0)) - sum(terms[split:], sympy.Integer(0))

    def free_directions(self, points: Sequence[dict[sympy.Symbol, sympy.Expr]]) -> int:
        """The rank of the velocities at the points; where it is the number of entries no smooth quantity is kept."""
        return int(sympy.Matrix([self.sign_flow_velocity(p) for p in points]).rank())

    def derivation(self) -> Derivation:
        (n, k), m = self.first.shape, self.second.shape[1]
        steps = Derivation(f"A product of a {n} x {k} and a {k} x {m} matrix")
        steps = steps.then("differentiate <G, W1 W2>", "slope in W1", self.slopes[0].as_immutable())
        steps = steps.then("differentiate <G, W1 W2>", "slope in W2", self.slopes[1].as_immutable())
        rate = self.gradient_flow_rate.as_immutable()
        steps = steps.then("gradient flow, product rule", "d(W1^T W1 - W2 W2^T)/dt", rate)
        return steps.then("trace", "d(|W1|^2 - |W2|^2)/dt", self.norm_rate)


def column_times_number(entries: int = 2) -> tuple[MatrixProduct, list[dict[sympy.Symbol, sympy.Expr]]]:
    """A column of ones times the number 1, and slopes at it whose velocities span every direction.

    The slopes are all 1; then one of them -1/(2 entries), for each entry; then one so negative that the sum is too.
    """
    product = MatrixProduct(entries, 1, 1)
    ones = {w: sympy.Integer(1) for w in (*product.first, *product.second)}
    gradients = list(product.gradient)
    everywhere = dict.fromkeys(gradients, sympy.Integer(1))
    points = [{**ones, **everywhere}]
    points += [{**ones, **everywhere, g: -sympy.Rational(1, 2 * entries)} for g in gradients]
    points.append({**ones, **everywhere, gradients[-1]: -sympy.Integer(2 * entries)})
    return product, points


def freedom(entries: int = 2) -> Derivation:
    """That sign flow of a column times a number keeps no smooth quantity: its velocities span every direction."""
    product, points = column_times_number(entries)
    steps = Derivation(f"Sign flow of a column of {entries} entries times a number, all of them 1")
    slopes = list(product.gradient)
    for point in points:
        at = sympy.Tuple(*(point[g] for g in slopes))
        steps = steps.then("sign flow", f"velocity at the slopes {at}", sympy.Tuple(*product.sign_flow_velocity(point)))
    steps = steps.then("signs of the weights", "d(|W1| - |W2|)/dt at equal slopes", product.sign_flow_rate(points[0]))
    rank = product.free_directions(points)
    if rank != entries + 1:
        raise ArithmeticError("the velocities leave a direction out")
    return steps.then("rank of the velocities", "directions", sympy.Integer(rank))

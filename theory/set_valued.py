"""Set-valued slopes: the subdifferential of |x| and what sign flow does where its right-hand side jumps.

The slopes of |x| tend to 1 and -1 at 0, so Clarke's subdifferential there is their convex hull [-1, 1]. Sign flow of
c x^2/2 off zero moves (x - y)^2 at the rate ``-2 (sign(c x) - sign(c y)) (x - y)``, for c > 0 never positive; for c < 0
two solutions leave 0 to opposite sides.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy

from theory.derivation import Derivation
from theory.vanishing import check_equal

t = sympy.Symbol("t", positive=True)
q = sympy.Symbol("q", positive=True)


def hull_of_slopes(function: sympy.Expr, x: sympy.Symbol, at: sympy.Expr) -> tuple[sympy.Expr, sympy.Expr]:
    """(least, greatest) limit of the slope of a function of one variable at a point, from both sides.

    The function must be smooth on both sides of the point; this is then Clarke's subdifferential.
    """
    limits = []
    for side in (1, -1):
        step = sympy.Symbol("h", positive=True)
        branch = function.subs(x, at + side * step)
        slope = side * sympy.diff(branch, step)
        value = sympy.limit(slope, step, 0, "+")
        near = [abs((slope - value).subs(step, sympy.Rational(1, 10**k)).evalf(30)) for k in (3, 6, 9)]
        if value.is_finite is not True or not (near[2] <= near[0] and near[2] < sympy.Rational(1, 10**6)):
            raise ValueError(f"the slope has no limit at {at} from one side")
        limits.append(value)
    return min(limits), max(limits)


@dataclass(frozen=True)
class SignFlow:
    """x' in -sign(c x), c = 1 or -1 the sign of the curvature: the sign flow of c x^2/2."""

    curvature: int

    def __post_init__(self) -> None:
        if self.curvature not in (1, -1):
            raise ValueError("the sign of the curvature is 1 or -1")

    def rate_of_distance(self, first: int, second: int) -> int:
        """The sign of d(x - y)^2/dt for x, y of the given signs (1, 0 or -1), x at least y, resting at 0."""
        if first < second:
            raise ValueError("the first point must not lie below the second")
        gap = first - second
        return int(sympy.sign(-self.curvature * (first - second) * gap))

    @property
    def contracts(self) -> bool:
        """Whether no two points of different signs move apart."""
        return all(self.rate_of_distance(i, j) <= 0 for i in (1, 0, -1) for j in (1, 0, -1) if i >= j)

    def derivation(self) -> Derivation:
        x = sympy.Symbol("x", real=True)
        steps = Derivation(f"Sign flow of {self.curvature}*x**2/2")
        low, high = hull_of_slopes(sympy.Abs(x), x, sympy.Integer(0))
        steps = steps.then("limits of the slope of |x| from both sides, convex hull", "subdifferential at 0",
                           sympy.Interval(low, high))  # fmt: skip
        for i, j in ((1, 0), (1, -1), (0, -1)):
            rate = sympy.Integer(self.rate_of_distance(i, j))
            steps = steps.then("x' - y' against x - y", f"sign of d(x - y)^2/dt at signs ({i}, {j})", rate)
        return steps


@dataclass(frozen=True)
class LeavingSolution:
    """((2 - q) t)^(1/(2-q)): leaves 0 along x' = spow(x, q - 1), the steepest flow of -x^2/2, beside the solution 0."""

    index: sympy.Expr = q

    @property
    def solution(self) -> sympy.Expr:
        n = self.index
        found = ((2 - n) * t) ** (1 / (2 - n))
        base = sympy.Symbol("y", positive=True)  # (2 - q) t
        check_equal(sympy.diff(base ** (1 / (2 - n)), base) * (2 - n), base ** ((n - 1) / (2 - n)), "flow")
        return found

    def derivation(self) -> Derivation:
        steps = Derivation("Two solutions from 0 of x' = spow(x, q - 1)")
        steps = steps.then("rest", "x(t)", sympy.Integer(0))
        return steps.then("put into the equation", "x(t)", self.solution, "1 <= q < 2")

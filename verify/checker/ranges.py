"""Ranges of elementary terms over products of intervals that may be open or unbounded.

A ``Range`` is a set of reals between two ends; an end marked open is never attained, so that ``exp(x) > 0`` and
``atan(x) < pi/2`` on the whole line and ``1 - cos(x) >= 0`` near 0 are read off. Monotone functions are evaluated at
the ends in ball arithmetic and rounded outwards. ``NoRange`` is raised where a term may be undefined.

Source: W. Tucker, Validated Numerics (2011), chapters 2 and 3.
"""

from __future__ import annotations

from collections.abc import Mapping

from flint import arb

from numerics.balls import precision
from verify.checker.polynomials import number_value
from verify.checker.problem import Interval
from verify.checker.range_arithmetic import (
    ONE,
    UNARY,
    ZERO,
    NoRange,
    Range,
    add,
    extremum,
    general_power,
    multiply,
    natural_power,
    negate,
    of_ball,
    of_interval,
    of_number,
    real_power,
    reciprocal,
    signed_power,
)
from verify.language.terms import Term

__all__ = ["Evaluator", "NoRange", "Range", "range_of"]


class Evaluator:
    """Ranges of the subterms of terms over one box, each worked out once."""

    def __init__(self, box: Mapping[str, Interval]) -> None:
        self.box = box
        self.known: dict[Term, Range] = {}

    def range(self, t: Term) -> Range:
        if t not in self.known:
            self.known[t] = self._range(t)
        return self.known[t]

    def _range(self, t: Term) -> Range:
        op, a = t.op, t.args
        if op == "num":
            return of_number(a[0])
        if op == "sym":
            if a[0] not in self.box:
                raise NoRange(f"{a[0]} has no range")
            return of_interval(self.box[a[0]])
        if op == "const" and a[0] != "oo":
            return of_ball(arb.pi() if a[0] == "pi" else arb.const_e())
        if op == "+":
            return add(self.range(a[0]), self.range(a[1]))
        if op == "-":
            first, second = self.range(a[0]), self.range(a[1])
            return Range(ZERO, ZERO) if a[0] == a[1] else add(first, negate(second))
        if op == "*":
            return natural_power(self.range(a[0]), 2) if a[0] == a[1] else multiply(self.range(a[0]), self.range(a[1]))
        if op == "/":
            below = reciprocal(self.range(a[1]))
            return Range(ONE, ONE) if a[0] == a[1] else multiply(self.range(a[0]), below)
        if op == "**":
            return self._power(self.range(a[0]), a[1])
        if op == "spow":
            self.range(a[1])
            return signed_power(self.range(a[0]), lambda u: self._power(u, a[1]))
        if op in ("Min", "Max"):
            best = self.range(a[0])
            for item in a[1:]:
                best = extremum(best, self.range(item), op == "Min")
            return best
        if op in UNARY:
            return UNARY[op](self.range(a[0]))
        return self._ball(t)

    def _power(self, base: Range, exponent: Term) -> Range:
        r = number_value(exponent)
        if r is None:
            return general_power(base, self.range(exponent))
        if r.denominator > 1:
            return real_power(base, r)
        if r == 0:
            if base.has_zero:
                raise NoRange("0**0")
            return Range(ONE, ONE)
        if abs(r) > 10_000:
            raise NoRange("the exponent is too large")
        power = natural_power(base, abs(r.numerator))
        if r > 0:
            return power
        if base.has_zero:
            raise NoRange("a negative power of a number that may be zero")
        return reciprocal(Range(power.low, power.high, power.low_open or bool(power.low == 0), power.high_open))

    def _ball(self, t: Term) -> Range:
        """Integrals and sums, by ball arithmetic over bounded boxes."""
        from verify.language.evaluate import Undefined, Unknown, compile_enclosure

        if t.op not in ("integrate", "Sum", "Product", "expect"):
            raise NoRange(f"{t.op} has no range here")
        env = {}
        for name in t.free:
            r = self.range(Term("sym", name))
            if not (r.low.is_finite() and r.high.is_finite()):
                raise NoRange("an unbounded variable inside a binder")
            env[name] = r.low.union(r.high)
        try:
            value = compile_enclosure(t)(env)
        except (Undefined, Unknown) as error:
            raise NoRange(str(error)) from None
        if not value.is_finite():
            raise NoRange("no finite enclosure")
        return of_ball(value)


def range_of(term: Term, box: Mapping[str, Interval], prec: int = 64) -> Range:
    """A set that contains every value of the term on the box; the term is defined at every point of the box."""
    with precision(prec):
        return Evaluator(box).range(term)

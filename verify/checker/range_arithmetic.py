"""Arithmetic and elementary functions on ranges: sets of reals between two ends that may be open or infinite.

Ends are exact balls, rounded outwards; an end marked open is never attained. Monotone functions are evaluated at the
ends. ``NoRange`` is raised where a function may be undefined.

Source: W. Tucker, Validated Numerics (2011), chapters 2 and 3.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from flint import arb, fmpq

from verify.checker.problem import Interval

INF, ZERO, ONE = arb("inf"), arb(0), arb(1)


class NoRange(ArithmeticError):
    """The term may be undefined on the box, or nothing bounds it."""


@dataclass(frozen=True)
class Range:
    """{v : low <= v <= high}, with low (high) itself left out where it is marked open; infinite ends are open."""

    low: arb
    high: arb
    low_open: bool = False
    high_open: bool = False

    @property
    def has_zero(self) -> bool:
        below = self.low < 0 or (self.low == 0 and not self.low_open)
        above = self.high > 0 or (self.high == 0 and not self.high_open)
        return bool(below and above)

    def satisfies(self, relation: str) -> bool:
        """Whether every element is related so to zero."""
        if relation == ">":
            return bool(self.low > 0 or (self.low == 0 and self.low_open))
        if relation == ">=":
            return bool(self.low >= 0)
        if relation == "<":
            return bool(self.high < 0 or (self.high == 0 and self.high_open))
        if relation == "<=":
            return bool(self.high <= 0)
        if relation == "!=":
            return not self.has_zero
        return bool(self.low == 0 and self.high == 0)


def made(low: arb, high: arb, low_open: bool = False, high_open: bool = False) -> Range:
    if not (low <= high):
        raise NoRange("not a number")
    return Range(low, high, low_open or not low.is_finite(), high_open or not high.is_finite())


def of_number(value: Fraction) -> Range:
    ball = arb(fmpq(value.numerator, value.denominator))
    return Range(ball.lower(), ball.upper())


def of_interval(interval: Interval) -> Range:
    low, high = -INF, INF
    if interval.low is not None:
        low = of_number(interval.low).low
    if interval.high is not None:
        high = of_number(interval.high).high
    return made(low, high, interval.low_open, interval.high_open)


def hull(a: Range, b: Range) -> Range:
    low, low_open = a.low, a.low_open
    if b.low < low or (b.low == low and not b.low_open):
        low, low_open = b.low, b.low_open
    high, high_open = a.high, a.high_open
    if b.high > high or (b.high == high and not b.high_open):
        high, high_open = b.high, b.high_open
    return Range(low, high, low_open, high_open)


def clipped(a: Range, low: arb | None, high: arb | None, is_open: bool) -> Range:
    """The part of a inside the image of a function, whose ends are attained or not."""
    lo, lo_open, hi, hi_open = a.low, a.low_open, a.high, a.high_open
    if low is not None and not lo > low:
        lo, lo_open = low, is_open or (lo_open and bool(lo == low))
    if high is not None and not hi < high:
        hi, hi_open = high, is_open or (hi_open and bool(hi == high))
    return made(lo, hi, lo_open, hi_open)


def negate(a: Range) -> Range:
    return Range(-a.high, -a.low, a.high_open, a.low_open)


def add(a: Range, b: Range) -> Range:
    return made(
        (a.low + b.low).lower(), (a.high + b.high).upper(), a.low_open or b.low_open, a.high_open or b.high_open
    )


def multiply(a: Range, b: Range) -> Range:
    corners = []
    for u, u_open in ((a.low, a.low_open), (a.high, a.high_open)):
        for v, v_open in ((b.low, b.low_open), (b.high, b.high_open)):
            value = ZERO if u == 0 or v == 0 else u * v
            corners.append((value.lower(), value.upper(), u_open or v_open))
    low, high = corners[0][0], corners[0][1]
    for below, above, _ in corners[1:]:
        low, high = (below if below < low else low), (above if above > high else high)
    low_open = all(is_open for below, _, is_open in corners if below == low)
    high_open = all(is_open for _, above, is_open in corners if above == high)
    never_zero = not a.has_zero and not b.has_zero
    if low == 0:
        low_open = never_zero
    if high == 0:
        high_open = never_zero
    return made(low, high, low_open, high_open)


def reciprocal(a: Range) -> Range:
    if a.has_zero or (a.low < 0 and a.high > 0):
        raise NoRange("the divisor may vanish")

    def turn(end: arb, toward: arb) -> arb:
        return toward if end == 0 else ZERO if not end.is_finite() else ONE / end

    if a.low >= 0:
        return made(turn(a.high, INF).lower(), turn(a.low, INF).upper(), a.high_open, a.low_open)
    return made(turn(a.high, -INF).lower(), turn(a.low, -INF).upper(), a.high_open, a.low_open)


def absolute(a: Range) -> Range:
    if a.low >= 0:
        return a
    if a.high <= 0:
        return negate(a)
    top = hull(Range(ZERO, a.high, False, a.high_open), Range(ZERO, -a.low, False, a.low_open))
    return Range(ZERO, top.high, False, top.high_open)


def increasing(f: Callable[[arb], arb], a: Range, at_low: arb, at_high: arb) -> Range:
    """f over a range, for f strictly increasing with the given limits at -oo and oo."""
    low = f(a.low).lower() if a.low.is_finite() else at_low
    high = f(a.high).upper() if a.high.is_finite() else at_high
    if low.is_nan() or high.is_nan():
        raise NoRange("not a number")
    return made(low, high, a.low_open, a.high_open)


def natural_power(a: Range, n: int) -> Range:
    if n == 1:
        return a
    if n % 2 == 0:
        a = absolute(a)
    return increasing(lambda u: u**n, a, -INF, INF)


def real_power(a: Range, r: Fraction) -> Range:
    """a**r for an exponent that is no integer."""
    if not a.low >= 0:
        raise NoRange("a real power of a number that may be negative")
    if r < 0:
        return reciprocal(real_power(a, -r))
    e = arb(fmpq(r.numerator, r.denominator))
    return clipped(increasing(lambda u: ZERO if u == 0 else u**e, a, ZERO, INF), ZERO, None, False)


def _refuse(why: str) -> Range:
    raise NoRange(why)


def exponential(a: Range) -> Range:
    return clipped(increasing(arb.exp, a, ZERO, INF), ZERO, None, True)


def logarithm(a: Range) -> Range:
    if not a.satisfies(">"):
        raise NoRange("the logarithm of a number that may not be positive")
    return increasing(lambda u: -INF if u == 0 else u.log(), a, -INF, INF)


def general_power(base: Range, exponent: Range) -> Range:
    """base**exponent for base >= 0, with a positive exponent where the base may vanish."""
    if base.satisfies(">"):
        return exponential(multiply(exponent, logarithm(base)))
    if not base.low >= 0 or not exponent.satisfies(">"):
        raise NoRange("a real power of a number that may be zero or negative")
    if base.high == 0:
        return Range(ZERO, ZERO)
    positive = Range(ZERO, base.high, True, base.high_open)
    return hull(Range(ZERO, ZERO), exponential(multiply(exponent, logarithm(positive))))


def sign(a: Range) -> Range:
    low = ONE if a.satisfies(">") else ZERO if a.satisfies(">=") else -ONE
    high = -ONE if a.satisfies("<") else ZERO if a.satisfies("<=") else ONE
    return Range(low, high)


def signed_power(a: Range, power: Callable[[Range], Range]) -> Range:
    """sign(u)*abs(u)**r with value 0 at u = 0, from the power on positive ranges."""
    parts = []
    if a.high > 0:
        low = a.low if a.low > 0 else ZERO
        parts.append(power(Range(low, a.high, a.low_open if a.low > 0 else True, a.high_open)))
    if a.low < 0:
        high = a.high if a.high < 0 else ZERO
        parts.append(negate(power(negate(Range(a.low, high, a.low_open, a.high_open if a.high < 0 else True)))))
    if a.has_zero:
        parts.append(Range(ZERO, ZERO))
    result = parts[0]
    for part in parts[1:]:
        result = hull(result, part)
    return result


def extremum(a: Range, b: Range, least: bool) -> Range:
    if least:
        return negate(extremum(negate(a), negate(b), False))
    low, low_open = a.low, a.low_open
    if b.low > low or (b.low == low and b.low_open):
        low, low_open = b.low, b.low_open
    high = hull(a, b)
    return Range(low, high.high, low_open, high.high_open)


def wave(a: Range, quarter: int, f: Callable[[arb], arb]) -> Range:
    """sin (quarter = 1) or cos (quarter = 0): monotone between neighbouring extrema, in [-1, 1] always."""
    if not (a.low.is_finite() and a.high.is_finite()) or a.high - a.low > 6:
        return Range(-ONE, ONE)
    if abs(a.low) > 10**12:
        ball = f(a.low.union(a.high))
        return clipped(made(ball.lower(), ball.upper()), -ONE, ONE, False)
    half = arb.pi() / 2
    k = math.floor(float(((a.low + quarter * half) / arb.pi()).mid()))  # where to look; the cases are certain
    for j in (k - 1, k, k + 1):  # between (j - quarter/2) pi and (j + 1 - quarter/2) pi
        left, right = (2 * j - quarter) * half, (2 * j + 2 - quarter) * half
        if a.low >= left and a.high <= right:
            rising = (j % 2 == 0) == (quarter == 1)
            if rising:
                return clipped(increasing(f, a, -ONE, ONE), -ONE, ONE, False)
            falling = made(f(a.high).lower(), f(a.low).upper(), a.high_open, a.low_open)
            return clipped(falling, -ONE, ONE, False)
    ball = f(a.low.union(a.high))
    return clipped(made(ball.lower(), ball.upper()), -ONE, ONE, False)


def tangent(a: Range) -> Range:
    if not (a.low.is_finite() and a.high.is_finite()):
        raise NoRange("the tangent has poles")
    k = (a.low.union(a.high).mid() / arb.pi() + arb("0.5")).floor().mid().floor()
    low, high = (2 * k - 1) * arb.pi() / 2, (2 * k + 1) * arb.pi() / 2
    if not (a.low > low and a.high < high):
        raise NoRange("the tangent may have a pole")
    return increasing(arb.tan, a, -INF, INF)


def within(a: Range, low: int, high: int | None, closed: bool, f: Callable[[arb], arb], ends: tuple[arb, arb]) -> Range:
    """f, increasing, on [low, high] (or the open interval, at the ends of which it has the given limits)."""
    above = a.low > low or (a.low == low and (closed or a.low_open))
    below = high is None or a.high < high or (a.high == high and (closed or a.high_open))
    if not (above and below):
        raise NoRange("the argument may lie outside the domain")

    def value(u: arb) -> arb:
        if not closed and (u == low or (high is not None and u == high)):
            return ends[0] if u == low else ends[1]
        return f(u)

    return increasing(value, a, ends[0], ends[1])


def gamma(a: Range) -> Range:
    if not a.satisfies(">") or not a.low > 0 or not a.high.is_finite():
        raise NoRange("gamma is enclosed on bounded positive intervals only")
    ball = a.low.union(a.high).gamma()
    return clipped(made(ball.lower(), ball.upper()), arb("0.8856").lower(), None, True)


def _half_pi() -> arb:
    return arb.pi() / 2


def _cosine(a: Range) -> Range:
    return clipped(increasing(arb.cosh, absolute(a), ONE, INF), ONE, None, False)


def _odd_between(f: Callable[[arb], arb], bound: Callable[[], arb]) -> Callable[[Range], Range]:
    """An increasing function whose values lie strictly between -bound and bound."""

    def apply(a: Range) -> Range:
        top = bound().upper()
        return clipped(increasing(f, a, -top, top), -top, top, True)

    return apply


def _odd_unbounded(f: Callable[[arb], arb]) -> Callable[[Range], Range]:
    return lambda a: increasing(f, a, -INF, INF)


UNARY: dict[str, Callable[[Range], Range]] = {
    "neg": negate,
    "abs": absolute,
    "sign": sign,
    "sqrt": lambda a: clipped(increasing(arb.sqrt, a, ZERO, INF), ZERO, None, False) if a.low >= 0 else _refuse("root"),
    "exp": exponential,
    "log": logarithm,
    "sin": lambda a: wave(a, 1, arb.sin),
    "cos": lambda a: wave(a, 0, arb.cos),
    "tan": tangent,
    "sinh": _odd_unbounded(arb.sinh),
    "cosh": _cosine,
    "tanh": _odd_between(arb.tanh, lambda: ONE),
    "atan": _odd_between(arb.atan, _half_pi),
    "erf": _odd_between(arb.erf, lambda: ONE),
    "asinh": _odd_unbounded(arb.asinh),
    "asin": lambda a: within(a, -1, 1, True, arb.asin, (-_half_pi(), _half_pi())),
    "acos": lambda a: negate(within(a, -1, 1, True, lambda u: -u.acos(), (-arb.pi(), ZERO))),
    "acosh": lambda a: clipped(within(a, 1, None, True, arb.acosh, (ZERO, INF)), ZERO, None, False),
    "atanh": lambda a: within(a, -1, 1, False, arb.atanh, (-INF, INF)),
    "gamma": gamma,
}


def of_ball(ball: arb) -> Range:
    return made(ball.lower(), ball.upper())

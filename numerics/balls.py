"""Enclosures of the elementary real functions in ball arithmetic.

A function here maps a ball ``a`` (an ``arb``: a set of reals) to a ball that contains ``f(x)`` for every real x of
``a``. Where f is not defined on all of ``a`` there is no such ball:

- ``OutsideDomain``: f is defined at no point of the ball;
- ``MaybeOutside``: f may be undefined at some points of it (a narrower ball may decide).

Monotone functions of wide balls are evaluated at the ends, where ball arithmetic alone is loose. All work is done at
the precision in force (``precision(bits)``). Comparisons are three-valued.

Source: F. Johansson, Arb: efficient arbitrary-precision midpoint-radius interval arithmetic (2017).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import flint
from flint import arb, fmpz

ENGINES = {"python-flint": flint.__version__, "FLINT": flint.__FLINT_VERSION__}

_NARROW = 24  # from this relative accuracy on, a ball is a number and plain ball arithmetic is tight


class OutsideDomain(ArithmeticError):
    """The function is defined at no point of the ball."""


class MaybeOutside(ArithmeticError):
    """The function may be undefined at some point of the ball."""


def precision(bits: int) -> AbstractContextManager:
    """Work at this many bits inside the block."""
    return flint.ctx.workprec(bits)


def hull(a: arb, b: arb) -> arb:
    return a.union(b)


def _increasing(f: Callable[[arb], arb], a: arb) -> arb:
    if a.rel_accuracy_bits() >= _NARROW:
        return f(a)
    return f(a.lower()).union(f(a.upper()))


def less(a: arb, b: arb) -> bool | None:
    """x < y for all x of a and y of b: True; for none: False; else None."""
    if a < b:
        return True
    if a >= b:
        return False
    return None


def less_equal(a: arb, b: arb) -> bool | None:
    if a <= b:
        return True
    if a > b:
        return False
    return None


def equal(a: arb, b: arb) -> bool | None:
    """True only for two equal exact numbers, False for disjoint balls."""
    if a.is_exact() and b.is_exact() and a == b:
        return True
    return None if a.overlaps(b) or not (a.is_finite() and b.is_finite()) else False


def absolute(a: arb) -> arb:
    if a.contains(0):
        return arb(0).union(a.abs_upper())
    return abs(a)


def sign(a: arb) -> arb:
    """The sign, 0 at 0."""
    if a > 0:
        return arb(1)
    if a < 0:
        return arb(-1)
    if a.is_zero():
        return arb(0)
    if a >= 0:
        return arb(0).union(arb(1))
    return arb(-1).union(arb(0)) if a <= 0 else arb(-1).union(arb(1))


def divide(a: arb, b: arb) -> arb:
    if b.contains(0) or not b.is_finite():
        if b.is_zero():
            raise OutsideDomain("division by zero")
        raise MaybeOutside("the denominator may be zero")
    return a / b


def square(a: arb) -> arb:
    return power_integer(a, 2)


def power_integer(a: arb, n: int) -> arb:
    """``a**n``; 0**0 is indeterminate."""
    if n == 0:
        if a.contains(0):
            raise MaybeOutside("0**0 is indeterminate")
        return arb(1)
    if n < 0:
        return divide(arb(1), power_integer(a, -n))
    exponent = fmpz(n)
    if a.rel_accuracy_bits() >= _NARROW:
        return a**exponent
    if n % 2:
        return (a.lower() ** exponent).union(a.upper() ** exponent)
    size = absolute(a)
    high = a.abs_upper() ** exponent
    return arb(0).union(high) if a.contains(0) else (size.lower() ** exponent).union(high)


def integer_value(e: arb) -> int | None:
    """The integer that an exact ball is, if it is one of at most 10,000 bits."""
    if e.is_exact() and e.is_integer() and abs(e) < arb(2) ** 10_000:
        value = e.unique_fmpz()
        return None if value is None else int(value)
    return None


def power(a: arb, e: arb, *, nonnegative: bool = False) -> arb:
    """``a**e`` for real exponents: base > 0, base >= 0 with e > 0, or an exact integer exponent.

    nonnegative: the base is known to be >= 0, so that the part of its ball below 0 does not count.
    """
    n = integer_value(e)
    if n is not None:
        return power_integer(a, n)
    if nonnegative:
        a = a.nonnegative_part()
    if a > 0:
        return _power_positive(a, e)
    if a < 0:
        if e.contains_integer():
            raise MaybeOutside("a negative base needs an integer exponent")
        raise OutsideDomain("a non-integer power of a negative number")
    if not (a >= 0 or nonnegative):
        raise MaybeOutside("the base of a real power may be negative")
    if e > 0:
        if a.is_zero():
            return arb(0)
        top = a.upper()
        return arb(0).union(_power_positive(top, e)) if top > 0 else arb(0)
    if a.is_zero() and e < 0:
        raise OutsideDomain("a negative power of zero")
    raise MaybeOutside("the base of a real power may be zero")


def _power_positive(a: arb, e: arb) -> arb:
    if a.rel_accuracy_bits() >= _NARROW and e.rel_accuracy_bits() >= _NARROW:
        return a**e
    ends = (a.lower(), a.upper())
    if not ends[0] > 0:
        raise MaybeOutside("the base of a real power may be zero")
    corners = [x**y for x in ends for y in (e.lower(), e.upper())]
    result = corners[0]
    for corner in corners[1:]:
        result = result.union(corner)
    return result


def signed_power(u: arb, r: arb) -> arb:
    """``sign(u)*abs(u)**r``, 0 at u = 0 for every r."""
    if u > 0:
        return power(u, r)
    if u < 0:
        return -power(-u, r)
    if u.is_zero():
        return arb(0)
    if not r >= 0:
        raise MaybeOutside("a signed power with a negative exponent is unbounded near 0")
    result = arb(0)
    for end, side in ((u.upper(), 1), (-u.lower(), -1)):
        if end > 0:
            top = _power_positive(end, r)
            if not r > 0:
                top = top.max(arb(1))
            result = result.union(side * top)
    return result


def square_root(a: arb, *, nonnegative: bool = False) -> arb:
    if a < 0:
        raise OutsideDomain("the square root of a negative number")
    if not a >= 0:
        if not nonnegative:
            raise MaybeOutside("the argument of a square root may be negative")
        return arb(0).union(a.upper().sqrt())
    return _increasing(arb.sqrt, a)


def exponential(a: arb) -> arb:
    return _increasing(arb.exp, a)


def logarithm(a: arb) -> arb:
    if a > 0:
        return _increasing(arb.log, a)
    if a <= 0:
        raise OutsideDomain("the logarithm of a number that is not positive")
    raise MaybeOutside("the argument of a logarithm may be zero or negative")


def tangent(a: arb) -> arb:
    value = a.tan()
    if not value.is_finite():
        raise MaybeOutside("the tangent may have a pole")
    return value


def hyperbolic_cosine(a: arb) -> arb:
    if a.rel_accuracy_bits() >= _NARROW:
        return a.cosh()
    high = a.abs_upper().cosh()
    return arb(1).union(high) if a.contains(0) else absolute(a).lower().cosh().union(high)


def _within(a: arb, low: int | None, high: int | None, closed: bool, name: str) -> None:
    """Raise unless the ball lies in the interval."""
    if (low is not None and (a < low or (not closed and a <= low))) or (
        high is not None and (a > high or (not closed and a >= high))
    ):
        raise OutsideDomain(f"{name} outside its domain")
    inside = (low is None or (a >= low if closed else a > low)) and (
        high is None or (a <= high if closed else a < high)
    )
    if not inside:
        raise MaybeOutside(f"{name} may be outside its domain")


def arc_sine(a: arb) -> arb:
    _within(a, -1, 1, True, "asin")
    return _increasing(arb.asin, a)


def arc_cosine(a: arb) -> arb:
    _within(a, -1, 1, True, "acos")
    return _increasing(arb.acos, a)


def area_cosine(a: arb) -> arb:
    _within(a, 1, None, True, "acosh")
    return _increasing(arb.acosh, a)


def area_tangent(a: arb) -> arb:
    _within(a, -1, 1, False, "atanh")
    return _increasing(arb.atanh, a)


def gamma(a: arb) -> arb:
    """Euler's gamma function on the reals without 0, -1, -2, ..."""
    if a > 0:
        value = a.gamma()
    elif a.is_exact() and a.is_integer():
        raise OutsideDomain("a pole of gamma")
    elif a.contains_integer():
        raise MaybeOutside("gamma may have a pole")
    else:
        value = a.gamma()
    if not value.is_finite():
        raise MaybeOutside("gamma could not be enclosed")
    return value


def error_function(a: arb) -> arb:
    return _increasing(arb.erf, a)


UNARY: dict[str, Callable[[arb], arb]] = {
    "neg": arb.neg, "abs": absolute, "sign": sign, "sqrt": square_root, "exp": exponential, "log": logarithm,
    "sin": arb.sin, "cos": arb.cos, "tan": tangent,
    "sinh": lambda a: _increasing(arb.sinh, a), "cosh": hyperbolic_cosine, "tanh": lambda a: _increasing(arb.tanh, a),
    "asin": arc_sine, "acos": arc_cosine, "atan": lambda a: _increasing(arb.atan, a),
    "asinh": lambda a: _increasing(arb.asinh, a), "acosh": area_cosine, "atanh": area_tangent,
    "erf": error_function, "gamma": gamma,
}  # fmt: skip



"""Arithmetic on values that are exact rationals where that is possible, and balls where it is not.

A value is an ``fmpq`` (exact) or an ``arb`` (a ball that contains the real meant). An operation on exact values gives
an exact value where the result is rational and small; all others are enclosed at the precision in force.

Raises ``Undefined`` where the operation is certainly undefined, ``Unknown`` where that cannot be told (a ball that
straddles the end of a domain, 0**0, numbers too large to write down).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from flint import arb, fmpq, fmpz

from numerics import balls
from numerics.balls import MaybeOutside, OutsideDomain

Value = fmpq | arb
EXACT_BITS = 20_000
_ZERO, _ONE = fmpq(0), fmpq(1)


class Undefined(ArithmeticError):
    """The term has no value at this point."""


class Unknown(ArithmeticError):
    """The value could not be enclosed."""


def exact_value(value: Fraction | int) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def fraction(value: fmpq) -> Fraction:
    return Fraction(int(value.p), int(value.q))


def ball(value: Value) -> arb:
    return arb(value) if isinstance(value, fmpq) else value


def bits(value: fmpq) -> int:
    return value.p.bit_length() + value.q.bit_length()


def _capped(value: fmpq) -> Value:
    return value if bits(value) <= EXACT_BITS else arb(value)


def add(a: Value, b: Value) -> Value:
    return a + b


def subtract(a: Value, b: Value) -> Value:
    return a - b


def multiply(a: Value, b: Value) -> Value:
    if isinstance(a, fmpq):
        if isinstance(b, fmpq):
            return _capped(a * b)
        return _ZERO if a == 0 and b.is_finite() else a * b
    return _ZERO if isinstance(b, fmpq) and b == 0 and a.is_finite() else a * b


def divide(a: Value, b: Value) -> Value:
    if isinstance(b, fmpq):
        if b == 0:
            raise Undefined("division by zero")
        return _capped(a / b) if isinstance(a, fmpq) else a / b
    quotient = balls.divide(ball(a), b)
    return _ZERO if isinstance(a, fmpq) and a == 0 else quotient


def power(a: Value, e: Value) -> Value:
    if isinstance(e, fmpq):
        if e.q == 1:
            return power_integer(a, int(e.p))
        if isinstance(a, fmpq):
            return _rational_power(a, e)
        return balls.power(a, arb(e))
    if isinstance(a, fmpq):
        if a == 1:
            return _ONE
        if a == 0:
            if e > 0:
                return _ZERO
            if e < 0:
                raise Undefined("a negative power of zero")
            raise Unknown("0**0 is indeterminate")
    return balls.power(ball(a), e)


def power_of_nonnegative(a: Value, e: Value) -> Value:
    """``a**e`` where the base is known to be >= 0."""
    if isinstance(a, arb) and not (isinstance(e, fmpq) and e.q == 1):
        return balls.power(a, ball(e), nonnegative=True)
    return power(a, e)


def power_integer(a: Value, n: int) -> Value:
    if not isinstance(a, fmpq):
        return balls.power_integer(a, n)
    if n == 0:
        if a == 0:
            raise Unknown("0**0 is indeterminate")
        return _ONE
    if a == 0:
        if n < 0:
            raise Undefined("a negative power of zero")
        return _ZERO
    if a in (1, -1):
        return _ONE if n % 2 == 0 else a
    if bits(a) * abs(n) <= EXACT_BITS:
        return a**n
    return balls.power_integer(arb(a), n)


def _root(value: fmpz, degree: int) -> fmpz | None:
    root = value.root(degree)
    return root if root**degree == value else None


def _rational_power(a: fmpq, e: fmpq) -> Value:
    """``a**e`` for a proper fraction e."""
    if a < 0:
        raise Undefined("a non-integer power of a negative number")
    if a == 0:
        if e < 0:
            raise Undefined("a negative power of zero")
        return _ZERO
    if a == 1:
        return _ONE
    degree = int(e.q)
    if degree <= bits(a):
        top, bottom = _root(a.p, degree), _root(a.q, degree)
        if top is not None and bottom is not None:
            return power_integer(fmpq(top, bottom), int(e.p))
    return balls.power(arb(a), arb(e))


def signed_power(u: Value, r: Value) -> Value:
    if isinstance(u, fmpq):
        if u == 0:
            return _ZERO
        value = power(abs(u), r)
        return -value if u < 0 else value
    if isinstance(r, fmpq) and r == 0:
        return balls.sign(u)
    return balls.signed_power(u, ball(r))


def square_root(a: Value) -> Value:
    if not isinstance(a, fmpq):
        return balls.square_root(a)
    if a < 0:
        raise Undefined("the square root of a negative number")
    if a == 0:
        return _ZERO
    top, bottom = _root(a.p, 2), _root(a.q, 2)
    return fmpq(top, bottom) if top is not None and bottom is not None else arb(a).sqrt()


def square_root_of_nonnegative(a: Value) -> Value:
    return balls.square_root(a, nonnegative=True) if isinstance(a, arb) else square_root(a)


def smallest(a: Value, b: Value) -> Value:
    if isinstance(a, fmpq) and isinstance(b, fmpq):
        return min(a, b)
    return ball(a).min(ball(b))


def largest(a: Value, b: Value) -> Value:
    if isinstance(a, fmpq) and isinstance(b, fmpq):
        return max(a, b)
    return ball(a).max(ball(b))


def _absolute(a: Value) -> Value:
    return abs(a) if isinstance(a, fmpq) else balls.absolute(a)


def _sign(a: Value) -> Value:
    return fmpq((a > 0) - (a < 0)) if isinstance(a, fmpq) else balls.sign(a)


def _gamma(a: Value) -> Value:
    if isinstance(a, fmpq) and a.q == 1 and 0 < a <= 1000:
        return fmpq(fmpz.fac_ui(fmpz(a.p - 1)))
    return balls.gamma(ball(a))


# f -> (argument, value) at which f is exact
_EXACT_AT = {
    "exp": (0, 1), "log": (1, 0), "sin": (0, 0), "cos": (0, 1), "tan": (0, 0), "sinh": (0, 0), "cosh": (0, 1),
    "tanh": (0, 0), "asin": (0, 0), "acos": (1, 0), "atan": (0, 0), "asinh": (0, 0), "acosh": (1, 0),
    "atanh": (0, 0), "erf": (0, 0),
}  # fmt: skip


def _elementary(name: str, where: int, image: int) -> Callable[[Value], Value]:
    enclosure, known = balls.UNARY[name], fmpq(image)

    def value(a: Value) -> Value:
        if isinstance(a, fmpq):
            return known if a == where else enclosure(arb(a))
        return enclosure(a)

    return value


UNARY: dict[str, Callable[[Value], Value]] = {
    "neg": lambda a: -a, "abs": _absolute, "sign": _sign, "sqrt": square_root, "gamma": _gamma,
    **{name: _elementary(name, *pair) for name, pair in _EXACT_AT.items()},
}  # fmt: skip
BINARY: dict[str, Callable[[Value, Value], Value]] = {
    "+": add, "-": subtract, "*": multiply, "/": divide, "**": power, "spow": signed_power,
    "Min": smallest, "Max": largest,
}  # fmt: skip

__all__ = ["BINARY", "UNARY", "MaybeOutside", "OutsideDomain", "Undefined", "Unknown", "Value", "ball", "exact_value",
           "fraction"]  # fmt: skip

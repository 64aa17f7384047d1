"""Tapes in ball arithmetic: on boxes, and on power series in time of balls, the Taylor coefficients of solutions.

Every operation asks that it is analytic on all of its argument (no zero under a division, an absolute value or a
sign, nothing but positive numbers under a logarithm or a power that is not an integer one); what it then returns
contains every value there. ``ArithmeticError`` says that this is not certain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import flint
from flint import arb, arb_series, fmpq

from numerics import balls
from numerics.flows.tape import Tape

Box = list[arb]


class MeetsSwitch(ArithmeticError):
    """The argument of a sign or an absolute value may vanish."""


class NotAnalytic(ArithmeticError):
    """An operation may not be analytic on its argument."""


def ball(value: Fraction) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


def settled(u: arb) -> int:
    """The sign of all of a ball that does not meet 0."""
    if u > 0:
        return 1
    if u < 0:
        return -1
    raise MeetsSwitch("a switch may change its sign")


def _positive(u: arb, what: str) -> None:
    if not u > 0:
        raise NotAnalytic(f"{what} may have an argument that is not positive")


def _regular(name: str, u: arb) -> None:
    """Raise where the elementary function may not be analytic on the ball."""
    if name in ("asin", "acos", "atanh") and not abs(u) < 1:
        raise NotAnalytic(f"{name} may be at the end of its domain")
    if name in ("log", "acosh"):
        _positive(u - 1 if name == "acosh" else u, name)


class Boxes:
    """On balls. across: a switch need not be settled; its sign is then all of [-1, 1], so that the value contains the
    convex hull of the branches.
    """

    def __init__(self, across: bool = False) -> None:
        self.across = across

    def number(self, value: Fraction) -> arb:
        return ball(value)

    def pi(self) -> arb:
        return arb.pi()

    def divide(self, a: arb, b: arb) -> arb:
        return balls.divide(a, b)

    def power(self, a: arb, exponent: Fraction) -> arb:
        if exponent.denominator == 1:
            return balls.power_integer(a, exponent.numerator)
        if not (self.across and a >= 0):
            _positive(a, "a power")
        return balls.power(a, ball(exponent))

    def unary(self, name: str, a: arb) -> arb:
        if name in ("abs", "sign"):
            if self.across and a.contains(0):
                return arb(0, 1) if name == "sign" else _from_zero(a.abs_upper())
            s = settled(a)
            return arb(s) if name == "sign" else s * a
        _regular(name, a)
        return balls.UNARY[name](a)


def _from_zero(top: arb) -> arb:
    """[0, 2^e] for the least such end above ``top``: a ball whose lower end is exactly 0."""
    if top.is_zero():
        return top
    mantissa, e = top.man_exp()
    half = arb(2) ** (int(e) + int(mantissa).bit_length() - 1)
    return arb(half, half)


class PowerSeries:
    """On power series of balls, cut at the length in force (``length``)."""

    def number(self, value: Fraction) -> arb_series:
        return arb_series([ball(value)])

    def pi(self) -> arb_series:
        return arb_series([arb.pi()])

    def divide(self, a: Any, b: Any) -> Any:
        if b[0].contains(0):
            raise NotAnalytic("the denominator may be zero")
        return _finite(a / b)

    def power(self, a: Any, exponent: Fraction) -> Any:
        if exponent.denominator == 1:
            return _product(a, exponent.numerator)
        _positive(a[0], "a power")
        return _finite(a.sqrt() if exponent == Fraction(1, 2) else a ** fmpq(exponent.numerator, exponent.denominator))

    def unary(self, name: str, a: Any) -> Any:
        if name in ("abs", "sign"):
            s = settled(a[0])
            return self.number(Fraction(s)) if name == "sign" else s * a
        _regular(name, a[0])
        return _finite(_COMPOSED[name](a) if name in _COMPOSED else getattr(a, name)())


def _finite(s: Any) -> Any:
    if all(c.is_finite() for c in s):
        return s
    raise NotAnalytic("a coefficient is not bounded")


def _product(a: Any, n: int) -> Any:
    """a**n for n > 0 by repeated squaring, whatever a contains."""
    if n == 1:
        return a
    half = _product(a, n // 2)
    return half * half * a if n % 2 else half * half


def _one() -> Any:
    return arb_series([arb(1)])


def _asinh(u: Any) -> Any:
    if u[0] < 0:
        return -_asinh(-u)
    return (u + (u * u + _one()).sqrt()).log()


_COMPOSED: dict[str, Callable[[Any], Any]] = {
    "sinh": lambda u: (u.exp() - (-u).exp()) * _half(),
    "cosh": lambda u: (u.exp() + (-u).exp()) * _half(),
    "tanh": lambda u: _one() - (_one() + _one()) / ((u + u).exp() + _one()),
    "asinh": _asinh,
    "acosh": lambda u: (u + (u * u - _one()).sqrt()).log(),
    "atanh": lambda u: ((_one() + u).log() - (_one() - u).log()) * _half(),
}


def _half() -> Any:
    return arb_series([arb("0.5")])


@contextmanager
def length(n: int) -> Iterator[None]:
    """Cut power series after n terms inside the block."""
    before = flint.ctx.cap
    flint.ctx.cap = n
    try:
        yield
    finally:
        flint.ctx.cap = before


def jets(tape: Tape, start: Sequence[arb], order: int) -> list[Box]:
    """The Taylor coefficients c_0, ..., c_order of y(t) for all starts in the box, coefficient by coefficient.

    (k + 1) c_(k+1) is coefficient k of f(c_0 + c_1 t + ... + c_k t^k).
    """
    known: list[Box] = [[v] for v in start]
    for k in range(order):
        with length(k + 1):
            image = tape.run(PowerSeries(), [arb_series(c) for c in known])
            for c, f in zip(known, image, strict=True):
                c.append(f[k] / (k + 1))
    if not all(v.is_finite() for c in known for v in c):
        raise NotAnalytic("a coefficient is not bounded")
    return [list(column) for column in zip(*known, strict=True)]


def at(coefficients: Sequence[Box], h: arb) -> Box:
    """The polynomials of these coefficients at h, by Horner's rule."""
    value = list(coefficients[-1])
    for c in reversed(coefficients[:-1]):
        value = [v * h + a for v, a in zip(value, c, strict=True)]
    return value

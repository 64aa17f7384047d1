"""Definite integrals enclosed by ball arithmetic.

An integrand is a function ``f(z, analytic)`` on complex balls ``z``. Where ``analytic`` is true it must return a ball
that is not finite unless f is holomorphic on z: every root, logarithm, power and absolute value inside it has to hand
the flag on, or the result is confidently wrong. ``holomorphic`` lists the functions that do so.

Source: F. Johansson, Numerical integration in arbitrary-precision ball arithmetic (2018).
"""

from __future__ import annotations

from collections.abc import Callable

import flint
from flint import acb, arb

Integrand = Callable[[acb, bool], acb]


class NoEnclosure(ArithmeticError):
    """The integral could not be enclosed."""


def _logarithm(z: acb, flag: bool) -> acb:
    return z.log(analytic=flag)


def _root(z: acb, flag: bool) -> acb:
    return z.sqrt(analytic=flag)


def _off_cut(across: arb, along: arb, beyond: str) -> bool:
    """Whether the ball misses the branch cut on the line ``across = 0``, where ``along`` is outside (-1, 1) or <= 1."""
    if not across.contains(0):
        return True
    return bool(along > 1) if beyond == "left" else bool(abs(along) < 1)


def _inverse(function: Callable[[acb], acb], cut: str) -> Callable[[acb, bool], acb]:
    """A function with a branch cut beyond -1 and 1 on the real or imaginary axis, or left of 1 on the real one."""
    on_reals = arb.asinh if function is acb.asinh else arb.atan

    def flagged(z: acb, flag: bool) -> acb:
        if flag:
            across, along = (z.real, z.imag) if cut == "imaginary" else (z.imag, z.real)
            if not _off_cut(across, along, cut):
                return acb("nan")
        elif cut == "imaginary" and z.imag.is_zero():
            return acb(on_reals(z.real))
        return function(z)

    return flagged


# name -> function of (z, analytic); entire and meromorphic functions need no flag
holomorphic: dict[str, Callable[[acb, bool], acb]] = {
    "neg": lambda z, flag: -z,
    "exp": lambda z, flag: z.exp(),
    "sin": lambda z, flag: z.sin(),
    "cos": lambda z, flag: z.cos(),
    "tan": lambda z, flag: z.tan(),
    "sinh": lambda z, flag: z.sinh(),
    "cosh": lambda z, flag: z.cosh(),
    "tanh": lambda z, flag: z.tanh(),
    "erf": lambda z, flag: z.erf(),
    "gamma": lambda z, flag: z.gamma(),
    "sqrt": _root,
    "log": _logarithm,
    "abs": lambda z, flag: z.real_abs(analytic=flag),
    "sign": lambda z, flag: z.real_sgn(analytic=flag),
    "asin": _inverse(acb.asin, "real"),
    "acos": _inverse(acb.acos, "real"),
    "atan": _inverse(acb.atan, "imaginary"),
    "asinh": _inverse(acb.asinh, "imaginary"),
    "acosh": _inverse(acb.acosh, "left"),
    "atanh": _inverse(acb.atanh, "real"),
}


def power(base: acb, exponent: acb, flag: bool) -> acb:
    if not flag and base.contains(0) and exponent.imag.is_zero() and exponent.real > 0 and base.is_finite():
        size = base.abs_upper() ** exponent.real
        return acb(arb(0, size), arb(0, size))
    return base.pow(exponent, analytic=flag)


def signed_power(base: acb, exponent: acb, flag: bool) -> acb:
    return base.real_sgn(analytic=flag) * power(base.real_abs(analytic=flag), exponent, flag)


def minimum(a: acb, b: acb, flag: bool) -> acb:
    return a.real_min(b, analytic=flag)


def maximum(a: acb, b: acb, flag: bool) -> acb:
    return a.real_max(b, analytic=flag)


def integral(f: Integrand, a: arb, b: arb, *, evaluations: int = 20_000) -> arb:
    """A ball that contains the integral of f from a to b (finite; a > b turns the sign).

    f must be real-valued on the segment between a and b. Raises NoEnclosure where no finite ball was found with this
    many evaluations.
    """
    if not (a.is_finite() and b.is_finite()):
        raise NoEnclosure("the limits of the integral are not finite")
    accuracy = arb(2) ** -max(30, min(flint.ctx.prec // 2, 200))
    value = acb.integral(f, acb(a), acb(b), rel_tol=accuracy, abs_tol=accuracy, eval_limit=evaluations)
    if not value.is_finite():
        raise NoEnclosure("the integral could not be enclosed")
    if not value.imag.contains(0):
        raise NoEnclosure("the integrand is not real on the segment")
    return value.real


def gaussian_tail(level: arb, rate: arb, end: arb) -> arb:
    """A bound on the mean of |f(z)| over |z| > end, for a standard normal z and ``|f(z)| <= level*exp(rate*|z|)``.

    2*int_M^oo C*exp(c*t - t**2/2)/sqrt(2*pi) dt = C*exp(c**2/2)*erfc((M - c)/sqrt(2)).
    """
    return level * (rate * rate / 2).exp() * ((end - rate) / arb(2).sqrt()).erfc()


def gaussian_mean(f: Integrand, level: arb, rate: arb, *, evaluations: int = 20_000) -> arb:
    """A ball that contains E f(z), z standard normal, for f with ``|f(z)| <= level*exp(rate*|z|)`` on the reals."""
    end = rate.upper() + 2 + (arb(2) * min(flint.ctx.prec, 256)).sqrt()
    end = arb(int(float(end.upper())) + 1)
    tail = gaussian_tail(level, rate, end).abs_upper()
    scale = 1 / (2 * arb.pi()).sqrt()

    def weighted(z: acb, flag: bool) -> acb:
        return f(z, flag) * (-(z * z) / 2).exp() * scale

    value = integral(weighted, -end, end, evaluations=evaluations)
    return value + arb(0, tail)

"""Potentials with their growth, horizon, admissibility and conjugate known by hand; and flows of one weight."""

from __future__ import annotations

from dataclasses import dataclass

import sympy

x = sympy.Symbol("x", real=True)
lam = sympy.Symbol("lam", positive=True)
e = sympy.Symbol("e", positive=True)
A = sympy.Abs(x)

ENTROPY = x * sympy.asinh(x / sympy.sqrt(lam)) - sympy.sqrt(x**2 + lam)
CUBIC = A**3 / 3 + lam * x**2 / 2
POWER = A ** (2 + e) / (2 + e) + lam * x**2 / 2


@dataclass(frozen=True)
class Case:
    """degree: of R*(R'). approach: (c, k) of the relative excess c s^-k. homogeneous: of (R, R*(R'))."""

    name: str
    potential: sympy.Expr
    degree: sympy.Expr
    horizon: sympy.Expr
    approach: tuple[sympy.Expr, sympy.Expr]
    homogeneous: tuple[bool, bool]
    strictly_convex: bool | None = True
    coercive: bool | None = True
    lipschitz: bool | None = True
    radial: bool | None = True


CASES = [
    Case("half the square", x**2 / 2, sympy.Integer(2), A, (sympy.Integer(0), sympy.oo), (True, True)),
    Case("entropy", ENTROPY, sympy.Integer(1), A, (lam / 2, sympy.Integer(2)), (False, True)),
    Case("smoothed cube", CUBIC, sympy.Integer(3), sympy.cbrt(2) * A, (3 * lam / 4, sympy.Integer(1)), (True, True)),
    Case("smoothed power", POWER, 2 + e, (1 + e) ** (1 / (2 + e)) * A, (lam * (e + 2) / (2 * e + 2), e), (True, True),
         lipschitz=None),
    Case("bent power", A ** sympy.Rational(5, 2), sympy.Rational(5, 2),
         sympy.Rational(15, 4) ** sympy.Rational(2, 5) * A, (sympy.Integer(0), sympy.oo), (True, True),
         lipschitz=False),
    Case("double well", x**4 - x**2, sympy.Integer(4), 12 ** sympy.Rational(1, 4) * A,
         (-sympy.Rational(1, 3), sympy.Integer(2)), (True, True), strictly_convex=False, radial=False),
]  # fmt: skip

CONJUGATES = [
    ("half the square", x**2 / 2, lambda y: y**2 / 2),
    ("entropy", ENTROPY, lambda y: sympy.sqrt(lam) * sympy.cosh(y)),
    ("cube", A**3 / 3, lambda y: 2 * sympy.Abs(y) ** sympy.Rational(3, 2) / 3),
    ("shifted square", x**2 / 2 + x, lambda y: (y - 1) ** 2 / 2),
]

# potential, degree of f, leading order (c, e) of d(1/loss)/dt in z = log(1/loss)
FLOWS = [
    ("square", x**2 / 2, 1, (1, 0)),
    ("square of a product", x**2 / 2, 2, (4, 1)),
    ("entropy", ENTROPY, 1, (1, 1)),
    ("entropy of a product", ENTROPY, 2, (4, sympy.Rational(3, 2))),
    ("cube", CUBIC, 1, (sympy.Rational(1, 2), -1)),
]

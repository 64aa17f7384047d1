"""Potentials whose calculus is known by hand, on the line: what every test of the theory draws on."""

from __future__ import annotations

from dataclasses import dataclass

import sympy

x = sympy.Symbol("x", real=True)
lam = sympy.Symbol("lam", positive=True)
p = sympy.Symbol("p", positive=True)


@dataclass(frozen=True)
class PotentialCase:
    """A potential with its derivatives, conjugate at the gradient, degree of homogeneity and horizon function."""

    name: str
    potential: sympy.Expr
    gradient: sympy.Expr
    hessian: sympy.Expr
    dual: sympy.Expr
    degree: sympy.Expr | None
    horizon: sympy.Expr | None


POTENTIALS = [
    PotentialCase("half the square", x**2 / 2, x, sympy.Integer(1), x**2 / 2, sympy.Integer(2), sympy.Abs(x)),
    PotentialCase("fourth power", x**4 / 4, x**3, 3 * x**2, 3 * x**4 / 4, sympy.Integer(4),
                  3 ** sympy.Rational(1, 4) * sympy.Abs(x)),
    PotentialCase("power of the absolute value", sympy.Abs(x) ** p / p, sympy.sign(x) * sympy.Abs(x) ** (p - 1),
                  (p - 1) * sympy.Abs(x) ** (p - 2), (p - 1) * sympy.Abs(x) ** p / p, p,
                  (p - 1) ** (1 / p) * sympy.Abs(x)),
    PotentialCase("hyperbolic entropy", x * sympy.asinh(x / lam) - sympy.sqrt(x**2 + lam**2), sympy.asinh(x / lam),
                  1 / sympy.sqrt(x**2 + lam**2), sympy.sqrt(x**2 + lam**2), None, sympy.Abs(x)),
    PotentialCase("hyperbolic cosine", sympy.cosh(x), sympy.sinh(x), sympy.cosh(x), x * sympy.sinh(x) - sympy.cosh(x),
                  None, None),
]  # fmt: skip

POINTS = [sympy.Rational(-7, 3), sympy.Rational(-1, 5), sympy.Rational(2, 7), sympy.Rational(11, 4)]
PARAMETERS = {lam: sympy.Rational(3, 5), p: sympy.Rational(5, 2)}


def agree(left: sympy.Expr, right: sympy.Expr) -> bool:
    """Both expressions have the same values at every point of the list, to 25 digits."""
    for point in POINTS:
        values = [e.xreplace({x: point, **PARAMETERS}).evalf(40) for e in (left, right)]
        if not abs(values[0] - values[1]) < sympy.Float("1e-25"):
            return False
    return True

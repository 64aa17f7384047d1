"""Margin problems with their minima, gaps of potentials to their horizons, and recipes, all known by hand."""

from __future__ import annotations

from dataclasses import dataclass

import sympy

from tests.theory.mirror_flow_cases import ENTROPY, POWER, e, lam
from theory.recipes import sigma

x, y = sympy.symbols("x y", positive=True)
r = sympy.Symbol("x", real=True)
HALF = sympy.Rational(1, 2)


@dataclass(frozen=True)
class Minimum:
    """min horizon^2/2 where output >= 1, attained at the point with the multiplier; degree: of the output."""

    name: str
    horizon: sympy.Expr
    output: sympy.Expr
    point: tuple[sympy.Expr, sympy.Expr]
    multiplier: sympy.Expr
    degree: int


MINIMA = [
    Minimum("plane, 2-norm", sympy.sqrt(x**2 + y**2), 3 * x + 4 * y, (sympy.Rational(3, 25), sympy.Rational(4, 25)),
            sympy.Rational(1, 25), 1),
    Minimum("product, 2-norm", sympy.sqrt(x**2 + y**2), 2 * x * y, (sympy.sqrt(HALF), sympy.sqrt(HALF)), HALF, 2),
    Minimum("product, 1-norm", x + y, 4 * x * y, (HALF, HALF), HALF, 2),
    Minimum("plane, 3-norm", sympy.cbrt(x**3 + y**3), x + y, (HALF, HALF),
            sympy.Rational(1, 4) ** sympy.Rational(2, 3), 1),
]  # fmt: skip

# potential, k, b, constants (c, a) in n coordinates
p = 2 + e
n = sympy.Symbol("n", positive=True)
GAPS = [
    ("entropy", ENTROPY, sympy.Integer(0), sympy.sqrt(lam), (sympy.Integer(1), n * sympy.sqrt(lam))),
    ("smoothed power", POWER, p * lam / (2 * (p - 1)), p * lam / 2,
     ((1 + p * lam / (2 * (p - 1))) ** (1 / p), (n * p * lam / 2) ** (1 / p))),
]  # fmt: skip

smoothing = sympy.Symbol("lam", nonnegative=True)
ROOT = sympy.sqrt(r**2 + smoothing)
QUARTIC = 1 / (3 * r**2 + smoothing)  # p = 4
SIXTH = 1 / (5 * r**4 + smoothing)  # p = 6
OFFSET = {ROOT: n * sympy.sqrt(smoothing), QUARTIC: (2 * n * smoothing) ** sympy.Rational(1, 4),
          SIXTH: (3 * n * smoothing) ** sympy.Rational(1, 6)}  # fmt: skip
# inverse metric, rate, smoothing, whether the update is kept, whether the margin is reached
RECIPES = [
    (ROOT, sympy.Integer(1), sympy.Integer(1), True, False),
    (ROOT, 1 / sigma, sympy.Integer(0), True, True),
    (ROOT, 1 / sigma, sigma**2, True, False),
    (ROOT, 1 / sigma, sigma**4, True, True),
    (ROOT, sympy.Integer(1), sigma**4, False, True),
    (QUARTIC, sympy.Integer(1), sympy.Integer(1), True, False),
    (QUARTIC, sigma**2, sigma**2, True, True),
    (SIXTH, sigma**4, sigma**4, True, True),
    (SIXTH, sigma**4, sigma, False, False),
]

"""Flows with known solutions: (field, start, time, state then, times of the events)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import pi, sqrt

import sympy
from mpmath import mp, mpf

from numerics.flows import Selection, SwitchedField

x, y = sympy.symbols("x y", real=True)
half = sympy.Rational(1, 2)
FALL = x * y - 1  # the slope of (x y - 1)^2/2, the factor of both gradients


@dataclass(frozen=True)
class Known:
    name: str
    flow: dict
    start: tuple[float, float]
    duration: float
    end: tuple[float, float]
    events: tuple[float, ...]
    selection: Selection = Selection.stay
    slides: bool = False

    @property
    def field(self) -> SwitchedField:
        return SwitchedField.from_sympy(self.flow)

    def __str__(self) -> str:
        return self.name


SIGN_FLOW = {x: -sympy.sign(FALL * y), y: -sympy.sign(FALL * x)}
KNOWN = [
    Known("dry friction stops", {x: y, y: -x - sympy.sign(y) * 3 / 10}, (2, 0), 10.0, (-0.2, 0), (pi, 2 * pi, 3 * pi),
          slides=True),
    Known("crossing, with a jump of speed", {x: 2 + sympy.sign(x), y: 1 - sympy.sign(x) / 2}, (-1, 0), 3.0, (6, 2.5),
          (1.0,)),
    Known("convex combination", {x: 1 - 2 * sympy.sign(x), y: 1 - sympy.sign(x) / 2}, (1, 0), 3.0, (0, 2.0), (1.0,),
          slides=True),
    Known("sliding ends where a velocity turns", {x: y - sympy.sign(x), y: sympy.S.One}, (0, 0), 3.0, (2, 3), (1.0,),
          slides=True),
    Known("two layers reach the minimum", SIGN_FLOW, (0.1, 0), 3.0,
          (0.05 + sqrt(1 + 0.05**2), sqrt(1 + 0.05**2) - 0.05), (sqrt(1 + 0.05**2) - 0.05,), slides=True),
    Known("the saddle may be left", SIGN_FLOW, (0, 0), 3.0, (1, 1), (1.0,), Selection.leave, slides=True),
    Known("the saddle may be kept", SIGN_FLOW, (0, 0), 3.0, (0, 0), (), slides=True),
    Known("two surfaces are held at once", {x: -sympy.sign(x) + half, y: -sympy.sign(y)}, (1, -1), 4.0, (0, 0),
          (1.0, 2.0), slides=True),
    Known("tangent to a surface and off again", {x: y * sympy.sign(x + 1), y: sympy.S.One}, (1, -1), 2.0, (1, 1), ()),
]  # fmt: skip


@dataclass(frozen=True)
class Closed:
    """A smooth flow with its solution as an expression in t."""

    name: str
    flow: dict
    start: tuple
    solution: tuple
    times: tuple[Fraction, ...] = (Fraction(1, 2), Fraction(3, 2))

    def __str__(self) -> str:
        return self.name

    def at(self, time: Fraction) -> list[mpf]:
        """The solution at a time, at the precision in force."""
        exact = {t: sympy.Rational(time.numerator, time.denominator)}
        return [mpf(sympy.sympify(e).subs(exact).evalf(mp.dps + 5)._mpf_) for e in self.solution]


t = sympy.Symbol("t", nonnegative=True)
CLOSED = [
    Closed("growth and rotation", {x: -x / 3 - y, y: x - y / 3}, (1, 2),
           (sympy.exp(-t / 3) * (sympy.cos(t) - 2 * sympy.sin(t)),
            sympy.exp(-t / 3) * (sympy.sin(t) + 2 * sympy.cos(t)))),
    Closed("logistic", {x: x * (1 - x)}, ("1/10",), (1 / (1 + 9 * sympy.exp(-t)),)),
    Closed("two layers, balanced", {x: -(x * y - 1) * y, y: -(x * y - 1) * x}, ("1/2", "1/2"),
           (1 / sympy.sqrt(1 + 3 * sympy.exp(-2 * t)),) * 2),
    Closed("a power below one", {x: -sympy.Abs(x) ** sympy.Rational(1, 2) * half}, (4,), ((2 - t / 4) ** 2,)),
    Closed("elementary functions", {x: sympy.exp(-x), y: 1 / sympy.cosh(y)}, (0, 0),
           (sympy.log(1 + t), sympy.asinh(t))),
]  # fmt: skip

"""Flows with known solutions: (field, start, time, state then, times of the events)."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sqrt

import sympy

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

"""A certain motion along one switching surface u = 0, and the certain arrival on it.

Let a_+ and a_- be the derivatives of u in time under the branches f_+ (for u > 0) and f_-, and a_+ < 0 < a_- on a box
that holds every solution. Then |u| falls at least at the rate m = min(-a_+, a_-) until it is 0 and stays 0; on the
surface the one velocity of Filippov's set that is tangent to it is

    g = (a_- f_+ - a_+ f_-)/(a_- - a_+),

a field as smooth as the branches, whose solutions are enclosed like any others while a_+ < 0 < a_- on their boxes.

Source: A. F. Filippov, Differential Equations with Discontinuous Righthand Sides, section 4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from flint import arb

from numerics.flows.crossing import DOUBLINGS, ROOM, Surface
from numerics.flows.gradients import gradients
from numerics.flows.series import Box, Boxes, ball
from numerics.flows.steps import Field, Refused, apriori, dyadic, reached
from numerics.flows.tape import Builder, Tape


@dataclass(frozen=True)
class Symbol:
    """A node of a tape that is being built, with the operations of an algebra."""

    build: Builder
    node: int

    def _made(self, op: str, *others: Symbol) -> Symbol:
        return Symbol(self.build, self.build.node(op, self.node, *(o.node for o in others)))

    def __add__(self, other: Symbol) -> Symbol:
        return self._made("+", other)

    def __sub__(self, other: Symbol) -> Symbol:
        return self._made("-", other)

    def __mul__(self, other: Symbol) -> Symbol:
        return self._made("*", other)

    def __truediv__(self, other: Symbol) -> Symbol:
        return self._made("/", other)

    def __neg__(self) -> Symbol:
        return self._made("neg")


class Symbols:
    """The algebra of such nodes: running a tape in it copies the tape."""

    def __init__(self, build: Builder) -> None:
        self.build = build

    def number(self, value: Fraction) -> Symbol:
        return Symbol(self.build, self.build.number(value))

    def pi(self) -> Symbol:
        return Symbol(self.build, self.build.node("pi"))

    def divide(self, a: Symbol, b: Symbol) -> Symbol:
        return a / b

    def power(self, a: Symbol, exponent: Fraction) -> Symbol:
        return Symbol(self.build, self.build.power(a.node, exponent))

    def unary(self, name: str, a: Symbol) -> Symbol:
        return Symbol(self.build, self.build.node(name, a.node))


@lru_cache(maxsize=16)
def sliding_field(tape: Tape, number: int, order: int) -> Field:
    """The field g of a switch, with (-a_+, a_-), which must be positive."""
    node, build = tape.switches[number], Builder(tape.size)
    algebra = Symbols(build)
    state = [Symbol(build, build.variable(k)) for k in range(tape.size)]
    above, below = (tape.branch({node: s}).run(algebra, state) for s in (1, -1))
    normal = gradients(Tape(tape.size, tape.nodes, (node,))).run(algebra, state)
    up, down = (_dot(algebra, normal, v) for v in (above, below))
    velocity = [(down * p - up * m) / (down - up) for p, m in zip(above, below, strict=True)]
    return Field.of(
        build.tape([v.node for v in velocity]), order, build.tape([(-up).node, down.node])
    )  # fmt: skip


def _dot(algebra: Symbols, a: Sequence[Any], b: Sequence[Any]) -> Any:
    total = algebra.number(Fraction(0))
    for v, w in zip(a, b, strict=True):
        total = total + v * w
    return total


def _pull(field: Field, box: Box) -> arb:
    """A bound from below of min(-a_+, a_-), raised to a ball; Refused unless it is positive."""
    up, down = field.positive.run(Boxes(), box) if field.positive else (arb(0), arb(0))
    if not (up > 0 and down > 0):
        raise Refused("the solution may slide along a switch, leave it, or touch it")
    return up.abs_lower().min(down.abs_lower())


def arrived(surface: Surface, field: Field, start: Box, h: Fraction, box: Box) -> Box:
    """A box of the states after time h, all on the surface; raises Refused where that is not certain."""
    inside = reached(surface.field, start, h, box)
    if not surface.level(start).abs_upper() <= ball(h) * _pull(field, inside):
        raise Refused("the surface may not be reached yet")
    return [y + ball(h) * v for y, v in zip(start, surface.field(inside), strict=True)]


def arrival(surface: Surface, field: Field, start: Box, least: Fraction, most: Fraction) -> tuple[Fraction, Box]:
    """(h, B) that ``arrived`` accepts, h between the limits; raises Refused where none is found."""
    away = surface.level(start).abs_upper() / _pull(field, start)
    h, reason = max(dyadic(float(away.upper()) * ROOM), dyadic(float(least))), "the surface may not be reached"
    for _ in range(DOUBLINGS):
        if h > most:
            break
        try:
            box = apriori(surface.field, start, h)
            arrived(surface, field, start, h, box)
            return h, box
        except Refused as error:
            reason = str(error)
        h *= 2
    raise Refused(reason)

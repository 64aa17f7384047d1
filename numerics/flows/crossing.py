"""A certain passage through one switching surface u = 0.

In a box B that holds every solution of y' in co{f_-(y), f_+(y)} from Y during [0, h], let grad u . v have one sign for
all v of the hull of both branches. Then u is strictly monotone along each solution in Filippov's sense: it passes
through the surface at most once and does not slide; where u has the other sign on Y + h co{f_-, f_+}(B) it has passed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from numerics.flows.gradients import gradients
from numerics.flows.series import Box, Boxes, MeetsSwitch, ball, settled
from numerics.flows.steps import Refused, apriori, dyadic, reached
from numerics.flows.tape import Tape

DOUBLINGS = 24
ROOM = 2.0  # the first duration over the time that the surface is away


@dataclass(frozen=True)
class Surface:
    """One switch u of a tape where the others keep their signs: levels of all, gradient of u, the hull of the field."""

    hull: Tape
    levels: Tape
    gradient: Tape
    number: int
    signs: tuple[int, ...]

    @classmethod
    def of(cls, tape: Tape, start: Sequence[arb], number: int) -> Surface:
        """The surface of a switch; raises MeetsSwitch where another one is not settled on the box of starts."""
        nodes = tape.switches
        others = [k for k in range(len(nodes)) if k != number]
        levels = Tape(tape.size, tape.nodes, nodes)
        values = levels.run(Boxes(across=True), list(start))
        signs = {k: settled(values[k]) for k in others}
        put = {nodes[k]: s for k, s in signs.items()}
        normal = gradients(Tape(tape.size, tape.nodes, (nodes[number],)).branch(put))
        kept = tuple(signs.get(k, 0) for k in range(len(nodes)))
        return cls(tape.branch(put), levels, normal, number, kept)

    def field(self, box: Box) -> Box:
        """A box around the branches on both sides, while the other switches keep their signs."""
        found = self.levels.run(Boxes(across=True), box)
        for value, s in zip(found, self.signs, strict=True):
            if s and settled(value) != s:
                raise MeetsSwitch("two switches at once")
        return self.hull.run(Boxes(across=True), box)

    def level(self, box: Box) -> arb:
        return self.levels.run(Boxes(across=True), box)[self.number]

    def rate(self, box: Box) -> arb:
        """The derivatives of u in time, of all solutions in the box."""
        normal = self.gradient.run(Boxes(), box)
        return sum((a * v for a, v in zip(normal, self.field(box), strict=True)), arb(0))


def passed(surface: Surface, start: Box, h: Fraction, box: Box) -> Box:
    """A box of the states after time h, all behind the surface; raises Refused where that is not certain."""
    inside = reached(surface.field, start, h, box)
    rate = surface.rate(inside)
    if not (rate > 0 or rate < 0):
        raise Refused("the solution may slide along a switch, or touch it")
    end = [y + ball(h) * v for y, v in zip(start, surface.field(inside), strict=True)]
    if not (surface.level(end) > 0 if rate > 0 else surface.level(end) < 0):
        raise Refused("the switch may not be passed yet")
    return end


def passage(surface: Surface, start: Box, least: Fraction, most: Fraction) -> tuple[Fraction, Box]:
    """(h, B) that ``passed`` accepts, h between the limits; raises Refused where none is found."""
    rate = surface.rate(start)
    if not (rate > 0 or rate < 0):
        raise Refused("the solution may slide along a switch, or touch it")
    away = surface.level(start).abs_upper() / rate.abs_lower()
    h = max(dyadic(float(away.upper()) * ROOM), dyadic(float(least)))
    reason = "the switch may not be passed yet"
    for _ in range(DOUBLINGS):
        if h > most:
            break
        try:
            box = apriori(surface.field, start, h)
            passed(surface, start, h, box)
            return h, box
        except Refused as error:
            reason = str(error)
        h *= 2
    raise Refused(reason)

"""Flows enclosed: for each time a box that certainly contains every solution from a box of starts.

Each step is one of ``steps`` (where f is analytic), of ``crossing`` (through one switching surface) or of ``sliding``
(onto one, and along it). The steps are kept, so that ``check`` can do every one of them again without the search for
sizes, boxes and frames. Where no further step is certain (a blow-up, a switch that may be touched or left, several at
once, a set grown too wide) the tube ends and says why; it says nothing about later times.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from flint import arb

from numerics.balls import precision
from numerics.flows import steps as certain
from numerics.flows.crossing import Surface, passage, passed
from numerics.flows.gradients import gradients
from numerics.flows.series import Box, Boxes, MeetsSwitch, ball
from numerics.flows.sets import Carried
from numerics.flows.sliding import arrival, arrived, sliding_field
from numerics.flows.steps import Field, Image, Refused, dyadic, reached, smooth, taylor
from numerics.flows.tape import Tape

if TYPE_CHECKING:
    import sympy

MOST_STEPS = 2_000
SHRINKINGS = 80
SHORTEST = Fraction(1, 2**60)  # of the whole time: steps below it gain nothing
SHARE = 1e-3  # of the width of the set that the remainder of one step may add


class NotEnclosed(ArithmeticError):
    """No box is certain for that time."""


@dataclass(frozen=True)
class Step:
    """Over [time, time + h]: the set at its beginning, and the a-priori box.

    switch: the one that is passed or arrived at (-1: none). slides: the one that is slid along at the end (-1: none).
    """

    time: Fraction
    h: Fraction
    start: Carried
    box: Box
    switch: int = -1
    slides: int = -1

    def field(self, base: Field) -> Field:
        """The field of the solutions at the end of the step."""
        return base if self.slides < 0 else sliding_field(base.tape, self.slides, base.order)

    def behind(self, base: Field) -> Box:
        """The box of states at the end of a step that passes a switch or arrives at it."""
        surface, start = Surface.of(base.tape, self.start.box, self.switch), self.start.box
        if self.slides >= 0:
            return arrived(surface, self.field(base), start, self.h, self.box)
        return passed(surface, start, self.h, self.box)


@dataclass(frozen=True)
class Tube:
    """The steps and the set at their end; reason: why it ends before the time that was asked for, else empty."""

    field: Field
    steps: tuple[Step, ...]
    end: Carried
    reached: Fraction
    bits: int
    reason: str = ""

    def at(self, time: Any) -> Box:
        """A box that contains every solution at the time; raises NotEnclosed beyond the tube."""
        t = Fraction(time)
        if not 0 <= t <= self.reached:
            raise NotEnclosed(f"enclosed up to time {float(self.reached):.6g} only: {self.reason or 'no more asked'}")
        with precision(self.bits):
            if t == self.reached:
                return self.end.box
            step = next(s for s in self.steps if s.time <= t < s.time + s.h)
            if t == step.time:
                return step.start.box
            if step.switch >= 0:
                surface = Surface.of(self.field.tape, step.start.box, step.switch)
                return reached(surface.field, step.start.box, step.h, step.box)
            field = step.field(self.field)
            inside = reached(smooth(field), step.start.box, step.h, step.box)
            return certain.within(step.start, taylor(field, step.start, inside, t - step.time))

    @property
    def crossings(self) -> list[Fraction]:
        """The beginnings of the steps that pass a switch."""
        return [s.time for s in self.steps if s.switch >= 0 > s.slides]

    @property
    def arrivals(self) -> list[Fraction]:
        """The beginnings of the steps after which a switch is slid along."""
        return [s.time for s in self.steps if s.switch >= 0 and s.slides >= 0]


def enclose(
    flow: Mapping[sympy.Symbol, sympy.Expr], start: Sequence[Any], until: Any, *, digits: int = 15,
    parameters: Mapping[sympy.Symbol, Any] | None = None, order: int | None = None,
) -> Tube:  # fmt: skip
    """The tube of the flow from a box of starts (exact numbers, balls, or pairs of ends) over [0, until].

    digits: of the arithmetic and the goal of the remainders; the tube of wide starts is as wide as it must be.
    """
    from numerics.flows.engines import exact
    from numerics.flows.expressions import tape_of

    tape = tape_of(flow, parameters)
    if len(start) != tape.size:
        raise ValueError(f"{len(start)} starting values for {tape.size} variables")
    return enclose_tape(tape, start, exact(until), digits=digits, order=order)


def enclose_tape(
    tape: Tape, start: Sequence[Any], until: Fraction, *, digits: int = 15, order: int | None = None,
    most: int = MOST_STEPS,
) -> Tube:  # fmt: skip
    """The same for a tape, with at most so many steps."""
    bits = int(3.33 * digits) + 40
    with precision(bits):
        field = Field.of(tape, order or max(12, int(1.2 * digits)))
        return _Search(field, digits, until, most).run(Carried.of(box_of(start)), bits)


def box_of(start: Sequence[Any]) -> Box:
    """Balls around the starts, each a number, a ball or a pair (low, high)."""
    from numerics.flows.engines import exact

    out = []
    for v in start:
        if isinstance(v, arb):
            out.append(v)
        elif isinstance(v, tuple):
            low, high = (exact(e) for e in v)
            if high < low:
                raise ValueError(f"the interval from {low} to {high} is empty")
            out.append(ball(low).union(ball(high)))
        else:
            out.append(ball(exact(v)))
    return out


@dataclass
class _Search:
    """Sizes of steps, tried until one is certain."""

    field: Field
    digits: int
    until: Fraction
    most: int

    def run(self, begin: Carried, bits: int) -> Tube:
        now, carried, h, reason = Fraction(0), begin, self.until / 4, ""
        steps: list[Step] = []
        while now < self.until:
            if len(steps) >= self.most:
                reason = f"more than {self.most} steps"
                break
            slides = steps[-1].slides if steps else -1
            try:
                step, carried = self._next(carried, now, h, slides)
            except ArithmeticError as error:
                reason = str(error) or "the solution may not be bounded"
                break
            steps.append(step)
            now, h = now + step.h, 2 * step.h if step.switch < 0 else self.until / 4
        return Tube(self.field, tuple(steps), carried, now, bits, reason)

    def _next(self, carried: Carried, now: Fraction, h: Fraction, slides: int) -> tuple[Step, Carried]:
        """The next step, and the set at its end."""
        left, field = self.until - now, Step(now, h, carried, [], slides=slides).field(self.field)
        try:
            size, box, image = self._smooth(field, carried, min(h, left))
            return Step(now, size, carried, box, slides=slides), certain.following(carried, image)
        except MeetsSwitch:
            if slides >= 0:
                raise
        number, start = self._nearest(carried)[1], carried.box
        surface, least = Surface.of(self.field.tape, start, number), self.until * SHORTEST
        try:
            size, box = passage(surface, start, least, left)
            step = Step(now, size, carried, box, number)
        except Refused:
            along = sliding_field(self.field.tape, number, self.field.order)
            size, box = arrival(surface, along, start, least, left)
            step = Step(now, size, carried, box, number, number)
        return step, Carried.of(step.behind(self.field))

    def _smooth(self, field: Field, carried: Carried, h: Fraction) -> tuple[Fraction, Box, Image]:
        """(size, a-priori box, image) of a step of at most this size; MeetsSwitch near a surface."""
        rhs, start = smooth(field), carried.box
        goal = self._goal(start, rhs(start))
        last: ArithmeticError = Refused("no step is certain")
        for turn in range(SHRINKINGS):
            if turn and h < SHORTEST * self.until:
                raise last
            try:
                box = certain.apriori(rhs, start, h)
                inside = reached(rhs, start, h, box)
                size = max(float(r.rad()) for r in certain.remainder(field, inside, h))
                if size <= goal:
                    return h, box, taylor(field, carried, inside, h)
            except MeetsSwitch as error:
                time, _, blurred = self._nearest(carried)
                if time <= blurred:
                    raise
                last, h = error, h / 2 if math.isinf(time) else min(h / 2, dyadic(0.9 * time))
                continue
            except ArithmeticError as error:
                last, h = error, h / 2
                continue
            last = Refused("the steps become too short: the solution may not last")
            h = dyadic(float(h) * max(0.25, min(0.9, 0.9 * (goal / size) ** (1 / field.order))))
        raise last

    def _goal(self, start: Box, speed: Box) -> float:
        """The remainder that a step may have, by the size of the state and of its motion, and the width of the set."""
        scale = max(1e-300, *(float(v.abs_upper()) for v in start))
        scale = max(scale, *(float(v.abs_upper()) * float(self.until) for v in speed))
        return max(scale * 10.0 ** -(self.digits + 1), SHARE * max(float(v.rad()) for v in start))

    def _nearest(self, carried: Carried) -> tuple[float, int, float]:
        """(time, number, blur) of the switch that is met first from the middle of the set, in plain numbers.

        blur: a time so short that the width of the set, or the digits, no longer tell when the switch is met.
        """
        tape = self.field.tape
        velocity = tape.run(Boxes(across=True), carried.y)
        wide = Tape(tape.size, tape.nodes, tape.switches).run(Boxes(across=True), carried.box)
        best = (math.inf, 0, 0.0)
        for k, node in enumerate(tape.switches):
            one = Tape(tape.size, tape.nodes, (node,))
            normal = gradients(one).run(Boxes(across=True), carried.y)
            rate = sum((a * v for a, v in zip(normal, velocity, strict=True)), arb(0))
            level, speed = float(one.run(Boxes(across=True), carried.y)[0].mid()), float(rate.mid())
            blur = (4 * float(wide[k].rad()) + 10.0**-self.digits * (1e-9 + abs(speed))) / (abs(speed) or 1e-300)
            time = -level / speed if speed else math.inf
            if wide[k].contains(0) or (0 <= time < best[0]):
                best = (0.0 if wide[k].contains(0) else time, k, blur)
        return best


def check(tube: Tube, start: Sequence[Any]) -> None:
    """Every step of the tube done again from the boxes and frames it names; raises Refused where one is not certain."""
    with precision(tube.bits):
        field = Field.of(tube.field.tape, tube.field.order)
        sets = [*(s.start for s in tube.steps), tube.end]
        if not all(carried.exact for carried in sets):
            raise Refused("a frame is not exact")
        if not _contains(sets[0], box_of(start)):
            raise Refused("the tube does not begin with the starts")
        now, slides = Fraction(0), -1
        for step, end in zip(tube.steps, sets[1:], strict=True):
            if step.time != now or step.h <= 0:
                raise Refused("the steps do not follow each other in time")
            if step.switch < 0 <= step.slides != slides or step.switch >= 0 <= slides:
                raise Refused("the switch was not arrived at")
            now, slides = now + step.h, step.slides
            if step.switch >= 0:
                ok = _contains(end, step.behind(field))
            else:
                own = step.field(field)
                inside = reached(smooth(own), step.start.box, step.h, step.box)
                ok = certain.holds(step.start, taylor(own, step.start, inside, step.h), end)
            if not ok:
                raise Refused(f"the set at time {float(now):.6g} does not contain the image of the one before")
        if now != tube.reached:
            raise Refused("the steps do not reach the end of the tube")


def _contains(carried: Carried, box: Box) -> bool:
    """Whether a set that is a box (C the identity, r around 0) certainly contains another."""
    same = all(carried.c[i, j] == int(i == j) for i in range(len(box)) for j in range(len(box)))
    if not same or not all(r.contains(0) for r in carried.r):
        return False
    return all((y + a).contains(b) for y, a, b in zip(carried.y, carried.r0, box, strict=True))



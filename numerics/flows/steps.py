"""One certain step of a flow: where all solutions are during it, and a set that contains them at its end.

A box B with Y + [0, h] f(B) inside its interior holds every solution from Y during the step: Picard's operator maps the
functions into B to themselves, so that a solution exists, and as f is analytic on B it is the only one. At its end

    y(h) = sum_{k<K} c_k(y(0)) h^k + c_K(y(t)) h^K   with y(t) in B,

coordinate by coordinate with a t of its own in [0, h]; the polynomials are enclosed by their mean values, with the
derivatives V_k of the c_k by the start over all of Y.

Sources: R. E. Moore, Interval Analysis (1966), chapter 11; R. Lohner (1987).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from flint import arb, arb_mat, arb_series

from numerics.flows.gradients import gradients
from numerics.flows.series import Box, Boxes, PowerSeries, at, ball, jets, length
from numerics.flows.sets import Carried, frame, identity, middle, moved
from numerics.flows.tape import Tape

ROUNDS = 6  # attempts at a box for one size of the step


class Refused(ArithmeticError):
    """Something that is not certain: no step of this size."""


@dataclass(frozen=True)
class Field:
    """y' = f(y), the derivatives of f row by row, and the number K of Taylor terms.

    positive: functions that must be positive wherever f is the velocity of solutions, if there are any.
    """

    tape: Tape
    slopes: Tape
    order: int
    positive: Tape | None = None

    @classmethod
    def of(cls, tape: Tape, order: int, positive: Tape | None = None) -> Field:
        return cls(tape, gradients(tape), order, positive)


def dyadic(h: float) -> Fraction:
    """A number a little below h >= 0 with few binary digits."""
    mantissa, exponent = math.frexp(h)
    return Fraction(int(mantissa * 2**20), 2**20) * Fraction(2) ** exponent


def interval(h: Fraction) -> arb:
    """[0, h]."""
    return arb(0).union(ball(h))


def reached(rhs: Callable[[Box], Box], start: Box, h: Fraction, box: Box) -> Box:
    """Y + [0, h] f(B), which holds every solution during the step; raises Refused unless B holds it inside."""
    span = interval(h)
    out = [y + span * v for y, v in zip(start, rhs(box), strict=True)]
    if not all(v.is_finite() for v in out):
        raise Refused("the speed is not bounded")
    if not all(b.contains_interior(v) for b, v in zip(box, out, strict=True)):
        raise Refused("the a-priori box does not hold the solutions")
    return out


def apriori(rhs: Callable[[Box], Box], start: Box, h: Fraction) -> Box:
    """A box that ``reached`` accepts, found by widening; raises Refused where none is found."""
    span = interval(h)
    box = _wider([y.union(y + span * v) for y, v in zip(start, rhs(start), strict=True)])
    for _ in range(ROUNDS):
        try:
            reached(rhs, start, h, box)
            return box
        except Refused:
            image = [y + span * v for y, v in zip(start, rhs(box), strict=True)]
            if not all(v.is_finite() for v in image):
                raise
            # Only where it is too narrow: each side that is widened widens the images of the others.
            wide = _wider([b.union(v) for b, v in zip(box, image, strict=True)])
            box = [b if b.contains_interior(v) else w for b, v, w in zip(box, image, wide, strict=True)]
    raise Refused("no a-priori box is found: the step is too long")


def _wider(box: Box) -> Box:
    least = arb(2) ** -1000
    return [arb(v.mid(), (v.rad() * arb("1.25") + abs(v.mid()) * arb(2) ** -100 + least).upper()) for v in box]


def smooth(field: Field) -> Callable[[Box], Box]:
    """f on boxes, where it is analytic and the velocity of solutions."""

    def rhs(box: Box) -> Box:
        if field.positive and not all(v > 0 for v in field.positive.run(Boxes(), box)):
            raise Refused("the solution may leave the switch that it slides along")
        return field.tape.run(Boxes(), box)

    return rhs


@dataclass(frozen=True)
class Image:
    """point + slope (x - y) contains the state at the end for every x of the set (y its middle)."""

    point: Box
    slope: arb_mat


def remainder(field: Field, box: Box, h: Fraction) -> Box:
    """c_K h^K over all solutions in the box."""
    last = jets(field.tape, box, field.order)[field.order]
    return [c * ball(h) ** field.order for c in last]


def taylor(field: Field, start: Carried, box: Box, h: Fraction) -> Image:
    """The mean-value form of a step whose solutions stay in the box."""
    order, span = field.order, ball(h)
    middle_jets = jets(field.tape, start.y, order - 1)
    around = [a.union(b) for a, b in zip(start.box, start.y, strict=True)]  # the segments from y lie in it
    wide_jets = jets(field.tape, around, order - 1)
    slopes = derivatives(field.slopes, wide_jets)
    slope = slopes[-1]
    for v in reversed(slopes[:-1]):
        slope = slope * span + v
    rest = remainder(field, box, h)
    return Image([v + r for v, r in zip(at(middle_jets, span), rest, strict=True)], slope)


def derivatives(slopes: Tape, coefficients: list[Box]) -> list[arb_mat]:
    """V_k = dc_k/dy(0), from V' = Df(y) V and V = I at the start: (k + 1) V_(k+1) = sum_j A_j V_(k-j)."""
    n, count = len(coefficients[0]), len(coefficients)
    with length(count):
        rows = slopes.run(PowerSeries(), [arb_series(list(c)) for c in zip(*coefficients, strict=True)])
    a = [arb_mat(n, n, [entry[j] for entry in rows]) for j in range(count - 1)]
    found = [identity(n)]
    for k in range(count - 1):
        total = a[0] * found[k]
        for j in range(1, k + 1):
            total += a[j] * found[k - j]
        found.append(total * (arb(1) / (k + 1)))
    return found


def following(start: Carried, image: Image) -> Carried:
    """The set at the end of the step, in a frame of its own."""
    y = [v.mid() for v in image.point]
    c = middle(image.slope * start.c)
    q = frame(middle(image.slope * start.q), start.r)
    return Carried(y, c, start.r0, q, moved(start, image.point, image.slope, c, q, y))


def holds(start: Carried, image: Image, end: Carried) -> bool:
    """Whether the set ``end`` certainly contains the image of the set ``start``."""
    if not all(a.contains(b) for a, b in zip(end.r0, start.r0, strict=True)):
        return False
    r = moved(start, image.point, image.slope, end.c, end.q, end.y)
    return all(a.contains(b) for a, b in zip(end.r, r, strict=True))


def within(start: Carried, image: Image) -> Box:
    """A box around the image of the set, the smaller of two."""
    n = len(start.y)
    offset = [a - b for a, b in zip(start.box, start.y, strict=True)]
    rough = [p + sum((image.slope[i, j] * offset[j] for j in range(n)), arb(0)) for i, p in enumerate(image.point)]
    fine = following(start, image).box
    return [_narrower(a, b) for a, b in zip(rough, fine, strict=True)]


def _narrower(a: arb, b: arb) -> arb:
    return a if a.rad() < b.rad() else b

"""Solutions of switched fields followed from surface to surface, each event located to rounding.

Inside a mode the field is smooth and an embedded Runge-Kutta pair steps along it. A step after which a guard is
negative (a switch changed its sign, or the expectation of a sliding sign left [-1, 1]) is taken again with the size at
which the guard vanishes, found by bisection and secants on the size of the step itself: the scheme keeps its order
across the surface. There the state is put onto the surface and the next mode decided.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from numerics.flows.embedded import Array, NoProgress, Pair, dormand_prince, first_step, resized, size, step
from numerics.flows.fields import SwitchedField
from numerics.flows.filippov import TANGENT, Mode, Selection, Undetermined, modes, motion

ON_SURFACE = 1e-12  # |u| relative to the size of the state
MOST_EVENTS = 400
MOST_STEPS = 50_000


@dataclass
class Piece:
    """A stretch of time in one mode: times and states at its steps, the first and the last on its ends."""

    mode: Mode
    times: list[float] = field(default_factory=list)
    states: list[Array] = field(default_factory=list)

    @property
    def sliding(self) -> tuple[int, ...]:
        return self.mode.sliding

    @property
    def duration(self) -> float:
        return self.times[-1] - self.times[0]


@dataclass
class Track:
    """A solution: its pieces in order. ``ambiguous`` where another solution could have been followed."""

    pieces: list[Piece]
    ambiguous: bool = False
    touching: list[int] = field(default_factory=list)  # the surfaces at the end, where it was stopped

    @property
    def end(self) -> Array:
        return self.pieces[-1].states[-1]

    @property
    def events(self) -> list[float]:
        return [p.times[0] for p in self.pieces[1:]]


def follow(
    field: SwitchedField, y0: Sequence[float] | Array, duration: float, *, rtol: float = 1e-11,
    selection: Selection = Selection.stay, pair: Pair | None = None, step_size: float | None = None,
    steps: int = MOST_STEPS, events: int = MOST_EVENTS, stop: Callable[[Piece, list[int]], bool] | None = None,
) -> Track:  # fmt: skip
    """A Filippov solution from y0 over the given time.

    step_size: fixed steps instead of controlled ones (for measuring orders). steps, events: the most in all. stop:
    asked at each event with the piece that ends and the surfaces there; the track ends where it says so. Raises
    Undetermined where no continuation is found, or after too many events; NoProgress where the values leave the
    doubles, or after too many steps.
    """
    pair = pair or dormand_prince()
    y, t = np.asarray(y0, dtype=float).copy(), 0.0
    track, signs, left = Track([]), field.pattern(y), [steps]
    on = _touching(field, y)
    while t < duration and len(track.pieces) <= events:
        piece = None
        options = list(modes(field, y, _off(signs, on), on, selection))
        track.ambiguous |= len(options) > 1
        for mode in options:
            piece = _advance(field, y, t, duration, mode, on, rtol, pair, step_size, left)
            if piece is not None:
                break
        if piece is None:
            raise Undetermined(f"no continuation is found at time {t:.6g}")
        track.pieces.append(piece)
        t, y = piece.times[-1], piece.states[-1]
        if t >= duration:
            break
        on = sorted(set(_touching(field, y)) | set(piece.sliding) & set(_touching(field, y, 1e3)))
        if stop and stop(piece, on):
            track.touching = on
            return track
        signs = np.array(piece.mode.signs, dtype=float)
    if t < duration:
        raise Undetermined(f"more than {events} events")
    return track


def _off(signs: Array, on: list[int]) -> Array:
    out = np.where(signs == 0, 1, signs)
    out[on] = 0
    return out


def _touching(field: SwitchedField, y: Array, factor: float = 1.0) -> list[int]:
    bound = factor * ON_SURFACE * (1 + float(np.max(np.abs(y), initial=0.0)))
    return [int(k) for k in np.flatnonzero(np.abs(field.switches(y)) <= bound)]


def onto(field: SwitchedField, y: Array, surfaces: Sequence[int], signs: Array) -> Array:
    """The state put onto the surfaces by Newton steps along their normals."""
    z = list(surfaces)
    if not z:
        return y
    for _ in range(3):
        u = field.switches(y)[z]
        if not np.any(u):
            break
        normals = field.normals(y, signs)[z]
        y = y - np.linalg.lstsq(normals, u, rcond=1e-10)[0]
    return y


def _advance(
    field: SwitchedField, y: Array, t: float, end: float, mode: Mode, on: list[int], rtol: float, pair: Pair,
    step_size: float | None, steps: list[int],
) -> Piece | None:  # fmt: skip
    """The piece in this mode, or None where the mode ends as it begins; ``steps`` holds how many may still be taken."""
    memory = {"s": np.array(mode.signs, dtype=float)}
    free = [k for k, s in enumerate(mode.signs) if s]
    z = list(mode.sliding)
    own = np.array(mode.signs, dtype=float)
    fresh = [k for k in on if k in free]  # switches that are zero where the piece begins

    def velocity(state: Array) -> Array:
        found = motion(field, state, mode, memory["s"] if z else None)
        return found.velocity

    def guards(state: Array) -> Array:
        sides = own[free] * field.switches(state)[free]
        if not z:
            return sides
        found = motion(field, state, mode, memory["s"])
        kept = [10 * TANGENT - found.slip, *(1 + 1e-12 - np.abs(found.signs[z]))]
        return np.concatenate([sides, kept])

    atol = rtol / 100
    h = step_size or first_step(velocity, y, end - t, rtol, atol)
    before = guards(y)
    before[[free.index(k) for k in fresh]] = 0.0
    piece = Piece(mode, [t], [y])
    least = 1e-13 * max(1.0, end)
    while steps[0] > 0:
        steps[0] -= 1
        left = end - t
        h = min(h, left)
        y1, error = step(velocity, y, h, pair)
        e = size(error, y, y1, rtol, atol)
        if not np.isfinite(e) or (step_size is None and e > 1):
            h = resized(h, e, pair)
            if h < least:
                raise NoProgress(f"no step is small enough at time {t:.6g}")
            continue
        after = guards(y1)
        broken = np.flatnonzero(after < 0)
        if len(broken):
            if any(before[k] <= 0 for k in broken):
                # It began on the surface and is on the wrong side: too long a step, or the wrong mode.
                h /= 8
                if h < least * 8:
                    return None if len(piece.times) == 1 else piece
                continue
            h, y1 = _located(velocity, guards, y, h, before, pair)
            touched = [free[k] for k in broken if k < len(free)]
            near = [k for k in touched if k in _touching(field, y1, 1e4)]
            y1 = onto(field, y1, sorted({*near, *z}), own)
            piece.times.append(t + h)
            piece.states.append(y1)
            return piece if h > 0 or len(piece.times) > 2 else None
        if z:
            y1 = onto(field, y1, z, own)
            memory["s"] = motion(field, y1, mode, memory["s"]).signs
        before = after
        t = end if h == left else t + h
        y = y1
        piece.times.append(t)
        piece.states.append(y)
        if t >= end:
            return piece
        h = step_size or resized(h, e, pair)
    raise NoProgress("too many steps")


def _located(
    velocity: Callable[[Array], Array], guards: Callable[[Array], Array], y: Array, h: float, before: Array, pair: Pair
) -> tuple[float, Array]:
    """The size of the step, and the state, at which the first of the guards that end negative vanishes."""

    def state(size: float) -> Array:
        return step(velocity, y, size, pair)[0]

    broken = [int(k) for k in np.flatnonzero(guards(state(h)) < 0)]
    first = h
    for k in broken:
        now = float(guards(state(first))[k])
        if now < 0:
            first = _root(lambda size, k=k: float(guards(state(size))[k]), first, float(before[k]), now)  # type: ignore[misc]
    return first, state(first)


def _root(g: Callable[[float], float], high: float, g_low: float, g_high: float) -> float:
    """The upper end of a bracket, narrowed to rounding, in which g falls from positive to at most zero (Illinois)."""
    low, width, side = 0.0, high, 0
    for turn in range(120):
        if high - low <= 4e-16 * max(width, 1e-3) or g_high == 0:
            break
        at = high - g_high * (high - low) / (g_high - g_low)
        if turn % 4 == 3 or not low < at < high:
            at = (low + high) / 2
        value = g(at)
        if value <= 0:
            high, g_high = at, value
            g_low, side = (g_low / 2 if side == 1 else g_low), 1
        else:
            low, g_low = at, value
            g_high, side = (g_high / 2 if side == -1 else g_high), -1
    return high

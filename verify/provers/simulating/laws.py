"""A law along a path: the derivatives of its observables in time, compared with what the law says of them.

On a piece of the path in one mode an observable e is smooth; its derivative at times inside is that of the polynomial
through its values at the extreme points of a Chebyshev polynomial on a short window. The same on a window of half the
width tells how far the derivative can be trusted.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from numerics.flows import NoProgress, Piece, SwitchedField, Track, integrate
from numerics.flows.filippov import motion
from numerics.flows.following import onto
from verify.language.terms import RELATIONS, ZERO, Term, rebuild, sym, walk
from verify.provers.simulating.branches import Branches, Unsupported, met
from verify.statement import Statement

RATE = "_rate"
NODES = 8  # intervals of a window
UNRESOLVED = 1e-4  # of the range of an observable: a polynomial that is off by more follows it no longer
WINDOWS = 3  # on each piece
RTOL = 1e-12
STEPS = 400  # of the integrator on one window


@dataclass(frozen=True)
class Law:
    """left relation right, with the names _rate0, ... for the derivatives of the observables along the flow."""

    left: Term
    relation: str
    right: Term
    observed: tuple[Term, ...]


@dataclass(frozen=True)
class Comparison:
    """The violation of the law at one time of one path, its error, the scale of its sides, the window looked at."""

    time: float
    violation: float
    error: float
    scale: float
    sliding: bool
    margin: float = 0.0  # by how much an inequality holds
    width: float = 0.0


def read(statement: Statement) -> Law:
    """The law that a conclusion states; raises Unsupported where it is none about first derivatives along the flow."""
    c = statement.conclusion
    if c.op == "conserved":
        return Law(sym(f"{RATE}0"), "==", ZERO, (c.children[0],))
    if c.op not in RELATIONS or c.op == "!=" or not any(t.op == "ddt" for t in walk(c)):
        raise Unsupported("not a law about derivatives along a flow")
    observed: list[Term] = []

    def take(t: Term) -> Term:
        if t.op != "ddt":
            return rebuild(t, take)
        e = t.children[0]
        if any(s.op in ("ddt", "conserved") for s in walk(e)):
            raise Unsupported("a second derivative along the flow")
        if e not in observed:
            observed.append(e)
        return sym(f"{RATE}{observed.index(e)}")

    left, right = (take(side) for side in c.children)
    return Law(left, c.op, right, tuple(observed))


@dataclass
class Watch:
    """A law made ready for one choice of the parameters: compare(track) yields its comparisons along a path."""

    statement: Statement
    law: Law
    branches: Branches
    flow: list[Term]

    def __post_init__(self) -> None:
        rates = tuple(f"{RATE}{k}" for k in range(len(self.law.observed)))
        observed = [self.branches.branch(e) for e in self.law.observed]
        here = self.branches
        wide = Branches((*here.state, *rates), here.parameters, here.atoms, frozenset(rates))
        sides = [wide.branch(side) for side in (self.law.left, self.law.right)]
        self.field: SwitchedField = self.branches.switched(self.flow)
        self.observed = [self.branches.function(e) for e in observed]
        self.sides = [wide.function(side) for side in sides]

    def compare(self, track: Track, parameters: dict[str, float]) -> Iterator[Comparison]:
        """One comparison at the middle of each window that lies within the hypotheses."""
        for piece in track.pieces:
            for a, b in _windows(piece):
                found = self._at_middle(piece, a, b, parameters)
                if found is not None:
                    yield found
        first = track.pieces[0]
        if not first.sliding and np.all(self.field.pattern(first.states[0]) != 0) and first.duration > 0:
            found = self._at_start(first, parameters)
            if found is not None:
                yield found

    def _at_middle(self, piece: Piece, a: float, b: float, parameters: dict[str, float]) -> Comparison | None:
        middle, width = (a + b) / 2, b - a
        wide = self._sides(piece, a, width, NODES // 2)
        if wide is None or not self._inside(wide[2], parameters):
            return None
        narrow = self._sides(piece, middle - width / 4, width / 2, NODES // 2)
        return self._compared(middle, narrow, wide, bool(piece.sliding), width, 0.25)

    def _at_start(self, piece: Piece, parameters: dict[str, float]) -> Comparison | None:
        width = min(piece.duration, 0.05) / 2
        wide, narrow = (self._sides(piece, piece.times[0], w, 0) for w in (width, width / 2))
        if wide is None or not self._inside(wide[2], parameters):
            return None
        return self._compared(piece.times[0], narrow, wide, False, width, 0.0)

    def _compared(
        self, time: float, best: Sides | None, other: Sides | None, sliding: bool, width: float,
        offset: float,
    ) -> Comparison | None:  # fmt: skip
        if best is None or other is None:
            return None
        (left, right, _, scale, _), (left2, right2, _, _, _) = best, other
        gap, error = left - right, abs((left - right) - (left2 - right2))
        if not _resolved(other[4], best[4], offset):
            error = math.inf
        return compared(self.law.relation, time, gap, error, scale + abs(left) + abs(right), sliding, width)

    def _inside(self, y: np.ndarray, parameters: dict[str, float]) -> bool:
        env = {**parameters, **dict(zip(self.branches.state, y.tolist(), strict=True))}
        return all(met(h, env) for h in self.statement.domain.hypotheses)

    def _sides(self, piece: Piece, start: float, width: float, node: int) -> Sides | None:
        """(left, right, state, scale) at one node of the window, None where that takes too much or is not finite."""
        try:
            return self._at_node(piece, start, width, node)
        except NoProgress:
            return None

    def _at_node(self, piece: Piece, start: float, width: float, node: int) -> Sides | None:
        mode, begin = piece.mode, max(k for k, t in enumerate(piece.times) if t <= start or k == 0)

        def velocity(y: np.ndarray) -> np.ndarray:
            return motion(self.field, y, mode).velocity

        nodes = start + width * (1 - np.cos(np.pi * np.arange(NODES + 1) / NODES)) / 2
        after = (nodes - piece.times[begin]).tolist()
        states = integrate(velocity, piece.states[begin], after, rtol=RTOL, atol=RTOL / 100, steps=STEPS)
        still = np.array(mode.signs, dtype=float)
        if any(np.any(still * self.field.switches(y) < -1e-9) for y in states):
            return None  # a surface was passed twice within one step: these are not the branches of the path
        at = onto(self.field, states[node], mode.sliding, still)
        signs = motion(self.field, at, mode).signs if mode.sliding else still
        signs = np.where(still == 0, 0.0, signs)
        values = np.array([[e(y.tolist(), signs.tolist()) for e in self.observed] for y in states])
        rates = _differentiation(NODES)[node] @ values / width if values.size else np.zeros(0)
        env = [*at.tolist(), *rates.tolist()]
        left, right = (side(env, signs.tolist()) for side in self.sides)
        scale = 1.0 + 1e-3 * float(np.max(np.abs(values), initial=0.0)) / width
        if not (math.isfinite(left) and math.isfinite(right) and math.isfinite(scale)):
            return None
        return left, right, at, scale, values


def compared(
    relation: str, time: float, gap: float, error: float, scale: float, sliding: bool, width: float
) -> Comparison:
    """The comparison for a gap left - right."""
    violation = abs(gap) if relation == "==" else max(gap, 0.0) if relation in ("<", "<=") else max(-gap, 0.0)
    margin = 0.0 if relation == "==" else abs(gap) - violation
    return Comparison(time, violation, error, scale, sliding, margin, width)


Sides = tuple[float, float, np.ndarray, float, np.ndarray]  # with the observables at the nodes


def _resolved(wide: np.ndarray, narrow: np.ndarray, start: float) -> bool:
    """Whether the polynomials through the observables on the wide window meet them on the narrow half of it.

    They do not where an observable turns many times on the window: then no derivative can be read off.
    """
    allowed = np.maximum(UNRESOLVED * np.ptp(wide, axis=0), 1e-7 * (1 + np.max(np.abs(wide), axis=0, initial=0.0)))
    return bool(np.all(np.abs(_halving(NODES, start) @ wide - narrow) <= allowed))


@cache
def _halving(n: int, start: float) -> np.ndarray:
    """The matrix from values at the nodes of [0, 1] to those of the polynomial at the nodes of [start, start + 1/2]."""
    x = (1 - np.cos(np.pi * np.arange(n + 1) / n)) / 2
    weights = np.array([0.5, *[1.0] * (n - 1), 0.5]) * (-1.0) ** np.arange(n + 1)
    out = np.zeros((n + 1, n + 1))
    for row, t in enumerate(start + x / 2):
        same = np.flatnonzero(np.abs(t - x) < 1e-14)
        if len(same):
            out[row, same[0]] = 1.0
        else:
            terms = weights / (t - x)
            out[row] = terms / terms.sum()
    return out


def _windows(piece: Piece) -> Iterator[tuple[float, float]]:
    """Windows well inside a piece, so that what happens at its ends does not matter."""
    if piece.duration <= 1e-6:
        return
    for k in range(WINDOWS):
        middle = piece.times[0] + piece.duration * (k + 1) / (WINDOWS + 1)
        half = min(piece.duration / (2 * WINDOWS + 2), 0.1)
        yield middle - half, middle + half


@cache
def _differentiation(n: int) -> np.ndarray:
    """The matrix from values at the n + 1 extreme points of a Chebyshev polynomial on [0, 1] to derivatives there.

    Source: L. N. Trefethen, Spectral Methods in MATLAB, chapter 6.
    """
    x = (1 - np.cos(np.pi * np.arange(n + 1) / n)) / 2
    c = np.array([2.0, *[1.0] * (n - 1), 2.0]) * (-1.0) ** np.arange(n + 1)
    gaps = x[:, None] - x[None, :] + np.eye(n + 1)
    d = np.outer(c, 1 / c) / gaps
    return d - np.diag(d.sum(axis=1))

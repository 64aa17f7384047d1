"""Sets of states carried along a flow: y + C r0 + Q r with exact y, C, Q and balls r0, r.

r0 is the ball of starts, seen through the derivative of the flow; r is all that was neglected on the way, in an
orthogonal frame that turns with the flow. A box in their place would be wrapped anew at every step and would grow.

Source: R. Lohner, Enclosing the solutions of ordinary initial and boundary value problems (1987).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from flint import arb, arb_mat

Box = list[arb]


@dataclass(frozen=True)
class Carried:
    """The set y + C r0 + Q r."""

    y: Box
    c: arb_mat
    r0: Box
    q: arb_mat
    r: Box

    @classmethod
    def of(cls, box: Sequence[arb]) -> Carried:
        """The set of a box of starts."""
        n = len(box)
        return cls([v.mid() for v in box], identity(n), [v - v.mid() for v in box], identity(n), [arb(0)] * n)

    @property
    def box(self) -> Box:
        """A box around the set."""
        parts = zip(self.y, times(self.c, self.r0), times(self.q, self.r), strict=True)
        return [y + a + b for y, a, b in parts]

    @property
    def exact(self) -> bool:
        """Whether y, C and Q are exact, as the meaning of the set asks."""
        entries = [*self.y, *self.c.entries(), *self.q.entries()]
        return all(v.is_exact() and v.is_finite() for v in entries)


def identity(n: int) -> arb_mat:
    return arb_mat([[int(i == j) for j in range(n)] for i in range(n)])


def times(m: arb_mat, v: Sequence[arb]) -> Box:
    product = m * arb_mat([[x] for x in v])
    return [product[i, 0] for i in range(len(v))]


def middle(m: arb_mat) -> arb_mat:
    return arb_mat([[m[i, j].mid() for j in range(m.ncols())] for i in range(m.nrows())])


def frame(image: arb_mat, r: Sequence[arb]) -> arb_mat:
    """A matrix of orthogonal columns (in doubles, then exact), the longest edges of the image of r first."""
    n = image.nrows()
    edges = np.array([[float(image[i, j].mid()) for j in range(n)] for i in range(n)])
    lengths = np.linalg.norm(edges, axis=0) * _relative([v.rad() for v in r])
    if not np.all(np.isfinite(edges)):
        return identity(n)
    q, _ = np.linalg.qr(edges[:, np.argsort(-lengths)])
    return arb_mat([[arb(float(v)) for v in row] for row in q])


def _relative(sizes: Sequence[arb]) -> np.ndarray:
    """Sizes over the largest of them, in doubles: they may all be far below the doubles themselves."""
    top = sizes[0]
    for s in sizes[1:]:
        top = top.max(s)
    return np.array([float((s / top).mid()) if top > 0 else 1.0 for s in sizes])


def moved(before: Carried, point: Sequence[arb], slope: arb_mat, c: arb_mat, q: arb_mat, y: Sequence[arb]) -> Box:
    """r of a set with the given y, C, Q that contains ``point + slope (x - y_before)`` for every x of the set before.

    With x - y_before = C r0 + Q r the image is y + C' r0 + Q' r' for
    r' = Q'^-1 (point - y + (slope C - C') r0 + (slope Q) r). Raises ZeroDivisionError where Q' may be singular.
    """
    inverse = q.inv()
    rest = [p - v for p, v in zip(point, y, strict=True)]
    drift = times(slope * before.c - c, before.r0)
    kept = times(inverse * (slope * before.q), before.r)
    return [a + b for a, b in zip(times(inverse, [u + v for u, v in zip(rest, drift, strict=True)]), kept, strict=True)]

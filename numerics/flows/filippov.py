"""How a solution in Filippov's sense goes on from a point of the switching surfaces.

At a point where u_k = 0 for k in V every candidate is a choice of sides: sigma_k = +-1 leaves to that side, 0 stays on
the surface. With the normal velocities a = grad u_k . v of the candidate's own velocity v, it is a solution if
sigma_k a > 0 where it leaves and a = 0 where it stays. Where it stays, the signs on the surfaces are expectations
sigma in [-1, 1]^Z that make v tangent; for one surface that is the convex combination

    v = (1 + sigma)/2 f_+ + (1 - sigma)/2 f_-,   sigma = -(a_+ + a_-)/(a_+ - a_-),

which lies in [-1, 1] exactly if a_+ <= 0 <= a_- or a_- <= 0 <= a_+. For several surfaces the signs are mixed
independently of each other, which picks one of Filippov's velocities. Where several candidates are solutions (a
repelling surface) the ``Selection`` says which one is followed.

Sources: A. F. Filippov, Differential Equations with Discontinuous Righthand Sides, section 4; J. Alexander and
T. Seidman, Sliding modes in intersecting switching surfaces I.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import product

import numpy as np

from numerics.flows.fields import Array, SwitchedField

TANGENT = 1e-9  # normal velocities below this, relative to the speed, count as zero
EDGE = 1e-9  # expectations this near to a sign count as one
ROUNDING = 32 * np.finfo(float).eps  # of a mixture of velocities
MOST_SURFACES = 5
INDEPENDENT = 1e-7  # the least singular value of unit normals that count as independent


class Undetermined(ArithmeticError):
    """The tool does not find how the solution goes on."""


class Selection(Enum):
    """Which solution is followed where there are several: one that stays on as many surfaces as it can, or as few."""

    stay = "stay"
    leave = "leave"


@dataclass(frozen=True)
class Mode:
    """signs: +-1 off the surfaces and 0 on those of ``sliding``."""

    signs: tuple[int, ...]

    @property
    def sliding(self) -> tuple[int, ...]:
        return tuple(k for k, s in enumerate(self.signs) if s == 0)


@dataclass(frozen=True)
class Motion:
    """The velocity in a mode, the expectations of the signs, and the largest normal velocity that is left.

    size: of the largest normal velocity that may have been mixed, from which the rounding of the mixture comes.
    """

    velocity: Array
    signs: Array
    residual: float
    size: float = 0.0

    @property
    def speed(self) -> float:
        return 1e-12 + float(np.max(np.abs(self.velocity), initial=0.0))

    @property
    def slip(self) -> float:
        """The normal velocity beyond rounding, relative to the speed: where it rests that is all rounding."""
        return max(0.0, self.residual - ROUNDING * self.size) / self.speed


def motion(field: SwitchedField, y: Array, mode: Mode, guess: Array | None = None) -> Motion:
    """The velocity that keeps to the surfaces of the mode: by the formula for one surface, else by Newton's method."""
    s = np.array(mode.signs, dtype=float)
    z = list(mode.sliding)
    if not z:
        return Motion(field.velocity(y, s), s, 0.0)
    if len(z) == 1:
        return _on_one_surface(field, y, s, z[0])
    if guess is not None:
        s[z] = guess[z]
    normals = field.normals(y, np.array(mode.signs, dtype=float))[z]
    v = field.mixed(y, s)
    size = float(np.max(np.abs(v), initial=0.0))
    for _ in range(12):
        r = normals @ v
        scale = 1e-300 + float(np.max(np.abs(v), initial=0.0))
        if np.max(np.abs(r)) <= 1e-15 * scale:
            break
        jacobian = np.empty((len(z), len(z)))
        for column, k in enumerate(z):
            up, down = s.copy(), s.copy()
            up[k], down[k] = 1.0, -1.0
            above, below = field.mixed(y, up), field.mixed(y, down)
            jacobian[:, column] = normals @ (above - below) / 2
            size = max(size, float(np.max(np.abs([above, below]))))
        if not np.all(np.isfinite(jacobian)) or not np.all(np.isfinite(r)):
            return Motion(v, s, np.inf)
        change = np.linalg.lstsq(jacobian, -r, rcond=1e-12)[0]
        s[z] = np.clip(s[z] + change, -4.0, 4.0)
        v = field.mixed(y, s)
        if np.max(np.abs(change)) <= 1e-15:  # rounding alone keeps the residual above its bound
            break
    return Motion(v, s, float(np.max(np.abs(normals @ v))), size * float(np.max(np.abs(normals).sum(axis=1))))


def _on_one_surface(field: SwitchedField, y: Array, s: Array, k: int) -> Motion:
    normal = field.normals(y, s)[k]
    up, down = s.copy(), s.copy()
    up[k], down[k] = 1.0, -1.0
    above, below = field.velocity(y, up), field.velocity(y, down)
    jump, total = float(normal @ (above - below)), float(normal @ (above + below))
    if abs(jump) <= 1e-14 * abs(total) or not np.isfinite(jump) or jump == 0:  # the field does not jump across it
        middle = (above + below) / 2
        return Motion(middle, s, abs(total) / 2 if np.isfinite(total) else np.inf)
    s = s.copy()
    s[k] = min(4.0, max(-4.0, -total / jump))
    velocity = (1 + s[k]) / 2 * above + (1 - s[k]) / 2 * below
    size = float(np.abs(normal).sum() * np.max(np.abs([above, below])))
    return Motion(velocity, s, abs(float(normal @ velocity)), size)


def _transversal(normals: Array) -> bool:
    """Whether the normals are linearly independent, none of them zero."""
    lengths = np.linalg.norm(normals, axis=1)
    if not np.all(np.isfinite(lengths)) or np.any(lengths == 0) or len(normals) > normals.shape[1]:
        return False
    return bool(np.linalg.svd(normals / lengths[:, None], compute_uv=False)[-1] > INDEPENDENT)


def modes(field: SwitchedField, y: Array, signs: Array, on: list[int], selection: Selection) -> Iterator[Mode]:
    """The modes in which a solution can go on from y, which lies on the surfaces ``on``: the certain ones first.

    signs: of the other switches. A candidate whose normal velocity away from a surface vanishes comes late, one that
    slides with an expectation that is a sign comes last. Raises Undetermined where the surfaces are not transversal:
    then some branches are no limits of the field at y.
    """
    if len(on) > MOST_SURFACES:
        raise Undetermined(f"{len(on)} surfaces meet")
    if on and not _transversal(field.normals(y, np.where(signs == 0, 1.0, signs))[on]):
        raise Undetermined("surfaces meet that are not transversal: not every pattern of signs is near")
    candidates = sorted(product((0, 1, -1), repeat=len(on)), key=lambda c: c.count(0))
    if selection is Selection.stay:
        candidates.reverse()
    doubtful: list[Mode] = []
    ending: list[Mode] = []
    for choice in candidates:
        full = [int(s) for s in signs]
        for k, s in zip(on, choice, strict=True):
            full[k] = s
        mode = Mode(tuple(full))
        found = motion(field, y, mode)
        speed = found.speed
        if found.slip > TANGENT or not np.all(np.isfinite(found.velocity)):
            continue
        if np.max(np.abs(found.signs), initial=0.0) > 1 + 1e-12:
            continue
        if any(abs(found.signs[k]) > 1 - EDGE for k, s in zip(on, choice, strict=True) if not s):
            ending.append(mode)  # sliding that ends here, if anything else goes on
            continue
        rates = field.normals(y, np.array(full, dtype=float)) @ found.velocity
        out = [s * rates[k] for k, s in zip(on, choice, strict=True) if s]
        if all(r > TANGENT * speed for r in out):
            yield mode
        elif all(r >= -TANGENT * speed for r in out):
            doubtful.append(mode)
    yield from doubtful
    yield from ending

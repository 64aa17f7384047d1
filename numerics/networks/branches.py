"""The branches of a network beside its kinks, and beside one of them along which a flow slides.

Preactivations that are multiples of one another, such as those of all samples at a neuron with one weight, have one
kink in common; one that is 0 for all weights of the branch has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from numerics.flows import Undetermined

if TYPE_CHECKING:
    from numerics.networks.steepest import SteepestFlow

Array = np.ndarray
ASIDE = 1e-6  # how far beside a kink its branches are looked up, relative to the weights
ON_KINK = 1e-10
PARALLEL = 1e-9


@dataclass(frozen=True)
class Sides:
    """kinks (K',): the signs of the branch, or of the one above the kink ``rep``; below: those of the other, if any.

    silent: kinks that have no say: those that are none on the branch, and those in common with ``rep``. beyond: two
    points beside the kink, above and below it, near where it was met.
    """

    kinks: Array
    silent: Array
    below: Array | None = None
    rep: int | None = None
    beyond: tuple[Array, Array] | None = None

    @property
    def branches(self) -> list[Array]:
        return [self.kinks] if self.below is None else [self.kinks, self.below]

    def signs(self, sigma: float) -> Array:
        """The signs, expectations where the two branches differ, for the expectation sigma of that of ``rep``."""
        return self.kinks if self.below is None else ((1 + sigma) * self.kinks + (1 - sigma) * self.below) / 2

    def left(self, above: bool) -> Sides:
        """One of the two branches alone."""
        if self.below is None:
            return self
        return Sides(self.kinks if above else self.below, self.silent & False)


def at(flow: SteepestFlow, theta: Array) -> Sides:
    """The branch at a point that lies on no kink."""
    u = flow.preactivations(theta)
    return Sides(np.where(u >= 0, 1.0, -1.0), u == 0)


def settled(flow: SteepestFlow, theta: Array, now: Sides) -> Sides:
    """The branch, knowing which of its kinks are none: those that are exactly 0 off all kinks."""
    return Sides(now.kinks, flow.preactivations(theta) == 0)


def beside(flow: SteepestFlow, theta: Array, now: Sides, k: int) -> tuple[Sides, list[int]]:
    """The branches above and below the kink k, on which theta lies, and the kinks in common with it.

    Raises Undetermined where another kink passes through theta, or where the flow slides along one already.
    """
    if now.below is not None:
        raise Undetermined("two kinks meet")
    size = 1 + float(np.max(np.abs(theta)))
    rows = flow.network.normals(theta, flow.inputs, now.kinks)
    normal = rows[k] / np.linalg.norm(rows[k])
    near = np.flatnonzero((np.abs(flow.preactivations(theta)) <= ON_KINK * size) & ~now.silent)
    for j in near:
        across = rows[j] - normal * float(normal @ rows[j])
        if np.linalg.norm(across) > PARALLEL * np.linalg.norm(rows[j]):
            raise Undetermined("two kinks meet")
    beyond = theta + ASIDE * size * normal, theta - ASIDE * size * normal
    above, below = (flow.preactivations(point) for point in beyond)
    signs = [np.where(u == 0, now.kinks, np.sign(u)) for u in (above, below)]
    touching = np.abs(flow.preactivations(theta)) <= ON_KINK * size
    common = touching & ((signs[0] != signs[1]) | (above == 0) | (below == 0))
    for s in signs:  # far from theta nothing changes
        s[~touching] = now.kinks[~touching]
    silent = common.copy()
    silent[k] = False
    return Sides(signs[0], silent, signs[1], k, beyond), [int(j) for j in np.flatnonzero(common)]

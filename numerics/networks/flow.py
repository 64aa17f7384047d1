"""Mirror flow of a network in rescaled time: theta' = k(theta) (sum p_i h_i)/R''(theta).

h_i is the gradient of q_i = y_i f(x_i) and p_i = -(d loss/d q_i)/loss: with k = 1 time runs by ds = loss dt. With
k = (1 + Q)/sqrt(1 + z^2), z = log(1/loss) and Q that of all layers, log Q rises at a rate near the degree of f however
far out, and nothing underflows. k does not depend on the branch but through z, which is continuous: it changes the
speed on the path and not the path, sliding along kinks included.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from numerics.flows import NoProgress, SwitchedField, Track, Undetermined, follow
from numerics.flows.embedded import Pair, dormand_prince, step
from numerics.flows.filippov import MOST_SURFACES, Mode, motion
from numerics.networks.architecture import Network
from numerics.networks.losses import LOSSES, Loss
from numerics.networks.potentials import Potential

if TYPE_CHECKING:
    from numerics.networks.steepest import SteepestFlow

Array = np.ndarray
STRETCH = 0.2  # of rescaled time, after which the goal is looked at


class NetworkField(SwitchedField):
    """A switched field that is, where preactivations vanish, of degree one in the sign of each of them.

    There the outputs do not depend on those signs and each derivative is a sum of products of different slopes, so that
    the mean over independent signs is the velocity at their expectations.
    """

    def mixed(self, y: Array, s: Array) -> Array:
        return self.velocity(y, s)


@dataclass(frozen=True)
class MirrorFlow:
    """inputs (d, K); labels (K,) in {-1, 1}; one potential for each layer. rescaled False: plain time t."""

    network: Network
    potentials: tuple[Potential, ...]
    inputs: Array
    labels: Array
    loss: Loss = LOSSES["exponential"]
    rescaled: bool = True

    def __post_init__(self) -> None:
        if len(self.potentials) != self.network.depth:
            raise ValueError("one potential is needed for each layer")
        if self.inputs.shape != (self.network.widths[-1], len(self.labels)):
            raise ValueError("inputs must be of the shape (input dimension, number of labels)")

    def hessian(self, theta: Array) -> Array:
        """The diagonal of R''."""
        if self.shared:
            return self.potentials[0].hessian(theta)
        return np.concatenate([r.hessian(theta[s]) for r, s in self._layers()])

    @cached_property
    def shared(self) -> bool:
        """Whether all layers have the same potential."""
        return all(r is self.potentials[0] for r in self.potentials)

    def gradient(self, theta: Array) -> Array:
        """R'."""
        return np.concatenate([r.gradient(theta[s]) for r, s in self._layers()])

    def duals(self, theta: Array) -> Array:
        """Q_l(R_l'(W_l)) of each layer."""
        return np.array([np.sum(r.dual(theta[s])) for r, s in self._layers()])

    def _layers(self) -> zip[tuple[Potential, slice]]:
        return zip(self.potentials, self.network.slices, strict=True)

    def outputs(self, theta: Array) -> Array:
        """q (K,)."""
        return self.labels * self.network.outputs(theta, self.inputs)

    def slopes(self, theta: Array, signs: Array) -> tuple[Array, Array]:
        """(q, the h_i as rows (K, P)) on a branch."""
        f, jacobian = self.network.branch(theta, self.inputs, signs)
        return self.labels * f, self.labels[:, None] * jacobian

    def velocity(self, theta: Array, signs: Array) -> Array:
        f, pull = self.network.reverse(theta, self.inputs, signs)
        z, p = self.loss.parts(self.labels * f)
        force = pull(p * self.labels) / self.hessian(theta)
        return self.pace(theta, z) * force if self.rescaled else float(np.exp(-z)) * force

    def pace(self, theta: Array, z: float) -> float:
        """k = ds/dr."""
        dual = np.sum(self.potentials[0].dual(theta) if self.shared else self.duals(theta))
        return (1 + float(dual)) / math.hypot(1.0, z)

    def field(self) -> SwitchedField:
        """The velocity with the preactivations at which it jumps."""
        return NetworkField(
            self.velocity,
            lambda theta: self.network.preactivations(theta, self.inputs),
            lambda theta, signs: self.network.normals(theta, self.inputs, signs),
            self.network.count(len(self.labels)),
        )


@dataclass(frozen=True)
class Node:
    """A point of a path: the time r, theta, theta' in r, and the branches' signs, expectations where it slides."""

    r: float
    theta: Array
    velocity: Array
    signs: Array


@dataclass(frozen=True)
class Course:
    """A path by its steps: (begin, middle, end) of each; the ends of one are the begin of the next but at kinks."""

    flow: Any
    steps: tuple[tuple[Node, Node, Node], ...]
    slides: int
    events: int
    ambiguous: bool

    @property
    def nodes(self) -> list[Node]:
        """Begins, middles and ends in order."""
        return [node for three in self.steps for node in three]

    @property
    def end(self) -> Array:
        return self.steps[-1][2].theta


def follow_flow(
    flow: MirrorFlow | SteepestFlow, start: Sequence[float] | Array, goal: float = math.inf, *,
    duration: float = math.inf, rtol: float = 1e-10, pair: Pair | None = None, steps: int = 40_000,
    step_size: float | None = None, stretch: float = STRETCH, stretches: int = 200, surfaces: int = MOST_SURFACES,
    scheme: str = "",
) -> Course:  # fmt: skip
    """The solution from a start until z = log(1/loss) is at least the goal, with a middle on each step.

    Mirror flow is followed in stretches of the rescaled time, at most so many of them, to a goal; steepest flow to a
    goal or for a duration (``steepest.follow_steepest``). Raises NoProgress and Undetermined of ``numerics.flows``
    where it cannot be followed, NoProgress too where the goal is not reached within so many stretches or steps, and
    Undetermined where mirror flow slides along more than so many surfaces at once.
    """
    from numerics.networks.steepest import SteepestFlow, follow_steepest

    if isinstance(flow, SteepestFlow):
        return follow_steepest(
            flow, start, goal, duration=duration, rtol=rtol, steps=steps, step_size=step_size, pair=pair, scheme=scheme
        )  # fmt: skip
    if math.isinf(goal) or not math.isinf(duration) or step_size is not None or scheme:
        raise ValueError("mirror flow is followed to a goal")
    pair = pair or dormand_prince()
    field, theta, r = flow.field(), np.asarray(start, dtype=float), 0.0
    course = Course(flow, (), 0, 0, False)
    for _ in range(stretches):
        track = follow(field, theta, stretch, rtol=rtol, pair=pair, steps=steps - len(course.steps))
        if any(len(p.sliding) > surfaces for p in track.pieces):
            raise Undetermined(f"the path slides along more than {surfaces} surfaces")
        course = Course(
            flow, (*course.steps, *with_middles(field, track, pair, r)),
            course.slides + sum(bool(p.sliding) for p in track.pieces), course.events + len(track.events),
            course.ambiguous or track.ambiguous,
        )  # fmt: skip
        theta, r = track.end, r + stretch
        if flow.loss.log_inverse(flow.outputs(theta)) >= goal:
            return course
        if len(course.steps) >= steps:
            break
    raise NoProgress(f"log(1/loss) = {goal:g} is not reached")


def with_middles(field: SwitchedField, track: Track, pair: Pair, start: float) -> list[tuple[Node, Node, Node]]:
    """The steps of a track that begins at the time ``start``, each with the state at half of it."""
    found = []
    for piece in track.pieces:
        mode: Mode = piece.mode

        memory = [motion(field, piece.states[0], mode).signs]  # where the expectations were last

        def velocity(y: Array, mode: Mode = mode, memory: list[Array] = memory) -> Array:
            return motion(field, y, mode, memory[0]).velocity

        def node(r: float, y: Array, mode: Mode = mode, memory: list[Array] = memory) -> Node:
            now = motion(field, y, mode, memory[0])
            memory[0] = now.signs
            return Node(start + r, y, now.velocity, now.signs)

        begin = node(piece.times[0], piece.states[0])
        for r, y in zip(piece.times[1:], piece.states[1:], strict=True):
            width = start + r - begin.r
            if width <= 0:
                continue
            middle = step(velocity, begin.theta, width / 2, pair)[0]
            end = node(r, y)
            found.append((begin, node(begin.r - start + width / 2, middle), end))
            begin = end
    return found

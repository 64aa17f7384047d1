"""Steepest flow of a network for the L_p norm: theta' = -spow(grad L, q - 1) - a theta, 1/p + 1/q = 1, q in [1, 2].

With z = log(1/L) and h = grad z, grad L = -e^-z h: in rescaled time, dt = e^((q-1)z) ds, theta_s = spow(h, q - 1), and
nothing underflows however small L is. Decay is for plain time.

For q = 1 the inclusion is followed in Filippov's sense from event to event, sliding along factors of the gradient and
along kinks (``surfaces``), at the pace ds = |(1, theta)| dr. For q > 1 the velocity is not Lipschitz where an entry of
h passes zero, and stiff: relaxation to h_e = 0 has the rate |h_e|^(q-2). Implicit steps follow it (``implicit``), in
which h_e = spow(theta_e', 1/(q - 1)) is smooth. Where there are too many weights for events, proximal steps of log L
for the maximum norm, of first order, follow the inclusion of q = 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from numerics.flows import NoProgress, Piece, follow, sign_step
from numerics.flows.embedded import Pair, dormand_prince
from numerics.networks import branches
from numerics.networks.architecture import Network
from numerics.networks.flow import STRETCH, Course, Node, with_middles
from numerics.networks.losses import LOSSES, Loss
from numerics.networks.paths import Paths
from numerics.networks.surfaces import Factors, sign_field

Array = np.ndarray


@dataclass(frozen=True)
class SteepestFlow:
    """inputs (d, K); labels (K,) in {-1, 1}; activations of degree one. decay: a, of plain time (rescaled False)."""

    network: Network
    q: float
    inputs: Array
    labels: Array
    loss: Loss = LOSSES["exponential"]
    rescaled: bool = True
    decay: float = 0.0
    _known: dict[bytes, Any] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not 1 <= self.q <= 2:
            raise ValueError(f"q must lie in [1, 2], not {self.q}")
        if self.inputs.shape != (self.network.widths[-1], len(self.labels)):
            raise ValueError("inputs must be of the shape (input dimension, number of labels)")
        if any(s.degree != 1 for s in self.network.activations):
            raise ValueError("steepest flow is for activations of degree one")
        if not 0 <= self.decay < math.inf or (self.decay and self.rescaled):
            raise ValueError("decay must be finite and not negative, and is for plain time (rescaled False)")

    def outputs(self, theta: Array) -> Array:
        """q_i = y_i f(x_i), (K,)."""
        return self.labels * self.network.outputs(theta, self.inputs)

    def preactivations(self, theta: Array) -> Array:
        """Those whose signs are kinks, one layer after the other from the input on, (count,)."""
        return self.network.preactivations(theta, self.inputs)

    def paths(self, kinks: Array) -> Paths:
        """The branch of these signs of the preactivations."""
        key = kinks.tobytes()
        if key not in self._known:
            self._known[key] = Paths.of(self.network, self.inputs, self.labels, kinks)
        found: Paths = self._known[key]
        return found

    def factors(self, branches: Sequence[Array]) -> Factors:
        """The factors of the gradient on these branches."""
        key = b"factors" + b"".join(kinks.tobytes() for kinks in branches)
        if key not in self._known:
            self._known[key] = Factors.of(tuple(self.paths(kinks) for kinks in branches), self.network.mask)
        found: Factors = self._known[key]
        return found

    def slope(self, theta: Array, kinks: Array) -> tuple[float, Array]:
        """z = log(1/loss) and h = grad z = sum_i p_i grad q_i on a branch."""
        paths = self.paths(kinks)
        z, p = self.loss.parts(paths.outputs(theta))
        return z, p @ paths.jacobian(theta)

    def curved(self, theta: Array, kinks: Array) -> tuple[float, Array, Array]:
        """z, h = grad z and the second derivatives of z (P, P) on a branch."""
        paths = self.paths(kinks)
        q, slopes = paths.outputs(theta), paths.jacobian(theta)
        z, p = self.loss.parts(q)
        return z, p @ slopes, slopes.T @ self.loss.curvature(q, p) @ slopes + paths.curvature(theta, p)

    def velocity(self, theta: Array, kinks: Array) -> Array:
        """theta_s, or theta' in plain time, on a branch; of q = 1 the selection sign(0) = 0."""
        z, h = self.slope(theta, kinks)
        move = np.sign(h) * np.abs(h) ** (self.q - 1)
        return move if self.rescaled else math.exp(-(self.q - 1) * z) * move - self.decay * theta

    def paced(self, theta: Array, move: Array) -> Array:
        """The velocity in the time of the events, for q = 1 and a direction of descent."""
        return self.pace(theta) * move if self.rescaled else move - self.decay * theta

    def pace(self, theta: Array) -> float:
        """ds/dr for q = 1."""
        return math.hypot(1.0, float(np.linalg.norm(theta))) if self.rescaled else 1.0


def follow_steepest(
    flow: SteepestFlow, start: Sequence[float] | Array, goal: float = math.inf, *, duration: float = math.inf,
    rtol: float = 1e-9, steps: int = 40_000, step_size: float | None = None, pair: Pair | None = None,
    scheme: str = "",
) -> Course:  # fmt: skip
    """The solution from a start until z = log(1/loss) is at least the goal, or for a duration of its own time.

    Its own time is that of ``Node.r``: r for q = 1, s for q > 1, t where the flow is not rescaled. step_size: fixed
    steps instead of controlled ones. scheme: ``events`` and ``proximal`` for q = 1 (the latter with a step_size, r
    being s), ``radau`` for q > 1; without a name the first that applies. Raises NoProgress where it cannot be followed
    or takes more steps, Undetermined where no continuation is found or several surfaces meet, NotSolved where a
    proximal step is too long, and ValueError for starts that do not fit.
    """
    theta = np.asarray(start, dtype=float)
    if theta.shape != (flow.network.size,) or np.any(theta[~flow.network.mask]):
        raise ValueError("the start must have one number for each weight, and 0 beside the diagonals")
    if math.isinf(goal) and math.isinf(duration):
        raise ValueError("a goal or a duration is needed")
    name = scheme or ("events" if flow.q == 1 else "radau")
    if name not in (("events", "proximal") if flow.q == 1 else ("radau",)):
        raise ValueError(f"there is no scheme {scheme!r} for q = {flow.q:g}")
    if name == "proximal":
        return _by_proximal_steps(flow, theta, goal, duration, steps, step_size)
    if name == "events":
        return _by_events(flow, theta, goal, duration, rtol, steps, step_size, pair or dormand_prince())
    from numerics.networks.implicit import by_implicit_steps

    return by_implicit_steps(flow, theta, goal, duration, rtol, steps, step_size)


def _by_events(
    flow: SteepestFlow, theta: Array, goal: float, duration: float, rtol: float, steps: int, step_size: float | None,
    pair: Pair,
) -> Course:  # fmt: skip
    sides, r = branches.at(flow, theta), 0.0
    count = len(sides.kinks)
    found: list[tuple[Node, Node, Node]] = []
    slides = events = 0
    ambiguous = False
    while r < duration and flow.loss.log_inverse(flow.outputs(theta)) < goal:
        if len(found) >= steps:
            raise NoProgress(f"more than {steps} steps")
        rep = sides.rep

        def leaves(piece: Piece, on: Sequence[int], rep: int | None = rep) -> bool:
            """Whether the branches of the field end here."""
            return any(k < count and k != rep for k in on) or (rep is not None and piece.mode.signs[rep] != 0)

        stretch, switched = min(STRETCH, duration - r), sign_field(flow, sides)
        track = follow(switched, theta, stretch, rtol=rtol, pair=pair, step_size=step_size, stop=leaves)
        found += [_on_branches(sides, three) for three in with_middles(switched, track, pair, r)]
        slides += sum(bool(p.sliding) for p in track.pieces)
        events += len(track.events) + bool(track.touching)
        ambiguous |= track.ambiguous
        last = track.pieces[-1]
        theta, r = track.end, r + last.times[-1] if last.times[-1] < stretch else r + stretch
        if rep is not None and last.mode.signs[rep] != 0:
            sides = branches.settled(flow, theta, sides.left(last.mode.signs[rep] > 0))
        touched = [k for k in track.touching if k < count and k != rep]
        if touched:
            sides, _ = branches.beside(flow, theta, sides, touched[0])
    return Course(flow, tuple(found), slides, events, ambiguous)


def _on_branches(sides: branches.Sides, step: tuple[Node, Node, Node]) -> tuple[Node, Node, Node]:
    """The nodes with the signs of the branch that they are on: silent kinks, too, have sides."""
    count, rep = len(sides.kinks), sides.rep

    def put(node: Node) -> Node:
        kinks = sides.signs(0.0 if rep is None else float(node.signs[rep]))
        return replace(node, signs=np.concatenate([kinks, node.signs[count:]]))

    return put(step[0]), put(step[1]), put(step[2])


def _by_proximal_steps(
    flow: SteepestFlow, theta: Array, goal: float, duration: float, steps: int, step_size: float | None
) -> Course:
    """Each step is the proximal one of log L for the maximum norm (``numerics.flows.proximal``)."""
    if not step_size or flow.decay:
        raise ValueError("proximal steps need a step_size, and are without decay")

    def kinks(y: Array) -> Array:
        return branches.at(flow, y).kinks

    def gradient(y: Array) -> Array:
        return -flow.slope(y, kinks(y))[1]

    def hessian(y: Array) -> Array:
        return -flow.curved(y, kinks(y))[2]

    found: list[tuple[Node, Node, Node]] = []
    s = 0.0
    while s < duration and flow.loss.log_inverse(flow.outputs(theta)) < goal:
        if len(found) >= steps:
            raise NoProgress(f"more than {steps} steps")
        size = min(step_size, duration - s)
        end, selected = sign_step(gradient, hessian, theta, size)
        nodes = [Node(s + part * size, theta + part * (end - theta), -selected, kinks(end)) for part in (0.0, 0.5, 1.0)]
        found.append((nodes[0], nodes[1], nodes[2]))
        theta, s = end, s + size
    return Course(flow, tuple(found), 0, 0, False)

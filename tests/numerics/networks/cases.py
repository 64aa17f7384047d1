"""Small networks under mirror flow, and flows that are broken in one place each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from numerics.networks import LOSSES, Activation, Course, MirrorFlow, Network, follow_flow, potential

GOAL = 25.0  # of log(1/loss)


def network(widths: tuple[int, ...], *activations: str) -> Network:
    return Network(widths, tuple(Activation.read(a) for a in activations))


NETWORKS = {
    "linear": network((1, 2, 2), "linear"),
    "relu": network((1, 3, 2), "relu"),
    "square": network((1, 2, 2), "square"),
    "relu2": network((1, 3, 2), "relu2"),
    "deep": network((1, 2, 3, 2), "relu", "linear"),
    "deep square": network((1, 2, 2, 2), "linear", "square"),
    "one layer": network((1, 3)),
}


def flow(
    kind: str = "linear", potentials: str | tuple[str, ...] = "square", *, seed: int = 1, samples: int = 3,
    loss: str = "exponential", made: type[MirrorFlow] = MirrorFlow,
) -> tuple[MirrorFlow, np.ndarray]:  # fmt: skip
    """A flow whose data are separated by the start, and the start."""
    net = NETWORKS[kind]
    random = np.random.default_rng(seed)
    names = (potentials,) * net.depth if isinstance(potentials, str) else potentials
    while True:
        inputs, theta = random.normal(size=(net.widths[-1], samples)), random.normal(size=net.size) * 0.7
        outputs = net.outputs(theta, inputs)
        if np.min(np.abs(outputs)) > 0.2 * np.max(np.abs(outputs)):
            break
    labels = np.sign(outputs)
    return made(net, tuple(potential(n, "1/4") for n in names), inputs, labels, LOSSES[loss]), theta


def course(*given: Any, **options: Any) -> Course:
    made, theta = flow(*given, **options)
    return follow_flow(made, theta, GOAL)


@dataclass(frozen=True)
class Reversed(MirrorFlow):
    """Up the loss instead of down."""

    def velocity(self, theta: np.ndarray, signs: np.ndarray) -> np.ndarray:
        return -super().velocity(theta, signs)


@dataclass(frozen=True)
class Lame(MirrorFlow):
    """The first layer moves at half its speed."""

    def velocity(self, theta: np.ndarray, signs: np.ndarray) -> np.ndarray:
        v = super().velocity(theta, signs)
        v[self.network.slices[0]] /= 2
        return v


@dataclass(frozen=True)
class Euclidean(MirrorFlow):
    """The inverse metric is left out."""

    def velocity(self, theta: np.ndarray, signs: np.ndarray) -> np.ndarray:
        return super().velocity(theta, signs) * self.hessian(theta)

"""Descents of homogeneous networks in plain NumPy: for any q, by sign, Adam, AdamW, mirror descent; decay, batches.

    theta <- theta - rate (d(u) + decoupled theta),   u = grad L + coupled theta,

with d(u) = spow(u, q - 1), Adam's direction, or u/R''(theta) of one potential for each layer. The loss is carried as
z = log(1/L) and grad L = -e^-z sum_i p_i grad q_i, so that d of it keeps its digits when L is far below the smallest
double and q is small; with ``rescaled`` it is grad log(1/L) that is followed, the step of rescaled time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from numerics.networks.architecture import Network
from numerics.networks.losses import LOSSES, Loss
from numerics.networks.potentials import Potential
from numerics.sweep.reference import adam, batch
from numerics.sweep.settings import Adam

Array = np.ndarray


@dataclass(frozen=True)
class Rule:
    """How a step is made. batch: so many different samples, drawn anew for each step; 0 for all of them."""

    rate: float
    q: float = 2.0
    adam: Adam | None = None
    potentials: tuple[Potential, ...] = ()
    coupled: float = 0.0
    decoupled: float = 0.0
    batch: int = 0
    rescaled: bool = False
    loss: Loss = LOSSES["exponential"]

    def check(self, network: Network, samples: int) -> None:
        """Raises ValueError where no such step can be made."""
        if not 0 < self.rate < np.inf:
            raise ValueError(f"the rate must be positive and finite, not {self.rate}")
        if not 1 <= self.q <= 2:
            raise ValueError(f"q must lie in [1, 2], not {self.q}")
        if (self.q != 2) + (self.adam is not None) + bool(self.potentials) > 1:
            raise ValueError("a step has one geometry: a q other than 2, Adam, or potentials")
        if self.potentials and len(self.potentials) != network.depth:
            raise ValueError(f"{network.depth} layers need as many potentials, not {len(self.potentials)}")
        if not (0 <= self.coupled < np.inf and 0 <= self.decoupled < np.inf):
            raise ValueError(f"decay must be finite and not negative, not {self.coupled} and {self.decoupled}")
        if not 0 <= self.batch <= samples:
            raise ValueError(f"the batch must lie between 0 and the {samples} samples, not at {self.batch}")
        if self.adam:
            self.adam.check()


@dataclass(frozen=True)
class Place:
    """Where a descent is: theta (P,), Adam's means (2, P), steps done, z of the last step, whether it diverged."""

    theta: Array
    moments: Array
    done: int = 0
    log_inverse: float = np.nan
    diverged: bool = False

    @classmethod
    def start(cls, theta: Array) -> Place:
        return cls(np.array(theta, dtype=float), np.zeros((2, len(theta))))


def slopes(network: Network, theta: Array, inputs: Array, labels: Array, loss: Loss) -> tuple[float, Array]:
    """z = log(1/L) and grad z = sum_i p_i y_i grad f(x_i); a relu has the slope 0 at 0."""
    signs = np.where(network.preactivations(theta, inputs) > 0, 1.0, -1.0)
    outputs, pull = network.reverse(theta, inputs, signs)
    z, p = loss.parts(labels * outputs)
    return z, pull(p * labels)


def check(network: Network, inputs: Array, labels: Array, rule: Rule, place: Place) -> None:
    """Raises ValueError where these do not fit together, or hold what is not finite."""
    if inputs.shape != (network.widths[-1], len(labels)) or place.theta.shape != (network.size,):
        raise ValueError("inputs, labels and weights do not fit the network")
    if place.moments.shape != (2, network.size) or place.done < 0:
        raise ValueError("the place is none of a descent of the network")
    if not all(np.all(np.isfinite(values)) for values in (inputs, labels, place.theta, place.moments)):
        raise ValueError("inputs, labels and weights must be finite")
    if np.any(place.theta[~network.mask]) or np.any(place.moments[:, ~network.mask]):
        raise ValueError("weights and means beside the diagonals must be 0")
    rule.check(network, len(labels))


def descend(
    network: Network, inputs: Array, labels: Array, rule: Rule, place: Place, steps: int, *, seed: int = 0,
    engine: str = "numpy",
) -> tuple[Place, Array]:  # fmt: skip
    """The place after so many more steps, and z before each of them.

    inputs (d, K), labels (K,) in {-1, 1}. Going on from a place ends bitwise where one run ends. A step that leaves the
    finite numbers ends the run at the place before it, which then says ``diverged``. engine: ``numpy``, or
    ``compiled``, of which ``descend_lanes`` takes many side by side. Raises ValueError.
    """
    if engine != "numpy":
        from numerics.networks.lanes import Lane, descend_lanes

        return descend_lanes(network, [Lane(inputs, labels, rule, seed)], [place], steps, engine=engine)[0]
    check(network, inputs, labels, rule, place)
    course: list[float] = []
    for step in range(place.done, place.done + steps):
        chosen = batch(seed, step, rule.batch, len(labels)) if rule.batch else slice(None)
        with np.errstate(over="ignore", invalid="ignore"):
            z, rise = slopes(network, place.theta, inputs[:, chosen], labels[chosen], rule.loss)
            theta, moments = _moved(network, rule, place, z, rise)
        if not (np.isfinite(z) and np.all(np.isfinite(theta))):
            return replace(place, diverged=True), np.array(course)
        course.append(z)
        place = Place(theta, moments, step + 1, z)
    return place, np.array(course)


def _moved(network: Network, rule: Rule, place: Place, z: float, rise: Array) -> tuple[Array, Array]:
    theta, moments = place.theta, place.moments
    scale = 0.0 if rule.rescaled else -z  # log of the factor of -rise in the gradient
    if rule.q < 2 and not rule.coupled:  # |grad|^(q - 1), the factor apart: at q = 1 it does not matter at all
        direction = -np.exp((rule.q - 1) * scale) * np.sign(rise) * np.abs(rise) ** (rule.q - 1)
    else:
        u = -np.exp(scale) * rise + rule.coupled * theta
        if rule.adam:
            direction, means = adam(rule.adam, moments[0], moments[1], u, place.done + 1)
            moments = np.array(means)
        elif rule.potentials:
            pairs = zip(network.slices, rule.potentials, strict=True)
            direction = np.concatenate([u[s] / p.hessian(theta[s]) for s, p in pairs])
        else:
            direction = np.sign(u) * np.abs(u) ** (rule.q - 1)
    return theta - rule.rate * (direction + rule.decoupled * theta), moments

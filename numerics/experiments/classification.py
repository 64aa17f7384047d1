"""Deep diagonal networks on separable data under the exponential loss, by sign descent, gradient descent and Adam.

x = w_1 * ... * w_L, f(x) = mean_j exp(-y_j <z_j, x>). The loss is carried as its logarithm: its gradient is
-exp(log f) sum_j p_j y_j z_j with the weights p_j = exp(-y_j <z_j, x>)/sum. Exact sign descent takes the signs of the
sum and goes on for ever; sign descent as it is run in single precision stands still once gradients underflow to zero,
which is where |x| is about a hundred over the margin. Gradient descent and Adam see f as doubles do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from numerics import sweep
from numerics.experiments.regression import products_of_others

Array = np.ndarray
OPTIMIZERS = ("sign", "gd", "adam", "sign_exact")
SIGN, GD, ADAM, EXACT = range(4)


@dataclass(frozen=True)
class Data:
    """signed: y_j z_j, (S, k, n); the labels are those of the truth."""

    signed: Array

    @classmethod
    def gaussian(cls, seeds: tuple[int, ...], features: int, samples: int, truth: Array) -> Data:
        found = []
        for seed in seeds:
            z = np.random.default_rng(seed).standard_normal((samples, features))
            found.append(np.sign(z @ truth)[:, None] * z)
        return cls(np.array(found))


def margins(x: Array, data: Data) -> Array:
    """y_j <z_j, x> for x of shape (O, S, n): (S, k, O)."""
    return np.matmul(data.signed, x.transpose(1, 2, 0))


def log_loss(margin: Array) -> Array:
    """log mean exp(-margin): (S, O)."""
    least = margin.min(axis=1, keepdims=True)
    return np.log(np.mean(np.exp(least - margin), axis=1)) - least[:, 0]


def unit_gradient(margin: Array, data: Data) -> Array:
    """The gradient of f over f itself: (O, S, n)."""
    weights = np.exp(margin.min(axis=1, keepdims=True) - margin)
    weights /= weights.sum(axis=1, keepdims=True)
    return -np.matmul(data.signed.transpose(0, 2, 1), weights).transpose(2, 0, 1)


@dataclass
class Adam:
    """The moments, (L, S, n) each, and the number of steps taken."""

    first: Array
    second: Array
    beta1: float
    beta2: float
    epsilon: float

    def step(self, gradient: Array, rate: float, count: int) -> Array:
        """How far the weights move; count: of this step, from 1."""
        self.first *= self.beta1
        self.first += (1 - self.beta1) * gradient
        self.second *= self.beta2
        self.second += (1 - self.beta2) * gradient**2
        scale = np.sqrt(self.second / (1 - self.beta2**count)) + self.epsilon
        return rate * (self.first / (1 - self.beta1**count)) / scale


def descend(w: Array, adam: Adam, data: Data, rate: float, smallest: float, done: int, steps: int) -> None:
    """So many steps of all optimizers, in place.

    w: (L, 4, S, n). smallest: gradients below it are zero to sign descent. done: steps taken before.
    """
    for count in range(done + 1, done + steps + 1):
        margin = margins(np.prod(w, axis=0), data)
        unit = unit_gradient(margin, data)
        loss = np.exp(log_loss(margin)).T[:, :, None]
        u = products_of_others(w)
        u *= unit
        seen = loss[SIGN] * u[:, SIGN]
        w[:, SIGN] -= rate * np.where(np.abs(seen) >= smallest, np.sign(seen), 0.0)
        w[:, EXACT] -= rate * np.sign(u[:, EXACT])
        w[:, GD] -= rate * loss[GD] * u[:, GD]
        w[:, ADAM] -= adam.step(loss[ADAM] * u[:, ADAM], rate, count)


def together(
    weights: Sequence[Array], adams: Sequence[Adam], data: Data, rate: float, smallest: float, done: int, steps: int,
    device: str = "cpu",
) -> None:  # fmt: skip
    """The same for networks of several depths at once, by the compiled sweep or on a GPU. Raises NoKernel, NoGpu."""
    chosen: list[sweep.Setting] = []
    rows: list[Array] = []
    for w, adam in zip(weights, adams, strict=True):
        signs = sweep.Setting(1.0, len(w), rate, smallest=smallest)
        plain = sweep.Setting(2.0, len(w), rate)
        constants = sweep.Adam(adam.beta1, adam.beta2, adam.epsilon)
        chosen += [signs, plain, replace(plain, adam=constants), replace(signs, smallest=0.0, rescaled=True)]
        layers = w.transpose(1, 2, 0, 3)  # (4, S, L, n)
        means = [np.concatenate([layers[ADAM], *(m.transpose(1, 0, 2) for m in (adam.first, adam.second))], axis=1)]
        rows += [*layers[:ADAM], *means, *layers[ADAM + 1 :]]
    seeds = tuple(range(len(data.signed)))  # of batches, of which there are none
    lanes = sweep.Sweep(sweep.Data(data.signed, np.zeros(data.signed.shape[2]), seeds, "exponential"), chosen)
    packed = lanes.pack(rows)
    lanes.advance(packed, done, steps, device=device)
    for k, (w, adam) in enumerate(zip(weights, adams, strict=True)):
        for o in range(len(OPTIMIZERS)):
            w[:, o] = lanes.layers(packed, len(OPTIMIZERS) * k + o).transpose(1, 0, 2)
        moved = lanes.rows(packed, len(OPTIMIZERS) * k + ADAM).transpose(1, 0, 2)
        adam.first[:], adam.second[:] = moved[len(w) : 2 * len(w)], moved[2 * len(w) :]

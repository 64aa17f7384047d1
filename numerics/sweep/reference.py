"""One trajectory of a sweep in plain NumPy, for reading and for checking the compiled loop."""

from __future__ import annotations

import numpy as np

from numerics.sweep.settings import Adam, Array, Setting

WORD = 2**64 - 1


def descend(
    weights: Array, setting: Setting, samples: Array, truth: Array, seed: int, done: int, steps: int,
    loss: str = "square",
) -> Array:  # fmt: skip
    """The weights (L, n) after the steps done, ..., done + steps - 1; with Adam, the layers, m and v: (3 L, n).

    samples: (k, n).
    """
    w, *moments = np.split(np.array(weights), setting.rows // setting.depth)
    gram = samples.T @ samples / len(samples) if loss == "square" else None
    for step in range(done, done + steps):
        r = np.prod(w, axis=0) - truth
        z = samples[batch(seed, step, setting.batch, len(samples))] if setting.batch else samples
        if loss == "exponential":
            g = exponential(z, r, setting.rescaled)
        elif setting.batch:
            g = z.T @ (z @ r) / setting.batch
        else:
            g = gram @ r
        slopes = np.array([g * np.prod(np.delete(w, i, axis=0), axis=0) for i in range(len(w))]) + setting.coupled * w
        if setting.adam:
            direction, moments = adam(setting.adam, moments[0], moments[1], slopes, step + 1)
        else:
            direction = np.sign(slopes) * np.abs(slopes) ** (setting.q - 1)
            direction[np.abs(slopes) < setting.smallest] = 0.0
        w = w - setting.rate * (direction + setting.decoupled * w)
    return np.concatenate([w, *moments])


def exponential(z: Array, x: Array, rescaled: bool) -> Array:
    """The gradient of the mean of exp(-z^T x), or of its logarithm."""
    margin = z @ x
    least = margin.min()
    each = np.exp(least - margin)
    mean = np.exp(np.log(each.mean()) - least)
    return -(1.0 if rescaled else mean) * (z.T @ (each / each.sum()))


def adam(constants: Adam, m: Array, v: Array, slopes: Array, count: int) -> tuple[Array, list[Array]]:
    """The direction of step ``count`` = 1, 2, ..., and the means m and v after it."""
    m = constants.beta1 * m + (1 - constants.beta1) * slopes
    v = constants.beta2 * v + (1 - constants.beta2) * slopes**2
    root = np.sqrt(v / (1 - constants.beta2**count))
    return m / (1 - constants.beta1**count) / (root + constants.epsilon), [m, v]


def batch(seed: int, step: int, size: int, samples: int) -> list[int]:
    """``size`` different samples, any set as likely as any other, by R. W. Floyd's method on words of SplitMix64."""
    chosen: list[int] = []
    key = mixed(seed)
    for c in range(size):
        word = mixed(key ^ mixed(step * size + c))
        top = samples - size + c
        pick = int((word >> 11) * 2.0**-53 * (top + 1))
        chosen.append(top if pick in chosen else pick)
    return chosen


def mixed(z: int) -> int:
    """SplitMix64 (G. Steele, D. Lea, C. Flood, Fast splittable pseudorandom number generators)."""
    z = z + 0x9E3779B97F4A7C15 & WORD
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & WORD
    z = (z ^ z >> 27) * 0x94D049BB133111EB & WORD
    return z ^ z >> 31

"""One trajectory of a sweep in plain NumPy, for reading and for checking the compiled loop."""

from __future__ import annotations

import numpy as np

from numerics.sweep.settings import Array, Setting

WORD = 2**64 - 1


def descend(
    weights: Array, setting: Setting, samples: Array, truth: Array, seed: int, done: int, steps: int
) -> Array:
    """The weights (L, n) after the steps done, ..., done + steps - 1. samples: (k, n)."""
    w = np.array(weights)
    gram = samples.T @ samples / len(samples)
    for step in range(done, done + steps):
        r = np.prod(w, axis=0) - truth
        if setting.batch:
            z = samples[batch(seed, step, setting.batch, len(samples))]
            g = z.T @ (z @ r) / setting.batch
        else:
            g = gram @ r
        slopes = np.array([g * np.prod(np.delete(w, i, axis=0), axis=0) for i in range(len(w))]) + setting.coupled * w
        w = w - setting.rate * (np.sign(slopes) * np.abs(slopes) ** (setting.q - 1) + setting.decoupled * w)
    return w


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

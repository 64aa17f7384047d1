"""A teacher of few ReLU neurons that labels points of the unit circle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray
DRAWS = 1000


@dataclass(frozen=True)
class Data:
    """points: (N, 2) on the unit circle, in the order of their angles. labels: (N,), of -1 and 1. teacher: (m, 3), the
    rows (w_1, w_2, a) of f(x) = sum_j a_j max(w_j^T x, 0); a point has the label 1 where f > 0, else -1.
    """

    points: Array
    labels: Array
    teacher: Array

    @classmethod
    def drawn(cls, seed: int, count: int, neurons: int) -> Data:
        """Uniform points, w_j of uniform direction, a_j of either sign, |a_j| |w_j|_2 = 1.

        A draw that gives all points one label is drawn again. Raises ValueError where that does not end.
        """
        random = np.random.default_rng(seed)
        for _ in range(DRAWS):
            facing = random.uniform(0, 2 * np.pi, neurons)
            outer = random.choice([-1.0, 1.0], neurons)
            angles = np.sort(random.uniform(0, 2 * np.pi, count))
            teacher = np.stack([np.cos(facing), np.sin(facing), outer], axis=1)
            points = np.stack([np.cos(angles), np.sin(angles)], axis=1)
            labels = np.where(np.maximum(points @ teacher[:, :2].T, 0) @ outer > 0, 1.0, -1.0)
            if abs(labels.sum()) < count:
                return cls(points, labels, teacher)
        raise ValueError(f"no teacher of {neurons} neurons gives {count} points both labels")

    @property
    def gaps(self) -> Array:
        """The angles between neighbours of different labels."""
        angles = np.arctan2(self.points[:, 1], self.points[:, 0])
        changes = np.flatnonzero(self.labels != np.roll(self.labels, 1))
        return (angles[changes] - angles[changes - 1]) % (2 * np.pi)

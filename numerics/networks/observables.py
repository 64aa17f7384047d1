"""What the theory speaks of, at every node of a path: outputs, conjugates, rates and norms in the metric.

Rates are by s, ds = loss dt, so that with F the loss dF/dt = -F^2 v and dQ/dt = F u:
v = |theta_s|^2 in the metric R'' = dz/ds, u = <theta, dR'/ds> = dQ/ds, m = |theta|^2 in the metric.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from numerics.networks.flow import Course, MirrorFlow, Node

Array = np.ndarray


@dataclass(frozen=True)
class Seen:
    """Arrays over the nodes (three for each step) of one path.

    r, z, u, v, m; q (N, K); duals (N, L); euler = sum p_i q_i; norm, slope_norm = |theta|_2, |R'|_2; turn = speed of
    R'/|R'| by s; largest = max |h_i|_2; potential = sum R(theta_i); k = ds/dr; aside, steep: |w|^2 in the metric and
    |R'' w|_2^2 for w = theta/|theta| - theta_s/|theta_s|, norms in the metric; curvature = max(1, R'').
    """

    r: Array
    z: Array
    u: Array
    v: Array
    m: Array
    q: Array
    duals: Array
    euler: Array
    norm: Array
    slope_norm: Array
    turn: Array
    largest: Array
    potential: Array
    k: Array
    aside: Array
    steep: Array
    curvature: Array

    @property
    def dual(self) -> Array:
        """Q of all layers."""
        return np.sum(self.duals, axis=1)


def observe(course: Course) -> Seen:
    rows = [_at(course.flow, node) for node in course.nodes]
    return Seen(*(np.array([row[i] for row in rows]) for i in range(len(fields(Seen)))))


def _at(flow: MirrorFlow, node: Node) -> tuple:
    theta = node.theta
    q, h = flow.slopes(theta, node.signs)
    z, p = flow.loss.parts(q)
    hessian, slope, duals = flow.hessian(theta), flow.gradient(theta), flow.duals(theta)
    k = flow.pace(theta, z)
    moved = node.velocity / k
    force = hessian * moved  # dR'/ds
    length = float(np.linalg.norm(slope))
    across = force - slope * float(slope @ force) / length**2 if length else force
    m, v = float(theta @ (hessian * theta)), float(moved @ force)
    w = theta / np.sqrt(m) - moved / np.sqrt(v)
    return (
        node.r, z, float(theta @ force), v, m, q, duals, float(p @ q),
        float(np.linalg.norm(theta)), length, float(np.linalg.norm(across)) / (length or 1.0),
        float(np.max(np.linalg.norm(h, axis=1))), float(theta @ slope) - float(np.sum(duals)), k,
        float(w @ (hessian * w)), float(np.sum((hessian * w) ** 2)), max(1.0, float(np.max(hessian))),
    )  # fmt: skip


def integrated(seen: Seen, values: Array) -> Array:
    """Simpson's rule on each step for the integral of the values over s: (steps,)."""
    rate = (values * seen.k).reshape(-1, 3)
    width = seen.r.reshape(-1, 3)
    return np.asarray((width[:, 2] - width[:, 0]) * (rate[:, 0] + 4 * rate[:, 1] + rate[:, 2]) / 6)


def gained(values: Array) -> Array:
    """End less begin on each step."""
    three = values.reshape(-1, 3)
    return np.asarray(three[:, 2] - three[:, 0])

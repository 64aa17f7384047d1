"""How near theta is to the direction of a KKT point of min phi^2/2 with q_i >= 1.

Stationarity asks for weights l_i >= 0 of the active samples with sum l_i h_i in the subdifferential of phi^2/2, which
is phi times that of phi. The residual is the least distance between the two, relative to the subgradient. For degree
alpha > 1 the subgradient is phi^(2-alpha) |theta_j|^(alpha-1) sign(theta_j); for alpha = 1 it is phi sign(theta_j), and
anything between where theta_j is nought: coordinates below ``small`` times the largest are taken for such.
"""

from __future__ import annotations

import numpy as np

from numerics.networks.flow import MirrorFlow, Node

Array = np.ndarray


def kkt_residual(flow: MirrorFlow, node: Node, *, slack: float = 0.05, small: float = 0.05) -> float:
    """The residual with the samples whose output is within a factor 1 + slack of the least. One potential for all."""
    from scipy.optimize import lsq_linear, nnls

    theta = node.theta / np.max(np.abs(node.theta))
    alpha = flow.potentials[0].alpha
    q, h = flow.slopes(node.theta, node.signs)
    active = q <= (1 + slack) * np.min(q)
    columns = h[active].T / np.max(np.abs(h[active]))
    if alpha > 1:
        wanted = np.sign(theta) * np.abs(theta) ** (alpha - 1)
        return float(nnls(columns, wanted)[1] / np.linalg.norm(wanted))
    free = np.flatnonzero(np.abs(theta) < small)
    wanted = np.where(np.abs(theta) < small, 0.0, np.sign(theta))
    loose = np.zeros((len(theta), len(free)))
    loose[free, np.arange(len(free))] = 1.0
    low = np.concatenate([np.zeros(columns.shape[1]), -np.ones(len(free))])
    high = np.concatenate([np.full(columns.shape[1], np.inf), np.ones(len(free))])
    found = lsq_linear(np.hstack([columns, loose]), wanted, (low, high), method="bvls")
    return float(np.sqrt(2 * found.cost) / np.linalg.norm(wanted))

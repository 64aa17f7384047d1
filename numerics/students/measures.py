"""What is measured of students: margins, effective neurons, shares of weights."""

from __future__ import annotations

import numpy as np

from numerics.students.data import Array, Data
from numerics.students.networks import layers, outputs


def margins(theta: Array, depth: int, neurons: int, data: Data, *, by_layers: bool = False) -> Array:
    """min_i y_i f(x_i)/|theta|_k^L for k = 1, 2, 3, L the number of layers: (..., 3); by_layers: over the product of
    the k-norms of the layers.

    The outputs are those of theta over its largest entry: f is homogeneous of degree L, and nothing overflows.
    """
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        unit = theta / np.abs(theta).max(axis=-1, keepdims=True)
        least = (data.labels * outputs(unit, depth, neurons, data.points)).min(axis=-1)
        parts = _flat(unit, depth, neurons) if by_layers else [unit] * depth
        norms = [[np.sum(np.abs(part) ** k, axis=-1) ** (1 / k) for part in parts] for k in (1, 2, 3)]
        return np.stack([least / np.prod(norm, axis=0) for norm in norms], axis=-1)


def _flat(theta: Array, depth: int, neurons: int) -> list[Array]:
    """The layers, the weights of each along one axis."""
    inner = [part.reshape(*theta.shape[:-1], -1) for part in layers(theta, depth, neurons)[:-1]]
    return [*inner, theta[..., -neurons:]]


def sizes(theta: Array, depth: int, neurons: int) -> Array:
    """|a_j| |w_j|_2 of each neuron of the first layer, for three layers |w_j|_2 (sum_k W_jk^2)^(1/2): (..., n)."""
    parts = layers(theta, depth, neurons)
    out = np.abs(parts[1]) if depth == 2 else np.sqrt(np.sum(parts[1] ** 2, axis=-1))
    return out * np.sqrt(np.sum(parts[0] ** 2, axis=-2))


def effective(parts: Array) -> Array:
    """(sum of sizes)^2/(sum of their squares), between 1 and their number; not a number where all vanish: (...)."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        unit = np.abs(parts) / np.abs(parts).max(axis=-1, keepdims=True)
        return np.sum(unit, axis=-1) ** 2 / np.sum(unit**2, axis=-1)


def effective_neurons(theta: Array, depth: int, neurons: int) -> Array:
    """The effective number of neurons of the first layer: (...)."""
    return effective(sizes(theta, depth, neurons))


def shares(theta: Array, depth: int, neurons: int) -> Array:
    """The effective number of weights of each layer over their number: (..., L)."""
    return np.stack([effective(part) / part.shape[-1] for part in _flat(theta, depth, neurons)], axis=-1)

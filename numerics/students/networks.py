"""Students of two and three layers without biases: outputs, loss, gradients, in plain NumPy.

The parameters of one student are one vector: the first components of all w_j, their second ones, for three layers the
weights W_jk from the j-th to the k-th neuron, row by row, and the outer weights:
f(x) = sum_j a_j max(w_j^T x, 0), or f(x) = sum_k a_k max(sum_j W_jk max(w_j^T x, 0), 0).
"""

from __future__ import annotations

import numpy as np

from numerics.students.data import Array, Data

LOSSES = ("exponential", "logistic")
STARTS = ("balanced", "outer")
FAR = 30.0  # beyond it log(1 + exp(-m)) and exp(-m) are the same double, but for a relative exp(-m)/2


def size(depth: int, neurons: int) -> int:
    """The number of parameters."""
    return 3 * neurons + (neurons**2 if depth == 3 else 0)


def layers(theta: Array, depth: int, neurons: int) -> list[Array]:
    """Views of the layers: (..., 2, n), for three layers (..., n, n), and (..., n)."""
    inner = theta[..., : 2 * neurons].reshape(*theta.shape[:-1], 2, neurons)
    middle = theta[..., 2 * neurons : -neurons].reshape(*theta.shape[:-1], neurons, neurons) if depth == 3 else None
    outer = theta[..., -neurons:]
    return [inner, outer] if middle is None else [inner, middle, outer]


def start(depth: int, neurons: int, seed: int, how: str) -> Array:
    """Independent normal weights. balanced: all of variance 1/n, so that each of the n neurons adds about 1/n to f;
    outer: the same function with variance 1 within, 1/n between hidden layers and 1/n^2 without.

    Raises ValueError for another start.
    """
    random = np.random.default_rng(seed)
    theta = random.standard_normal(size(depth, neurons))
    parts = layers(theta, depth, neurons)
    if how not in STARTS:
        raise ValueError(f"a start is one of {', '.join(STARTS)}, not {how!r}")
    theta /= np.sqrt(neurons)
    if how == "outer":
        parts[0] *= np.sqrt(neurons)
        parts[-1] /= np.sqrt(neurons)
    return theta


def outputs(theta: Array, depth: int, neurons: int, points: Array) -> Array:
    """f at the points: (..., N)."""
    parts = layers(theta, depth, neurons)
    hidden = np.maximum(points @ parts[0], 0)
    if depth == 3:
        hidden = np.maximum(hidden @ parts[1], 0)
    return (hidden @ parts[-1][..., None])[..., 0]


def weights(margins: Array, loss: str) -> tuple[float, Array]:
    """The logarithm of the mean loss L, and -l'(m_i)/(N L): both in the frame of the smallest margin, never under- or
    overflowing while the margins are finite. Raises ValueError for another loss."""
    if loss not in LOSSES:
        raise ValueError(f"a loss is one of {', '.join(LOSSES)}, not {loss!r}")
    least = margins.min()
    if loss == "logistic" and least <= FAR:
        each = np.logaddexp(0, -margins)
        total = each.sum()
        return float(np.log(total / len(margins))), np.exp(-np.logaddexp(0, margins)) / total
    each = np.exp(least - margins)
    total = each.sum()
    return float(np.log(total / len(margins)) - least), each / total


def log_loss_and_ascent(theta: Array, depth: int, neurons: int, data: Data, loss: str) -> tuple[float, Array, float]:
    """The logarithm of the loss L of one student, -grad log L, and the smallest of y_i f(x_i)."""
    parts = layers(theta, depth, neurons)
    first = data.points @ parts[0]  # (N, n)
    hidden = [np.maximum(first, 0)]
    if depth == 3:
        second = hidden[0] @ parts[1]
        hidden.append(np.maximum(second, 0))
    margins = data.labels * (hidden[-1] @ parts[-1])
    log_loss, share = weights(margins, loss)
    back = share * data.labels  # (N,)
    ascent = [hidden[-1].T @ back]
    backward = back[:, None] * parts[-1]
    if depth == 3:
        backward = backward * (second > 0)
        ascent.insert(0, hidden[0].T @ backward)
        backward = backward @ parts[1].T
    ascent.insert(0, data.points.T @ (backward * (first > 0)))
    return log_loss, np.concatenate([part.ravel() for part in ascent]), float(margins.min())

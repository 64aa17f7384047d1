"""Networks as polynomial maps: what the loss sees of the weights.

A linear network is seen through the product of its matrices. On a cell of inputs with fixed activation a ReLU
network is seen through the products of weights along its paths, from an input or from a bias to an output. A key and
a query matrix are seen through Q^T K, a value and an output matrix through their product, gated units U(Wx * Vx)
through the sums over k of u_ok (w_ki v_kj + w_kj v_ki).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from numerics.laws.maps import PolynomialMap


def _matrix_names(letter: str, layer: int, rows: int, columns: int) -> list[list[str]]:
    return [[f"{letter}{layer}_{i}_{j}" for j in range(1, columns + 1)] for i in range(1, rows + 1)]


def linear(widths: Sequence[int], bias: bool = False) -> PolynomialMap:
    """The product W1 W2 ... of matrices of the widths (n0, n1, ..., nL), W_l is n_{l-1} x n_l; with ``bias`` each layer
    has one, and the network is seen through the product and b_1 W_2 ... W_L + ... + b_L."""
    return _paths(widths, summed=True, bias=bias)


def relu(widths: Sequence[int], bias: bool = False) -> PolynomialMap:
    """Every path's product of weights; with ``bias`` each hidden neuron has one (an output's moves on its own)."""
    return _paths(widths, summed=False, bias=bias)


def _paths(widths: Sequence[int], summed: bool, bias: bool) -> PolynomialMap:
    depth = len(widths) - 1
    if depth < 1 or min(widths) < 1:
        raise ValueError("a network has at least one layer, and every width is at least 1")
    names: list[str] = []
    offsets = []
    for layer in range(1, depth + 1):
        offsets.append(len(names))
        block = _matrix_names("w", layer, widths[layer - 1], widths[layer])
        names += [name for row in block for name in row]
    bias_at = {}
    if bias:
        for layer in range(1, depth + summed):
            bias_at[layer] = len(names)
            names += [f"b{layer}_{j}" for j in range(1, widths[layer] + 1)]
    rows, ends = [], []
    for start in [0, *bias_at]:
        grid = np.indices(tuple(widths[start:])).reshape(depth + 1 - start, -1)
        places = [offsets[k] + grid[k - start] * widths[k + 1] + grid[k - start + 1] for k in range(start, depth)]
        if start:
            places.insert(0, bias_at[start] + grid[0])
        places += [np.full(grid.shape[1], len(names))] * (depth - len(places))
        rows.append(np.stack(places, axis=1))
        ends.append((widths[0] if start else grid[0]) * widths[-1] + grid[-1])
    factors = np.concatenate(rows)
    total = len(factors)
    if summed:
        outputs = (widths[0] + bias) * widths[-1]
        return PolynomialMap(tuple(names), len(names), outputs, factors, np.concatenate(ends), (1,) * total)
    return PolynomialMap(tuple(names), len(names), total, factors, np.arange(total), (1,) * total)


def attention(d: int, k: int, bias: bool = False) -> PolynomialMap:
    """Q^T K of a head: Q and K are k x d. With ``bias`` the queries have one, and the scores are seen through
    (Q b)^T K; one of the keys adds the same to every score of a query, which the softmax does not see."""
    return _two_factors("q", "k", k, d, d, bias)


def value_output(d: int, k: int, bias: bool = False) -> PolynomialMap:
    """V^T O, with V k x d and O k x d; with ``bias`` seen through b^T O + c too, c the bias of the outputs."""
    return _two_factors("v", "o", k, d, d, bias, own=bias)


def _two_factors(
    first: str, second: str, inner: int, rows: int, columns: int, bias: bool = False, own: bool = False
) -> PolynomialMap:
    """bias: of the first factor, a further row of the product. own: one that is added to that row."""
    names = [f"{first}_{i}_{j}" for i in range(1, inner + 1) for j in range(1, rows + 1)]
    names += [f"{second}_{i}_{j}" for i in range(1, inner + 1) for j in range(1, columns + 1)]
    split, biases = inner * rows, inner * (rows + columns)
    names += [f"b{first}_{i}" for i in range(1, inner + 1) if bias]
    names += [f"b{second}_{j}" for j in range(1, columns + 1) if own]
    cells = list(itertools.product(range(rows + bias), range(columns), range(inner)))
    factors = [[c * rows + a if a < rows else biases + c, split + c * columns + b] for a, b, c in cells]
    where = [a * columns + b for a, b, _ in cells]
    if own:
        factors += [[biases + inner + b, len(names)] for b in range(columns)]
        where += [rows * columns + b for b in range(columns)]
    return PolynomialMap(tuple(names), len(names), (rows + bias) * columns, np.array(factors), np.array(where),
                         (1,) * len(factors))  # fmt: skip


def gated(inputs: int, hidden: int, outputs: int = 1) -> PolynomialMap:
    """U((W x) * (V x)): gated units whose gate is linear, seen through sum_k u_ok (w_ki v_kj + w_kj v_ki)."""
    names = [f"w_{k}_{i}" for k in range(1, hidden + 1) for i in range(1, inputs + 1)]
    names += [f"v_{k}_{i}" for k in range(1, hidden + 1) for i in range(1, inputs + 1)]
    names += [f"u_{o}_{k}" for o in range(1, outputs + 1) for k in range(1, hidden + 1)]
    block = hidden * inputs
    coordinates: list[dict[tuple[int, ...], Fraction | int]] = []
    for o in range(outputs):
        for i, j in itertools.combinations_with_replacement(range(inputs), 2):
            terms: dict[tuple[int, ...], Fraction | int] = {}
            for k in range(hidden):
                for a, b in {(i, j), (j, i)}:
                    exponents = [0] * len(names)
                    for place in (k * inputs + a, block + k * inputs + b, 2 * block + o * hidden + k):
                        exponents[place] += 1
                    terms[tuple(exponents)] = 1
            coordinates.append(terms)
    return PolynomialMap.of(names, coordinates)


def gated_by_a_function(inputs: int, hidden: int, outputs: int = 1) -> PolynomialMap:
    """U(s(W x) * (V x)) for a gate s that no scaling leaves alone: seen through u_ok v_ki and through W itself."""
    names = [f"w_{k}_{i}" for k in range(1, hidden + 1) for i in range(1, inputs + 1)]
    names += [f"v_{k}_{i}" for k in range(1, hidden + 1) for i in range(1, inputs + 1)]
    names += [f"u_{o}_{k}" for o in range(1, outputs + 1) for k in range(1, hidden + 1)]
    block = hidden * inputs
    every: list[tuple[int, ...]] = [(a,) for a in range(block)]
    for o, k, i in itertools.product(range(outputs), range(hidden), range(inputs)):
        every.append((block + k * inputs + i, 2 * block + o * hidden + k))
    coordinates = [{tuple(int(a in places) for a in range(len(names))): 1} for places in every]
    return PolynomialMap.of(names, coordinates)

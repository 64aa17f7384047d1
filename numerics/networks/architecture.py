"""Networks f = W_1 s_1(W_2 s_2(... W_L x)) with homogeneous activations, and their branches where some have kinks.

s_j(u) = u^k (``power``) or max(u, 0)^k (``relu``). On a branch the sign of each preactivation of a relu is given, and
the branch continues smoothly past the surfaces where one of them vanishes. Derivatives are carried forward: with A the
activations below and J theirs, u = W A has the derivatives W J and, in the row of W itself, A.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

Array = np.ndarray


@dataclass(frozen=True)
class Activation:
    """u^degree, or max(u, 0)^degree where it is kinked."""

    degree: int = 1
    kinked: bool = False

    @classmethod
    def read(cls, name: str) -> Activation:
        """``linear``, ``square``, ``relu``, ``relu2`` (max(u, 0)^2), ..."""
        known = {"linear": cls(), "square": cls(2), "relu": cls(1, True), "relu2": cls(2, True), "relu3": cls(3, True)}
        if name not in known:
            raise ValueError(f"no activation is called {name!r}")
        return known[name]


@dataclass(frozen=True)
class Network:
    """widths: (1, n_1, ..., n_{L-1}, d), from the output to the input; activations: s_1, ..., s_{L-1}.

    diagonal: the layers, counted from 0, whose weights outside the diagonal are none: they are 0 and have no slope.
    """

    widths: tuple[int, ...]
    activations: tuple[Activation, ...]
    diagonal: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if len(self.widths) != len(self.activations) + 2 or self.widths[0] != 1 or min(self.widths) < 1:
            raise ValueError("one width more than layers is needed, the first of them 1")
        if any(not 0 <= k < self.depth or self.widths[k] != self.widths[k + 1] for k in self.diagonal):
            raise ValueError("a diagonal layer lies between two layers of the same width")

    @classmethod
    def read(cls, text: str) -> Network:
        """From ``"1-3=3 relu"``: the widths, ``=`` at diagonal layers, then the activations. Raises ValueError."""
        widths, *activations = text.split()
        marks = [c for c in widths if c in "-="]
        return cls(
            tuple(int(n) for n in widths.replace("=", "-").split("-")), tuple(Activation.read(a) for a in activations),
            tuple(k for k, c in enumerate(marks) if c == "="),
        )  # fmt: skip

    @property
    def depth(self) -> int:
        return len(self.widths) - 1

    @cached_property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        return tuple(zip(self.widths[:-1], self.widths[1:], strict=True))

    @cached_property
    def slices(self) -> tuple[slice, ...]:
        """Where the weights of each layer are in theta."""
        ends = np.cumsum([0, *(a * b for a, b in self.shapes)])
        return tuple(slice(int(a), int(b)) for a, b in pairwise(ends))

    @property
    def size(self) -> int:
        return self.slices[-1].stop

    @cached_property
    def mask(self) -> Array:
        """Where theta has a weight: everywhere but beside the diagonals."""
        out = np.ones(self.size, dtype=bool)
        for k in self.diagonal:
            out[self.slices[k]] = np.eye(self.widths[k], dtype=bool).ravel()
        return out

    @cached_property
    def layer_degrees(self) -> tuple[int, ...]:
        """The degree of f in each layer: 1, k_1, k_1 k_2, ..."""
        return tuple(int(d) for d in np.cumprod([1, *(s.degree for s in self.activations)]))

    @property
    def degree(self) -> int:
        """The degree of f in all weights."""
        return sum(self.layer_degrees)

    def weights(self, theta: Array) -> list[Array]:
        return [theta[s].reshape(shape) for s, shape in zip(self.slices, self.shapes, strict=True)]

    def count(self, samples: int) -> int:
        """How many preactivations there are whose sign is a kink."""
        return samples * sum(n for n, s in zip(self.widths[1:], self.activations, strict=False) if s.kinked)

    def outputs(self, theta: Array, inputs: Array) -> Array:
        """f at the inputs (d, K), kinks as they are: (K,)."""
        below = inputs
        weights = self.weights(theta)
        for w, s in zip(reversed(weights[1:]), reversed(self.activations), strict=True):
            u = w @ below
            below = (np.maximum(u, 0) if s.kinked else u) ** s.degree
        return (weights[0] @ below)[0]

    def preactivations(self, theta: Array, inputs: Array) -> Array:
        """Those with a kink, from the input on, one layer after the other, (n, K) flattened."""
        below, found = inputs, []
        for w, s in zip(reversed(self.weights(theta)[1:]), reversed(self.activations), strict=True):
            u = w @ below
            if s.kinked:
                found.append(u.ravel())
                u = np.maximum(u, 0)
            below = u**s.degree
        return np.concatenate(found) if found else np.zeros(0)

    def branch(self, theta: Array, inputs: Array, signs: Array) -> tuple[Array, Array]:
        """(f (K,), its gradients (K, P)) on the branch of these signs."""
        f, jacobian, _ = self._forward(theta, inputs, signs, False)
        return f, jacobian * self.mask

    def reverse(self, theta: Array, inputs: Array, signs: Array) -> tuple[Array, Callable[[Array], Array]]:
        """(f (K,), the map of weights c (K,) to sum_i c_i grad f(x_i)) on the branch of these signs."""
        weights, below, slopes, taken = self.weights(theta), [inputs], [], 0
        for w, s in zip(reversed(weights[1:]), reversed(self.activations), strict=True):
            u = w @ below[-1]
            value, slope = (u, 1.0) if s.degree == 1 else (u**s.degree, s.degree * u ** (s.degree - 1))
            if s.kinked:
                on = (1 + signs[taken : taken + u.size].reshape(u.shape)) / 2
                taken += u.size
                value, slope = on * value, on * slope
            below.append(value)
            slopes.append(slope)

        def pull(c: Array) -> Array:
            out, back = [], c[None, :]
            for k, w in enumerate(weights):
                out.append((back @ below[-1 - k].T).ravel())
                if k < len(slopes):
                    back = (w.T @ back) * slopes[-1 - k]
            return np.where(self.mask, np.concatenate(out), 0.0) if self.diagonal else np.concatenate(out)

        return (weights[0] @ below[-1])[0], pull

    def normals(self, theta: Array, inputs: Array, signs: Array) -> Array:
        """The gradients of the preactivations with a kink, on the branch of these signs: (count, P)."""
        rows = self._forward(theta, inputs, signs, True)[2]
        return np.concatenate(rows) * self.mask if rows else np.zeros((0, self.size))

    def _forward(self, theta: Array, inputs: Array, signs: Array, wanted: bool) -> tuple[Array, Array, list[Array]]:
        samples, total = inputs.shape[1], self.size
        below, slope = inputs, None  # slope: (n, K, P)
        rows: list[Array] = []
        taken = 0
        layers: Sequence = list(zip(self.weights(theta), self.slices, (None, *self.activations), strict=True))
        for w, place, s in reversed(layers):
            n, m = w.shape
            u = w @ below
            jacobian = (
                np.zeros((n, samples, total))
                if slope is None
                else (w @ slope.reshape(m, samples * total)).reshape(n, samples, total)
            )
            own = jacobian[:, :, place].reshape(n, samples, n, m)
            for j in range(n):
                own[j, :, j, :] += below.T
            jacobian[:, :, place] = own.reshape(n, samples, n * m)
            if s is None:
                return u[0], jacobian[0], rows
            if s.kinked:
                if wanted:
                    rows.append(jacobian.reshape(n * samples, total))
                on = (1 + signs[taken : taken + n * samples].reshape(n, samples)) / 2
                taken += n * samples
            else:
                on = np.ones((n, samples))
            if s.degree == 1:
                below, slope = on * u, on[:, :, None] * jacobian
            else:
                below = on * u**s.degree
                slope = (on * s.degree * u ** (s.degree - 1))[:, :, None] * jacobian
        raise AssertionError("there is a last layer")

"""What is swept: data sets, one to a seed, and settings of the descent, all of which are run on each of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray
LOSSES = ("square", "exponential")


@dataclass(frozen=True)
class Adam:
    """m <- beta1 m + (1 - beta1) u and v <- beta2 v + (1 - beta2) u^2 from 0, and the direction at step t = 1, 2, ...

        (m/(1 - beta1^t))/(sqrt(v/(1 - beta2^t)) + epsilon).

    Source: D. Kingma and J. Ba; with decoupled decay, I. Loshchilov and F. Hutter.
    """

    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def check(self) -> None:
        """Raises ValueError."""
        if not (0 <= self.beta1 < 1 and 0 <= self.beta2 < 1):
            raise ValueError(f"beta1 and beta2 must lie in [0, 1), not {self.beta1} and {self.beta2}")
        if not 0 < self.epsilon < np.inf:
            raise ValueError(f"epsilon must be positive and finite, not {self.epsilon}")


@dataclass(frozen=True)
class Setting:
    """x = w_1 * ... * w_L, and w_i <- w_i - rate (d(u_i) + decoupled w_i), u_i = d f/d w_i + coupled w_i, at each step.

    d(u) = spow(u, q - 1), of sign descent at q = 1 and of gradient descent at q = 2; or Adam's direction, with L2 decay
    where it is coupled and as in AdamW where it is decoupled. At L = 1 the model is linear. f is the mean of the loss
    of the data over all samples, or over ``batch`` different ones, drawn anew for each step.
    """

    q: float
    depth: int
    rate: float
    coupled: float = 0.0
    decoupled: float = 0.0
    batch: int = 0  # 0: all samples
    adam: Adam | None = None  # in place of spow(u, q - 1), q being 2
    rescaled: bool = False  # the slope of log f in place of that of f: it never underflows
    smallest: float = 0.0  # slopes below it are zero to sign descent, as below the smallest number of a precision

    @property
    def rows(self) -> int:
        """The rows of n numbers that a step needs: the layers, with Adam also m and v of each."""
        return self.depth * (3 if self.adam else 1)

    def check(self, samples: int) -> None:
        """Raises ValueError where the setting cannot be run on so many samples."""
        if not 1 <= self.q <= 2:
            raise ValueError(f"q must lie in [1, 2], not {self.q}")
        if self.depth < 1:
            raise ValueError(f"the depth must be at least 1, not {self.depth}")
        if not 0 < self.rate < np.inf:
            raise ValueError(f"the rate must be positive and finite, not {self.rate}")
        if not (0 <= self.coupled < np.inf and 0 <= self.decoupled < np.inf):
            raise ValueError(f"decay must be finite and not negative, not {self.coupled} and {self.decoupled}")
        if not 0 <= self.batch <= samples:
            raise ValueError(f"the batch must lie between 0 and the {samples} samples, not at {self.batch}")
        if not 0 <= self.smallest < np.inf or (self.smallest and self.q != 1):
            raise ValueError(f"smallest must be finite and not negative, and is of q = 1 alone, not {self.smallest}")
        if self.adam:
            self.adam.check()
            if self.q != 2:
                raise ValueError(f"Adam has no q: leave it at 2, not at {self.q}")


@dataclass(frozen=True)
class Data:
    """samples z: (S, k, n), truth x*: (n,), seeds: S numbers from which the batches are drawn.

    The loss of a sample: ``square``, (z^T (x - x*))^2/2; or ``exponential``, exp(-z^T x), z being a point times its
    label, and x* zero.
    """

    samples: Array
    truth: Array
    seeds: tuple[int, ...]
    loss: str = "square"

    def __post_init__(self) -> None:
        if self.loss not in LOSSES:
            raise ValueError(f"a loss is one of {', '.join(LOSSES)}, not {self.loss!r}")
        if self.loss == "exponential" and np.any(self.truth):
            raise ValueError("under the exponential loss there is no truth: leave it at zero")
        if self.samples.ndim != 3 or self.truth.shape != self.samples.shape[2:] or not self.samples.size:
            raise ValueError(f"samples (S, k, n) and truth (n,) do not fit: {self.samples.shape}, {self.truth.shape}")
        if not (np.all(np.isfinite(self.samples)) and np.all(np.isfinite(self.truth))):
            raise ValueError("samples and truth must be finite")
        if len(self.seeds) != len(self.samples) or not all(0 <= s < 2**64 for s in self.seeds):
            raise ValueError(f"{len(self.samples)} data sets need as many seeds in [0, 2^64), not {self.seeds}")

    @classmethod
    def gaussian(cls, seeds: tuple[int, ...], features: int, samples: int, support: int) -> Data:
        """Independent standard normal entries, one draw for each seed; x* is 1 on the first ``support`` coordinates."""
        drawn = [np.random.default_rng(s).standard_normal((features, samples)).T for s in seeds]
        return cls(np.array(drawn), (np.arange(features) < support).astype(float), seeds)

    @classmethod
    def separable(cls, seeds: tuple[int, ...], features: int, samples: int, support: int) -> Data:
        """Standard normal points, one draw for each seed, times the sign of the sum of their first coordinates."""
        found = []
        for seed in seeds:
            z = np.random.default_rng(seed).standard_normal((samples, features))
            found.append(np.sign(z[:, :support].sum(axis=1))[:, None] * z)
        return cls(np.array(found), np.zeros(features), seeds, "exponential")

    @property
    def grams(self) -> Array:
        """A = Z^T Z/k, the Hessian of f in x: (S, n, n); summed in a fixed order, whatever the threads."""
        return np.einsum("ski,skj->sij", self.samples, self.samples) / self.samples.shape[1]


def start(setting: Setting, features: int, scale: float) -> Array:
    """w_1 = 0 and the other layers at ``scale``: (L, n); with Adam, m = v = 0 below: (3 L, n)."""
    weights = np.zeros((setting.rows, features))
    weights[1 : setting.depth] = scale
    return weights

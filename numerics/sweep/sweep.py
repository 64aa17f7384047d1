"""A sweep: all settings on all data sets, on all cores, taken up at any step."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple
from types import ModuleType

import numpy as np

from numerics.sweep import gpu
from numerics.sweep.settings import Array, Data, Setting, start

LANES = 8
TILED, TOGETHER = 4, 24  # settings that share one reading of an entry of the matrix, and one pass over the data
DEVICES = ("cpu", "cuda")


class NoKernel(RuntimeError):
    """numba is not installed."""


def kernel() -> ModuleType:
    """The compiled loop; raises NoKernel."""
    try:
        from numerics.sweep import kernel as found
    except ImportError:
        raise NoKernel("sweeps need numba: pip install 'mirrorproof[simulate]'") from None
    return found


class Sweep:
    """The weights of all lanes are one array (groups of eight seeds, rows of all settings, n * 8), lanes innermost.

    Lanes that fill up the last group repeat the last seed; what is read out leaves them off.
    """

    def __init__(self, data: Data, settings: Sequence[Setting]) -> None:
        if not settings:
            raise ValueError("a sweep needs one setting or more")
        for setting in settings:
            setting.check(data.samples.shape[1])
            if setting.rescaled and data.loss != "exponential":
                raise ValueError("the slope of log f is followed under the exponential loss alone")
        self.data, self.settings = data, tuple(settings)
        rows = np.array([s.rows for s in settings])
        self._first = np.cumsum(rows) - rows
        self._features = len(data.truth)
        lanes = np.minimum(np.arange(-(-len(data.seeds) // LANES) * LANES), len(data.seeds) - 1)
        self._lanes = lanes.reshape(-1, LANES)
        whole = data.loss == "square" and any(s.batch == 0 for s in settings)
        grams = data.grams if whole else np.zeros((len(data.seeds), 0, 0))
        self._grams = [_in_blocks(grams[g]) for g in self._lanes]
        self._truth = np.repeat(data.truth.astype(float), LANES)
        self._samples = [np.ascontiguousarray(data.samples[g], dtype=float) for g in self._lanes]
        self._there: gpu.Lanes | None = None
        self._seeds = [np.array([data.seeds[k] for k in g], dtype=np.uint64) for g in self._lanes]

    def start(self, scale: float) -> Array:
        """w_1 = 0 and the other layers at ``scale``, for every lane."""
        rows = np.concatenate([start(s, self._features, scale) for s in self.settings])
        return np.repeat(np.repeat(rows, LANES, axis=1)[None], len(self._lanes), axis=0)

    def pack(self, rows: Sequence[Array]) -> Array:
        """The weights of all lanes from the rows of each setting, (S, rows, n): its layers, with Adam then m and v."""
        lanes = np.concatenate(rows, axis=1)[self._lanes]
        return np.ascontiguousarray(lanes.transpose(0, 2, 3, 1)).reshape(*lanes.shape[::2], -1)

    def rows(self, weights: Array, setting: int) -> Array:
        """The rows of one setting: (S, rows, n)."""
        first, count = self._first[setting], self.settings[setting].rows
        own = weights[:, first : first + count].reshape(len(weights), count, self._features, LANES)
        return own.transpose(0, 3, 1, 2).reshape(-1, count, self._features)[: len(self.data.seeds)]

    def layers(self, weights: Array, setting: int) -> Array:
        """The layers of one setting: (S, L, n)."""
        return self.rows(weights, setting)[:, : self.settings[setting].depth]

    def products(self, weights: Array) -> Array:
        """x = w_1 * ... * w_L of every setting and seed: (M, S, n)."""
        with np.errstate(over="ignore", invalid="ignore"):
            return np.array([np.prod(self.layers(weights, m), axis=1) for m in range(len(self.settings))])

    def advance(
        self, weights: Array, done: int, steps: int, *, workers: int | None = None, device: str = "cpu"
    ) -> None:
        """The steps done, ..., done + steps - 1 of all lanes, in place.

        workers: threads; all cores if None. device: ``cpu``, or ``cuda``, where all lanes are one launch. What comes
        out depends on neither the threads nor how the steps are cut; devices differ by rounding. A lane that diverges
        ends in values that are not finite and touches no other. Raises NoKernel, NoGpu, and ValueError where the
        weights do not fit.
        """
        if device not in DEVICES:
            raise ValueError(f"the device must be one of {', '.join(DEVICES)}, not {device}")
        shape = (len(self._lanes), int(self._first[-1]) + self.settings[-1].rows, self._features * LANES)
        if weights.shape != shape or weights.dtype != np.float64 or not weights.flags.c_contiguous:
            raise ValueError(f"the weights must be doubles of shape {shape} in one piece, not {weights.shape}")
        if done < 0 or steps < 0:
            raise ValueError("steps are not negative")
        if device == "cuda":
            self._launch(weights, done, steps)
            return
        compiled = kernel().advance
        jobs = [(g, part) for part in self._parts(workers or cores()) for g in range(len(self._lanes))]
        jobs.sort(key=lambda job: -sum(self._work(m) for m in job[1]))  # the longest first

        def job(found: tuple[int, list[int]]) -> None:
            g, part = found
            chosen = [self.settings[m] for m in part]
            q, rate, coupled, decoupled, smallest = (
                np.array([float(getattr(s, name)) for s in chosen])
                for name in ("q", "rate", "coupled", "decoupled", "smallest")
            )
            adam = np.array([astuple(s.adam) if s.adam else (0.0,) * 3 for s in chosen])
            compiled(
                weights[g], self._truth, self._grams[g], self._samples[g], self._seeds[g], self._first[part],
                np.array([s.depth for s in chosen]), q, rate, coupled, decoupled, smallest,
                np.array([s.rescaled for s in chosen]), adam, chosen[0].batch, self.data.loss == "exponential", done,
                steps,
            )  # fmt: skip

        with ThreadPoolExecutor(workers or cores()) as pool:
            for result in [pool.submit(job, j) for j in jobs]:
                result.result()

    def _launch(self, weights: Array, done: int, steps: int) -> None:
        """All lanes on the GPU, where the data stay for the next launch."""
        if self._there is None:
            self._there = gpu.Lanes(self.data, self.settings, self._first)
        groups, rows, _ = weights.shape
        apart = weights.reshape(groups, rows, self._features, LANES).transpose(0, 3, 1, 2)
        lanes = apart.reshape(-1, rows, self._features)[: len(self.data.seeds)]
        moved = self._there.advance(lanes, done, steps)[self._lanes]
        weights[:] = moved.transpose(0, 2, 3, 1).reshape(weights.shape)

    def _parts(self, workers: int) -> list[list[int]]:
        """The settings that go through the data together: of one batch size, and so many that all workers have some."""
        parts = []
        for batch in sorted({s.batch for s in self.settings}):
            own = [m for m, s in enumerate(self.settings) if s.batch == batch]
            each = -(-len(own) * len(self._lanes) // (4 * workers))
            wide = min(max(each + -each % TILED, TILED), TOGETHER)
            parts += [own[k : k + wide] for k in range(0, len(own), wide)]
        return parts

    def _work(self, setting: int) -> float:
        """A step's multiplications, roughly."""
        s = self.settings[setting]
        product = self._features if self.data.loss == "square" else 2 * self.data.samples.shape[1]
        return self._features * ((2 * s.batch or product) + 12.0 * s.depth)


def _in_blocks(grams: Array) -> Array:
    """Matrices (8, n, n) as (blocks of four rows, n, 4, 8), flat; rows of zeros fill up the last block."""
    rows = np.pad(grams, ((0, 0), (0, -grams.shape[1] % 4), (0, 0)))
    blocks = rows.reshape(LANES, rows.shape[1] // 4, 4, grams.shape[2])
    return np.ascontiguousarray(blocks.transpose(1, 3, 2, 0)).reshape(-1)


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

"""Sweeps small enough for plain loops, and what a compiled loop must do on them."""

from __future__ import annotations

from itertools import product

import numpy as np

from numerics.sweep import Adam, Data, Setting, Sweep, reference
from numerics.sweep.settings import start

SCALE, STEPS = 0.6, 60
DATA = Data.gaussian((11, 12, 13), features=7, samples=6, support=2)
DECAYS = ((0.0, 0.0), (0.1, 0.0), (0.0, 0.1), (0.2, 0.3))
SETTINGS = [
    Setting(q, depth, rate, *decay, batch)
    for q, depth, decay, batch, rate in product((1.0, 1.25, 1.5, 2.0), (1, 2, 3, 10), DECAYS, (0, 4), (1e-2,))
] + [
    Setting(2.0, depth, 1e-2, *decay, batch, adam)
    for depth, decay, batch, adam in product((1, 2, 10), DECAYS, (0, 4), (Adam(), Adam(0.5, 0.9, 1e-2)))
]
SEPARABLE = Data.separable((11, 12, 13), features=7, samples=6, support=2)
CLASSIFIED = [
    Setting(q, depth, rate, *decay, batch, rescaled=rescaled, smallest=smallest)
    for (q, rescaled, smallest), depth, decay, batch, rate in product(
        ((1.0, False, 0.0), (1.0, False, 0.03), (1.0, True, 0.0), (1.25, False, 0.0), (1.5, True, 0.0),
         (2.0, False, 0.0), (2.0, True, 0.0)),
        (1, 2, 3, 10), ((0.0, 0.0), (0.2, 0.3)), (0, 4), (1e-2,),
    )
] + [
    Setting(2.0, depth, 1e-2, *decay, batch, Adam(0.5, 0.9, 1e-2), rescaled)
    for depth, decay, batch, rescaled in product((1, 2, 10), ((0.0, 0.0), (0.2, 0.3)), (0, 4), (False, True))
]  # fmt: skip
# At a zero of the slope its root turns the rounding errors of two orders of summation into their root.
CLOSE = {"q = 1": 1e-12, "q = 1.25": 1e-4, "q = 1.5": 1e-7, "q = 2": 1e-12, "Adam": 1e-12}


def worst(sweep: Sweep, weights: np.ndarray, steps: int) -> dict[str, float]:
    """For each q and Adam, the largest distance of a weight of any lane to the reference; NaN counts as infinite."""
    found: dict[str, float] = {}
    for m, setting in enumerate(sweep.settings):
        layers = sweep.layers(weights, m)
        for k, seed in enumerate(sweep.data.seeds):
            begun = start(setting, len(sweep.data.truth), SCALE)
            alone = reference.descend(
                begun, setting, sweep.data.samples[k], sweep.data.truth, seed, 0, steps, sweep.data.loss
            )
            gap = float(np.max(np.abs(layers[k] - alone[: setting.depth])))
            kind = "Adam" if setting.adam else f"q = {setting.q:g}"
            found[kind] = max(found.get(kind, 0.0), gap if gap == gap else np.inf)
    return found


def agrees(found: dict[str, float]) -> bool:
    return all(gap <= CLOSE[kind] for kind, gap in found.items())

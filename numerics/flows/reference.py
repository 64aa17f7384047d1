"""Smooth flows y' = f(y) with an error budget: the same pair at two tolerances, the finer one kept.

Where f is smooth the distance of the two runs bounds the error of the coarser, up to the factor by which the flow
stretches, and with a tolerance a hundred times finer the kept run is far inside it. Where cancellation matters the
engines of many digits or of balls (``engines``) repeat the run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from numerics.flows.embedded import Array, Field, Pair, eighth_order, integrate

REFINEMENT = 100.0


@dataclass(frozen=True)
class Path:
    """times (T,); states (T, n); error: the budget, one number for each coordinate and time (T, n)."""

    times: Array
    states: Array
    error: Array
    method: str

    @property
    def budget(self) -> float:
        """The largest error over times and coordinates."""
        return float(np.max(self.error, initial=0.0))


def solve(
    f: Field, y0: Sequence[float] | Array, times: Sequence[float], *, rtol: float = 1e-10, pair: Pair | None = None
) -> Path:
    """The states at increasing times >= 0 from y0 at time 0. Raises NoProgress where the flow cannot be followed."""
    pair = pair or eighth_order()
    coarse = np.array(integrate(f, y0, times, rtol=rtol, atol=rtol / 10, pair=pair))
    finer = max(rtol / REFINEMENT, 2e-15)
    fine = np.array(integrate(f, y0, times, rtol=finer, atol=finer / 10, pair=pair))
    rounding = 16 * np.finfo(float).eps * (1 + np.abs(fine))
    return Path(np.asarray(times, dtype=float), fine, np.abs(fine - coarse) + rounding, f"{pair.name}, two tolerances")

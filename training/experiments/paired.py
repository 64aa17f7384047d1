"""Comparison of two arms over the same seeds: the exact sign-flip test, and the interval of Student's t."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

MOST = 20  # pairs, of which 2^20 patterns of signs are gone through
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Comparison:
    """mean of a - b over ``pairs`` seeds, [low, high] around it, and p.

    p: the share of the 2^n patterns of signs with which |sum of +-(a - b)| is at least as large as it is: exact where
    a - b is distributed symmetrically about 0, for any distribution. Its least value is 2^(1-n). The interval assumes
    that a - b is normal; it is the whole line for one pair.
    """

    pairs: int
    mean: float
    low: float
    high: float
    p: float


def compare(a: Sequence[float], b: Sequence[float], confidence: float = CONFIDENCE) -> Comparison:
    """Pairs that hold what is not finite are left out.

    Raises ValueError for columns of other lengths, for no pair at all, and for more than 20.
    """
    if len(a) != len(b):
        raise ValueError(f"columns of {len(a)} and {len(b)} seeds make no pairs")
    gaps = np.array([x - y for x, y in zip(a, b, strict=True) if math.isfinite(x) and math.isfinite(y)])
    n = len(gaps)
    if not 1 <= n <= MOST:
        raise ValueError(f"the test takes 1 to {MOST} pairs, not {n}")
    mean, half = float(gaps.mean()), math.inf
    if n > 1:
        from scipy.stats import t

        half = float(t.ppf((1 + confidence) / 2, n - 1) * gaps.std(ddof=1) / math.sqrt(n))
    return Comparison(n, mean, mean - half, mean + half, sign_flips(gaps))


def sign_flips(gaps: Sequence[float] | np.ndarray) -> float:
    """The p-value of the sign-flip test, two-sided; the sums are compared up to rounding."""
    sums = np.zeros(1)
    for gap in np.abs(np.asarray(gaps, dtype=float)):
        sums = np.concatenate([sums + gap, sums - gap])
    seen, slack = abs(float(np.sum(gaps))), 1e-12 * float(np.sum(np.abs(gaps)))
    return float(np.mean(np.abs(sums) >= seen - slack))


def line(said: str, a: Sequence[float], b: Sequence[float]) -> str:
    """The comparison as one line, for the notes of a result."""
    try:
        found = compare(a, b)
    except ValueError as error:
        return f"{said}: {error}"
    interval = f"{100 * CONFIDENCE:.0f} % interval [{found.low:.4g}, {found.high:.4g}], " if found.pairs > 1 else ""
    p = f"p = {found.p:.3g} (least possible {2.0 ** (1 - found.pairs):.3g})"
    return f"{said}: {found.mean:.4g} over {found.pairs} pairs, {interval}{p}"


def paired(measured: Mapping[str, Sequence[float]], a: str, b: str) -> list[str]:
    """The line for two quantities, in a list; empty where one of them was not measured."""
    return [line(f"{a} - {b}", measured[a], measured[b])] if a in measured and b in measured else []

"""A certificate of the exact number of laws: data that ``numerics.laws.replay`` checks without the search.

It lists independent laws, a point and words of coordinates: (i) is the field grad G_i, (i, j, ...) its bracket with
the field of (j, ...). As many words as weights less laws, with independent values at the point modulo the prime, leave
no room for a further law.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from numerics.laws.counting import Count
from numerics.laws.maps import PolynomialMap
from numerics.laws.modular import Fields, echelon

MOST_WORK = 400_000  # terms times rank
MOST_ROUNDS = 12


def certificate(g: PolynomialMap, found: Count, seed: int = 0) -> dict[str, Any] | None:
    """The certificate of an exact count; None where it is not exact, or too large to be worth it."""
    if not found.exact or g.terms * max(found.rank, 1) > MOST_WORK:
        return None
    fields = Fields(g)
    rng = np.random.default_rng(seed)
    point = np.array(found.point, dtype=np.int64)
    words: list[tuple[int, ...]] = []
    rows = np.zeros((0, g.weights), dtype=np.int64)
    for length in range(1, found.length + 1):
        for _ in range(1 if length == 1 else MOST_ROUNDS):
            some = _words(g.outputs, length, found.rank, rng)
            mixes = np.zeros((length, len(some), g.outputs), dtype=np.int64)
            for k, word in enumerate(some):
                for place, i in enumerate(word):
                    mixes[place, k, i] = 1
            w = np.broadcast_to(point, (1, len(some), len(point)))
            values = np.concatenate([rows, fields.bracket(mixes, w)[0, :, : g.weights]])
            kept = (echelon(values.T, fields.prime) != 0).argmax(axis=1)
            words = [(*words, *some)[k] for k in kept]
            rows = values[kept]
            if len(rows) == found.rank:
                laws = [sorted(found.laws.laws[k].items()) for k in found.independent]
                return {
                    "prime": fields.prime, "point": list(found.point), "words": [list(w) for w in words],
                    "laws": [[[list(e), c] for e, c in law] for law in laws], "number": found.least,
                }  # fmt: skip
    return None


def _words(outputs: int, length: int, wanted: int, rng: np.random.Generator) -> list[tuple[int, ...]]:
    """All single coordinates, or random longer words of different ones at the end."""
    if length == 1:
        return [(i,) for i in range(outputs)]
    drawn = rng.integers(0, outputs, size=(4 * wanted + 20, length))
    drawn = drawn[drawn[:, -1] != drawn[:, -2]]
    return sorted({tuple(map(int, word)) for word in drawn})

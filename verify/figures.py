"""The figures of experiments that measured claims speak of, each with the budget within which it may move.

A quantity is measured once for each seed. Its figure is the median, its budget the spread between the seeds: another
run whose median leaves it shows something else. Where the seeds agree, or there is but one, what is left is rounding.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable

from verify.lock import Figure
from verify.records import Record

ROUNDING = 1e-6  # of the figure: what another processor or library may make of the same numbers
LEAST = 1e-9


def figures(records: Iterable[Record]) -> dict[str, Figure]:
    """``experiment/quantity`` -> figure, for each quantity of a measured claim whose experiment has results here."""
    from verify.measured import measured

    wanted: dict[str, set[str]] = {}
    for record in records:
        measurement = record.get("measurement")
        if measurement:
            names = {text.rpartition(" ")[0] for text in measurement["expects"]["given"]}
            wanted.setdefault(measurement["experiment"], set()).update(names)
    found = {}
    for experiment in sorted(wanted):
        columns = measured(experiment)
        for name in sorted(wanted[experiment] & columns.keys()):
            found[f"{experiment}/{name}"] = figure(columns[name])
    return found


def figure(values: Iterable[float | None]) -> Figure:
    """The median of what is finite, the budget, and how many seeds are not finite."""
    every = list(values)
    finite = [float(v) for v in every if v is not None and math.isfinite(v)]
    if not finite:
        return {"median": None, "budget": None, "not_finite": len(every)}
    median = statistics.median(finite)
    budget = max(max(finite) - min(finite), ROUNDING * abs(median), LEAST)
    return {"median": median, "budget": float(f"{budget:.6g}"), "not_finite": len(every) - len(finite)}

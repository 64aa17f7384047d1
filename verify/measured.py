"""Measured results: claims about training and figures, judged by the results file of an experiment.

An expectation is a relation between measured quantities, fixed before the run. It is looked at seed by seed, the arms
of a seed beside each other, and is ``agrees`` only where it is true for every seed, of which there must be three where
there are any: consistent with the claim, never a proof of it. With it is told the p-value of the sign test, the chance
that as many seeds show it where each does with probability 1/2. Until the experiment has run the claim is undecided.
A results file is JSON: ``{"schema": 1, "experiment": NAME, "measured": {quantity: [one number per seed]}, "seeds":
[...], "provenance": {...}}``; it is looked for among one's own runs first, then among those recorded with the sources.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from verify.evidence import Evidence, Tier, undecided
from verify.language.evaluate import Undefined, truth
from verify.statement import Statement

OWN = "MIRRORPROOF_EXPERIMENTS"
RECORDED = Path(__file__).resolve().parent.parent / "recorded"
MOST_BYTES = 64 * 2**20
NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}\Z")
PRECISION = 128
LEAST_SEEDS = 3
# what the runs say of a measured claim, which stays undecided -> in a sentence
STANDINGS = {
    "consistent": "consistent with the recorded runs", "not seen": "not seen in the recorded runs",
    "not measured": "not measured yet",
}  # fmt: skip


@dataclass(frozen=True)
class Measurement:
    """What an experiment is expected to show: ``expectation`` is a relation between its measured quantities."""

    experiment: str
    expectation: Statement


def experiments_folder() -> Path:
    """Where the results of one's own runs lie."""
    return Path(os.environ.get(OWN, ".mirrorproof/experiments"))


def results_files(experiment: str) -> tuple[Path, ...]:
    """The places where the results of an experiment are looked for, in order."""
    return experiments_folder() / experiment / "results.json", RECORDED / f"{experiment}.json"


def look(measurement: Measurement) -> Evidence:
    """Evidence of tier ``simulated``: ``agrees``, ``disagrees``, or ``undecided`` where nothing was measured."""
    method = f"experiment {measurement.experiment}"
    for file in results_files(measurement.experiment):
        if file.is_file():
            try:
                return _compared(method, measurement, _read(file, measurement.experiment), file)
            except ValueError as why:
                return undecided(method, f"{file.name}: {why}")
    return undecided(method, "the experiment has not run")


def standing(record: Mapping[str, Any]) -> str:
    """What the runs say of a measured claim: ``consistent``, ``not seen`` or ``not measured``; empty for any other."""
    if not record.get("measurement"):
        return ""
    results = {e["result"] for e in record.get("evidence") or ()}
    return "not seen" if "disagrees" in results else "consistent" if "agrees" in results else "not measured"


def standings(records: Iterable[Mapping[str, Any]]) -> str:
    """How many measured claims stand how, in words; empty where there are none."""
    found = Counter(standing(record) for record in records)
    return ", ".join(f"{found[word]} {told}" for word, told in STANDINGS.items() if found[word])


def measured(experiment: str) -> dict[str, list[float | None]]:
    """quantity -> what was measured, one number a seed (None: not finite); empty where there are no good results."""
    for file in results_files(experiment):
        if file.is_file():
            try:
                columns = _read(file, experiment)["measured"]
            except ValueError:
                return {}
            good = (int, float, type(None))
            return {k: v for k, v in columns.items() if isinstance(v, list) and all(isinstance(x, good) for x in v)}
    return {}


def _read(file: Path, experiment: str) -> Mapping[str, Any]:
    if file.stat().st_size > MOST_BYTES:
        raise ValueError(f"larger than {MOST_BYTES} bytes")
    whole = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(whole, dict) or whole.get("schema") != 1 or not isinstance(whole.get("measured"), dict):
        raise ValueError("not a results file of schema 1")
    if whole.get("experiment") != experiment:
        raise ValueError(f"it is about {whole.get('experiment')!r}")
    return whole


def _compared(method: str, measurement: Measurement, whole: Mapping[str, Any], file: Path) -> Evidence:
    wanted = measurement.expectation
    columns = {name: _column(whole["measured"], name) for name in wanted.domain.names}
    lengths = {len(c) for c in columns.values()}
    if len(lengths) != 1 or lengths == {0}:
        raise ValueError("the quantities were not measured for the same seeds")
    seeds, named = lengths.pop(), whole.get("seeds")
    if isinstance(named, list) and 0 < len(named) < LEAST_SEEDS:
        raise ValueError(f"{len(named)} seeds show nothing: {LEAST_SEEDS} are needed")
    rows = [{name: column[k] for name, column in columns.items()} for k in range(seeds)]
    finite = [{k: v for k, v in row.items() if v is not None} for row in rows if None not in row.values()]
    met = sum(_true(wanted, row) for row in finite)
    lost = f", {seeds - len(finite)} of them without a finite number" if len(finite) < seeds else ""
    tested = f" (sign test: p = {sign_test(met, seeds):.2g})" if named else ""
    medians = ", ".join(f"{name} = {_median(column):.4g}" for name, column in columns.items())
    source = "recorded" if file.parent == RECORDED else "own run"
    provenance = whole.get("provenance") or {}
    said = ", ".join(f"{k} {provenance[k]}" for k in ("device", "date", "commit") if k in provenance)
    shown = "consistent with" if met == seeds else "not seen"
    detail = f"{shown}: {met} of {seeds} seeds{lost}{tested}; medians {medians}"
    return Evidence(
        Tier.simulated, method, "agrees" if met == seeds else "disagrees",
        f"{detail} ({', '.join(p for p in (source, said) if p)})",
    )  # fmt: skip


def sign_test(met: int, seeds: int) -> float:
    """P(at least ``met`` of so many fair coins show heads)."""
    return sum(math.comb(seeds, k) for k in range(met, seeds + 1)) / 2**seeds


def _column(measured: Mapping[str, Any], name: str) -> list[Fraction | None]:
    """A number a seed; None for a seed that ended in none, which does not show what is expected."""
    values = measured.get(name)
    if not isinstance(values, list):
        raise ValueError(f"{name} was not measured")
    if not all(v is None or (isinstance(v, (int, float)) and math.isfinite(v)) for v in values):
        raise ValueError(f"{name} holds what is no finite number")
    return [None if v is None else Fraction(v) for v in values]


def _true(wanted: Statement, values: Mapping[str, Fraction]) -> bool:
    try:
        return truth(wanted.conclusion, values, PRECISION) is True
    except Undefined:
        return False


def _median(column: list[Fraction | None]) -> float:
    ordered = sorted(v for v in column if v is not None)
    if not ordered:
        return math.nan
    half = len(ordered) // 2
    return float(ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2)

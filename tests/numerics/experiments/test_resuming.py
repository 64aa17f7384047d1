"""Every experiment, stopped after each unit and read back from its checkpoint, ends bitwise where one run ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from numerics.experiments import NAMES, checkpoints, experiment
from numerics.experiments.mf_students import StudentExperiment
from numerics.experiments.settings import checked

SEEDS = {"seeds": [1, 2]}
LINEAR = {"samples": 8, "features": 6, "support": 2, "steps": 60}
SMALL: dict[str, dict[str, Any]] = {
    "mf-entropy": SEEDS | {"levels": [5.5, 8.0], "tolerance": 9e-7},
    "mf-figure-1": {"points": 8, "smoothings": ["1/10", "1"]},
    "mf-networks": {"seeds": [1], "networks": ["1-1-2 linear"], "potentials": ["square", "entropy"], "goal": 5.5,
                    "tolerance": 9e-7},
    "mf-rates": {"layers": [1, 2], "degrees": ["3"], "levels": [10, 20], "counts": [10, 20], "gaps": 10},
    "ns-figure-1": LINEAR | SEEDS | {"record_every": 20},
    "ns-figure-2": {"exponents": [0.5, 1.5], "depths": 3, "tolerance": 1e-6},
    "ns-figure-3": {"tolerance": 1e-6},
    "ns-figure-4": LINEAR | SEEDS | {"record_every": 20, "depths": [1, 3]},
    "ns-figure-7": LINEAR | SEEDS | {"samples": [8, 4], "batches": [0, 2], "depths": [1, 2], "record_every": 20},
    "ns-table-4": LINEAR | SEEDS | {"depths": [1, 2, 10], "part_steps": 20},
}  # fmt: skip
COMPILED = ("ns-figure-7", "ns-table-4")


@pytest.mark.parametrize("name", SMALL)
def test_cut_anywhere_it_ends_bitwise_the_same(name: str, tmp_path: Path) -> None:
    if name in COMPILED:
        pytest.importorskip("numba", reason="numba is not installed: pip install .[simulate]")
    chosen = experiment(name)
    settings = checked(chosen.kind, SMALL[name])
    total, whole, cut = chosen.total(settings), chosen.start(settings), chosen.start(settings)
    assert total > 1
    begun = checkpoints.digest(whole)
    chosen.advance(settings, whole, 0, total)
    for unit in range(total):
        chosen.advance(settings, cut, unit, 1)
        checkpoints.save(tmp_path / "checkpoint.npz", cut | {"_done": np.array(unit + 1)}, name, "tried")
        found = checkpoints.load(tmp_path / "checkpoint.npz", name, "tried")
        assert found is not None
        cut = found
    done = cut.pop("_done")
    assert done == total and checkpoints.digest(cut) == checkpoints.digest(whole) != begun


def test_no_experiment_is_left_out() -> None:
    """But those of students, each of which is stopped and killed in a test of its own, and what is made of them."""
    left = {name for name in NAMES if name not in SMALL and not isinstance(experiment(name), StudentExperiment)}
    assert left <= {"mf-readings", "ns-networks"}

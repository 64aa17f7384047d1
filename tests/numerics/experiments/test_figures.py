"""The figures of Never Saddle: what is measured agrees with closed forms and with plain loops."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from numerics.experiments import experiment, run
from numerics.experiments import regression as reg
from numerics.experiments.plots import NoPlots, draw
from numerics.experiments.running import Outcome

INDICES = (1.0, 1.25, 1.5, 2.0)


def plain_steps(w: np.ndarray, gram: np.ndarray, truth: np.ndarray, q: float, rate: float, steps: int) -> np.ndarray:
    """What a reader would write for one network: w of shape (L, n)."""
    w = w.copy()
    for _ in range(steps):
        g = gram @ (np.prod(w, axis=0) - truth)
        u = np.array([g * np.prod(np.delete(w, i, axis=0), axis=0) for i in range(len(w))])
        w = w - rate * np.sign(u) * np.abs(u) ** (q - 1)
    return w


@pytest.mark.parametrize("depth", [1, 2, 3, 10])
def test_all_lanes_move_as_the_plain_loop(depth: int) -> None:
    problem = reg.Problem.gaussian((1, 2), 12, 30, 3)
    w = reg.start(depth, 2, 12, len(INDICES), 0.3)
    begun = w.copy()
    reg.descend(w, problem, INDICES, 1e-2, 25)
    for j, q in enumerate(INDICES):
        for s in range(2):
            alone = plain_steps(begun[:, j, s], problem.gram[s], problem.truth, q, 1e-2, 25)
            assert w[:, j, s] == pytest.approx(alone, abs=1e-12)


def test_the_loss_is_that_of_its_logarithm_and_goes_on_below_the_doubles() -> None:
    problem = reg.Problem.gaussian((3,), 6, 20, 2)
    w = reg.start(2, 1, 6, 1, 0.5)
    r = reg.residual(w, problem)[0, 0]
    assert np.exp(reg.log_loss(w, problem)[0, 0]) == pytest.approx(r @ problem.gram[0] @ r / 2)
    nothing = reg.Problem(problem.gram, np.zeros(6))
    tiny = reg.start(2, 1, 6, 1, 1e-150)
    tiny[0] = 1e-150
    assert np.isfinite(reg.log_loss(tiny, nothing)[0, 0])
    assert reg.log_loss(tiny, nothing)[0, 0] < np.log(1e-300)


def test_escape_times_are_those_of_the_solutions(tmp_path: Path) -> None:
    found = run(experiment("ns-figure-2"), tmp_path)
    assert found is not None
    measured = found.outcome.measured
    assert measured["time_half"][0] == pytest.approx(2 * (1 - np.sqrt(0.1)), rel=1e-9)
    assert measured["time_one"][0] == pytest.approx(np.log(10), rel=1e-9)
    assert measured["time_three_halves"][0] == pytest.approx(2 * (1 / np.sqrt(0.1) - 1), rel=1e-9)
    assert measured["exponent_error"][0] < 1e-12
    assert max(v[0] for name, v in measured.items() if name.startswith("error_")) < 1e-9


def test_paths_along_the_balance_have_the_length_of_the_curve(tmp_path: Path) -> None:
    found = run(experiment("ns-figure-3"), tmp_path)
    assert found is not None
    measured = found.outcome.measured
    assert measured["length_1"][0] == pytest.approx(np.sqrt(2) * (np.sqrt(0.41) - 0.1) / 2, rel=1e-9)
    assert max(v[0] for name, v in measured.items() if name.startswith("error_")) < 1e-9


@pytest.mark.parametrize("name", ["ns-figure-2", "ns-figure-3"])
def test_a_figure_is_drawn_the_same_twice(name: str, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    found = run(experiment(name), tmp_path)
    assert found is not None
    first = draw(experiment(name), found.outcome, tmp_path).read_bytes()
    assert first.startswith(b"<?xml") and first == draw(experiment(name), found.outcome, tmp_path).read_bytes()


def test_without_matplotlib_one_line_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(NoPlots, match=r"pip install 'mirrorproof\[plots\]'"):
        draw(experiment("ns-figure-3"), Outcome({}, {}), tmp_path)

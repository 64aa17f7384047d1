"""Balance curves and level sets, against closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from numerics.experiments import experiment
from numerics.experiments.mf_figure_1 import Settings, inverse, shape, size_of_agreement
from numerics.networks.potentials import potential

SMALL = Settings(points=16)


def finished() -> dict[str, np.ndarray]:
    it = experiment("mf-figure-1")
    state = it.start(SMALL)
    it.advance(SMALL, state, 0, it.total(SMALL))
    return state


def test_curves_are_those_of_the_closed_forms() -> None:
    state, b = finished(), np.linspace(-SMALL.reach, SMALL.reach, SMALL.points)
    assert np.allclose(state["balance"][0, 2], np.sqrt(b**2 + 2), rtol=1e-12)  # a^2/2 - b^2/2 = 1
    assert np.allclose(state["balance"][1, 2], np.sqrt((np.sqrt(b**2 + 1) + 1) ** 2 - 1), rtol=1e-12)
    u, v = state["level"][1]
    assert np.allclose(np.sqrt(u**2 + 1) + np.sqrt(v**2 + 1), SMALL.level + 2, rtol=1e-12)


def test_the_size_of_agreement_is_a_root_of_its_equation() -> None:
    it = potential("entropy", "1")
    size = size_of_agreement(it, 0.1)
    assert math.isclose(shape(it, size), 1.1, rel_tol=1e-9)
    assert shape(it, 2 * size) < 1.1 < shape(it, size / 2)
    assert math.isclose(size_of_agreement(potential("entropy", "4"), 0.1), 2 * size, rel_tol=1e-9)
    assert not math.isclose(size_of_agreement(potential("entropy", "9"), 0.1), 2 * size, rel_tol=1e-2)


def test_no_size_has_a_value_below_the_least() -> None:
    assert math.isnan(inverse(potential("entropy", "1"), 0.5))


@pytest.mark.parametrize("wrong", [{"level": 0.0}, {"points": 2}, {"tolerance": 0.5}, {"smoothings": ("0", "1")}])
def test_settings_that_mean_nothing_are_refused(wrong: dict) -> None:
    with pytest.raises(ValueError):
        Settings(**wrong).check()

"""The spectra of fine-tuning in the results and in the figure: at the end, or over the epochs."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

pytest.importorskip("torch")

from training.experiments import leaving
from training.experiments.cells import Finished

SETTINGS = SimpleNamespace(seeds=(1, 2))


def row(loss: float, *pairs: tuple[float, float]) -> dict[str, float]:
    found = {"loss": loss}
    for k, (value, residual) in enumerate(pairs):
        found |= {f"eigenvalue_{k + 1}": value, f"residual_{k + 1}": residual}
    return found


def finished(*rows: dict[str, float], failure: str | None = None) -> dict[str, Finished]:
    last = {"eigenvalues": [3.0, -1.0], "residuals": [0.1, 0.2]}
    return {c.key: Finished(c, {} if failure else dict(last), list(rows), failure) for c in leaving.cells(SETTINGS)}


def test_every_eigenvalue_stands_beside_its_residual() -> None:
    at_the_end = leaving.lines(SETTINGS, finished(row(2.0), row(1.0, (3.0, 0.1), (-1.0, 0.2))))
    assert list(at_the_end)[:2] == ["SGD, small rate, seed 1", "SGD, best rate, seed 1"] and len(at_the_end) == 6
    assert at_the_end["Adam, seed 2"] == {"x": [1.0, 2.0], "y": [3.0, -1.0], "residual": [0.1, 0.2]}
    rows = [row(3.0, (9.0, 0.5), (4.0, 0.4)), row(2.0), row(1.0, (3.0, 0.1), (-1.0, 0.2))]
    throughout = leaving.lines(SETTINGS, finished(*rows))
    assert len(throughout) == 12 and "Adam, seed 2" not in throughout
    assert throughout["Adam, epoch 1, seed 2"] == {"x": [1.0, 2.0], "y": [9.0, 4.0], "residual": [0.5, 0.4]}
    assert throughout["Adam, epoch 3, seed 2"]["y"] == [3.0, -1.0]


def test_a_cell_that_failed_shows_what_it_had() -> None:
    assert leaving.lines(SETTINGS, finished(row(2.0), failure="the loss is nan")) == {}
    early = leaving.lines(SETTINGS, finished(row(2.0, (9.0, 0.5)), row(1.0), failure="the loss is nan"))
    assert early["Adam, epoch 1, seed 1"]["y"] == [9.0]


@pytest.mark.parametrize("epochs", [1, 3])
def test_the_figure_has_a_panel_for_each_epoch_and_seed(epochs: int) -> None:
    figure = pytest.importorskip("matplotlib.figure").Figure()
    rows = [row(1.0, (3.0 + k, 0.1), (-1.0, 0.2)) for k in range(epochs)]
    leaving.draw(leaving.lines(SETTINGS, finished(*rows)), figure)
    assert len(figure.axes) == 2 * epochs and {len(at.lines) for at in figure.axes} == {4}  # three arms and 0
    said = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert said == list(leaving.LABELS.values())
    assert figure.axes[0].lines[0].get_ydata()[0] == 3.0 and figure.axes[-1].lines[0].get_ydata()[0] == 2.0 + epochs

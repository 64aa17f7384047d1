"""Parts of the figures of students: neurons as arrows' ends, weights as histograms, margins of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from numerics.experiments.mf_students import StudentExperiment, Trained
from numerics.experiments.running import Outcome
from numerics.students import measures

NAMES = {
    "hyp": "entropy", "gd": "gradient descent", "hom": "p = 3", "ten": "lambda = 10", "one": "lambda = 1",
    "tenth": "lambda = 0.1", "hundredth": "lambda = 0.01", "t3": "1000 epochs", "t4": "10 000 epochs",
    "t5": "100 000 epochs",
}  # fmt: skip
COLOURS = {"hyp": "C0", "gd": "C1", "hom": "C2"}
BINS = np.linspace(0, 15, 76)
COLUMNS = ("l1", "l2", "l3")


def neurons_into(found: Outcome, trained: Trained, shown: Mapping[str, str], seed: int = 0) -> None:
    """The end points |a_j| w_j of the neurons over the largest of their lengths, those of the teacher beside them."""
    n = trained.settings.neurons
    for name, label in shown.items():
        w = trained.parts(label, seed)[0]
        length = np.hypot(*w)
        size = measures.sizes(trained.theta(label)[seed], trained.depth(label), n)
        with np.errstate(invalid="ignore", divide="ignore"):
            x, y = w * (size / length / size.max())
        found.lines[f"neurons, {name}"] = {"x": x.tolist(), "y": y.tolist()}
    found.lines["teacher"] = {"x": trained.data.teacher[:, 0].tolist(), "y": trained.data.teacher[:, 1].tolist()}


def draw_neurons(outcome: Outcome, axes: Sequence[Any], prefix: str = "neurons, ") -> None:
    """One panel for each student, in the order of the lines."""
    teacher = outcome.lines["teacher"]
    lines = [(name, line) for name, line in outcome.lines.items() if name.startswith(prefix)]
    for at, (name, line) in zip(axes, lines, strict=True):
        for x, y in zip(teacher["x"], teacher["y"], strict=True):
            at.plot([0, x], [0, y], color="C3", lw=0.8, zorder=0)
        at.scatter(line["x"], line["y"], s=6)
        at.set(xlim=(-1.1, 1.1), ylim=(-1.1, 1.1), aspect="equal")
        at.set_title(NAMES[name.removeprefix(prefix)], fontsize=8)


def weights_into(found: Outcome, trained: Trained, label: str, layer: int, called: str, seed: int = 0) -> None:
    """The shares of the weights of a layer by their size over the root of the mean square."""
    w = np.abs(trained.parts(label, seed)[layer]).ravel()
    with np.errstate(invalid="ignore", divide="ignore"):
        counted = np.histogram(w / np.sqrt(np.mean(w**2)), bins=BINS)[0] / len(w)
    found.lines[called] = {"x": ((BINS[1:] + BINS[:-1]) / 2).tolist(), "y": counted.tolist()}


class Margins(StudentExperiment):
    """A table: the margins of each student, in the columns of the paper."""

    rows: dict[str, str]  # name in the table -> label of the student
    columns: tuple[str, ...] = COLUMNS

    def __init__(self, name: str, title: str, kind: type, reads: str, beside: tuple[str, ...], rows: dict[str, str],
                 columns: tuple[str, ...] = COLUMNS) -> None:  # fmt: skip
        self.name, self.title, self.kind, self.reads, self.beside = name, title, kind, reads, beside
        self.rows, self.columns = rows, columns

    def read(self, trained: Trained, found: Outcome) -> None:
        for row, label in self.rows.items():
            margins, by_layers = trained.margins(label), trained.margins(label, by_layers=True)
            for k, column in enumerate(COLUMNS):
                found.measured[f"{row}_{column}"] = margins[:, k].tolist()
                found.measured[f"{row}_{column}_by_layers"] = by_layers[:, k].tolist()
            trained.standing(label, found, row)
        found.notes.append("*_by_layers: over the product of the norms of the layers, another reading of the margin")
        for column in self.columns:
            values = [trained.margins(label)[:, COLUMNS.index(column)] for label in self.rows.values()]
            places = np.repeat(np.arange(float(len(values))), len(trained.settings.seeds))
            found.lines[column] = {"x": places.tolist(), "y": np.concatenate(values).tolist()}

    def draw(self, outcome: Outcome, figure: Any) -> None:
        figure.set_size_inches(3.0 * len(self.columns), 2.8)
        for at, column in zip(np.atleast_1d(figure.subplots(1, len(self.columns))), self.columns, strict=True):
            line = outcome.lines[column]
            at.plot(line["x"], line["y"], "o", ms=4, alpha=0.6)
            at.set_title(f"L_{column[1]} margin", fontsize=8)
            at.set_xticks(range(len(self.rows)), [NAMES[row] for row in self.rows], fontsize=7)
            at.set_xlim(-0.5, len(self.rows) - 0.5)
            if all(y is not None and y > 0 for y in line["y"]):
                at.set_yscale("log")


class Neurons(StudentExperiment):
    """A figure of representations, and the effective numbers of neurons."""

    def __init__(self, name: str, title: str, kind: type, reads: str, beside: tuple[str, ...],
                 shown: dict[str, str]) -> None:  # fmt: skip
        self.name, self.title, self.kind, self.reads, self.beside = name, title, kind, reads, beside
        self.shown = shown  # name -> label of the student

    def read(self, trained: Trained, found: Outcome) -> None:
        for name, label in self.shown.items():
            found.measured[f"neurons_{name}"] = trained.neurons(label).tolist()
            trained.standing(label, found, name)
        neurons_into(found, trained, self.shown)
        found.notes.append("the neurons of the first seed, their lengths over the largest")

    def draw(self, outcome: Outcome, figure: Any) -> None:
        figure.set_size_inches(2.2 * len(self.shown), 2.8)
        axes = np.atleast_1d(figure.subplots(1, len(self.shown), sharex=True, sharey=True))
        draw_neurons(outcome, list(axes))
        for at, name in zip(axes, self.shown, strict=True):
            at.set_xlabel(f"{np.median(outcome.measured[f'neurons_{name}']):.1f} effective neurons", fontsize=7)

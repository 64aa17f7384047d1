"""Figures 2, 8 to 11, Tables 2 and 6 of the paper on mirror flows: training to a loss of 1e-50, time rescaled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from numerics.experiments.mf_pictures import (
    COLOURS,
    COLUMNS,
    NAMES,
    Margins,
    draw_neurons,
    neurons_into,
    weights_into,
)
from numerics.experiments.mf_students import StudentExperiment, StudentSettings, Trained
from numerics.experiments.running import Outcome
from numerics.students import networks

READS = "mf-rescaled"
BESIDE = ("mf-figure-2", "mf-figure-8", "mf-figure-11", "mf-table-2", "mf-table-6")
METHODS = ("hyp", "gd", "hom")
ANGLES = 181


@dataclass(frozen=True)
class Settings(StudentSettings):
    """Defaults: the setting of Tables 2 and 6; the most epochs, the start and the seeds are ours."""

    labels: tuple[str, ...] = ("hyp", "gd", "hom", "hyp_deep", "gd_deep", "hom_deep")
    depths: tuple[int, ...] = (2, 2, 2, 3, 3, 3)
    maps: tuple[str, ...] = ("entropy", "square", "power") * 2
    lambdas: tuple[float, ...] = (0.1, 0.0, 1.0) * 2
    rates: tuple[float, ...] = (0.001, 0.1, 1.0, 0.001, 0.01, 0.1)
    epochs: tuple[int, ...] = (400_000,) * 6
    below: float = 0.1
    digits: float = 50.0
    record_every: int = 100


class Figure2(StudentExperiment):
    name = "mf-figure-2"
    title = "Neurons, weights and margins of students at a loss of 1e-50: entropy, gradient descent, p = 3"
    kind, reads, beside = Settings, READS, BESIDE

    def read(self, trained: Trained, found: Outcome) -> None:
        for method in METHODS:
            found.measured[f"neurons_{method}"] = trained.neurons(method).tolist()
            for k, column in enumerate(COLUMNS):
                found.measured[f"{method}_{column}"] = trained.margins(f"{method}_deep")[:, k].tolist()
            trained.standing(method, found)
            trained.standing(f"{method}_deep", found)
        neurons_into(found, trained, {method: method for method in METHODS})
        for method in METHODS:
            weights_into(found, trained, f"{method}_deep", 1, f"weights, {method}")
            trace = trained.trace(f"{method}_deep")
            right = trace["l1"] > 0
            digits = -trace["log_loss"][right] / np.log(10)
            for column in COLUMNS:
                found.lines[f"{column}, {method}"] = {"x": digits.tolist(), "y": trace[column][right].tolist()}
        found.notes.append(
            "neurons_*: the student of two layers; *_l1 to *_l3 and the weights of the hidden layer: that of three;"
            " lines: the first seed, margins against the digits of 1/L from where all points are classified"
        )

    def draw(self, outcome: Outcome, figure: Any) -> None:
        figure.set_size_inches(10, 4.6)
        axes = figure.subplots(2, 4)
        draw_neurons(outcome, axes[0, :3])
        for method in METHODS:
            line = outcome.lines[f"weights, {method}"]
            axes[0, 3].step(line["x"], line["y"], where="mid", color=COLOURS[method], lw=0.9)
            for at, column in zip(axes[1], COLUMNS, strict=False):
                line = outcome.lines[f"{column}, {method}"]
                at.plot(line["x"], line["y"], color=COLOURS[method], lw=1.0, label=NAMES[method])
                at.set_title(f"L_{column[1]} margin", fontsize=8)
                at.set_xlabel("digits of 1/L")
                if line["y"]:
                    at.set_yscale("log")
        axes[0, 3].set(yscale="log", xlabel="size over root mean square")
        axes[0, 3].set_title("weights of the hidden layer", fontsize=8)
        axes[1, 3].axis("off")
        axes[1, 0].legend(fontsize=6)


class Figure8(StudentExperiment):
    """Figures 8, 9 and 10: one layer each."""

    name = "mf-figure-8"
    title = "Sizes of the weights of the three layers at a loss of 1e-50"
    kind, reads, beside = Settings, READS, BESIDE

    def read(self, trained: Trained, found: Outcome) -> None:
        for method in METHODS:
            label = f"{method}_deep"
            for layer, share in enumerate(trained.shares(label).T, 1):
                found.measured[f"share_{method}_{layer}"] = share.tolist()
                weights_into(found, trained, label, layer - 1, f"layer {layer}, {method}")
            trained.standing(label, found)
        found.notes.append("share_*: (sum of |w|)^2/(n sum of w^2), the n weights of a layer; lines: the first seed")

    def draw(self, outcome: Outcome, figure: Any) -> None:
        figure.set_size_inches(8, 2.6)
        for layer, at in enumerate(figure.subplots(1, 3, sharex=True), 1):
            for method in METHODS:
                line = outcome.lines[f"layer {layer}, {method}"]
                at.step(line["x"], line["y"], where="mid", color=COLOURS[method], lw=1.0, label=NAMES[method])
            at.set(yscale="log", xlabel="size over root mean square")
            at.set_title(f"layer {layer}", fontsize=8)
        at.legend(fontsize=7)


class Figure11(StudentExperiment):
    name = "mf-figure-11"
    title = "Outputs and decision boundary of students of three layers at a loss of 1e-50"
    kind, reads, beside = Settings, READS, BESIDE

    def read(self, trained: Trained, found: Outcome) -> None:
        angles = np.linspace(-np.pi, np.pi, ANGLES)
        circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
        for method in METHODS:
            label = f"{method}_deep"
            theta, depth, neurons = trained.theta(label), trained.depth(label), trained.settings.neurons
            with np.errstate(invalid="ignore", divide="ignore"):
                f = networks.outputs(theta / np.abs(theta).max(axis=-1, keepdims=True), depth, neurons, circle)
                f /= np.abs(f).max(axis=-1, keepdims=True)
            found.measured[f"boundaries_{method}"] = np.sum(f[:, 1:] * f[:, :-1] < 0, axis=-1).astype(float).tolist()
            found.measured[f"l2_{method}"] = trained.margins(label)[:, 1].tolist()
            found.lines[f"outputs, {method}"] = {"x": angles.tolist(), "y": f[0].tolist()}
        points = trained.data.points
        for sign, called in ((1, "points labelled 1"), (-1, "points labelled -1")):
            own = points[trained.data.labels == sign]
            found.lines[called] = {"x": own[:, 0].tolist(), "y": own[:, 1].tolist()}
        found.notes.append(
            "f(r x) = r f(x), so that its values on the circle are all of it: over their largest size, the first seed;"
            " boundaries_*: changes of its sign around the circle"
        )

    def draw(self, outcome: Outcome, figure: Any) -> None:
        figure.set_size_inches(8, 2.9)
        grid = np.linspace(-1.5, 1.5, 201)
        x, y = np.meshgrid(grid, grid)
        for method, at in zip(METHODS, figure.subplots(1, 3, sharex=True, sharey=True), strict=True):
            line = outcome.lines[f"outputs, {method}"]
            f = np.hypot(x, y) * np.interp(np.arctan2(y, x), line["x"], line["y"])
            at.contourf(x, y, f, levels=np.linspace(-2.2, 2.2, 23), cmap="coolwarm")
            at.contour(x, y, f, levels=[0.0], colors="k", linewidths=0.8)
            for called, colour in (("points labelled 1", "C3"), ("points labelled -1", "C0")):
                own = outcome.lines[called]
                at.plot(own["x"], own["y"], ".", ms=2, color=colour)
            at.set(aspect="equal")
            at.set_title(NAMES[method], fontsize=8)


FIGURE_2, FIGURE_8, FIGURE_11 = Figure2(), Figure8(), Figure11()
TABLE_2 = Margins(
    "mf-table-2", "Margins of students of two layers at a loss of 1e-50", Settings, READS, BESIDE,
    {method: method for method in METHODS},
)  # fmt: skip
TABLE_6 = Margins(
    "mf-table-6", "Margins of students of three layers at a loss of 1e-50", Settings, READS, BESIDE,
    {method: f"{method}_deep" for method in METHODS},
)  # fmt: skip

"""Figures as SVG, drawn by matplotlib where it is installed."""

from __future__ import annotations

import io
from pathlib import Path

from numerics.experiments.checkpoints import write_whole
from numerics.experiments.running import Experiment, Outcome


class NoPlots(RuntimeError):
    """matplotlib is not installed."""


def draw(experiment: Experiment, outcome: Outcome, folder: Path) -> Path:
    """Draw the figure of an experiment into ``figure.svg``; the same outcome gives the same bytes. Raises NoPlots."""
    try:
        import matplotlib
    except ImportError:
        raise NoPlots("plots need matplotlib: pip install 'mirrorproof[plots]'") from None
    matplotlib.use("svg")
    from matplotlib.figure import Figure

    with matplotlib.rc_context({"svg.hashsalt": experiment.name, "font.size": 9}):
        figure = Figure(figsize=(6.4, 4.0), layout="constrained")
        experiment.draw(outcome, figure)
        out = io.BytesIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Title": experiment.title})
    file = folder / "figure.svg"
    write_whole(file, out.getvalue())
    return file

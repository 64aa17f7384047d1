"""Experiments of the papers: small files of settings, runs that survive being killed, results with their provenance."""

from __future__ import annotations

from numerics.experiments.running import Experiment, ExperimentError, Outcome, Run, run
from numerics.experiments.settings import SettingsError

__all__ = ["NAMES", "Experiment", "ExperimentError", "Outcome", "Run", "SettingsError", "experiment", "run"]

# name -> module that holds EXPERIMENT, imported when it is asked for
NAMES = {
    "mf-networks": "numerics.experiments.mf_networks",
    "mf-rates": "numerics.experiments.mf_rates",
    "ns-figure-1": "numerics.experiments.ns_figure_1",
    "ns-figure-2": "numerics.experiments.ns_figure_2",
    "ns-figure-3": "numerics.experiments.ns_figure_3",
    "ns-figure-4": "numerics.experiments.ns_figure_4",
    "ns-figure-7": "numerics.experiments.ns_figure_7",
    "ns-table-4": "numerics.experiments.ns_table_4",
}


def experiment(name: str) -> Experiment:
    """The experiment of this name; raises ``KeyError`` where there is none."""
    import importlib

    found: Experiment = importlib.import_module(NAMES[name]).EXPERIMENT
    return found

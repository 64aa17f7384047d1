"""Experiments of the papers: small files of settings, runs that survive being killed, results with their provenance."""

from __future__ import annotations

from numerics.experiments.running import Experiment, ExperimentError, Outcome, Run, run
from numerics.experiments.settings import SettingsError

__all__ = ["NAMES", "Experiment", "ExperimentError", "Outcome", "Run", "SettingsError", "experiment", "run"]

# name -> module that holds EXPERIMENT, or module:what it is called there; imported when it is asked for
NAMES = {
    "mf-entropy": "numerics.experiments.mf_entropy",
    "mf-figure-1": "numerics.experiments.mf_figure_1",
    "mf-figure-2": "numerics.experiments.mf_rescaled:FIGURE_2",
    "mf-figure-3": "numerics.experiments.mf_fixed:FIGURE_3",
    "mf-figure-5": "numerics.experiments.mf_fixed:FIGURE_5",
    "mf-figure-6": "numerics.experiments.mf_fixed:FIGURE_6",
    "mf-figure-7": "numerics.experiments.mf_fixed:FIGURE_7",
    "mf-figure-8": "numerics.experiments.mf_rescaled:FIGURE_8",
    "mf-figure-11": "numerics.experiments.mf_rescaled:FIGURE_11",
    "mf-figure-12": "numerics.experiments.mf_fixed_deep:FIGURE_12",
    "mf-figure-13": "numerics.experiments.mf_fixed_deep:FIGURE_13",
    "mf-networks": "numerics.experiments.mf_networks",
    "mf-rates": "numerics.experiments.mf_rates",
    "mf-readings": "numerics.experiments.mf_readings",
    "mf-table-2": "numerics.experiments.mf_rescaled:TABLE_2",
    "mf-table-3": "numerics.experiments.mf_fixed:TABLE_3",
    "mf-table-4": "numerics.experiments.mf_fixed:TABLE_4",
    "mf-table-5": "numerics.experiments.mf_fixed:TABLE_5",
    "mf-table-6": "numerics.experiments.mf_rescaled:TABLE_6",
    "mf-table-7": "numerics.experiments.mf_fixed_deep:TABLE_7",
    "mf-table-8": "numerics.experiments.mf_fixed_deep:TABLE_8",
    "ns-figure-1": "numerics.experiments.ns_figure_1",
    "ns-figure-2": "numerics.experiments.ns_figure_2",
    "ns-figure-3": "numerics.experiments.ns_figure_3",
    "ns-figure-4": "numerics.experiments.ns_figure_4",
    "ns-figure-7": "numerics.experiments.ns_figure_7",
    "ns-networks": "numerics.experiments.ns_networks",
    "ns-table-4": "numerics.experiments.ns_table_4",
}


def experiment(name: str) -> Experiment:
    """The experiment of this name; raises ``KeyError`` where there is none."""
    import importlib

    module, _, which = NAMES[name].partition(":")
    found: Experiment = getattr(importlib.import_module(module), which or "EXPERIMENT")
    return found

"""Experiments that train networks: small files of settings, cells that survive being killed, their results."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from training.experiments.cells import TrainingExperiment

# name -> module that holds EXPERIMENT, or module:what it is called there; imported when it is asked for
NAMES: dict[str, str] = {
    "mf-figure-4": "training.experiments.mf_figure_4",
    "mf-table-9": "training.experiments.mf_figure_4:TABLE_9",
    "ns-attention": "training.experiments.ns_attention",
    "ns-finetune-flowers": "training.experiments.ns_finetune_vision:FLOWERS",
    "ns-finetune-language": "training.experiments.ns_finetune_language",
    "ns-finetune-vision": "training.experiments.ns_finetune_vision",
    "ns-sparsity": "training.experiments.ns_sparsity",
}


def experiment(name: str) -> TrainingExperiment:
    """The experiment of this name; raises ``KeyError`` where there is none."""
    module, _, which = NAMES[name].partition(":")
    found: TrainingExperiment = getattr(importlib.import_module(module), which or "EXPERIMENT")
    return found

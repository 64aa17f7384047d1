"""Every experiment, killed while it replaces a checkpoint, goes on from the one before and ends bitwise the same."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("PIL")
files = pytest.importorskip("safetensors.torch")

from tests.training.data import cases  # noqa: E402
from tests.training.data.sentences import RTE, SST, archive, many  # noqa: E402
from tests.training.models.encoders import folder  # noqa: E402
from training.experiments import checkpoints, working  # noqa: E402
from training.experiments.running import train  # noqa: E402
from training.models.resnet import resnet18  # noqa: E402

SPECTRA = {"eigenvalues": 2, "products": 6, "tolerance": 0.05, "spectra_every": 1}
REPLACED = 4  # the live curves, a checkpoint, that one by the name of the one before, and the next
TEXTS = {"texts": 8, "length": 16, "batch": 4, "rate": 1e-3, "epochs": 2}


def pictures(data: Path) -> None:
    cases.class_folder(data).rename(data / "imagenet")
    weights = resnet18(5, width=2).state_dict()
    files.save_file({n: t.contiguous() for n, t in weights.items()}, data / "tiny.safetensors")


def sentences(data: Path) -> None:
    folder(data / "bert-base-uncased")
    archive(data, mrpc_train=many(24), mrpc_dev=many(10), rte_train=RTE, sst2_train=SST)


def strips(data: Path) -> None:
    cases.cifar_zip(data)


@dataclass(frozen=True)
class Family:
    """A run of two epochs a cell, made on the spot."""

    name: str
    data: Any
    settings: dict[str, Any]


FAMILIES = [
    Family("ns-sparsity", pictures, {
        "data": "ImageNet", "width": 2, "size": 16, "depths": [2], "batch": 3, "epochs": 2, "seeds": [1],
    }),
    Family("ns-finetune-vision", pictures, {
        "model": "tiny.safetensors", "data": "imagenet", "size": 32, "epochs": 2, "batch": 4, "seeds": [1],
        "hessian_images": 4, "large_rate": 0.05, **SPECTRA,
    }),
    Family("ns-finetune-language", sentences, {
        "model": "BERT-base", "seeds": [1], "dropout": 0.2, "hessian_texts": 3, **TEXTS, **SPECTRA,
    }),
    Family("ns-attention", sentences, {
        "model": "BERT-base", "seeds": [1], "dropout": 0.2, "width": 8, "layers": 2, "heads": 2, "key_heads": 1,
        "context": 8, "windows": 2, "steps": 50, "sgd_rate": 0.1, **TEXTS,
    }),
    Family("mf-figure-4", strips, {
        "seeds": [1], "width": 1, "images": 40, "validation": 20, "epochs": 2, "batch": 20, "sparsities": [0.5],
        "runs": ["hyp 0.01 0.05", "p10 0.1 0.05"], "shown": ["hyp 0.01 0.05"], "large": "p10 0.1 0.05",
        "sweep_epochs": 0,
    }),
]  # fmt: skip


def settled(family: Family, place: Path) -> tuple[Path, Path]:
    """The folder of the data and the file of the settings."""
    data, file = place / "data", place / "settings.toml"
    data.mkdir()
    family.data(data)
    file.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in family.settings.items()))
    return data, file


def until_it_dies(family: Family, out: Path, file: Path, data: Path, scale: float) -> None:
    """It dies where its second checkpoint is put in place. scale: what the weights in them are multiplied by."""
    replace, save, left = os.replace, checkpoints.save, REPLACED

    def last(source: Any, place: Any) -> None:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        replace(source, place)

    def scaled(place: Path, tensors: Any, head: dict[str, Any]) -> None:
        save(place, {n: t * scale if n.startswith("model/") else t for n, t in tensors.items()}, head)

    os.replace, checkpoints.save = last, scaled  # type: ignore[assignment]
    train(family.name, out, settings_file=file, data=data, checkpoint_seconds=0.0)


def ended(family: Family, out: Path, file: Path, data: Path) -> dict[str, Any]:
    run = train(family.name, out, settings_file=file, data=data)
    assert run is not None
    cells = {key: cell["state"] for key, cell in run.results["cells"].items()}
    assert all(cells.values()), run.results["notes"]
    return {key: run.results[key] for key in ("measured", "lines", "state")} | {"cells": cells}


QUICK = ("mf-figure-4",)


@pytest.mark.parametrize(
    "family", [pytest.param(f, id=f.name, marks=() if f.name in QUICK else pytest.mark.slow) for f in FAMILIES]
)
def test_it_goes_on_from_its_checkpoint(family: Family, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "SHARE", 0.0)
    data, file = settled(family, tmp_path)
    undisturbed = ended(family, tmp_path / "whole", file, data)
    for scale in (1, 2):
        out = tmp_path / f"killed {scale}"
        child = multiprocessing.get_context("fork").Process(target=until_it_dies, args=(family, out, file, data, scale))
        child.start()
        child.join(120)
        assert child.exitcode == -signal.SIGKILL and not (out / "results.json").exists()
        assert len(list((out / "cells").glob("*.safetensors.previous"))) == 1
        taken_up = ended(family, out, file, data)
        assert (taken_up == undisturbed) is (scale == 1), "weights that were changed in the checkpoint are gone on from"

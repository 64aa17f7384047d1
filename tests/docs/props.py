"""What stands on the stages: settings of seconds, made-up data and weights, and a SLURM that is none."""

from __future__ import annotations

import json
import tomllib
from typing import Any

from tests.docs.reader import Reader

Settings = dict[str, Any]
STEPS: dict[str, Settings] = {
    "ns-figure-1": {"steps": 200, "seeds": [1, 2]},
    "ns-figure-4": {"steps": 200, "seeds": [1, 2]},
    "ns-table-4": {"steps": 4, "part_steps": 2, "seeds": [1], "depths": [2, 10]},
}
SHORT: Settings = {"batch": 4, "seeds": [1]}
SPECTRA: Settings = {"eigenvalues": 1, "hessian_images": 2, "products": 4, "tolerance": 0.5, "spectra_every": 0}
TRAININGS: dict[str, Settings] = {  # half: bfloat16, which only a GPU computes well
    "ns-sparsity": {"width": 2, "depths": [2, 10], "size": 16, "images": 8, "tests": 4, "epochs": 1, "warmup": 0,
                    "half": False, **SHORT},
    "ns-finetune-vision": {"size": 32, "images": 8, "validation": 4, "epochs": 1, **SHORT, **SPECTRA},
}
SLURM = {
    "sbatch": 'cp "$1" "job.$$"; bash "job.$$" > "job.$$.log" 2>&1 & echo "Submitted batch job $!"',
    "scancel": 'kill $(cat "/proc/$1/task/$1/children") "$1"',
}


def toml(values: Settings) -> str:
    return "".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items())


def lessen(reader: Reader, folder: str, experiment: str, less: Settings) -> None:
    """The files of settings of an experiment, with these values in place of theirs."""
    found = [f for f in sorted((reader.root / folder).glob("*.toml")) if f.name.split(".")[0] == experiment]
    assert found, f"no experiment is called {experiment}"
    for file in found:
        file.write_text(toml(tomllib.loads(file.read_text()) | less))


def small_experiments(reader: Reader) -> None:
    for experiment, less in STEPS.items():
        lessen(reader, "numerics/experiments", experiment, less)


def small_trainings(reader: Reader) -> None:
    for experiment, less in TRAININGS.items():
        lessen(reader, "training/experiments", experiment, less)
    own = (reader.root / "training" / "experiments" / "ns-sparsity.small.toml").read_text()
    (reader.root / "my.toml").write_text(own)


def sweep_settings(reader: Reader) -> None:
    for name, rate in (("slow", 1e-5), ("fast", 1e-3)):
        (reader.root / f"{name}.toml").write_text(toml({"rate": rate, **STEPS["ns-figure-1"]}))


def slurm(reader: Reader) -> None:
    """Jobs begin at once, in the background."""
    for name, script in SLURM.items():
        reader.command(name, script)


def pictures(reader: Reader) -> None:
    """CIFAR-10's first strip, and pictures by class in place of ImageNet."""
    from tests.training.data.cases import cifar_zip, class_folder

    data = reader.root / "data"
    data.mkdir()
    reader.environment["MIRRORPROOF_DATA"] = "~/data"  # as the page exports it
    cifar_zip(data)
    class_folder(data).rename(data / "imagenet")


def weights(reader: Reader) -> None:
    from safetensors.torch import save_file

    from tests.training.models.test_folders import tiny_vit
    from training.models.efficientnet_lite import FILE, efficientnet_lite0
    from training.models.resnet import resnet18

    data = reader.root / "data"
    for name, model in ((FILE, efficientnet_lite0()), ("resnet18.safetensors", resnet18(5, width=2))):
        save_file({n: t.contiguous() for n, t in model.state_dict().items()}, data / name)
    tiny_vit().save_pretrained(data / "vit-large-patch16-224")


def checkpoints(reader: Reader) -> None:
    """A base and a tuned LLaMA, in the reader's home."""
    from tests.training.models.test_llama import checkpoint, state

    for seed, name in enumerate(("Llama-3.2-1B", "Llama-3.2-1B-Instruct"), 1):
        checkpoint(reader.root / name, state(seed))

"""Images a second of the sparsity experiment beside a plain loop of torch with a DataLoader: ResNet-20, depth 10.

    python benchmarks/images_speed.py [--out benchmarks/results/images_speed.json] [--device cuda] [--images 50000]

Both train the same factorised network by the same fused AdamW on made-up bytes of CIFAR's size, shifted and flipped
anew in every epoch. The plain loop is the usual one: a data set whose items are cut, flipped and normalised one by one,
a DataLoader with --workers processes, ``loss.item()`` after every step. Times are by the clock, the least of three
rounds in which the two take turns.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import torch
from common import processor
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from training.data.batches import CIFAR
from training.data.images import Labelled
from training.experiments.cells import Cell
from training.experiments.ns_sparsity import EXPERIMENT, Prepared, Settings, network, optimizer
from training.factorize import factorize

HERE = Path(__file__).resolve().parent
ROUNDS = 3
DEPTH, DECAY = 10, 1e-4


class Pictures(Dataset[tuple[Tensor, int]]):
    """Items as the usual transforms make them: to floats, zeros around and a square cut out, flipped, normalised."""

    def __init__(self, data: Labelled) -> None:
        self.data, self.shift = data, CIFAR.shift
        self.mean, self.std = torch.tensor(CIFAR.mean).view(3, 1, 1), torch.tensor(CIFAR.std).view(3, 1, 1)

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, k: int) -> tuple[Tensor, int]:
        x = self.data.images[k].float() / 255
        size, wide = x.shape[-1], nn.functional.pad(x, (self.shift,) * 4)
        top, left = torch.randint(0, 2 * self.shift + 1, (2,)).tolist()
        x = wide[:, top : top + size, left : left + size]
        if torch.rand(()) < 0.5:
            x = x.flip(-1)
        return (x - self.mean) / self.std, int(self.data.labels[k])


class Plain:
    """The usual loop; ``advance`` goes through the data once."""

    def __init__(self, s: Settings, data: Labelled, device: torch.device, workers: int) -> None:
        self.device, self.model = device, network(s, len(data.classes), 1)
        factorize(self.model, DEPTH)
        self.model.to(device)
        self.optimizer = optimizer(self.model, "decoupled", DECAY, s.rate)
        self.loader = DataLoader(
            Pictures(data), s.batch, shuffle=True, drop_last=True, num_workers=workers,
            persistent_workers=workers > 0, pin_memory=device.type == "cuda",
        )  # fmt: skip

    def advance(self, epoch: int) -> None:
        self.model.train()
        total = 0.0
        for inputs, labels in self.loader:
            inputs, labels = inputs.to(self.device, non_blocking=True), labels.to(self.device, non_blocking=True)
            loss = nn.functional.cross_entropy(self.model(inputs), labels)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            total += loss.item()


def seconds(run: Any, epoch: int, device: torch.device) -> float:
    begun = time.perf_counter()
    run.advance(epoch)
    if device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=HERE / "results" / "images_speed.json")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--images", type=int, default=1024)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    device = torch.device(options.device)
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (options.images, 3, 32, 32), generator=generator, dtype=torch.uint8)
    data = Labelled(images, torch.arange(options.images) % 10, tuple("0123456789"))
    s = Settings(depths=(DEPTH,), weak=DECAY, batch=options.batch, epochs=ROUNDS + 1)
    cell = Cell(f"decoupled_weak_{DEPTH}", 1)
    runs: dict[str, Any] = {
        "the experiment": EXPERIMENT.begin(s, cell, Prepared(data, data, CIFAR), device),
        "DataLoader": Plain(s, data, device, options.workers),
    }
    best = dict.fromkeys(runs, float("inf"))
    for epoch in range(ROUNDS + 1):  # the first one warms up
        for name, run in runs.items():
            spent = seconds(run, epoch, device)
            best[name] = min(best[name], spent) if epoch else best[name]
    whole = options.images // options.batch * options.batch
    speeds = {name: round(whole / spent, 1) for name, spent in best.items()}
    ratio = round(speeds["the experiment"] / speeds["DataLoader"], 3)
    print(f"images a second: {speeds}; {ratio} times the DataLoader's", flush=True)
    machine = torch.cuda.get_device_name() if device.type == "cuda" else processor()
    record = {"command": f"python benchmarks/images_speed.py --device {options.device} --images {options.images}"
              f" --batch {options.batch} --workers {options.workers}", "date": time.strftime("%Y-%m-%d"),
              "machine": machine, "torch": torch.__version__, "depth": DEPTH, "rounds": ROUNDS,
              "images a second": speeds, "times the DataLoader": ratio}  # fmt: skip
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()

"""What a factorised training step of ResNet-20 costs beside the plain one: time, and memory by what it is for.

    python benchmarks/factorized_step.py [--out benchmarks/results/factorized_step.json] [--batch 128] [--depths 2 4 10]

One step is forward, backward and Adam on a batch of 32 x 32 images, weights of convolutions and of the last layer being
products of L factors. Times are of the processor, one thread, the least of five rounds in which all take turns. Memory
is counted, not sampled: the parameters, their gradients, the state of the optimizer, and the tensors that the backward
pass keeps, each storage once.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from common import processor
from torch import Tensor, nn
from torch.nn.utils import parametrize

from training.factorize import factorize
from training.models.resnet import resnet20

HERE = Path(__file__).resolve().parent
ROUNDS = 5


def prepared(depth: int, inputs: Tensor, labels: Tensor) -> tuple[nn.Module, Callable[[], None], torch.optim.Adam]:
    """depth 0: the plain network."""
    model = resnet20(seed=0)
    if depth:
        factorize(model, depth)
    optimizer = torch.optim.Adam(model.parameters(), 1e-4, fused=True)

    def step() -> None:
        optimizer.zero_grad()
        with parametrize.cached():
            loss = nn.functional.cross_entropy(model(inputs), labels)
        loss.backward()
        optimizer.step()

    return model, step, optimizer


def kept(model: nn.Module, inputs: Tensor, labels: Tensor) -> int:
    """Bytes of the tensors that the backward pass keeps, the parameters apart."""
    own = {p.untyped_storage().data_ptr() for p in model.parameters()}
    storages: dict[int, int] = {}

    def pack(t: Tensor) -> Tensor:
        storage = t.untyped_storage()
        if storage.data_ptr() not in own:
            storages[storage.data_ptr()] = storage.nbytes()
        return t

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t), parametrize.cached():
        loss = nn.functional.cross_entropy(model(inputs), labels)  # kept alive: no address is used twice
    del loss
    return sum(storages.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=HERE / "results" / "factorized_step.json")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--depths", type=int, nargs="+", default=[2, 4, 10])
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(options.batch, 3, 32, 32, generator=generator).contiguous(memory_format=torch.channels_last)
    labels = torch.randint(0, 10, (options.batch,), generator=generator)
    made = {depth: prepared(depth, inputs, labels) for depth in (0, *options.depths)}
    best = dict.fromkeys(made, float("inf"))
    for _, step, _ in made.values():
        step()
    for _ in range(ROUNDS):
        for depth, (_, step, _) in made.items():
            begun = time.process_time()
            step()
            best[depth] = min(best[depth], time.process_time() - begun)
    rows: dict[str, Any] = {}
    for depth, (model, _, optimizer) in made.items():
        parameters = sum(p.numel() * p.element_size() for p in model.parameters())
        state = sum(t.numel() * t.element_size() for s in optimizer.state.values() for t in s.values())
        bytes_ = {"parameters": parameters, "gradients": parameters, "optimizer": state,
                  "kept for backward": kept(model, inputs, labels)}  # fmt: skip
        row: dict[str, Any] = {"seconds": round(best[depth], 4), "times plain": round(best[depth] / best[0], 3)}
        bytes_["all"] = sum(bytes_.values())
        row["MB"] = {name: round(n / 1e6, 2) for name, n in bytes_.items()}
        rows["plain" if depth == 0 else f"depth {depth}"] = row
        print(f"{'plain' if depth == 0 else f'depth {depth}':9} {row}", flush=True)
    for row in rows.values():
        row["memory times plain"] = round(row["MB"]["all"] / rows["plain"]["MB"]["all"], 3)
    depths = " ".join(map(str, options.depths))
    command = f"python benchmarks/factorized_step.py --batch {options.batch} --depths {depths}"
    record = {"command": command, "date": time.strftime("%Y-%m-%d"),
              "machine": processor(), "torch": torch.__version__, "batch": options.batch, "threads": 1,
              "rounds": ROUNDS, "steps": rows}  # fmt: skip
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()

"""CIFAR-10: 60,000 photographs of 32 x 32 in ten classes (A. Krizhevsky).

Two layouts. ``cifar10_part1.zip`` and ``cifar10_part2.zip`` hold lossless strips of 500 images below each other, mixed
so that every strip has 50 of each class; the digest of their pixels is in the first. ``cifar-10-batches-py`` is the
folder of the original files for Python, whose pickles are parsed and never loaded.
"""

from __future__ import annotations

import io
import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import torch

from training.data.archives import Archive, opened
from training.data.decoding import pixels
from training.data.images import Labelled, trained_or_tested
from training.data.pickles import parsed
from training.data.places import Missing, find

SIZES = {"train": 50_000, "test": 10_000}
STRIP = 500
PARTS = ("cifar10_part1.zip", "cifar10_part2.zip")
FOLDER = "cifar-10-batches-py"
CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
MEAN, STD = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)  # of the training images, by channel, of 1


def cifar10(split: str, data: Path | None = None, *, first: int | None = None) -> Labelled:
    """``train`` or ``test``; first: no more than so many, which of the strips are balanced. Raises Missing."""
    count = SIZES[trained_or_tested(split, "CIFAR-10")] if first is None else min(first, SIZES[split])
    if count < 1:
        raise ValueError(f"at least one image must be taken, not {count}")
    found = find(PARTS[0], data, alternatives=(FOLDER, f"cifar10/{FOLDER}"))
    images, labels = _strips(found, split, count) if found.suffix == ".zip" else _batches(found, split, count)
    if labels.min() < 0 or labels.max() > 9:
        raise Missing(f"{found}: a label is not one of the ten classes")
    return Labelled(torch.from_numpy(images), torch.from_numpy(labels.astype(np.int64)), CLASSES)


def _strips(part: Path, split: str, count: int) -> tuple[np.ndarray, np.ndarray]:
    with ExitStack() as stack:
        archives = [stack.enter_context(opened(part))]
        try:
            with np.load(io.BytesIO(archives[0].read("labels.npz")), allow_pickle=False) as stored:
                labels = stored[f"{split}_labels"]
        except (ValueError, KeyError, OSError, EOFError) as error:
            raise Missing(f"{part}: labels.npz holds no labels of the split {split}: {error}") from None
        if labels.shape != (SIZES[split],) or labels.dtype.kind not in "iu":
            raise Missing(f"{part}: labels.npz holds {labels.shape} labels, not {SIZES[split]}")
        out = np.empty((count, 3, 32, 32), np.uint8)
        for start in range(0, count, STRIP):
            name = f"{split}/{start // STRIP:03d}.webp"
            if name not in archives[0].names and len(archives) == 1:
                archives.append(stack.enter_context(opened(_second(part))))
            archive = next((a for a in archives if name in a.names), archives[-1])
            strip = pixels(archive.read(name), f"{archive.file}: {name}")
            if strip.shape != (32 * STRIP, 32, 3):
                raise Missing(f"{archive.file}: {name} is {strip.shape[1]} x {strip.shape[0]}, not 32 x {32 * STRIP}")
            taken = min(STRIP, count - start)
            out[start : start + taken] = strip.reshape(STRIP, 32, 32, 3)[:taken].transpose(0, 3, 1, 2)
        if count == SIZES[split]:
            _compare(archives[0], split, out)
    return out, labels[:count]


def _second(part: Path) -> Path:
    return find(PARTS[1], part.parent)


def _compare(archive: Archive, split: str, images: np.ndarray) -> None:
    """The digest of the pixels, where the archive tells one. Raises Missing where they differ."""
    import hashlib

    if "meta.json" not in archive.names:
        return
    try:
        said: Any = json.loads(archive.read("meta.json"))[split]["pixels_sha256"]
    except (ValueError, KeyError, TypeError):
        raise Missing(f"{archive.file}: meta.json tells no digest of the split {split}") from None
    whole = hashlib.sha256(np.ascontiguousarray(images.transpose(0, 2, 3, 1)).tobytes()).hexdigest()
    if whole != said:
        raise Missing(f"{archive.file}: the pixels of the split {split} are not those that meta.json tells")


def _batches(folder: Path, split: str, count: int) -> tuple[np.ndarray, np.ndarray]:
    names = [f"data_batch_{k}" for k in range(1, 6)] if split == "train" else ["test_batch"]
    images, labels = [], []
    for name in names[: -(-count // 10_000)]:
        file = find(name, folder)
        held = parsed(file)
        rows, own = (held.get("data"), held.get("labels")) if isinstance(held, dict) else (None, None)
        if not isinstance(rows, np.ndarray) or rows.shape != (10_000, 3072) or rows.dtype != np.uint8:
            raise Missing(f"{file}: holds no bytes of 10,000 images")
        if not isinstance(own, list) or len(own) != len(rows) or not all(type(k) is int for k in own):
            raise Missing(f"{file}: holds no 10,000 labels")
        images.append(rows.reshape(-1, 3, 32, 32))
        labels.extend(own)
    return np.concatenate(images)[:count], np.array(labels[:count])

"""MNIST: 70,000 handwritten digits of 28 x 28 (Y. LeCun, C. Cortes, C. Burges).

Two layouts: ``mnist.npz.xz`` with the arrays ``train_images``, ``train_labels``, ``test_images``, ``test_labels``, and
the idx files of the original, packed by gzip or not, below ``MNIST/raw``.
"""

from __future__ import annotations

import gzip
import io
import lzma
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import torch

from training.data.images import Labelled, trained_or_tested
from training.data.places import Missing, find

SIZES = {"train": 60_000, "test": 10_000}
MOST_BYTES = 2**27
CLASSES = tuple("0123456789")


def mnist(split: str, data: Path | None = None) -> Labelled:
    """``train`` or ``test``, one channel. Raises Missing."""
    trained_or_tested(split, "MNIST")
    stem = "train" if split == "train" else "t10k"
    raw = [f"{room}{stem}-images-idx3-ubyte{end}" for room in ("MNIST/raw/", "") for end in ("", ".gz")]
    found = find("mnist.npz.xz", data, alternatives=("mnist.npz", *raw))
    images, labels = _arrays(found, split) if ".npz" in found.name else _files(found)
    if images.shape != (SIZES[split], 28, 28) or labels.shape != (SIZES[split],) or images.dtype != np.uint8:
        raise Missing(f"{found}: holds {images.shape} images and {labels.shape} labels, not {SIZES[split]} of 28 x 28")
    if labels.dtype.kind not in "iu" or labels.min() < 0 or labels.max() > 9:
        raise Missing(f"{found}: a label is no digit")
    return Labelled(torch.from_numpy(images)[:, None], torch.from_numpy(labels.astype(np.int64)), CLASSES)


def _arrays(file: Path, split: str) -> tuple[np.ndarray, np.ndarray]:
    content = _unpacked(file)
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            return stored[f"{split}_images"], stored[f"{split}_labels"]
    except (ValueError, KeyError, OSError, EOFError, zlib.error) as error:
        raise Missing(f"{file}: not the arrays of MNIST: {error}") from None


def _files(images: Path) -> tuple[np.ndarray, np.ndarray]:
    labels = images.name.replace("images-idx3", "labels-idx1").removesuffix(".gz")
    other = find(labels, images.parent, alternatives=(f"{labels}.gz",))
    return idx(images, 3), idx(other, 1)


def idx(file: Path, dimensions: int) -> np.ndarray:
    """An idx file of bytes: 0, 0, 8, the number of dimensions, each as a big-endian uint32, then the bytes."""
    raw = _unpacked(file)
    head = 4 + 4 * dimensions
    if len(raw) < head or raw[:4] != bytes((0, 0, 8, dimensions)):
        raise Missing(f"{file}: no idx file of bytes in {dimensions} dimensions")
    shape = tuple(int(n) for n in np.frombuffer(raw[4:head], ">u4"))
    if int(np.prod(np.array(shape, object))) != len(raw) - head:
        raise Missing(f"{file}: {len(raw) - head} bytes do not fill {shape}; it is cut short or another file")
    return np.frombuffer(raw[head:], np.uint8).reshape(shape).copy()


def _unpacked(file: Path) -> bytes:
    opener: Any = {".xz": lzma.open, ".gz": gzip.open}.get(file.suffix, open)
    try:
        with opener(file, "rb") as stream:
            content: bytes = stream.read(MOST_BYTES + 1)
    except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
        raise Missing(f"{file}: cannot be unpacked: {error}; fetch the file again") from None
    if len(content) > MOST_BYTES:
        raise Missing(f"{file}: unpacks to more than {MOST_BYTES} bytes")
    return content

"""Labelled images as bytes: CIFAR-10, MNIST, Flowers-102 and folders of pictures, from wherever a user keeps them.

Every loader takes the folder of the data (``training.data.places``) and gives ``Labelled``; a file that is missing, cut
short or not what its name says raises ``Missing`` with one line.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from training.data.places import Missing

SPLITS = ("train", "val", "test")


@dataclass(frozen=True)
class Labelled:
    """images: (n, channels, height, width), uint8; labels: (n,), int64 in [0, len(classes))."""

    images: Tensor
    labels: Tensor
    classes: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.images.ndim != 4 or self.images.dtype != torch.uint8:
            raise ValueError(f"images must be bytes (n, channels, height, width), not {tuple(self.images.shape)}")
        if self.labels.shape != self.images.shape[:1]:
            raise ValueError(f"{len(self.images)} images and {len(self.labels)} labels do not fit")
        if len(self.labels) and not 0 <= int(self.labels.min()) <= int(self.labels.max()) < len(self.classes):
            raise ValueError(f"labels must lie in [0, {len(self.classes)})")

    def __len__(self) -> int:
        return len(self.labels)

    def to(self, device: torch.device | str) -> Labelled:
        return replace(self, images=self.images.to(device), labels=self.labels.to(device))

    def first(self, count: int) -> Labelled:
        """The first images, all where there are no more. Raises ValueError for fewer than one."""
        if count < 1:
            raise ValueError(f"at least one image must be taken, not {count}")
        return replace(self, images=self.images[:count], labels=self.labels[:count])

    def balanced(self, each: int) -> Labelled:
        """The first ``each`` images of every class, in the order of the data."""
        if each < 1:
            raise ValueError(f"at least one image of each class must be taken, not {each}")
        place = torch.empty_like(self.labels)
        for label in range(len(self.classes)):
            own = self.labels == label
            place[own] = torch.arange(int(own.sum()), device=place.device)
        kept = place < each
        return replace(self, images=self.images[kept], labels=self.labels[kept])

    def resized(self, size: int, batch: int = 512) -> Labelled:
        """size x size, bilinear with a low pass where it shrinks, rounded to bytes."""
        if self.images.shape[-2:] == (size, size):
            return self
        small = [
            torch.nn.functional.interpolate(part.float(), (size, size), mode="bilinear", antialias=True)
            .round_().clamp_(0, 255).byte()
            for part in self.images.split(batch)
        ]  # fmt: skip
        return replace(self, images=torch.cat(small))


def load(name: str, split: str, data: Path | None = None, *, first: int | None = None, size: int = 128) -> Labelled:
    """``cifar10``, ``mnist``, ``flowers102``, ``flowers12``, or the name of a folder of pictures by class.

    first: no more than so many images; size: of flowers and pictures, which are cut to squares. MNIST and CIFAR-10 have
    the splits train and test alone. Raises Missing, and ValueError for an unknown split.
    """
    from training.data import cifar, digits, flowers, pictures

    if split not in SPLITS:
        raise ValueError(f"split must be one of {', '.join(SPLITS)}, not {split!r}")
    if name == "cifar10":
        return cifar.cifar10(split, data, first=first)
    if name == "mnist":
        found = digits.mnist(split, data)
    elif name == "flowers102":
        found = flowers.flowers102(split, data, size=size)
    else:
        found = pictures.by_class("flowers12_224.zip" if name == "flowers12" else name, split, data, size=size)
    return found if first is None else found.first(first)


def trained_or_tested(split: str, name: str) -> str:
    """train or test; raises Missing for a split that the data do not have."""
    if split not in ("train", "test"):
        raise Missing(f"{name} has the splits train and test, not {split}")
    return split

"""Batches from bytes that lie on the device: normalised and augmented a batch at a time, in a repeatable order.

Order, shifts, flips and zooms of an epoch are functions of (seed, epoch) alone, drawn on the processor by a generator
of their own, so that they are the same on every device, and the same again when a run is taken up in the middle.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from training.data.images import Labelled


@dataclass(frozen=True)
class Recipe:
    """x -> (x/255 - mean)/std by channel; in training also, each drawn for every image:

    shift: zeros are put around so many pixels wide and a square of the old size is cut out anywhere in it;
    flip: left and right change places with probability 1/2; zoom: a part of the area in [zoom, 1] is enlarged to the
    whole (1: none). ``mean`` and ``std`` have one entry for each channel, or one for all.
    """

    mean: tuple[float, ...] = (0.5,)
    std: tuple[float, ...] = (0.5,)
    shift: int = 0
    flip: bool = False
    zoom: float = 1.0

    def __post_init__(self) -> None:
        if len(self.mean) != len(self.std) or not all(s > 0 for s in self.std):
            raise ValueError("mean and std must have as many entries, and std positive ones")
        if self.shift < 0 or not 0 < self.zoom <= 1:
            raise ValueError("shift must be at least 0 and zoom lie in (0, 1]")

    def plain(self, images: Tensor) -> Tensor:
        """(n, c, h, w) of bytes, normalised; no augmentation."""
        mean = torch.tensor(self.mean, device=images.device).view(1, -1, 1, 1) * 255
        scale = 1 / (torch.tensor(self.std, device=images.device).view(1, -1, 1, 1) * 255)
        return (images.float() - mean) * scale


CIFAR = Recipe((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616), shift=4, flip=True)
IMAGENET = Recipe((0.485, 0.456, 0.406), (0.229, 0.224, 0.225), flip=True)


@dataclass(frozen=True)
class Draws:
    """What is random in an epoch of n images, by their places in the data: (n,) or (n, 2), on the processor."""

    order: Tensor
    shifts: Tensor  # in [0, 2 shift]
    flips: Tensor
    zooms: Tensor  # share of the area, and where the part lies in what is left, in [0, 1]


def draws(n: int, recipe: Recipe, seed: int, epoch: int) -> Draws:
    """A function of its arguments alone. Raises ValueError for a negative seed or epoch."""
    generator = seeded(seed, epoch)
    order = torch.randperm(n, generator=generator)
    shifts = torch.randint(0, 2 * recipe.shift + 1, (n, 2), generator=generator)
    flips = (torch.rand(n, generator=generator) < 0.5) & recipe.flip
    zooms = torch.rand(n, 3, generator=generator)
    zooms[:, 0] = recipe.zoom + (1 - recipe.zoom) * zooms[:, 0]
    return Draws(order, shifts, flips, zooms)


def seeded(seed: int, *rest: int) -> torch.Generator:
    """A generator on the processor whose stream is a function of the numbers, mixed so that no two sets share one."""
    import hashlib

    if min(seed, *rest, 0) < 0:
        raise ValueError(f"seeds and epochs must not be negative: {(seed, *rest)}")
    digest = hashlib.sha256(",".join(map(str, (seed, *rest))).encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:8], "big") >> 1)


def augmented(images: Tensor, recipe: Recipe, shifts: Tensor, flips: Tensor, zooms: Tensor) -> Tensor:
    """Normalised images, shifted, flipped and enlarged by the draws of each; all sizes as before."""
    x = recipe.plain(images)
    device = x.device
    shifts, flips, zooms = shifts.to(device), flips.to(device), zooms.to(device)
    if recipe.zoom < 1:
        x = _zoomed(x, zooms)
    if not recipe.shift and not recipe.flip:
        return x
    _, _, height, width = x.shape
    rows = shifts[:, :1] + torch.arange(height, device=device)
    columns = torch.arange(width, device=device)
    columns = shifts[:, 1:] + torch.where(flips[:, None], columns.flip(0), columns)
    x = torch.nn.functional.pad(x, (recipe.shift,) * 4)
    each = torch.arange(len(x), device=device)[:, None, None]
    return x.permute(0, 2, 3, 1)[each, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def _zoomed(x: Tensor, zooms: Tensor) -> Tensor:
    side = zooms[:, 0].sqrt()
    theta = torch.zeros(len(x), 2, 3, device=x.device)
    theta[:, 0, 0] = theta[:, 1, 1] = side
    theta[:, :, 2] = (2 * zooms[:, 1:] - 1) * (1 - side)[:, None]
    grid = torch.nn.functional.affine_grid(theta, list(x.shape), align_corners=False)
    return torch.nn.functional.grid_sample(x, grid, padding_mode="reflection", align_corners=False)


class Batches:
    """Batches of one data set. ``epoch(k)``: for training, in the order of (seed, k); ``plain()``: in that of the data.

    device: where the batches go; the bytes are moved there once unless they are ``streamed`` (mapped files that are
    larger than its memory). whole: a last batch that is smaller is left out, so that all have one shape.
    """

    def __init__(
        self, data: Labelled, size: int, recipe: Recipe, *, seed: int = 0, device: torch.device | str = "cpu",
        whole: bool = False, streamed: bool = False, channels_last: bool = False,
    ) -> None:  # fmt: skip
        if size < 1 or (whole and size > len(data)):
            raise ValueError(f"a batch must have between 1 and {len(data)} images, not {size}")
        if data.images.shape[1] % len(recipe.mean):
            raise ValueError(f"images of {data.images.shape[1]} channels do not fit {len(recipe.mean)} means")
        self.data = data if streamed else data.to(device)
        self.size, self.recipe, self.seed, self.device = size, recipe, seed, torch.device(device)
        self.whole, self.format = whole, torch.channels_last if channels_last else torch.contiguous_format

    def __len__(self) -> int:
        return len(self.data) // self.size if self.whole else -(-len(self.data) // self.size)

    def epoch(self, epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
        """(inputs, labels), augmented; every image once."""
        drawn = draws(len(self.data), self.recipe, self.seed, epoch)
        for k in range(len(self)):
            chosen = drawn.order[k * self.size : (k + 1) * self.size]
            images, labels = self._taken(chosen)
            x = augmented(images, self.recipe, drawn.shifts[chosen], drawn.flips[chosen], drawn.zooms[chosen])
            yield x.contiguous(memory_format=self.format), labels

    def plain(self) -> Iterator[tuple[Tensor, Tensor]]:
        """(inputs, labels), not augmented."""
        for k in range(len(self)):
            images, labels = self._taken(torch.arange(k * self.size, min((k + 1) * self.size, len(self.data))))
            yield self.recipe.plain(images).contiguous(memory_format=self.format), labels

    def _taken(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        place = chosen.to(self.data.images.device)
        return self.data.images[place].to(self.device), self.data.labels[place].to(self.device)

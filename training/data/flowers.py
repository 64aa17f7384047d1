"""Oxford Flowers-102: photographs of 102 species (M.-E. Nilsback and A. Zisserman), cut to squares.

Two layouts: torchvision's folder ``flowers-102`` with ``jpg/``, ``imagelabels.mat`` and ``setid.mat``; and the archives
``flowers102_128_trainval.zip`` and ``flowers102_128_test_sub15.zip`` of 128 x 128 crops with ``labels.csv`` (a part of
the images, in the official split; some species have none).
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import torch

from training.data.archives import Archive, opened
from training.data.decoding import square
from training.data.images import Labelled
from training.data.places import Missing, find

SPECIES = 102
FOLDER = "flowers-102"
PARTS = {"train": "flowers102_128_trainval.zip", "val": "flowers102_128_trainval.zip",
         "test": "flowers102_128_test_sub15.zip"}  # fmt: skip
SETS = {"train": "trnid", "val": "valid", "test": "tstid"}


def flowers102(split: str, data: Path | None = None, *, size: int = 128) -> Labelled:
    """``train``, ``val`` or ``test``; labels as in the official files, from 0. Raises Missing."""
    found = find(PARTS[split], data, alternatives=(FOLDER, f"flowers102/{FOLDER}"))
    if found.suffix == ".zip":
        images, labels = _archive(found, split, size)
    else:
        images, labels = _folder(found, split, size)
    if not labels:
        raise Missing(f"{found}: holds no image of the split {split}")
    if not 0 <= min(labels) <= max(labels) < SPECIES:
        raise Missing(f"{found}: a label is not one of the {SPECIES} species")
    names = tuple(f"species {k + 1}" for k in range(SPECIES))
    return Labelled(torch.from_numpy(np.stack(images)), torch.tensor(labels), names)


def _archive(file: Path, split: str, size: int) -> tuple[list[np.ndarray], list[int]]:
    with opened(file) as archive:
        rows = _rows(archive, split)
        names = [f"image_{image:05d}.jpg" for image, _ in rows]
        images = [square(archive.read(name), size, f"{file}: {name}") for name in names]
    return images, [label for _, label in rows]


def _rows(archive: Archive, split: str) -> list[tuple[int, int]]:
    try:
        table = csv.DictReader(io.StringIO(archive.read("labels.csv").decode()))
        return [(int(row["image_id"]), int(row["label0"])) for row in table if row["official_split"] == split]
    except (KeyError, ValueError, TypeError, csv.Error):
        raise Missing(f"{archive.file}: labels.csv has no columns image_id, label0, official_split") from None


def _folder(folder: Path, split: str, size: int) -> tuple[list[np.ndarray], list[int]]:
    labels = _matrix(find("imagelabels.mat", folder), "labels")
    chosen = _matrix(find("setid.mat", folder), SETS[split])
    if not len(chosen) or not 1 <= chosen.min() <= chosen.max() <= len(labels):
        raise Missing(f"{folder}: setid.mat does not fit to imagelabels.mat")
    images = []
    for image in chosen.tolist():
        file = find(f"jpg/image_{image:05d}.jpg", folder)
        images.append(square(file.read_bytes(), size, str(file)))
    return images, [int(labels[image - 1]) - 1 for image in chosen.tolist()]


def _matrix(file: Path, name: str) -> Any:
    from scipy.io import loadmat

    try:
        return np.asarray(loadmat(file, variable_names=[name])[name]).reshape(-1).astype(np.int64)
    except Exception as error:  # the reader of mat files raises of all kinds on broken ones
        said = (str(error) or type(error).__name__).splitlines()[0]
        raise Missing(f"{file}: holds no {name}: {said}") from None

"""Small data in the layouts that users have, made on the spot; flat colours, which pack and unpack in no time."""

from __future__ import annotations

import gzip
import io
import lzma
import pickle
import struct
import zipfile
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

Image: Any = __import__("PIL.Image", fromlist=["Image"])


def rng(seed: int = 3) -> np.random.Generator:
    return np.random.default_rng(seed)


def picture(colour: tuple[int, int, int], size: tuple[int, int] = (20, 16), kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind, **({"quality": 95} if kind == "JPEG" else {}))
    return out.getvalue()


def strip(images: np.ndarray) -> bytes:
    """(500, 3, 32, 32) below each other, lossless."""
    out = io.BytesIO()
    rows = images.transpose(0, 2, 3, 1).reshape(-1, 32, 3)
    Image.fromarray(rows).save(out, "WEBP", lossless=True, method=0, exact=True)
    return out.getvalue()


def cifar_images(count: int) -> np.ndarray:
    colours = rng().integers(0, 256, (count, 3, 1, 1), dtype=np.uint8)
    images = np.repeat(np.repeat(colours, 32, 2), 32, 3)
    images[:, 0, 0] = 7  # the first row is told from the last
    images[:, :, :, 0] = 9
    return images


def cifar_zip(folder: Path, strips: int = 1) -> np.ndarray:
    """The first part, with the first strip of the training images and of the test images; gives those for training."""
    images = cifar_images(500 * strips)
    labels = np.tile(np.arange(10, dtype=np.uint8), 5000)
    packed = io.BytesIO()
    np.savez(packed, train_labels=labels, test_labels=labels[:10_000])
    with zipfile.ZipFile(folder / "cifar10_part1.zip", "w") as archive:
        archive.writestr("labels.npz", packed.getvalue())
        archive.writestr("test/000.webp", strip(images[:500]))
        archive.writestr("train/000.webp", strip(images[:500]))
    if strips > 1:
        with zipfile.ZipFile(folder / "cifar10_part2.zip", "w") as archive:
            archive.writestr("train/001.webp", strip(images[500:1000]))
    return images


class OldPickler(pickle._Pickler):  # type: ignore[name-defined]
    """Writes text and bytes as Python 2 wrote its strings."""

    dispatch: ClassVar[dict[Any, Any]] = dict(pickle._Pickler.dispatch)  # type: ignore[attr-defined]

    def _string(self, value: Any) -> None:
        raw = value.encode("latin-1") if isinstance(value, str) else value
        head = b"U" + struct.pack("<B", len(raw)) if len(raw) < 256 else b"T" + struct.pack("<i", len(raw))
        self.write(head + raw)
        self.memoize(value)

    dispatch[str] = _string
    dispatch[bytes] = _string


def old_pickle(value: Any) -> bytes:
    out = io.BytesIO()
    OldPickler(out, protocol=2).dump(value)
    return out.getvalue().replace(b"numpy._core.", b"numpy.core.")


def cifar_folder(folder: Path, *, old: bool = True) -> np.ndarray:
    """torchvision's folder with the test images."""
    images = np.tile(cifar_images(500), (20, 1, 1, 1))
    held = {"batch_label": "testing batch 1 of 1", "labels": [k % 10 for k in range(10_000)],
            "data": images.reshape(10_000, -1), "filenames": [f"{k}.png" for k in range(10_000)]}  # fmt: skip
    (folder / "cifar-10-batches-py").mkdir()
    raw = old_pickle(held) if old else pickle.dumps(held, protocol=4)
    (folder / "cifar-10-batches-py" / "test_batch").write_bytes(raw)
    return images


def digit_files(folder: Path, layout: str) -> np.ndarray:
    """The test images of MNIST: ``xz``, ``idx`` or ``gz``."""
    images = np.tile(rng().integers(0, 256, (100, 28, 28), dtype=np.uint8), (100, 1, 1))
    labels = np.tile(np.arange(10, dtype=np.uint8), 1000)
    if layout == "xz":
        out = io.BytesIO()
        np.savez(out, test_images=images, test_labels=labels)
        (folder / "mnist.npz.xz").write_bytes(lzma.compress(out.getvalue(), preset=0))
        return images
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name, array in (("t10k-images-idx3-ubyte", images), ("t10k-labels-idx1-ubyte", labels)):
        head = bytes((0, 0, 8, array.ndim)) + struct.pack(f">{array.ndim}I", *array.shape)
        content = head + array.tobytes()
        ending, packed = (".gz", gzip.compress(content, 1)) if layout == "gz" else ("", content)
        (raw / (name + ending)).write_bytes(packed)
    return images


COLOURS = [(250, 10, 10), (10, 250, 10), (10, 10, 250), (240, 240, 10), (10, 240, 240), (128, 128, 128)]


def flower_zip(folder: Path) -> None:
    """Six images, two in each split; the species of image k is 10 k."""
    for name, splits in (("trainval", ("train", "val")), ("test_sub15", ("test",))):
        with zipfile.ZipFile(folder / f"flowers102_128_{name}.zip", "w") as archive:
            rows = ["image_id,label0,official_split"]
            for k, colour in enumerate(COLOURS):
                split = ("train", "val", "test")[k % 3]
                if split in splits:
                    archive.writestr(f"image_{k + 1:05d}.jpg", picture(colour, (128, 128), "JPEG"))
                    rows.append(f"{k + 1},{10 * (k + 1)},{split}")
            archive.writestr("labels.csv", "\n".join(rows))


def flower_folder(folder: Path) -> None:
    """The same in torchvision's layout."""
    from scipy.io import savemat

    room = folder / "flowers-102"
    (room / "jpg").mkdir(parents=True)
    for k, colour in enumerate(COLOURS):
        (room / "jpg" / f"image_{k + 1:05d}.jpg").write_bytes(picture(colour, (150, 128), "JPEG"))
    savemat(room / "imagelabels.mat", {"labels": np.array([[10 * (k + 1) + 1 for k in range(6)]])})
    savemat(room / "setid.mat", {"trnid": [[1, 4]], "valid": [[2, 5]], "tstid": [[3, 6]]})


def class_folder(folder: Path) -> Path:
    """pictures/{train,test}/{blue,green,red}/*.png, wider than high."""
    room = folder / "pictures"
    for k, name in enumerate(("red", "green", "blue")):
        for split, count in (("train", 3), ("test", 1)):
            (room / split / name).mkdir(parents=True)
            for n in range(count):
                (room / split / name / f"{n}.png").write_bytes(picture(COLOURS[k]))
    return room


def zipped(folder: Path, file: Path) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        for member in sorted(folder.rglob("*.png")):
            archive.write(member, member.relative_to(folder).as_posix())


def cut(file: Path, share: float = 0.5) -> None:
    """What an interrupted download leaves."""
    raw = file.read_bytes()
    file.write_bytes(raw[: int(len(raw) * share)])

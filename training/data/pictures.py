"""Pictures sorted into folders by class, as ImageNet is kept: train/CLASS/PICTURE, val/CLASS/PICTURE, in a zip or not.

They are decoded once, cut to squares of one size, by several threads: Pillow lets go of the interpreter while it works.
What does not fit into memory is kept in a file of bytes beside which lies what it was made of, and is mapped.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from pathlib import Path

import numpy as np
import torch

from training.data.archives import Archive, opened
from training.data.decoding import pillow, square
from training.data.images import Labelled
from training.data.places import Missing, find

ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".bmp")
MOST_IN_MEMORY = 8 * 2**30
OTHER = {"val": "test", "test": "val"}


def by_class(
    name: str, split: str, data: Path | None = None, *, size: int = 224, kept: Path | None = None, threads: int = 2
) -> Labelled:
    """The pictures of a split, classes in the order of their names; ``val`` and ``test`` stand for each other.

    kept: a folder for the decoded bytes, which is needed where they are more than ``MOST_IN_MEMORY``. Raises Missing.
    """
    found = find(name, data)
    with opened(found) if found.is_file() else nullcontext() as archive:
        names = sorted(archive.names if archive else _files(found))
        rooms = {n.split("/", 1)[0] for n in names if n.count("/") == 2}
        room = split if split in rooms else OTHER.get(split, split)
        own = [n for n in names if n.count("/") == 2 and n.startswith(f"{room}/") and n.lower().endswith(ENDINGS)]
        if not own:
            raise Missing(f"{found}: holds no pictures like {split}/CLASS/NAME.jpg")
        classes = tuple(sorted({n.split("/")[1] for n in own}))
        place = {c: k for k, c in enumerate(classes)}
        labels = torch.tensor([place[n.split("/")[1]] for n in own])
        images = _decoded(_reader(found, archive), own, size, found, kept, threads)
    return Labelled(images, labels, classes)


def _files(folder: Path) -> Iterable[str]:
    for room, _, files in os.walk(folder):
        below = Path(room).relative_to(folder).as_posix()
        yield from (f"{below}/{file}" for file in files)


def _reader(found: Path, archive: Archive | None) -> Callable[[str], bytes]:
    def read(name: str) -> bytes:
        if archive is not None:
            return archive.read(name)
        try:
            return (found / name).read_bytes()
        except OSError as error:
            raise Missing(f"{found / name}: {error.strerror or error}") from None

    return read


def _decoded(
    read: Callable[[str], bytes], names: list[str], size: int, found: Path, kept: Path | None, threads: int
) -> torch.Tensor:
    shape = (len(names), 3, size, size)
    total = int(np.prod(shape))
    if kept is None and total > MOST_IN_MEMORY:
        raise Missing(f"{found}: {total} bytes of pictures do not fit into memory; name a folder to keep them in")
    pillow()
    if kept is None:
        out = np.empty(shape, np.uint8)
        _fill(out, read, names, size, found, threads)
        return torch.from_numpy(out)
    print_ = hashlib.sha256(json.dumps([str(found.resolve()), size, names]).encode()).hexdigest()[:16]
    file = kept / f"{found.stem}-{size}-{print_}.bytes"
    try:
        kept.mkdir(parents=True, exist_ok=True)
        with _alone(file.with_suffix(".lock")):  # of several processes one decodes, the others wait for it
            if not file.is_file() or file.stat().st_size != total:
                unready = file.with_suffix(".unready")
                mapped = _room(unready, shape)
                _fill(mapped, read, names, size, found, threads)
                mapped.flush()
                unready.replace(file)
    except OSError as error:
        raise Missing(f"{file}: cannot keep {total} bytes of pictures: {error.strerror or error}") from None
    return torch.from_numpy(np.memmap(file, np.uint8, "r+", shape=shape))


def _room(file: Path, shape: tuple[int, ...]) -> np.memmap:
    """A mapped file of so many bytes, which are taken from the disk at once; raises OSError where it has them not.

    Where a disk turns out to be full when a page of a map is written, the process is killed.
    """
    try:
        with file.open("wb") as out:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(out.fileno(), 0, int(np.prod(shape)))
        return np.memmap(file, np.uint8, "r+" if file.stat().st_size else "w+", shape=shape)
    except OSError:
        file.unlink(missing_ok=True)
        raise


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    try:
        import fcntl
    except ImportError:  # no such locks on this system
        yield
        return
    with file.open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fill(
    out: np.ndarray, read: Callable[[str], bytes], names: list[str], size: int, found: Path, threads: int
) -> None:
    def one(k: int) -> None:
        out[k] = square(read(names[k]), size, f"{found}: {names[k]}")

    with ThreadPoolExecutor(max(1, threads)) as pool:
        for done in pool.map(one, range(len(names)), chunksize=64):
            assert done is None

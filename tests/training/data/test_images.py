"""Every layout gives the same images; every file that is missing, cut short or another one is refused in one line."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("PIL")

from tests.training.data import cases  # noqa: E402
from training.data.images import Labelled, load  # noqa: E402
from training.data.places import Missing  # noqa: E402


def test_strips_of_cifar(tmp_path: Path) -> None:
    images = cases.cifar_zip(tmp_path, strips=2)
    found = load("cifar10", "train", tmp_path, first=700)
    assert np.array_equal(found.images.numpy(), images[:700])
    assert found.labels[:12].tolist() == [*range(10), 0, 1] and len(found.classes) == 10
    assert len(found.first(30).balanced(2)) == 20
    assert found.balanced(1).labels.tolist() == list(range(10))


@pytest.mark.parametrize("old", [True, False])
def test_the_folder_of_cifar_is_parsed(tmp_path: Path, old: bool) -> None:
    images = cases.cifar_folder(tmp_path, old=old)
    found = load("cifar10", "test", tmp_path)
    assert np.array_equal(found.images.numpy(), images) and found.labels[:3].tolist() == [0, 1, 2]


@pytest.mark.parametrize("layout", ["xz", "idx", "gz"])
def test_digits(tmp_path: Path, layout: str) -> None:
    images = cases.digit_files(tmp_path, layout)
    found = load("mnist", "test", tmp_path)
    assert np.array_equal(found.images[:, 0].numpy(), images) and found.labels[10] == 0


@pytest.mark.parametrize("layout", [cases.flower_zip, cases.flower_folder])
def test_flowers(tmp_path: Path, layout: Callable[[Path], None]) -> None:
    layout(tmp_path)
    for k, split in enumerate(("train", "val", "test")):
        found = load("flowers102", split, tmp_path, size=32)
        assert found.labels.tolist() == [10 * (k + 1), 10 * (k + 4)] and found.images.shape == (2, 3, 32, 32)
        wanted = torch.tensor([cases.COLOURS[k], cases.COLOURS[k + 3]])
        assert (found.images.float().mean((2, 3)) - wanted).abs().max() < 6  # JPEG


def test_pictures_by_class(tmp_path: Path) -> None:
    room = cases.class_folder(tmp_path)
    found = load("pictures", "train", tmp_path, size=8)
    assert found.classes == ("blue", "green", "red") and found.labels.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert found.images[-1, :, 0, 0].tolist() == [250, 10, 10]
    assert torch.equal(load("pictures", "val", tmp_path, size=8).labels, torch.arange(3))  # val stands for test
    cases.zipped(room, tmp_path / "packed.zip")
    assert torch.equal(load("packed.zip", "train", tmp_path, size=8).images, found.images)


def test_decoded_bytes_are_kept(tmp_path: Path) -> None:
    from training.data.pictures import by_class

    cases.class_folder(tmp_path)
    plain = by_class("pictures", "train", tmp_path, size=8)
    for _ in range(2):
        mapped = by_class("pictures", "train", tmp_path, size=8, kept=tmp_path / "kept")
        assert torch.equal(mapped.images, plain.images)
    assert [file.suffix for file in sorted((tmp_path / "kept").iterdir())] == [".bytes", ".lock"]


def test_processes_that_keep_the_same_bytes_wait_for_each_other(tmp_path: Path) -> None:
    from training.data.pictures import by_class

    cases.class_folder(tmp_path)
    plain = by_class("pictures", "train", tmp_path, size=8)
    with ThreadPoolExecutor(4) as many:
        found = list(many.map(lambda _: by_class("pictures", "train", tmp_path, size=8, kept=tmp_path / "k"), range(8)))
    assert all(torch.equal(each.images, plain.images) for each in found)


def test_bytes_for_which_there_is_no_room_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from training.data.pictures import by_class

    cases.class_folder(tmp_path)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "posix_fallocate", full)
        with pytest.raises(Missing, match="cannot keep 1728 bytes of pictures: No space left") as told:
            by_class("pictures", "train", tmp_path, size=8, kept=tmp_path / "kept")
    assert "\n" not in str(told.value) and not list((tmp_path / "kept").glob("*bytes*"))
    assert len(by_class("pictures", "train", tmp_path, size=8, kept=tmp_path / "kept")) == 9


def test_resizing() -> None:
    step = torch.zeros(1, 1, 8, 8, dtype=torch.uint8)
    step[..., 4:] = 200
    data = Labelled(step, torch.zeros(1, dtype=torch.int64), ("one",))
    assert data.resized(8) is data
    small = data.resized(2).images[0, 0]
    assert small[0, 0] < 30 and small[0, 1] > 170 and data.resized(16).images.shape[-1] == 16


def test_images_and_labels_must_fit() -> None:
    images = torch.zeros(2, 3, 4, 4, dtype=torch.uint8)
    with pytest.raises(ValueError, match="labels must lie in"):
        Labelled(images, torch.tensor([0, 5]), ("a", "b"))
    with pytest.raises(ValueError, match="do not fit"):
        Labelled(images, torch.tensor([0]), ("a", "b"))
    with pytest.raises(ValueError, match="must be bytes"):
        Labelled(images.float(), torch.tensor([0, 1]), ("a", "b"))


def _strips_cut(folder: Path) -> None:
    cases.cifar_zip(folder)
    cases.cut(folder / "cifar10_part1.zip")


def _strip_damaged(folder: Path) -> None:
    cases.cifar_zip(folder)
    file = folder / "cifar10_part1.zip"
    raw = bytearray(file.read_bytes())
    raw[-400] ^= 0xFF  # in the strip, whose checksum tells
    file.write_bytes(raw)


def _second_part_missing(folder: Path) -> None:
    cases.cifar_zip(folder)


def _batch_cut(folder: Path) -> None:
    cases.cifar_folder(folder)
    cases.cut(folder / "cifar-10-batches-py" / "test_batch")


def _batch_of_another_kind(folder: Path) -> None:
    (folder / "cifar-10-batches-py").mkdir()
    (folder / "cifar-10-batches-py" / "test_batch").write_bytes(cases.old_pickle({"data": 1, "labels": [2]}))


def _digits_cut(folder: Path) -> None:
    cases.digit_files(folder, "idx")
    cases.cut(folder / "MNIST/raw/t10k-images-idx3-ubyte")


def _digits_packed_badly(folder: Path) -> None:
    cases.digit_files(folder, "gz")
    cases.cut(folder / "MNIST/raw/t10k-images-idx3-ubyte.gz")


def _arrays_cut(folder: Path) -> None:
    cases.digit_files(folder, "xz")
    cases.cut(folder / "mnist.npz.xz")


def _flower_missing(folder: Path) -> None:
    cases.flower_folder(folder)
    (folder / "flowers-102/jpg/image_00003.jpg").unlink()


def _flower_sets_broken(folder: Path) -> None:
    cases.flower_folder(folder)
    (folder / "flowers-102/setid.mat").write_bytes(b"MATLAB" * 30)


def _picture_cut(folder: Path) -> None:
    cases.class_folder(folder)
    cases.cut(folder / "pictures/test/red/0.png", 0.7)


def _nothing(folder: Path) -> None:
    pass


FAULTS = [
    (_strips_cut, "cifar10", "cifar10_part1.zip: not a whole zip"),
    (_strip_damaged, "cifar10", "train/000.webp cannot be read"),
    (_second_part_missing, "cifar10", "cifar10_part2.zip is missing"),
    (_batch_cut, "cifar10", "test_batch: not a pickle of plain data, or cut short"),
    (_batch_of_another_kind, "cifar10", "holds no bytes of 10,000 images"),
    (_digits_cut, "mnist", "cut short"),
    (_digits_packed_badly, "mnist", "cannot be unpacked"),
    (_arrays_cut, "mnist", "cannot be unpacked"),
    (_flower_missing, "flowers102", "image_00003.jpg is missing"),
    (_flower_sets_broken, "flowers102", "setid.mat: holds no tstid"),
    (_picture_cut, "pictures", "no whole picture"),
    (_nothing, "cifar10", "cifar10_part1.zip or cifar-10-batches-py"),
    (_nothing, "flowers102", "is missing"),
    (_nothing, "pictures", "pictures is missing"),
]


@pytest.mark.parametrize(("fault", "name", "said"), FAULTS, ids=lambda p: getattr(p, "__name__", str(p))[:30])
def test_faults_are_told_in_one_line(tmp_path: Path, fault: Callable[[Path], None], name: str, said: str) -> None:
    fault(tmp_path)
    split = "train" if "strip" in fault.__name__ or "part" in fault.__name__ else "test"
    with pytest.raises(Missing) as refused:
        load(name, split, tmp_path, first=600, size=8)
    assert said in str(refused.value) and "\n" not in str(refused.value)


def test_splits_are_known() -> None:
    with pytest.raises(ValueError, match="split must be one of"):
        load("cifar10", "everything")
    with pytest.raises(Missing, match="train and test, not val"):
        load("cifar10", "val")

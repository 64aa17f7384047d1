"""Batches against a slow loop over single images; their order and draws as functions of (seed, epoch)."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from training.data.batches import CIFAR, Batches, Recipe, augmented, draws, seeded  # noqa: E402
from training.data.images import Labelled  # noqa: E402


@pytest.fixture
def data() -> Labelled:
    generator = torch.Generator().manual_seed(2)
    images = torch.randint(0, 256, (23, 3, 8, 6), generator=generator).byte()
    return Labelled(images, torch.arange(23) % 4, ("a", "b", "c", "d"))


def slowly(image: np.ndarray, recipe: Recipe, shift: list[int], flip: bool) -> np.ndarray:
    x = (image / 255 - np.array(recipe.mean)[:, None, None]) / np.array(recipe.std)[:, None, None]
    wide = np.pad(x, ((0, 0), (recipe.shift,) * 2, (recipe.shift,) * 2))
    part = wide[:, shift[0] : shift[0] + image.shape[1], shift[1] : shift[1] + image.shape[2]]
    return part[:, :, ::-1] if flip else part


def test_augmentation_image_by_image(data: Labelled) -> None:
    drawn = draws(len(data), CIFAR, 5, 1)
    found = augmented(data.images, CIFAR, drawn.shifts, drawn.flips, drawn.zooms).numpy()
    assert drawn.flips.any() and not drawn.flips.all() and drawn.shifts.min() == 0 and drawn.shifts.max() == 8
    for k, image in enumerate(data.images.numpy()):
        wanted = slowly(image, CIFAR, drawn.shifts[k].tolist(), bool(drawn.flips[k]))
        np.testing.assert_allclose(found[k], wanted, atol=1e-5)
        assert not np.allclose(found[k], slowly(image, CIFAR, drawn.shifts[k].tolist(), not drawn.flips[k]))


def test_epochs_are_functions_of_seed_and_epoch(data: Labelled) -> None:
    batches, again = Batches(data, 5, CIFAR, seed=4), Batches(data, 5, CIFAR, seed=4)
    torch.manual_seed(99)
    first = list(batches.epoch(3))
    list(again.epoch(0))  # what came before does not matter, nor does torch's own generator
    assert all(torch.equal(a, b) and torch.equal(c, d) for (a, c), (b, d) in zip(first, again.epoch(3), strict=True))
    for other in (batches.epoch(2), Batches(data, 5, CIFAR, seed=3).epoch(3)):
        assert not all(torch.equal(a, b) for (a, _), (b, _) in zip(first, other, strict=True))


def test_every_image_once(data: Labelled) -> None:
    batches = Batches(data, 5, Recipe())
    assert len(batches) == 5 and [len(y) for _, y in batches.epoch(0)] == [5, 5, 5, 5, 3]
    seen = torch.cat([x for x, _ in batches.epoch(0)])
    plain = torch.cat([x for x, _ in batches.plain()])
    assert torch.equal(plain, Recipe().plain(data.images))
    assert not torch.equal(seen, plain) and torch.equal(seen.flatten().sort().values, plain.flatten().sort().values)
    whole = Batches(data, 5, Recipe(), whole=True)
    assert len(whole) == 4 and {len(y) for _, y in whole.epoch(1)} == {5}


def test_labels_stay_with_their_images(data: Labelled) -> None:
    tagged = Labelled((data.labels * 50).byte()[:, None, None, None].expand(-1, 3, 8, 8), data.labels, data.classes)
    for x, y in Batches(tagged, 4, Recipe((0.0,), (1.0,), flip=True), seed=1).epoch(0):
        assert torch.equal((x[:, 0, 0, 0] * 255 / 50).round().long(), y)


def test_zooming() -> None:
    ramp = torch.arange(0, 240, 15).byte().expand(1, 1, 16, 16)
    recipe = Recipe((0.0,), (1 / 255,), zoom=0.25)
    still = (torch.zeros(1, 2), torch.zeros(1, dtype=torch.bool))
    middle = augmented(ramp, recipe, *still, torch.tensor([[0.25, 0.5, 0.5]]))
    torch.testing.assert_close(middle[0, 0, 5, 4:12], 58.125 + 7.5 * torch.arange(4, 12), rtol=0, atol=4)
    whole = augmented(ramp, recipe, *still, torch.tensor([[1.0, 0.3, 0.9]]))
    torch.testing.assert_close(whole[0, 0], ramp[0, 0].float(), rtol=0, atol=1e-3)


def test_streams_do_not_meet() -> None:
    heads = {int(torch.randint(0, 2**60, (1,), generator=seeded(a, b))) for a in range(20) for b in range(20)}
    assert len(heads) == 400


def test_what_is_refused(data: Labelled) -> None:
    for make in (
        lambda: Batches(data, 0, Recipe()), lambda: Batches(data, 24, Recipe(), whole=True),
        lambda: Recipe(std=(0.0,)), lambda: Recipe(shift=-1), lambda: Recipe(zoom=0.0), lambda: draws(3, CIFAR, -1, 0),
        lambda: Batches(data, 3, Recipe((0.5, 0.5), (1.0, 1.0))),
    ):  # fmt: skip
        with pytest.raises(ValueError):
            make()

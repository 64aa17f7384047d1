"""Published sizes, layers against their definitions, and what follows from the structure; a permuted kernel fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from tests.training.models.cases import SIZES, normed, same_convolution, stir  # noqa: E402
from training.data.places import Missing  # noqa: E402
from training.models import efficientnet_lite, resnet, vgg  # noqa: E402
from training.models.efficientnet_lite import Inverted, SameConv  # noqa: E402
from training.models.weights import fill, read  # noqa: E402

SHAPES = [(5, 3, 1), (6, 3, 2), (7, 3, 2), (6, 5, 2), (4, 5, 1), (2, 5, 2)]


@pytest.mark.parametrize(("make", "count"), SIZES, ids=lambda p: getattr(p, "__name__", ""))
def test_published_sizes(make: Callable[[], Any], count: int) -> None:
    with torch.device("meta"):
        assert sum(p.numel() for p in make().parameters()) == count


@pytest.mark.parametrize(("size", "kernel", "stride"), SHAPES)
@pytest.mark.parametrize("groups", [1, 2])
def test_same_padding(size: int, kernel: int, stride: int, groups: int) -> None:
    layer = SameConv(2, 4, kernel, stride, groups=groups, bias=False).double()
    x = torch.randn(1, 2, size, size + 1).double()
    wanted = same_convolution(x[0].numpy(), layer.weight.detach().numpy(), stride, groups)
    np.testing.assert_allclose(layer(x)[0].detach().numpy(), wanted, atol=1e-12)
    permuted = layer.weight.detach().transpose(2, 3).numpy()
    assert not np.allclose(same_convolution(x[0].numpy(), permuted, stride, groups), wanted, atol=1e-3)


def test_inverted_residual() -> None:
    block = stir(Inverted(2, 2, 3, 1, 3, 0.1)).double()
    x = torch.randn(1, 2, 4, 4).double()
    relu6 = lambda a: np.clip(a, 0, 6)  # noqa: E731
    y = relu6(normed(same_convolution(x[0].numpy(), _kernel(block._expand_conv), 1, 1), block._bn0))
    y = relu6(normed(same_convolution(y, _kernel(block._depthwise_conv), 1, 6), block._bn1))
    y = normed(same_convolution(y, _kernel(block._project_conv), 1, 1), block._bn2)
    np.testing.assert_allclose(block(x)[0].detach().numpy(), x[0].numpy() + y, atol=1e-12)


def _kernel(layer: Any) -> np.ndarray:
    return np.asarray(layer.weight.detach().numpy())


def test_residual_block_with_zeros_for_new_channels() -> None:
    block = stir(resnet.Basic(2, 4, 2, resnet.Padded(2, 4, 2))).double()
    x = torch.randn(1, 2, 6, 6).double()
    y = np.pad(x[0].numpy(), ((0, 0), (1, 1), (1, 1)))
    conv = torch.nn.functional.conv2d(torch.from_numpy(y)[None], block.conv1.weight, stride=2)[0].detach().numpy()
    y = np.maximum(normed(conv, block.bn1), 0)
    y = normed(same_convolution(y, _kernel(block.conv2), 1, 1), block.bn2)
    shortcut = np.pad(x[0, :, ::2, ::2].numpy(), ((1, 1), (0, 0), (0, 0)))
    np.testing.assert_allclose(block(x)[0].detach().numpy(), np.maximum(y + shortcut, 0), atol=1e-12)


@pytest.mark.parametrize("biases", ["first", "none"])
def test_vgg_is_homogeneous_of_degree_fourteen(biases: str) -> None:
    model = vgg.vgg16(width=2, biases=biases, seed=3).double()
    x = torch.randn(2, 3, 32, 32).double()
    before = model(x)
    with torch.no_grad():
        for p in model.parameters():
            p.mul_(1.1)
    torch.testing.assert_close(model(x), before * 1.1**14)
    assert sum(name.endswith("bias") for name, _ in model.named_parameters()) == (biases == "first")


def test_vgg_with_all_biases_is_not_homogeneous() -> None:
    model = vgg.vgg16(width=2, seed=3).double()
    with torch.no_grad():
        for p in model.parameters():
            p.add_(0.05)
        x = torch.randn(2, 3, 32, 32).double()
        before = model(x)
        for p in model.parameters():
            p.mul_(1.1)
        assert not torch.allclose(model(x), before * 1.1**14, rtol=1e-3)


@pytest.mark.parametrize("make", [lambda seed: resnet.resnet20(4, seed=seed), lambda seed: vgg.vgg16(2, seed=seed)])
def test_weights_are_functions_of_the_seed(make: Callable[[int], Any]) -> None:
    state = torch.get_rng_state()
    one, same, other = make(5), make(5), make(6)
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), same.parameters(), strict=True))
    assert not torch.equal(next(one.parameters()), next(other.parameters()))


def test_signals_keep_their_size() -> None:
    model, x = vgg.vgg16(width=16, seed=1), torch.randn(8, 3, 32, 32)
    with torch.no_grad():
        sizes = [float(x.square().mean())]
        for layer in model.features:
            x = layer(x)
            if isinstance(layer, torch.nn.Conv2d):
                sizes.append(float(x.square().mean()))
    assert all(0.2 < size < 20 for size in sizes)


def test_weights_must_fit(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    model, file = resnet.resnet20(2), tmp_path / "weights.safetensors"
    weights = {n: t.contiguous() for n, t in resnet.resnet20(2, seed=9).state_dict().items()}
    save_file(weights, file)
    fill(model, read(file), file)
    assert all(torch.equal(t, weights[n]) for n, t in model.state_dict().items())
    kept = model.fc.weight.clone()
    fill(model, {n: t for n, t in weights.items() if not n.startswith("fc.")}, file, new=("fc.",))
    assert torch.equal(model.fc.weight, kept)
    faults = {
        "it has no conv1.weight": {n: t for n, t in weights.items() if n != "conv1.weight"},
        "it has a strange": {**weights, "strange": torch.zeros(1)},
        "fc.weight is": {**weights, "fc.weight": torch.zeros(3, 3)},
        "not finite": {**weights, "fc.bias": torch.full((10,), float("nan"))},
    }
    for said, given in faults.items():
        with pytest.raises(Missing, match=said):
            fill(model, given, file)


def test_files_that_are_no_weights(tmp_path: Path) -> None:
    whole = tmp_path / "a.safetensors"
    from safetensors.torch import save_file

    save_file({"w": torch.zeros(100)}, whole)
    whole.write_bytes(whole.read_bytes()[:-40])
    (tmp_path / "b.safetensors").write_bytes(b"")
    (tmp_path / "c.pth").write_bytes(b"\x80\x02.")
    for name, said in (("a.safetensors", "no whole"), ("b.safetensors", "no whole"), ("c.pth", "not loaded")):
        with pytest.raises(Missing, match=said) as refused:
            read(tmp_path / name)
        assert "\n" not in str(refused.value)


@pytest.mark.slow
def test_daisies_are_daisies() -> None:
    """Class 985 of ImageNet, on the photographs of the data folder; with one kernel turned round they are not."""
    from training.data.images import load
    from training.data.places import find

    model = efficientnet_lite.pretrained(find(efficientnet_lite.FILE)).eval()
    parts = [load("flowers12", split, size=224) for split in ("train", "test")]
    images = torch.cat([p.images[p.labels == p.classes.index("daisy")][:20] for p in parts])
    with torch.no_grad():
        assert len(images) == 40 and (model(efficientnet_lite.normalised(images)).argmax(1) == 985).all()
        model._blocks[2]._depthwise_conv.weight.copy_(model._blocks[2]._depthwise_conv.weight.roll(1, 0))
        assert (model(efficientnet_lite.normalised(images)).argmax(1) == 985).float().mean() < 0.9

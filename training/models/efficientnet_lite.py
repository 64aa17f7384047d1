"""EfficientNet-Lite0: inverted residuals with ReLU6 and without squeeze and excitation, padded as TensorFlow pads.

Source: M. Tan and Q. Le, EfficientNet, in the Lite form that TensorFlow published. The names of the parameters are
those of the common port to PyTorch. Inputs are (x - 127)/128 of bytes, channels red, green, blue first.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from training.data.batches import Recipe
from training.models.resnet import seeded_start
from training.models.weights import fill, read

FILE = "efficientnet_lite0_imagenet_fp32.safetensors"
RECIPE = Recipe((127 / 255,), (128 / 255,), flip=True)
# how often, kernel, stride of the first, expansion, channels in and out
STAGES = (
    (1, 3, 1, 1, 32, 16), (2, 3, 2, 6, 16, 24), (2, 5, 2, 6, 24, 40), (3, 3, 2, 6, 40, 80), (3, 5, 1, 6, 80, 112),
    (4, 5, 2, 6, 112, 192), (1, 3, 1, 6, 192, 320),
)  # fmt: skip
STEM, HEAD = 32, 1280
EPS = 1e-3
MOMENTUM = 0.01


class SameConv(nn.Conv2d):
    """A convolution whose output has ceil(size/stride) pixels; where the zeros around are odd, the last side has more.

    Source: TensorFlow's padding "same", which for stride 2 and an even size is not symmetric.
    """

    def forward(self, x: Tensor) -> Tensor:
        pads = []
        for size, kernel, stride in zip(x.shape[:1:-1], self.kernel_size[::-1], self.stride[::-1], strict=True):
            total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
            pads += [total // 2, total - total // 2]
        if any(pads) and pads[0] == pads[1] == pads[2] == pads[3]:
            return nn.functional.conv2d(x, self.weight, self.bias, self.stride, pads[0], 1, self.groups)
        return self._conv_forward(nn.functional.pad(x, pads) if any(pads) else x, self.weight, self.bias)


class Inverted(nn.Module):
    """1 x 1 to more channels, k x k by channel, 1 x 1 to few; added to the input where the shapes are the same."""

    def __init__(self, inward: int, outward: int, kernel: int, stride: int, expansion: int, momentum: float) -> None:
        super().__init__()
        wide = inward * expansion
        self.expands, self.skips = expansion != 1, stride == 1 and inward == outward
        if self.expands:
            self._expand_conv = SameConv(inward, wide, 1, bias=False)
            self._bn0 = nn.BatchNorm2d(wide, EPS, momentum)
        self._depthwise_conv = SameConv(wide, wide, kernel, stride, groups=wide, bias=False)
        self._bn1 = nn.BatchNorm2d(wide, EPS, momentum)
        self._project_conv = SameConv(wide, outward, 1, bias=False)
        self._bn2 = nn.BatchNorm2d(outward, EPS, momentum)

    def forward(self, x: Tensor) -> Tensor:
        y = nn.functional.relu6(self._bn0(self._expand_conv(x))) if self.expands else x
        y = nn.functional.relu6(self._bn1(self._depthwise_conv(y)))
        y = self._bn2(self._project_conv(y))
        return x + y if self.skips else y


class EfficientNetLite(nn.Module):
    """Inputs: (batch, 3, h, w), made for 224 x 224; outputs: (batch, classes)."""

    def __init__(self, classes: int, momentum: float) -> None:
        super().__init__()
        self._conv_stem = SameConv(3, STEM, 3, 2, bias=False)
        self._bn0 = nn.BatchNorm2d(STEM, EPS, momentum)
        self._blocks = nn.ModuleList(
            Inverted(inward if not k else outward, outward, kernel, stride if not k else 1, expansion, momentum)
            for count, kernel, stride, expansion, inward, outward in STAGES
            for k in range(count)
        )
        self._conv_head = SameConv(STAGES[-1][-1], HEAD, 1, bias=False)
        self._bn1 = nn.BatchNorm2d(HEAD, EPS, momentum)
        self._fc = nn.Linear(HEAD, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = nn.functional.relu6(self._bn0(self._conv_stem(x)))
        for block in self._blocks:
            x = block(x)
        x = nn.functional.relu6(self._bn1(self._conv_head(x)))
        return self._fc(x.mean((2, 3)))


def efficientnet_lite0(classes: int = 1000, *, momentum: float = MOMENTUM, seed: int = 0) -> EfficientNetLite:
    """Not pretrained. momentum: how much of a batch goes into the statistics of batch norm; seed: of the weights."""
    if classes < 1:
        raise ValueError(f"classes must be at least 1, not {classes}")
    return seeded_start(lambda: EfficientNetLite(classes, momentum), seed)


def pretrained(
    file: Path, classes: int | None = None, *, momentum: float = MOMENTUM, seed: int = 0
) -> EfficientNetLite:
    """Weights from a safetensors file; with ``classes`` the last layer is a new one, a function of the seed.

    Raises training.data.places.Missing for another file.
    """
    model = efficientnet_lite0(classes or 1000, momentum=momentum, seed=seed)
    fill(model, read(file), file, new=("_fc.",) if classes else ())
    return model


def normalised(images: Tensor) -> Tensor:
    """(n, 3, h, w) of bytes to what the network takes."""
    return (images.to(torch.float32) - 127) / 128

"""Residual networks: those for CIFAR of Section 4.2, and ResNet-18, 34 and 50 for ImageNet.

Source: K. He, X. Zhang, S. Ren, J. Sun, Deep residual learning for image recognition. The names of the parameters are
torchvision's, so that its checkpoints load (turned into safetensors).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import torch
from torch import Tensor, nn

EXPANSION = 4
M = TypeVar("M", bound=nn.Module)


class Basic(nn.Module):
    """x -> relu(F(x) + shortcut(x)), F two convolutions of 3 x 3."""

    expansion = 1

    def __init__(self, inward: int, width: int, stride: int, shortcut: nn.Module | None) -> None:
        super().__init__()
        self.conv1 = _conv(inward, width, 3, stride)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = _conv(width, width, 3)
        self.bn2 = nn.BatchNorm2d(width)
        self.downsample = shortcut

    def forward(self, x: Tensor) -> Tensor:
        y = torch.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return torch.relu(y + (x if self.downsample is None else self.downsample(x)))


class Bottleneck(nn.Module):
    """F is 1 x 1, 3 x 3 (which strides), 1 x 1 to four times the width."""

    expansion = EXPANSION

    def __init__(self, inward: int, width: int, stride: int, shortcut: nn.Module | None) -> None:
        super().__init__()
        self.conv1 = _conv(inward, width, 1)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = _conv(width, width, 3, stride)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = _conv(width, EXPANSION * width, 1)
        self.bn3 = nn.BatchNorm2d(EXPANSION * width)
        self.downsample = shortcut

    def forward(self, x: Tensor) -> Tensor:
        y = torch.relu(self.bn1(self.conv1(x)))
        y = torch.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return torch.relu(y + (x if self.downsample is None else self.downsample(x)))


class Padded(nn.Module):
    """The shortcut without parameters: every ``stride``-th pixel, and zeros for the new channels (He et al., option A).

    The zeros are split before and after, as is usual.
    """

    def __init__(self, inward: int, outward: int, stride: int) -> None:
        super().__init__()
        before = (outward - inward) // 2
        self.stride, self.pads = stride, (before, outward - inward - before)

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, *self.pads))


class CifarResNet(nn.Module):
    """conv 3 x 3, three stages of n blocks of widths w, 2w, 4w, mean over the pixels, one linear layer: 6 n + 2 layers.

    Inputs: (batch, 3, h, w), of any size; outputs: (batch, classes).
    """

    def __init__(self, blocks: int, width: int, classes: int) -> None:
        super().__init__()
        self.conv1 = _conv(3, width, 3)
        self.bn1 = nn.BatchNorm2d(width)
        stages = []
        inward = width
        for stage in range(3):
            outward = width * 2**stage
            made: list[nn.Module] = []
            for k in range(blocks):
                stride = 2 if stage and not k else 1
                made.append(Basic(inward, outward, stride, Padded(inward, outward, 2) if stride == 2 else None))
                inward = outward
            stages.append(nn.Sequential(*made))
        self.layer1, self.layer2, self.layer3 = stages
        self.fc = nn.Linear(inward, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.fc(x.mean((2, 3)))


class ResNet(nn.Module):
    """7 x 7 of stride 2, max over 3 x 3 of stride 2, four stages of widths w to 8w, mean, one linear layer."""

    def __init__(self, block: type[Basic] | type[Bottleneck], blocks: Sequence[int], width: int, classes: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        inward = width
        for stage, count in enumerate(blocks):
            own = width * 2**stage
            made: list[nn.Module] = []
            for k in range(count):
                stride = 2 if stage and not k else 1
                outward = own * block.expansion
                shortcut = None
                if stride != 1 or inward != outward:
                    shortcut = nn.Sequential(_conv(inward, outward, 1, stride), nn.BatchNorm2d(outward))
                made.append(block(inward, own, stride, shortcut))
                inward = outward
            self.add_module(f"layer{stage + 1}", nn.Sequential(*made))
        self.stages = len(blocks)
        self.fc = nn.Linear(inward, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.maxpool(torch.relu(self.bn1(self.conv1(x))))
        for stage in range(self.stages):
            x = getattr(self, f"layer{stage + 1}")(x)
        return self.fc(x.mean((2, 3)))


def resnet20(width: int = 16, classes: int = 10, *, seed: int = 0) -> CifarResNet:
    """ResNet-20 for CIFAR; weights are a function of the seed: He's normal start."""
    return seeded_start(lambda: CifarResNet(3, _positive("width", width), _positive("classes", classes)), seed)


def resnet18(classes: int = 1000, *, width: int = 64, seed: int = 0) -> ResNet:
    return seeded_start(lambda: ResNet(Basic, (2, 2, 2, 2), width, _positive("classes", classes)), seed)


def resnet34(classes: int = 1000, *, width: int = 64, seed: int = 0) -> ResNet:
    return seeded_start(lambda: ResNet(Basic, (3, 4, 6, 3), width, _positive("classes", classes)), seed)


def resnet50(classes: int = 1000, *, width: int = 64, seed: int = 0) -> ResNet:
    return seeded_start(lambda: ResNet(Bottleneck, (3, 4, 6, 3), width, _positive("classes", classes)), seed)


def seeded_start(make: Callable[[], M], seed: int) -> M:
    """A network whose convolutions start normal with variance 2/fan and whose linear layers as torch starts them.

    fan: that of the outputs, as in the reference code; for linear layers uniform within 1/sqrt(inputs). All is a
    function of the seed; torch's own generator is left as it was.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = make()
        for m in model.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")
                if m.bias is not None:
                    nn.init.zeros_(m.bias)
    return model


def _conv(inward: int, outward: int, size: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inward, outward, size, stride, size // 2, bias=False)


def _positive(name: str, value: int) -> int:
    if value < 1:
        raise ValueError(f"{name} must be at least 1, not {value}")
    return value

"""Networks whose size is published, and slow references for what they are made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from training.models import efficientnet_lite, resnet, vgg

# what is made, and the number of its parameters as it is published (torchvision's pages, timm's, He et al.)
SIZES: list[tuple[Callable[[], Any], int]] = [
    (resnet.resnet20, 269_722),
    (resnet.resnet18, 11_689_512),
    (resnet.resnet50, 25_557_032),
    (vgg.vgg16, 14_719_818),
    (efficientnet_lite.efficientnet_lite0, 4_652_008),
]


def same_convolution(x: np.ndarray, kernel: np.ndarray, stride: int, groups: int) -> np.ndarray:
    """TensorFlow's "same" by its definition: y[i] = sum_k w[k] x[i stride + k - before], zeros outside."""
    channels, height, width = x.shape
    outward, inward, size, _ = kernel.shape
    rows, columns = -(-height // stride), -(-width // stride)
    before = [max((n - 1) * stride + size - m, 0) // 2 for n, m in ((rows, height), (columns, width))]
    out = np.zeros((outward, rows, columns))
    for o in range(outward):
        group = o // (outward // groups)
        for i in range(rows):
            for j in range(columns):
                for c in range(inward):
                    for a in range(size):
                        for b in range(size):
                            y, z = i * stride + a - before[0], j * stride + b - before[1]
                            if 0 <= y < height and 0 <= z < width:
                                out[o, i, j] += kernel[o, c, a, b] * x[group * (channels // groups) + c, y, z]
    return out


def normed(x: np.ndarray, layer: Any) -> np.ndarray:
    """Batch norm in evaluation mode."""
    mean, var, scale, shift = (
        t.detach().double().numpy()[:, None, None]
        for t in (layer.running_mean, layer.running_var, layer.weight, layer.bias)
    )
    return (x - mean) / np.sqrt(var + layer.eps) * scale + shift


def stir(model: Any, seed: int = 7) -> Any:
    """Statistics and scales of batch norm that are not those of the start; the model in evaluation mode."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    for m in model.modules():
        if isinstance(m, torch.nn.BatchNorm2d):
            for t in (m.running_var, m.weight.data):
                t.copy_(0.5 + torch.rand(t.shape, generator=generator))
            for t in (m.running_mean, m.bias.data):
                t.copy_(torch.randn(t.shape, generator=generator) / 4)
    return model.eval()

"""VGG-16 for CIFAR without batch norm: thirteen convolutions of 3 x 3, five times a max over 2 x 2, one linear layer.

Source: K. Simonyan and A. Zisserman, configuration D; the three linear layers for ImageNet are one here, as is usual
for images of 32 x 32. Without biases but in the first layer the network is homogeneous of degree fourteen in its
weights, which is what the margins of mirror flow need.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from training.models.resnet import seeded_start

STAGES = ((1, 1), (2, 2), (4, 4, 4), (8, 8, 8), (8, 8, 8))  # multiples of the width
BIASES = ("all", "first", "none")


class Vgg(nn.Module):
    """Inputs: (batch, 3, h, w) with h and w at least 32; what is left of the pixels is averaged."""

    def __init__(self, width: int, classes: int, biases: str) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        inward = 3
        for stage in STAGES:
            for multiple in stage:
                bias = biases == "all" or (biases == "first" and not layers)
                layers += [nn.Conv2d(inward, multiple * width, 3, padding=1, bias=bias), nn.ReLU()]
                inward = multiple * width
            layers.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Linear(inward, classes, bias=biases == "all")

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.features(x).mean((2, 3)))


def vgg16(width: int = 64, classes: int = 10, *, biases: str = "all", seed: int = 0) -> Vgg:
    """biases: ``all``, in the ``first`` layer alone, or ``none``. Weights start normal with variance 2/inputs (He),

    so that the size of the signal is kept from layer to layer, biases at 0; a function of the seed.
    """
    if width < 1 or classes < 1 or biases not in BIASES:
        raise ValueError(f"width and classes must be at least 1, biases one of {', '.join(BIASES)}")
    model = seeded_start(lambda: Vgg(width, classes, biases), seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for m in model.modules():
            if isinstance(m, (nn.Conv2d, nn.Linear)):
                nn.init.kaiming_normal_(m.weight, mode="fan_in", nonlinearity="relu")
                if m.bias is not None:
                    nn.init.zeros_(m.bias)
    return model

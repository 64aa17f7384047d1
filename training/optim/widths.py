"""Mirror maps whose constants follow the width of the layer, so that its entries move alike at the start.

The width of a layer is the number of inputs to one of its units: the product of all sizes of a weight but the first. A
tensor with one size (a bias, a scale of a norm) has none, and the width 1.
Source: the inverse metrics of the mirror-flow paper, Appendix J.3, in the readings below.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from torch import Tensor

from training.optim.maps import HyperbolicEntropy, SmoothedHomogeneous


def width(p: Tensor) -> int:
    return p[0].numel() if p.ndim > 1 and p.numel() else 1


@dataclass(frozen=True)
class HyperbolicByWidth:
    """1/R'' = sqrt(width x^2 + lam/sqrt(1 + lam)), as printed; with ``quotient`` sqrt(width x^2 + lam)/sqrt(1 + lam).

    The second is 1 for an entry of size width^(-1/2), whatever lam is.
    """

    lam: float
    quotient: bool = False

    def __post_init__(self) -> None:
        HyperbolicEntropy(self.lam)

    def record(self) -> dict[str, Any]:
        return {"map": "HyperbolicByWidth", **asdict(self)}

    def at(self, p: Tensor) -> HyperbolicEntropy:
        root = math.sqrt(1 + self.lam)
        if self.quotient:
            return HyperbolicEntropy(self.lam, float(width(p)), 1 / root)
        return HyperbolicEntropy(self.lam / root, float(width(p)))


@dataclass(frozen=True)
class HomogeneousByWidth:
    """1/R'' = lam/(|x|^(p-2) width^((2-p)/2) + lam), as printed; with ``normalized`` width^((p-2)/2).

    The second makes |x|^(p-2) of order one for an entry of size width^(-1/2); the first makes it smaller still.
    """

    p: float
    lam: float
    normalized: bool = False

    def __post_init__(self) -> None:
        SmoothedHomogeneous(self.p, self.lam)

    def record(self) -> dict[str, Any]:
        return {"map": "HomogeneousByWidth", **asdict(self)}

    def at(self, p: Tensor) -> SmoothedHomogeneous:
        power = (self.p - 2) / 2 if self.normalized else (2 - self.p) / 2
        return SmoothedHomogeneous(self.p, self.lam, width(p) ** power)

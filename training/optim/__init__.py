"""Optimizers for torch: steepest descent for every q in [1, 2], and mirror descent for any separable potential.

    from mirrorproof.optim import HyperbolicEntropy, MirrorDescent, SteepestDescent

    MirrorDescent(model.parameters(), lr=0.1, potential=HyperbolicEntropy(1e-2))
    SteepestDescent(model.parameters(), lr=1e-3, q=1.5, decoupled=0.1)
"""

try:
    import torch as _torch  # noqa: F401
except ImportError as missing:
    raise ImportError("the optimizers need torch: pip install 'mirrorproof[train]'") from missing

from training.optim.derived import Derived
from training.optim.maps import HyperbolicEntropy, Power, Quadratic, SmoothedHomogeneous
from training.optim.mirror import MirrorDescent
from training.optim.steepest import SignDescent, SteepestDescent
from training.optim.widths import HomogeneousByWidth, HyperbolicByWidth

__all__ = [
    "Derived",
    "HomogeneousByWidth",
    "HyperbolicByWidth",
    "HyperbolicEntropy",
    "MirrorDescent",
    "Power",
    "Quadratic",
    "SignDescent",
    "SmoothedHomogeneous",
    "SteepestDescent",
]

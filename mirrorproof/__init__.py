"""mirrorproof: verify the statements of research papers.

    import mirrorproof as mp

    mp.check("x*y <= x**2/2 + y**2/2", given=["x real", "y real"])      # one statement
    mp.check_file("lemmas.toml")                                        # a claims file

Everything else is imported when it is first asked for; the rooms behind the names are the packages ``theory``,
``numerics``, ``training`` and ``verify``.
"""

from __future__ import annotations

import importlib
from typing import Any

# name -> module that defines it
_NAMES = {
    "check": "mirrorproof.checking",
    "check_file": "mirrorproof.checking",
    "potential": "mirrorproof.examining",
    "reparam": "mirrorproof.reparameterizing",
    "recipe": "mirrorproof.recipes",
    "compare": "mirrorproof.comparing",
    "MirrorPotential": "mirrorproof.potentials",
    **dict.fromkeys(
        ("claim", "printed", "ill_posed", "measured", "real", "integer", "positive", "nonnegative", "nonzero"),
        "verify.claim",
    ),
    **dict.fromkeys(
        ("sqrt", "exp", "log", "sign", "spow", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "diff", "implies",
         "convex", "strictly_convex", "legendre", "bregman"),
        "verify.quantities",
    ),
    "InverseMetric": "theory.metric",
    "Balance": "theory.balance",
    "SteepestFlow": "theory.steepest",
    "DeepDiagonal": "theory.reparameterizations",
    "OnManifoldRegularizer": "theory.regularizers",
    "ProductLandscape": "theory.saddles",
    "EscapeTime": "theory.conservation_escape",
    "count_laws": "numerics.laws",
    "PolynomialMap": "numerics.laws",
    "hyperbolic_entropy": "theory.network_potential",
    "Statement": "verify.statement",
    "Domain": "verify.statement",
    "Evidence": "verify.evidence",
    "Tier": "verify.evidence",
    "Verdict": "verify.verdict",
    "Settings": "verify.judge",
    "judge": "verify.judge",
}  # fmt: skip

# modules of their own, imported when they are asked for
_ROOMS = ("optim", "networks")

__all__ = ["__version__", *sorted(_NAMES), *_ROOMS]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from verify.records import version

        return version()
    if name in _ROOMS:
        return importlib.import_module(f"mirrorproof.{name}")
    if name in _NAMES:
        value = getattr(importlib.import_module(_NAMES[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'mirrorproof' has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__all__)

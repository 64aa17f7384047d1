"""What the theory recommends, from Python."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from verify.recipe.analysis import Report


def recipe(
    aim: str,
    *,
    module: Any = None,
    widths: Sequence[int] = (),
    depth: int = 0,
    optimizer: str = "",
    q: str = "",
    mirror: str = "",
    given: Sequence[str] = (),
    decay: str = "",
    sigma: str = "",
    results: str | Path | None = None,
    seconds: float = 5.0,
    seed: int = 20250101,
) -> Report:
    """lambda, rate and how it scales, depth, balance at the start and decay for an aim, each with the claims that it
    rests on and their verdicts; for a torch module layer by layer.

    aim: ``"sparse"``, ``"dense"``, ``"escape"`` (from saddles) or ``"margin"`` (within reach). module: a torch module,
    whose layers and initial weights are taken; widths: n_0, ..., n_L in its place. depth: L factors of each weight,
    x = w_1 ... w_L. optimizer: ``"gd"``, ``"sgd"``, ``"sign"``, ``"adam"``, ``"adamw"``; or q, the index of steepest
    descent; or mirror, ``"entropy"``, ``"square"``, ``"power 3"`` or a potential in x (given: its parameters). decay:
    ``"none"``, ``"coupled"``, ``"decoupled"``. sigma: size of the initial weights. results: a file to take verdicts
    from (default: the lock file). Raises ``BadRequest``, a ``ValueError``, where something cannot be read.

        report = mirrorproof.recipe("margin", mirror="entropy", widths=[784, 100, 10])
        report["lambda"].values["formula"]               # 'n**(-2)'
        report["lambda"].supports[0].verdict             # 'holds'
        report["rate", "layer 1"].values["rate"]
    """
    from verify.recipe.analysis import recommend
    from verify.recipe.setting import Request

    file = None if results is None else Path(results)
    request = Request(aim, tuple(widths), depth, optimizer, str(q), mirror, tuple(given), decay, str(sigma), file, seed)
    return recommend(request, seconds, module)

"""What the theory says of a parameterization of one's own, from Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verify.reparam.analysis import Report


def reparam(
    *expressions: str,
    given: Sequence[str] = (),
    weights: Sequence[str] = (),
    preset: str = "",
    laws: Sequence[str] = (),
    degree: int | None = None,
    q: str = "",
    mirror: str = "",
    scale: str = "",
    seed: int = 0,
    seconds: float = 20.0,
) -> Report:
    """theta = G(w), one expression a coordinate: regularity, brackets, conservation laws and their exact number, laws
    of steepest and mirror flow, induced metric and potential, saddles and escape time.

    expressions: texts in the language of the claims files. given: hypotheses such as ``"w1 > 0"``. weights: the names
    that move (default: all).
    preset: a network instead of expressions, such as ``"relu 3,4,2 bias"`` or ``"attention d=4 k=2"``. laws: functions
    to be tested. degree: of the polynomial laws, 1 to 8. q: index of the steepest flow. mirror: a potential in x.
    scale: size of the initial weights. seconds: time of one group of questions. Raises ``BadRequest``, a
    ``ValueError``, where a text cannot be read.

        report = mirrorproof.reparam("w1*w2")
        report["number"].values["independent"]      # ['w1**2 - w2**2']
    """
    from verify.reparam.analysis import examine
    from verify.reparam.reading import Request

    request = Request(
        tuple(expressions), tuple(given), tuple(weights), preset, tuple(laws), degree, q, mirror, scale, seed
    )
    return examine(request, seconds)

"""Several mirror potentials of one's own side by side, from Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verify.potential.comparison import Comparison


def compare(
    *expressions: str,
    variable: str = "x",
    given: Sequence[str] = (),
    ask: Sequence[str] = (),
    seed: int = 20250101,
    seconds: float = 5.0,
    total: float = 60.0,
) -> Comparison:
    """The same questions put to two or more mirror maps or geometries (``"steepest q=1 L=2"``): their reports, a table
    of answers by question, a picture.

    Arguments as for ``mirrorproof.potential``; given holds for all of them. Raises ``BadRequest``, a ``ValueError``,
    where a text cannot be read or there are not 2 to 8 of them.

        found = mirrorproof.compare("x**2/2", "cosh(x)", ask=["degree"])
        [answer.verdict for answer in found.table["degree"]]      # ['holds', 'fails']
        found.draw("two.svg")
    """
    from verify.potential.comparison import examine_all

    return examine_all(expressions, variable, tuple(given), seconds, tuple(ask), seed, total)

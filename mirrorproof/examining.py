"""What the theory says of a mirror potential of one's own, from Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verify.potential.analysis import Report


def potential(
    expression: str,
    variable: str = "x",
    given: Sequence[str] = (),
    *,
    ask: Sequence[str] = (),
    seed: int = 20250101,
    seconds: float = 5.0,
    total: float = 60.0,
) -> Report:
    """R(x) = expression, one coordinate of a separable mirror potential: domain, convexity, Legendre, Bregman, range of
    the gradient, inverse metric, conjugate, homogeneity, horizon function and margin, Assumptions 2.3, 4.4 and G.1,
    bias, rate, how far out the horizon is near, and the rate that small weights need.

    expression: a text in the language of the claims files, or ``"entropy"``, ``"square"``, or a steepest flow of
    products, ``"steepest q=3/2 L=2"``, whose potential at balance 0 is meant. given: bounds of the variable and
    hypotheses on parameters, such as ``"x > 0"``, ``"lam > 0"``. ask: groups of questions (default: all). seconds:
    processor time of one statement. total: wall time after which what is still open is undecided. Raises
    ``BadRequest``, a ``ValueError``, where a text cannot be read. ``report.draw("file.svg")`` draws a panel for each
    answer that a picture can show.

        report = mirrorproof.potential("x*asinh(x/sqrt(lam)) - sqrt(x**2 + lam)", given=["lam > 0"])
        report["horizon"].values["phi"]      # 'abs(x)'
    """
    from verify.potential.analysis import examine
    from verify.potential.reading import Request

    return examine(Request(expression, variable, tuple(given), seed), seconds, tuple(ask), total)

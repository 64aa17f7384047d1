"""Pictures as SVG or PNG, drawn by matplotlib where it is installed; the same input gives the same bytes."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from verify.language.floats import compile_float
from verify.language.terms import Term

FORMATS = (".svg", ".png")
COLOURS = ("#1f4e79", "#c0504d", "#4f8f3f", "#8064a2", "#d98a1f", "#2a9d9d", "#7f7f7f", "#b0327d")


class NoPicture(ValueError):
    """A picture cannot be drawn; one line that says why."""


def ready(path: Path) -> None:
    """Raises ``NoPicture`` where the file has no format that is known, cannot be written, or matplotlib is missing."""
    if path.suffix.lower() not in FORMATS:
        raise NoPicture(f"plot: {path}: the name of a picture ends in .svg or .png")
    if not path.parent.is_dir():
        raise NoPicture(f"plot: {path}: the folder {path.parent} is not there")
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise NoPicture("plot: pictures need matplotlib: pip install 'mirrorproof[plots]'") from None


def save(path: Path, draw: Callable[[Any], None], size: tuple[float, float] = (9.0, 6.4)) -> None:
    """Lets ``draw`` fill an empty figure and writes it; raises ``NoPicture``."""
    ready(path)
    import matplotlib

    matplotlib.use("agg")
    from matplotlib.figure import Figure

    settings: Any = {"svg.hashsalt": "mirrorproof", "svg.fonttype": "none", "font.size": 9, "axes.titlesize": 9.5,
                "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "grid.alpha": 0.25,
                "mathtext.default": "regular", "axes.unicode_minus": False}  # fmt: skip
    kind = path.suffix.lower()[1:]
    with matplotlib.rc_context(settings):
        figure = Figure(figsize=size, layout="constrained")
        draw(figure)
        out = io.BytesIO()
        metadata = {"Date": None} if kind == "svg" else {"Software": None}
        figure.savefig(out, format=kind, metadata=metadata, dpi=130)
    content = out.getvalue()
    if kind == "svg":  # a hundredth of a point is enough, and half the size
        content = re.sub(rb' d="[^"]*"', lambda m: re.sub(rb"\d+\.\d{3,}", _rounded, m[0]), content)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise NoPicture(f"plot: {path}: {error.strerror}") from None


def _rounded(number: re.Match[bytes]) -> bytes:
    return f"{float(number[0]):.2f}".encode()


def shortened(text: str, most: int = 48) -> str:
    """The text as matplotlib shows it as it stands: no dollar signs, not too long."""
    plain = text.replace("$", "")
    return plain if len(plain) <= most else f"{plain[: most - 3]}..."


def values(term: Term, name: str, at: Sequence[float], others: Mapping[str, float]) -> list[float]:
    """The values of a term of one variable in double precision; nan where there are none."""
    f = compile_float(term)
    out = []
    for x in at:
        try:
            value = float(f({**others, name: x}))
        except (ArithmeticError, ValueError, TypeError):
            value = float("nan")
        out.append(value if abs(value) < 1e300 else float("nan"))
    return out

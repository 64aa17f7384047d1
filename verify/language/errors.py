"""What is wrong with a text, where, and how to mend it: one line each."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

# names that readers of other systems write, and what they are called here
ALIASES = {
    "ln": "log", "min": "Min", "max": "Max", "Abs": "abs", "fabs": "abs", "sgn": "sign", "signum": "sign",
    "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arcsinh": "asinh", "arsinh": "asinh",
    "arccosh": "acosh", "arcosh": "acosh", "arctanh": "atanh", "artanh": "atanh", "inf": "oo", "infinity": "oo",
    "Infinity": "oo", "infty": "oo", "e": "E", "Pi": "pi", "PI": "pi", "sum": "Sum", "prod": "Product",
    "product": "Product", "integral": "integrate", "Integral": "integrate", "lim": "limit", "Limit": "limit",
    "derivative": "diff", "Derivative": "diff", "Diff": "diff", "Implies": "implies", "ForAll": "forall",
    "Exists": "exists", "And": "and", "Or": "or", "Not": "not", "True": "true", "False": "false", "Gamma": "gamma",
    "expectation": "expect", "Expect": "expect", "dt": "ddt",
}  # fmt: skip


class LanguageError(ValueError):
    """A text that is not a statement of the language.

    message: what is wrong and the mend, on one line. column: 1-based position in the text, None where the text
    as a whole is meant. place: what the text is (``where.R``, ``claim``), empty where the caller knows it.
    """

    def __init__(self, message: str, column: int | None = None, place: str = "") -> None:
        self.message = message
        self.column = column
        self.place = place
        super().__init__(message)

    def __str__(self) -> str:
        at = f"column {self.column}" if self.column is not None else ""
        lead = ", ".join(part for part in (self.place, at) if part)
        return f"{lead}: {self.message}" if lead else self.message


def quote(text: str, most: int = 40) -> str:
    """The text in quotation marks, shortened, every character printable in ASCII."""
    shown = text if len(text) <= most else text[: most - 3] + "..."
    return "'" + shown.encode("unicode_escape").decode("ascii") + "'"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``; did you mean 'x'?`` where a known name lies near, else the empty text."""
    pool = sorted(set(known))
    if name in ALIASES and (ALIASES[name] in pool or ALIASES[name] in ("and", "or", "not", "true", "false")):
        return f"; did you mean {quote(ALIASES[name])}?"
    near = difflib.get_close_matches(name[:60], pool, n=1, cutoff=0.6)
    if not near:
        near = [k for k in pool if k.lower() == name.lower()][:1]
    return f"; did you mean {quote(near[0])}?" if near else ""

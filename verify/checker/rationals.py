"""Rational numbers as a certificate writes them: an integer, or a quotient of two.

Python reads ``1e999999999`` as an exact number too, and takes for ever over it; a certificate may not say that.
"""

from __future__ import annotations

import re
from fractions import Fraction

MOST_DIGITS = 2000
_WRITTEN = re.compile(rf"[+-]?[0-9]{{1,{MOST_DIGITS}}}(/[0-9]{{1,{MOST_DIGITS}}})?", re.ASCII)


def number(text: object) -> Fraction:
    """The number that the text ``p`` or ``p/q`` writes; what is a number already stays what it is.

    Raises ValueError for any other text, and where the denominator is 0.
    """
    if isinstance(text, Fraction | int) and not isinstance(text, bool):
        return Fraction(text)
    if not isinstance(text, str) or _WRITTEN.fullmatch(text) is None:
        raise ValueError(f"not a rational number as certificates write them: {str(text)[:40]!r}")
    top, _, bottom = text.partition("/")
    if bottom and not int(bottom):
        raise ValueError("the denominator is 0")
    return Fraction(int(top), int(bottom or "1"))

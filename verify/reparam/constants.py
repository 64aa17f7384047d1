"""Numbers that a user writes beside an expression: an index, a scale, a power."""

from __future__ import annotations

from fractions import Fraction

from verify.language.evaluate import Undefined, exact
from verify.language.parse import parse_term


def constant(text: str, place: str) -> Fraction | None:
    """The value of a text without names, None where it is not a rational number; raises ``LanguageError`` for what
    cannot be read.
    """
    try:
        return exact(parse_term(text, (), where=place), {})
    except Undefined:
        return None

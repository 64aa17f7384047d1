"""Potentials with a name: those of the papers' maps, and the one that a steepest flow of products has at balance 0.

x = w_1 ... w_L under q-steepest descent has the inverse metric L |x|^m, m = q (L - 1)/L, where all |w_i| are equal;
R is its double integral without terms of degree 0 and 1, which change neither R'' nor the divergences.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from fractions import Fraction

from verify.language.errors import LanguageError

ENTROPY = "{x}*asinh({x}/sqrt(lam)) - sqrt({x}**2 + lam)"
SQUARE = "{x}**2/2"
DEEPEST, LARGEST_INDEX = 64, 64
_STEEPEST = re.compile(r"steepest\b(.*)", re.DOTALL)
_SIZE = re.compile(r"\s*([qL])\s*=\s*([0-9]{1,6}(?:\.[0-9]{1,6}|/[0-9]{1,6})?)\s*,?")


def named(text: str, x: str, known: Collection[str] = ()) -> tuple[str, tuple[str, ...]] | None:
    """(expression, what is given with it) of a potential with a name; None for any other text.

    known: names that are declared, which are no names of potentials. Raises ``LanguageError`` for a steepest flow that
    cannot be read.
    """
    plain = text.strip()
    if plain in known or plain == x:
        return None
    if plain == "entropy":
        return ENTROPY.format(x=x), ("lam > 0",)
    if plain == "square":
        return SQUARE.format(x=x), ()
    found = _STEEPEST.fullmatch(plain)
    return None if found is None else steepest(*_sizes(found[1], text), x)


def steepest(q: Fraction, layers: int, x: str) -> tuple[str, tuple[str, ...]]:
    """R with R'' = 1/(L |x|^m), on the line where that is a function on it, else on the half-line."""
    m = q * Fraction(layers - 1, layers)
    if m == 1:
        return f"({x}*log({x}) - {x})/{layers}", (f"{x} > 0",)
    if m == 2:
        return f"-log({x})/{layers}", (f"{x} > 0",)
    scale = layers * (1 - m) * (2 - m)
    if m < 1:
        return f"abs({x})**({2 - m})/({scale})", ()
    return f"{x}**({2 - m})/({scale})", (f"{x} >= 0" if m < 2 else f"{x} > 0",)


def _sizes(text: str, whole: str) -> tuple[Fraction, int]:
    found: dict[str, Fraction] = {}
    at = 0
    while at < len(text) and text[at:].strip():
        match = _SIZE.match(text, at)
        if match is None or match[1] in found:
            break
        try:
            found[match[1]] = Fraction(match[2])
        except ZeroDivisionError:
            break
        at = match.end()
    q, layers = found.get("q"), found.get("L")
    if text[at:].strip() or q is None or layers is None:
        column = whole.find("steepest") + len("steepest") + at + 1
        raise LanguageError("write the flow as in 'steepest q=3/2 L=2', q the index, L the factors", column,
                            "expression")  # fmt: skip
    if not 1 <= q <= LARGEST_INDEX or layers.denominator != 1 or not 2 <= layers <= DEEPEST:
        raise LanguageError(f"q is a number from 1 to {LARGEST_INDEX}, L a whole number from 2 to {DEEPEST}", 1,
                            "expression")  # fmt: skip
    return q, int(layers)

"""Recorded text as typeset mathematics: parsed again by the whitelist, broken into lines, shown as MathML.

A text that is no expression of the language (a remark, or SymPy's notation for something the language lacks) is
shown as it is. Nothing that a text says is ever run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from markupsafe import Markup, escape

from verify.language.errors import LanguageError
from verify.language.mathml import NAMESPACE, to_mathml
from verify.language.terms import RELATIONS, Term, fn

LINE = 54  # letters, roughly, that stand in one line of a statement

_SYMPY_NAMES = {"Abs": "abs", "Derivative": "diff", "Integral": "integrate"}
_SYMPY_RELATIONS = {"Eq": "==", "Ne": "!=", "Lt": "<", "Le": "<=", "Gt": ">", "Ge": ">="}
_SIGNS = {"==": "=", "!=": "\u2260", "<=": "\u2264", ">=": "\u2265", "implies": "\u21d2"}
_WEAK = ("and", "or", "implies", "forall", "exists")
_LARGE = ("integrate", "Sum", "Product", "limit")
_ROW = re.compile(r"<(/?)mrow>")
_PROSE = re.compile(r"[A-Za-z][A-Za-z,;:()'-]*( [A-Za-z0-9,;:()'-]+)+\.?")


@lru_cache(maxsize=20_000)
def term_of(text: str) -> Term | None:
    """The term that the text denotes, in the language of claims or as SymPy prints it; None where it is neither."""
    from verify.language.parse import parse_abbreviation

    try:
        return parse_abbreviation(_translated(text), (), along_flow=True).term
    except (LanguageError, RecursionError):
        return None


def _translated(text: str) -> str:
    for old, new in _SYMPY_NAMES.items():
        text = re.sub(rf"\b{old}\(", f"{new}(", text)
    found = re.fullmatch(r"(Eq|Ne|Lt|Le|Gt|Ge)\((.+), ([^,]+)\)", text)
    return f"{found.group(2)} {_SYMPY_RELATIONS[found.group(1)]} {found.group(3)}" if found else text


def inline(text: str, large: bool = False) -> Markup:
    """The text as one formula in a line, its fractions in full size where it is to be large; else as prose or code."""
    term = term_of(text)
    return _math(_inner(term), display=large) if term else _plain(text)


def equation(name: str, value: str) -> Markup:
    """What a name stands for at a point, or (``-> oo``) where it goes, as one formula where both are formulas."""
    sign, told = ("→", value.removeprefix("->").strip()) if value.startswith("->") else ("=", value)
    left, right = term_of(name), term_of(told)
    if left is None or right is None:
        return Markup("{} {} {}").format(inline(name), sign, inline(told))
    return _math(_inner(left) + _sign(sign) + _inner(right), display=False)


def display(text: str, line: float = LINE) -> Markup:
    """The text as a displayed formula, in as many lines as it needs."""
    term = term_of(text)
    if term is None:
        return Markup('<div class="math">{}</div>').format(_plain(text))
    rows = Markup("").join(
        Markup('<div class="row{}">{}</div>').format(" more" if continued else "", _math(xml, display=True))
        for continued, xml in _lines(term, line)
    )
    return Markup('<div class="math">{}</div>').format(rows)


def is_prose(text: str) -> bool:
    """Whether a text that is no formula is read as words, not as code."""
    return _PROSE.fullmatch(text) is not None


def _plain(text: str) -> Markup:
    if is_prose(text):
        return Markup('<span class="prose">{}</span>').format(text)
    return Markup("<code>{}</code>").format(text)


def _math(xml: str, *, display: bool) -> Markup:
    style = ' displaystyle="true"' if display else ""
    return Markup(f"<math{style}>{_unwrapped(xml)}</math>")


def _unwrapped(xml: str) -> str:
    """The same without a row around all of it: the element around it is a row itself."""
    depth = 0
    for row in _ROW.finditer(xml) if xml.startswith("<mrow>") else ():
        depth += -1 if row[1] else 1
        if depth == 0:
            return xml[len("<mrow>") : -len("</mrow>")] if row.end() == len(xml) else xml
    return xml


def _inner(term: Term) -> str:
    """The MathML of a term without the element around it, which HTML needs no namespace for."""
    xml = to_mathml(term).removeprefix(f'<math xmlns="{NAMESPACE}" display="inline">')
    return xml.removesuffix("</math>")


# -- lines ---------------------------------------------------------------------------------------------------------


def _lines(term: Term, line: float) -> Iterator[tuple[bool, str]]:
    """(whether it continues the line before, MathML) for each line of a displayed formula."""
    if term.op == "and":
        last = len(term.args) - 1
        for k, part in enumerate(term.args):
            sign = "<mtext>\u2002and</mtext>" if k < last else ""
            bracketed = fn("not", part) if part.op in _WEAK else part
            for j, (continued, xml) in enumerate(rows := list(_broken(part, bracketed, line))):
                yield continued, f"<mrow>{xml}{sign}</mrow>" if j == len(rows) - 1 else xml
    else:
        yield from _broken(term, term, line)


def _broken(term: Term, shown: Term, line: float) -> Iterator[tuple[bool, str]]:
    if shown is not term:  # a weaker connective inside a conjunction keeps its brackets and its line
        yield False, _inner(shown).replace(_sign("\u00ac"), "", 1)
    elif width(term) <= line or not _breakable(term):
        yield False, _inner(term)
    elif term.op in ("+", "-"):
        yield from _summands(term, line)
    else:
        left, right = term.args
        yield from _broken(left, left, line)
        sign = _sign(_SIGNS.get(term.op, term.op))
        for k, (_, xml) in enumerate(_broken(right, right, line)):
            yield True, xml if k else f"<mrow>{sign}{xml}</mrow>"


def _breakable(term: Term) -> bool:
    if term.op == "implies":
        return not any(side.op in ("implies", "forall", "exists") for side in term.args)
    return term.op in (*RELATIONS, "+", "-")


def _summands(term: Term, line: float) -> Iterator[tuple[bool, str]]:
    parts: list[tuple[str, Term]] = []
    while term.op in ("+", "-"):
        parts.append((term.op, term.args[1]))
        term = term.args[0]
    parts.append(("", term))
    row, used, continued = "", 0.0, False
    for sign, part in reversed(parts):
        # shown as after a sign, so that it gets the brackets it needs; then with its own sign
        xml = _inner(fn("neg", part)) if sign or part.op in _LARGE else _inner(part)
        if sign != "-" and (sign or part.op in _LARGE):
            xml = xml.replace(_sign("\u2212"), _sign("+") if sign else "", 1)
        if row and used + width(part) > line:
            yield continued, f"<mrow>{row}</mrow>"
            row, used, continued = "", 0.0, True
        row, used = row + xml, used + width(part) + 3
    yield continued, f"<mrow>{row}</mrow>"


def _sign(sign: str) -> str:
    return f"<mo>{escape(sign)}</mo>"


def width(term: Term) -> float:
    """Roughly how many letters wide a term is when it is typeset."""
    op = term.op
    if op == "num":
        return max(len(str(term.args[0].numerator)), len(str(term.args[0].denominator)))
    if op in ("sym", "const", "text"):
        return 1 if len(str(term.args[0])) < 3 else 0.6 * len(str(term.args[0]))
    parts = [width(child) for child in term.children]
    if op == "/":
        return max(parts) + 1
    if op == "**":
        return parts[0] + 0.7 * parts[1]
    if op == "*":
        return sum(parts) + 0.5
    if op == "diff":
        return parts[0] + 4
    words = 0 if op in (*RELATIONS, "+", "-", "neg", "sqrt", "abs", "and", "or") else len(op)
    return sum(parts) + 2.5 * max(1, len(parts) - 1) + words

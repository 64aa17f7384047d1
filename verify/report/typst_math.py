"""MathML as Typst's notation for formulas, so that one way of typesetting serves the page and the print.

Only strings, escaped signs and the functions named here come out: no text of a record can become a command.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from xml.etree import ElementTree

from verify.report import typeset
from verify.report.difference import marked

DELIMITERS = {"(": "paren.l", ")": "paren.r", "|": "bar.v", "[": "bracket.l", "]": "bracket.r", "⟨": "chevron.l",
              "⟩": "chevron.r"}  # fmt: skip
PAIRS = (("(", ")"), ("|", "|"), ("[", "]"), ("⟨", "⟩"))
_INVISIBLE = {"\u2061": "", "\u2062": "thin", "\u2063": "", "\u2064": ""}
_ROW = re.compile(r'<div class="row( more)?">(<math[^>]*>.*?</math>)</div>', re.DOTALL)


def string(text: object) -> str:
    """The text as a string of Typst, whatever it holds."""
    escaped = str(text).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]+", " ", escaped) + '"'


@lru_cache(maxsize=20_000)
def inline(text: str) -> str:
    """The recorded text as a formula in a line, with the text itself for who hears it; as prose or code where it is no
    formula.
    """
    shown = str(typeset.inline(text))
    return f"#said({string(text)}, ${_formula(shown)}$)" if shown.startswith("<math") else _plain(text)


@lru_cache(maxsize=20_000)
def equation(name: str, value: str) -> str:
    """What a name stands for at a point, or where it goes, as one formula where both are formulas."""
    shown = str(typeset.equation(name, value))
    sign, told = ("→", value.removeprefix("->").strip()) if value.startswith("->") else ("=", value)
    if shown.startswith("<math") and shown.count("<math") == 1 and shown.endswith("</math>"):
        return f"#said({string(f'{name} {sign} {told}')}, ${_formula(shown)}$)"
    return f"{inline(name)} {sign} {inline(told)}"


def rows(text: str, other: str | None = None, kind: str = "") -> list[tuple[bool, str]]:
    """(whether it continues the row before, the row) for a displayed formula, its difference from another marked."""
    shown = str(typeset.display(text) if other is None else marked(text, other, kind))
    found = [
        (bool(more), f"#said({string('continued' if k else text)}, $ {_formula(math)} $)")
        for k, (more, math) in enumerate(_ROW.findall(shown))
    ]
    return found or [(False, _plain(text))]


def _plain(text: str) -> str:
    return f"#{'text' if typeset.is_prose(text) else 'raw'}({string(text)})"


def _formula(xml: str) -> str:
    return _node(ElementTree.fromstring(xml)).strip()


def _node(node: ElementTree.Element) -> str:
    found = _LEAVES[node.tag](node.text or "") if node.tag in _LEAVES else _INNER.get(node.tag, _row)(node)
    kinds = (node.get("class") or "").split()
    marked_as = kinds[1] if kinds[:1] == ["changed"] and found.strip() else ""
    return f" {marked_as}({found}) " if marked_as in ("added", "removed") else found


def _row(node: ElementTree.Element) -> str:
    children = list(node)
    ends = (children[0].text, children[-1].text) if len(children) > 1 else ("", "")
    if ends in PAIRS and children[0].tag == children[-1].tag == "mo" and not children[0].get("class"):
        left, right = (DELIMITERS[str(end)] for end in ends)
        return f" lr({left} {' '.join(map(_node, children[1:-1]))} {right}) "
    return " ".join(map(_node, children))


def _letter(text: str) -> str:
    text = text.strip()
    if len(text) == 1 and text.isalpha():
        return text
    return f"upright({string(text)})" if text else ""


def _sign(text: str) -> str:
    text = text.strip()
    if text in _INVISIBLE:
        return _INVISIBLE[text]
    if text in DELIMITERS:
        return DELIMITERS[text]
    return "".join(f"\\{c}" if c.isascii() and not c.isalnum() else c for c in text)


def _call(name: str, *parts: str) -> Callable[[ElementTree.Element], str]:
    """A function of Typst for an element; parts: how its children are named."""

    def make(node: ElementTree.Element) -> str:
        children = [_node(child).strip() or "zws" for child in node]
        given = ", ".join(f"{part}{child}" for part, child in zip(parts or [""] * len(children), children, strict=True))
        return f" {name}({given}) "

    return make


_LEAVES: dict[str, Callable[[str], str]] = {
    "mi": _letter, "mo": _sign, "mn": lambda text: string(text.strip()) if text.strip() else "",
    "mtext": lambda text: string(text),
}  # fmt: skip
_INNER: dict[str, Callable[[ElementTree.Element], str]] = {
    "mfrac": _call("frac"), "msqrt": lambda node: f" sqrt({_row(node)}) ", "msup": _call("attach", "", "t: "),
    "msub": _call("attach", "", "b: "), "msubsup": _call("attach", "", "b: ", "t: "),
    "munder": _call("attach", "", "b: "), "munderover": _call("attach", "", "b: ", "t: "),
}  # fmt: skip

"""Terms as text in the syntax of the claims file; parsing the text gives the term back."""

from __future__ import annotations

from fractions import Fraction

from verify.language.terms import Term

_LEVEL = {
    "implies": 0, "or": 1, "and": 2, "not": 3, "==": 4, "!=": 4, "<": 4, "<=": 4, ">": 4, ">=": 4,
    "+": 5, "-": 5, "*": 6, "/": 6, "neg": 7, "**": 8,
}  # fmt: skip
_ATOM = 9


def number_text(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"


def to_text(term: Term) -> str:
    return _text(term)[0]


def _wrap(term: Term, least: int) -> str:
    text, level = _text(term)
    return text if level >= least else f"({text})"


def _text(term: Term) -> tuple[str, int]:
    op, a = term.op, term.args
    if op == "num":
        value = a[0]
        if value < 0:
            return number_text(value), _LEVEL["neg"] if value.denominator == 1 else _LEVEL["/"]
        return number_text(value), _ATOM if value.denominator == 1 else _LEVEL["/"]
    if op in ("sym", "const"):
        return a[0], _ATOM
    if op in ("true", "false"):
        return op, _ATOM
    if op == "text":
        return f'"{a[0]}"', _ATOM
    if op in ("+", "-"):
        return f"{_wrap(a[0], 5)} {op} {_wrap(a[1], 6)}", 5
    if op in ("*", "/"):
        return f"{_wrap(a[0], 6)}{op}{_wrap(a[1], 7)}", 6
    if op == "neg":
        return f"-{_wrap(a[0], 7)}", 7
    if op == "**":
        return f"{_wrap(a[0], 9)}**{_wrap(a[1], 7)}", 8
    if op in ("==", "!=", "<", "<=", ">", ">="):
        return f"{_wrap(a[0], 5)} {op} {_wrap(a[1], 5)}", 4
    if op in ("and", "or"):
        level = _LEVEL[op]
        return f" {op} ".join(_wrap(t, level + 1) for t in a), level
    if op == "not":
        return f"not {_wrap(a[0], 4)}", 3
    if op == "diff" and a[2].args[0] == 1:
        return f"diff({to_text(a[0])}, {to_text(a[1])})", _ATOM
    if op in ("integrate", "Sum", "Product"):
        return f"{op}({to_text(a[0])}, ({', '.join(to_text(t) for t in a[1:])}))", _ATOM
    if op == "limit":
        side = "" if a[3].args[0] == "+-" else f', "{a[3].args[0]}"'
        return f"limit({to_text(a[0])}, {to_text(a[1])}, {to_text(a[2])}{side})", _ATOM
    return f"{op}({', '.join(to_text(t) for t in a)})", _ATOM

"""Terms as presentation MathML, the way they were written: nothing is simplified or reordered.

The result is one self-contained ``math`` element, valid XML; every name and number in it is escaped.
"""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from verify.language.terms import Term

NAMESPACE = "http://www.w3.org/1998/Math/MathML"

# how tightly a piece of notation binds; what binds less than its place needs is put in brackets
_IMPLIES, _OR, _AND, _NOT, _RELATION, _LARGE, _SUM, _MINUS, _PREFIX, _PRODUCT, _QUOTIENT, _ATOM = range(12)

_GREEK = {
    "alpha": "\u03b1", "beta": "\u03b2", "gam": "\u03b3", "delta": "\u03b4", "eps": "\u03b5", "epsilon": "\u03b5",
    "zeta": "\u03b6", "eta": "\u03b7", "theta": "\u03b8", "iota": "\u03b9", "kappa": "\u03ba", "lam": "\u03bb",
    "lambda": "\u03bb", "lamda": "\u03bb", "lambd": "\u03bb", "mu": "\u03bc", "nu": "\u03bd", "xi": "\u03be",
    "rho": "\u03c1", "sigma": "\u03c3", "tau": "\u03c4", "phi": "\u03c6", "chi": "\u03c7", "psi": "\u03c8",
    "omega": "\u03c9", "Gamma": "\u0393", "Delta": "\u0394", "Theta": "\u0398", "Lam": "\u039b", "Lambda": "\u039b",
    "Xi": "\u039e", "Sigma": "\u03a3", "Phi": "\u03a6", "Psi": "\u03a8", "Omega": "\u03a9", "ell": "\u2113",
    "gamma": "\u03b3",
}  # fmt: skip
_RELATION_SIGNS = {"==": "=", "!=": "\u2260", "<": "<", "<=": "\u2264", ">": ">", ">=": "\u2265"}
_CONSTANTS = {"pi": "\u03c0", "E": "e", "oo": "\u221e"}
_FUNCTION_NAMES = {
    "sign": "sgn", "asin": "arcsin", "acos": "arccos", "atan": "arctan", "asinh": "arsinh", "acosh": "arcosh",
    "atanh": "artanh", "Min": "min", "Max": "max", "gamma": "\u0393",
}  # fmt: skip
_PROPERTIES = {
    "convex": "is convex", "strictly_convex": "is strictly convex", "increasing": "is increasing",
    "strictly_increasing": "is strictly increasing", "even": "is even", "odd": "is odd", "bounded": "is bounded",
    "legendre": "is a Legendre function", "bregman": "is a Bregman function",
}  # fmt: skip
_GROWTH = {"bigtheta": "\u0398", "bigo": "O", "littleo": "o"}

# what would swallow, or lose, a factor written after it
_OPEN_ENDED = frozenset(("num", "+", "-", "neg", "diff", "ddt", "integrate", "Sum", "Product", "limit"))

Piece = tuple[str, int]


def to_mathml(term: Term, *, block: bool = False) -> str:
    """The ``math`` element of a term, inline or as a display."""
    display = "block" if block else "inline"
    return f'<math xmlns="{NAMESPACE}" display="{display}">{_piece(term)[0]}</math>'


def _tag(name: str, *parts: str) -> str:
    return f"<{name}>{''.join(parts)}</{name}>"


def _row(*parts: str) -> str:
    return _tag("mrow", *parts)


def _mo(sign: str) -> str:
    return _tag("mo", escape(sign))


def _words(text: str) -> str:
    return _tag("mtext", escape(f"\u00a0{text}\u00a0"))


def _wrapped(term: Term, least: int) -> str:
    xml, level = _piece(term)
    return xml if level >= least else _bracketed(xml)


def _bracketed(xml: str) -> str:
    return _row(_mo("("), xml, _mo(")"))


def _name(name: str) -> str:
    """A letter or word, Greek where it is spelt out, digits at its end and parts after _ as subscripts."""
    found = re.fullmatch(r"([A-Za-z]+?)_?([0-9]+)", name) or re.fullmatch(r"([A-Za-z0-9]+)_([A-Za-z0-9_]+)", name)
    base, below = (found.group(1), found.group(2)) if found else (name, "")
    letter = _tag("mi", escape(_GREEK.get(base, base)))
    if not below:
        return letter
    index = _tag("mn", below) if below.isdigit() else _tag("mi", escape(_GREEK.get(below, below)))
    return _tag("msub", letter, index)


def _number(term: Term) -> Piece:
    value = term.args[0]
    digits = _tag("mn", str(abs(value.numerator)))
    level = _ATOM
    if value.denominator != 1:
        digits, level = _tag("mfrac", digits, _tag("mn", str(value.denominator))), _QUOTIENT
    return (_row(_mo("\u2212"), digits), _MINUS) if value < 0 else (digits, level)


def _product(left: Term, right: Term) -> Piece:
    signed = left.op == "num" or (left.op == "neg" and left.args[0].op not in _OPEN_ENDED)
    first, (second, level) = _wrapped(left, _MINUS if signed else _PRODUCT), _piece(right)
    bracketed = level < _QUOTIENT
    if bracketed:
        second = _bracketed(second)
    # a dot where two factors side by side could be read as one number, one word or a function of something
    word = any(t.op == "sym" and len(t.args[0]) > 1 for t in (left, right))
    number = _leading(right).op == "num"
    named = bracketed and left.op in ("sym", "const")
    return _row(first, _mo("\u22c5" if word or number or named else "\u2062"), second), _PRODUCT


def _leading(term: Term) -> Term:
    """What stands first when the term is written out."""
    while term.op in ("*", "/", "**"):
        term = term.args[0]
    return term


def _application(name: str, *arguments: Term) -> Piece:
    inner: list[str] = []
    for k, argument in enumerate(arguments):
        inner += [_mo(",")] * (k > 0) + [_piece(argument)[0]]
    label = _tag("mi", escape(_FUNCTION_NAMES.get(name, name)))
    return _row(label, _mo("\u2061"), _bracketed(_row(*inner))), _ATOM


def _derivative(body: Term, variable: str, order: int) -> Piece:
    d = '<mi mathvariant="normal">d</mi>'
    times = _tag("mn", str(order))
    above = d if order == 1 else _tag("msup", d, times)
    below = _row(d, variable if order == 1 else _tag("msup", variable, times))
    return _row(_tag("mfrac", above, below), _mo("\u2062"), _wrapped(body, _QUOTIENT)), _PREFIX


def _limit(term: Term) -> Piece:
    body, variable, point, side = term.args
    where = _piece(point)[0]
    if side.args[0] in ("+", "-"):
        where = _tag("msup", _wrapped(point, _ATOM), _mo("+" if side.args[0] == "+" else "\u2212"))
    under = _row(_name(variable.args[0]), _mo("\u2192"), where)
    return _row(_tag("munder", _mo("lim"), under), _mo("\u2061"), _wrapped(body, _PRODUCT)), _LARGE


def _ranged(term: Term) -> Piece:
    body, variable, low, high = term.args
    name, ends = _name(variable.args[0]), (_piece(low)[0], _piece(high)[0])
    if term.op == "integrate":
        sign = _tag("msubsup", _mo("\u222b"), *ends)
        return _row(sign, _wrapped(body, _PRODUCT), '<mi mathvariant="normal">d</mi>', name), _LARGE
    sign = _mo("\u2211" if term.op == "Sum" else "\u220f")
    return _row(_tag("munderover", sign, _row(name, _mo("="), ends[0]), ends[1]), _wrapped(body, _PRODUCT)), _LARGE


def _predicate(term: Term) -> Piece:
    op, a = term.op, term.args
    if op in _PROPERTIES:
        return _row(_wrapped(a[0], _SUM), _words(f"{_PROPERTIES[op]} in"), _piece(a[1])[0]), _RELATION
    if op == "homogeneous":
        degree = _wrapped(a[2], _SUM)
        parts = (_wrapped(a[0], _SUM), _words("is homogeneous of degree"), degree, _words("in"), _piece(a[1])[0])
        return _row(*parts), _RELATION
    right = _wrapped(a[1], _SUM)
    if op in _GROWTH:
        right = _row(_mo("="), _tag("mi", _GROWTH[op]), _mo("\u2061"), _bracketed(_piece(a[1])[0]))
    else:
        right = _row(_mo("\u223c"), right)
    return _row(_wrapped(a[0], _SUM), right, _words("as"), _piece(a[2])[0], _mo("\u2192"), _piece(a[3])[0]), _RELATION


def _formula(term: Term) -> Piece | None:
    op, a = term.op, term.args
    if op in _RELATION_SIGNS:
        return _row(_wrapped(a[0], _LARGE), _mo(_RELATION_SIGNS[op]), _wrapped(a[1], _LARGE)), _RELATION
    if op in ("and", "or"):
        level, sign = (_AND, "\u2227") if op == "and" else (_OR, "\u2228")
        parts = [_wrapped(a[0], level + 1)]
        for part in a[1:]:
            parts += [_mo(sign), _wrapped(part, level + 1)]
        return _row(*parts), level
    if op == "not":
        return _row(_mo("\u00ac"), _wrapped(a[0], _ATOM)), _NOT
    if op == "implies":
        return _row(_wrapped(a[0], _OR), _mo("\u21d2"), _wrapped(a[1], _OR)), _IMPLIES
    if op in ("forall", "exists"):
        sign = _mo("\u2200" if op == "forall" else "\u2203")
        return _row(sign, _piece(a[0])[0], _mo(":"), _wrapped(a[1], _NOT)), _IMPLIES
    if op in ("true", "false"):
        return _tag("mtext", op), _ATOM
    if op == "conserved":
        return _row(_derivative(a[0], _tag("mi", "t"), 1)[0], _mo("="), _tag("mn", "0")), _RELATION
    if op in _PROPERTIES or op in _GROWTH or op in ("homogeneous", "asymptotic"):
        return _predicate(term)
    return None


def _piece(term: Term) -> Piece:
    op, a = term.op, term.args
    formula = _formula(term)
    if formula is not None:
        return formula
    if op == "num":
        return _number(term)
    if op == "sym":
        return _name(a[0]), _ATOM
    if op == "const":
        return _tag("mi", _CONSTANTS[a[0]]), _ATOM
    if op in ("+", "-"):
        sign = "+" if op == "+" else "\u2212"
        return _row(_wrapped(a[0], _SUM), _mo(sign), _wrapped(a[1], _PREFIX)), _SUM
    if op == "neg":
        return _row(_mo("\u2212"), _wrapped(a[0], _PREFIX)), _MINUS
    if op == "*":
        return _product(*a)
    if op == "/":
        return _tag("mfrac", _piece(a[0])[0], _piece(a[1])[0]), _QUOTIENT
    if op == "**":
        return _tag("msup", _wrapped(a[0], _ATOM), _piece(a[1])[0]), _QUOTIENT
    if op == "sqrt":
        return _tag("msqrt", _piece(a[0])[0]), _ATOM
    if op == "abs":
        return _row(_mo("|"), _piece(a[0])[0], _mo("|")), _ATOM
    if op == "spow":  # the signed power u^<r>
        return _tag("msup", _wrapped(a[0], _ATOM), _row(_mo("\u27e8"), _piece(a[1])[0], _mo("\u27e9"))), _QUOTIENT
    if op == "diff":
        return _derivative(a[0], _name(a[1].args[0]), int(a[2].args[0]))
    if op == "ddt":
        return _derivative(a[0], _tag("mi", "t"), 1)
    if op in ("integrate", "Sum", "Product"):
        return _ranged(term)
    if op == "limit":
        return _limit(term)
    if op == "expect":
        law = _row(_piece(a[1])[0], _mo("\u223c"), _tag("mi", "N"), _bracketed(_row(
            _tag("mn", "0"), _mo(","), _tag("mn", "1"))))  # fmt: skip
        return _row(_tag("msub", _tag("mi", "E"), law), _mo("["), _piece(a[0])[0], _mo("]")), _ATOM
    if op == "text":
        return _tag("mtext", escape(str(a[0]))), _ATOM
    return _application(op, *term.children)

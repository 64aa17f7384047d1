"""Terms as LaTeX for MathJax, the way they were written: nothing is simplified or reordered.

Only letters, digits and the commands below come out, so that no name can close a formula or start a command; nor do
``|``, ``<`` and ``>``, which mean something in the Markdown and HTML around a formula.
"""

from __future__ import annotations

import re

from verify.language.terms import PREDICATE_VARIABLE, Term

# how tightly a piece of notation binds; what binds less than its place needs is put in brackets
_IMPLIES, _OR, _AND, _NOT, _RELATION, _LARGE, _SUM, _MINUS, _PREFIX, _PRODUCT, _POWER, _ATOM = range(12)

_LETTERS = (
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi",
    "rho", "sigma", "tau", "phi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Sigma", "Phi",
    "Psi", "Omega", "ell",
)  # fmt: skip
_GREEK = {name: rf"\{name}" for name in _LETTERS} | {
    "lam": r"\lambda", "lamda": r"\lambda", "lambd": r"\lambda", "gam": r"\gamma", "eps": r"\varepsilon",
    "Lam": r"\Lambda",
}  # fmt: skip
_SIGNS = {"==": "=", "!=": r"\ne", "<": r"\lt", "<=": r"\le", ">": r"\gt", ">=": r"\ge"}
_CONSTANTS = {"pi": r"\pi", "E": r"\mathrm{e}", "oo": r"\infty"}
_KNOWN = ("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh")
_FUNCTIONS = {name: rf"\{name}" for name in _KNOWN} | {
    "sign": r"\operatorname{sgn}", "asin": r"\arcsin", "acos": r"\arccos", "atan": r"\arctan", "Min": r"\min",
    "Max": r"\max", "asinh": r"\operatorname{arsinh}", "acosh": r"\operatorname{arcosh}",
    "atanh": r"\operatorname{artanh}", "erf": r"\operatorname{erf}", "gamma": r"\Gamma",
}  # fmt: skip
_PROPERTIES = {
    "convex": "is convex", "strictly_convex": "is strictly convex", "increasing": "is increasing",
    "strictly_increasing": "is strictly increasing", "even": "is even", "odd": "is odd", "bounded": "is bounded",
    "legendre": "is a Legendre function", "bregman": "is a Bregman function",
}  # fmt: skip
_GROWTH = {"bigtheta": r"\Theta", "bigo": "O", "littleo": "o"}

Piece = tuple[str, int]


def to_latex(term: Term) -> str:
    """The LaTeX of a term, without dollar signs."""
    return _piece(term)[0]


def _wrapped(term: Term, least: int) -> str:
    tex, level = _piece(term)
    return tex if level >= least else rf"\left({tex}\right)"


def _word(word: str) -> str:
    if word in _GREEK:
        return _GREEK[word]
    safe = re.sub(r"[^A-Za-z0-9]", "", word)
    return safe if len(safe) == 1 or safe.isdigit() else rf"\mathrm{{{safe}}}"


def _name(name: str) -> str:
    found = re.fullmatch(r"([A-Za-z]+?)_?([0-9]+)", name) or re.fullmatch(r"([A-Za-z0-9]+)_([A-Za-z0-9_]+)", name)
    if found is None:
        return _word(name)
    return f"{_word(found.group(1))}_{{{_word(found.group(2))}}}"


def _number(term: Term) -> Piece:
    value = term.args[0]
    digits, level = str(abs(value.numerator)), _ATOM
    if value.denominator != 1:
        digits, level = rf"\frac{{{digits}}}{{{value.denominator}}}", _POWER
    return (f"-{digits}", _MINUS) if value < 0 else (digits, level)


def _product(left: Term, right: Term) -> Piece:
    second, level = _piece(right)
    bracketed = level < _POWER
    if bracketed:
        second = rf"\left({second}\right)"
    first = right
    while first.op in ("*", "/", "**"):
        first = first.args[0]
    word = any(t.op == "sym" and len(t.args[0]) > 1 for t in (left, right))
    dotted = word or first.op == "num" or (bracketed and left.op in ("sym", "const"))
    between = r" \cdot " if dotted else r"\,"
    return f"{_wrapped(left, _PRODUCT)}{between}{second}", _PRODUCT


def _derivative(body: Term, variable: str, order: int) -> Piece:
    above = r"\mathrm{d}" if order == 1 else rf"\mathrm{{d}}^{{{order}}}"
    below = variable if order == 1 else f"{variable}^{{{order}}}"
    return rf"\frac{{{above}}}{{\mathrm{{d}} {below}}} {_wrapped(body, _POWER)}", _PREFIX


def _limit(term: Term) -> Piece:
    body, variable, point, side = term.args
    where = _piece(point)[0] + (f"^{{{side.args[0]}}}" if side.args[0] in ("+", "-") else "")
    return rf"\lim_{{{_name(variable.args[0])} \to {where}}} {_wrapped(body, _PRODUCT)}", _LARGE


def _ranged(term: Term) -> Piece:
    body, variable, low, high = term.args
    name, inner = _name(variable.args[0]), _wrapped(body, _PRODUCT)
    ends = f"{_piece(low)[0]}}}^{{{_piece(high)[0]}}}"
    if term.op == "integrate":
        return rf"\int_{{{ends} {inner} \,\mathrm{{d}} {name}", _LARGE
    sign = r"\sum" if term.op == "Sum" else r"\prod"
    return rf"{sign}_{{{name} = {ends} {inner}", _LARGE


def _predicate(term: Term) -> Piece:
    op, a = term.op, term.args
    variable, left = _piece(a[PREDICATE_VARIABLE[op]])[0], _wrapped(a[0], _SUM)
    if op in _PROPERTIES:
        return rf"{left} \text{{ {_PROPERTIES[op]} in }} {variable}", _RELATION
    if op == "homogeneous":
        return rf"{left} \text{{ is homogeneous of degree }} {_wrapped(a[2], _SUM)} \text{{ in }} {variable}", _RELATION
    right = rf"\sim {_wrapped(a[1], _SUM)}"
    if op in _GROWTH:
        right = rf"= {_GROWTH[op]}\left({_piece(a[1])[0]}\right)"
    return rf"{left} {right} \text{{ as }} {variable} \to {_piece(a[3])[0]}", _RELATION


def _formula(term: Term) -> Piece | None:
    op, a = term.op, term.args
    if op in _SIGNS:
        return f"{_wrapped(a[0], _LARGE)} {_SIGNS[op]} {_wrapped(a[1], _LARGE)}", _RELATION
    if op in ("and", "or"):
        level, sign = (_AND, r" \land ") if op == "and" else (_OR, r" \lor ")
        return sign.join(_wrapped(t, level + 1) for t in a), level
    if op == "not":
        return rf"\lnot {_wrapped(a[0], _ATOM)}", _NOT
    if op == "implies":
        return rf"{_wrapped(a[0], _OR)} \Rightarrow {_wrapped(a[1], _OR)}", _IMPLIES
    if op in ("forall", "exists"):
        return rf"\{op} {_piece(a[0])[0]} : {_wrapped(a[1], _NOT)}", _IMPLIES
    if op in ("true", "false"):
        return rf"\text{{{op}}}", _ATOM
    if op == "conserved":
        return rf"{_derivative(a[0], 't', 1)[0]} = 0", _RELATION
    if op in PREDICATE_VARIABLE:
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
        return _CONSTANTS[a[0]], _ATOM
    if op in ("+", "-"):
        return f"{_wrapped(a[0], _SUM)} {op} {_wrapped(a[1], _PREFIX)}", _SUM
    if op == "neg":
        return f"-{_wrapped(a[0], _PREFIX)}", _MINUS
    if op == "*":
        return _product(*a)
    if op == "/":
        return rf"\frac{{{_piece(a[0])[0]}}}{{{_piece(a[1])[0]}}}", _POWER
    if op == "**":
        return f"{{{_wrapped(a[0], _ATOM)}}}^{{{_piece(a[1])[0]}}}", _POWER
    if op == "sqrt":
        return rf"\sqrt{{{_piece(a[0])[0]}}}", _ATOM
    if op == "abs":
        return rf"\left\vert {_piece(a[0])[0]} \right\vert ", _ATOM
    if op == "spow":  # the signed power u^<r>
        return rf"{{{_wrapped(a[0], _ATOM)}}}^{{\langle {_piece(a[1])[0]} \rangle}}", _POWER
    if op == "diff":
        return _derivative(a[0], _name(a[1].args[0]), int(a[2].args[0]))
    if op == "ddt":
        return _derivative(a[0], "t", 1)
    if op in ("integrate", "Sum", "Product"):
        return _ranged(term)
    if op == "limit":
        return _limit(term)
    if op == "expect":
        return rf"\mathrm{{E}}_{{{_piece(a[1])[0]} \sim N(0, 1)}}\left[{_piece(a[0])[0]}\right]", _ATOM
    if op == "text":
        words = re.sub(r"[^A-Za-z0-9 ]", " ", str(a[0]))
        return rf"\text{{{words}}}", _ATOM
    arguments = ", ".join(_piece(child)[0] for child in term.children)
    return rf"{_FUNCTIONS.get(op, _word(op))}\left({arguments}\right)", _ATOM

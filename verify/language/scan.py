"""The alphabet of the language: a text is cut into tokens before any parser sees it.

Only names, decimal numbers, short strings, brackets ``( )``, commas and the operators
``+ - * / ** == != < <= > >=`` pass. Length, nesting and the size of numbers are bounded here, so that the
parser never meets attribute access, subscripts, assignments, look-alike letters or a bracket tower.
"""

from __future__ import annotations

import keyword
import re
import unicodedata

from verify.language.errors import LanguageError, quote
from verify.language.terms import (
    ALONG_FLOW,
    BINDERS,
    CONNECTIVES,
    CONSTANTS,
    FUNCTIONS,
    PREDICATES,
)

MAX_LENGTH = 20_000
MAX_BRACKETS = 100
MAX_DIGITS = 300
MAX_EXPONENT = 300
MAX_NAME = 50

SORT_WORDS = ("real", "integer", "positive", "nonnegative", "nonzero", "negative", "nonpositive")
CALLABLES = frozenset(FUNCTIONS) | frozenset(BINDERS) | frozenset(PREDICATES) | frozenset(ALONG_FLOW) | frozenset(
    ("implies", "forall", "exists")
)
RESERVED = CALLABLES | frozenset(CONSTANTS) | frozenset(CONNECTIVES) | frozenset(SORT_WORDS)

_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]+)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<number>(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9][0-9_]*)?)"
    r"|(?P<string>\"[^\"\\\n]*\"|'[^'\\\n]*')"
    r"|(?P<operator>=>|<=>|->|=<|<>|===|\*\*|==|!=|<=|>=|//|&&|\|\||<<|>>|:=|[-+*/<>(),])"
    r"|(?P<other>.)",
    re.DOTALL,
)
_MENDS = {
    "^": "write ** for powers", "=": "write == for equality", "|": "write abs(...) for a modulus, 'or' for a choice",
    "||": "write 'or'", "&": "write 'and'", "&&": "write 'and'", "~": "write 'not'",
    "!": "write != for unequal, 'not' for a negation, gamma(n + 1) for a factorial",
    ".": "attributes are not part of the language; a number needs digits beside its point",
    "[": "write round brackets ( )", "]": "write round brackets ( )", "{": "write round brackets ( )",
    "}": "write round brackets ( )", "#": "write comments outside", "%": "there is no remainder here",
    "//": "write / for a quotient", "<<": "write < for less", ">>": "write > for greater",
    ":": "a domain such as x real goes into 'given'", ":=": "write == for equality; abbreviations go into 'where'",
    ";": "write 'and' between formulas", "@": "write * for a product", "=>": "write implies(A, B), or >=",
    "->": "write implies(A, B)",
    "<=>": "write implies(A, B) and implies(B, A)", "=<": "write <=", "<>": "write !=", "===": "write ==",
    "\\": "write the name without a backslash", "'": "strings are only for the side of a limit, \"+\" or \"-\"",
    '"': "strings are only for the side of a limit, \"+\" or \"-\"", "\0": "remove it",
}  # fmt: skip
_LOOKS_LIKE = {
    "\u2212": "-", "\u2013": "-", "\u2014": "-", "\u2264": "<=", "\u2265": ">=", "\u2a7d": "<=", "\u2a7e": ">=",
    "\u2260": "!=", "\u00d7": "*", "\u00b7": "*", "\u22c5": "*", "\u2217": "*", "\u00f7": "/", "\u2215": "/",
    "\u221a": "sqrt(...)", "\u03c0": "pi", "\u221e": "oo", "\u00b2": "**2", "\u00b3": "**3", "\u2227": "and",
    "\u2228": "or", "\u00ac": "not", "\u21d2": "implies(A, B)", "\u2192": "implies(A, B)", "\u2200": "forall(x, A)",
    "\u2203": "exists(x, A)", "\u03bb": "lam", "\u03b7": "eta", "\u03b1": "alpha", "\u03b2": "beta", "\u03bc": "mu",
    "\u03b8": "theta", "\u03b3": "gam", "\u2211": "Sum(f, (i, a, b))", "\u222b": "integrate(f, (x, a, b))",
    "\u2208": "a line such as 'x real' in given", "\u00a0": "a plain space",
}  # fmt: skip
_KEYWORD_MENDS = {
    "lambda": "write lam", "True": "write true", "False": "write false", "in": "write 0 < x < 1 for an interval",
    "is": "write ==", "None": "there is no empty value", "if": "write implies(A, B)", "else": "write implies(A, B)",
    "import": "nothing can be imported",
}  # fmt: skip


def scan(text: str) -> None:
    """Refuses every text outside of the alphabet or the limits; raises ``LanguageError``."""
    if not isinstance(text, str):
        raise LanguageError("an expression must be a text; put it in quotation marks")
    if len(text) > MAX_LENGTH:
        raise LanguageError(
            f"the text has {len(text)} characters, more than the limit of {MAX_LENGTH}; split it by abbreviations",
            MAX_LENGTH + 1,
        )
    if not text.strip():
        raise LanguageError("the text is empty; write an expression", 1)
    open_at: list[int] = []
    before, before_end = "", -1
    for found in _TOKEN.finditer(text):
        kind, token, column = str(found.lastgroup), found.group(), found.start() + 1
        if kind == "other":
            raise LanguageError(_strange(token), column)
        if kind == "name":
            if before == "number" and before_end == found.start():
                raise LanguageError(f"a number runs into the name {quote(token)}; write * between them", column)
            _check_word(token, column)
        elif kind == "number":
            _check_number(token, column)
        elif kind == "string" and before == "name" and before_end == found.start():
            raise LanguageError("a string with a prefix is not part of the language; remove it", column)
        elif token in _MENDS:
            raise LanguageError(f"{quote(token)} is not an operator here; {_MENDS[token]}", column)
        elif token == "(":
            open_at.append(column)
            if len(open_at) > MAX_BRACKETS:
                raise LanguageError(
                    f"brackets are nested deeper than {MAX_BRACKETS}; name the inner part by an abbreviation", column
                )
        elif token == ")":
            if not open_at:
                raise LanguageError("this ')' closes nothing; remove it or open a '(' before it", column)
            open_at.pop()
        if kind != "space":
            before, before_end = kind, found.end()
    if open_at:
        raise LanguageError("this '(' is never closed; add a ')'", open_at[-1])


def name_fault(name: str) -> str:
    """Why a text cannot be the name of a variable or of an abbreviation; empty where it can."""
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
        return f"{quote(str(name))} is not a name; a name is a letter followed by letters, digits and _"
    if len(name) > MAX_NAME:
        return f"the name {quote(name)} is longer than {MAX_NAME} characters; shorten it"
    if name in RESERVED or keyword.iskeyword(name):
        kind = "function" if name in CALLABLES else "constant" if name in CONSTANTS else "reserved word"
        return f"{quote(name)} is a {kind} of the language and cannot be a variable; use another name, such as {name}0"
    return ""


def _check_word(word: str, column: int) -> None:
    if keyword.iskeyword(word) and word not in ("and", "or", "not"):
        mend = _KEYWORD_MENDS.get(word, "use another name")
        raise LanguageError(f"the word {quote(word)} is reserved and has no meaning here; {mend}", column)
    if word.startswith("_"):
        raise LanguageError(f"{quote(word)} is not a name; names start with a letter", column)
    if len(word) > MAX_NAME:
        raise LanguageError(f"the name {quote(word)} is longer than {MAX_NAME} characters; shorten it", column)


def _check_number(literal: str, column: int) -> None:
    if re.search(r"_(?![0-9])|(?<![0-9])_", literal):
        raise LanguageError(f"{quote(literal)} is not a decimal number; write its digits without _", column)
    mantissa, _, exponent = literal.lower().partition("e")
    if sum(c.isdigit() for c in mantissa) > MAX_DIGITS:
        raise LanguageError(
            f"a number has more than {MAX_DIGITS} digits; write it as a power or a product", column
        )
    if exponent and (len(exponent) > 12 or abs(int(exponent)) > MAX_EXPONENT):
        raise LanguageError(
            f"the exponent of {quote(literal)} is beyond {MAX_EXPONENT}; write it as a power, 10**n", column
        )


def _strange(character: str) -> str:
    if ord(character) < 128:
        mend = _MENDS.get(character, "remove it")
        return f"the character {quote(character)} is not part of the language; {mend}"
    label = unicodedata.name(character, "no name")
    known = _LOOKS_LIKE.get(character)
    if known is None:
        plain = unicodedata.normalize("NFKC", character)
        known = plain if plain.isascii() and plain.isprintable() and plain != character else ""
    mend = f"write {known}" if known else "use plain ASCII letters and operators"
    return f"the character U+{ord(character):04X} ({label}) is not part of the language; {mend}"

"""What is given: the variables of a statement, their sorts, and the hypotheses on them.

Each item declares names (``x real``, ``m, n positive integer``) or states a formula (``1 <= q <= 2``, ``x != 0``,
``1/p + 1/q == 1``), or both (``L >= 2 integer``: the sort is that of the names the formula introduces). A name
that only a formula mentions is real. ``positive`` is the hypothesis x > 0, and so on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from verify.language.errors import LanguageError, did_you_mean, quote
from verify.language.parse import parse_formula
from verify.language.scan import MAX_LENGTH, SORT_WORDS, name_fault
from verify.language.terms import INFINITY, ZERO, Term, sym
from verify.statement import Domain, Sort

MAX_ITEMS = 200
MAX_VARIABLES = 100

_SIGNS = {"positive": ">", "nonnegative": ">=", "nonzero": "!=", "negative": "<", "nonpositive": "<="}
_OTHER_WORDS = {
    "natural": "write 'n >= 1 integer' or 'n >= 0 integer'", "int": "write integer", "float": "write real",
    "reals": "write real", "integers": "write integer", "rational": "write real", "complex": "all variables are real",
    "odd": "write 'n == 2*k + 1' with 'k integer'", "even": "write 'n == 2*k' with 'k integer'",
    "prime": "primes are not part of the language", "finite": "every variable is finite already; leave it out",
}  # fmt: skip
_TOKEN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|\S")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LOGIC = ("and", "or", "not", "in", "is")


class _Token(NamedTuple):
    text: str
    at: int

    @property
    def is_word(self) -> bool:
        return _IDENTIFIER.fullmatch(self.text) is not None


class _Piece(NamedTuple):
    """A part of an item between its outer commas: names with sort words, or a formula with trailing ones."""

    names: tuple[_Token, ...]
    words: tuple[_Token, ...]
    formula: str
    place: str


class _Given:
    def __init__(self) -> None:
        self.order: list[str] = []
        self.sorts: dict[str, Sort] = {}
        self.hypotheses: list[Term] = []

    def meet(self, name: str) -> None:
        if name not in self.order:
            self.order.append(name)

    def declare(self, name: str, sort: Sort, column: int, place: str) -> None:
        before = self.sorts.setdefault(name, sort)
        if before != sort:
            raise LanguageError(f"{quote(name)} is given both as {before} and as {sort}; keep one", column, place)

    def sign(self, name: str, word: str) -> None:
        self.hypotheses.append(Term(_SIGNS[word], sym(name), ZERO))


def parse_given(items: Sequence[str], *, where: str = "given") -> Domain:
    """The domain that the items state; raises ``LanguageError`` whose place is ``given[k]``, k from 1."""
    if isinstance(items, str) or not all(isinstance(item, str) for item in items):
        raise LanguageError('must be a list of texts, as in given = ["x real", "y > 0"]', None, where)
    if len(items) > MAX_ITEMS:
        raise LanguageError(f"{len(items)} items are more than the limit of {MAX_ITEMS}; drop some", None, where)
    pieces = [piece for k, item in enumerate(items, 1) for piece in _pieces(item, f"{where}[{k}]")]
    declared = {name.text for piece in pieces for name in piece.names}
    given = _Given()
    for piece in pieces:
        if piece.names:
            _apply(given, piece.names, piece.words, piece.place)
        else:
            _state(given, declared, piece)
        if len(given.order) > MAX_VARIABLES:
            raise LanguageError(f"there are more than {MAX_VARIABLES} variables; drop some", None, piece.place)
    variables = tuple((name, given.sorts.get(name, "real")) for name in given.order)
    return Domain(variables, tuple(dict.fromkeys(given.hypotheses)))


def _pieces(item: str, place: str) -> list[_Piece]:
    if len(item) > MAX_LENGTH:
        raise LanguageError(f"has more than {MAX_LENGTH} characters; split it", MAX_LENGTH + 1, place)
    segments: list[list[_Token]] = [[]]
    ends: list[int] = []
    level = 0
    for found in _TOKEN.finditer(item):
        token = _Token(found.group(), found.start())
        level += (token.text == "(") - (token.text == ")")
        if token.text == "," and level == 0:
            segments.append([])
            ends.append(token.at)
        else:
            segments[-1].append(token)
    pieces: list[_Piece] = []
    waiting: list[_Token] = []
    for segment, end in zip(segments, [*ends, len(item)], strict=True):
        if not segment:
            raise LanguageError("there is nothing here; write a declaration such as 'x real'", end + 1, place)
        if len(segment) == 1 and segment[0].is_word:
            waiting.append(segment[0])
            continue
        pieces.append(_piece(item, segment, waiting, place))
        waiting = []
    if waiting:
        raise _bare(waiting[0], place)
    return pieces


def _piece(item: str, segment: list[_Token], waiting: list[_Token], place: str) -> _Piece:
    rest = segment[1:]
    if rest and rest[0].text == ":":
        rest = rest[1:]
    if rest and all(t.is_word and t.text not in _LOGIC for t in (segment[0], *rest)):
        names = (*waiting, segment[0])
        for name in names:
            fault = name_fault(name.text)
            if name.text in SORT_WORDS:
                fault = f"the name comes first, then its sort; write 'x {name.text}'"
            if fault:
                raise LanguageError(fault, name.at + 1, place)
        for word in rest:
            if word.text not in SORT_WORDS:
                mend = did_you_mean(word.text, SORT_WORDS) or f"; the sorts are {', '.join(SORT_WORDS)}"
                if word.text in _OTHER_WORDS:
                    mend = f"; {_OTHER_WORDS[word.text]}"
                raise LanguageError(f"{quote(word.text)} is not a sort{mend}", word.at + 1, place)
        return _Piece(names, tuple(rest), "", place)
    if waiting:
        raise _bare(waiting[0], place)
    stop = len(segment)
    while stop > 1 and segment[stop - 1].text in SORT_WORDS:
        stop -= 1
    last = segment[stop - 1]
    text = " " * segment[0].at + item[segment[0].at : last.at + len(last.text)]
    return _Piece((), tuple(segment[stop:]), text, place)


def _bare(name: _Token, place: str) -> LanguageError:
    fault = name_fault(name.text)
    mend = f"write '{name.text} real' or '{name.text} > 0'"
    return LanguageError(fault or f"{quote(name.text)} has no sort and no relation; {mend}", name.at + 1, place)


def _apply(given: _Given, names: Sequence[_Token], words: Sequence[_Token], place: str) -> None:
    for name in names:
        given.meet(name.text)
        for word in words:
            if word.text in _SIGNS:
                given.sign(name.text, word.text)
            else:
                given.declare(name.text, "integer" if word.text == "integer" else "real", name.at + 1, place)


def _state(given: _Given, declared: set[str], piece: _Piece) -> None:
    fresh: dict[str, tuple[str, int]] = {}
    formula = parse_formula(piece.formula, declared | set(given.order), where=piece.place, undeclared=fresh)
    first: dict[str, int] = {}
    for token in _TOKEN.finditer(piece.formula):
        first.setdefault(token.group(), token.start())
    free = sorted((_Token(name, first[name]) for name in formula.free), key=lambda token: token.at)
    for name in free:
        given.meet(name.text)
    introduced = [name for name in free if name.text in fresh]
    if piece.words and not introduced and len(free) > 1:
        word = piece.words[0]
        mend = f"write it after one name, as in '{free[0].text} {word.text}'"
        raise LanguageError(f"it is not clear which names are {quote(word.text)}; {mend}", word.at + 1, piece.place)
    _apply(given, introduced or free, piece.words, piece.place)
    parts = formula.args if formula.op == "and" else (formula,)
    given.hypotheses.extend(part for part in parts if not _says_finite(part))


def _says_finite(formula: Term) -> bool:
    """Whether the formula only says that a variable lies between the infinities, which all variables do."""
    op = formula.op
    if op not in ("!=", "<", "<=", ">", ">="):
        return False
    left, right = formula.args
    if right.op == "sym":
        left, right, op = right, left, {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(op, op)
    above = right == INFINITY
    below = right.op == "neg" and right.args[0] == INFINITY
    if left.op != "sym" or not (above or below):
        return False
    return op == "!=" or (op in ("<", "<=") if above else op in (">", ">="))

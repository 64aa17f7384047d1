"""What is given: the variables of a statement, their sorts, and the hypotheses on them.

Each item declares names (``x real``, ``m, n positive integer``) or states a formula (``1 <= q <= 2``, ``x != 0``,
``1/p + 1/q == 1``), or both (``L >= 2 integer``: the sort is that of the names the formula introduces). A name
that only a formula mentions is real. ``positive`` is the hypothesis x > 0, and so on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from verify.language.errors import LanguageError, did_you_mean, quote
from verify.language.parse import parse_formula
from verify.language.scan import SORT_WORDS, name_fault
from verify.language.terms import RELATIONS, ZERO, Term, sym
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
_DECLARATION = re.compile(r"(\s*[A-Za-z_]\w*\s*(?:,\s*[A-Za-z_]\w*\s*)*)(?::\s*|\s)\s*([A-Za-z]+(?:\s+[A-Za-z]+)*)\s*", re.ASCII)
_TRAILING = re.compile(r"((?:\s+(?:" + "|".join(SORT_WORDS) + r"))+)\s*$", re.ASCII)


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
            raise LanguageError(f"{quote(name)} is given both as {before} and as {sort}; keep one of them", column, place)

    def sign(self, name: str, word: str) -> None:
        self.hypotheses.append(Term(_SIGNS[word], sym(name), ZERO))


def parse_given(items: Sequence[str], *, where: str = "given") -> Domain:
    """The domain that the items state; raises ``LanguageError`` whose place is ``given[k]``, k from 1."""
    if isinstance(items, str) or not all(isinstance(item, str) for item in items):
        raise LanguageError('what is given is a list of texts, as in given = ["x real", "y > 0"]', None, where)
    if len(items) > MAX_ITEMS:
        raise LanguageError(f"{len(items)} items are more than the limit of {MAX_ITEMS}; join or drop some", None, where)
    given = _Given()
    pieces = [
        (piece, shift, f"{where}[{k}]") for k, item in enumerate(items, 1) for piece, shift in _pieces(item, f"{where}[{k}]")
    ]
    parsed = [_declaration(piece, shift, place) for piece, shift, place in pieces]
    declared = {name for part in parsed if part for name, _ in part[0]}
    for (piece, shift, place), part in zip(pieces, parsed, strict=True):
        if part:
            _apply(given, part[0], part[1], place)
        else:
            _state(given, declared, piece, shift, place)
        if len(given.order) > MAX_VARIABLES:
            raise LanguageError(f"there are more than {MAX_VARIABLES} variables; state a smaller claim", None, place)
    variables = tuple((name, given.sorts.get(name, "real")) for name in given.order)
    return Domain(variables).assuming(*given.hypotheses)


def _pieces(item: str, place: str) -> list[tuple[str, int]]:
    """The parts of an item between its outer commas, bare names kept with what follows; (text, offset) each."""
    cuts, level = [], 0
    for k, character in enumerate(item):
        level += (character == "(") - (character == ")")
        if character == "," and level == 0:
            cuts.append(k)
    parts = []
    start = 0
    for stop in [*cuts, len(item)]:
        if stop < len(item) and re.fullmatch(r"(\s*[A-Za-z_]\w*\s*,?)+", item[start:stop], re.ASCII) and not _TRAILING.search(
            item[start:stop]
        ):
            continue
        parts.append((item[start:stop], start))
        start = stop + 1
    for text, shift in parts:
        if not text.strip():
            raise LanguageError("there is nothing here; write a declaration such as 'x real'", shift + 1, place)
    return parts


def _declaration(piece: str, shift: int, place: str) -> tuple[list[tuple[str, int]], list[str]] | None:
    """([(name, column)], sort words) where the piece declares names, None where it states a formula."""
    found = _DECLARATION.fullmatch(piece) if len(piece) < 5_000 else None
    if not found:
        return None
    words = found.group(2).split()
    if any(word in ("and", "or", "not", "in", "is") for word in words) or "not" in found.group(1).split():
        return None
    for word in words:
        if word not in SORT_WORDS:
            column = shift + piece.index(word, found.start(2)) + 1
            mend = _OTHER_WORDS.get(word)
            hint = f"; {mend}" if mend else did_you_mean(word, SORT_WORDS) or f"; the sorts are {', '.join(SORT_WORDS)}"
            raise LanguageError(f"{quote(word)} is not a sort{hint}", column, place)
    names = []
    for name in re.finditer(r"\w+", found.group(1), re.ASCII):
        column = shift + name.start() + 1
        fault = name_fault(name.group())
        if fault:
            raise LanguageError(fault, column, place)
        names.append((name.group(), column))
    return names, words


def _apply(given: _Given, names: list[tuple[str, int]], words: list[str], place: str) -> None:
    for name, column in names:
        given.meet(name)
        for word in words:
            if word in _SIGNS:
                given.sign(name, word)
            else:
                given.declare(name, "integer" if word == "integer" else "real", column, place)


def _state(given: _Given, declared: set[str], piece: str, shift: int, place: str) -> None:
    trailing = _TRAILING.search(piece)
    words = trailing.group(1).split() if trailing else []
    text = piece[: trailing.start()] if trailing else piece
    fresh: dict[str, tuple[str, int]] = {}
    try:
        formula = parse_formula(text, declared | set(given.order), where=place, undeclared=fresh)
    except LanguageError as error:
        column = error.column + shift if error.column is not None else None
        raise LanguageError(error.message, column, place) from None
    free = sorted(formula.free, key=lambda name: re.search(rf"\b{name}\b", text).start())  # type: ignore[union-attr]
    for name in free:
        given.meet(name)
    introduced = [(name, shift + fresh[name][1]) for name in free if name in fresh]
    _apply(given, introduced or [(name, shift + 1) for name in free], words, place)
    parts = formula.args if formula.op == "and" else (formula,)
    given.hypotheses.extend(part for part in parts if not _says_finite(part))


def _says_finite(formula: Term) -> bool:
    """Whether the formula only says that a variable lies between the infinities, which all variables do."""
    if formula.op not in RELATIONS or formula.op == "==":
        return False
    ops = [_unsigned(a).op for a in formula.args]
    if sorted(ops) != ["const", "sym"] or "oo" not in (_unsigned(a).args[0] for a in formula.args):
        return False
    symbol_first = formula.args[0].op == "sym"
    bound = formula.args[1] if symbol_first else formula.args[0]
    upper = bound.op == "const"
    less = formula.op in ("<", "<=") if symbol_first else formula.op in (">", ">=")
    return formula.op == "!=" or upper == less


def _unsigned(term: Term) -> Term:
    return term.args[0] if term.op == "neg" else term

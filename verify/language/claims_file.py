"""Claims files: TOML that a stranger may have written, read into statements without evaluating anything.

Everything that can be wrong with such a file is one ``ClaimsFileError``, one line that names the file, the claim,
the field and the column, and says how to mend it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from verify.language.errors import LanguageError, did_you_mean, quote
from verify.language.given import parse_given
from verify.language.parse import Abbreviation, parse_abbreviation, parse_formula, parse_term
from verify.language.scan import name_fault
from verify.language.terms import Term
from verify.statement import Statement

MAX_BYTES = 1 << 20
MAX_CLAIMS = 1_000
MAX_ENTRIES = 200
MAX_TEXT = 2_000
MAX_DOTS = 60

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)
_KEY_PART = re.compile(
    r'(?P<whole>"{3}(?:[^\\]|\\.)*?"{3}|\'{3}.*?\'{3}|#[^\n]*)'
    r'|(?P<part>"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|[\w-]+|\.|[ \t]+)|.',
    re.DOTALL,
)
_TOP = ("paper", "claim")
_PAPER = ("id", "title")
_CLAIM = ("id", "ref", "given", "where", "flow", "claim")


class ClaimsFileError(ValueError):
    """A claims file that cannot be read; ``str`` is one line: ``FILE: claim ID: FIELD, column N: fault; mend``."""

    def __init__(
        self, file: str, message: str, *, claim_id: str = "", field: str = "", line: int | None = None,
        column: int | None = None,
    ) -> None:  # fmt: skip
        self.file, self.message, self.claim_id = file, message, claim_id
        self.field, self.line, self.column = field, line, column
        spot = [field] if field else []
        spot += [f"line {line}"] if line is not None else []
        spot += [f"column {column}"] if column is not None else []
        parts = [file, f"claim {claim_id}" if claim_id else "", ", ".join(spot), message]
        super().__init__(" ".join(": ".join(part for part in parts if part).split()))


@dataclass(frozen=True)
class SourceClaim:
    """One claim of a file: its id, where in its source it stands, and what it states."""

    id: str
    ref: str
    statement: Statement


@dataclass(frozen=True)
class ClaimsFile:
    """A claims file that was read: the paper that it speaks of and its claims in order."""

    paper_id: str
    title: str
    claims: tuple[SourceClaim, ...]


def load_toml(source: str | Path | bytes, *, name: str = "") -> ClaimsFile:
    """The claims of a TOML file (its path) or of its content (bytes); raises ``ClaimsFileError``."""
    file = _printable(name or ("claims.toml" if isinstance(source, bytes) else str(source)))
    data = _table(_text(_content(source, file), file), file)
    _known_keys(data, _TOP, file, "")
    paper = data.get("paper", {})
    if not isinstance(paper, dict):
        raise ClaimsFileError(file, "must be a table; write [paper] and its fields below", field="paper")
    _known_keys(paper, _PAPER, file, "", "paper")
    paper_id = paper.get("id", Path(file).stem if not paper else None)
    if paper_id is None:
        raise ClaimsFileError(file, 'is missing; add id = "..." under [paper]', field="paper.id")
    if paper:
        _check_id(paper_id, file, "paper.id")
    title = _words(paper.get("title", ""), file, "paper.title")
    entries = data.get("claim")
    if entries is None:
        raise ClaimsFileError(file, "there is no claim; add a [[claim]] table with id and claim")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ClaimsFileError(file, "must be a list of tables; write [[claim]] with two brackets", field="claim")
    if not entries:
        raise ClaimsFileError(file, "there is no claim; add a [[claim]] table with id and claim")
    if len(entries) > MAX_CLAIMS:
        raise ClaimsFileError(file, f"{len(entries)} claims are more than the limit of {MAX_CLAIMS}; split the file")
    ids = [_claim_id(entry, k, file) for k, entry in enumerate(entries, 1)]
    for k, claim_id in enumerate(ids):
        if claim_id in ids[:k]:
            raise ClaimsFileError(
                file, f"the id stands for claim {ids.index(claim_id) + 1} and claim {k + 1}; rename one of them",
                claim_id=claim_id, field="id",
            )  # fmt: skip
    return ClaimsFile(paper_id, title, tuple(_claim(e, i, file) for e, i in zip(entries, ids, strict=True)))


def read_statement(
    given: object, claim: object, where: object = None, flow: object = None
) -> Statement:
    """The statement of the four fields of a claim; raises ``LanguageError`` whose place is the field."""
    if not isinstance(given, (list, tuple)) or not all(isinstance(item, str) for item in given):
        raise LanguageError('must be a list of texts, as in ["x real", "y > 0"]', None, "given")
    if not isinstance(claim, str):
        raise LanguageError('must be a text, as in "x**2 >= 0"', None, "claim")
    definitions, equations = _texts(where, "where"), _texts(flow, "flow")
    domain = parse_given(given)
    for name in equations:
        fault = name_fault(name)
        if fault:
            raise LanguageError(fault, None, f"flow.{quote(name)[1:-1]}")
        if name not in domain.names:
            domain = domain.declaring(name)
        elif domain.sort(name) != "real":
            raise LanguageError(f"{quote(name)} moves along the flow and cannot be an integer", None, f"flow.{name}")
    names = frozenset(domain.names)
    short = _abbreviations(definitions, names, bool(equations))
    motion = tuple(
        (name, parse_term(text, names, where=f"flow.{name}", abbreviations=short)) for name, text in equations.items()
    )
    conclusion = parse_formula(claim, names, where="claim", abbreviations=short, along_flow=bool(equations))
    _all_settled(short, names, [claim, *definitions.values(), *equations.values()])
    for name in _order_variables(conclusion, names):
        domain = domain.declaring(name)
    shown = tuple((name, " ".join(text.split())) for name, text in definitions.items())
    return Statement(domain, conclusion, motion, " ".join(claim.split()), shown)


def _abbreviations(
    definitions: Mapping[str, str], names: frozenset[str], along_flow: bool
) -> dict[str, Abbreviation]:
    short: dict[str, Abbreviation] = {}
    for name in definitions:
        place = f"where.{quote(name)[1:-1]}"
        fault = name_fault(name)
        if not fault and name in names:
            fault = f"{quote(name)} is a variable already; rename the abbreviation, or write it out in given"
        if fault:
            raise LanguageError(fault, None, place)
    later = list(definitions)
    for name, text in definitions.items():
        place = f"where.{name}"
        new = parse_abbreviation(text, names, where=place, abbreviations=short, along_flow=along_flow)
        for used, (_, column) in new.open.items():
            if used == name:
                message = f"{quote(name)} refers to itself; an abbreviation may use only those before it"
                raise LanguageError(message, column, place)
            if used in later:
                message = f"{quote(used)} is defined only later (or in a circle); move it before {quote(name)}"
                raise LanguageError(message, column, place)
        later.remove(name)
        short[name] = new
    return short


def _all_settled(short: Mapping[str, Abbreviation], names: Collection[str], texts: list[str]) -> None:
    """An abbreviation that nothing uses must still be made of known names."""
    used = {word for text in texts for word in re.findall(r"[A-Za-z_]\w*", text, re.ASCII)}
    for name, new in short.items():
        if name not in used and new.open:
            unknown, (place, column) = next(iter(new.open.items()))
            hint = did_you_mean(unknown, names) or f"; declare it in given, as in '{unknown} real'"
            raise LanguageError(f"unknown name {quote(unknown)}{hint}", column, place)


def _order_variables(conclusion: Term, names: Collection[str]) -> list[str]:
    """Variables that only an order relation, such as asymptotic(f, g, x, a), brings in."""
    return sorted(conclusion.free - frozenset(names))


def _texts(table: object, field: str) -> dict[str, str]:
    if table is None:
        return {}
    if not isinstance(table, Mapping):
        raise LanguageError(f'must be a table of texts, as in {field} = {{ R = "x**2" }}', None, field)
    if len(table) > MAX_ENTRIES:
        raise LanguageError(f"has {len(table)} entries, more than the limit of {MAX_ENTRIES}; drop some", None, field)
    for name, text in table.items():
        if not isinstance(text, str):
            raise LanguageError("must be a text; put it in quotation marks", None, f"{field}.{_printable(str(name))}")
    return dict(table)


def _claim(entry: dict, claim_id: str, file: str) -> SourceClaim:
    ref = _words(entry.get("ref", ""), file, "ref", claim_id)
    if "claim" not in entry:
        raise ClaimsFileError(file, 'is missing; add claim = "..."', claim_id=claim_id, field="claim")
    try:
        statement = read_statement(entry.get("given", []), entry["claim"], entry.get("where"), entry.get("flow"))
    except LanguageError as error:
        raise ClaimsFileError(
            file, error.message, claim_id=claim_id, field=error.place, column=error.column
        ) from None
    return SourceClaim(claim_id, ref, statement)


def _words(value: object, file: str, field: str, claim_id: str = "") -> str:
    """A free text in one line, without what could steer a terminal or turn round what is read."""
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        message = f"must be a text of at most {MAX_TEXT} characters"
        raise ClaimsFileError(file, message, claim_id=claim_id, field=field)
    text = " ".join(value.split())
    if odd := next((c for c in text if not c.isprintable()), ""):
        message = f"{quote(odd)} is a character that is not shown; remove it"
        raise ClaimsFileError(file, message, claim_id=claim_id, field=field)
    return text


def _claim_id(entry: dict, position: int, file: str) -> str:
    claim_id = entry.get("id")
    shown = claim_id if isinstance(claim_id, str) and _ID.fullmatch(claim_id) else f"number {position}"
    if claim_id is None:
        raise ClaimsFileError(file, 'is missing; add id = "..."', claim_id=shown, field="id")
    _check_id(claim_id, file, "id", shown)
    _known_keys(entry, _CLAIM, file, shown)
    return str(claim_id)


def _check_id(value: object, file: str, field: str, claim_id: str = "") -> None:
    if not isinstance(value, str):
        raise ClaimsFileError(file, "must be a text; put it in quotation marks", claim_id=claim_id, field=field)
    if not _ID.fullmatch(value):
        message = f"{quote(value)} is not an id; use a letter or digit, then up to 99 letters, digits, '.', '_' or '-'"
        raise ClaimsFileError(file, message, claim_id=claim_id, field=field)


def _known_keys(table: Mapping, known: tuple[str, ...], file: str, claim_id: str, prefix: str = "") -> None:
    for key in table:
        if key not in known:
            hint = did_you_mean(key, known) or f"; the fields are {', '.join(known)}"
            where = f" in [{prefix}]" if prefix else ""
            raise ClaimsFileError(file, f"unknown field {quote(key)}{where}{hint}", claim_id=claim_id)


def _content(source: str | Path | bytes, file: str) -> bytes:
    if isinstance(source, bytes):
        content, length = source, len(source)
    else:
        try:
            path = Path(source)
            if not path.is_file():
                what = "is a directory" if path.is_dir() else "is not there or is no plain file"
                raise ClaimsFileError(file, f"the file {what}; give the path of a TOML file")
            length = path.stat().st_size
            with path.open("rb") as stream:
                content = b"" if length > MAX_BYTES else stream.read(MAX_BYTES + 1)
            length = max(length, len(content))
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None)
            if isinstance(error, ClaimsFileError):
                raise
            raise ClaimsFileError(file, f"the file cannot be read ({reason or 'bad path'}); check its path") from None
    if length > MAX_BYTES:
        raise ClaimsFileError(file, f"the file has {length} bytes, more than the limit of {MAX_BYTES}; split it")
    return content


def _text(content: bytes, file: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        raise ClaimsFileError(file, "not valid UTF-8; save the file as UTF-8", line=line, column=column) from None
    if "\0" in text:
        line, column = _position(text, text.index("\0"))
        raise ClaimsFileError(file, "a NUL character; remove it", line=line, column=column)
    dots = 0
    for found in _KEY_PART.finditer(text):  # readers of TOML take quadratic time over keys of many parts
        dots = dots + (found.group() == ".") if found.lastgroup == "part" else 0
        if dots > MAX_DOTS:
            line, column = _position(text, found.start())
            raise ClaimsFileError(file, f"a key has more than {MAX_DOTS} dots; use fewer", line=line, column=column)
    return text


def _table(text: str, file: str) -> dict:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason = str(error)
        at = re.search(r"\s*\(at line (\d+), column (\d+)\)$", reason)
        fault = _printable(reason[: at.start()] if at else reason.replace("(at end of document)", "at the end"))
        line, column = (int(at.group(1)), int(at.group(2))) if at else (None, None)
        mend = "mend the TOML there" if at else "complete the TOML"
        raise ClaimsFileError(file, f"not valid TOML: {fault}; {mend}", line=line, column=column) from None
    except (RecursionError, MemoryError):
        raise ClaimsFileError(file, "the TOML is nested too deeply; write the tables out") from None
    except ValueError:
        raise ClaimsFileError(file, "not valid TOML: a number or date is out of range; put it in quotes") from None


def _position(text: str, index: int) -> tuple[int, int]:
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def _printable(text: str, most: int = 200) -> str:
    shown = text if len(text) <= most else "..." + text[3 - most :]
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in shown)

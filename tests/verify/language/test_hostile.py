"""Whatever a stranger writes is one clear error or one term, soon, and never runs."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.limits import within
from tests.verify.language.hostile_cases import FILES, INJECTIONS, LOOK_ALIKES, NUL, NUMBERS, POWERS, TOWERS
from verify.language.claims_file import ClaimsFileError, load_toml
from verify.language.errors import LanguageError
from verify.language.given import parse_given
from verify.language.parse import parse_formula
from verify.language.terms import Term, walk

PIECES = ["x", "y", "1", "0.5", "(", ")", ",", "+", "-", "*", "/", "**", "<", "==", " ", "and ", "not ", "sin(",
          "diff(", "limit(", "Sum(", "convex(", "forall(", "oo", "'+'", "lambda", "__", ".", "\n", "é", "\0", "#",
          "real", "integer", "positive", ":", ">=", "e9", "_"]  # fmt: skip
texts = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=40).map("".join))


def short(value: object) -> str:
    return repr(value)[:40]


@pytest.fixture(autouse=True)
def soon() -> Iterator[None]:
    with within(20):
        yield


@pytest.fixture
def nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Running a text raises; running the code of a module, as an import does, is left alone."""
    for name in ("eval", "exec"):
        original = getattr(builtins, name)

        def trap(code: object, *rest: object, original: Callable[..., object] = original) -> object:
            assert not isinstance(code, (str, bytes)), "a text of the language was run"
            return original(code, *rest)

        monkeypatch.setattr(builtins, name, trap)


@pytest.mark.parametrize("text", (*INJECTIONS, *LOOK_ALIKES, *TOWERS, *NUMBERS, *NUL), ids=short)
def test_a_hostile_text_is_one_error(text: str, nothing_runs: None) -> None:
    for read in (lambda: parse_formula(text, ["x", "y"]), lambda: parse_given([text])):
        with pytest.raises(LanguageError) as caught:
            read()
        message = str(caught.value)
        assert "\n" not in message and len(message) < 400 and message.isprintable()


@pytest.mark.parametrize("text", POWERS)
def test_a_tower_of_powers_is_written_down_and_not_worked_out(text: str) -> None:
    term = parse_formula(text, ["x"])
    assert any(part.op == "**" for part in walk(term))


@pytest.mark.parametrize("what", FILES)
def test_a_hostile_file_is_one_line(what: str, nothing_runs: None, tmp_path: Path) -> None:
    content, says = FILES[what]
    path = tmp_path / "claims.toml"
    path.write_bytes(content)
    with pytest.raises(ClaimsFileError, match=says) as caught:
        load_toml(path)
    message = str(caught.value)
    assert message.count("\n") == 0 and "claims.toml: " in message


def test_a_large_file_is_refused_by_its_size_alone(tmp_path: Path) -> None:
    path = tmp_path / "large.toml"
    with path.open("wb") as stream:
        stream.truncate(10**10)  # sparse: reading it whole would take all the memory there is
    with pytest.raises(ClaimsFileError, match="10000000000 bytes"):
        load_toml(path)


@pytest.mark.parametrize("source", ["/dev/zero", "/", "/no/such/file", "a\0b", ""])
def test_what_is_no_plain_file_is_refused(source: str) -> None:
    with pytest.raises(ClaimsFileError):
        load_toml(source)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(texts)
def test_any_text_is_a_term_or_a_language_error(text: str) -> None:
    try:
        assert isinstance(parse_formula(text, ["x", "y"]), Term)
    except LanguageError as error:
        assert error.column is None or 1 <= error.column <= len(text) + 1


@settings(max_examples=500, deadline=None, derandomize=True)
@given(st.lists(texts, max_size=3))
def test_any_given_is_a_domain_or_a_language_error(items: list[str]) -> None:
    try:
        parse_given(items)
    except LanguageError as error:
        assert error.place.startswith("given")


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_file_or_a_claims_file_error(content: bytes) -> None:
    with pytest.raises(ClaimsFileError):
        load_toml(content)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(texts, texts, texts)
def test_any_claim_is_a_statement_or_one_line(claim: str, short: str, item: str) -> None:
    def quoted(text: str) -> str:
        return '"' + "".join(f"\\U{ord(c):08x}" if not "\ud800" <= c <= "\udfff" else "?" for c in text) + '"'

    lines = ("[[claim]]", "id = 'a'", f"given = ['x real', {quoted(item)}]", f"claim = {quoted(claim)}",
             f"where.R = {quoted(short)}")  # fmt: skip
    content = "\n".join(lines)
    try:
        load_toml(content.encode())
    except ClaimsFileError as error:
        assert "\n" not in str(error) and "claim a: " in str(error)

"""Texts cut as written out by hand and as the tokenizers library cuts them; a tokenizer with a wrong rule is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.training.data.sentences import CUT, VOCABULARY
from training.data import wordpiece
from training.data.places import Missing
from training.data.wordpiece import WordPiece, basic, read

WORDS = WordPiece(VOCABULARY)


class Shortest(WordPiece):
    """A wrong rule: the shortest word that fits."""

    def _pieces(self, token: str) -> list[str]:
        found, start = [], 0
        while start < len(token):
            head = "##" if start else ""
            ends = range(start + 1, len(token) + 1)
            end = next((e for e in ends if head + token[start:e] in self.vocabulary), None)
            if end is None:
                return ["[UNK]"]
            found.append(head + token[start:end])
            start = end
        return found


def disagreements(words: WordPiece) -> list[str]:
    return [text for text, expected in CUT if words.tokens(text) != expected]


def test_cut_as_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert disagreements(WORDS) == []
    assert "The cat, unwanted!" in disagreements(Shortest(VOCABULARY))
    monkeypatch.setattr(wordpiece, "_is_punctuation", lambda c: c.isalnum() is False and c not in "$`")
    assert disagreements(WORDS) == ["don't $a`ab"]


def test_as_the_tokenizers_library() -> None:
    tokenizers = pytest.importorskip("tokenizers")
    other = tokenizers.BertWordPieceTokenizer({w: i for i, w in enumerate(VOCABULARY)}, lowercase=True)
    letters = "ab cstdoghe',.!$`\u00e9\u4e2d\u0301\u00a0\u200b\t\u2014E\u00df"

    @settings(max_examples=150, derandomize=True, deadline=None)
    @given(st.text(letters, max_size=12), st.text(letters, max_size=12))
    def agree(first: str, second: str) -> None:
        theirs, ours = other.encode(first, second), WORDS.encode(first, second)
        assert list(ours.ids) == theirs.ids
        assert list(ours.types) == theirs.type_ids

    agree()


def test_pairs_are_cut_at_the_longer() -> None:
    whole = WORDS.encode("the cat want", "a dog")
    assert [VOCABULARY[i] for i in whole.ids] == ["[CLS]", "the", "cat", "want", "[SEP]", "a", "dog", "[SEP]"]
    assert whole.types == (0, 0, 0, 0, 0, 1, 1, 1)
    short = WORDS.encode("the cat want", "a dog", most=6)
    assert [VOCABULARY[i] for i in short.ids] == ["[CLS]", "the", "cat", "[SEP]", "a", "[SEP]"]
    assert len(WORDS.encode("the " * 900).ids) == 512
    assert WORDS.encode("the").types == (0, 0, 0)
    with pytest.raises(ValueError, match="no room"):
        WORDS.encode("a", "b", most=2)


def test_rows_that_were_kept() -> None:
    kept = [0, 1, 2, 3, 6, 5]  # not in order: a row is a place in this list
    words = WordPiece(VOCABULARY, kept=kept)
    assert words.encode("the cat dog").ids == (2, 5, 4, 1, 3)
    assert words.encode("the cat dog").ids != WORDS.encode("the cat dog").ids
    for bad, message in (([0, 1, 2], "no row for"), ([0, 1, 2, 3, 99], "no word"), ([0, 1, 2, 3, 3], "same word")):
        with pytest.raises(ValueError, match=message):
            WordPiece(VOCABULARY, kept=bad)


def test_files_of_words(tmp_path: Path) -> None:
    file = tmp_path / "vocab.txt"
    odd = [*VOCABULARY, "\u2028", "\x85"]  # line breaks elsewhere, words here
    file.write_bytes(("\n".join(odd) + "\n").encode())
    assert read(file) == odd
    file.write_bytes("\r\n".join(odd).encode())
    assert read(file) == odd
    for content, message in ((b"\xff\xff", "cannot be read"), (b"[PAD]\nthe\n", "no vocabulary")):
        file.write_bytes(content)
        with pytest.raises(Missing, match=message) as refused:
            read(file)
        assert "\n" not in str(refused.value)


def test_final_letters_are_lowered_as_a_word() -> None:
    assert basic("ΑΣ ΣΑ") == ["ας", "σα"]

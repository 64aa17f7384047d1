"""WordPiece with a vocabulary, as the uncased BERT cuts text.

Basic tokens: control characters fall away, white space separates, Chinese, Japanese and Korean ideographs and every
punctuation mark stand alone, letters are lowered and lose their accents. A basic token is cut into the longest word of
the vocabulary that begins it, then into the longest continuation ("##...") that begins the rest, and so on; where that
fails anywhere the token is [UNK] as a whole.

Source: Y. Wu et al. for WordPiece, J. Devlin et al. for the basic tokens. Marks such as "[SEP]" written in a text are
text here: brackets and a word.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.data.places import Missing

LONGEST = 100  # characters of a basic token; a longer one is [UNK]
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
# blocks of ideographs, first and last
IDEOGRAPHS = (
    (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F), (0x2B820, 0x2CEAF),
    (0xF900, 0xFAFF), (0x2F800, 0x2FA1F),
)  # fmt: skip


@dataclass(frozen=True)
class Encoded:
    """ids: rows of the embedding; types: 0 up to and with the first [SEP], 1 after it."""

    ids: tuple[int, ...]
    types: tuple[int, ...]


class WordPiece:
    """Cuts and encodes text with ``vocabulary``, a list of words whose places are their ids.

    kept: where only some rows of an embedding are there, the id of each row, rising or not; a word without a row is
    then [UNK]. Raises ValueError where a special word has no row.
    """

    def __init__(self, vocabulary: Sequence[str], *, kept: Sequence[int] | None = None) -> None:
        self.vocabulary = {word: i for i, word in enumerate(vocabulary)}
        rows = range(len(vocabulary)) if kept is None else kept
        if any(not 0 <= i < len(vocabulary) for i in rows):
            raise ValueError(f"a row stands for no word of the vocabulary of {len(vocabulary)}")
        self.rows = {i: row for row, i in enumerate(rows)}
        if len(self.rows) != len(rows):
            raise ValueError("two rows stand for the same word")
        lost = [word for word in SPECIAL if self.vocabulary.get(word) not in self.rows]
        if lost:
            raise ValueError(f"the vocabulary has no row for {lost[0]}")
        self.pad, self.unknown, self.begin, self.end = (self.rows[self.vocabulary[word]] for word in SPECIAL)

    def tokens(self, text: str) -> list[str]:
        """The words of the vocabulary that ``text`` is cut into."""
        return [piece for token in basic(text) for piece in self._pieces(token)]

    def encode(self, first: str, second: str | None = None, *, most: int = 512) -> Encoded:
        """[CLS] first [SEP], and second [SEP] where there is one, at most ``most`` ids.

        What is too long loses its last token, the longer of the two first, the second where they are equal.
        """
        a, b = self._ids(first), [] if second is None else self._ids(second)
        room = most - (2 if second is None else 3)
        if room < 0:
            raise ValueError(f"{most} ids leave no room for a text")
        while len(a) + len(b) > room:
            (a if len(a) > len(b) else b).pop()
        ids = [self.begin, *a, self.end] + ([] if second is None else [*b, self.end])
        return Encoded(tuple(ids), tuple(int(i >= len(a) + 2) for i in range(len(ids))))

    def _ids(self, text: str) -> list[int]:
        return [self.rows.get(self.vocabulary[token], self.unknown) for token in self.tokens(text)]

    def _pieces(self, token: str) -> list[str]:
        if len(token) > LONGEST:
            return ["[UNK]"]
        found: list[str] = []
        start = 0
        while start < len(token):
            head = "##" if start else ""
            end = next((e for e in range(len(token), start, -1) if head + token[start:e] in self.vocabulary), None)
            if end is None:
                return ["[UNK]"]
            found.append(head + token[start:end])
            start = end
        return found


def basic(text: str) -> list[str]:
    """The basic tokens of a text, lowered and without accents."""
    spaced = "".join(map(_cleaned, text))
    tokens: list[str] = []
    for word in spaced.split(" "):
        plain = (c for c in unicodedata.normalize("NFD", word.lower()) if unicodedata.category(c) != "Mn")
        tokens.extend(_split(plain))
    return tokens


def read(path: Path) -> list[str]:
    """The words of a vocabulary file, one a line. Raises Missing."""
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as broken:
        raise Missing(f"{path} cannot be read as a vocabulary: {broken}") from None
    words = [line.rstrip("\r") for line in text.split("\n")]  # other line breaks of Unicode are words
    while words and not words[-1]:
        words.pop()
    if not set(SPECIAL) <= set(words):
        raise Missing(f"{path} is no vocabulary of WordPiece: it lacks {' or '.join(SPECIAL)}")
    return words


def _cleaned(c: str) -> str:
    if c in "\t\n\r" or unicodedata.category(c)[0] == "Z":
        return " "
    if c == "\ufffd" or unicodedata.category(c)[0] == "C":
        return ""
    return f" {c} " if any(first <= ord(c) <= last for first, last in IDEOGRAPHS) else c


def _split(characters: Iterable[str]) -> list[str]:
    """A word cut so that every punctuation mark stands alone."""
    found: list[str] = []
    open_ = False
    for c in characters:
        if _is_punctuation(c):
            found.append(c)
            open_ = False
        elif open_:
            found[-1] += c
        else:
            found.append(c)
            open_ = True
    return found


def _is_punctuation(c: str) -> bool:
    # the ASCII marks that Unicode calls symbols ("$", "+", "^") count as well
    return "!" <= c <= "/" or ":" <= c <= "@" or "[" <= c <= "`" or "{" <= c <= "~" or unicodedata.category(c)[0] == "P"

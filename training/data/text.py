"""Sentences with labels of three tasks of GLUE: MRPC and RTE (pairs of sentences), SST-2 (single ones).

Read from the zip of tables, or from folders as GLUE ships them (``MRPC/train.tsv``, also below ``glue_data/``). The
tables have no quotes: a quotation mark is text. Columns are found by their names, which differ between editions.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from training.data.places import Missing, find

ARCHIVE = "glue_mrpc_sst2_rte.zip"
MOST_BYTES = 256 * 2**20
SPLITS = ("train", "dev", "test")


@dataclass(frozen=True)
class Examples:
    """first: n sentences; second: n sentences, or None for a task of single ones; labels: n integers from 0."""

    first: tuple[str, ...]
    second: tuple[str, ...] | None
    labels: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, chosen: Sequence[int]) -> Examples:
        """Those of these numbers, in this order."""
        second = None if self.second is None else tuple(self.second[i] for i in chosen)
        return Examples(tuple(self.first[i] for i in chosen), second, tuple(self.labels[i] for i in chosen))


@dataclass(frozen=True)
class Task:
    """The columns of a task, each by the names it goes by, and the names of its labels, in order."""

    folder: str
    first: tuple[str, ...]
    second: tuple[str, ...]
    label: tuple[str, ...]
    classes: tuple[str, ...]
    files: tuple[tuple[str, str], ...] = ()  # split -> a file of another name


TASKS = {
    "mrpc": Task(
        "MRPC", ("#1 String",), ("#2 String",), ("Quality",), ("0", "1"), (("test", "msr_paraphrase_test.txt"),)
    ),
    "sst2": Task("SST-2", ("sentence", "content"), (), ("label",), ("0", "1")),
    "rte": Task("RTE", ("sentence1",), ("sentence2",), ("label",), ("entailment", "not_entailment")),
}


def read(task: str, split: str, data: Path | None = None) -> Examples:
    """The examples of ``task`` ("mrpc", "sst2", "rte") in ``split`` ("train", "dev"; "test" where it has labels).

    Raises Missing, one line, where the table is not there or is not one of this task; ValueError for other names.
    """
    if task not in TASKS:
        raise ValueError(f"the task must be one of {', '.join(TASKS)}, not {task!r}")
    if split not in SPLITS:
        raise ValueError(f"the split must be one of {', '.join(SPLITS)}, not {split!r}")
    kind = TASKS[task]
    name = dict(kind.files).get(split, f"{split}.tsv")
    folders = [f"{base}{folder}" for base in ("", "glue_data/", "glue/") for folder in (kind.folder, task)]
    place = find(ARCHIVE, data, alternatives=[f"{folder}/{name}" for folder in folders])
    if place.suffix == ".zip":
        return parse(kind, _member(place, f"{task}/{name}"), f"{place}: {task}/{name}")
    return parse(kind, _file(place), str(place))


def parse(kind: Task, raw: bytes, where: str) -> Examples:
    """The examples in a table; ``where`` is its name in messages. Raises Missing."""
    try:
        lines = raw.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise Missing(f"{where} is no text in UTF-8: {error.reason} at byte {error.start}") from None
    rows = [line.rstrip("\r").split("\t") for line in lines if line.rstrip("\r")]
    if not rows:
        raise Missing(f"{where} is empty")
    header = rows[0]
    columns = [_column(header, names, where) for names in (kind.first, kind.second, kind.label) if names]
    picked = []
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(header):
            raise Missing(f"{where}, row {number}: {len(row)} fields where the header has {len(header)}")
        label = row[columns[-1]]
        if label not in kind.classes:
            raise Missing(f"{where}, row {number}: the label must be one of {', '.join(kind.classes)}, not {label!r}")
        picked.append([row[c] for c in columns[:-1]] + [label])
    if not picked:
        raise Missing(f"{where} has a header and no examples")
    *texts, labels = zip(*picked, strict=True)
    return Examples(texts[0], texts[1] if kind.second else None, tuple(kind.classes.index(label) for label in labels))


def sentences(data: Path | None = None, tasks: Sequence[str] = ("mrpc", "sst2", "rte")) -> str:
    """The sentences of the training tables, each once, in the order of first occurrence, one a line."""
    found: dict[str, None] = {}
    for task in tasks:
        examples = read(task, "train", data)
        for column in (examples.first, examples.second or ()):
            found.update(dict.fromkeys(re.sub(r"\s+", " ", s).strip() for s in column))
    found.pop("", None)
    return "\n".join(found) + "\n"


def _column(header: list[str], names: tuple[str, ...], where: str) -> int:
    for name in names:
        if name in header:
            return header.index(name)
    raise Missing(f"{where} has no column {' or '.join(map(repr, names))}; its header is {', '.join(header)[:200]}")


def _member(archive: Path, name: str) -> bytes:
    try:
        with zipfile.ZipFile(archive) as opened:
            if opened.getinfo(name).file_size > MOST_BYTES:
                raise Missing(f"{archive}: {name} is larger than {MOST_BYTES} bytes")
            return opened.read(name)
    except KeyError:
        raise Missing(f"{archive} does not hold {name}") from None
    except (OSError, zipfile.BadZipFile, zipfile.LargeZipFile, RuntimeError, NotImplementedError) as broken:
        raise broken if isinstance(broken, Missing) else Missing(f"{archive} cannot be read: {broken}") from None


def _file(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Missing(f"{path} is larger than {MOST_BYTES} bytes")
        return path.read_bytes()
    except OSError as broken:
        raise Missing(f"{path} cannot be read: {broken.strerror or broken}") from None

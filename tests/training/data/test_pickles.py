"""Plain data come out of a pickle; whatever else one can do is refused, and nothing of it happens."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.training.data.cases import old_pickle
from training.data.pickles import parsed
from training.data.places import Missing

PLAIN: list[Any] = [
    {"a": [1, 2, -3], "b": (1.5, None, True), "c": "text"},
    {"data": np.arange(12, dtype=np.uint8).reshape(3, 4), "labels": np.arange(3)},
    [np.asfortranarray(np.arange(6, dtype=np.int32).reshape(2, 3))],
    {"nested": {"deep": [(1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), ()]}},
]


def same(a: Any, b: Any) -> bool:
    if isinstance(b, np.ndarray):
        return isinstance(a, np.ndarray) and a.dtype == b.dtype and np.array_equal(a, b)
    if isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in b)
    if isinstance(b, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and bool(a == b)


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, "old"])
@pytest.mark.parametrize("value", PLAIN, ids=["values", "arrays", "columns", "nested"])
def test_plain_data(tmp_path: Path, value: Any, protocol: int | str) -> None:
    raw = old_pickle(value) if protocol == "old" else pickle.dumps(value, protocol=int(protocol))
    (tmp_path / "held").write_bytes(raw)
    assert same(parsed(tmp_path / "held"), value)


class Hostile:
    """What calls a shell when it is loaded."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return os.system, (f"touch {self.mark}",)


def _unfolding() -> Any:
    held: Any = [1]
    for _ in range(64):
        held = [held, held]
    return held


def _endless() -> Any:
    held: list[Any] = []
    held.append(held)
    return held


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_what_acts_is_refused(tmp_path: Path, protocol: int) -> None:
    mark, file = tmp_path / "mark", tmp_path / "held"
    file.write_bytes(pickle.dumps(Hostile(mark), protocol=protocol))
    with pytest.raises(Missing, match="which is no plain data"):
        parsed(file)
    assert not mark.exists()
    pickle.loads(file.read_bytes())  # the control: it is hostile
    assert mark.exists()


BROKEN: dict[str, Any] = {
    "objects": pickle.dumps(np.array([1, "a"], dtype=object), protocol=2),
    "floats": pickle.dumps(np.array([1.5]), protocol=2),
    "class": pickle.dumps(Path("a"), protocol=2),
    "unfolding": pickle.dumps(_unfolding(), protocol=2),
    "endless": pickle.dumps(_endless(), protocol=2),
    "cut": pickle.dumps([1, 2, 3], protocol=2)[:-1],
    "empty": b"",
    "text": b"not a pickle at all",
    "a name alone": b"cnumpy\ndtype\n.",
    "persistent": b"Pkey\n.",
}


@pytest.mark.parametrize("raw", BROKEN.values(), ids=BROKEN)
def test_what_is_no_plain_data_is_refused(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "held").write_bytes(raw)
    with pytest.raises(Missing, match="not a pickle of plain data") as refused:
        parsed(tmp_path / "held")
    assert "\n" not in str(refused.value)


def test_sizes_of_arrays_are_not_believed(tmp_path: Path) -> None:
    raw = pickle.dumps(np.zeros((2, 3), np.uint8), protocol=2).replace(b"K\x02K\x03", b"K\x02K\x07")
    (tmp_path / "held").write_bytes(raw)
    with pytest.raises(Missing, match="reshape"):
        parsed(tmp_path / "held")

"""Tensors in safetensors files, one or several with an index, read lazily: one tensor at a time, nothing unpickled."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from torch import Tensor

from training.data.places import Missing

INDEX, SINGLE = "model.safetensors.index.json", "model.safetensors"


class Shards:
    """The tensors in a file, or in a folder with ``model.safetensors`` or an index of shards; a context manager.

    Iterates over the names. Raises Missing, one line, where a file is not there, is cut short, or lacks a tensor that
    the index promises.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._stack = ExitStack()
        self._handles: dict[str, Any] = {}

    def __enter__(self) -> Shards:
        with ExitStack() as opening:
            for file, promised in _files(self.path).items():
                handle = opening.enter_context(_opened(file))
                names = set(handle.keys())
                lost = sorted(promised - names)
                if lost:
                    raise Missing(f"{file} lacks {lost[0]}, which the index promises")
                self._handles |= dict.fromkeys(names, handle)
            self._stack = opening.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._handles.clear()
        self._stack.close()

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._handles))

    def __contains__(self, name: object) -> bool:
        return name in self._handles

    def shape(self, name: str) -> tuple[int, ...]:
        """Without reading the tensor."""
        return tuple(self._handle(name).get_slice(name).get_shape())

    def read(self, name: str) -> Tensor:
        tensor: Tensor = self._handle(name).get_tensor(name)
        return tensor

    def _handle(self, name: str) -> Any:
        if name not in self._handles:
            raise Missing(f"{self.path} has no tensor {name}")
        return self._handles[name]


def _opened(file: Path) -> Any:
    try:
        from safetensors import SafetensorError, safe_open
    except ImportError as missing:
        raise Missing("reading weights needs safetensors: pip install 'mirrorproof[train]'") from missing
    try:
        return safe_open(file, framework="pt")
    except (OSError, SafetensorError) as broken:
        raise Missing(f"{file} cannot be read: {' '.join(str(broken).split())}") from None


def _files(path: Path) -> dict[Path, set[str]]:
    """The files, each with the tensors that an index promises to be in it."""
    if path.is_file():
        return {path: set()}
    if not path.is_dir():
        raise Missing(f"{path} is missing")
    index = path / INDEX
    if index.is_file():
        found: dict[Path, set[str]] = {}
        for name, shard in _index(index).items():
            if Path(shard).name != shard:
                raise Missing(f"{index} names a file outside of its folder: {shard}")
            found.setdefault(path / shard, set()).add(name)
    else:
        found = {path / SINGLE: set()}
    for file in found:
        if not file.is_file():
            pickled = any((path / name).exists() for name in ("pytorch_model.bin", "pytorch_model.bin.index.json"))
            hint = "; its weights are pickled, which are not read: save them as safetensors" if pickled else ""
            raise Missing(f"{file} is missing{hint}")
    return found


def _index(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["weight_map"]
        if not found or not all(isinstance(name, str) and isinstance(file, str) for name, file in found.items()):
            raise ValueError
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise Missing(f"{path} is no index of weights") from None
    return dict(found)

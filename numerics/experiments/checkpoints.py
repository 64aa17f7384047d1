"""Checkpoints: the whole state of a run as arrays, written whole or not at all, the one before kept beside it.

A file is one line of JSON (experiment, fingerprint of the settings, SHA-256 of the rest) and an uncompressed ``npz``.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from pathlib import Path

import numpy as np

State = dict[str, np.ndarray]
SCHEMA = 1


class CheckpointError(ValueError):
    """A checkpoint that is damaged or belongs to another run; the message is one line."""


def save(file: Path, state: State, experiment: str, fingerprint: str) -> None:
    """Write the state, keep the checkpoint that was there as ``.previous``. Raises OSError; nothing is lost then."""
    buffer = io.BytesIO()
    np.savez(buffer, **state)  # type: ignore[arg-type]
    body = buffer.getvalue()
    head = {
        "schema": SCHEMA, "experiment": experiment, "fingerprint": fingerprint,
        "sha256": hashlib.sha256(body).hexdigest(),
    }  # fmt: skip
    write_whole(file, json.dumps(head).encode() + b"\n" + body, previous=True)


def write_whole(file: Path, content: bytes, *, previous: bool = False) -> None:
    """The file whole or not at all, on the disk when this returns."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with open(draft, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        if previous and file.exists():
            os.replace(file, _previous(file))
        os.replace(draft, file)
    finally:
        draft.unlink(missing_ok=True)


def _previous(file: Path) -> Path:
    return file.with_name(file.name + ".previous")


def load(file: Path, experiment: str, fingerprint: str) -> State | None:
    """The state of the last good checkpoint, None where there is none.

    Raises CheckpointError where checkpoints are there but both damaged, or of other settings.
    """
    problem: CheckpointError | None = None
    for candidate in (file, _previous(file)):
        if not candidate.exists():
            continue
        try:
            return _read(candidate, experiment, fingerprint)
        except CheckpointError as error:
            problem = problem or error
    if problem is not None:
        raise problem
    return None


def _read(file: Path, experiment: str, fingerprint: str) -> State:
    head_line, _, body = file.read_bytes().partition(b"\n")
    try:
        head = json.loads(head_line)
        good = head["schema"] == SCHEMA and head["sha256"] == hashlib.sha256(body).hexdigest()
    except (ValueError, KeyError, TypeError):
        good = False
    if not good:
        raise CheckpointError(f"{file}: the checkpoint is damaged; start again with --fresh")
    if head["experiment"] != experiment or head["fingerprint"] != fingerprint:
        raise CheckpointError(f"{file}: the checkpoint is of other settings or code; start again with --fresh")
    with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def digest(state: State) -> str:
    """SHA-256 of the names, types, shapes and bytes of the arrays."""
    total = hashlib.sha256()
    for name in sorted(state):
        array = np.ascontiguousarray(state[name])
        total.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        total.update(array.tobytes())
    return total.hexdigest()

"""Checkpoints of a cell: tensors as safetensors with all else as JSON in their header, one file, written whole.

No pickle is read. The digest of tensors and header is kept beside them, since the format itself has none.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numerics.experiments.checkpoints import CheckpointError, write_whole
from training.experiments.cells import Cell, Finished

if TYPE_CHECKING:
    from torch import Tensor

SCHEMA = 1
KEY = "mirrorproof"


def digest(tensors: Mapping[str, Tensor]) -> str:
    """SHA-256 of the names, types, shapes and bytes of the tensors."""
    import torch

    total = hashlib.sha256()
    for name in sorted(tensors):
        t = tensors[name].detach().cpu().contiguous()
        total.update(f"{name} {t.dtype} {tuple(t.shape)}\n".encode())
        total.update(t.reshape(-1).view(torch.uint8).numpy().tobytes())
    return total.hexdigest()


def save(file: Path, tensors: Mapping[str, Tensor], head: dict[str, Any]) -> None:
    """Write the state, keep the checkpoint that was there as ``.previous``. Raises OSError; nothing is lost then."""
    from safetensors.torch import save as as_bytes

    apart = {name: t.detach().cpu().contiguous().clone() for name, t in tensors.items()}
    whole = head | {"schema": SCHEMA}
    whole["sha256"] = _sum(apart, whole)
    write_whole(file, as_bytes(apart, {KEY: json.dumps(whole)}), previous=True)


def load(file: Path, fingerprint: str) -> tuple[dict[str, Tensor], dict[str, Any]] | None:
    """The tensors and the header of the last good checkpoint, None where there is none.

    Raises CheckpointError where checkpoints are there but all damaged, or of other settings.
    """
    problem: CheckpointError | None = None
    for candidate in (file, previous(file)):
        if candidate.exists():
            try:
                return _read(candidate, fingerprint)
            except CheckpointError as error:
                problem = problem or error
    if problem is not None:
        raise problem
    return None


def previous(file: Path) -> Path:
    return file.with_name(file.name + ".previous")


def remove(file: Path) -> None:
    for each in (file, previous(file)):
        each.unlink(missing_ok=True)


def _read(file: Path, fingerprint: str) -> tuple[dict[str, Tensor], dict[str, Any]]:
    from safetensors import SafetensorError
    from safetensors.torch import load as from_bytes

    try:
        raw = file.read_bytes()
        tensors = from_bytes(raw)
        head = json.loads(json.loads(raw[8 : 8 + int.from_bytes(raw[:8], "little")])["__metadata__"][KEY])
        own = head.pop("sha256")
        good = head["schema"] == SCHEMA and own == _sum(tensors, head)
    except (OSError, SafetensorError, ValueError, KeyError, TypeError):
        good = False
    if not good:
        raise CheckpointError(f"{file}: the checkpoint is damaged; start again with --fresh")
    if head["fingerprint"] != fingerprint:
        raise CheckpointError(f"{file}: the checkpoint is of other settings or code; start again with --fresh")
    return tensors, head


def _sum(tensors: Mapping[str, Tensor], head: Mapping[str, Any]) -> str:
    return hashlib.sha256((digest(tensors) + json.dumps(head, sort_keys=True)).encode()).hexdigest()


def keep(file: Path, finished: Finished, fingerprint: str, again: bool = False) -> None:
    """Write what became of a cell; again: whether its failure was of the machine, so that it is worth another try."""
    whole = asdict(finished) | {"schema": SCHEMA, "fingerprint": fingerprint, "again": again}
    write_whole(file, (json.dumps(_without_nan(whole), indent=1) + "\n").encode())


def kept(file: Path, fingerprint: str) -> Finished | None:
    """What became of a cell, None where that is not known or worth another try. Raises CheckpointError."""
    try:
        whole = json.loads(file.read_bytes())
        if whole["fingerprint"] != fingerprint:
            raise CheckpointError(f"{file}: the cell is of other settings or code; start again with --fresh")
        if whole["again"]:
            return None
        measured = {name: _with_nan(value) for name, value in whole["measured"].items()}
        curves = [{name: _with_nan(value) for name, value in row.items()} for row in whole["curves"]]
        more = {name: whole[name] for name in ("failure", "seconds", "processor", "state")}
        return Finished(Cell(**whole["cell"]), measured, curves, **more)
    except FileNotFoundError:
        return None
    except CheckpointError:
        raise
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise CheckpointError(f"{file}: the record of the cell is damaged; remove it, or use --fresh") from None


def _without_nan(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {k: _without_nan(v) for k, v in value.items()}
    return [_without_nan(v) for v in value] if isinstance(value, list | tuple) else value


def _with_nan(value: Any) -> Any:
    if value is None:
        return math.nan
    return [_with_nan(v) for v in value] if isinstance(value, list) else value

"""Where data and weights lie: a folder that is named, or that of the environment; the project holds none of them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

OWN = "MIRRORPROOF_DATA"


class Missing(RuntimeError):
    """Data or weights that are not there, or are not what they should be; the message is one line."""


def folder(data: Path | None = None) -> Path | None:
    """The folder that was named, else that of ``$MIRRORPROOF_DATA``; None where neither is said."""
    if data is not None:
        return data.expanduser()
    said = os.environ.get(OWN, "")
    return Path(said).expanduser() if said else None


def find(name: str, data: Path | None = None, *, alternatives: Sequence[str] = ()) -> Path:
    """The file or folder of this name, or the first of its alternatives, below the folder of the data.

    Names may have several parts ("cifar-10-batches-py/data_batch_1"). Raises Missing, whose message names what is
    missing, every place looked in, and the mend.
    """
    root, what, mend = folder(data), " or ".join((name, *alternatives)), f"say --data DIR or {OWN}"
    if root is None:
        raise Missing(f"{what} is missing: no folder to look in was named; {mend}")
    for wanted in (name, *alternatives):
        if (root / wanted).exists():
            return root / wanted
    if not root.is_dir():
        raise Missing(f"{what} is missing: {root} is no folder; {mend}")
    looked = ", ".join(str(root / wanted) for wanted in (name, *alternatives))
    raise Missing(f"{what} is missing: looked for {looked}; {mend}")

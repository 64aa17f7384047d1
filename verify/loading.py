"""Claims files, TOML or Python, as jobs for the runner."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from verify.runner import Job

LOADING_SECONDS = 120.0


class UnreadableFile(ValueError):
    """A claims file that cannot be read; the message is one line."""


def file_jobs(path: Path) -> list[Job]:
    """The claims of a file; raises ``UnreadableFile``. A Python file is executed, a TOML file is only read."""
    return _python_jobs(path) if path.suffix == ".py" else _toml_jobs(path)


def _toml_jobs(path: Path) -> list[Job]:
    from verify.claim import Claim
    from verify.language.claims_file import ClaimsFileError, load_toml

    try:
        found = load_toml(path)
    except ClaimsFileError as error:
        raise UnreadableFile(str(error)) from None
    return [Job.of(Claim(c.id, c.ref, "", c.statement, paper=found.paper_id)) for c in found.claims]


def _python_jobs(path: Path) -> list[Job]:
    from verify.sandbox import Crashed, Done, OutOfMemory, run

    outcome = run(_load_python, (path,), seconds=LOADING_SECONDS, memory_mb=4096)
    if isinstance(outcome, Done) and not isinstance(outcome.value, str):
        return [Job.of(claim) for claim in outcome.value]
    if isinstance(outcome, Done):
        raise UnreadableFile(outcome.value)
    if isinstance(outcome, Crashed):
        raise UnreadableFile(f"{path}: {outcome.detail}")
    what = "out of memory" if isinstance(outcome, OutOfMemory) else f"stopped after {LOADING_SECONDS:.0f} s"
    raise UnreadableFile(f"{path}: loading it was {what}")


def _load_python(path: Path) -> Any:
    """The claims of a Python file, or one line that says what is wrong with it and where."""
    import traceback

    from verify.claim import load_python

    if not path.is_file():
        return f"{path}: the file is not there or is no plain file"
    sys.path.insert(0, str(path.resolve().parent))
    try:
        claims = load_python(path)
    except BaseException as error:
        own = path.resolve()
        frames = [f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename).resolve() == own]
        line = frames[-1].lineno if frames else getattr(error, "lineno", None)
        place = f"{path}: line {line}" if line else str(path)
        return f"{place}: {type(error).__name__}: {' '.join(str(error).split())}"
    return claims or f"{path}: no claim is declared; a claim is a function under @claim(...)"

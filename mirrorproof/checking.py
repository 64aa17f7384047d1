"""Checking one's own statements from Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from verify.judge import Judgement
    from verify.records import Record


def check(
    claim: str,
    given: Sequence[str] = (),
    where: Mapping[str, str] | None = None,
    flow: Mapping[str, str] | None = None,
    **settings: Any,
) -> Judgement:
    """The judgement on one statement in the language of the claims files.

    settings: those of ``verify.judge.Settings`` (seconds, seed, mutants, ...). Raises ``LanguageError`` where the
    texts are no statement.
    """
    from verify.judge import Settings, judge
    from verify.language.claims_file import read_statement

    return judge(read_statement(list(given), claim, where, flow), Settings(**settings))


def check_file(
    path: str | Path, *, jobs: int | None = None, cache: bool = True, **settings: Any
) -> list[Record]:
    """The records of the claims in a file (a Python file is executed); raises ``ValueError`` where it cannot be read.

    cache: whether judgements are kept in and taken from ``.mirrorproof/cache`` (or ``$MIRRORPROOF_CACHE``).
    """
    from verify.cache import default_root
    from verify.judge import Settings
    from verify.loading import file_jobs
    from verify.runner import verify

    folder = default_root() if cache else None
    return verify(file_jobs(Path(path)), Settings(**settings), workers=jobs, cache=folder)

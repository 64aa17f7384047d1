"""The catalogue of the papers' claims as jobs for the runner."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from pathlib import Path

from verify.claim import ClaimFunction
from verify.language.errors import did_you_mean
from verify.papers import PAPERS, declared
from verify.runner import Job


class UnknownClaim(ValueError):
    """A name that no claim or paper bears; the message is one line."""


def functions(paper: str | None = None) -> dict[str, tuple[str, ClaimFunction]]:
    """claim id -> (paper, claim before it is built), in order; raises ``UnknownClaim`` for an unknown paper."""
    if paper is not None and paper not in PAPERS:
        hint = did_you_mean(paper, PAPERS) or f"; there are {', '.join(PAPERS)}"
        raise UnknownClaim(f"no paper is called {paper!r}{hint}")
    found: dict[str, tuple[str, ClaimFunction]] = {}
    for name in [paper] if paper else PAPERS:
        for function in declared(name):
            if function.id in found:
                raise ValueError(f"two claims are called {function.id}")
            found[function.id] = (name, function)
    return found


def jobs(claims: Sequence[str] = (), paper: str | None = None) -> list[Job]:
    """The claims asked for, all where none is named; raises ``UnknownClaim``."""
    every = functions(paper)
    for name in claims:
        if name not in every:
            raise UnknownClaim(f"no claim is called {name!r}{did_you_mean(name, every)}")
    wanted = set(claims)
    return [
        Job(name, module=function.write.__module__, paper=function.paper or of, rests_on=function.rests_on)
        for name, (of, function) in every.items()
        if not wanted or name in wanted
    ]


def source_of(name: str) -> tuple[str, int] | None:
    """The file (from the root of the sources) and the line of the function that declares a claim."""
    entry = functions().get(name)
    file = inspect.getsourcefile(entry[1].write) if entry else None
    root = Path(__file__).resolve().parent.parent
    if entry is None or file is None or not Path(file).is_relative_to(root):
        return None
    return Path(file).relative_to(root).as_posix(), entry[1].write.__code__.co_firstlineno

"""The catalogue of the papers' claims: every claim declared under ``verify.papers``, by paper, in order."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Sequence

from verify.claim import ClaimFunction, collect, unique
from verify.language.errors import did_you_mean
from verify.runner import Job

ROOT = "verify.papers"


class UnknownClaim(ValueError):
    """A name that no claim or paper bears; the message is one line."""


def papers() -> list[str]:
    """The ids of the papers: their folders' names, with hyphens."""
    package = importlib.import_module(ROOT)
    return [info.name.replace("_", "-") for info in pkgutil.iter_modules(package.__path__) if info.ispkg]


def declared(paper: str) -> Iterator[tuple[str, ClaimFunction]]:
    """(module, claim) for each claim that a module of the paper's folder declares."""
    package = importlib.import_module(f"{ROOT}.{paper.replace('-', '_')}")
    for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        for found in collect(importlib.import_module(info.name)):
            yield info.name, found


def jobs(claims: Sequence[str] = (), paper: str | None = None) -> list[Job]:
    """The claims asked for, all where none is named; raises ``UnknownClaim``."""
    known = papers()
    if paper is not None and paper not in known:
        raise UnknownClaim(f"no paper is called {paper!r}{did_you_mean(paper, known) or '; there are ' + ', '.join(known)}")
    found = [(p, module, c) for p in known if paper in (None, p) for module, c in declared(p)]
    unique([c for _, _, c in found])
    every = {c.id: Job(c.id, module=module, paper=c.paper or p, rests_on=c.rests_on) for p, module, c in found}
    for name in claims:
        if name not in every:
            raise UnknownClaim(f"no claim is called {name!r}{did_you_mean(name, every)}")
    wanted = set(claims)
    return [job for name, job in every.items() if not wanted or name in wanted]

"""The papers whose claims are kept here: one package a paper, its claims in modules by section."""

from __future__ import annotations

import importlib
import pkgutil

from verify.claim import Claim, ClaimFunction, collect, unique

PAPERS = {"never-saddle": "never_saddle", "mirror-flow": "mirror_flow"}


def declared(paper_id: str) -> list[ClaimFunction]:
    """The claims of one paper before they are built, module by module; an unknown id raises ``KeyError``."""
    if paper_id not in PAPERS:
        raise KeyError(f"no paper {paper_id!r}; known: {', '.join(PAPERS)}")
    package = importlib.import_module(f"verify.papers.{PAPERS[paper_id]}")
    found: list[ClaimFunction] = []
    for name in sorted(m.name for m in pkgutil.iter_modules(package.__path__)):
        found.extend(collect(importlib.import_module(f"{package.__name__}.{name}")))
    return unique(found)


def load(paper_id: str | None = None) -> list[Claim]:
    """The claims of one paper, or of all, built."""
    papers = [paper_id] if paper_id else list(PAPERS)
    return [c.build(p) for p in papers for c in declared(p)]

"""Several potentials and the same questions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from verify.potential.analysis import Report, examine
from verify.potential.bench import TOTAL_SECONDS
from verify.potential.reading import Request, read
from verify.reparam.answers import Answer, BadRequest

LEAST, MOST = 2, 8


@dataclass(frozen=True)
class Comparison:
    """The reports in the order in which the potentials were given."""

    reports: tuple[Report, ...]

    def __iter__(self) -> Iterator[Report]:
        return iter(self.reports)

    def __len__(self) -> int:
        return len(self.reports)

    @property
    def table(self) -> dict[str, tuple[Answer | None, ...]]:
        """id of an answer -> that answer of each potential, None where the question does not arise."""
        names = dict.fromkeys(a.id for r in self.reports for a in r)
        return {n: tuple(next((a for a in r if a.id == n), None) for r in self.reports) for n in names}

    @property
    def status(self) -> int:
        """0: every question is decided; 1: not so."""
        return max(r.status for r in self.reports)

    def draw(self, path: str | Path) -> None:
        """The potentials over one another, as .svg or .png; raises ``NoPicture``, a ``ValueError``."""
        from verify.potential.plots import draw

        draw(self.reports, Path(path))


def examine_all(
    expressions: Sequence[str], variable: str, given: tuple[str, ...], seconds: float, ask: tuple[str, ...], seed: int,
    total: float = TOTAL_SECONDS,
) -> Comparison:  # fmt: skip
    """Raises ``BadRequest``, before anything is worked out, for what cannot be read. total: wall time of each."""
    if not LEAST <= len(expressions) <= MOST:
        raise BadRequest(f"compare takes {LEAST} to {MOST} potentials, not {len(expressions)}")
    requests = [Request(e, variable, given, seed) for e in expressions]
    for k, request in enumerate(requests, 1):
        try:
            read(request)
        except ValueError as error:
            raise BadRequest(f"potential {k}: {' '.join(str(error).split())}") from None
    reports = []
    for k, request in enumerate(requests, 1):
        try:
            reports.append(examine(request, seconds, ask, total))
        except BadRequest as error:
            raise BadRequest(f"potential {k}: {error}") from None
    return Comparison(tuple(reports))

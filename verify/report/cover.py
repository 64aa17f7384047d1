"""What a reader wants first: the theorems with the weakest thing each leans on, and what changed since another run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verify.measured import STANDINGS, standing
from verify.report.model import TIERS, ClaimView, ReportView

HEADLINES = (r"Theorem \d[\w.]*", r"Theorem [\w.]*\w", r"(?:Proposition|Corollary|Lemma) [\w.]*\w")
MOST_NEW = 12  # claims that are new, on a page that cannot fold
# the weaker a link, the earlier it stands here; what holds is ranked by its tier
WEAKNESS = ("conflict", "error", "fails", "undecided", "mended", "ill-posed", "holds")


@dataclass(frozen=True)
class Headline:
    """A theorem: its claims and the steps of its proof, and the weakest claim among all that they lean on.

    weakest is None where everything holds at the strongest tier that there is among them. Measured claims prove
    nothing and are no link; runs: how many of them stand how.
    """

    paper: str
    name: str
    statements: tuple[ClaimView, ...]
    steps: tuple[ClaimView, ...]
    leaning: int
    weakest: ClaimView | None
    runs: Mapping[str, int]

    @property
    def said(self) -> Counter[str]:
        return Counter(c.verdict for c in self.statements)

    @property
    def proof(self) -> Counter[str]:
        return Counter(c.verdict for c in self.steps)


def headlines(report: ReportView) -> list[Headline]:
    """The theorems of the run in their order, those of the main text where there are any."""
    known = {c.id: c for c in report.claims}
    for pattern in HEADLINES:
        groups: dict[tuple[str, str], list[ClaimView]] = {}
        for claim in report.claims:
            if found := re.match(rf"({pattern})(?=$|[ ,;:])", claim.place):
                groups.setdefault((claim.paper, found[1]), []).append(claim)
        groups = {group: of for group, of in groups.items() if not all(c.standing for c in of)}
        if groups:
            order = sorted(groups, key=lambda g: (report.papers.index(g[0]), _natural(g[1])))
            return [_headline(*group, groups[group], known) for group in order]
    return []


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(part) if part.isdigit() else -1, part) for part in re.findall(r"\d+|\D+", name)]


def _headline(paper: str, name: str, among: Sequence[ClaimView], known: Mapping[str, ClaimView]) -> Headline:
    claims = [c for c in among if not c.standing]
    runs = Counter(c.standing for c in among if c.standing)
    steps = tuple(c for c in claims if re.search(r"\bproof\b", c.place) and "statement" not in c.place)
    statements = tuple(c for c in claims if c not in steps)
    everything = [c for c in _leant_on(claims, known) if not c.standing]
    weakest = min(everything, key=weakness)
    strong = weakest.verdict == "holds" and weakest.tier in ("formal", "certified")
    leaning = len(everything) - len(claims)
    return Headline(paper, name, statements, steps, leaning, None if strong else weakest, runs)


def _leant_on(claims: Sequence[ClaimView], known: Mapping[str, ClaimView]) -> Iterator[ClaimView]:
    """The claims and all that they rest on, each once."""
    stack, seen = [c.id for c in reversed(claims)], set()
    while stack:
        name = stack.pop()
        if name in known and name not in seen:
            seen.add(name)
            yield known[name]
            stack.extend(link.id for link in known[name].rests_on)


def weakness(claim: ClaimView) -> tuple[int, int]:
    """The rank of a claim as a link, the weakest least: one that fails is mended where its correction holds."""
    mended = claim.verdict == "fails" and claim.corrected is not None and claim.corrected.verdict == "holds"
    word = "mended" if mended else claim.verdict
    rank = WEAKNESS.index(word) if word in WEAKNESS else 0
    return rank, -TIERS.index(claim.tier) if claim.tier in TIERS else 0


@dataclass(frozen=True)
class Changes:
    """What is different from another run or a lock file.

    since: what that was; items: (worse, better or new, claim, words); absent: how many of its claims are not here.
    """

    since: str
    items: tuple[tuple[str, str, str], ...]
    absent: int

    @property
    def counts(self) -> Counter[str]:
        return Counter(kind for kind, _, _ in self.items)

    @property
    def shortened(self) -> tuple[tuple[str, str, str], ...]:
        """What is worse or better, and of what is new as much as a page has room for."""
        moved = tuple(item for item in self.items if item[0] != "new")
        return moved + tuple(item for item in self.items if item[0] == "new")[:MOST_NEW]


def changes(results: Mapping[str, Any], earlier: Mapping[str, Any], since: str) -> Changes:
    """The differences of a run to an earlier one. earlier: results of a run, or claims as in a lock file."""
    from verify.gate import compare

    before = remembered(earlier["claims"]) if isinstance(earlier.get("claims"), list) else dict(earlier)
    found = compare([_whole(r) for r in results["claims"]], before, partial=True)
    order = {"worse": 0, "better": 1, "new": 2}
    told = [(d.id, str(d.change), d.text.replace("not in the lock file", "not there before")) for d in found]
    told += _moved(results["claims"], before)
    items = sorted((order.get(change, 0), name, change, text) for name, change, text in told)
    absent = len(set(before) - {str(r["id"]) for r in results["claims"]})
    return Changes(since, tuple((change, name, text) for _, name, change, text in items), absent)


def remembered(records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What is kept of a run to compare a later one with: what a lock file keeps, and how measured claims stand."""
    from verify.lock import locked

    kept: dict[str, Any] = dict(locked(_whole(r) for r in records))
    for record in records:
        if seen := standing(record):
            kept[str(record["id"])] = kept[str(record["id"])] | {"standing": seen}
    return kept


def _moved(records: Sequence[Mapping[str, Any]], before: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Measured claims of which the runs say something else than before; a lock file does not keep what they said."""
    for record in records:
        now, then = standing(record), before.get(str(record["id"]), {}).get("standing")
        if now and then and now != then:
            kind = "better" if now == "consistent" else "new" if then == "not measured" else "worse"
            yield str(record["id"]), kind, f"{STANDINGS[then]} before, now {STANDINGS[now]}"


def _whole(record: Mapping[str, Any]) -> dict[str, Any]:
    return {"scope": "", "corrected": None, "vacuous": None} | dict(record)

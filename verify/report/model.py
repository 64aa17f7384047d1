"""The view of a run that every form of the report shows: claims in reading order, totals, errata, provenance.

Everything comes from the records. The order of reading is the order of concern: what the tool got wrong itself
(conflicts, errors), what fails as printed, what is no statement, what is undecided, what holds.
"""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from verify.measured import STANDINGS, standing

# verdict -> (heading of its section, what the verdict means)
VERDICTS: Mapping[str, tuple[str, str]] = {
    "conflict": ("In conflict", "A proof and a counterexample were both found: a defect of the tool, not the paper."),
    "error": ("In error", "The claim could not be examined to its end, or nothing satisfies its hypotheses."),
    "fails": ("Fails as printed", "An exact counterexample satisfies every hypothesis and violates the conclusion."),
    "ill-posed": ("Ill-posed", "The text cannot be made a statement without choosing for its author."),
    "undecided": ("Undecided", "Neither a proof nor a counterexample was found. Nothing is said about its truth."),
    "holds": ("Holds", "Proved on everything that the statement covers, at the tier shown."),
}  # fmt: skip
TIERS = ("formal", "certified", "symbolic", "simulated", "sampled", "none")
MARKS = ("needed", "unused", "unknown")
STATEMENT: dict[str, Any] = {"claim": "", "given": [], "where": {}, "flow": {}, "understood": ""}
EVIDENCE: dict[str, Any] = {
    "tier": "none", "detail": "", "scope": "", "conditions": [], "counterexample": None, "engines": {}, "seed": None,
    "seconds": 0.0, "certificate": None,
}  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """What is recorded of one statement: printed, corrected, or one reading of an ill-posed text.

    expected: whether it is what an experiment should show, in place of a statement.
    """

    heading: str
    verdict: str
    tier: str
    statement: Mapping[str, Any] | None = None
    scope: str = ""
    vacuous: bool | None = None
    counterexample: Mapping[str, str] | None = None
    witness: Mapping[str, str] | None = None
    hypotheses: tuple[Mapping[str, Any], ...] = ()
    evidence: tuple[Mapping[str, Any], ...] = ()
    mutants: tuple[Mapping[str, Any], ...] = ()
    seconds: float = 0.0
    expected: bool = False

    @property
    def setting(self) -> list[tuple[str, str]]:
        """(names or hypothesis, sort or nothing): what the statement is for, the names of one sort together."""
        sorts: dict[str, list[str]] = {}
        hypotheses = []
        for text in self.statement["given"] if self.statement else ():
            name, _, sort = text.rpartition(" ")
            if sort in ("real", "integer"):
                sorts.setdefault(sort, []).append(name)
            else:
                hypotheses.append((text, ""))
        return [(", ".join(names), sort) for sort, names in sorts.items()] + hypotheses

    @property
    def reason(self) -> str:
        """Why there is neither a proof nor a counterexample to go by, where the statement or the tool is at fault."""
        told = {"ill-posed": ("ill-posed",), "error": ("error",), "conflict": ("holds", "fails")}.get(self.verdict, ())
        return "; ".join(dict.fromkeys(str(e["detail"]) for e in self.evidence if e["result"] in told and e["detail"]))

    @property
    def scope_word(self) -> str:
        """What is said of the scope where there is one."""
        return "Holds on" if self.verdict == "holds" else "Only"

    @property
    def marks(self) -> dict[str, str]:
        """hypothesis -> needed, unused or unknown."""
        return {str(h["text"]): str(h["mark"]) for h in self.hypotheses}

    @property
    def outcomes(self) -> Counter[str]:
        return Counter(str(m["outcome"]) for m in self.mutants)


@dataclass(frozen=True)
class Link:
    """Another claim, with the verdicts on its printed and its corrected statement.

    The anchor is empty where the claim was not verified in this run.
    """

    id: str
    anchor: str = ""
    verdict: str = ""
    mended: str = ""

    @property
    def remark(self) -> str:
        """What must be said of a claim that others rest on; empty where it holds."""
        if not self.anchor:
            return "not in this run"
        if self.verdict == "holds":
            return ""
        return f"{self.verdict} as printed, corrected {self.mended}" if self.mended else self.verdict


@dataclass(frozen=True)
class ClaimView:
    """One claim as the report shows it.

    carries: the claims that rest on it; reached: those that rest on it through others. standing: of a measured claim,
    what the runs say (``consistent``, ``not seen``, ``not measured``).
    """

    id: str
    anchor: str
    paper: str
    place: str
    title: str
    kind: str
    note: str
    printed: Finding
    corrected: Finding | None
    mend: str
    readings: tuple[tuple[str, Finding], ...]
    derivation: Mapping[str, Any] | None
    rests_on: tuple[Link, ...]
    carries: tuple[Link, ...]
    reached: tuple[Link, ...]
    own_tier: str
    seconds: float
    cached: bool
    command: str
    experiment: str = ""
    standing: str = ""

    @property
    def verdict(self) -> str:
        return self.printed.verdict

    @property
    def tier(self) -> str:
        return self.printed.tier

    @property
    def findings(self) -> Iterator[Finding]:
        yield self.printed
        if self.corrected:
            yield self.corrected
        yield from (finding for _, finding in self.readings)

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        """(what was done, name, text) for what the correction changes around the conclusion.

        What was done: ``with`` (a hypothesis, an integer, or any real where a text stood), ``without``, ``where`` or
        ``flow`` (a name that now stands for the text). Other real variables, which come or go with terms, are not told.
        """
        if self.corrected is None or not self.corrected.statement or not self.printed.statement:
            return []
        old, new = self.printed.statement, self.corrected.statement
        told = [g for g in (*old["given"], *new["given"]) if not g.endswith(" real") or g[:-5] in old["where"]]
        found = [("with", "", g) for g in new["given"] if g in told and g not in old["given"]]
        found += [("without", "", g) for g in old["given"] if g in told and g not in new["given"]]
        for key in ("where", "flow"):
            found += [(key, name, text) for name, text in new[key].items() if old[key].get(name) != text]
        return found

    @property
    def parted(self) -> bool:
        """Whether two statements stand side by side."""
        return self.corrected is not None and self.printed.statement is not None


@dataclass(frozen=True)
class Section:
    """The claims of one verdict, paper by paper."""

    verdict: str
    heading: str
    meaning: str
    papers: tuple[tuple[str, tuple[ClaimView, ...]], ...]

    @property
    def anchor(self) -> str:
        return f"verdict-{anchor_of(self.verdict)}"

    @property
    def size(self) -> int:
        return sum(len(claims) for _, claims in self.papers)


@dataclass(frozen=True)
class ReportView:
    """A whole run. claims: in reading order."""

    claims: tuple[ClaimView, ...]
    created: str
    provenance: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    interrupted: bool = False

    @cached_property
    def papers(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(c.paper for c in self.claims))

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        found = []
        for verdict in dict.fromkeys(c.verdict for c in self.claims):
            heading, meaning = VERDICTS.get(verdict, (verdict.capitalize(), ""))
            if verdict == "undecided" and self.standings:
                seen = ", ".join(f"{n} {STANDINGS[standing]}" for standing, n in self.standings.items())
                meaning += f" Measured results stay undecided whatever the runs show: {seen}."
            these = [c for c in self.claims if c.verdict == verdict]
            papers = tuple((p, tuple(c for c in these if c.paper == p)) for p in dict.fromkeys(c.paper for c in these))
            found.append(Section(verdict, heading, meaning, papers))
        return tuple(found)

    @cached_property
    def errata(self) -> tuple[ClaimView, ...]:
        """What does not hold as printed, paper by paper, that first on which most leans; then what is no statement."""
        found = (c for c in self.claims if c.verdict in ("fails", "ill-posed"))
        rank = {"fails": 0, "ill-posed": 1}
        return tuple(
            sorted(found, key=lambda c: (rank[c.verdict], -len(c.carries) - len(c.reached), self.papers.index(c.paper)))
        )

    @cached_property
    def corrections(self) -> Counter[str]:
        """How many corrected statements have each verdict."""
        return Counter(c.corrected.verdict for c in self.claims if c.corrected)

    @cached_property
    def teeth(self) -> Counter[str]:
        """How many mutants were caught, survived, were proved, or ended in conflict."""
        total: Counter[str] = Counter()
        for claim in self.claims:
            for finding in claim.findings:
                total.update(finding.outcomes)
        return total

    @cached_property
    def standings(self) -> Counter[str]:
        """How many measured claims stand how, the best first; each of them is undecided."""
        found = Counter(c.standing for c in self.claims)
        return Counter({word: found[word] for word in STANDINGS if found[word]})

    @cached_property
    def seconds(self) -> float:
        return sum(c.seconds for c in self.claims)

    def count(
        self, verdict: str | None = None, tier: str | None = None, paper: str | None = None, standing: str | None = None
    ) -> int:
        return sum(
            (verdict is None or c.verdict == verdict)
            and (standing is None or c.standing == standing)
            and (tier is None or c.tier == tier)
            and (paper is None or c.paper == paper)
            for c in self.claims
        )


def view(results: Mapping[str, Any]) -> ReportView:
    """The view of the results of a run (``verify.records.results``); lacking fields are shown as absent."""
    records: Sequence[Mapping[str, Any]] = results["claims"]
    anchors = {str(r["id"]): f"claim-{anchor_of(str(r['id']))}" for r in records}
    known = {str(r["id"]): r for r in records}
    carried: dict[str, list[str]] = {}
    for record in records:
        for below in record.get("rests_on", ()):
            carried.setdefault(str(below), []).append(str(record["id"]))

    def link(name: str) -> Link:
        if name not in known:
            return Link(name)
        corrected = known[name].get("corrected") or {}
        return Link(name, anchors[name], str(known[name]["verdict"]), str(corrected.get("verdict", "")))

    claims = [_claim(r, anchors[str(r["id"])], link, carried, _command(str(r["id"]), results)) for r in records]
    rank, seen = list(VERDICTS), ("", "not seen", "not measured", "consistent")
    claims.sort(key=lambda c: (rank.index(c.verdict) if c.verdict in rank else 0, seen.index(c.standing)))
    interrupted = bool(results.get("interrupted"))
    return ReportView(tuple(claims), str(results.get("created", "")), _provenance(results), interrupted)


def made_by(evidence: Mapping[str, Any]) -> str:
    """The engines of a piece of evidence with their versions, its seed and the kind of its certificate."""
    parts = [f"{engine} {version}" for engine, version in evidence["engines"].items()]
    parts += [f"seed {evidence['seed']}"] if evidence["seed"] is not None else []
    parts += [f"certificate: {evidence['certificate']['kind']}"] if evidence["certificate"] else []
    return ", ".join(parts)


def above(name: str, carried: Mapping[str, Sequence[str]]) -> list[str]:
    """Every claim that leans on the named one, itself left out: those next to it first."""
    found: list[str] = []
    edge = list(carried.get(name, ()))
    while edge:
        found += [n for n in dict.fromkeys(edge) if n not in found and n != name]
        edge = [n for at in edge for n in carried.get(at, ()) if n not in found and n != name]
    return found


def anchor_of(text: str) -> str:
    """The text as part of an ``id`` attribute and of a link: letters, digits, ``.``, ``_`` and ``-`` alone."""
    return re.sub(r"[^A-Za-z0-9._-]", lambda m: f"_{ord(m.group()):x}_", text)


def _claim(
    record: Mapping[str, Any],
    anchor: str,
    link: Any,
    carried: Mapping[str, Sequence[str]],
    command: str,
) -> ClaimView:
    name = str(record["id"])
    corrected = record.get("corrected")
    measurement = record.get("measurement")
    carries = tuple(dict.fromkeys(carried.get(name, ())))
    mended = None
    if corrected:
        mended = _finding("Corrected", corrected, corrected.get("statement") or {"claim": corrected["text"]})
    return ClaimView(
        id=name,
        anchor=anchor,
        paper=str(record.get("paper") or "claims"),
        place=str(record.get("place") or ""),
        title=str(record.get("title") or ""),
        kind=str(record.get("kind") or ""),
        note=str(record.get("note") or ""),
        printed=_expected(record, measurement)
        if measurement
        else _finding("As printed" if corrected else "Statement", record, record.get("statement")),
        corrected=mended,
        mend=str(corrected["kind"]) if corrected else "",
        readings=tuple((str(r["name"]), _finding("", r, r.get("statement"))) for r in record.get("readings") or ()),
        derivation=record.get("derivation"),
        rests_on=tuple(link(str(below)) for below in record.get("rests_on", ())),
        carries=tuple(link(other) for other in carries),
        reached=tuple(link(other) for other in above(name, carried) if other not in carries),
        own_tier=str(record.get("own_tier") or record["tier"]),
        seconds=float(record.get("seconds") or 0.0),
        cached=record.get("cached") is True,
        command=command,
        experiment=str(measurement["experiment"]) if measurement else "",
        standing=standing(record),
    )


def _expected(record: Mapping[str, Any], measurement: Mapping[str, Any]) -> Finding:
    """What an experiment is expected to show, for every seed, in place of a statement."""
    found = _finding(f"Expected of the experiment {measurement['experiment']}", record, measurement.get("expects"))
    return replace(found, expected=True)


def _finding(heading: str, result: Mapping[str, Any], statement: Mapping[str, Any] | None) -> Finding:
    return Finding(
        heading=heading,
        verdict=str(result["verdict"]),
        tier=str(result["tier"]),
        statement={**STATEMENT, **statement} if statement else None,
        scope=str(result.get("scope") or ""),
        vacuous=result.get("vacuous"),
        counterexample=result.get("counterexample"),
        witness=result.get("witness"),
        hypotheses=tuple(result.get("hypotheses") or ()),
        evidence=tuple({**EVIDENCE, **e} for e in result.get("evidence") or ()),
        mutants=tuple(result.get("mutants") or ()),
        seconds=float(result.get("seconds") or 0.0),
    )


def _command(name: str, results: Mapping[str, Any]) -> str:
    """What verifies the claim again; of a file of claims, all that are in it. `check --json` names neither."""
    settings = results.get("settings") or {}
    file = str(results.get("file") or "") if settings else "FILE"
    parts = ["mirrorproof", "check", file] if file else ["mirrorproof", "run", name]
    for option in ("seconds", "seed", "mutants"):
        if option in settings:
            parts += [f"--{option}", f"{settings[option]:g}" if option == "seconds" else str(settings[option])]
    return shlex.join(parts)


def _provenance(results: Mapping[str, Any]) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    run = {"written": results.get("created"), "code (SHA-256 of the sources)": results.get("code")}
    blocks = {
        "Run": {k: v for k, v in run.items() if v},
        "Settings": results.get("settings") or {},
        "Versions": results.get("versions") or {},
        "Machine": results.get("platform") or {},
    }
    return tuple((name, tuple((str(k), str(v)) for k, v in block.items())) for name, block in blocks.items() if block)

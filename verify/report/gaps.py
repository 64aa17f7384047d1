"""What a report does not establish, read off its records: everything between a green table and a proof."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verify.report.model import ClaimView, Finding, ReportView, anchor_of

PROOFS = ("certified", "formal")
MOST_TEXT = 120  # characters of a mutant


@dataclass(frozen=True)
class Gap:
    """One kind of thing that is not established. items: (claim, what of it)."""

    heading: str
    meaning: str
    items: tuple[tuple[ClaimView, str], ...]

    @property
    def anchor(self) -> str:
        return f"gap-{anchor_of(self.heading.lower().replace(' ', '-'))}"


def gaps(report: ReportView) -> list[Gap]:
    """The gaps of a run, the gravest first; kinds of which there is none are left out."""
    kinds = [
        ("Defects of the tool", "No verdict of these claims may be relied on.", _defects),
        ("Undecided", "Neither proved nor refuted; these statements may be true or false.", _undecided),
        ("Failing without a mend that is proved", "What does hold in their place is not established.", _unmended),
        ("Measured, and not seen", "The recorded runs do not show what was expected of every seed.", _unseen),
        ("Not measured yet", "Claims about training or a figure of which no run is recorded.", _unmeasured),
        (
            "Measured, and consistent with the recorded runs",
            "Runs of these settings and seeds show what was expected; they prove nothing, and say nothing of others.",
            _seen,
        ),
        (
            "Holding under a hypothesis that is not printed",
            "The corrected statement assumes more than the paper does; without it there is the counterexample.",
            _assumed,
        ),
        ("Texts that are no statement", "Each reading is a choice made for the author.", _unstated),
        ("Covered in part", "Decided on less than the paper claims; only the scope shown is established.", _scopes),
        ("Vacuous", "They hold, but say nothing: trivial conclusions or hypotheses that cannot be met.", _vacuous),
        (
            "Resting on what is not established",
            "These verdicts are about the statements themselves; an argument that goes through the claims named "
            "goes through something that fails as printed or is undecided.",
            _unsupported,
        ),
        ("Resting on claims outside this run", "What these rest on was not verified here.", _outside),
        (
            "Held at less than a certificate",
            "Symbolic evidence trusts one engine; simulated and sampled evidence proves nothing.",
            _weak,
        ),
        (
            "Not told apart from their neighbours",
            "A slightly altered statement was neither refuted nor proved, or was proved too: the check is less sharp "
            "than it could be.",
            _blunt,
        ),
        (
            "Hypotheses not known to be needed",
            "Without the hypothesis neither a counterexample nor a proof was found.",
            _unknown,
        ),
    ]
    found = []
    for heading, meaning, search in kinds:
        items = tuple((claim, text) for claim in report.claims for text in search(claim))
        if items:
            found.append(Gap(heading, meaning, items))
    return found


def _named(claim: ClaimView) -> Iterator[tuple[str, Finding]]:
    """The statements of a claim with what to call them in a sentence."""
    yield "", claim.printed
    if claim.corrected:
        yield "corrected statement: ", claim.corrected


def _defects(claim: ClaimView) -> Iterator[str]:
    for name, finding in _named(claim):
        if finding.verdict in ("conflict", "error"):
            yield f"{name}{finding.verdict}"


def _unseen(claim: ClaimView) -> Iterator[str]:
    if claim.standing == "not seen":
        yield _measured(claim)


def _unmeasured(claim: ClaimView) -> Iterator[str]:
    if claim.standing == "not measured":
        yield _measured(claim)


def _seen(claim: ClaimView) -> Iterator[str]:
    if claim.standing == "consistent":
        yield _measured(claim)


def _measured(claim: ClaimView) -> str:
    return "; ".join(str(e["detail"]) for e in claim.printed.evidence) or "nothing is recorded"


def _assumed(claim: ClaimView) -> Iterator[str]:
    added = [text for word, _, text in claim.changes if word == "with" and not text.endswith((" integer", " real"))]
    if claim.mend == "added hypothesis" and added:
        yield "; ".join(added)


def _undecided(claim: ClaimView) -> Iterator[str]:
    for name, finding in _named(claim):
        if finding.verdict == "undecided" and not claim.experiment:
            survived = any(e["result"] == "survived" for e in finding.evidence)
            yield name + ("no counterexample was found, and no proof" if survived else "undecided")


def _unmended(claim: ClaimView) -> Iterator[str]:
    if claim.verdict == "fails" and claim.corrected is None:
        yield "no corrected statement is given"
    elif claim.corrected and claim.corrected.verdict in ("fails", "ill-posed"):
        yield f"the corrected statement {claim.corrected.verdict}"


def _unstated(claim: ClaimView) -> Iterator[str]:
    if claim.verdict == "ill-posed":
        yield "; ".join(f"{name}: {finding.verdict}" for name, finding in claim.readings) or "no reading was tried"


def _scopes(claim: ClaimView) -> Iterator[str]:
    for name, finding in _named(claim):
        if finding.scope:
            yield f"{name}{finding.scope_word.lower()}: {finding.scope}"


def _vacuous(claim: ClaimView) -> Iterator[str]:
    for name, finding in _named(claim):
        if finding.vacuous is True:
            yield f"{name}vacuous"


def _unsupported(claim: ClaimView) -> Iterator[str]:
    if claim.verdict == "holds":
        shaky = [f"{link.id} ({link.remark})" for link in claim.rests_on if link.anchor and link.remark]
        if shaky:
            yield f"rests on {', '.join(shaky)}"


def _outside(claim: ClaimView) -> Iterator[str]:
    absent = [link.id for link in claim.rests_on if not link.anchor]
    if absent:
        yield ", ".join(absent)


def _weak(claim: ClaimView) -> Iterator[str]:
    for name, finding in _named(claim):
        if finding.verdict == "holds" and finding.tier not in PROOFS:
            lowered = finding is claim.printed and claim.own_tier != finding.tier
            own = f"; {claim.own_tier} by itself, lowered by what it rests on" if lowered else ""
            yield f"{name}tier {finding.tier}{own}"


def _blunt(claim: ClaimView) -> Iterator[str]:
    for name, finding in _named(claim):
        if finding.verdict == "holds":
            outcomes = finding.outcomes
            left = [f"{outcomes[k]} {k}" for k in ("conflict", "survived", "proved") if outcomes[k]]
            if left:
                named = [str(m["text"]) for m in finding.mutants if m["outcome"] in ("conflict", "survived")]
                which = ": " + "; ".join(t if len(t) <= MOST_TEXT else t[:MOST_TEXT] + " ..." for t in named)
                yield f"{name}{', '.join(left)} of {sum(outcomes.values())} mutants{which if named else ''}"


def _unknown(claim: ClaimView) -> Iterator[str]:
    for name, finding in _named(claim):
        unknown = [text for text, mark in finding.marks.items() if mark == "unknown"]
        if unknown:
            yield name + "; ".join(unknown)

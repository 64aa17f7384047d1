"""The verdict on a statement, computed from evidence and never written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from verify.evidence import Evidence, Tier


class Verdict(Enum):
    holds = "holds"
    fails = "fails"
    undecided = "undecided"
    error = "error"
    conflict = "conflict"
    ill_posed = "ill-posed"

    def __bool__(self) -> bool:
        raise TypeError("a verdict is not a truth value: compare it with Verdict.holds")

    def __str__(self) -> str:
        return self.value


PROOF = (Tier.symbolic, Tier.certified, Tier.formal)


def combine(evidence: Sequence[Evidence]) -> tuple[Verdict, Tier]:
    """The verdict that the evidence supports, with the strongest tier that supports it.

    ``fails`` needs an exact counterexample. A proof and a counterexample together are a ``conflict``: a bug of
    the tool, never a matter of taste. Sampling alone never makes ``holds``. A proof on a narrower scope than
    was claimed leaves the statement ``undecided``.
    """
    proofs = [e for e in evidence if e.result == "holds" and e.tier in PROOF]
    refutations = [e for e in evidence if e.result == "fails"]
    unsupported = [e for e in refutations if e.counterexample is None]  # {} where nothing is quantified
    if unsupported:
        raise ValueError(f"{unsupported[0].method} says fails without a counterexample")
    full = [e for e in proofs if not e.scope]
    if refutations and full:
        return Verdict.conflict, Tier.none
    if refutations:
        return Verdict.fails, max(e.tier for e in refutations)
    if full:
        return Verdict.holds, max(e.tier for e in full)
    if evidence and all(e.result == "error" for e in evidence):
        return Verdict.error, Tier.none
    return Verdict.undecided, Tier.none


def alarmed(verdict: Verdict, tier: Tier, evidence: Sequence[Evidence]) -> tuple[Verdict, Tier]:
    """``conflict`` where a simulation disagrees with what is proved: a bug of the tool, in the proof or in the run.

    Agreement changes nothing, and a simulation alone makes no verdict.
    """
    if verdict is Verdict.holds and any(e.result == "disagrees" for e in evidence):
        return Verdict.conflict, Tier.none
    return verdict, tier

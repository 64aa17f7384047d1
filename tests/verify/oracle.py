"""A judge that does what the variable of a statement is called after: it lets the machinery be tested alone."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from verify.claim import Claim
from verify.evidence import Evidence, Tier
from verify.judge import UNSATISFIABLE, Judgement, Settings
from verify.language.claims_file import read_statement
from verify.runner import Job
from verify.statement import Statement
from verify.verdict import Verdict


def evidence(tier: Tier, result, detail: str = "", seconds: float = 0.01, **more) -> Evidence:
    return Evidence(tier, "oracle", result, detail, seconds=seconds, **more)


def answer(statement: Statement, settings: Settings) -> Judgement:
    """The judgement that the name of the first variable asks for."""
    name = statement.domain.names[0]
    note = os.environ.get("ORACLE_NOTE")
    if note:
        with open(note, "a", encoding="utf-8") as file:
            file.write(f"{name}\n")
    if name == "hang":
        while True:
            pass
    if name == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if name == "refuse":
        raise ValueError("not to be judged")
    if name == "slow":
        time.sleep(1)
    if name == "sleep":
        time.sleep(600)
    if name == "empty":
        return Judgement(Verdict.error, evidence=(evidence(Tier.certified, "error", UNSATISFIABLE),), vacuous=True)
    if name == "wrong":
        point = {name: "1/2"}
        found = evidence(Tier.certified, "fails", "1/4 >= 1/2 is false", counterexample=point)
        return Judgement(Verdict.fails, Tier.certified, "", point, (found,), False)
    if name == "open":
        return Judgement(Verdict.undecided, evidence=(evidence(Tier.sampled, "survived", "40 points"),))
    if name == "late":
        found = evidence(Tier.none, "undecided", "out of time", seconds=settings.seconds)
        return Judgement(Verdict.undecided, evidence=(found,))
    if name == "clash":
        return Judgement(Verdict.conflict, evidence=(evidence(Tier.none, "undecided"),))
    tier = Tier.symbolic if name == "weak" else Tier.certified
    return Judgement(Verdict.holds, tier, "", None, (evidence(tier, "holds", "0"),), False, {name: "1"})


def statement(name: str) -> Statement:
    return read_statement([f"{name} >= 0"], f"{name}**2 + 1 >= {name}")


def claim(slug: str, name: str = "x", **more) -> Claim:
    return Claim(slug, f"Lemma {slug}", "", statement(name), **more)


def job(slug: str, name: str = "x", **more) -> Job:
    return Job.of(claim(slug, name, **more))


def toml(*names: str) -> str:
    """A claims file with the claim ``c-NAME`` for each name."""
    entry = '[[claim]]\nid = "c-{0}"\nref = "Lemma {0}"\ngiven = ["{0} >= 0"]\nclaim = "{0}**2 + 1 >= {0}"\n'
    return "\n".join(entry.format(name) for name in names)


@pytest.fixture
def oracle(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Puts the oracle in the judge's place; the file says which statements it was asked about."""
    note = tmp_path / "asked"
    note.touch()
    monkeypatch.setenv("ORACLE_NOTE", str(note))
    monkeypatch.setattr("verify.judge.judge", answer)
    return note

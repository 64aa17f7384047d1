"""The claims about dynamics beside their recorded results, and beside results of a flow that is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from verify.claim import Claim, collect
from verify.measured import RECORDED, look
from verify.papers import declared
from verify.papers.mirror_flow import simulated

UNMET = {"mf-thm-4.5-Qmargin.fall.simulated"}  # what was expected before the run and not seen on every seed
CLAIMS: list[Claim] = [c.build("mirror-flow") for c in collect(simulated)]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda c: c.id)
def test_the_recorded_results_agree(claim: Claim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIRRORPROOF_EXPERIMENTS", str(tmp_path))
    assert claim.measurement is not None
    assert look(claim.measurement).result == ("disagrees" if claim.id in UNMET else "agrees")


def test_each_stands_beside_a_claim() -> None:
    known = {c.id for c in declared("mirror-flow")}
    for claim in CLAIMS:
        assert claim.id.removesuffix(".simulated").removesuffix(".networks").removesuffix(".fall") in known
        assert claim.id.endswith(".simulated") and set(claim.rests_on) <= known


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda c: c.id)
def test_some_other_results_would_disagree(claim: Claim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One quantity at a time far off in either direction: at least one of them is seen."""
    monkeypatch.setenv("MIRRORPROOF_EXPERIMENTS", str(tmp_path))
    assert claim.measurement is not None
    name = claim.measurement.experiment
    whole = json.loads((RECORDED / f"{name}.json").read_text())
    file = tmp_path / name / "results.json"
    file.parent.mkdir()
    for quantity in claim.measurement.expectation.domain.names:
        seen = set()
        for far in (-1e6, 1e6):
            values = whole["measured"][quantity]
            changed = whole | {"measured": whole["measured"] | {quantity: [far] * len(values)}}
            file.write_text(json.dumps(changed))
            seen.add(look(claim.measurement).result)
        assert "disagrees" in seen, quantity

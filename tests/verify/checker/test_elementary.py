"""Certificates of sums, existence, integrals, numbers and named points: the provers' own replay, forged ones do not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import pytest

from tests.verify.checker.elementary_cases import CELLS, FORGED, TOLD, witness
from verify import checker
from verify.language.claims_file import read_statement
from verify.provers.budget import Budget
from verify.statement import Statement

REPLAY = checker.replay


def stated(given: str, claim: str) -> Statement:
    return read_statement([g.strip() for g in given.split(";") if g.strip()], claim, None, {})


def whatever_the_text(statement: Statement, certificate: Any, result: str = "holds") -> bool:
    """A replay in which a forger has put the right text on every part."""
    if isinstance(certificate, Mapping):
        certificate = {**certificate, "statement": statement.text}
    return REPLAY(statement, certificate, result)


@pytest.mark.parametrize(("prover", "given", "claim", "result"), TOLD, ids=[c[2] for c in TOLD])
def test_what_is_found_replays_and_its_contrary_does_not(prover: str, given: str, claim: str, result: str) -> None:
    statement = stated(given, claim)
    found = import_module(f"verify.provers.{prover}").prove(statement, Budget(5))
    certificate = json.loads(json.dumps(found.certificate))
    assert found.result == result
    assert REPLAY(statement, certificate, result)
    assert not REPLAY(statement, certificate, "fails" if result == "holds" else "holds")
    assert not REPLAY(stated(given, "1 < 0"), certificate, "holds")


@pytest.mark.parametrize(("given", "claim", "result", "certificate"), FORGED, ids=[f"{c[1]} {c[2]}" for c in FORGED])
def test_no_forgery_replays(
    given: str, claim: str, result: str, certificate: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checker, "replay", whatever_the_text)
    assert not whatever_the_text(stated(given, claim), certificate, result)


def test_the_stand_in_for_a_part_would_prove_what_is_true(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checker, "replay", whatever_the_text)
    assert whatever_the_text(stated("x real", "exists(y, y > x)"), witness("x + 1", CELLS))
    assert not REPLAY(stated("x real", "exists(y, y > x)"), witness("x + 1", CELLS))


def test_a_sum_inside_a_derivative_is_no_unknown_number() -> None:
    from verify.checker.induction import base_and_step

    for claim, inside in (("diff(Sum(x**k, (k, 0, n)), x) == n", True), ("Sum(x**k, (k, 0, n)) >= 1", False)):
        statement = stated("x > 0; n >= 1 integer", claim)
        assert (base_and_step(statement, statement.conclusion, "n") is None) is inside

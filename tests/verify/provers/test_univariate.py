"""Descent through derivatives: touching points, tails, parameters; every proof replays, none is of a falsehood."""

from __future__ import annotations

from typing import Any

import pytest

from tests.verify.provers.inequality_cases import (
    MONOTONE_FALSE,
    MONOTONE_TRUE,
    SEVERAL_FALSE,
    SEVERAL_TRUE,
    Case,
    stated,
)
from verify.checker import replay
from verify.evidence import Tier
from verify.provers.budget import Budget
from verify.provers.univariate import prove


@pytest.mark.parametrize("case", [*MONOTONE_TRUE, *SEVERAL_TRUE], ids=str)
def test_a_true_inequality_is_certified(case: Case) -> None:
    statement = stated(case)
    evidence = prove(statement, Budget(20))
    assert (evidence.result, evidence.tier) == ("holds", Tier.certified), evidence.detail
    assert evidence.certificate is not None and replay(statement, evidence.certificate)


@pytest.mark.parametrize("case", [*MONOTONE_FALSE, *SEVERAL_FALSE], ids=str)
def test_a_false_inequality_is_never_proved(case: Case) -> None:
    evidence = prove(stated(case), Budget(1))
    assert evidence.result in ("fails", "undecided")
    assert (evidence.counterexample is not None) is (evidence.result == "fails")


@pytest.mark.parametrize("true", range(0, len(MONOTONE_TRUE), 3))
def test_a_proof_never_proves_a_false_statement(true: int) -> None:
    certificate = prove(stated(MONOTONE_TRUE[true]), Budget(20)).certificate
    assert certificate is not None
    for case in [*MONOTONE_FALSE, *SEVERAL_FALSE]:
        false = stated(case)
        assert not replay(false, {**certificate, "statement": false.text})


def mangled(proof: Any) -> list[Any]:
    """Proofs with one premise replaced by a bare claim."""
    if isinstance(proof, list):
        return [[*proof[:k], m, *proof[k + 1 :]] for k, p in enumerate(proof) for m in mangled(p)]
    if not isinstance(proof, dict):
        return []
    out: list[Any] = [{"by": "range"}, {"by": "zero"}, {"by": "empty"}, {"by": "prove"}, {}]
    for key, value in proof.items():
        if key != "conditions":
            out += [{**proof, key: m} for m in mangled(value)]
    return out


def test_a_proof_with_a_premise_left_out_is_rejected() -> None:
    statement = stated(("x real", "x*asinh(x) - sqrt(x**2 + 1) >= -1"))
    certificate = dict(prove(statement, Budget(10)).certificate or {})
    wrong = mangled(certificate["proof"])
    accepted = [p for p in wrong if replay(statement, {**certificate, "proof": p})]
    assert len(wrong) > 10 and len(accepted) < len(wrong) / 4
    sharper = stated(("x real", "x*asinh(x) - sqrt(x**2 + 1) > -1"))
    assert not any(replay(sharper, {**certificate, "statement": sharper.text, "proof": p}) for p in wrong)

"""Covers by boxes: strict inequalities are settled, whatever touches or fails is not."""

from __future__ import annotations

import pytest

from tests.verify.provers.inequality_cases import ENCLOSURE_FALSE, ENCLOSURE_TRUE, Case, stated
from verify.checker import replay
from verify.evidence import Tier
from verify.provers.budget import Budget
from verify.provers.enclosure import prove


@pytest.mark.parametrize("case", ENCLOSURE_TRUE, ids=str)
def test_a_true_inequality_is_certified(case: Case) -> None:
    statement = stated(case)
    evidence = prove(statement, Budget(10))
    assert (evidence.result, evidence.tier) == ("holds", Tier.certified), evidence.detail
    assert evidence.certificate is not None and replay(statement, evidence.certificate)


@pytest.mark.parametrize("case", ENCLOSURE_FALSE, ids=str)
def test_a_false_inequality_is_never_proved(case: Case) -> None:
    assert prove(stated(case), Budget(1)).result == "undecided"


def test_an_unbounded_domain_is_left() -> None:
    assert prove(stated(("x real", "exp(x) > 0")), Budget(1)).result == "undecided"


def test_a_tampered_cover_is_rejected() -> None:
    statement = stated(ENCLOSURE_TRUE[1])
    certificate = dict(prove(statement, Budget(10)).certificate or {})
    (tree,) = certificate["covers"]  # type: ignore[misc]
    for wrong in (tree[:-1], tree + "r", "r", tree.replace("0", "7"), "h", ""):
        assert not replay(statement, {**certificate, "covers": [wrong]})
    assert not replay(statement, {**certificate, "covers": []})
    assert not replay(statement, {**certificate, "precision": 2})
    tighter = stated(ENCLOSURE_FALSE[1])
    assert not replay(tighter, {**certificate, "statement": tighter.text})


def test_integers_must_all_be_enumerated() -> None:
    statement = stated(ENCLOSURE_TRUE[5])
    certificate = dict(prove(statement, Budget(10)).certificate or {})
    assert len(certificate["covers"]) == 6  # type: ignore[arg-type]
    assert not replay(statement, {**certificate, "covers": certificate["covers"][1:]})  # type: ignore[index]

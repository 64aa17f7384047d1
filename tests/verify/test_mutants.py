"""Mutants: each changes one thing, most true statements refute theirs, and what survives is named."""

from __future__ import annotations

import pytest

from verify.evidence import Evidence, Tier
from verify.language.claims_file import read_statement
from verify.marks import tried_mutants
from verify.mutants import mutants
from verify.provers import exact

SEED, MEMORY = 7, 768


def statement(given: list[str], claim: str):  # type: ignore[no-untyped-def]
    return read_statement(given, claim, {}, {})


def tried(given: list[str], claim: str, count: int = 12):  # type: ignore[no-untyped-def]
    proof = [Evidence(Tier.certified, exact.METHOD, "holds")]
    return tried_mutants(statement(given, claim), proof, SEED, MEMORY, count, 0.3)


def test_every_kind_comes_before_any_comes_twice() -> None:
    found = mutants(statement(["x > 0", "y real"], "x**2 + 3*y == 3*y + x*x"), 5)
    assert {m.kind for m in found} == {"relation", "constant", "sign", "exponent", "hypothesis"}


def test_a_hypothesis_is_made_weaker_and_never_stronger() -> None:
    found = [m.text for m in mutants(statement(["x > 0", "y <= 2"], "x*y <= 2*x"), 64) if m.kind == "hypothesis"]
    assert found == ["x >= 0 in place of x > 0", "x > -1 in place of x > 0".replace("-1", "0 - 1"),
                     "y <= 2 + 1 in place of y <= 2"]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "claim"),
    [
        (["x real", "y real"], "(x + y)**2 == x**2 + 2*x*y + y**2"),
        (["x > 0"], "x*abs(x) == x**2"),
        (["x real", "y real"], "x*y <= (x**2 + y**2)/2"),
    ],
)
def test_the_mutants_of_a_sharp_statement_are_caught(given: list[str], claim: str) -> None:
    found = tried(given, claim)
    assert len(found) >= 4
    assert {m.outcome for m in found} <= {"caught", "proved"}
    assert sum(m.outcome == "caught" for m in found) >= len(found) / 2
    assert all(m.counterexample is not None for m in found if m.outcome == "caught")


def test_a_mutant_that_holds_as_well_is_not_called_caught() -> None:
    larger = next(m for m in tried(["x real"], "x**2 + 2 > 0") if m.text == "x**2 + 3 > 0")
    assert larger.outcome == "proved"


def test_a_survivor_says_what_was_tried() -> None:
    false = "Sum(1/k**2, (k, 1, n)) <= 1.6449340668482264"  # false far out: the sum exceeds it beyond 10**16 terms
    found = tried(["n >= 1 integer"], false, 4)
    assert all(m.detail for m in found if m.outcome == "survived")

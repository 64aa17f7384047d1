"""Mutants: each changes one thing, most true statements refute theirs, and what survives is named."""

from __future__ import annotations

import pytest

from verify.beyond import loosened, questions
from verify.evidence import Evidence, Tier
from verify.language.claims_file import read_statement
from verify.language.printing import to_text
from verify.marks import tried_mutants
from verify.mutants import mutants
from verify.provers import exact, flows

SEED, MEMORY = 7, 768


def statement(given: list[str], claim: str):
    return read_statement(given, claim, {}, {})


def tried(given: list[str], claim: str, count: int = 12):
    proof = [Evidence(Tier.certified, exact.METHOD, "holds")]
    return tried_mutants(statement(given, claim), proof, SEED, MEMORY, count, 0.3)


def test_every_kind_comes_before_any_comes_twice() -> None:
    found = mutants(statement(["x > 0", "y real"], "x**2 + 3*y == 3*y + x*x"), 5)
    assert {m.kind for m in found} == {"relation", "constant", "sign", "exponent", "hypothesis"}


def test_a_hypothesis_is_made_weaker_and_never_stronger() -> None:
    found = [m.text for m in mutants(statement(["x > 0", "y <= 2"], "x*y <= 2*x"), 64) if m.kind == "hypothesis"]
    assert found == ["x >= 0 in place of x > 0", "x > 0 - 2 in place of x > 0",
                     "y <= 2 + 2 in place of y <= 2"]  # fmt: skip


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
    assert larger.detail == "follows from the original"


def test_a_survivor_says_what_was_tried() -> None:
    false = "Sum(1/k**2, (k, 1, n)) <= 1.6449340668482264"  # false far out: the sum exceeds it beyond 10**16 terms
    found = tried(["n >= 1 integer"], false, 4)
    assert all(m.detail for m in found if m.outcome == "survived")


def test_what_is_claimed_is_tightened_and_what_is_assumed_is_widened() -> None:
    found = [m.text for m in mutants(statement(["x real"], "implies(x > 1, x + 3 <= x**2 + 3)"), 64)]
    assert "implies(x > 1, x + 3 <= (x**2 + 3)/2)" in found
    assert "implies(x > 1, x + 3 + 1 <= x**2 + 3)" in found
    assert "implies(x > 1, x + 3 <= x**2 + 3 - 1/1000)" in found
    assert "implies(x >= 1, x + 3 <= x**2 + 3)" in found
    assert not any("x > 1 + " in text or "+ 1/1000" in text for text in found)


def test_no_constant_is_added_to_infinity() -> None:
    found = [m.text for m in mutants(statement(["a > 0"], "limit(a*x, x, oo) == oo"), 64) if m.kind == "constant"]
    assert [text for text in found if "oo) ==" in text] == ["limit(a*x, x, oo) == 1", "limit(a*x, x, oo) == -oo"]


@pytest.mark.parametrize("claim", ["convex(x**2, x)", "strictly_increasing(x**3 + x, x)", "even(x**2, x)",
                                   "odd(x**3, x)", "legendre(x**2, x)", "homogeneous(x**2, x, 2)"])  # fmt: skip
def test_a_property_has_mutants_of_its_own_and_they_are_caught(claim: str) -> None:
    found = tried_mutants(statement(["x real"], claim), [], SEED, MEMORY, 3, 2.0)
    assert len(found) >= 2
    assert any(m.outcome == "caught" for m in found)
    assert not any(m.outcome == "conflict" for m in found)


# ---- what a mutant says beyond the original ----------------------------------------------------------------------
def test_only_the_part_that_was_changed_is_asked_for() -> None:
    old = statement(["x real"], "x**2 >= 0 and x == x")
    new = statement(["x real"], "x**2 >= 0 and x == 2*x")
    assert [to_text(g.conclusion) for g in questions(old, new)] == ["x == 2*x"]


def test_a_widened_hypothesis_is_tried_where_the_old_one_is_false() -> None:
    old, new = statement(["x > 1"], "x**2 > x"), statement(["x >= 1"], "x**2 > x")
    (goal,) = questions(old, new)
    assert [to_text(h) for h in goal.domain.hypotheses] == ["x >= 1", "x <= 1"]


def test_a_property_of_a_function_is_not_split_along_its_domain() -> None:
    old, new = statement(["x > 0"], "convex(abs(x), x)"), statement(["x > -1"], "convex(abs(x), x)")
    assert questions(old, new) == [new]


def test_no_flow_is_split_along_its_states() -> None:
    flow = {"x": "-x"}
    old = read_statement(["x > 0"], "ddt(x) == -x", {}, flow)
    new = read_statement(["x >= 0"], "ddt(x) == -x", {}, flow)
    assert questions(old, new) == [new]


@pytest.mark.parametrize(
    ("claim", "changed", "asked"),
    [
        ("x <= x**2 + 1", "x <= x**2 + 2", "x**2 + 1 <= x**2 + 2"),
        ("x < x**2 + 1", "x - 1 < x**2 + 1", "x - 1 <= x"),
        ("x**2 + 1 >= x", "x**2 + 1 >= x - 1", "x >= x - 1"),
        ("x + x == 2*x", "x + x == 3*x", "2*x == 3*x"),
        ("x <= x**2 + 1", "x >= x**2 + 1", None),
    ],
)
def test_a_loosened_relation_is_compared_with_the_original(claim: str, changed: str, asked: str | None) -> None:
    found = loosened([statement(["x real"], claim)], statement(["x real"], changed))
    assert (None if found is None else to_text(found.conclusion)) == asked


@pytest.mark.parametrize(
    ("given", "claim", "flow"),
    [
        (["x > 0"], "ddt(log(x)) == -x", {"x": "-x**2"}),
        (["x real", "y real"], "conserved(x**2 - y**2)", {"x": "-y", "y": "-x"}),
        (["x real", "y real", "g real", "q > 1"], "ddt(abs(x)**q - abs(y)**q) == -q*g*(abs(x)**q - abs(y)**q)",
         {"x": "-spow(g*y, q - 1) - g*x", "y": "-spow(g*x, q - 1) - g*y"}),
    ],
)  # fmt: skip
def test_the_mutants_of_a_law_along_a_flow_are_caught(given: list[str], claim: str, flow: dict[str, str]) -> None:
    law = read_statement(given, claim, {}, flow)
    found = tried_mutants(law, [Evidence(Tier.certified, flows.METHOD, "holds")], SEED, MEMORY, 6, 0.5)
    assert len(found) >= 4
    caught = [m for m in found if m.outcome == "caught"]
    assert len(caught) >= len(found) - 1
    assert all(m.counterexample for m in caught)
    assert not any(m.outcome == "conflict" for m in found)

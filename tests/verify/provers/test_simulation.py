"""Simulated laws: agreement where they hold, disagreement far beyond the budget where they do not, never a verdict."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from tests.verify.provers.flow_cases import FAILS, HOLDS, Case
from verify.evidence import Evidence, Tier
from verify.judge import Settings, judge
from verify.language.claims_file import read_statement
from verify.provers.budget import Budget
from verify.provers.simulating.digits import NoDigits, sides
from verify.provers.simulating.laws import read
from verify.provers.simulating.tubes import enclosed_sides
from verify.provers.simulation import applies, prove
from verify.records import plain
from verify.statement import Statement
from verify.verdict import Verdict, alarmed, combine


def law(claim: str, given: list[str], **flow: str) -> Statement:
    return read_statement(given, claim, None, flow)


PAIR = ["w1 real", "w2 real", "c real", "a >= 0"]
FALL = {"w1": "-sign((w1*w2 - c)*w2) - a*w1", "w2": "-sign((w1*w2 - c)*w1) - a*w2"}
AGREE = {
    "sliding": law("ddt(abs(w1) - abs(w2)) == -a*(abs(w1) - abs(w2))", [*PAIR, "w1 != 0", "w2 != 0"], **FALL),
    "kept": law("conserved(m**2 - w**2)", ["m real", "w real", "g real"], m="-g*w", w="-g*m"),
    "descent": law("ddt(x**2) <= 0", ["x real"], x="-sign(x)"),
    "inside a quotient": law("ddt(x*y)/(x**2 + y**2) == -g", ["x > 0", "y real", "g real"], x="-g*y", y="-g*x"),
    "an equation that is not kept": law("ddt(x*y) == x**2", ["x == y", "x real", "y real"], x="0*x", y="x"),
    "signs that are equal": law("ddt(x) == -1", ["x > -1/10"], x="-sign(x)*sign(x + x**3)"),
    "a sign and its opposite": law("ddt(abs(x - y)) <= 0", ["x real", "y real"], x="sign(y - x)", y="sign(x - y)"),
    "a power that is not Lipschitz": law("ddt(abs(x)**(3/2)) == -3*abs(x)/2", ["x real"], x="-spow(x, 1/2)"),
}
DISAGREE = {
    "a constant": law("ddt(abs(w1) - abs(w2)) == -2*a*(abs(w1) - abs(w2))", [*PAIR, "w1 > 0", "w2 < 0"], **FALL),
    "a sign": law("ddt(m*w) == g*(m**2 + w**2)", ["m > 0", "w > 0", "g > 0"], m="-g*w", w="-g*m"),
    "the smooth law on a sliding path": law("ddt(x) == 1/2 - y", ["y == 0"], x="-sign(y)", y="-sign(y) + 1/3"),
    "an inequality": law("ddt(x**2) <= 0", ["x real"], x="sign(x - 1) - x/4"),
    "an exponent": law("ddt(abs(x)**3) == -3*abs(x)**3", ["x != 0"], x="-x**3"),
}


@pytest.mark.parametrize("name", AGREE)
def test_a_law_that_holds_agrees(name: str) -> None:
    found = prove(AGREE[name], Budget(6))
    assert (found.result, found.tier) == ("agrees", Tier.simulated), found.detail


@pytest.mark.parametrize("name", DISAGREE)
def test_a_law_that_does_not_hold_disagrees(name: str) -> None:
    found = prove(DISAGREE[name], Budget(6))
    assert (found.result, found.counterexample) == ("disagrees", None), found.detail


@pytest.mark.parametrize("case", HOLDS, ids=str)
def test_no_proved_law_disagrees(case: Case) -> None:
    found = prove(case.statement, Budget(0.3))
    assert found.result in ("agrees", "undecided"), found.detail


def test_most_refuted_laws_disagree_and_most_proved_ones_agree() -> None:
    def share(cases: tuple[Case, ...], result: str) -> float:
        found = [prove(c.statement, Budget(0.5)).result for c in cases if applies(c.statement)]
        return found.count(result) / len(found)

    assert share(HOLDS[::4], "agrees") > 0.8
    assert share(FAILS[::4], "disagrees") > 0.5


def test_sliding_paths_are_among_those_compared() -> None:
    assert "0 paths with sliding" not in prove(AGREE["sliding"], Budget(6)).detail


@pytest.mark.parametrize(
    "statement",
    [
        law("x == x", ["x real"], x="-x"),
        law("ddt(x) != 0", ["x real"], x="1"),
        read_statement(["x real"], "x == x", None, {}),
    ],
)
def test_it_speaks_of_laws_along_a_flow_alone(statement: Statement) -> None:
    assert not applies(statement)
    assert prove(statement, Budget(1)).result == "undecided"


@pytest.mark.parametrize(
    "statement",
    [
        law("conserved(x)", ["x real", "x > 1", "x < 0"], x="0*x"),
        law("ddt(ddt(x)) == 0", ["x real"], x="1"),
        law("ddt(abs(x - x) + Max(x, x)) == sign(x - x)", ["x real"], x="1"),  # a kink everywhere
        law("ddt(x) == 1/(x - x)", ["x real"], x="1"),
        law("ddt(sin(exp(y))) == exp(y)*cos(exp(y))", ["15 < y", "y < 19"], y="1"),  # it turns too often
    ],
)
def test_what_cannot_be_compared_stays_undecided(statement: Statement) -> None:
    assert prove(statement, Budget(1)).result == "undecided"


def test_the_same_seed_gives_the_same_paths() -> None:
    first, second = (prove(AGREE["sliding"], Budget(20, 7)) for _ in range(2))
    assert first.detail == second.detail


# ---- in the judge ----------------------------------------------------------------------------------------------
def test_the_judge_adds_the_simulation_to_the_evidence() -> None:
    found = judge(AGREE["kept"], Settings(hypotheses=False))
    kinds = [(e.tier, e.result) for e in found.evidence]
    assert (Tier.simulated, "agrees") in kinds
    assert found.verdict is Verdict.holds
    assert "simulated" in json.dumps(plain(found.evidence))
    without = judge(AGREE["kept"], Settings(hypotheses=False, simulate=False))
    assert all(e.tier is not Tier.simulated for e in without.evidence)
    assert without.verdict is Verdict.holds


def test_a_simulation_makes_no_verdict() -> None:
    for result in ("agrees", "disagrees"):
        seen = Evidence(Tier.simulated, "simulation", result)
        assert combine([seen])[0] is Verdict.undecided
        assert alarmed(Verdict.undecided, Tier.none, [seen])[0] is Verdict.undecided
        assert alarmed(Verdict.fails, Tier.certified, [seen]) == (Verdict.fails, Tier.certified)


def test_a_simulation_that_disagrees_with_a_proof_is_an_alarm() -> None:
    proof = Evidence(Tier.certified, "exact", "holds")
    far = Evidence(Tier.simulated, "simulation", "disagrees")
    near = Evidence(Tier.simulated, "simulation", "agrees")
    assert alarmed(Verdict.holds, Tier.certified, [proof, far]) == (Verdict.conflict, Tier.none)
    assert alarmed(Verdict.holds, Tier.certified, [proof, near]) == (Verdict.holds, Tier.certified)


def _far(laws: list[Statement], seed: int) -> list[Evidence]:
    return [Evidence(Tier.simulated, "simulation", "disagrees", "far off") for _ in laws]


def test_the_judge_raises_the_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verify.judge._simulated_here", _far)
    assert judge(AGREE["kept"], Settings(hypotheses=False)).verdict is Verdict.conflict
    assert judge(DISAGREE["a sign"], Settings(hypotheses=False)).verdict is Verdict.fails


# ---- many digits -----------------------------------------------------------------------------------------------
def test_many_digits_see_what_cancels_in_doubles() -> None:
    kept = law("ddt(m**2 - w**2) == 0", ["m real", "w real"], m="-w", w="-m")
    point = {"m": Fraction(10**9 + 1), "w": Fraction(10**9)}
    left, right, error = sides(read(kept), kept.flow, point, 0.25, 0.1)
    assert abs(left - right) < 1e-9 and error < 1e-9


def test_many_digits_see_a_law_that_fails() -> None:
    wrong = law("ddt(exp(m)*sin(w)) == -exp(m)*w", ["m real", "w real"], m="-w", w="-m")
    point = {"m": Fraction(1), "w": Fraction(1, 2)}
    left, right, error = sides(read(wrong), wrong.flow, point, 0.25, 0.1)
    assert abs(left - right) > 1e3 * error


def test_what_has_no_value_has_no_digits() -> None:
    root = law("ddt(sqrt(x)) == 0", ["x real"], x="-1")
    with pytest.raises(NoDigits):
        sides(read(root), root.flow, {"x": Fraction(1, 100)}, 0.25, 0.1)


# ---- in balls --------------------------------------------------------------------------------------------------
POINTS = {
    "sliding": {"w1": "1/3", "w2": "-5/4", "c": "1/2", "a": "3/4"},
    "kept": {"m": "1/3", "w": "-5/4", "g": "1/2"},
    "inside a quotient": {"x": "1/3", "y": "-5/4", "g": "1/2"},
    "a power that is not Lipschitz": {"x": "1/3"},
    "a constant": {"w1": "1/3", "w2": "-5/4", "c": "1/2", "a": "3/4"},
    "a sign": {"m": "1/3", "w": "5/4", "g": "1/2"},
    "an exponent": {"x": "1/3"},
}


@pytest.mark.parametrize("name", POINTS)
def test_an_enclosed_law_is_met_exactly_where_it_holds(name: str) -> None:
    statement = (AGREE | DISAGREE)[name]
    point = {n: Fraction(v) for n, v in POINTS[name].items()}
    left, right, error = enclosed_sides(read(statement), statement.flow, point, 0.25)
    assert error < 1e-20
    assert (abs(left - right) <= 1e-15) is (name in AGREE)


def test_a_law_beyond_a_path_that_is_enclosed_has_no_digits() -> None:
    root = law("ddt(sqrt(x)) == 0", ["x real"], x="-1")
    for statement, point in ((root, "1/100"), (law("ddt(x) == x**2", ["x real"], x="x**2"), "8"),
                             (law("ddt(x) == 0", ["x real"], x="-sign(x)"), "1/8"),
                             (law("ddt(gamma(x)) == 0", ["x real"], x="1"), "1")):  # fmt: skip
        with pytest.raises(NoDigits):
            enclosed_sides(read(statement), statement.flow, {"x": Fraction(point)}, 0.25)


def test_what_doubles_leave_open_is_enclosed() -> None:
    wrong = law("ddt(exp(m)*sin(w)) == -exp(m)*w", ["m > 0", "w > 0"], m="-w", w="-m")
    assert "enclosed in balls" in prove(wrong, Budget(6)).detail

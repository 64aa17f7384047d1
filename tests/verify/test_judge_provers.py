"""How the judge goes through the provers of a goal."""

from __future__ import annotations

import pytest

from tests.verify.provers.inequality_cases import stated
from verify import judge
from verify.evidence import Evidence, Tier, undecided
from verify.verdict import Verdict, combine

GOAL = stated(("x real", "x**2 >= 0"))
OPEN = undecided("open", "nothing found")
WEAK = Evidence(Tier.symbolic, "one engine", "holds")
STRONG = Evidence(Tier.certified, "exact", "holds")
PARTIAL = Evidence(Tier.certified, "partial", "holds", scope="x > 0")
FALSE = Evidence(Tier.certified, "point", "fails", counterexample={"x": "0"})


@pytest.mark.parametrize(
    ("answers", "asked", "verdict", "tier"),
    [
        ((OPEN, STRONG, OPEN), 2, Verdict.holds, Tier.certified),
        ((WEAK, OPEN, STRONG, OPEN), 3, Verdict.holds, Tier.certified),
        ((WEAK, OPEN), 2, Verdict.holds, Tier.symbolic),
        ((WEAK, FALSE, OPEN), 2, Verdict.conflict, Tier.none),
        ((PARTIAL, STRONG), 2, Verdict.holds, Tier.certified),
        ((OPEN, FALSE, STRONG), 2, Verdict.fails, Tier.certified),
    ],
)
def test_provers_are_asked_until_a_proof_is_certified(
    answers: tuple[Evidence, ...], asked: int, verdict: Verdict, tier: Tier, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, slices = ask([(a, a) for a in answers], monkeypatch)
    assert len(found) == asked
    assert combine(found) == (verdict, tier)
    assert all(s == judge.QUICK for _, s in slices[:asked])


def test_what_short_time_leaves_open_is_asked_again_at_length(monkeypatch: pytest.MonkeyPatch) -> None:
    found, slices = ask([(OPEN, OPEN), (OPEN, STRONG), (OPEN, STRONG)], monkeypatch)
    assert combine(found) == (Verdict.holds, Tier.certified)
    assert [name for name, _ in slices] == ["0", "1", "2", "0", "1"]
    assert all(s > judge.SECOND_OPINION for _, s in slices[3:])


def test_a_weak_proof_is_kept_while_a_certified_one_is_looked_for_in_short(monkeypatch: pytest.MonkeyPatch) -> None:
    found, slices = ask([(WEAK, OPEN), (OPEN, OPEN)], monkeypatch)
    assert combine(found) == (Verdict.holds, Tier.symbolic)
    assert all(s <= judge.SECOND_OPINION for _, s in slices)


def test_a_prover_that_is_alone_has_its_time_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    _, slices = ask([(STRONG, OPEN)], monkeypatch)
    assert len(slices) == 1 and slices[0][1] > judge.SECOND_OPINION


def ask(
    answers: list[tuple[Evidence, Evidence]], monkeypatch: pytest.MonkeyPatch
) -> tuple[list[Evidence], list[tuple[str, float]]]:
    """The evidence where prover k says answers[k] in short and at length, and who was asked for how long."""
    slices: list[tuple[str, float]] = []

    def run(name: str, goal: object, seconds: float, settings: object) -> Evidence:
        slices.append((name, seconds))
        return answers[int(name)][seconds > judge.QUICK]

    monkeypatch.setattr(judge, "_applicable", lambda goal: [str(k) for k in range(len(answers))])
    monkeypatch.setattr(judge, "_run", run)
    return judge._prove_goal(GOAL, 8.0, judge.Settings()), slices

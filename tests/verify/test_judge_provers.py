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
    slices: list[float] = []

    def run(name: str, goal: object, seconds: float, settings: object) -> Evidence:
        slices.append(seconds)
        return answers[int(name)]

    monkeypatch.setattr(judge, "_applicable", lambda goal: [str(k) for k in range(len(answers))])
    monkeypatch.setattr(judge, "_run", run)
    found = judge._prove_goal(GOAL, 8.0, judge.Settings())
    assert len(found) == asked
    assert combine(found) == (verdict, tier)
    proved = answers.index(WEAK) if WEAK in answers else asked
    assert all(s <= judge.SECOND_OPINION for s in slices[proved + 1 :])
    assert all(s > judge.SECOND_OPINION for s in slices[: proved + 1])

"""A short run of the hunt for wrong proofs, and that the hunt would see one."""

import random
from types import SimpleNamespace

import mpmath as mp
import pytest

from tests.verify import soundness
from verify.evidence import Evidence, Tier


@pytest.fixture(autouse=True)
def digits():
    with mp.workdps(60):
        yield


def test_random_statements_are_not_proved_against_a_point():
    outcomes = [
        soundness.check(given, claim, ("exact", "constancy"), 0.3)
        for given, claim in soundness.cases(random.Random(20250101), 60)
    ]
    assert not [o for o in outcomes if o[0] == "wrong"]
    assert sum(o[0] == "proved" for o in outcomes) >= 10


def test_a_prover_that_lies_is_seen(monkeypatch):
    liar = SimpleNamespace(applies=lambda s: True, prove=lambda s, b: Evidence(Tier.certified, "liar", "holds"))
    monkeypatch.setattr(soundness, "import_module", lambda name: liar)
    assert soundness.check(["x >= 0"], "x > 0", ("liar",), 0.1)[0] == "wrong"
    assert soundness.check(["x >= 0"], "x >= 0", ("liar",), 0.1)[0] == "proved"


@pytest.mark.parametrize(("given", "claim", "true"), [
    (["x > 1/2"], "log(1/(x - 1/2)) == -log(2*x - 1)", False),
    (["x > 1/2"], "log(1/(x - 1/2)) == log(2) - log(2*x - 1)", True),
    (["x real"], "diff(x**2, x) == 2*x", True),
    (["x real"], "x/x == 1", False),
])  # fmt: skip
def test_the_evaluator_of_its_own(given, claim, true):
    from tests.verify.exact.test_exact import statement

    s = statement(given, claim)
    answers = [soundness.relation(s.conclusion, env) for env in soundness.points(s)]
    assert answers
    assert (False not in answers) == true

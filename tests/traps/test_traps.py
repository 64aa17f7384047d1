"""No trap comes out as ``holds``, no control as ``fails``; the share decided is printed at the end of the run."""

import pytest

from tests.traps.corpus import CORPUS, Pair
from verify.judge import Settings, judge
from verify.language.claims_file import read_statement
from verify.verdict import Verdict

pytestmark = pytest.mark.usefixtures("engines")
SETTINGS = Settings(seconds=4.0, hypotheses=False)


def verdict(case: Pair, role: str) -> Verdict:
    control = role == "control"
    given = case.control_given if control and case.control_given is not None else case.given
    flow = case.control_flow if control and case.control_flow is not None else case.flow
    statement = read_statement(given, case.control if control else case.trap, {}, flow)
    return judge(statement, SETTINGS).verdict


def test_the_corpus_is_large_and_every_trap_has_a_control():
    assert len(CORPUS) >= 100
    assert len({c.id for c in CORPUS}) == len(CORPUS)
    for case in CORPUS:
        control = (case.control, case.control_given or case.given, case.control_flow or case.flow)
        assert control != (case.trap, case.given, case.flow)


@pytest.mark.parametrize("case", CORPUS, ids=[c.id for c in CORPUS])
def test_trap_is_not_proved(case, decided):
    found = verdict(case, "trap")
    decided("traps", found in (Verdict.fails, Verdict.error))
    assert found not in (Verdict.holds, Verdict.conflict)


@pytest.mark.parametrize("case", CORPUS, ids=[c.id for c in CORPUS])
def test_control_is_not_refuted(case, decided):
    found = verdict(case, "control")
    decided("controls", found is Verdict.holds)
    assert found not in (Verdict.fails, Verdict.conflict, Verdict.error)

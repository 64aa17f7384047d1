"""Laws along flows: proved on every cell and sliding mode, or refuted by an exact solution."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.verify.provers.flow_cases import FAILS, HOLDS, NEVER_HOLD, REST, SIGNS, Case, G, balance, layers
from verify.checker import replay
from verify.evidence import Tier
from verify.language.evaluate import truth
from verify.language.terms import negation
from verify.provers.budget import Budget
from verify.provers.flowing import single
from verify.provers.flows import applies, prove


@pytest.mark.parametrize("case", HOLDS, ids=str)
def test_a_law_that_holds_is_certified_on_its_whole_domain(case: Case) -> None:
    found = prove(case.statement, Budget(30))
    assert (found.result, found.scope, found.tier) == ("holds", "", Tier.certified), found.detail


@pytest.mark.parametrize("case", FAILS, ids=str)
def test_a_law_that_fails_is_refuted_by_a_point_of_its_domain(case: Case) -> None:
    statement = case.statement
    found = prove(statement, Budget(30))
    assert (found.result, found.tier) == ("fails", Tier.certified), found.detail
    shown = dict(found.counterexample or {})
    assert {"velocity", "pattern"} <= shown.keys()
    at = {name: Fraction(shown[name]) for name in statement.domain.names}
    assert all(truth(h, at) is True for h in statement.domain.hypotheses)


@pytest.mark.parametrize("case", NEVER_HOLD, ids=str)
def test_what_the_argument_does_not_cover_is_not_proved(case: Case) -> None:
    found = prove(case.statement, Budget(5))
    assert found.result != "holds" or found.scope, found.detail


@pytest.mark.parametrize("case", HOLDS, ids=str)
def test_the_opposite_of_a_law_is_never_proved(case: Case) -> None:
    statement = case.statement
    if statement.conclusion.op == "conserved":
        return
    opposite = statement.concluding(negation(statement.conclusion))
    assert prove(opposite, Budget(5)).result != "holds"


def test_three_layers_at_q_1_fail_where_two_vanish_together() -> None:
    """At w_i = w_j = 0 the signs of w_i and w_j may be mixed so that only w_k moves, at any speed."""
    shown = dict(prove(Case(G, layers(3, "1"), balance(q="1")).statement, Budget(30)).counterexample or {})
    assert "(sliding)" in shown["pattern"]
    assert sum(shown[w] == "0" for w in ("w1", "w2", "w3")) == 2


def test_a_law_off_the_jump_can_fail_at_rest_on_it() -> None:
    shown = dict(prove(Case((), REST, "ddt(abs(x)) == -1").statement, Budget(5)).counterexample or {})
    assert (shown["x"], shown["velocity"], shown["pattern"]) == ("0", "(x' = 0)", "x = 0 (sliding)")


def test_the_two_layer_balance_at_q_1_fails_where_the_target_is_zero() -> None:
    """On w1 = 0, y = 0 the field is (-sign w1, -1): the mean of its limits slides down w2."""
    case = Case(("y real",), SIGNS, "conserved(abs(w1) - abs(w2))")
    shown = dict(prove(case.statement, Budget(30)).counterexample or {})
    assert shown["y"] == "0" and "(sliding)" in shown["pattern"]


def test_only_statements_about_derivatives_along_a_flow_apply() -> None:
    assert applies(HOLDS[0].statement)
    assert not applies(Case((), REST, "x**2 >= 0").statement)
    assert not applies(Case(("x real",), {}, "x**2 >= 0").statement)


def test_no_time_is_undecided() -> None:
    assert prove(HOLDS[0].statement, Budget(0)).result == "undecided"


def test_the_same_seed_gives_the_same_point() -> None:
    first, second = (prove(FAILS[0].statement, Budget(5, seed=7)).counterexample for _ in range(2))
    assert first == second


def test_a_rate_inside_a_kink_is_not_taken_for_a_free_number() -> None:
    assert prove(Case((), {"x": "1"}, "abs(ddt(x)) == 1").statement, Budget(5)).result != "fails"


@pytest.mark.parametrize(
    ("given", "flow", "law", "result"),
    [
        ((), {"x": "1 + x**2"}, "ddt(x) != 0", "holds"),
        ((), {"x": "1 + x**2"}, "ddt(x) != 1 + x**2", "fails"),  # equal along every solution
        ((), {"x": "1 + x**2"}, "ddt(x) != 2", "undecided"),  # equal at single times only
        ((), REST, "ddt(x) != 0", "fails"),  # both limits are not 0, but the solution at rest mixes them
        ((), REST, "ddt(abs(x)) != -1", "fails"),
    ],
)
def test_that_a_rate_is_never_a_value_needs_an_equality_that_lasts(
    given: tuple[str, ...], flow: dict[str, str], law: str, result: str
) -> None:
    statement = Case(given, flow, law).statement
    found = prove(statement, Budget(5))
    assert found.result == result
    if result != "undecided":
        assert replay(statement, found.certificate, result)


@pytest.mark.parametrize(
    ("given", "flow", "law", "refuted"),
    [
        ((), {"x": "-x"}, "ddt(exp(x)) <= -x*exp(x) - 1/1000", True),
        ((), {"x": "-x"}, "ddt(exp(x)) <= -x*exp(x)", False),
        ((*G, "q > 1"), layers(2), balance(rate="(q + 1)*a"), True),
        ((*G, "q > 1"), layers(2), balance(), False),
        ((), REST, "ddt(x) == -sign(x)", False),
        ((), REST, "ddt(abs(x)) == -2", True),
        (("x >= 1",), {"x": "-x"}, "ddt(x**2) < 0", False),
        (("x >= 0", "c real"), {"x": "c*x"}, "ddt(log(x)) == c", True),  # undefined all along the solution at 0
        (("x >= 0",), {"x": "1"}, "ddt(log(x)) == 1/x", False),  # undefined at one time only
        (("x == y",), {"x": "1", "y": "2"}, "ddt(x) == 2", False),  # solutions leave the line at once
    ],
)
def test_single_states_refute_what_is_false_there(
    given: tuple[str, ...], flow: dict[str, str], law: str, refuted: bool
) -> None:
    statement = Case(given, flow, law).statement
    found = single.attack(statement, Budget(0.5, 7))
    assert found.result == ("fails" if refuted else "undecided")
    if refuted:
        assert replay(statement, found.certificate, "fails")

"""Certificates of laws along flows: what the prover wrote replays, what was changed or belongs elsewhere does not."""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verify.provers.flow_cases import FAILS, HOLDS, NEVER_HOLD, REST, Case
from tests.verify.provers.test_flow_points import entries, worst_rate
from verify.checker import replay
from verify.checker.flow_sample import Sample
from verify.language.terms import negation
from verify.provers.budget import Budget
from verify.provers.flows import prove
from verify.statement import Statement

Record = dict[str, Any]
BARE: Record = {"cells": {}, "off": []}  # leaves it to the checker how each cell may be settled
CUT = Case(("g real", "a >= 0", "1 <= q <= 2"), {"w1": "-spow(g*w2, q - 1) - a*w1", "w2": "-spow(g*w1, q - 1) - a*w2"},
           "ddt(abs(w1)**q - abs(w2)**q) == -q*a*(abs(w1)**q - abs(w2)**q)")  # fmt: skip
BIAS = Case((), {"x": "sign(y) + 1/10", "y": "1 - 2*sign(y)"}, "ddt(2*x + y) == 12/10")
PULL = Case(("c real",), {"x": "c*sign(y)", "y": "1 - 2*sign(y)"}, "ddt(2*x + c*y) == c")
PUT_OFF = Case(("y real",), REST, "ddt(abs(x*y)) <= 0")
SLIDES = Case((), {"x": "sign(y)", "y": "-sign(x)"}, "conserved(abs(x) - abs(y))")


def certificate(case: Case, result: str = "holds") -> Record:
    found = prove(case.statement, Budget(30))
    assert found.result == result and found.certificate is not None
    whole: Record = json.loads(json.dumps(found.certificate))
    return whole


def forged(statement: Statement, record: Record, **more: Any) -> Record:
    return {"kind": "flow", "statement": statement.text, "law": record, "sides": [record, record], **more}


@pytest.mark.parametrize("case", HOLDS, ids=str)
def test_a_proof_replays_and_is_not_one_of_another_law(case: Case) -> None:
    statement, record = case.statement, certificate(case)
    assert replay(statement, record)
    if statement.conclusion.op != "conserved":
        opposite = statement.concluding(negation(statement.conclusion))
        assert not replay(opposite, record | {"statement": opposite.text})


@pytest.mark.parametrize("case", FAILS, ids=str)
def test_a_refutation_replays_and_the_law_has_no_proof(case: Case) -> None:
    statement, record = case.statement, certificate(case, "fails")
    assert replay(statement, record, "fails")
    assert not replay(statement, record | {"point": {}}, "fails")
    assert not replay(statement, forged(statement, BARE))


@pytest.mark.parametrize("case", [c for c in NEVER_HOLD if "abs(sign(" not in c.law + str(c.flow)], ids=str)
def test_what_is_outside_the_argument_does_not_replay(case: Case) -> None:
    """But for jumps inside kinks, at which the checker freezes the jump: those laws are true."""
    assert not replay(case.statement, forged(case.statement, BARE))


def records(node: Any) -> Iterator[Record]:
    """All parts of a certificate that list cells."""
    if isinstance(node, dict):
        if "cells" in node:
            yield node
        for child in node.values():
            yield from records(child)
    elif isinstance(node, list):
        for child in node:
            yield from records(child)


@pytest.mark.parametrize("case", [BIAS, PULL], ids=str)
def test_every_multiplier_counts(case: Case) -> None:
    whole = certificate(case)
    used = [(k, p) for k, r in enumerate(records(whole)) for p, c in r["cells"].items() if "y" in c and c != "empty"]
    assert used
    for k, pattern in used[:4]:
        for change in ({"y": []}, {"y": ["7/3"] * 9}, {"kind": "empty"}, {"y": ["1/0"]}, {"y": ["w9"]}):
            other = copy.deepcopy(whole)
            cells = list(records(other))[k]["cells"]
            cells[pattern] = {**cells[pattern], **change}
            assert not replay(case.statement, other), (pattern, change)


def test_the_cut_of_the_parameters_must_cover_them() -> None:
    statement, whole = CUT.statement, certificate(CUT)
    assert whole["law"]["name"] == "q" and replay(statement, whole)
    changes: list[Record] = [
        {"zero": None}, {">": None}, {"value": "2"}, {"name": "a"}, {"name": "w1", "value": "0"}, {"cut": "w1"},
        {"cut": "1/(q - 1)"}, {"cut": "q - 2"}, {">": BARE, "zero": BARE, "cut": "a", "name": "a", "value": "0"},
    ]  # fmt: skip
    for change in changes:
        assert not replay(statement, whole | {"law": whole["law"] | change}), change
    assert not replay(statement, forged(statement, BARE))
    assert replay(statement, whole | {"law": whole["law"] | {"<": BARE}})  # q < 1 does not occur


def test_a_cell_is_put_off_only_to_the_parameters_that_it_has() -> None:
    statement = PUT_OFF.statement
    patterns = [x + y for x, y in itertools.product("+0-", repeat=2)]  # signs of x and y

    def put_off(where: str, **change: Any) -> Record:
        part = {"name": "y", "value": "0", "law": BARE} | change
        cells = {p: {"off": 0} if p[1] in where else "law" for p in patterns}
        return forged(statement, {"cells": cells, "off": [part]})

    assert replay(statement, put_off("0")) and replay(statement, put_off("", law=None))
    for where in ("+", "-", "+0-"):
        assert not replay(statement, put_off(where))
    wrong: list[Record] = [
        {"value": "1"}, {"name": "x"}, {"law": None}, {"name": "none"}, {"value": "x"}, {"value": "y"},
        {"law": {"cells": dict.fromkeys("+0-", "empty"), "off": []}},
    ]  # fmt: skip
    for change in wrong:
        assert not replay(statement, put_off("0", **change)), change


def test_both_sides_of_a_bound_are_needed() -> None:
    case = Case((), REST, "abs(ddt(x)) <= 1")
    whole = certificate(case)
    assert replay(case.statement, whole)
    for sides in ([], whole["sides"][:1], [None, None], whole["sides"] * 2):
        assert not replay(case.statement, whole | {"sides": sides})


def test_the_mixture_of_a_refutation_is_one_of_limits_and_tangent() -> None:
    statement, whole = SLIDES.statement, certificate(SLIDES, "fails")
    assert replay(statement, whole, "fails")
    sliding = Case((), REST, "ddt(abs(x)) == -1")
    rest = certificate(sliding, "fails")
    assert rest["velocities"] == [["1/2", ["-1"]], ["1/2", ["1"]]] or len(rest["velocities"]) == 2
    changes: list[Any] = [
        [], [["1", ["1"]]], [["1", ["0"]]], [["1/2", ["1"]], ["1/4", ["-1"]]], [["3/2", ["1"]], ["-1/2", ["-1"]]],
        [["1/2", ["2"]], ["1/2", ["-2"]]], [["1/2", ["1"]]], 7,
    ]  # fmt: skip
    for velocities in changes:
        assert not replay(sliding.statement, rest | {"velocities": velocities}, "fails"), velocities


def test_a_state_outside_the_domain_refutes_nothing() -> None:
    case = Case(("x != 0",), REST, "ddt(abs(x)) == -1")
    point = {"kind": "flow", "statement": case.statement.text, "point": {"x": "0"}}
    assert not replay(case.statement, point | {"velocities": [["1/2", ["-1"]], ["1/2", ["1"]]]}, "fails")
    whole = Case(("k integer", "k >= 1"), {"x": "-x**(2*k + 1)"}, "ddt(x**2) < -2*x**2 - 1")
    at = {"kind": "flow", "statement": whole.statement.text, "velocities": []}
    assert replay(whole.statement, at | {"point": {"x": "1/2", "k": "1"}}, "fails")
    assert not replay(whole.statement, at | {"point": {"x": "1/2", "k": "3/2"}}, "fails")
    assert not replay(whole.statement, at | {"point": {"x": "1/2"}}, "fails")


KEPT = (
    Case(("x == 1",), {"x": "-x"}, "ddt(x) == -2"),  # no solution stays where x = 1
    Case((), {"x": "1"}, "ddt(abs(x)) == sign(x)"),  # x = 0 is left at once
    Case((), {"x": "-sign(x)"}, "ddt(x) == -sign(x)"),
    Case((), {"x": "sign(x)**2"}, "ddt(x) == 1"),
    Case((), {"x": "sign(y)", "y": "-sign(x)"}, "conserved(abs(x) + abs(y))"),
    Case(("x >= 0",), {"x": "1"}, "ddt(x) == 1"),
    Case(("y >= 0",), {"x": "sign(x*y)", "y": "0"}, "abs(ddt(x)) <= 1"),
)
RATIONALS = ("-1", "0", "1", "1/2")


@pytest.mark.parametrize("case", KEPT, ids=str)
def test_no_state_of_a_grid_refutes_a_law_that_holds(case: Case) -> None:
    statement = case.statement
    names = list(dict.fromkeys((*statement.domain.names, *(n for n, _ in statement.flow))))
    weights = ([("1", 0)], [("1/2", 0), ("1/2", 1)], [("1/3", 0), ("2/3", 1)])
    limits = list(itertools.product(("-1", "0", "1"), repeat=len(statement.flow)))
    mixtures: list[Any] = [[]]
    for first, second in itertools.product(limits, limits):
        mixtures += [[[w, list((first, second)[k])] for w, k in parts] for parts in weights]
    for values in itertools.product(RATIONALS, repeat=len(names)):
        point = dict(zip(names, values, strict=True))
        for mixture in mixtures[:: 1 if len(limits) < 4 else 7]:
            record = {"kind": "flow", "statement": statement.text, "point": point, "velocities": mixture}
            assert not replay(statement, record, "fails"), (point, mixture)


@settings(max_examples=30, deadline=None)
@given(entries, st.tuples(st.integers(-2, 2), st.integers(-2, 2)), st.fractions(-1, 1, max_denominator=2))
def test_sign_fields_replay_just_where_linear_programs_agree(
    field: list[list[int]], weights: tuple[int, int], slack: Fraction
) -> None:
    worst = worst_rate(field, weights)
    assert worst is not None
    flow = {n: f"({row[0]}) + ({row[1]})*sign(x) + ({row[2]})*sign(y)" for n, row in zip("xy", field, strict=True)}
    case = Case((), flow, f"ddt(({weights[0]})*abs(x) + ({weights[1]})*abs(y)) <= {worst + slack}")
    found = prove(case.statement, Budget(20))
    assert replay(case.statement, found.certificate, "holds" if slack >= 0 else "fails")
    assert not replay(case.statement, found.certificate, "fails" if slack >= 0 else "holds")
    assert slack >= 0 or not replay(case.statement, forged(case.statement, BARE))


def test_only_laws_in_time_may_fail_at_single_times() -> None:
    case = Case((), {"x": "1"}, "ddt(x) + abs(x) > 1")
    assert replay(case.statement, forged(case.statement, BARE))
    at_states = Case((), {"x": "1"}, "abs(x) > 0").statement
    assert not replay(at_states, forged(at_states, BARE))


def test_sampled_states_contradict_false_laws_only() -> None:
    assert Sample(Case((), {"x": "-x"}, "ddt(x**2) == -x**2").statement).contradicted()
    assert not Sample(Case((), {"x": "-x"}, "ddt(x**2) == -2*x**2").statement).contradicted()


@pytest.mark.parametrize(
    "law", [None, 3, [], {}, {"cells": 1}, {"cells": []}, {"cells": {"+": {"off": 9}}}, {"cut": 5}, {"cut": "("}]
)
def test_malformed_records_prove_nothing(law: Any) -> None:
    statement = HOLDS[12].statement
    assert not replay(statement, {"kind": "flow", "statement": statement.text, "law": law, "point": law}, "holds")
    assert not replay(statement, {"kind": "flow", "statement": statement.text, "law": law, "point": law}, "fails")

"""Proofs and counterexamples for the shape of a function are replayed; what is forged is not."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verify.checker.shape_forgeries import malformed, recorded, without_a_part
from tests.verify.provers.shape_cases import BOUNDEDNESS, CURVATURE, ORDER, SYMMETRY, Case
from verify.checker import replay
from verify.checker.shapes import CURVES, exhaustive, shaped
from verify.checker.shapes_curves import Function
from verify.checker.shapes_functions import function_of
from verify.checker.shapes_goals import Parts
from verify.language.given import parse_given
from verify.language.parse import parse_formula
from verify.language.terms import Term, num
from verify.provers.budget import Budget
from verify.provers.shapes.ledger import Ledger
from verify.provers.shapes.recording import Asked, tree_of

ALL = [*CURVATURE, *ORDER, *SYMMETRY, *BOUNDEDNESS]
DECIDED = [c for c in ALL if c.expected != "open"]
NOT_PROVEN = [c for c in ALL if c.expected != "holds" and c.statement.conclusion.op in CURVES]


@pytest.mark.parametrize("case", DECIDED, ids=str)
def test_what_was_found_is_replayed_and_the_contrary_is_not(case: Case) -> None:
    result, certificate = recorded(case)
    assert result == case.expected
    assert replay(case.statement, certificate, result)
    assert not replay(case.statement, certificate, "fails" if result == "holds" else "holds")


@pytest.mark.parametrize("op", sorted({c.statement.conclusion.op for c in DECIDED}))
def test_the_certificate_of_another_statement_proves_nothing(op: str) -> None:
    alike = [c for c in DECIDED if c.statement.conclusion.op == op]
    for case in alike:
        result, certificate = recorded(case)
        for other in alike:
            forged = {**certificate, "statement": other.statement.text}
            assert replay(other.statement, forged, result) <= (other.expected == result)


@pytest.mark.parametrize("case", NOT_PROVEN, ids=str)
def test_no_goals_and_no_cuts_prove_what_is_false(case: Case) -> None:
    """Neither the goals that can be proven of this statement, nor those of all others."""
    ledger = Ledger(Budget(3), share=0.3)
    kind = case.statement.conclusion.op
    try:
        f, where, _ = function_of(case.statement, ledger)
    except ValueError:
        return
    assert tree_of(f, where, Asked(ledger), partial(shaped, kind)) is None
    forged = {"kind": "shape", "statement": case.statement.text, "tree": {}}
    for other in (c for c in DECIDED if c.expected == "holds"):
        told = recorded(other)[1]
        assert not replay(case.statement, {**told, **forged, "parts": told.get("parts", [])})


NEEDED = [
    ("convex(x**2*abs(x - 1) + 10*x**2, x)", "x real"),
    ("strictly_increasing(x + sin(x), x)", "x real"),
    ("strictly_increasing(x**3 + 2*x + abs(x - a) + abs(x - b)/2, x)", "x real; a real; b real"),
    ("odd(x*exp(x)/(exp(2*x) + 1), x)", "x real"),
    ("bounded(x/(1 + x**2), x)", "x real"),
]


@pytest.mark.parametrize(("claim", "given_text"), NEEDED)
def test_a_proof_needs_its_parts(claim: str, given_text: str) -> None:
    case = Case(claim, given_text, "holds")
    _, certificate = recorded(case)
    assert certificate["parts"]
    assert not replay(case.statement, {**certificate, "parts": []})
    assert any(not replay(case.statement, forged) for forged in without_a_part(certificate))
    unproven = [{**p, "kind": "cells", "tree": {"leaf": "no"}} for p in certificate["parts"]]
    assert not replay(case.statement, {**certificate, "parts": unproven})


def test_the_cuts_must_be_where_the_function_bends() -> None:
    case = Case("convex(x**2*abs(x - 1) + 10*x**2, x)", "x real", "holds")
    _, certificate = recorded(case)
    assert certificate["tree"]["cuts"] == {"(-oo, oo)": ["1"]}
    for cuts in ([], ["2"], ["1", "1"], ["2", "1"], ["1/0"], ["oo"], ["x"], ["y"], ["log(-1)"], ["1"] * 9, [7]):
        assert not replay(case.statement, {**certificate, "tree": {"cuts": {"(-oo, oo)": cuts}}})


def test_the_cells_must_leave_no_parameters_out() -> None:
    case = Case("strictly_increasing(x**3 + 2*x + abs(x - a) + abs(x - b)/2, x)", "x real; a real; b real", "holds")
    _, certificate = recorded(case)
    cells = certificate["tree"]["cells"]
    assert len(cells) == 3
    for k in range(3):
        assert not replay(case.statement, {**certificate, "tree": {"cells": cells[:k] + cells[k + 1 :]}})
    one_term = [["a < a", {}], ["a == a", {}], ["a > a", {}]]
    assert not replay(case.statement, {**certificate, "tree": {"cells": one_term}})


COVERS = [
    ("a < b; b < a; a == b", True), ("a <= b; a > b", True), ("b >= a; b <= a", True), ("a < b; a > b", False),
    ("a <= b", False), ("a < b; a == b; a > 1", False), ("a != b; a == b", False), ("1/a < b; 1/a >= b", False),
]  # fmt: skip


@pytest.mark.parametrize(("texts", "expected"), COVERS)
def test_a_cover_has_all_three_orders_of_two_defined_terms(texts: str, expected: bool) -> None:
    domain = parse_given(["a real", "b real"])
    cells = [parse_formula(t, domain.names) for t in texts.split("; ")]
    assert exhaustive(cells, domain, Parts([])) is expected


VIOLATED = [
    ("convex(Min(x, 1), x)", "x real"),
    ("convex(x*log(x), x)", "x >= 0"),
    ("increasing(x - sign(x), x)", "x real"),
    ("even(x**2, x)", "-1 <= x < 1"),
    ("homogeneous(x**2 + 1, x, 2)", "x real"),
    ("bounded(1/x, x)", "0 < x <= 1"),
]


@pytest.mark.parametrize(("claim", "given_text"), VIOLATED)
def test_a_counterexample_must_be_one(claim: str, given_text: str) -> None:
    case = Case(claim, given_text, "fails")
    _, certificate = recorded(case)
    assert replay(case.statement, certificate, "fails")
    other = {"points": ["3", "2", "1"], "at": "x", "factor": "-1", "component": 1, "side": "up", "violation": "pair"}
    for key, value in other.items():
        if key in certificate and certificate[key] != value:
            assert not replay(case.statement, {**certificate, key: value}, "fails"), key


FALSE_ALARMS = [
    ("convex(x**2, x)", "0 <= x <= 1", {"violation": "undefined", "at": "0"}),
    ("convex(1/x, x)", "x > 0", {"violation": "undefined", "at": "0"}),
    ("convex(diff(x*abs(x), x), x)", "x > 0", {"violation": "undefined", "at": "0"}),
    ("convex(-x**2, x)", "x >= 5; x <= 4", {"violation": "chord", "points": ["1", "2", "3"]}),
    ("convex(1/x, x)", "x > 0", {"violation": "chord", "points": ["-3", "-2", "-1"]}),
    ("convex(1/x**2, x)", "x != 0", {"violation": "chord", "points": ["-3", "1/8", "3"]}),
    ("convex(3*x, x)", "x real", {"violation": "chord", "points": ["1", "2", "3"]}),
    ("increasing(x**2, x)", "x >= 0", {"violation": "pair", "points": ["-2", "-1"]}),
    ("increasing(x**2, x)", "x real", {"violation": "pair", "points": ["2", "1"]}),
    ("even(x**2, x)", "x real", {"violation": "image", "at": "1"}),
    ("homogeneous(x**2, x, 2)", "x > 0", {"violation": "image", "at": "1", "factor": "-1"}),
    ("bounded(1/x, x)", "x >= 1", {"violation": "end", "component": 0, "side": "left", "leaf": {}}),
    ("convex(x**2, x)", "x real", {"violation": "end", "component": 0, "side": "left", "leaf": {}}),
    ("convex(x**2, x)", "x real", {"violation": "value", "at": "1"}),
]


@pytest.mark.parametrize(("claim", "given_text", "told"), FALSE_ALARMS)
def test_no_counterexample_to_what_holds(claim: str, given_text: str, told: dict[str, object]) -> None:
    statement = Case(claim, given_text, "holds").statement
    certificate = {"kind": "shape", "statement": statement.text, "parts": [], "parameters": {}, **told}
    assert not replay(statement, certificate, "fails")


def test_the_opposite_needs_a_function_that_has_values_and_no_parameters() -> None:
    for claim, given_text in (("convex(1/x, x)", "x >= 0"), ("convex(a*x**2, x)", "x real; a real")):
        case = Case(claim, given_text, "fails")
        _, certificate = recorded(case)
        assert replay(case.statement, certificate, "fails")
        opposite = case.statement.concluding(Term("not", case.statement.conclusion))
        forged = {"kind": "shape", "statement": opposite.text, "positive": certificate}
        assert not replay(opposite, forged)


@pytest.mark.parametrize("case", [CURVATURE[12], ORDER[12], SYMMETRY[2], BOUNDEDNESS[4], CURVATURE[28]], ids=str)
def test_malformed_certificates_prove_nothing(case: Case) -> None:
    result, certificate = recorded(case)
    for forged in malformed(certificate):
        if replay(case.statement, forged, result):  # a field that this proof has no use for
            assert not [k for k in certificate if k not in forged or (forged[k] != certificate[k] and certificate[k])]
    assert not replay(case.statement.concluding(Term("==", num(1), num(1))), certificate, result)


COEFFICIENTS = st.lists(st.integers(-3, 3), min_size=4, max_size=4)
CUTS = st.lists(st.integers(-3, 3), max_size=3)


class _Any:
    """Arbitrary cuts and sets of isolated points."""

    def __init__(self, cuts: list[int]) -> None:
        self._points = [num(c) for c in cuts]

    def cuts(self, component: object) -> list[Term]:
        return self._points

    def zeros(self, derivative: Term, piece: object) -> list[list[Term]]:
        return [self._points]


@settings(max_examples=80, deadline=None, derandomize=True)
@given(COEFFICIENTS, st.integers(-2, 2), st.integers(-2, 2), CUTS)
def test_whatever_the_cuts_only_convex_functions_are_convex(c: list[int], at: int, slope: int, cuts: list[int]) -> None:
    text = f"{c[0]} + {c[1]}*x + ({c[2]})*x**2 + ({c[3]})*x**3 + ({slope})*abs(x - ({at}))"
    statement = Case(f"convex({text}, x)", "-3 <= x <= 3", "open").statement
    ledger = Ledger(Budget(5))
    f, where, _ = function_of(statement, ledger)
    curve = Function(f, where, ledger, _Any(cuts))
    convex = slope >= 0 and all(2 * c[2] + 6 * c[3] * end >= 0 for end in (-3, 3))
    if shaped("convex", curve):
        assert convex
    if shaped("strictly_convex", curve):
        assert convex and (c[2] or c[3])

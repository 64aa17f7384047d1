"""Proofs and counterexamples for Legendre and Bregman functions are replayed; what is forged is not."""

from __future__ import annotations

import pytest

from tests.verify.checker.shape_forgeries import malformed, recorded, without_a_part
from tests.verify.provers.shape_cases import BREGMAN, LEGENDRE, Case
from verify.checker import replay
from verify.checker.legendre import bregman, legendre
from verify.checker.shapes_functions import function_of
from verify.provers.budget import Budget
from verify.provers.shapes.ledger import Ledger
from verify.provers.shapes.recording import Asked, tree_of

ALL = [*LEGENDRE, *BREGMAN]
DECIDED = [c for c in ALL if c.expected != "open"]
PLAIN = [c for c in ALL if not c.claim.startswith("not")]


@pytest.mark.parametrize("case", DECIDED, ids=str)
def test_what_was_found_is_replayed_and_the_contrary_is_not(case: Case) -> None:
    result, certificate = recorded(case)
    assert result == case.expected
    assert replay(case.statement, certificate, result)
    assert not replay(case.statement, certificate, "fails" if result == "holds" else "holds")


@pytest.mark.parametrize("op", ["legendre", "bregman", "not"])
def test_the_certificate_of_another_statement_proves_nothing(op: str) -> None:
    alike = [c for c in DECIDED if c.statement.conclusion.op == op]
    for case in alike:
        result, certificate = recorded(case)
        for other in alike:
            forged = {**certificate, "statement": other.statement.text}
            assert replay(other.statement, forged, result) <= (other.expected == result)


WITHOUT_INTERIOR = [
    Case("bregman(x**2, x)", "0 <= x <= B; B >= 0", "open"),
    Case("legendre(-sqrt(x*(B - x)), x)", "0 <= x <= B; B >= 0", "open"),
]


@pytest.mark.parametrize("case", [*(c for c in PLAIN if c.expected != "holds"), *WITHOUT_INTERIOR], ids=str)
def test_no_proven_goals_prove_what_is_false(case: Case) -> None:
    ledger = Ledger(Budget(4), share=0.3)
    f, where, _ = function_of(case.statement, ledger)
    clauses = legendre if case.statement.conclusion.op == "legendre" else bregman
    assert tree_of(f, where, Asked(ledger), clauses) is None


CLAUSES = ("undefined", "open", "break", "kink", "bend", "flat", "gentle", "level")


@pytest.mark.parametrize("case", [c for c in PLAIN if c.expected == "holds"], ids=str)
def test_no_clause_of_what_holds_is_refuted(case: Case) -> None:
    values = {"p": "2", "lam": "1", "a": "0", "b": "1", "B": "2", "m": "3/2" if "1 < m" in case.given else "1/2"}
    names = [n for n in case.statement.domain.names if n != "x"]
    told = {"kind": "legendre", "statement": case.statement.text, "parts": [], "leaf": {"cuts": {"(-oo, oo)": ["0"]}}}
    told["parameters"] = {n: values[n] for n in names}
    for clause in CLAUSES:
        for points in (["0", "1/4", "1/2"], ["-1", "0", "1"], ["1"], ["0"], ["-1/2", "1/2", "3/4"], []):
            assert not replay(case.statement, {**told, "clause": clause, "points": points}, "fails"), (clause, points)


NOT_THE_CLAUSE = [
    ("legendre(x**2, x)", "0 <= x <= 1", "gentle", {"bend", "flat", "kink", "undefined", "open", "level", "break"}),
    ("bregman(exp(x), x)", "x real", "level", {"bend", "flat", "kink", "undefined", "open", "gentle", "break"}),
    ("bregman(abs(x), x)", "x real", "kink", {"bend", "undefined", "open", "gentle", "break"}),
    ("bregman(-log(x), x)", "x > 0", "open", {"bend", "flat", "kink", "undefined", "gentle", "break"}),
    ("bregman(x**2 + sign(x), x)", "x real", "break", {"undefined", "open", "gentle", "level"}),
    ("legendre(x**3, x)", "x real", "bend", {"kink", "undefined", "open", "gentle", "break", "level"}),
]


@pytest.mark.parametrize(("claim", "given", "clause", "others"), NOT_THE_CLAUSE)
def test_each_clause_is_refuted_for_its_own_reason(claim: str, given: str, clause: str, others: set[str]) -> None:
    case = Case(claim, given, "fails")
    _, certificate = recorded(case)
    assert certificate["clause"] == clause
    for other in others:
        assert not replay(case.statement, {**certificate, "clause": other}, "fails"), other


def test_the_parameters_and_points_must_lie_in_the_domain() -> None:
    case = Case("legendre(abs(x)**p/p, x)", "x real; p >= 1", "fails")
    _, certificate = recorded(case)
    assert certificate["parameters"] == {"p": "1"}
    for parameters in ({}, {"p": "2"}, {"p": "1/2"}, {"p": "1", "q": "1"}, {"p": "oo"}):
        assert not replay(case.statement, {**certificate, "parameters": parameters}, "fails")
    case = Case("bregman(-log(x), x)", "x > 0", "fails")
    _, certificate = recorded(case)
    for points in ([], ["0"], ["-1"]):
        assert not replay(case.statement, {**certificate, "points": points}, "fails")


@pytest.mark.parametrize(
    ("claim", "given"),
    [("legendre(abs(x)**p/p + lam*x**2/2, x)", "x real; p > 1; lam >= 0"), ("bregman(x**2, x)", "-B <= x <= B; B > 0"),
     ("bregman(x*asinh(x) - sqrt(x**2 + 1), x)", "x real")],
)  # fmt: skip
def test_a_proof_needs_its_parts(claim: str, given: str) -> None:
    case = Case(claim, given, "holds")
    _, certificate = recorded(case)
    assert replay(case.statement, certificate)
    assert any(not replay(case.statement, forged) for forged in without_a_part(certificate))
    assert not replay(case.statement, {**certificate, "parts": []})


@pytest.mark.parametrize("case", [LEGENDRE[3], LEGENDRE[9], BREGMAN[8], BREGMAN[14]], ids=str)
def test_malformed_certificates_prove_nothing(case: Case) -> None:
    result, certificate = recorded(case)
    for forged in malformed(certificate):
        if replay(case.statement, forged, result):  # a field that this proof has no use for
            assert not [k for k in certificate if k not in forged or (forged[k] != certificate[k] and certificate[k])]

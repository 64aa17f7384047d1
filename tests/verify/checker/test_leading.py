"""Limits and orders of growth replay from their recorded cells, and no forged record makes a false one replay."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verify.provers.growth_cases import HORIZON, LIMITS, ORDERS
from tests.verify.provers.test_asymptotics import stated
from verify import checker
from verify.checker import leading, nearby, replay
from verify.evidence import Tier
from verify.exact.expansion.cases import Case
from verify.exact.expansion.series import Arithmetic, Series
from verify.language.parse import parse_term
from verify.language.terms import RELATIONS
from verify.provers.asymptotics import prove
from verify.provers.budget import Budget
from verify.statement import Domain, Statement

Record = dict[str, Any]
CELLS = ("p >= 2; lam >= 0; th != 0", f"{HORIZON} >= abs(th)/2")
MATTERS = [(g, t, f) for g, t, f in LIMITS + ORDERS if t.split("(")[0] not in ("convex", "strictly_convex")]
BY_VALUES = ("0 < p < 1", "limit((1 + p/n)**n, n, oo) <= 1 + p + p**2", "limit((1 + p/n)**n, n, oo) <= 1 + p/2 + p**2")
BY_FORM = ("th real", "convex(limit(eta*sqrt((th/eta)**2 + 1), eta, 0, '+'), th)")


@cache
def recorded(given: str, claim: str) -> str:
    evidence = prove(stated(given, claim), Budget(20))
    assert evidence.result in ("holds", "fails"), evidence.detail
    assert evidence.certificate is not None
    return json.dumps(evidence.certificate)


def record(given: str, claim: str) -> Record:
    """A fresh copy of the certificate, as it comes back from a file."""
    return json.loads(recorded(given, claim))  # type: ignore[no-any-return]


def about(statement: Statement, certificate: Mapping[str, Any]) -> Record:
    return {**certificate, "statement": statement.text}


def leaves(tree: Record) -> Iterator[Record]:
    if "cut" not in tree:
        yield tree
    for part in tree.get("parts", {}).values():
        yield from leaves(part)


@pytest.mark.parametrize(("given", "true", "false"), MATTERS)
def test_certificates_replay_and_speak_of_their_own_statement_alone(given: str, true: str, false: str) -> None:
    holds, fails = stated(given, true), stated(given, false)
    proof, refutation = record(given, true), record(given, false)
    assert replay(holds, proof)
    assert replay(fails, refutation, "fails")
    for result in ("holds", "fails"):
        assert not replay(fails, proof, result)
        assert not replay(holds, refutation, result)
        assert not replay(holds, about(holds, refutation), "fails")
    assert not replay(fails, about(fails, proof))


def test_what_is_left_without_limits_is_replayed_by_its_own_certificate() -> None:
    given, true, false = BY_VALUES
    proof = record(given, true)
    assert proof["by"] == "values" and replay(stated(given, true), proof)
    assert not replay(stated(given, false), about(stated(given, false), proof))
    for leaf in leaves(proof["tree"]):
        leaf["part"] = {**leaf["part"], "statement": stated("x real", "x >= 0").text}
    assert not replay(stated(given, true), proof)


def test_cells_must_cover_the_domain() -> None:
    statement, proof = stated(*CELLS), record(*CELLS)
    assert replay(statement, proof)
    assert "cut" in proof["tree"] and len(list(leaves(proof["tree"]))) > 2
    for relation in proof["tree"]["parts"]:
        fewer = record(*CELLS)
        del fewer["tree"]["parts"][relation]
        assert not replay(statement, fewer)
    other = record(*CELLS)
    other["tree"] = next(iter(proof["tree"]["parts"].values()))
    assert not replay(statement, other)


@pytest.mark.parametrize(
    "cut", ["lam", "log(th)", "1/lam", "0", "p + 1", "th - 1", "nosuchname", "sqrt(", "", 3, None, "oo"]
)
def test_another_cut_is_no_proof(cut: object) -> None:
    statement, proof = stated(*CELLS), record(*CELLS)
    assert proof["tree"]["cut"] != cut
    proof["tree"]["cut"] = cut
    assert not replay(statement, proof)


def test_a_cut_that_is_undefined_somewhere_covers_nothing() -> None:
    """log(x) is negative, zero or positive only where x is positive: at the other points nothing is shown."""
    statement = stated("x real", "limit(x + 1/n, n, oo) == x")
    inner = {"order": 2, "found": "x == x"}
    negative = {"order": 2, "found": "-abs(x) == -abs(x)"}
    whole = {"by": "cells", "kind": "leading terms", "statement": statement.text}
    by_sign = {"cut": "x", "parts": {"<": negative, "==": {"order": 2, "found": "0 == 0"}, ">": inner}}
    assert leading.check(statement, {**whole, "tree": by_sign}) or leading.check(statement, {**whole, "tree": inner})
    for cut in ("log(x)", "1/x", "sqrt(x)", "x**(1/2)", "limit(x, n, oo)", "gamma(x)"):
        tree = {"cut": cut, "parts": dict.fromkeys(("<", "==", ">"), inner)}
        assert not leading.check(statement, {**whole, "tree": tree})


@pytest.mark.parametrize("order", [0, 1, 3, -2, 10**9, True, "2", None, 2.5, [2]])
def test_only_orders_of_the_method_are_taken(order: object) -> None:
    given, true, _ = MATTERS[1]
    proof = record(given, true)
    proof["tree"]["order"] = order
    assert not replay(stated(given, true), proof)


def test_what_was_found_must_be_found_again() -> None:
    given, true, _ = MATTERS[1]
    proof = record(given, true)
    proof["tree"]["found"] = "2 == 2"
    assert not replay(stated(given, true), proof)


def test_the_tree_is_bounded() -> None:
    tree: Record = {"order": 2, "found": "x == x"}
    for _ in range(400):
        tree = {"cut": "x**2 + 1", "parts": {">": tree}}
    statement = stated("x real", "limit(x + 1/n, n, oo) == x")
    assert not replay(statement, {"kind": "leading terms", "by": "cells", "statement": statement.text, "tree": tree})


@pytest.mark.parametrize("point", [
    {"p": "1", "lam": "1", "th": "1"}, {"p": "2", "lam": "-1", "th": "1"}, {"p": "2", "lam": "1", "th": "0"},
    {"p": "2", "lam": "1"}, {"p": "2", "lam": "1", "th": "1", "z": "1"}, {"p": "3", "lam": "1", "th": "1"},
    {"p": "two", "lam": "1", "th": "1"}, {"p": "1/0", "lam": "1", "th": "1"}, {}, None, [],
])  # fmt: skip
def test_a_counterexample_lies_in_the_domain_and_makes_the_claim_false(point: object) -> None:
    case = ("p >= 2; lam >= 0; th != 0", f"{HORIZON} == (p-1)**(1/p)*abs(th)")
    statement, refutation = stated(*case), record(*case)
    assert replay(statement, refutation, "fails")
    assert not replay(statement, {**refutation, "point": point}, "fails")
    assert not replay(statement, refutation)


@pytest.mark.parametrize(("claim", "result"), [
    ("bigo(cos(a)*x, 1/x, x, oo)", "holds"), ("littleo(cos(a)*x, 1, x, oo)", "holds"),
    ("asymptotic(cos(a)*x + 1, 1, x, oo)", "holds"), ("asymptotic(cos(a)*x, x, x, oo)", "undecided"),
])  # fmt: skip
def test_a_coefficient_may_vanish_by_hypothesis(claim: str, result: str) -> None:
    """No rational number is a zero of the cosine: where the claim is false, there is no exact counterexample."""
    statement = stated("x > 0; a real; cos(a) == 0", claim)
    evidence = prove(statement, Budget(5))
    assert evidence.result == result
    assert replay(statement, evidence.certificate) is (result == "holds")


def test_an_integer_parameter_takes_integers_only() -> None:
    case = ("k integer; k >= 1", "limit(k + 1/x, x, oo) == 1")
    refutation = record(*case)
    assert replay(stated(*case), refutation, "fails")
    assert not replay(stated(*case), {**refutation, "point": {"k": "3/2"}, "found": "3/2 == 1"}, "fails")


@pytest.mark.parametrize("claim", [
    "limit(diff(sqrt(y**4), y) + 1/x, x, oo) == 2*y", "limit(x*diff(y*abs(y), y)/x, x, oo) == 2*abs(y)",
])  # fmt: skip
def test_a_rule_that_divides_by_zero_refutes_no_derivative(claim: str) -> None:
    """The derivatives exist at 0, where the rules for them do not."""
    statement = stated("y real", claim)
    assert prove(statement, Budget(5)).result == "undecided"
    found = "the limit does not exist: no value near the point: division by zero"
    forged = {"kind": "leading terms", "statement": statement.text, "by": "point", "point": {"y": "0"}, "found": found}
    assert not any(replay(statement, {**forged, "order": order}, "fails") for order in leading.ORDERS)


@pytest.mark.parametrize("certificate", [
    {}, {"by": "cells"}, {"by": "cells", "tree": None}, {"by": "cells", "tree": []}, {"by": "cells", "tree": {}},
    {"by": "cells", "tree": {"cut": "x", "parts": []}}, {"by": "values", "tree": {"order": 2}},
    {"by": "closed forms", "forms": [], "rest": None}, {"by": "closed forms", "forms": 3, "rest": {}},
    {"by": "closed forms", "forms": [{"form": "x", "tree": {"order": 2}}], "rest": {"kind": "cells"}},
    {"by": "point", "point": {}}, {"by": 7}, {"by": None},
])  # fmt: skip
def test_malformed_records_prove_nothing(certificate: Record) -> None:
    for case in (("x real", "limit(x + 1/n, n, oo) == x"), ("x real", "bigo(x, x, x, oo)"), BY_FORM):
        statement = stated(*case)
        whole = {"kind": "leading terms", "statement": statement.text, **certificate}
        assert not replay(statement, whole) and not replay(statement, whole, "fails")


def test_a_closed_form_is_the_limit_on_every_cell_and_the_rest_is_replayed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def stand_in(statement: Statement, certificate: object, result: str = "holds") -> bool:
        asked.append(statement.text)
        return certificate == "believed"

    statement = stated(*BY_FORM)
    cell = {"order": 2}
    tree = {"cut": "th", "parts": {"<": cell, "==": cell, ">": cell}}
    whole = {"by": "closed forms", "forms": [{"form": "abs(th)", "tree": tree}], "rest": "believed"}
    monkeypatch.setattr(checker, "replay", stand_in)
    assert leading.check(statement, whole) and asked == ["th real; convex(abs(th), th)"]
    assert not leading.check(statement, {**whole, "rest": "doubted"})
    for form in ("th", "-abs(th)", "abs(th) + 1", "sqrt(th)"):
        assert not leading.check(statement, {**whole, "forms": [{"form": form, "tree": tree}]})
    assert not leading.check(statement, {**whole, "forms": whole["forms"] * 2})
    assert not leading.check(statement, {**whole, "forms": []})


@pytest.mark.parametrize("spoil", [
    lambda top: top and (top[0].scaled(2), top[1], top[2]),
    lambda top: top and (top[0], top[1] * top[1], top[2]),
])  # fmt: skip
def test_numbers_speak_against_a_wrong_dominant_term(
    spoil: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = ("a > 0", "limit(a*x + log(x), x, oo) == oo")
    statement, proof = stated(*case), record(*case)
    assert replay(statement, proof)
    true = Arithmetic.leading

    def spoilt(self: Arithmetic, a: Series) -> Any:
        return spoil(true(self, a))

    monkeypatch.setattr(Arithmetic, "leading", spoilt)
    assert not replay(statement, proof)


@pytest.mark.parametrize("claim", [
    "limit(1/log(log(log(x))), x, oo) == 0", "limit(1/log(x), x, 0, '+') == 0",
    "limit(x**20*exp(-x**(1/5)), x, oo) == 0", "limit(log(x)**9/x**(1/9), x, oo) == 0",
    "asymptotic(log(x) + log(log(x)), log(x), x, oo)",
    "bigtheta(log(log(x)) + 7, log(log(x)), x, oo)", "limit(exp(-exp(x))*exp(exp(x) - x), x, oo) == 0",
])  # fmt: skip
def test_slow_limits_are_believed(claim: str) -> None:
    given = "" if "limit" in claim else "x > 0"
    assert replay(stated(given, claim), record(given, claim))


@pytest.mark.parametrize(("claim", "found"), [
    ("limit(exp(-1000/log(log(x))), x, oo) == 1", "1 == 1"), ("limit(tanh(10**9/log(x)), x, oo) == 0", "0 == 0"),
    ("limit(exp(-exp(1000/log(log(x)))), x, oo) == exp(-1)", "1/E == 1/E"),
])  # fmt: skip
def test_limits_that_show_only_beyond_every_number_are_not_spoken_against(claim: str, found: str) -> None:
    statement = stated("", claim)
    assert not nearby.objection(statement.conclusion, Case(Domain()), 4)
    ruling = leading.posed(statement)[1](Case(Domain()), 4)
    assert ruling.true and ruling.because == found


@pytest.mark.parametrize(("claimed", "direction"), [(("1", "2", "3"), -1), (("3", "-2", "1"), 1)])
def test_a_term_that_goes_the_other_way_is_noticed(claimed: tuple[str, ...], direction: int) -> None:
    values = [parse_term(c, []) for c in claimed]
    assert nearby.drifts(values, direction, {})
    assert not nearby.drifts(values, -direction, {}) and not nearby.drifts(values, 0, {})
    assert not nearby.drifts(values[:2] + values[:1], direction, {})


def test_points_are_drawn_from_the_cell() -> None:
    domain = stated("p >= 2; k integer; -3 <= k <= 3; lam > p", "p > 0").domain
    point = nearby.drawn(Case(domain), 7)
    assert point is not None and point == nearby.drawn(Case(domain), 7)
    assert point["p"] >= 2 and point["k"].denominator == 1 and point["lam"] > point["p"]
    assert nearby.drawn(Case(stated("p > 10**9", "p > 0").domain), 7) is None
    assert nearby.drawn(Case(Domain()), 7) == {}


FALSE = [stated(g, f) for g, _, f in MATTERS if g and stated(g, f).conclusion.op in RELATIONS]
forged_trees = st.recursive(
    st.fixed_dictionaries({"order": st.sampled_from([2, 4, 8]), "found": st.sampled_from(["0 == 0", "1 == 1"])}),
    lambda inner: st.fixed_dictionaries({
        "cut": st.sampled_from(["x", "p", "q - p", "lam", "th", "a", "a - 1", "log(x)", "1/lam", "2 - p", "y"]),
        "parts": st.dictionaries(st.sampled_from(["<", "==", ">"]), inner),
    }),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.sampled_from(FALSE), forged_trees)
def test_no_tree_makes_a_false_statement_replay(statement: Statement, tree: Record) -> None:
    """Even where what is said to be found is what would be found."""

    class Anything(str):
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            return True

        def __ne__(self, other: object) -> bool:
            return False

    for leaf in leaves(tree):
        leaf["found"] = Anything()
    whole = {"kind": "leading terms", "statement": statement.text, "by": "cells", "tree": tree}
    assert not replay(statement, whole)


def test_the_tier_of_the_evidence_is_that_of_the_record() -> None:
    given, true, _ = MATTERS[0]
    assert prove(stated(given, true), Budget(5)).tier is Tier.certified

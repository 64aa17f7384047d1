"""Certificates of proofs on sign cells: the provers' own replay, and none that was tampered with does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from tests.verify.exact.cases import IDENTITIES, TRAPS
from tests.verify.exact.test_exact import statement
from verify.checker import cells, replay
from verify.provers import exact, powers
from verify.provers.budget import Budget
from verify.statement import Statement

INEQUALITIES = [
    (["x real", "y real"], "x**2 + y**2 >= 2*x*y", "x**2 + y**2 > 2*x*y"),
    (["x > 0"], "sqrt(x**2 + 1) > x", "sqrt(x**2 + 1) > x + 1"),
    (["x real"], "abs(x) >= x", "abs(x) > x"),
    (["n integer", "n > 0"], "n >= 1", "n >= 2"),
    (["x > 0", "x**2 < 4"], "x**(1/2)*x**(1/3) == x**(5/6)", "x**(1/2)*x**(1/3) == x**(1/6)"),
    (["x real", "y real", "x + y == 1"], "x*y <= 1/4", "x*y < 1/4"),
]
POWERS = [(["lam > 1", "L > 1", "p > q", "q > 0"], "lam**(p*(L - 1)) > lam**(q*(L - 1))",
           "lam**(q*(L - 1)) > lam**(p*(L - 1))")]  # fmt: skip
LEAF = {"leaf": "exact"}


def proved(given: list[str], claim: str, prover: Any = exact) -> tuple[Statement, dict[str, Any]]:
    s = statement(given, claim)
    return s, json.loads(json.dumps(prover.prove(s, Budget(5)).certificate))


def with_tree(s: Statement, tree: Any, **more: Any) -> dict[str, Any]:
    return {"kind": "cells", "statement": s.text, "logs": False, "tree": tree, **more}


@pytest.mark.parametrize(("given", "true", "false"), IDENTITIES + INEQUALITIES, ids=lambda c: str(c)[:60])
def test_a_proof_replays_and_proves_nothing_else(given, true, false):
    s, certificate = proved(given, true)
    assert replay(s, certificate)
    assert not replay(s, certificate, "fails")
    other = statement(given, false)
    assert not replay(other, certificate)
    assert not replay(other, {**certificate, "statement": other.text})


@pytest.mark.parametrize(("given", "true", "false"), POWERS, ids=lambda c: str(c)[:60])
def test_a_comparison_of_powers_replays(given, true, false):
    s, certificate = proved(given, true, powers)
    other = statement(given, false)
    assert certificate["kind"] == "powers"
    assert replay(s, certificate)
    assert not replay(other, {**certificate, "statement": other.text})


@pytest.mark.parametrize(("given", "claim"), TRAPS, ids=[c[1] for c in TRAPS])
@pytest.mark.parametrize("logs", [False, True])
def test_no_trap_replays_without_cuts_or_along_its_variables(given, claim, logs):
    s = statement(given, claim)
    tree: dict[str, Any] = LEAF
    assert not replay(s, with_tree(s, tree, logs=logs))
    for name in s.domain.names:
        tree = {"cut": name, "parts": dict.fromkeys((">", "==", "<"), tree)}
    assert not replay(s, with_tree(s, tree, logs=logs))


FORGED = [
    (["x real"], "x/x == 1", {"cut": "x", "parts": {"!=": LEAF}}),  # a part is missing
    (["x real"], "x/x == 1", {"cut": "x", "parts": {">": LEAF, "<": LEAF}}),  # not known to be nonzero
    (["x real"], "x/x == 1", {"cut": "1/x", "parts": {"!=": LEAF, "==": LEAF}}),  # no value at zero
    (["x real"], "x/x == 1", {"cut": "log(abs(x))", "parts": {">": LEAF, "==": LEAF, "<": LEAF}}),
    (["x real"], "x/x == 1", {"cut": "log(x)", "parts": {">": LEAF, "==": LEAF, "<": LEAF}}),
    (["x real"], "x/x == 1", {"cut": "diff(abs(x), x)", "parts": {"!=": LEAF, "==": LEAF}}),
    (["x real"], "x/x == 1", {"cut": "x", "parts": {"!=": LEAF, "==": {"leaf": "empty", "part": None}}}),
    (["x real"], "x/x == 1", {"cut": "x", "parts": {"!=": LEAF, "==": {"leaf": "kink", "parts": []}}}),
    (["x real"], "x/x == 1", {"cut": "y", "parts": {"!=": LEAF, "==": LEAF}}),
    (["x real"], "x < x", LEAF),
    (["x real"], "x != x", LEAF),
    (["x real"], "abs(x) > 0", {"cut": "x", "parts": {">": LEAF, "==": LEAF, "<": LEAF}}),
]


@pytest.mark.parametrize(("given", "claim", "tree"), FORGED, ids=lambda c: str(c)[:60])
def test_a_tree_that_leaves_something_out_is_refused(monkeypatch, given, claim, tree):
    monkeypatch.setattr(cells._Walk, "contradicted", lambda self, cell: False)  # the tree alone must do
    s = statement(given, claim)
    assert not replay(s, with_tree(s, tree))


def test_the_same_cuts_prove_what_holds_on_their_cells():
    s = statement(["x real"], "x*sign(x) == abs(x)")
    nonzero = {"cut": "x", "parts": {">": LEAF, "<": LEAF}}
    assert replay(s, with_tree(s, {"cut": "x", "parts": {"!=": nonzero, "==": LEAF}}))
    assert not replay(s, with_tree(s, {"cut": "x", "parts": {"!=": nonzero}}))
    assert not replay(s, with_tree(s, LEAF))


def test_an_empty_cell_needs_the_solvers_on_that_very_cell():
    s = statement(["x real", "y real", "z real"], "x*y*z >= x*y*z")
    tree = {"cut": "x**2 + y**2 - 2*x*y + 1", "parts": {">": LEAF, "==": LEAF, "<": LEAF}}
    assert replay(s, with_tree(s, tree))
    s = statement(["x real", "y real", "x**3 + y**3 < 0", "x + y > 0"], "x == y")
    part = {"kind": "solvers", "statement": s.concluding(statement([], "false").conclusion).text,
            "integers_as_reals": True, "milliseconds": 3000}  # fmt: skip
    assert replay(s, with_tree(s, {"leaf": "empty", "part": part}))
    wide = statement(["x real", "y real", "x + y > 0"], "x == y")
    assert not replay(wide, with_tree(wide, {"leaf": "empty", "part": part}))


@pytest.mark.parametrize("order", [0, -2, "2", True, 2.0, 10**9, None])
def test_an_order_that_is_none_is_refused(order):
    s = statement(["x > 0"], "sqrt(x)*sqrt(x) == x")
    key = ["root", "g47"]
    assert replay(s, with_tree(s, {"leaf": "exact", "orders": [[key, 6]]}))
    assert not replay(s, with_tree(s, {"leaf": "exact", "orders": [[key, order]]}))


@pytest.mark.parametrize("tree", [None, [], "exact", 3, {}, {"leaf": None}, {"leaf": "exact", "orders": 3},
                                  {"cut": None, "parts": {}}, {"cut": "x", "parts": None}, {"cut": "x(", "parts": {}},
                                  {"cut": "x > 0", "parts": {"!=": LEAF, "==": LEAF}}])  # fmt: skip
def test_a_malformed_tree_is_refused(tree):
    s = statement(["x real"], "x == x")
    assert replay(s, with_tree(s, LEAF))
    assert not replay(s, with_tree(s, tree))


def test_a_tree_without_end_is_refused():
    s = statement(["x real"], "x == x")
    tree: dict[str, Any] = {"cut": "x", "parts": {}}
    tree["parts"] = {"!=": tree, "==": tree}
    assert not replay(s, with_tree(s, tree))


def test_a_normal_form_that_lies_is_contradicted_at_a_point(monkeypatch):
    s = statement(["x real", "y == x + 1"], "x**2 == x")
    monkeypatch.setattr(cells, "_satisfies", lambda signs, op: True)
    assert not replay(s, with_tree(s, LEAF))
    honest = statement(["x real", "y == x + 1"], "x**2 + x == x*y")
    assert replay(honest, with_tree(honest, LEAF))


CUTS = st.sampled_from(["x", "1/x", "log(x)", "sqrt(x)", "x - 1", "x**2", "abs(x)", "1/(x - 1)", "x**x", "-x**2 - 1"])
TREES = st.recursive(
    st.just(LEAF),
    lambda inner: st.one_of(
        st.builds(lambda c, a, b, d: {"cut": c, "parts": {">": a, "==": b, "<": d}}, CUTS, inner, inner, inner),
        st.builds(lambda c, a, b: {"cut": c, "parts": {"!=": a, "==": b}}, CUTS, inner, inner),
        st.builds(lambda c, a, b: {"cut": c, "parts": {">": a, "<": b}}, CUTS, inner, inner),
    ),
    max_leaves=8,
)
FALSE = ("x/x == 1", "x**2 > 0", "sqrt(x**2) == x", "log(x**2) == 2*log(x)", "exp(log(x)) == x", "x*(x - 1)*(1/x) < x")


@settings(max_examples=120, deadline=None, derandomize=True)
@drawn(TREES, st.sampled_from(FALSE))
def test_no_tree_proves_what_is_false(tree, claim):
    s = statement(["x real"], claim)
    checked, cells._Walk.contradicted = cells._Walk.contradicted, lambda self, cell: False
    try:
        assert not replay(s, with_tree(s, tree))
    finally:
        cells._Walk.contradicted = checked

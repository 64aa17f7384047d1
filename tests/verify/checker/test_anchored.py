"""Proofs from a touching point and by constancy: each replays, and none with a step changed."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.verify.exact.test_exact import statement
from tests.verify.provers.test_anchored import CASES
from verify.checker import anchored as checker
from verify.checker import replay
from verify.provers import anchored, constancy
from verify.provers.budget import Budget
from verify.statement import Statement

CONSTANT = [
    (["x > 0"], "atan(x) + atan(1/x) == pi/2", "atan(x) + atan(1/x) == pi"),
    (["-1 <= x <= 1"], "asin(x) + acos(x) == pi/2", "asin(x) + acos(x) == pi/2 + x"),
    (["x real", "y > 0"], "atan(x/y) == asin(x/sqrt(x**2 + y**2))", "atan(x/y) == asin(y/sqrt(x**2 + y**2))"),
]


def proved(prover: Any, given: list[str], claim: str) -> tuple[Statement, dict[str, Any]]:
    s = statement(given, claim)
    return s, json.loads(json.dumps(prover.prove(s, Budget(30)).certificate))


@pytest.mark.parametrize(("given", "true", "false"), CASES, ids=[c[1] for c in CASES])
def test_a_proof_from_a_touching_point_replays_and_proves_nothing_else(given, true, false):
    s, certificate = proved(anchored, given, true)
    assert replay(s, certificate)
    other = statement(given, false)
    assert not replay(other, {**certificate, "statement": other.text})


@pytest.mark.parametrize(("given", "true", "false"), CONSTANT, ids=[c[1] for c in CONSTANT])
def test_a_proof_by_constancy_replays_and_proves_nothing_else(given, true, false):
    s, certificate = proved(constancy, given, true)
    assert replay(s, certificate)
    other = statement(given, false)
    assert not replay(other, {**certificate, "statement": other.text})
    assert not replay(s, {**certificate, "variable": "z"})
    assert not replay(s, {**certificate, "parts": [None]})


def test_an_equation_on_two_pieces_is_not_constant_on_both():
    _, certificate = proved(constancy, *CONSTANT[0][:2])
    wide = statement(["x != 0"], CONSTANT[0][1])
    assert not replay(wide, {**certificate, "statement": wide.text})


def changes(proof: Any) -> Iterator[tuple[Any, Any, Any]]:
    """(container, key, another value) for each recorded choice below."""
    if isinstance(proof, dict):
        for key, value in proof.items():
            if key == "by":
                yield proof, key, "concave" if value != "concave" else "from"
            elif key == "at":
                yield proof, key, f"{value} + 1"
            elif key == "sides" and value:
                yield proof, key, {}
            elif key in ("part", "bend") or (key == "start" and value is not None):
                yield proof, key, None
            if key not in ("part", "start", "beyond", "bend", "bounds"):
                yield from changes(value)
    elif isinstance(proof, list):
        for item in proof:
            yield from changes(item)


@pytest.mark.parametrize(("given", "true"), [c[:2] for c in CASES[:7]], ids=[c[1] for c in CASES[:7]])
def test_each_changed_step_is_refused(given, true):
    s, certificate = proved(anchored, given, true)
    count = sum(1 for _ in changes(certificate["proof"]))
    assert count
    for k in range(count):
        forged = copy.deepcopy(certificate)
        container, key, value = list(changes(forged["proof"]))[k]
        container[key] = value
        assert not replay(s, forged), (key, value)


NORMAL = {"by": "normal form", "part": {"kind": "cells", "logs": False, "tree": {"leaf": "exact"}}}


def step(**choices: Any) -> dict[str, Any]:
    nothing = {"bounds": [], "start": None, "beyond": None, "sides": {}}
    return {"by": "from", "variable": "x", "at": "0", **nothing, **choices}


@pytest.mark.parametrize(("given", "claim", "proof"), [
    (["x >= 0"], "-sign(x) >= 0", step(bounds=[None], sides={">": NORMAL})),  # a jump
    (["x >= 0"], "-spow(x, 0) >= 0", step(bounds=[None], sides={">": NORMAL})),
    (["x >= 1"], "x - 2 >= 0", step(at="2", bounds=[None], sides={">": NORMAL})),  # not the end of the interval
    (["x >= 0"], "x > 0", step(bounds=[None], sides={">": NORMAL})),  # the end is in the domain
    (["x != 0"], "1/x >= 0", step(sides={})),
    (["0 <= x", "x <= 1"], "x > 0", {"by": "concave", "variable": "x", "ends": [NORMAL, NORMAL], "bend": NORMAL}),
])  # fmt: skip
def test_a_forged_step_is_refused_whatever_its_parts_prove(monkeypatch, given, claim, proof):
    monkeypatch.setattr(checker, "_proved", lambda gap, domain, strict, part: True)
    s = statement(given, claim)
    assert not replay(s, {"kind": "anchored", "statement": s.text, "edges": [], "proof": proof})


def test_steps_whose_parts_are_granted_are_accepted(monkeypatch):
    monkeypatch.setattr(checker, "_proved", lambda gap, domain, strict, part: True)
    for given, claim, proof in [
        (["x >= 0"], "exp(x) >= 1 + x", step(bounds=[None], sides={">": NORMAL})),
        (["x > 0"], "exp(x) > 1 + x", step(bounds=[None], sides={">": NORMAL})),
        (["0 < x", "x < 1"], "x*(1 - x) > 0", {"by": "concave", "variable": "x", "ends": [{}, {}], "bend": {}}),
    ]:
        s = statement(given, claim)
        assert replay(s, {"kind": "anchored", "statement": s.text, "edges": [], "proof": proof})


def test_an_edge_needs_a_variable_that_is_not_negative(monkeypatch):
    monkeypatch.setattr(checker, "_proved", lambda gap, domain, strict, part: True)
    for given, accepted in ((["x real"], False), (["x >= -1"], False), (["x >= 0"], True)):
        s = statement(given, "x**3 >= 0")
        assert replay(s, {"kind": "anchored", "statement": s.text, "edges": [["x", {}]], "proof": NORMAL}) == accepted

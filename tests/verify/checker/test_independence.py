"""The checker replays certificates without the code that searched for them, and believes none that is forged."""

from __future__ import annotations

import ast
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.verify.checker.forging import PROVED, REFUTED, Kind, certificate, forged
from tests.verify.provers.inequality_cases import stated
from verify import checker
from verify.checker import PROOFS, REFUTATIONS, replay
from verify.statement import Statement

FOLDER = Path(checker.__file__).parent
FORGERIES = 25  # of each certificate


def test_the_checker_imports_no_prover() -> None:
    modules = []
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                modules.append(node.module or "")
            elif isinstance(node, ast.Import):
                modules += [a.name for a in node.names]
    assert "verify.checker.ranges" in modules
    assert not [m for m in modules if m.startswith("verify.provers")]


def test_an_unknown_or_malformed_certificate_proves_nothing() -> None:
    triviality = stated(("x real", "x**2 >= 0"))
    for kind in (None, "", *PROOFS, *REFUTATIONS, "trust me"):
        assert not replay(triviality, {"kind": kind, "statement": triviality.text})
        assert not replay(
            triviality, {"kind": kind, "statement": triviality.text, "proof": [], "covers": 3, "slacks": 0}
        )


def whatever_the_text(statement: Statement, data: Any, result: str = "holds") -> bool:
    """A replay in which a forger has put the right text on every part."""
    if isinstance(data, Mapping):
        data = {**data, "statement": statement.text}
    return replay(statement, data, result)


def test_every_kind_has_a_case() -> None:
    assert {case.kind for case in PROVED} == set(PROOFS)
    assert {case.kind for case in REFUTED} == set(REFUTATIONS) - {"point"}  # any point may be one: see test_refute


@pytest.mark.parametrize("case", PROVED + REFUTED, ids=str)
def test_the_certificate_replays_for_what_it_is_about_alone(case: Kind) -> None:
    data = certificate(case)
    assert data["kind"] == case.kind
    assert replay(case.stated(case.told), data, case.result)
    assert not replay(case.target, data, case.result)
    assert not whatever_the_text(case.target, data, case.result)
    assert not replay(case.stated(case.told), data, "fails" if case.result == "holds" else "holds")


@pytest.mark.parametrize("case", PROVED + REFUTED, ids=str)
def test_entries_deleted_swapped_and_planted_make_no_proof(case: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checker, "replay", whatever_the_text)
    draw, pool = random.Random(str(case)), [certificate(c) for c in PROVED + REFUTED]
    own = [certificate(c) for c in PROVED + REFUTED if c.kind == case.kind]
    for _ in range(FORGERIES):
        data = forged(draw.choice([certificate(case), *own]), pool, draw)
        assert not whatever_the_text(case.target, data, case.result), data

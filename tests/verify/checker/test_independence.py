"""The checker replays certificates without the code that searched for them."""

from __future__ import annotations

import ast
from pathlib import Path

import verify.checker
from tests.verify.provers.inequality_cases import stated
from verify.checker import replay

FOLDER = Path(verify.checker.__file__).parent


def test_the_checker_imports_no_prover() -> None:
    modules = []
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                modules.append(node.module or "")
            elif isinstance(node, ast.Import):
                modules += [a.name for a in node.names]
    assert "verify.checker.ranges" in modules
    assert not [m for m in modules if m.startswith("verify.provers")]


def test_an_unknown_or_malformed_certificate_proves_nothing() -> None:
    triviality = stated(("x real", "x**2 >= 0"))
    for kind in (None, "", "boxes", "squares", "sturm", "calculus", "solvers", "trust me"):
        assert not replay(triviality, {"kind": kind, "statement": triviality.text})
        assert not replay(
            triviality, {"kind": kind, "statement": triviality.text, "proof": [], "covers": 3, "slacks": 0}
        )

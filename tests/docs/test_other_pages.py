"""The pages on tiers and on the architecture name what there is."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest

from verify.evidence import Result, Tier
from verify.verdict import Verdict

ROOT = Path(__file__).resolve().parents[2]
TIERS = (ROOT / "docs" / "tiers.md").read_text()
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
FLOORS = next(c["layers"] for c in CONTRACTS if c["type"] == "layers")


def listed(page: str, name: str) -> list[str]:
    table = re.search(rf"<!-- list: {name} -->\n(.*?)<!-- end -->", page, re.DOTALL)
    assert table is not None
    return re.findall(r"^\| `([^`]+)` ", table[1], re.MULTILINE)


def missing(page: str) -> list[str]:
    """Files and folders that the page names and that are not there."""
    named = re.findall(rf"`((?:tests|{'|'.join(FLOORS)})/[\w/.]*)`", page)
    return [name for name in named if not (ROOT / name).exists()]


def test_tiers_results_and_verdicts_are_those_of_the_code() -> None:
    assert listed(TIERS, "tiers") == [tier.name for tier in sorted(Tier)]
    assert listed(TIERS, "results") == list(get_args(Result))
    assert listed(TIERS, "verdicts") == [verdict.value for verdict in Verdict]


def test_no_method_gives_formal_as_the_page_says() -> None:
    assert "No method gives `formal` today." in TIERS
    folders = ("provers", "checker", "exact", "language")
    sources = [path for folder in folders for path in (ROOT / "verify" / folder).rglob("*.py")]
    assert any("Tier.certified" in path.read_text() for path in sources)
    assert not any("Tier.formal" in path.read_text() for path in [*sources, ROOT / "verify" / "judge.py"])


def test_floors_are_those_that_imports_are_held_to() -> None:
    assert listed(ARCHITECTURE, "floors") == [f"{layer}/" for layer in FLOORS]
    forbidden = {c["source_modules"][0]: c["forbidden_modules"] for c in CONTRACTS if c["type"] == "forbidden"}
    assert forbidden["verify.checker"] == ["verify.provers", "verify.judge", "sympy"]
    assert forbidden["theory"] == ["flint", "scipy", "torch", "z3", "cvc5"]


@pytest.mark.parametrize("page", [TIERS, ARCHITECTURE], ids=["tiers", "architecture"])
def test_files_that_are_named_are_there(page: str) -> None:
    assert missing(page) == []
    assert missing("see `verify/no_such.py` and `verify/judge.py`") == ["verify/no_such.py"]

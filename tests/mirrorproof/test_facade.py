"""Everything a user needs has one name, and costs nothing until it is asked for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sympy

import mirrorproof
from verify.verdict import Verdict


@pytest.mark.parametrize("name", [n for n in mirrorproof.__all__ if n != "optim"])
def test_every_name_leads_somewhere(name: str) -> None:
    assert getattr(mirrorproof, name) is not None
    assert name in dir(mirrorproof)


def test_a_name_that_is_none() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = mirrorproof.nothing


def test_importing_it_loads_nothing_heavy() -> None:
    code = "import sys, mirrorproof; sys.exit(len({'sympy', 'numpy', 'click', 'verify.judge'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2]).returncode == 0


def test_one_statement_from_python() -> None:
    assert mirrorproof.check("x**2 >= 0", ["x real"], seconds=20.0).verdict is Verdict.holds
    found = mirrorproof.check("x**2 >= 1", ["x real"])
    assert found.verdict is Verdict.fails
    assert found.counterexample is not None


def test_a_file_from_python(tmp_path: Path) -> None:
    path = tmp_path / "lemma.toml"
    path.write_text('[[claim]]\nid = "a"\ngiven = ["x real"]\nclaim = "R >= 0"\nwhere = { R = "x**2" }\n')
    assert [r["verdict"] for r in mirrorproof.check_file(path, jobs=1, seconds=20.0)] == ["holds"]
    with pytest.raises(ValueError, match="not there"):
        mirrorproof.check_file(tmp_path / "nowhere.toml")


def test_a_potential_of_quantities_or_of_sympy() -> None:
    x = mirrorproof.real("x")
    stated = mirrorproof.MirrorPotential(x**2 / 2, x).dual_at_gradient == x**2 / 2
    assert stated.term.op == "=="
    symbol = sympy.Symbol("x", real=True)
    assert mirrorproof.MirrorPotential(symbol**2 / 2, symbol).dual_at_gradient == symbol**2 / 2

"""Pictures are written where they can be, and refused in one line where not."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from verify.cli.compare import command as compare
from verify.cli.potential import command as potential
from verify.cli.reparam import command as reparam
from verify.drawing import NoPicture, ready, shortened
from verify.evidence import Tier
from verify.potential import plots
from verify.potential.analysis import Report as PotentialReport
from verify.potential.reading import Request, read
from verify.potential.sample import plain
from verify.reparam.analysis import Report
from verify.reparam.answers import Answer
from verify.reparam.reading import Request as ReparamRequest

REFUSED = [
    (potential, ["x**2", "--plot", "picture.pdf"], ".svg or .png"),
    (compare, ["x**2", "x**4", "--plot", "nowhere/picture.svg"], "is not there"),
    (reparam, ["w1*w2", "--plot", "picture"], ".svg or .png"),
]


def _answer(id: str, verdict: Any = "holds", **values: Any) -> Answer:
    return Answer(id, "", verdict, Tier.certified, "", values=values)


def _potential(text: str, *given: str, answers: tuple[Answer, ...] = ()) -> PotentialReport:
    return PotentialReport(read(Request(text, "x", given)), answers, 0.0)


def _flow(*coordinates: str, weights: tuple[str, ...] = ("w1", "w2"), answers: tuple[Answer, ...] = ()) -> Report:
    return Report(ReparamRequest(coordinates), weights, (), coordinates, answers, 0.0)


@pytest.mark.parametrize(("command", "arguments", "says"), REFUSED)
def test_a_name_that_is_no_picture(command: Any, arguments: list[str], says: str) -> None:
    run = CliRunner().invoke(command, arguments)
    assert run.exit_code == 2 and says in run.output and run.output.count("\n") == 1


def test_without_the_library_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ready(tmp_path / "a.svg")
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(NoPicture, match=r"mirrorproof\[plots\]"):
        ready(tmp_path / "a.svg")


def test_a_potential_is_drawn_the_same_twice(tmp_path: Path) -> None:
    report = _potential("x*asinh(x/sqrt(lam)) - sqrt(x**2 + lam)", "lam > 0", answers=(
        _answer("degree", alpha="1", coefficients={"1": "1", "-1": "1"}), _answer("coercivity", constant="sqrt(lam)"),
        _answer("within-1%", threshold="sqrt(50*lam)")))  # fmt: skip
    files = [tmp_path / "a.svg", tmp_path / "b.svg"]
    for file in files:
        report.draw(file)
    text = files[0].read_text()
    assert text == files[1].read_text() and "infimum 1: coercive" in text and "1 % from 7.07" in text

def test_a_potential_without_horizon_function(tmp_path: Path) -> None:
    _bare().draw(tmp_path / "d.svg")
    assert "no horizon function" in (tmp_path / "d.svg").read_text()


@pytest.mark.slow
def test_two_potentials_in_one_png(tmp_path: Path) -> None:
    plots.draw([_potential("x**2"), _bare()], tmp_path / "c.png")
    assert (tmp_path / "c.png").read_bytes().startswith(b"\x89PNG") and (tmp_path / "c.png").stat().st_size > 9000


def _bare() -> PotentialReport:
    answers = tuple(_answer(asked, "fails") for asked in ("degree", "margin"))
    return _potential("-log(x) - log(1 - x)", "x > 0", "x < 1", answers=answers)


def test_parameters_get_plain_numbers_that_meet_what_is_given() -> None:
    assert plain(read(Request("x**2*p", "x", ("p > 1",)))) == {"p": Fraction(2)}
    assert plain(read(Request("x**2*p*r", "x", ("p < r", "p > 0")))) == {"p": Fraction(1, 2), "r": 1}


def test_the_flow_of_two_weights_with_its_laws_and_saddles(tmp_path: Path) -> None:
    saddle = _answer("saddle-1", zero=["w1", "w2"])
    report = _flow("w1*w2", answers=(_answer("number", independent=["w1**2 - w2**2"]), saddle))
    report.draw(tmp_path / "a.svg")
    text = (tmp_path / "a.svg").read_text()
    assert "kept: w1**2 - w2**2" in text and "saddle: w1 = 0, w2 = 0" in text
    _flow("w1**2", "log(w2)").draw(tmp_path / "b.svg")
    assert "kept" not in (tmp_path / "b.svg").read_text()
    for wrong in (_flow("w1*w2*w3", weights=("w1", "w2", "w3")), _flow("w1", weights=("w1",))):
        with pytest.raises(NoPicture, match="two weights"):
            wrong.draw(tmp_path / "c.svg")


def test_labels_are_plain_and_short() -> None:
    assert shortened("a$b") == "ab" and len(shortened("x" * 99)) == 48

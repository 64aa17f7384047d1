"""Pictures are drawn from answers as they are, so that these are made up here: nothing is proved anew."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from verify.drawing import NoPicture
from verify.evidence import Tier
from verify.potential.analysis import Report
from verify.potential.panels import PANELS, Curve
from verify.potential.plots import said
from verify.potential.questions import GROUPS
from verify.potential.reading import Request, read
from verify.reparam.answers import Answer

HOLDS: dict[str, dict[str, Any]] = {
    "legendre": {}, "bregman": {}, "gradient-range": {"low": "-oo", "high": "oo"},
    "coercivity": {"constant": "sqrt(lam)"}, "metric-exponent": {"exponent": "1"}, "mirror-mup": {"order": "0"},
    "conjugate": {}, "degree": {"alpha": "1", "coefficients": {"1": "1", "-1": "1"}}, "horizon": {}, "margin": {},
    "assumption-4.4": {}, "bias": {}, "rate": {"class": "Theta"}, "within-10%": {"threshold": "sqrt(5*lam)"},
    "conjugate-values": {"enclosures": [{"y": "1", "x": ["1", "1"], "Q": ["1", "2"]}]},
}  # fmt: skip


def report(expression: str, answers: dict[str, dict[str, Any]], verdict: Any = "holds", *given: str) -> Report:
    found = tuple(Answer(id, "", verdict, Tier.certified, "told", values=v) for id, v in answers.items())
    return Report(read(Request(expression, "x", given)), found, 0.0)


def test_every_panel_is_drawn_where_its_question_was_asked(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    report("entropy", HOLDS).draw(tmp_path / "all.svg")
    text = (tmp_path / "all.svg").read_text()
    for shown in ("R, the potential", "infimum 1: coercive", "m = 1", "the conjugate", "10 % from 2.24", "the loss at",
                  "solid: phi", "n equal neurons", "all 2 hold", "lam = 1"):  # fmt: skip
        assert shown in text, shown
    report("entropy", {}).draw(tmp_path / "few.svg")
    few = (tmp_path / "few.svg").read_text()
    assert "the inverse metric" in few and "the loss at" not in few and "infimum" not in few


def test_what_is_refuted_is_not_drawn_as_if_it_held(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    report("cosh(x)", {"degree": {}, "margin": {}, "rate": {}, "coercivity": {"constant": "0"}}, "fails").draw(
        tmp_path / "x.svg")  # fmt: skip
    text = (tmp_path / "x.svg").read_text()
    assert "no horizon function" in text and "not coercive" in text and "10 % from" not in text and "Theta" not in text


def test_several_are_drawn_over_one_another_with_their_names(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    from verify.potential.comparison import Comparison

    both = Comparison((report("steepest q=1 L=2", {"bias": {}}), report("x**2", {})))
    both.draw(tmp_path / "two.svg")
    text = (tmp_path / "two.svg").read_text()
    assert "steepest q=1 L=2: abs(x)" in text and "x**2" in text and "n equal neurons" in text


@pytest.mark.parametrize(("expression", "given"), [("-sqrt(1 - x**2)", ("x >= -1", "x <= 1")), ("-log(x)", ("x > 0",))])
def test_any_potential_has_a_picture(expression: str, given: tuple[str, ...], tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    report(expression, {k: {} for k in HOLDS if k != "degree"}, "undecided", *given).draw(tmp_path / "x.png")
    assert (tmp_path / "x.png").stat().st_size > 10_000


def test_every_question_but_few_has_a_panel() -> None:
    shown = {id for p in PANELS for id in p.shows}
    assert set(GROUPS) - shown == {"convexity", "homogeneity", "within", "assumption-2.3"}  # shown by their parts


def test_numbers_of_a_curve() -> None:
    curve = Curve(report("entropy", HOLDS), {"lam": Fraction(4)}, -4.0, 4.0)
    assert curve.far == (1.0, 1.0) and curve.value("coercivity", "constant") == 2.0 and curve.side == 1
    assert math.isnan(curve.value("coercivity", "nothing")) and curve.number("1/0") != curve.number("1/0")
    D = curve.on(curve.D, [0.0, 3.0])
    assert math.isclose(D[0], 2.0) and math.isclose(D[1], math.sqrt(13))


def test_verdicts_in_one_line() -> None:
    made = [Answer(id, "", v, Tier.none, "") for id, v in (("a", "holds"), ("b", "fails"), ("c", "undecided"))]
    assert said(made[:1]) == "a: holds" and said(made) == "1 hold; fails: b; undecided: c"
    assert said([made[0], made[0]]) == "all 2 hold"


def test_a_picture_that_cannot_be_drawn_is_told(tmp_path: Path) -> None:
    for name in ("x.gif", "nowhere/x.svg"):
        with pytest.raises(NoPicture):
            report("x**2", {}).draw(tmp_path / name)

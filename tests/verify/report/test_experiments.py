"""The experiments' section: drawings of any recorded result, legible without colour, script or sight."""

from __future__ import annotations

import json
import math
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.verify.report.cases import RUN, record
from tests.verify.report.pages import Page
from verify.measured import OWN, RECORDED
from verify.papers.reported import Block, Figure
from verify.report.drawing.axes import Series, panel
from verify.report.drawing.beside import Pair, Span, beside
from verify.report.drawing.scales import number, scale
from verify.report.experiments import ExperimentView, _origin, experiments, figure_view, table_view, unmeasured
from verify.report.html import render
from verify.report.model import view

NAMES = sorted(f.stem for f in RECORDED.glob("*.json"))


def measured_claim(name: str = "some-run", **more: Any) -> dict[str, Any]:
    expects = {"claim": "a < b", "given": [], "where": {}, "flow": {}, "understood": "a < b"}
    return record("measured", "undecided", "simulated", measurement={"experiment": name, "expects": expects}) | more


def lines(*labels: str, y: tuple[float, ...] = (1.0, 2.0, 4.0)) -> dict[str, Any]:
    return {"lines": {label: {"x": [1.0, 2.0, 3.0], "y": [v + k for v in y]} for k, label in enumerate(labels)}}


def test_seeds_become_a_median_with_a_band() -> None:
    found = figure_view(Figure("Figure 1", "e"), lines("q = 1, seed 1", "q = 1, seed 2", "q = 1, seed 7"), "f")
    (series,) = found.panels[0].series
    assert (list(series.y), list(series.low), list(series.high)) == ([2, 3, 5], [1, 2, 4], [3, 4, 6])
    assert "band" in str(found.panels[0].drawing) and "3 seeds" in found.bands
    alone = figure_view(Figure("Figure 1", "e"), lines("q = 1, seed 1"), "f")
    assert 'class="band' not in str(alone.panels[0].drawing) and not alone.bands


def test_seeds_at_other_points_are_met_between_them() -> None:
    results = {"lines": {"seed 1": {"x": [0, 2], "y": [0, 2]}, "seed 2": {"x": [0, 1, 4], "y": [0, 3, 6]}}}
    (series,) = figure_view(Figure("", "e"), results, "f").panels[0].series
    assert list(series.x) == [0, 1, 4] and list(series.high) == [0, 3, 6]


def test_a_seed_that_failed_neither_hides_the_others_nor_itself() -> None:
    good = {"x": [0, 1, 2], "y": [0, 1, 4]}
    early, never = {"x": [0, 1, 2], "y": [2, None, None]}, {"x": [0, 1], "y": [None, None]}
    shown = figure_view(Figure("", "e"), {"lines": {"seed 1": early, "seed 2": good, "seed 3": never}}, "f")
    (series,) = shown.panels[0].series
    assert list(series.x) == [0, 1, 2] and list(series.high) == [2, 1, 4]
    assert "1 of 3 lines have no number and are not drawn" in shown.bands
    assert "no number" not in figure_view(Figure("", "e"), {"lines": {"seed 1": good}}, "f").bands


def test_many_lines_are_parted_by_the_first_parts_of_their_labels() -> None:
    labels = [f"k = {k}, L = {d}, q = {q}" for k in (1, 2) for d in (1, 2, 3) for q in (1, 2)]
    found = figure_view(Figure("", "e"), lines(*labels), "f")
    assert [p.title for p in found.panels] == ["k = 1", "k = 2"]
    assert len(figure_view(Figure("", "e", panel=(0, 1)), lines(*labels), "f").panels) == 6


@pytest.mark.parametrize("line", [{"x": [], "y": []}, {"x": [1], "y": [1, 2]}, "text", None, {"x": [1, 2]}])
def test_what_is_no_line_is_not_drawn(line: Any) -> None:
    assert figure_view(Figure("", "e"), {"lines": {"a": line}}, "f").panels == ()


def test_points_that_are_no_numbers_are_left_out() -> None:
    (shown,) = figure_view(Figure("", "e"), {"lines": {"a": {"x": [1, 2, 3], "y": [1, None, 3]}}}, "f").panels
    assert list(shown.series[0].x) == [1, 3]


def test_a_drawing_is_xml_with_words_and_no_colour_of_its_own() -> None:
    made = panel([Series("<b>", [1, 10, 100], [1, 2, 3])], id="p", title="a & b", x="time")
    root = ElementTree.fromstring(made)
    assert root[0].text == "a & b" and "<b> from 1 to 3" in (root[1].text or "")
    assert root.get("aria-labelledby") == "p-title p-text"
    assert "style=" not in made and "fill=" not in made and "stroke=" not in made


def test_lines_differ_in_their_dashes_too() -> None:
    from verify.report.drawing.axes import classes

    assert len({classes(k) for k in range(32)}) == 32
    assert all(len({classes(k + j).split()[1] for j in range(4)}) == 4 for k in (0, 4, 8))


def test_a_logarithmic_axis_tells_what_it_cannot_show() -> None:
    made = panel([Series("a", [0.0, 1.0, 2.0], [1.0, 2.0, 3.0])], id="p", title="t", x_scale="log")
    assert "1 points that the scale cannot show" in made
    assert "cannot show" not in panel([Series("a", [0.5, 1.0, 2.0], [1.0, 2.0, 3.0])], id="p", title="t", x_scale="log")


@pytest.mark.parametrize(("values", "kind", "log"), [
    ([1, 1000], "", True), ([1, 10], "", False), ([0, 1e6], "", False), ([1, 2], "log", True), ([-1, 0], "log", False),
    ([], "", False), ([5, 5], "log", True),
])  # fmt: skip
def test_scales_hold_their_values(values: list[float], kind: str, log: bool) -> None:
    found = scale(values, kind)
    assert found.log is log and found.low < found.high
    for value in values:
        at = found.at(value)
        assert at is None or 0 <= at <= 1
    ticks = found.ticks()
    assert all(found.low <= v <= found.high and math.isfinite(v) for v, _ in ticks)
    assert len({label for _, label in ticks}) == len(ticks)


def test_a_signed_scale_shows_both_sides_of_zero_by_decades() -> None:
    found = scale([-250.0, 0.0, 3.0, 6000.0], "signed")
    assert found.at(found.low) == pytest.approx(0) and found.at(found.high) == pytest.approx(1)
    places = [found.at(v) or 0.0 for v in (-250.0, -20.0, 0.0, 20.0, 250.0, 6000.0)]
    assert places == sorted(places) and len(set(places)) == 6
    assert [label for _, label in found.ticks()] == ["−10²", "−10", "0", "10", "10²", "10³"]
    assert not scale([0.0, 0.0], "signed").unit and scale([5.0], "signed").low < 5 < scale([5.0], "signed").high
    assert "cannot show" not in panel([Series("a", [1, 2], [-3.0, 7.0])], id="p", title="t", y_scale="signed")


@pytest.mark.parametrize(("value", "text"), [(0, "0"), (1e-5, "10⁻⁵"), (-2.5e7, "−2.5·10⁷"), (12.3456, "12.35")])
def test_numbers_are_short(value: float, text: str) -> None:
    assert number(value) == text


def test_printed_and_measured_stand_in_one_row() -> None:
    made = beside([Pair("a", Span(1, 0, 2), Span(3, 2, 4)), Pair("b", Span(5, 5, 5), None)], id="b", title="t")
    root = ElementTree.fromstring(made)
    assert root[1].text == "a: printed 1, measured 3; b: printed 5, not measured."
    marks = [e.get("class") for e in root if str(e.get("class")).startswith("mark")]
    assert marks == ["mark printed", "mark measured", "mark printed"]


def test_long_labels_have_room() -> None:
    for label in ("a", "depth 10, decay 1e-4, Adam, coupled decay, and then some"):
        made = ElementTree.fromstring(beside([Pair(label, Span(1, 0, 2), None)], id="b", title="t"))
        (text,) = [e for e in made if e.get("class") == "label"]
        assert float(str(text.get("x"))) >= 6 * len(label)


def test_an_experiment_of_an_own_run_is_shown_with_its_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = {
        "schema": 1, "experiment": "some-run", "title": "Some <run>", "seeds": [1, 2], "settings": {"steps": 5},
        "measured": {"a": [1, 2]}, "notes": ["a note"], "provenance": {"device": "H200 <x>", "date": "2025-01-01"},
    } | lines("q = 1")  # fmt: skip
    file = tmp_path / "some-run" / "results.json"
    file.parent.mkdir()
    file.write_text(json.dumps(results), encoding="utf-8")
    monkeypatch.setenv(OWN, str(tmp_path))
    page = Page(html := render(RUN | {"claims": [measured_claim()]}))
    assert page.faults == [] and "device: H200 <x>" in page.text and "a note" in page.text
    assert 'class="plot"' in html
    file.write_text("{", encoding="utf-8")
    assert "has not run, and none is recorded" in Page(render(RUN | {"claims": [measured_claim()]})).text


def test_the_command_that_runs_it_is_told() -> None:
    for name, command in (("ns-sparsity", "train"), ("ns-figure-1", "simulate")):
        page = Page(render(RUN | {"claims": [measured_claim(name)]}))
        assert f"mirrorproof {command} {name}" in page.text


def test_how_large_a_run_was_is_said_in_every_row() -> None:
    block = Block("t", "Table 1", "sizes", ("a",), {"one": ("1.0",)}, measured="a", setting={"model": "X"})
    settings = {"model": "X", "width": 8, "images": 2000, "rate": 0.1, "batch": 5}
    shown = table_view(block, {"measured": {"a": [1.0]}}, settings, "t")
    assert "here width 8, images 2000 (not stated there)" in shown.said
    assert "2 more of our settings not stated there" in shown.said
    assert "here " not in table_view(block, {"measured": {"a": [1.0]}}, {"model": "X", "rate": 0.1}, "t").said


def test_everything_measured_is_told_and_failed_seeds_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = {"schema": 1, "experiment": "some-run", "measured": {"a": [1, None, 3], "b": [None, None], "c": [0]}}
    file = tmp_path / "some-run" / "results.json"
    file.parent.mkdir()
    file.write_text(json.dumps(results), encoding="utf-8")
    monkeypatch.setenv(OWN, str(tmp_path))
    report = view(RUN | {"claims": [measured_claim()]})
    (found,) = experiments(report)
    assert [(q.name, q.values, q.lost) for q in found.quantities] == [("a", (1, 3), 1), ("b", (), 2), ("c", (0,), 0)]
    page = Page(render(RUN | {"claims": [measured_claim()]}))
    assert page.faults == []
    told = " ".join(page.text.split())
    assert "3 quantities, 3 values without a number" in told and "1 failed" in told and "2 failed" in told


def test_what_no_experiment_measures_is_named_tables_and_figures() -> None:
    report = view(RUN | {"claims": [record("a", "holds", paper="never-saddle")]})
    left = {(place, shows) for _, place, shows in unmeasured(report)}
    assert any(place == "Table 7" for place, _ in left) and any(place == "Figures 25 to 32" for place, _ in left)
    assert not {e.places for e in experiments(report)} & {place for place, _ in left}
    assert unmeasured(view(RUN)) == []


def test_a_figure_says_what_its_lines_are_where_their_labels_do_not() -> None:
    figure = Figure("Figure 7", "e", lines="the mean of the seeds")
    assert figure_view(figure, lines("q = 1"), "f").bands == "the mean of the seeds"
    assert figure_view(figure, lines("q = 1, seed 1", "q = 1, seed 2"), "f").bands.startswith("line: the median of 2")


def test_what_is_recorded_is_shown_though_no_claim_and_no_table_names_it() -> None:
    named = {e.name for e in experiments(view(RUN | {"claims": [record("a", "holds", paper="mirror-flow")]}))}
    assert {f.stem for f in RECORDED.glob("mf-*.json")} <= named
    assert not any(name.startswith("ns-") for name in named)


def test_a_run_without_experiments_has_no_such_section() -> None:
    assert 'id="experiments"' not in render(RUN)


@lru_cache
def every_recorded() -> dict[str, ExperimentView]:
    papers = {"ns": "never-saddle", "mf": "mirror-flow"}
    claims = [measured_claim(name, paper=papers.get(name.split("-")[0], "one")) for name in NAMES]
    return {e.name: e for e in experiments(view(RUN | {"claims": claims}))}


@pytest.mark.parametrize("name", NAMES)
def test_every_recorded_result_is_shown(name: str) -> None:
    found = every_recorded()[name]
    assert found.results is not None and dict(found.origin)["device"]
    drawn = any(f.panels for f in found.figures) or any(t.comparison.measured for t in found.tables)
    assert drawn or not found.results.get("lines")


def test_a_line_that_turns_back_is_drawn_as_points_of_its_own_shape() -> None:
    made = panel([Series("a", [0, 2, 1], [0, 1, 2]), Series("b", [3, 2, 1], [0, 1, 2], style=1)], id="p", title="t")
    dots = [e.get("d") for e in ElementTree.fromstring(made) if str(e.get("class")).startswith("dot")]
    assert len(dots) == 2 and dots[0] != dots[1] and "a: 3 points" in made
    assert 'class="dot' not in panel([Series("a", [0, 1, 2], [0, 1, 2])], id="p", title="t")


def test_lines_are_called_and_joined_as_the_data_say() -> None:
    figure = Figure("Figure 2", "e", panel=(0,), labels={"hyp": "entropy"}, panels={"teacher": {"into": "neurons"}})
    (shown,) = figure_view(figure, lines("neurons, hyp", "teacher"), "f").panels
    assert [s.label for s in shown.series] == ["entropy", "teacher"]


def test_panels_share_their_axes_where_the_figure_does() -> None:
    results = {"lines": {"a, q": {"x": [0, 1], "y": [0, 1]}, "b, q": {"x": [0, 1], "y": [0, 100]}}}

    def highest(shared: bool) -> list[str]:
        made = figure_view(Figure("", "e", panel=(0,), shared=shared), results, "f").panels
        roots = [ElementTree.fromstring(p.drawing) for p in made]
        return [[str(e.text) for e in root if e.get("text-anchor") == "end"][-1] for root in roots]

    assert highest(True) == ["100", "100"] and highest(False) == ["1", "100"]


def test_results_of_any_shape_are_shown_as_far_as_they_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = {
        "schema": 1, "experiment": "some-run", "measured": {"a": [1, None, "x", True], "b": 3, "c": {}}, "seeds": "all",
        "lines": {
            "p": {"x": [1, None, 3, 4], "y": [1, 2, "z", 4]}, "q": {"x": [None], "y": [1]}, "r": [1], "s": {"x": 1},
        },
        "settings": [1], "notes": "text", "provenance": None, "seconds": "long", "title": None,
    }  # fmt: skip
    (tmp_path / "some-run").mkdir()
    (tmp_path / "some-run" / "results.json").write_text(json.dumps(odd), encoding="utf-8")
    monkeypatch.setenv(OWN, str(tmp_path))
    (found,) = experiments(view(RUN | {"claims": [measured_claim()]}))
    assert [list(s.x) for f in found.figures for p in f.panels for s in p.series] == [[1, 4]]
    assert found.results is not None and found.results["measured"] == {"a": [1, None, None, None]}
    assert Page(render(RUN | {"claims": [measured_claim()]})).faults == []


def test_recorded_bands_are_drawn() -> None:
    line = {"x": [1, 2], "y": [2, 3], "low": [1, 2], "high": [3, 4]}
    (shown,) = figure_view(Figure("", "e"), {"lines": {"a": line}}, "f").panels
    assert list(shown.series[0].low) == [1, 2] and 'class="band' in str(shown.drawing)
    (bare,) = figure_view(Figure("", "e"), {"lines": {"a": line | {"high": [3]}}}, "f").panels
    assert not bare.series[0].low


def test_a_line_may_stand_in_every_panel() -> None:
    figure = Figure("Figure 3", "e", panel=(0, 1), panels={"teacher": {"into": "*"}})
    shown = figure_view(figure, lines("neurons, a", "neurons, b", "teacher"), "f").panels
    assert [[s.label for s in p.series] for p in shown] == [["", "teacher"], ["", "teacher"]]


def test_times_of_the_clock_and_of_the_processor_are_told_apart() -> None:
    both = dict(_origin({"seconds": 90.4, "processor": 50.0}, RECORDED / "x.json"))
    assert (both["time"], both["of the processor, all cores together"]) == ("90 s", "50 s")
    assert list(dict(_origin({"seconds": 90.4}, RECORDED / "x.json"))) == ["results", "time"]

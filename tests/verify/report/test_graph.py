"""The dependency graph: where its marks stand, and that none is told by its colour alone."""

from __future__ import annotations

import random
import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verify.report.cases import RUN, run
from verify.report.graph import SHAPES, graph
from verify.report.layering import layers, layout, spaced
from verify.report.model import VERDICTS, view

DIAMOND = {"a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"], "e": ["d", "a"], "alone": []}


def crossings(below: dict[str, list[str]], at: dict[str, object]) -> int:
    """How many pairs of lines between the same two layers cross."""
    lines = [(at[b].layer, at[b].height, at[n].layer, at[n].height) for n, bs in below.items() for b in bs]  # type: ignore[attr-defined]
    pairs = [(x, y) for k, x in enumerate(lines) for y in lines[k + 1 :] if (x[0], x[2]) == (y[0], y[2])]
    return sum((x[1] - y[1]) * (x[3] - y[3]) < 0 for x, y in pairs)


def test_what_rests_on_something_stands_right_of_it() -> None:
    at = layout(list(DIAMOND), DIAMOND)
    assert [at[n].layer for n in "abcde"] == [0, 1, 1, 2, 3]
    assert all(at[b].layer < at[n].layer for n, lower in DIAMOND.items() for b in lower)
    assert layout(list(DIAMOND), DIAMOND) == at


def test_no_two_stand_in_one_place() -> None:
    rng = random.Random(7)
    names = [f"n{k}" for k in range(120)]
    below = {n: rng.sample(names[:k], min(k, rng.randrange(3))) for k, n in enumerate(names)}
    at = layout(names, below)
    columns: dict[int, list[float]] = {}
    for position in at.values():
        columns.setdefault(position.layer, []).append(position.height)
    assert all(b - a > 1 - 1e-9 for column in columns.values() for a, b in pairwise(sorted(column)))


def test_a_planar_forest_is_drawn_with_few_crossings() -> None:
    names = [str(k) for k in range(64)]
    order = random.Random(3).sample(names, 64)
    below = {n: [str((int(n) - 1) // 3)] if n != "0" else [] for n in order}
    given_order = {n: type("P", (), {"layer": layers(order, below)[n], "height": k})() for k, n in enumerate(order)}
    assert crossings(below, layout(order, below)) < crossings(below, given_order) / 10


def test_a_cycle_is_cut_and_strangers_are_left_out() -> None:
    at = layout(["a", "b", "c"], {"a": ["b", "a"], "b": ["a", "unknown"], "c": ["b"]})
    assert set(at) == {"a", "b", "c"}
    assert len({(p.layer, p.height) for p in at.values()}) == 3


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=20))
def test_spaced_heights_are_apart_and_keep_the_mean(wanted: list[float]) -> None:
    found = spaced(wanted)
    assert all(b - a >= 1 - 1e-6 for a, b in pairwise(found))
    assert sum(found) == pytest.approx(sum(wanted), abs=1e-6)


def test_heights_that_are_apart_already_stay() -> None:
    assert spaced([0.0, 2.0, 7.5]) == [0.0, 2.0, 7.5]
    assert spaced([0.0, 0.0]) == [-0.5, 0.5]


def test_every_claim_is_a_link_with_a_name_and_every_relation_a_line() -> None:
    report = view(RUN)
    drawn = graph(report)
    assert drawn is not None
    root = ElementTree.fromstring(drawn.drawing)
    marks = root.findall("./g[@class='nodes']/a")
    assert {m.get("data-id") for m in marks} == {c.id for c in report.claims}
    assert all(m.get("href") == f"#{c.anchor}" for m in marks for c in report.claims if m.get("data-id") == c.id)
    assert all(str(m.get("aria-label")).startswith(f"{m.get('data-id')}: ") for m in marks)
    assert len(root.findall("./g[@class='edges']/path")) == drawn.edges == 2  # the third is not in this run


def test_shapes_tell_the_verdicts_apart() -> None:
    assert set(SHAPES) == set(VERDICTS)
    assert len(set(SHAPES.values())) == len(SHAPES)


def test_claims_without_relations_have_no_drawing() -> None:
    assert graph(view(run("open"))) is None
    assert graph(view(run("plain", "weak"))) is not None


def test_the_marks_stay_inside() -> None:
    drawn = graph(view(RUN))
    assert drawn is not None
    width, height = map(float, re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawn.drawing)[0])
    for x, y in re.findall(r"translate\(([\d.]+) ([\d.]+)\)", drawn.drawing):
        assert 0 < float(x) < width and 0 < float(y) < height

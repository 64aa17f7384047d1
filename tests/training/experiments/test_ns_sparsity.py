"""The sparsity experiment on a few made-up images: its arms, its decays, its rate, its continuation."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from training.data.batches import CIFAR
from training.data.images import Labelled
from training.experiments import checkpoints
from training.experiments import ns_sparsity as ns
from training.experiments.cells import Cell, Diverged, Finished
from training.experiments.ns_sparsity import EXPERIMENT, Course, Prepared, Settings
from training.factorize import factorize, factors
from verify.measured import Measurement
from verify.papers.never_saddle import experiments as claims

CPU = torch.device("cpu")
SMALL = Settings(width=2, size=8, depths=(2, 3), batch=5, epochs=3, rate=0.05, shift=1, seeds=(1, 2, 3))


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    made = torch.Generator().manual_seed(0)
    labels = torch.arange(20) % 4
    images = (torch.randint(0, 80, (20, 3, 8, 8), generator=made) + 45 * labels[:, None, None, None]).to(torch.uint8)
    data = Labelled(images, labels, ("a", "b", "c", "d"))
    return Prepared(data, data, CIFAR)


def course(prepared: Prepared, arm: str = "coupled_weak_2", s: Settings = SMALL, seed: int = 1) -> Course:
    return EXPERIMENT.begin(s, Cell(arm, seed), prepared, CPU)


def test_arms_are_those_of_the_tables_and_figures() -> None:
    names = {arm.name for arm in ns.arms(Settings())}
    assert len(names) == 12 and {"coupled_strong_2", "decoupled_weak_10", "decoupled_strong_4"} <= names
    assert all(ns.Arm.of(name).name == name for name in names)
    wanted = set()
    for draft in (claims.coupled_decay_costs_measured_accuracy, claims.decoupled_decay_needs_depth_for_sparsity):
        measurement = draft.build("never-saddle").measurement
        assert isinstance(measurement, Measurement)
        wanted |= set(measurement.expectation.domain.names)
    assert wanted == {f"{q}_{n}" for n in names for q in ("accuracy", "l1")} & wanted and len(wanted) > 8


def test_the_start_is_that_of_the_plain_network(prepared: Prepared) -> None:
    plain = ns.network(SMALL, 4, 1)
    for arm in ("coupled_weak_2", "decoupled_weak_3"):
        own = course(prepared, arm)
        size = sum(float(p.detach().abs().sum()) for p in plain.parameters() if p.ndim > 1)
        assert ns.norms(own.model)["l1"] == pytest.approx(size, rel=1e-4)
        assert len(factors(own.model)) == 20  # ResNet-20 has twenty layers with weights
        assert {len(parts) for parts in factors(own.model).values()} == {int(arm[-1])}


@pytest.mark.parametrize("kind", ["coupled", "decoupled"])
def test_decay_acts_on_the_factors_as_the_paper_says(kind: str) -> None:
    """Against a reference in double precision: one step from a gradient g, and the weights that are no factors."""
    model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
    factorize(model, 2)
    made = ns.optimizer(model, kind, 0.3, 0.1)
    before = {p: p.detach().double() for p in model.parameters()}
    for p in model.parameters():
        p.grad = torch.full_like(p, 0.01)
    made.step()
    own = {id(w) for parts in factors(model).values() for w in parts}
    for p, start in before.items():
        decay = 0.3 if id(p) in own else 0.0
        g = 0.01 + (decay * start if kind == "coupled" else 0.0)
        kept = start * (1 - 0.1 * decay) if kind == "decoupled" else start
        expected = kept - 0.1 * g / (abs(g) + 1e-8)
        torch.testing.assert_close(p.detach().double(), expected, atol=1e-6, rtol=1e-5)


def test_the_rate_falls_along_half_a_cosine() -> None:
    s = Settings(rate=0.2, epochs=10)
    assert [ns.rate(s, t) for t in (0, 5, 10)] == pytest.approx([0.2, 0.1, 0.0])
    warm = replace(s, warmup=2)
    assert ns.rate(warm, 1) == pytest.approx(0.1) and ns.rate(warm, 2) == pytest.approx(0.2) and ns.rate(warm, 0) > 0


def test_training_lowers_the_loss_and_goes_on_bitwise(prepared: Prepared, tmp_path: Path) -> None:
    whole = course(prepared)
    rows = [whole.advance(k) for k in range(3)]
    assert rows[-1]["loss"] < rows[0]["loss"]
    half = course(prepared)
    assert [half.advance(k) for k in range(2)] == rows[:2]
    checkpoints.save(tmp_path / "half", half.tensors(), {"fingerprint": "f", "plain": half.plain()})
    tensors, head = checkpoints.load(tmp_path / "half", "f") or ({}, {})
    taken_up = course(prepared)
    taken_up.load(tensors, head["plain"])
    assert taken_up.advance(2) == rows[2]
    assert all(torch.equal(t, taken_up.tensors()[name]) for name, t in whole.tensors().items())
    assert taken_up.measured() == whole.measured() and 0 <= whole.measured()["accuracy"] <= 100
    other = course(prepared, seed=2)
    assert other.advance(0) != rows[0]


def test_a_broken_optimizer_is_noticed(prepared: Prepared) -> None:
    climbing = course(prepared, s=replace(SMALL, rate=1e12))
    with pytest.raises(Diverged, match="epoch 1: the loss is"):
        climbing.advance(0)


def test_the_figure_has_a_panel_for_each_optimizer_and_decay() -> None:
    figure = pytest.importorskip("matplotlib.figure").Figure()
    s = replace(SMALL, depths=(2, 10))
    cells = EXPERIMENT.cells(s)
    found = {c.key: Finished(c, {"accuracy": 1.0, "l1": 1.0}, [{"l1": float(c.seed)}] * 2) for c in cells}
    EXPERIMENT.draw(EXPERIMENT.outcome(s, found), figure)
    assert [len(at.lines) for at in figure.axes] == [6, 6, 6, 6]
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == ["L = 2", "L = 10"]


def test_the_outcome_has_a_number_for_each_seed_and_compares_them() -> None:
    s = replace(SMALL, depths=(2, 10))
    found = {}
    for cell in EXPERIMENT.cells(s):
        value = float(cell.seed + 10 * cell.arm.count("strong"))
        found[cell.key] = Finished(cell, {"accuracy": value, "l1": value}, [{"l1": value}] * 3, state="x")
    failed = Cell("coupled_strong_2", 3)
    found[failed.key] = Finished(failed, failure="it failed", curves=[{"l1": 1.0}])
    outcome = EXPERIMENT.outcome(s, found)
    assert outcome.measured["accuracy_coupled_weak_2"] == [1.0, 2.0, 3.0]
    assert outcome.measured["l1_coupled_strong_2"][:2] == [11.0, 12.0]
    assert math.isnan(outcome.measured["l1_coupled_strong_2"][2])
    assert outcome.lines["AdamW, strong decay, L = 10, seed 2"] == {"x": [1.0, 2.0, 3.0], "y": [12.0] * 3}
    assert outcome.lines["Adam with coupled decay, strong decay, L = 2, seed 3"] == {"x": [1.0], "y": [1.0]}
    assert any("accuracy_coupled_strong_2 - accuracy_coupled_weak_2: 10 over 2 pairs" in n for n in outcome.notes)


def test_pictures_of_a_folder_are_taken_as_imagenet(tmp_path: Path) -> None:
    from PIL import Image

    for split in ("train", "val"):
        for k, name in enumerate(("cat", "dog")):
            (tmp_path / "imagenet" / split / name).mkdir(parents=True)
            for j in range(2):
                place = tmp_path / "imagenet" / split / name / f"{j}.png"
                Image.new("RGB", (40, 40), (90 * k, 100, 40 * j)).save(place)
    s = Settings(model="ResNet-50", data="ImageNet", width=1, size=32, depths=(2,), batch=2, epochs=2, warmup=1,
                 kept=str(tmp_path / "bytes"))  # fmt: skip
    prepared = EXPERIMENT.prepare(s, tmp_path)
    assert prepared.streamed and len(prepared.train) == 4 and prepared.train.classes == ("cat", "dog")
    own = course(prepared, "decoupled_strong_2", s)
    assert math.isfinite(own.advance(0)["loss"]) and len(factors(own.model)) == 54

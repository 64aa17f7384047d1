"""Distances, margins and pruning curves, against sums written out."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from training.factorize import factorize, fold  # noqa: E402
from training.measures import distances, gaps, margins, pruned, pruning_curve, snapshot  # noqa: E402


def test_distances_are_those_of_the_parameters() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    before = snapshot(model)
    with torch.no_grad():
        model[0].weight[0, 0] += 3
        model[1].bias[1] -= 4
    model[1].running_mean += 100  # a buffer
    assert distances(before, model) == pytest.approx({"L1": 7, "L2": 5}, rel=1e-6)
    assert distances(model.state_dict(), {n: t + 1 for n, t in model.state_dict().items()})["L1"] > 10
    with pytest.raises(ValueError, match="differ"):
        distances(before, nn.Linear(2, 2))
    with pytest.raises(ValueError, match="shape"):
        distances({"a": torch.zeros(2)}, {"a": torch.zeros(3)})


def test_distances_add_in_double_precision() -> None:
    many = {"a": torch.zeros(1_000_000), "b": torch.zeros(1)}
    moved = {"a": torch.full((1_000_000,), 1e-4), "b": torch.ones(1)}
    assert distances(many, moved)["L1"] == pytest.approx(101, rel=1e-7)
    turned = distances({"a": torch.zeros(2)}, {"a": torch.full((2,), 3 + 4j)})
    assert turned == {"L1": 10, "L2": pytest.approx(50**0.5)}


def test_gaps() -> None:
    outputs = torch.tensor([[1.0, 3.0, 2.0], [5.0, 1.0, 0.0]])
    assert gaps(outputs, torch.tensor([1, 2])).tolist() == [1.0, -5.0]
    assert gaps(torch.tensor([[2.0], [-3.0]]), torch.tensor([-1, -1])).tolist() == [-2.0, 3.0]
    assert gaps(torch.tensor([2.0, -3.0]), torch.tensor([1, 0])).tolist() == [2.0, 3.0]
    for wrong in ((outputs, [1]), (outputs[:, :1], [[1], [1]]), (outputs[0, 0], 1), (outputs[:0], [])):
        with pytest.raises(ValueError, match="do not fit"):
            gaps(wrong[0], torch.tensor(wrong[1]))


def test_margins_do_not_depend_on_the_scales_of_layers() -> None:
    model = nn.Sequential(nn.Linear(3, 4, bias=False), nn.ReLU(), nn.Linear(4, 2, bias=False))
    inputs = torch.randn(8, 3)
    labels = model(inputs).argmax(1)
    first = margins(model, model(inputs), labels)
    norms = [float(torch.linalg.vector_norm(p.detach())) for p in model.parameters()]
    assert first["normalized"] == pytest.approx(first["margin"] / (norms[0] * norms[1]))
    assert list(first["layers"].values()) == pytest.approx([first["margin"] / n for n in norms])
    with torch.no_grad():
        model[0].weight.mul_(1e3)
    second = margins(model, model(inputs), labels)
    assert second["normalized"] == pytest.approx(first["normalized"], rel=1e-4)
    assert second["margin"] == pytest.approx(1e3 * first["margin"], rel=1e-4)
    assert margins(model, model(inputs), 1 - labels)["normalized"] < 0
    other = margins(model, model(inputs), labels, p=1.0)
    assert other["normalized"] < second["normalized"]
    with pytest.raises(ValueError, match="none of them 0"):
        margins({"w": torch.zeros(2, 2)}, torch.zeros(1, 2), torch.tensor([0]))


def test_margins_of_many_layers_do_not_overflow() -> None:
    weights = {str(i): torch.full((2, 2), 1e30) for i in range(40)}
    found = margins(weights, torch.tensor([[1.0, 0.0]]), torch.tensor([0]))
    assert found["normalized"] == 0.0
    assert math.isfinite(found["margin"])


def test_pruning() -> None:
    model = nn.Sequential(nn.Linear(4, 5), nn.Linear(5, 2))
    before = snapshot(model)
    with pruned(model, 0.3) as cut:
        assert cut == {"0.weight": 6, "1.weight": 3}
        for name, p in model.named_parameters():
            if p.ndim > 1:
                gone = p == 0
                assert int(gone.sum()) == cut[name]
                assert before[name].abs()[gone].max() <= before[name].abs()[~gone].min()
            else:
                assert torch.equal(p, before[name])
    assert distances(before, model)["L1"] == 0
    with pytest.raises(RuntimeError), pruned(model, 1.0):
        raise RuntimeError
    assert distances(before, model)["L1"] == 0
    curve = pruning_curve(model, [0.0, 0.5, 1.0], lambda m: sum(int((p == 0).sum()) for p in m.parameters()))
    assert curve == {"x": [0.0, 0.5, 1.0], "y": [0.0, 15.0, 30.0]}
    assert pruning_curve(model, torch.linspace(0, 1, 2), lambda m: 0.0)["x"] == [0.0, 1.0]
    with pytest.raises(ValueError, match="fraction"), pruned(model, 1.5):
        pass


def test_factors_are_no_layers() -> None:
    model = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 2))
    inputs, labels = torch.randn(3, 4), torch.tensor([0, 1, 1])
    outputs = model(inputs)
    known = margins(model, outputs, labels)["normalized"]
    factorize(model, 3)
    with pytest.raises(ValueError, match=r"0\.weight is a product of factors"), pruned(model, 0.5):
        pass
    with pytest.raises(ValueError, match="fold"):
        margins(model, outputs, labels)
    fold(model)
    assert margins(model, outputs, labels)["normalized"] == pytest.approx(known)
    with pruned(model, 0.5) as cut:
        assert cut == {"0.weight": 10, "2.weight": 5}

"""Mirror descent on VGG-16: runs as text, cells that go on bitwise, quantities by the names that the claims ask for."""

from __future__ import annotations

import dataclasses

import pytest

torch = pytest.importorskip("torch")

from numerics.experiments.settings import SettingsError, checked, read  # noqa: E402
from training.data.images import Labelled  # noqa: E402
from training.experiments import running  # noqa: E402
from training.experiments.cells import Cell, Diverged, Finished  # noqa: E402
from training.experiments.mf_figure_4 import EXPERIMENT, TABLE_9, Prepared, Run, Settings, Trained  # noqa: E402

RUNS = ("gd 0.05", "gd 0.1", "hyp 0.01 0.05", "p10 0.1 0.05", "p10 10000 0.05")
SETTINGS = Settings(
    seeds=(7, 42), width=1, images=40, validation=20, epochs=2, batch=20, runs=RUNS,
    shown=("gd 0.05", "hyp 0.01 0.05", "p10 0.1 0.05"), large="p10 10000 0.05", sparsities=(0.0, 0.5),
)  # fmt: skip
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    generator = torch.Generator().manual_seed(5)

    def drawn(count: int) -> Labelled:
        images = torch.randint(0, 256, (count, 3, 32, 32), generator=generator, dtype=torch.uint8)
        return Labelled(images, torch.arange(count) % 10, tuple("abcdefghij"))

    return Prepared(drawn(40), drawn(10), drawn(10))


def test_a_cell_goes_on_where_it_was_left(prepared: Prepared) -> None:
    cell = Cell("hyp_0.01_0.05", 7)
    whole = Trained(SETTINGS, cell, prepared, CPU)
    for unit in range(2):
        row = whole.advance(unit)
    assert set(row) == {"loss", "accuracy"}
    first, second = Trained(SETTINGS, cell, prepared, CPU), Trained(SETTINGS, cell, prepared, CPU)
    first.advance(0)
    second.load(first.tensors(), first.plain())
    second.advance(1)
    ends = [course.tensors() for course in (whole, first, second)]
    assert all(torch.equal(ends[0][name], ends[2][name]) for name in ends[0])
    assert not all(torch.equal(ends[0][name], ends[1][name]) for name in ends[0])
    found = whole.measured()
    assert found["curve"][0] == found["accuracy"]
    assert abs(sum(found["histogram_first"]) - 1) < 0.1


def test_what_diverges_is_said(prepared: Prepared) -> None:
    course = Trained(SETTINGS, Cell("gd_0.05", 7), prepared, CPU)
    course.advance(0)
    with torch.no_grad():
        next(course.model.parameters()).fill_(torch.inf)
    with pytest.raises(Diverged, match="not finite in epoch 2"):
        course.advance(1)


def finished(settings: Settings, values: dict[str, float]) -> dict[str, Finished]:
    """Cells whose accuracies are those of their arms plus a hundredth of their seed; pruned: half of that."""
    found = {}
    for cell in EXPERIMENT.cells(settings):
        value = values[cell.arm] + cell.seed / 100
        row = {"choosing": value, "accuracy": value, "pruned": value / 2, "shape_first": 3.0, "shape_last": 3.0}
        lists = {"curve": [value, value / 2], "histogram_first": [0.5, 0.5], "histogram_last": [0.5, 0.5]}
        curves = [{"loss": 1.0, "accuracy": value}]
        found[cell.key] = Finished(cell, {**row, **lists}, curves)
    return found


VALUES = {"gd_0.05": 40.0, "gd_0.1": 42.0, "hyp_0.01_0.05": 44.0, "p10_0.1_0.05": 41.0, "p10_10000_0.05": 43.0}


def test_quantities_are_those_of_the_claims() -> None:
    found = finished(SETTINGS, VALUES)
    figure = EXPERIMENT.outcome(SETTINGS, found)
    assert figure.measured["accuracy_pruned_hyp"] == pytest.approx([22.035, 22.21])
    assert figure.measured["accuracy_pruned_gd"] == pytest.approx([20.035, 20.21])  # of the run shown, not of the best
    assert figure.measured["accuracy_pruned_p10"] == pytest.approx([20.535, 20.71])
    assert figure.lines["pruning, hyp"]["x"] == [0.0, 0.5]
    table = TABLE_9.outcome(SETTINGS, found)
    assert table.measured["accuracy_gd"] == pytest.approx([42.07, 42.42])  # the better rate
    assert table.measured["accuracy_p10"] == pytest.approx([43.07, 43.42])
    assert "gd: rate 0.1" in table.notes[0]
    worse = TABLE_9.outcome(SETTINGS, finished(SETTINGS, {**VALUES, "gd_0.1": 30.0}))
    assert worse.measured["accuracy_gd"] == pytest.approx([40.07, 40.42])


def test_a_failed_seed_is_no_number_and_chooses_nothing() -> None:
    found = finished(SETTINGS, VALUES)
    found["gd_0.1-7"] = Finished(Cell("gd_0.1", 7), failure="the gradient is not finite")
    assert TABLE_9.outcome(SETTINGS, found).measured["accuracy_gd"] == pytest.approx([40.07, 40.42])
    found["gd_0.05-42"] = Finished(Cell("gd_0.05", 42), failure="the gradient is not finite")
    column = EXPERIMENT.outcome(SETTINGS, found).measured["accuracy_pruned_gd"]
    assert column[0] == pytest.approx(20.035) and column[1] != column[1]


def test_settings() -> None:
    for form in running.forms("mf-figure-4").values():
        assert read(Settings, form).seeds
    given = dataclasses.asdict(SETTINGS)
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}
    for wrong, message in (
        ({"runs": ["sgd 0.1"]}, "a run is"), ({"runs": ["gd 0.1 0.1"]}, "a run is"), ({"runs": ["gd -1"]}, "positive"),
        ({"seeds": [1234]}, "sweep_seed"), ({"shown": ["gd 0.3"]}, "none of the runs"), ({"images": 60000}, "CIFAR-10"),
    ):  # fmt: skip
        with pytest.raises(SettingsError, match=message):
            checked(Settings, {**plain, **wrong})
    assert checked(Settings, plain) == SETTINGS
    assert Run.read("p10 0.1 0.05").arm == "p10_0.1_0.05"

"""Fine-tuning on pictures: continued to the bit, distances of parameters alone, signs of eigenvalues beyond a doubt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("PIL")

from safetensors.torch import save_file  # noqa: E402

from numerics.experiments.settings import SettingsError, checked  # noqa: E402
from tests.training.data import cases  # noqa: E402
from training.data.places import Missing  # noqa: E402
from training.experiments.cells import Cell, Diverged, Finished  # noqa: E402
from training.experiments.ns_finetune_vision import ARMS, EXPERIMENT, FLOWERS, Settings, Tuned, described  # noqa: E402
from training.models.resnet import resnet18  # noqa: E402
from training.spectra import Spectrum  # noqa: E402

TINY = Settings(
    seeds=(1, 2), model="tiny.safetensors", data="pictures", size=32, epochs=2, batch=4, rate=1e-3, large_rate=0.05,
    eigenvalues=2, hessian_images=4, spectra_every=0, tolerance=0.05, products=6,
)  # fmt: skip
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    room = tmp_path_factory.mktemp("data")
    cases.class_folder(room)
    save_file({n: t.contiguous() for n, t in resnet18(5, width=2).state_dict().items()}, room / "tiny.safetensors")
    return room


def begun(folder: Path, settings: Settings = TINY, arm: str = "adam") -> Tuned:
    return EXPERIMENT.begin(settings, Cell(arm, 1), EXPERIMENT.prepare(settings, folder), CPU)


def test_a_cell_and_its_continuation(folder: Path) -> None:
    whole, first = begun(folder), begun(folder)
    torch.manual_seed(5)
    rows = [whole.advance(0), whole.advance(1)]
    first.advance(0)
    later = begun(folder)
    later.load({n: t.clone() for n, t in first.tensors().items()}, first.plain())
    assert later.advance(1) == rows[1] and later.measured() == whole.measured()
    assert all(torch.equal(a, whole.tensors()[n]) for n, a in later.tensors().items())
    anew = begun(folder)
    anew.advance(1)  # without what the first epoch left it is another
    assert anew.measured() != whole.measured()

    found = whole.measured()
    gaps = [(p.detach() - whole.start[n]).double() for n, p in whole.model.named_parameters()]
    assert found["l1"] == pytest.approx(sum(float(g.abs().sum()) for g in gaps))
    assert found["l2"] == pytest.approx(sum(float(g.square().sum()) for g in gaps) ** 0.5)
    assert not any("running" in n for n in whole.start)  # statistics are no parameters
    values = found["eigenvalues"]
    assert isinstance(values, list) and values == sorted(values, reverse=True) and len(values) == 2


def test_arms_differ_in_the_optimizer_and_its_rate_alone(folder: Path) -> None:
    cells = {arm: begun(folder, arm=arm) for arm in ARMS}
    weights = [list(c.model.parameters()) for c in cells.values()]
    assert all(torch.equal(a, b) for other in weights[1:] for a, b in zip(weights[0], other, strict=True))
    rates = {arm: c.optimizer.param_groups[0]["lr"] for arm, c in cells.items()}
    assert rates == {"sgd_small": 1e-3, "sgd_large": 0.05, "adam": 1e-3}
    assert [type(c.optimizer).__name__ for c in cells.values()] == ["SGD", "SGD", "Adam"]


def test_spectra_over_training(folder: Path) -> None:
    rows = [(cell := begun(folder, replace(TINY, spectra_every=1, epochs=1))).advance(0)]
    assert {"negative", "least", "eigenvalue_2"} <= rows[0].keys()
    hessian = cell.spectrum()
    assert hessian.values.tolist() == [rows[0][f"eigenvalue_{k}"] for k in (1, 2)]
    assert "eigenvalue_1" not in begun(folder).advance(0)


def test_a_sign_needs_more_than_the_residual() -> None:
    values, residuals = torch.tensor([2.0, -0.1, -3.0]), torch.tensor([0.1, 0.2, 0.2])
    assert described(Spectrum(values, residuals, None, 9, True))["negative"] == 1
    assert described(Spectrum(values, residuals / 10, None, 9, True))["negative"] == 2


def test_a_loss_that_is_not_finite_ends_the_cell(folder: Path) -> None:
    with pytest.raises(Diverged, match=r"the loss is (nan|inf) at step \d+ of epoch"):
        cell = begun(folder, replace(TINY, large_rate=1e30, epochs=4), "sgd_large")
        for unit in range(4):
            cell.advance(unit)


def test_outcome_names_what_the_claims_name() -> None:
    one: dict[str, Any] = {"accuracy": 50.0, "l1": 2.0, "l2": 1.0, "ratio": 2.0, "residual": 0.1,
                           **described(Spectrum(torch.tensor([2.0, -1.0]), torch.zeros(2), None, 5, True))}  # fmt: skip
    cells = EXPERIMENT.cells(TINY)
    found = {c.key: Finished(c, dict(one)) for c in cells}
    found["adam-2"].failure = "the loss is nan"
    outcome = EXPERIMENT.outcome(TINY, found)
    for name in ("negative", "least", "accuracy", "l1", "l2"):
        assert all(len(outcome.measured[f"{name}_{arm}"]) == 2 for arm in ARMS)
    assert outcome.measured["l1_adam"][1] != outcome.measured["l1_adam"][1]  # the seed that failed
    assert "eigenvalues_adam" not in outcome.measured and outcome.lines["Adam, seed 1"]["y"] == [2.0, -1.0]
    assert any(note.startswith("negative_adam - negative_sgd_small") for note in outcome.notes)


def test_the_figure(folder: Path) -> None:
    matplotlib = pytest.importorskip("matplotlib.figure")
    cells = FLOWERS.cells(TINY)
    found = {c.key: Finished(c, {"eigenvalues": [1.0, -2.0]}) for c in cells}
    figure = matplotlib.Figure()
    FLOWERS.draw(FLOWERS.outcome(TINY, found), figure)
    assert [len(a.lines) for a in figure.axes] == [4, 4]


def test_what_is_refused(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Missing, match=r"tiny\.safetensors is missing"):
        EXPERIMENT.prepare(TINY, tmp_path)
    (tmp_path / "tiny.safetensors").write_bytes((folder / "tiny.safetensors").read_bytes())
    with pytest.raises(Missing, match="pictures is missing"):
        EXPERIMENT.prepare(TINY, tmp_path)
    for model, looked in (("other.safetensors", r"other\.safetensors is missing"), ("ViT-Large", "looked for .*in21k")):
        with monkeypatch.context() as patched:  # before all pictures are decoded
            patched.setattr("training.experiments.images.load", lambda *_, **__: pytest.fail("decoded first"))
            with pytest.raises(Missing, match=looked):
                EXPERIMENT.prepare(replace(TINY, model=model), folder)
    for wrong in ({"split": "train"}, {"epochs": 0}, {"rate": -1.0}, {"seeds": [1, 1]}, {"zoom": 0.0}, {"products": 3}):
        with pytest.raises(SettingsError):
            checked(Settings, wrong)

"""Fine-tuning on sentences and the balances of attention, on a small encoder and tables made on the spot."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
files = pytest.importorskip("safetensors.torch")

from numerics.experiments.settings import SettingsError, checked  # noqa: E402
from tests.training.data.sentences import RTE as ENTAILMENT  # noqa: E402
from tests.training.data.sentences import SST, archive, many  # noqa: E402
from tests.training.models.encoders import folder  # noqa: E402
from training.data.places import Missing  # noqa: E402
from training.experiments import ns_attention, ns_finetune_language  # noqa: E402
from training.experiments.cells import Cell, Diverged  # noqa: E402
from training.experiments.running import forms, train  # noqa: E402
from training.spectra import Spectrum  # noqa: E402
from verify.papers.never_saddle import experiments as claims  # noqa: E402

CPU = torch.device("cpu")
SMALL: dict[str, Any] = {"seeds": [1, 2], "epochs": 2, "texts": 8, "length": 16, "batch": 4, "rate": 1e-3}
SPECTRA: dict[str, Any] = {"eigenvalues": 2, "hessian_texts": 3, "products": 6, "tolerance": 1e-2, "spectra_every": 0}
DECODER: dict[str, Any] = {
    "width": 8, "layers": 2, "heads": 2, "key_heads": 1, "context": 8, "windows": 2, "steps": 40, "sgd_rate": 0.1,
}  # fmt: skip


@pytest.fixture
def data(tmp_path: Path) -> Path:
    place = tmp_path / "data"
    folder(place / "bert")
    archive(place, mrpc_train=many(24), mrpc_dev=many(10), rte_train=ENTAILMENT, sst2_train=SST)
    return place


def settings_file(path: Path, **values: Any) -> Path:
    path.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items()))
    return path


def names(claim: Any) -> set[str]:
    """The quantities in the expectation of a claim."""
    return set(claim.build("never-saddle").measurement.expectation.domain.names)


def test_all_quantities_of_the_claims_are_measured(tmp_path: Path, data: Path) -> None:
    model = str(data / "bert")
    file = settings_file(tmp_path / "s.toml", model=model, **SMALL, **SPECTRA)
    run = train("ns-finetune-language", tmp_path / "run", settings_file=file, data=data)
    assert run is not None
    measured = run.results["measured"]
    for claim in (claims.adam_leaves_the_saddle_in_language, claims.adam_moves_more_uniformly_in_language):
        for name in names(claim):
            assert len(measured[name]) == 2 and None not in measured[name]
    for name in ("accuracy", "l1", "l2", "least"):
        assert {f"{name}_{arm}" for arm in ("sgd_small", "sgd_large", "adam")} <= set(measured)
    for k in range(2):
        assert measured["l2_sgd_small"][k] < measured["l2_sgd_large"][k]
        assert measured["l1_adam"][k] <= measured["l2_adam"][k] * math.sqrt(10_000)
    assert len(run.results["lines"]) == 6
    assert any("negative_adam - negative_sgd_small" in note for note in run.results["notes"])
    file = settings_file(tmp_path / "a.toml", model=model, **SMALL, **DECODER)
    run = train("ns-attention", tmp_path / "other", settings_file=file, data=data)
    assert run is not None
    measured = run.results["measured"]
    for claim in (claims.balances_of_attention_shrink, claims.signs_change_minimally):
        for name in names(claim):
            assert measured[name] == measured[f"{name}_adamw"]
            assert measured[name] != measured.get(f"{name}_decoder_adamw")
    assert "flipped_q_decoder" not in measured
    for label, line in run.results["lines"].items():
        arm, q = label.lower().split(", ")
        after, before = (measured[f"balance_{q}_{when}_{arm}"] for when in ("after", "before"))
        ends = sorted(a / b for a, b in zip(after, before, strict=True))
        assert [line["low"][-1], line["high"][-1]] == pytest.approx(ends) and ends[0] < line["y"][-1] < ends[1]
        assert line["low"][0] == line["y"][0] == line["high"][0] == 1
    # plain gradient steps keep the balance in L2, AdamW does not
    kept, moved = (
        max(abs(measured[f"balance_l2_after_{arm}"][k] / measured[f"balance_l2_before_{arm}"][k] - 1) for k in range(2))
        for arm in ("decoder_sgd", "decoder_adamw")
    )
    assert kept < moved / 3


def courses(data: Path, arm: str) -> tuple[Any, Any]:
    """Two of the same cell."""
    if arm in ns_finetune_language.ARMS:
        chosen: Any = ns_finetune_language
        more = {**SPECTRA, "dropout": 0.2}
    else:
        chosen, more = ns_attention, {**DECODER, "dropout": 0.2}
    s = checked(chosen.Settings, {**SMALL, "model": str(data / "bert"), **more})
    prepared = chosen.EXPERIMENT.prepare(s, data)
    one, two = (chosen.EXPERIMENT.begin(s, Cell(arm, 1), prepared, CPU) for _ in range(2))
    return one, two


@pytest.mark.parametrize("arm", ["adam", "adamw", "decoder_adamw", "decoder_sgd"])
def test_a_cell_goes_on_to_the_bit(data: Path, arm: str) -> None:
    one, two = courses(data, arm)
    one.advance(0)
    two.load({n: t.clone() for n, t in one.tensors().items()}, json.loads(json.dumps(one.plain())))
    torch.rand(5)
    rows = [course.advance(1) for course in (one, two)]
    assert rows[0] == rows[1]
    assert one.measured() == two.measured()
    fresh = courses(data, arm)[0]
    assert fresh.advance(1) != rows[0]
    assert any(not torch.equal(t, two.tensors()[n]) for n, t in fresh.tensors().items())


def test_divergence_and_signs_within_the_residual(data: Path) -> None:
    one, _ = courses(data, "sgd_large")
    one.rate = 1e30
    with pytest.raises(Diverged, match="the loss is") as told:
        for unit in range(2):
            one.epoch(unit)
    assert "\n" not in str(told.value)
    values, residuals = torch.tensor([3.0, -0.1, -2.0]), torch.tensor([0.0, 0.2, 0.1])
    found = ns_finetune_language.described(Spectrum(values, residuals, None, 9, True))
    assert (found["negative"], found["least"], found["residual"]) == (1.0, -2.0, pytest.approx(0.2))


def test_a_pair_of_ones_own(tmp_path: Path) -> None:
    known = {"hidden_size": 6, "num_attention_heads": 2, "num_key_value_heads": 1}
    q, k = "model.layers.0.self_attn.q_proj.weight", "model.layers.0.self_attn.k_proj.weight"
    base, tuned = tmp_path / "base", tmp_path / "tuned"
    before = {q: torch.full((6, 6), 2.0), k: torch.ones(3, 6)}
    after = {q: before[q].clone(), k: 2 * before[k]}
    after[q][0] *= -1
    for place, state in ((base, before), (tuned, after)):
        place.mkdir()
        files.save_file(state, place / "model.safetensors")
        (place / "config.json").write_text(json.dumps(known))
    said = {"model": "LLaMA", "seeds": [0], "base": str(base), "tuned": str(tuned)}
    run = train("ns-attention", tmp_path / "run", settings_file=settings_file(tmp_path / "s.toml", **said))
    assert run is not None
    measured = run.results["measured"]
    assert measured["balance_l1_before"] == measured["balance_l1_before_pair"] == [72 - 18]
    assert measured["balance_l1_after"] == [72 - 36]
    assert measured["balance_l2_after"] == [144 - 72]
    assert measured["flipped_q"] == [pytest.approx(1 / 6)]
    assert measured["flipped_k"] == [0]
    assert measured["group_l1_before"] == [72 - 18]
    (tuned / "model.safetensors").write_bytes((tuned / "model.safetensors").read_bytes()[:-4])
    with pytest.raises(Missing, match="cannot be read"):
        train("ns-attention", tmp_path / "run", settings_file=tmp_path / "s.toml", fresh=True)


def test_a_pair_of_other_encoders(tmp_path: Path) -> None:
    """Whose configuration calls its sizes otherwise: nothing is shared between heads, and nothing is asked of it."""
    names_ = [f"transformer.layer.0.attention.{role}_lin.weight" for role in "qk"]
    for k, place in enumerate(("base", "tuned")):
        (tmp_path / place).mkdir()
        files.save_file({n: torch.full((6, 6), 1.0 + j + k) for j, n in enumerate(names_)},
                        tmp_path / place / "model.safetensors")  # fmt: skip
        (tmp_path / place / "config.json").write_text('{"dim": 6, "n_heads": 2}')
    said = {"seeds": [0], "base": str(tmp_path / "base"), "tuned": str(tmp_path / "tuned")}
    file = settings_file(tmp_path / "s.toml", **said)
    run = train("ns-attention", tmp_path / "run", settings_file=file)
    assert run is not None and run.results["measured"]["balance_l1_before"] == [36]
    assert not any(name.startswith("group") for name in run.results["measured"])
    (tmp_path / "tuned" / "config.json").write_text("{")
    assert train("ns-attention", tmp_path / "run", settings_file=file, fresh=True) is not None
    (tmp_path / "base" / "config.json").write_text("{")
    with pytest.raises(Missing, match=r"config\.json cannot be read"):
        train("ns-attention", tmp_path / "run", settings_file=file, fresh=True)


BAD = [
    ("ns-finetune-language", {"data": "CoLA"}, "data must be one of"),
    ("ns-finetune-language", {"epochs": 0}, "at least 1"),
    ("ns-finetune-language", {"products": 10, "eigenvalues": 9}, "twice the eigenvalues"),
    ("ns-finetune-language", {"seeds": [1, 1]}, "seeds must differ"),
    ("ns-attention", {"base": "x"}, "together"),
    ("ns-attention", {"base": "x", "tuned": "y"}, "seeds = "),
    ("ns-attention", {"heads": 3}, "cannot have"),
]


@pytest.mark.parametrize(("name", "values", "message"), BAD)
def test_settings_that_cannot_be(tmp_path: Path, name: str, values: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        train(name, tmp_path / "run", settings_file=settings_file(tmp_path / "s.toml", **values))


def test_forms_and_missing_data(tmp_path: Path, data: Path) -> None:
    for chosen in (ns_finetune_language.EXPERIMENT, ns_attention.EXPERIMENT):
        assert list(forms(chosen.name)) == ["small", "full"]
    s = replace(ns_finetune_language.Settings(), model=str(data / "bert"), drawn_length=8)
    for left, message in (({"model": "BERT-base"}, "bert-base-uncased is missing"), ({"data": "RTE"}, "rte/dev")):
        with pytest.raises(Missing, match=message) as told:
            ns_finetune_language.EXPERIMENT.prepare(replace(s, **left), data)
        assert "\n" not in str(told.value)

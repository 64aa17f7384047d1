"""The GPU's kernel against the plain reference: in Triton's interpreter on the CPU, and on a GPU where asked for.

What the interpreter runs is skipped where torch and Triton are not installed.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from numerics.experiments import ExperimentError, SettingsError, experiment, run
from numerics.sweep import Adam, Data, NoGpu, Setting, Sweep, gpu
from tests.numerics.sweep import cases
from verify.cli.simulate import command

ROOT = Path(__file__).resolve().parents[3]
# One setting of each kind, of two depths, so that a launch holds all of them.
FEW = [
    k for k, s in enumerate(cases.SETTINGS)
    if s.depth in (1, 2) and (s.coupled, s.decoupled) == (0.2, 0.3) and bool(s.batch) == (s.depth == 2)
]  # fmt: skip
CLASSIFIED = [
    k for k, s in enumerate(cases.CLASSIFIED)
    if s.depth in (1, 2) and s.coupled and bool(s.batch) == (s.depth == 2)
]  # fmt: skip
MUTANTS = {
    "sign turned": ("tl.where(u > 0.0, 1.0", "tl.where(u > 0.0, -1.0"),
    "root not taken": ("power = tl.sqrt(size)", "power = size"),
    "power not the conjugate's": ("(q - 1.0) * tl.log(size)", "q * tl.log(size)"),
    "coupled decay left out": ("before[layer] * after + coupled * w[layer]", "before[layer] * after"),
    "decoupled decay grows": ("(direction + decoupled * w[layer])", "(direction - decoupled * w[layer])"),
    "the layers before forgotten": ("before[layer - 1] * w[layer - 1]", "before[layer - 1]"),
    "a sum for a mean over the batch": (" / size.to(tl.float64)", ""),
    "one batch for ever": ("(step * size + slots)", "slots"),
    "one batch for all seeds": ("_mixed(seed) ^", "_mixed(seed - seed) ^"),
    "a sample drawn twice": ("(taken > 0), top, chosen", "(taken > 0), chosen, chosen"),
    "the truth forgotten": ("w[LAYERS - 1] - goal", "w[LAYERS - 1]"),
    "first mean not made up for": ("first = 1.0 - tl.exp(tl.log(beta1) * (step + 1))", "first = 1.0"),
    "epsilon under the root": ("tl.sqrt(square / second) + epsilon", "tl.sqrt(square / second + epsilon)"),
    "moments forgotten between launches": ("means[layer], mask=adapted)", "0.0 * means[layer], mask=adapted)"),
}
EXPONENTIAL_MUTANTS = {
    "up the loss": ("each * (-tl.where", "each * (tl.where"),
    "the loss left out": ("tl.where(rescaled != 0, 1.0, mean)", "1.0"),
    "the loss never left out": ("tl.where(rescaled != 0, 1.0, mean)", "mean"),
    "a sum for a mean over the samples": ("total / tl.sum(tl.where(used, 1.0, 0.0), axis=0)", "total"),
    "the least margin forgotten": ("axis=0)) - least)", "axis=0)))"),
    "samples that are not there": ("tl.where(used, tl.exp(least - margin), 0.0)", "tl.exp(least - margin)"),
    "the smallest is nothing": ("tl.where(tl.abs(u) < smallest, 0.0, found)", "found"),
}


def interpreted(
    runs: dict[str, list[int]], steps: int, mutants: dict[str, tuple[str, str, str]], seeds: int = 2
) -> dict[str, dict[str, float]]:
    for name in ("torch", "triton"):
        if importlib.util.find_spec(name) is None:  # in this process they need not be loaded
            pytest.skip(f"{name} is not installed: pip install .[gpu]")
    asked = json.dumps({"runs": runs, "steps": steps, "seeds": seeds, "mutants": mutants})
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.numerics.sweep.interpreted"], input=asked, capture_output=True,
        text=True, cwd=ROOT, env=os.environ | {"TRITON_INTERPRET": "1"}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, float]] = json.loads(done.stdout)
    return found


def test_every_kind_of_lane_moves_as_the_reference() -> None:
    fewer = {"square": FEW[::4] + FEW[3::4], "exponential": CLASSIFIED[::4] + CLASSIFIED[3::4]}
    found = interpreted(fewer, 2, {}, seeds=1)
    for loss in ("square", "exponential"):
        assert found[loss].keys() == cases.CLOSE.keys()
        assert cases.agrees(found[loss]), found


@pytest.mark.slow
def test_lanes_of_all_depths_move_as_the_reference() -> None:
    chosen = {"square": cases.SETTINGS, "exponential": cases.CLASSIFIED}
    found = interpreted({loss: list(range(0, len(s), 5)) for loss, s in chosen.items()}, 12, {})
    assert all(cases.agrees(f) for f in found.values()), found


@pytest.mark.slow
def test_mutants_are_refused() -> None:
    mutants = {name: ("square", *change) for name, change in MUTANTS.items()}
    mutants |= {name: ("exponential", *change) for name, change in EXPONENTIAL_MUTANTS.items()}
    found = interpreted({"square": FEW, "exponential": CLASSIFIED}, 9, mutants)
    assert cases.agrees(found.pop("square")) and cases.agrees(found.pop("exponential"))
    assert found.keys() == mutants.keys()
    assert [name for name, gaps in found.items() if cases.agrees(gaps)] == []


@pytest.mark.slow
def test_it_compiles_for_a_gpu_that_is_not_there() -> None:
    triton = pytest.importorskip("triton", reason="triton is not installed: pip install .[gpu]")
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    from numerics.sweep import gpu_kernel

    doubles, words = ["weights", "exchanged", "truth", "gram", "samples", "epsilons"], ["seeds", "firsts"]
    doubles += ["qs", "rates", "coupleds", "decoupleds", "smallests", "beta1s", "beta2s"]
    kinds = dict.fromkeys(doubles, "*fp64") | dict.fromkeys([*words, "depths", "batches", "rescaleds"], "*i64")
    for slots, adam, kept in ((0, False, 0), (8, True, 0), (8, True, 32)):
        chosen: dict[str, Any] = {"N": 32, "LAYERS": 3, "SLOTS": slots, "FULL": True, "ADAM": adam, "KEPT": kept}
        names = gpu_kernel.descend.arg_names
        signature = {n: "constexpr" if n in chosen else kinds.get(n, "i64" if n in ("done", "steps") else "i32")
                     for n in names}  # fmt: skip
        values = {(names.index(n),): value for n, value in chosen.items()}
        source = ASTSource(fn=gpu_kernel.descend, signature=signature, constexprs=values)
        options = {"num_warps": 1, "enable_fp_fusion": True}
        found = triton.compile(source, target=GPUTarget("cuda", 90, 32), options=options)
        assert found.asm["cubin"]


@pytest.mark.gpu
@pytest.mark.parametrize("loss", ["square", "exponential"])
def test_lanes_on_the_gpu_move_as_the_reference(loss: str) -> None:
    if gpu.interpreted():
        pytest.fail("the interpreter is no GPU: unset TRITON_INTERPRET")
    chosen = {"square": (cases.DATA, cases.SETTINGS), "exponential": (cases.SEPARABLE, cases.CLASSIFIED)}
    sweep = Sweep(*chosen[loss])
    weights, pieces = sweep.start(cases.SCALE), sweep.start(cases.SCALE)
    sweep.advance(weights, 0, cases.STEPS, device="cuda")
    for done, steps in ((0, 7), (7, 0), (7, 1), (8, cases.STEPS - 8)):
        sweep.advance(pieces, done, steps, device="cuda")
    assert np.array_equal(weights, pieces)
    found = cases.worst(sweep, weights, cases.STEPS)
    assert cases.agrees(found), found


@pytest.mark.gpu
@pytest.mark.parametrize("features", [1, 33, 100, 128])
def test_lanes_of_all_sizes_on_the_gpu_move_as_the_reference(features: int) -> None:
    data = Data.gaussian(tuple(range(9)), features, samples=5, support=1)
    settings = [Setting(q, 3, 1e-3, batch=b) for q in (1.0, 1.5, 2.0) for b in (0, 5)] + [
        Setting(2.0, 2, 1e-3, adam=Adam())
    ]
    for sweep in (Sweep(data, settings), Sweep(Data.separable(tuple(range(9)), features, 80, 1), settings)):
        weights = sweep.start(cases.SCALE)
        sweep.advance(weights, 0, 20, device="cuda")
        found = cases.worst(sweep, weights, 20)
        assert cases.agrees(found), found


def without_gpu(monkeypatch: pytest.MonkeyPatch, installed: bool) -> Sweep:
    import types

    torch, kernel = types.ModuleType("torch"), types.ModuleType("numerics.sweep.gpu_kernel")
    torch.cuda = types.SimpleNamespace(is_available=lambda: False)  # type: ignore[attr-defined]
    kernel.descend = None  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "triton", None)
    monkeypatch.delattr("numerics.sweep.gpu_kernel", raising=False)
    if installed:
        monkeypatch.setitem(sys.modules, "numerics.sweep.gpu_kernel", kernel)
    else:
        monkeypatch.delitem(sys.modules, "numerics.sweep.gpu_kernel", raising=False)
    monkeypatch.delenv("TRITON_INTERPRET", raising=False)
    return Sweep(cases.DATA, [Setting(2.0, 2, 1e-2)])


@pytest.mark.parametrize(
    ("installed", "message"), [(True, "no CUDA device"), (False, r"need triton: pip install 'mirrorproof\[gpu\]'")]
)
def test_without_a_gpu_one_line_says_so(monkeypatch: pytest.MonkeyPatch, installed: bool, message: str) -> None:
    sweep = without_gpu(monkeypatch, installed)
    weights = sweep.start(cases.SCALE)
    with pytest.raises(NoGpu, match=message) as told:
        sweep.advance(weights, 0, 5, device="cuda")
    assert "\n" not in str(told.value) and np.array_equal(weights, sweep.start(cases.SCALE))


def test_a_run_that_finds_no_gpu_says_so_and_begins_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_gpu(monkeypatch, installed=True)
    with pytest.raises(ExperimentError, match="no CUDA device"):
        run(experiment("ns-figure-7"), tmp_path, device="cuda")
    with pytest.raises(SettingsError, match="ns-figure-1 runs on the cpu alone, not on cuda"):
        run(experiment("ns-figure-1"), tmp_path, device="cuda")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["ns-figure-7", "--device", "cuda"], 1, "no CUDA device"),
        (["ns-figure-1", "--device", "cuda"], 2, "the cpu alone"),
        (["ns-figure-7", "--device", "cuda", "--jobs", "2"], 2, "goes with one run in this process"),
        (["ns-figure-7", "ns-table-4", "--device", "cuda"], 2, "goes with one run in this process"),
        (["ns-figure-7", "--device", "tpu"], 2, "tpu"),
    ],
)
def test_the_command_line_says_so_too(
    arguments: list[str], status: int, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_gpu(monkeypatch, installed=True)
    found = CliRunner().invoke(command, [*arguments, "--out", str(tmp_path / "out")])
    assert found.exit_code == status and message in found.output
    assert "Traceback" not in found.output and not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_run_on_the_gpu_ends_where_that_on_the_cpu_does(tmp_path: Path) -> None:
    """With the interpreter for a GPU."""
    for name in ("torch", "triton", "numba"):
        pytest.importorskip(name, reason=f"{name} is not installed: pip install .[gpu,simulate]")
    file = tmp_path / "small.toml"
    file.write_text("samples = 8\nfeatures = 10\nsupport = 2\ndepths = [1, 2]\nrate = 1e-3\nsteps = 12\n"
                    "seeds = [1, 2]\npart_steps = 6\nstrengths = [1e-2]\n")  # fmt: skip
    found = {}
    for device in ("cpu", "cuda"):
        asked = [sys.executable, "-m", "mirrorproof", "simulate", "ns-table-4", "--settings", str(file), "--json",
                 "--no-plots", "--device", device, "--out", str(tmp_path)]  # fmt: skip
        if device == "cuda":
            asked.append("--fresh")
        done = subprocess.run(asked, capture_output=True, text=True, cwd=ROOT, check=True,
                              env=os.environ | {"TRITON_INTERPRET": "1", "PYTHONWARNINGS": "ignore"})  # fmt: skip
        found[device] = json.loads(done.stdout)
    assert found["cuda"]["provenance"]["accelerator"] == "Triton's interpreter"
    assert "accelerator" not in found["cpu"]["provenance"]
    assert found["cuda"]["provenance"]["fingerprint"] != found["cpu"]["provenance"]["fingerprint"]
    for name, values in found["cpu"]["measured"].items():
        assert found["cuda"]["measured"][name] == pytest.approx(values, rel=1e-6, abs=1e-9), name


def test_what_a_gpu_does_not_take_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    wide = Sweep(Data.gaussian((1,), 129, samples=70, support=1), [Setting(2.0, 2, 1e-2, batch=65)])
    with pytest.raises(NoGpu, match="at most 128 features and batches of 64, not 129 and 65"):
        wide.advance(wide.start(0.1), 0, 1, device="cuda")
    many = Sweep(Data.separable((1,), 8, 129, 1), [Setting(2.0, 2, 1e-2)])
    with pytest.raises(NoGpu, match="batches, or at most 128 samples, not 129"):
        many.advance(many.start(0.1), 0, 1, device="cuda")
    with pytest.raises(ValueError, match="the device must be one of cpu, cuda"):
        wide.advance(wide.start(0.1), 0, 1, device="tpu")

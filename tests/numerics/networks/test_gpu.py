"""Descents of networks by the GPU's kernel: in Triton's interpreter on the CPU, and on a GPU where asked for."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from numerics.networks import Place, descend_lanes
from numerics.sweep import NoGpu, gpu
from tests.numerics.networks.test_lanes import gaps, problem

ROOT = Path(__file__).resolve().parents[3]
TEXTS = ("1-5", "1-4-3 relu", "1-3-4-2 relu2 linear")
MUTANTS = {
    "the kink forgotten": ("(u <= 0.0), 0.0 * u", "(u <= 0.0), 1.0 + 0.0 * u"),
    "up the loss": ("-1.0, -tl.exp(scale)", "1.0, tl.exp(scale)"),
    "the loss not in the slope": ("tl.where(rescaled != 0, 0.0, -z)", "0.0 * z"),
    "labels forgotten": ("pulled *= sign", "pulled *= 1.0"),
    "coupled decay left out": ("other=0.0) + coupled * v", "other=0.0)"),
    "decoupled decay grows": ("(direction + decoupled * v)", "(direction - decoupled * v)"),
    "means forgotten": ("mean = beta1 * tl.load(means + at, mask=there, other=0.0)", "mean = 0.0"),
    "the metric for its inverse": ("push / _metric(", "push * _metric("),
    "one potential for all layers": ("(lane * LAYERS + k) * 3", "(lane * LAYERS) * 3"),
    "one batch for ever": ("_draw(seed, number,", "_draw(seed, number * 0,"),
    "logistic taken for exponential": ("(logistic != 0) & (least <= 36.0)", "(logistic != 0) & (least <= -36.0)"),
    "slopes of the layer above": ("(k + 1) * N * K + place)", "k * N * K + place)"),
    "it never moves": ("turn = 1 - turn", "turn = turn"),
}  # fmt: skip


def interpreted(texts: tuple[str, ...], steps: int, mutants: dict[str, tuple[str, str]]) -> dict[str, float]:
    for name in ("torch", "triton"):
        if importlib.util.find_spec(name) is None:  # in this process they need not be loaded
            pytest.skip(f"{name} is not installed: pip install .[gpu]")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.numerics.networks.interpreted"], capture_output=True, text=True,
        input=json.dumps({"texts": texts, "steps": steps, "mutants": mutants}), cwd=ROOT, check=False,
        env=os.environ | {"TRITON_INTERPRET": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, float] = json.loads(done.stdout)
    return found


def test_a_lane_of_every_kind_moves_as_the_plain_loop() -> None:
    found = interpreted(("1-2-2 relu",), 2, {})
    assert found["itself"] < 1e-12 and found["pieces"] == 0.0


@pytest.mark.slow
def test_mutants_are_refused() -> None:
    found = interpreted(TEXTS, 3, MUTANTS)
    assert found.pop("itself") < 1e-10 and found.pop("pieces") == 0.0
    assert found.keys() == MUTANTS.keys()
    assert [name for name, gap in found.items() if gap < 1e-6] == []


@pytest.mark.slow
def test_it_compiles_for_a_gpu_that_is_not_there() -> None:
    triton = pytest.importorskip("triton", reason="triton is not installed: pip install .[gpu]")
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    from numerics.networks.gpu_kernel import descend

    doubles = ["theta", "moments", "inputs", "labels", "rules", "layers", "last", "course", "acts", "slopes", "backs"]
    words = ["counts", "seeds", "batches", "kinds", "rescaleds", "logistics", "widths", "degrees", "kinks", "done"]
    for layers in (1, 2, 3):
        chosen: dict[str, Any] = {"LAYERS": layers, "N": 16, "K": 16}
        kinds = dict.fromkeys([*doubles, "rise"], "*fp64") | dict.fromkeys([*words, "resting", "seen"], "*i64")
        kinds |= dict.fromkeys(chosen, "constexpr")
        signature = {n: kinds.get(n, "i32") for n in descend.arg_names}
        values = {(descend.arg_names.index(n),): value for n, value in chosen.items()}
        source = ASTSource(fn=descend, signature=signature, constexprs=values)
        assert triton.compile(source, target=GPUTarget("cuda", 90, 32), options={"num_warps": 1}).asm["cubin"]


@pytest.mark.gpu
@pytest.mark.parametrize("text", [*TEXTS, "1-100-2 relu", "1-32-32-8 relu relu"])
def test_lanes_on_the_gpu_move_as_the_plain_loop(text: str) -> None:
    if gpu.interpreted():
        pytest.fail("the interpreter is no GPU: unset TRITON_INTERPRET")
    network, lanes, places = problem(text, lanes=3)
    places = [Place.start(place.theta / np.sqrt(max(network.widths))) for place in places]
    found = descend_lanes(network, lanes, places, 30, engine="cuda")
    assert max(gaps(found, descend_lanes(network, lanes, places, 30, engine="numpy"))) < 1e-8
    half = descend_lanes(network, lanes, places, 13, engine="cuda")
    rest = descend_lanes(network, lanes, [place for place, _ in half], 17, engine="cuda")
    assert all(np.array_equal(a.theta, b.theta) for (a, _), (b, _) in zip(rest, found, strict=True))
    wild = [replace(lanes[0], rule=replace(lanes[0].rule, rate=1e6)), *lanes[1:]]
    other = descend_lanes(network, wild, places, 30, engine="cuda")
    assert gaps(other[1:], found[1:]) == [0.0] * (len(lanes) - 1)


def test_what_a_gpu_does_not_take_is_told() -> None:
    network, lanes, places = problem("1-300-3 relu")
    wide = [replace(lane, inputs=np.ones((3, 100)), labels=np.ones(100)) for lane in lanes]
    with pytest.raises(NoGpu, match="neurons times samples, as powers of two, are at most 16384"):
        descend_lanes(network, wide, places, 1, engine="cuda")

"""Teeth: a loop with one line changed does not pass for the reference.

The loop is read as plain Python, with the tiles replaced by sums, so that a mutant costs no compilation; tiles are
changed in compiled form.
"""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from numerics import sweep as package
from numerics.sweep import Adam, Data, Setting, Sweep
from numerics.sweep import sweep as module
from numerics.sweep.sweep import kernel
from tests.numerics.sweep import cases

pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")  # words wrap around
SOURCE = (Path(package.__file__).parent / "kernel.py").read_text(encoding="utf-8")
STEPS = 12
DATA = Data.gaussian((11, 12), features=5, samples=4, support=2)
SETTINGS = [
    Setting(q, depth, 1e-2, coupled, 0.1, batch)
    for q, depth, coupled, batch in [
        (1.0, 2, 0.0, 0), (1.0, 3, 0.2, 3), (1.25, 2, 0.1, 0), (1.5, 3, 0.3, 3), (2.0, 3, 0.2, 0), (2.0, 2, 0.0, 3),
    ]
] + [
    Setting(2.0, 2, 1e-2, 0.2, 0.1, 3, Adam()), Setting(2.0, 3, 1e-2, 0.2, 0.1, 0, Adam(0.5, 0.9, 1e-2)),
]  # fmt: skip
MUTANTS = {
    "sign of zero": ("(-1.0 if u < 0.0 else u)", "-1.0"),
    "sign turned": ("s = 1.0 if u > 0.0", "s = -1.0 if u > 0.0"),
    "coupled decay left out": ("before[e] * after[e] + coupled * w[e]", "before[e] * after[e]"),
    "decays exchanged": ("q[m], rate[m], coupled[m], decoupled[m]", "q[m], rate[m], decoupled[m], coupled[m]"),
    "decoupled decay grows": ("(s + decoupled * w[e])", "(s - decoupled * w[e])"),
    "power not the conjugate's": ("abs(u) ** (q - 1.0)", "abs(u) ** q"),
    "root not taken": ("np.copysign(np.sqrt(abs(u)), u)", "u"),
    "layers move one after the other": (
        "after[e] *= w[e]\n            w[e] -= rate * (u + decoupled * w[e])",
        "w[e] -= rate * (u + decoupled * w[e])\n            after[e] *= w[e]",
    ),
    "the layers before forgotten": ("_times(before[layer, :size]", "_times(after[:size]"),
    "the residual of the step before": ("_residual(w[:, low:high]", "(w[:, low:high]"),
    "a sum for a mean over the batch": ("image /= batch", "image /= 1"),
    "first mean not made up for": ("first, second = 1.0 - beta1**count,", "first, second = 1.0,"),
    "second mean not made up for": ("1.0 - beta2**count", "1.0"),
    "mean of the slope's size": ("(1.0 - beta2) * (u * u)", "(1.0 - beta2) * abs(u)"),
    "root of the second mean not taken": ("np.sqrt(v[e] / second)", "(v[e] / second)"),
    "epsilon under the root": ("np.sqrt(v[e] / second) + epsilon", "np.sqrt(v[e] / second + epsilon)"),
    "steps of Adam from zero": ("step + 1, before", "step + 2, before"),
    "Adam's decays confused": ("/ second) + epsilon) + decoupled", "/ second) + epsilon) + coupled"),
    "means of another layer": ("m, v = w[first + depth + layer,", "m, v = w[first + depth,"),
    "one batch for ever": ("np.uint64(step * size + c)", "np.uint64(c)"),
    "one batch for all seeds": ("_draw(seeds[s], step", "_draw(seeds[0], step"),
    "a sample drawn twice": ("pick = top\n", "pick = pick\n"),
    "the last row left out": ("for r in range(whole, rows):", "for r in range(whole, rows - 1):"),
}  # fmt: skip
STUBS = '''
import numpy as np

LANES, TILE = 8, 16  # several tiles

def njit(**options):
    return lambda f: f

def _tile(rows, settings):
    def tile(matrix, at, row_step, inner_step, right, right_at, right_step, right_inner, inner, out, out_at, out_step):
        for r in range(rows):
            for m in range(settings):
                total = np.zeros(LANES)
                for j in range(inner):
                    a = at + r * row_step + j * inner_step
                    b = right_at + m * right_step + j * right_inner
                    total += matrix[a : a + LANES] * right[b : b + LANES]
                c = out_at + m * out_step + r * LANES
                out[c : c + LANES] = total
    return tile

_tile_4_4, _tile_4_3, _tile_4_2, _tile_4_1 = (_tile(4, m) for m in (4, 3, 2, 1))
_tile_1_4, _tile_1_3, _tile_1_2, _tile_1_1 = (_tile(1, m) for m in (4, 3, 2, 1))
'''


def interpreted(source: str) -> ModuleType:
    """The loop as plain Python, from its first function on."""
    found = ModuleType("interpreted")
    exec(STUBS + source[source.index("@njit") :], found.__dict__)
    return found


def passes(found: ModuleType, monkeypatch: pytest.MonkeyPatch, settings: list[Setting] = SETTINGS) -> bool:
    monkeypatch.setattr(module, "kernel", lambda: found)
    sweep = Sweep(DATA, settings)
    weights = sweep.start(cases.SCALE)
    with np.errstate(all="ignore"):
        sweep.advance(weights, 0, STEPS, workers=1)
    return cases.agrees(cases.worst(sweep, weights, STEPS))


def test_the_loop_itself_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert passes(interpreted(SOURCE), monkeypatch)


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = MUTANTS[name]
    assert old in SOURCE
    assert not passes(interpreted(SOURCE.replace(old, new)), monkeypatch)


def multiplies(found: ModuleType) -> bool:
    """Whether the product with a matrix of 5 rows, of three right sides, is the sum of the products."""
    rows, inner, settings, lanes = 5, 7, 3, found.LANES
    draw = np.random.default_rng(2)
    matrix, right = draw.standard_normal((rows, inner, lanes)), draw.standard_normal((settings, inner, lanes))
    out, row, good = np.empty((settings, rows, lanes)), inner * lanes, True
    turned = np.ascontiguousarray(right.transpose(1, 0, 2))
    for given, step, inner_step in ((right, row, lanes), (turned, lanes, settings * lanes)):
        found._multiply(
            matrix.reshape(-1), 4 * row, row, lanes, rows, inner, given.reshape(-1), step, inner_step, settings,
            out.reshape(-1), rows * lanes,
        )  # fmt: skip
        good = good and np.allclose(out, np.einsum("rjl,mjl->mrl", matrix, right), atol=1e-12)
    return good


TILES = {
    "the same column again": ("moved.add_incoming(builder.add(moved, inner_step), body)",
                              "moved.add_incoming(moved, body)"),
    "the same entry again": ("down.add_incoming(builder.add(down, right_inner), body)",
                             "down.add_incoming(down, body)"),
    "sums begin at one": ("ir.Constant(vector, [0.0] * LANES)", "ir.Constant(vector, [1.0] * LANES)"),
}  # fmt: skip


@pytest.mark.parametrize("name", TILES)
def test_a_mutant_of_the_tiles_is_refused(name: str, tmp_path: Path) -> None:
    pytest.importorskip("numba", reason="numba is not installed: pip install .[simulate]")
    old, new = TILES[name]
    assert old in SOURCE
    file = tmp_path / "mutant.py"
    file.write_text(re.sub("cache=True", "cache=False", SOURCE.replace(old, new)))
    spec: Any = importlib.util.spec_from_file_location("mutant", file)
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    assert multiplies(kernel())
    assert not multiplies(found)

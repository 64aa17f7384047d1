"""Descents side by side: networks of one shape, each lane with data, a rule and a seed of its own, by either engine.

``numpy`` takes one lane after the other, for reading; ``compiled`` eight at a time, on all cores; ``cuda`` all of them
in one launch on a GPU. They agree up to the order of sums, fused multiply-adds and the rounding of powers.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from types import ModuleType
from typing import Any

import numpy as np

from numerics.networks.architecture import Network
from numerics.networks.descent import Array, Place, Rule, check, descend
from numerics.sweep import NoKernel, cores
from numerics.sweep.sweep import LANES

ENGINES = ("numpy", "compiled", "cuda")
POTENTIALS = ("square", "entropy", "smoothed")  # in the order in which the kernels number them
KINDS = ("sign", "root", "gradient", "power", "adam", "mirror")  # so, too


@dataclass(frozen=True)
class Lane:
    """inputs (d, K), labels (K,) in {-1, 1}, how a step is made, and the seed of the batches."""

    inputs: Array
    labels: Array
    rule: Rule
    seed: int = 0


def kernel() -> ModuleType:
    """The compiled loop; raises NoKernel."""
    try:
        from numerics.networks import kernel as found
    except ImportError:
        raise NoKernel("descents side by side need numba: pip install 'mirrorproof[simulate]'") from None
    return found


def descend_lanes(
    network: Network, lanes: Sequence[Lane], places: Sequence[Place], steps: int, *, engine: str = "compiled",
    every: int = 1, workers: int | None = None,
) -> list[tuple[Place, Array]]:  # fmt: skip
    """For each lane its place after so many more steps, and z = log(1/loss) before each step, as ``descend`` tells it.

    every: of z, that before each step whose number is a multiple of it. workers: threads, all cores if None. What comes
    out depends neither on them, nor on how the steps are cut, nor on the other lanes: one that diverges rests at the
    place before, and the others go on. Raises ValueError, NoKernel where numba is not installed, and NoGpu
    where there is no GPU.
    """
    if engine not in ENGINES:
        raise ValueError(f"there is no engine {engine}: the engines are {', '.join(ENGINES)}")
    if len(lanes) != len(places) or steps < 0 or every < 1:
        raise ValueError("as many places as lanes are needed, steps that are not negative, and every at least 1")
    if not all(0 <= lane.seed < 2**64 for lane in lanes):
        raise ValueError("seeds lie in [0, 2^64)")
    for lane, place in zip(lanes, places, strict=True):
        check(network, lane.inputs, lane.labels, lane.rule, place)
    if engine != "numpy" and network.diagonal:
        raise ValueError(f"diagonal layers are for the engine numpy alone, not {engine}")
    if engine != "numpy" and any(r.smoothing is None for lane in lanes for r in lane.rule.potentials):
        raise ValueError("a potential that is not made by its name is for the engine numpy alone")
    if engine == "numpy":
        return [_alone(network, *pair, steps, every) for pair in zip(lanes, places, strict=True)]
    if engine == "cuda":
        from numerics.networks.gpu import descend_there

        numbers = [(_number(lane.rule), np.array(_numbers(lane.rule)), _layers(lane.rule)) for lane in lanes]
        return descend_there(network, lanes, places, numbers, steps, every) if lanes else []
    compiled = kernel()
    alike: dict[Hashable, list[int]] = {}
    for k, lane in enumerate(lanes):
        alike.setdefault(_kind(lane), []).append(k)
    groups = [members[k : k + LANES] for members in alike.values() for k in range(0, len(members), LANES)]
    found: dict[int, tuple[Place, Array]] = {}

    def job(group: list[int]) -> None:
        chosen, begun = [lanes[k] for k in group], [places[k] for k in group]
        found.update(zip(group, _together(compiled, network, chosen, begun, steps, every), strict=True))

    with ThreadPoolExecutor(workers or cores()) as pool:
        for result in [pool.submit(job, group) for group in groups]:
            result.result()
    return [found[k] for k in range(len(lanes))]


def _alone(network: Network, lane: Lane, place: Place, steps: int, every: int) -> tuple[Place, Array]:
    end, course = descend(network, lane.inputs, lane.labels, lane.rule, place, steps, seed=lane.seed)
    return end, course[(place.done + np.arange(len(course))) % every == 0]


def _kind(lane: Lane) -> Hashable:
    """What lanes must share to go through one loop: rates, decays, Adam's constants and most q are their own."""
    rule = lane.rule
    own = rule.q if rule.q in (1.0, 1.5, 2.0) else None
    return (
        own, bool(rule.adam), tuple((r.name, r.smoothing) for r in rule.potentials), rule.batch, rule.rescaled,
        rule.loss.name, len(lane.labels),
    )  # fmt: skip


def _together(
    compiled: Any, network: Network, lanes: list[Lane], places: list[Place], steps: int, every: int
) -> list[tuple[Place, Array]]:
    """One group of up to eight lanes of one kind; the last lane again where there are fewer."""
    filled = [min(k, len(lanes) - 1) for k in range(LANES)]
    first = lanes[0].rule
    theta, moments = (
        np.ascontiguousarray(np.array([getattr(places[k], name) for k in filled]).transpose(order).reshape(shape))
        for name, order, shape in (("theta", (1, 0), (-1,)), ("moments", (1, 2, 0), (2, -1)))
    )
    rule = np.array([_numbers(lanes[k].rule) for k in filled]).T.copy()
    done = np.array([places[k].done for k in filled])
    z = np.array([places[k].log_inverse for k in filled])
    resting, seen = np.zeros(LANES, dtype=bool), np.zeros(LANES, dtype=np.int64)
    course = np.empty((LANES, steps // every + 1))
    compiled.advance(
        theta, moments if first.adam else moments[:0], np.array([lanes[k].inputs.T for k in filled], dtype=float)
        .transpose(1, 2, 0).reshape(-1).copy(), np.array([lanes[k].labels for k in filled], dtype=float).T.ravel(),
        np.array([lanes[k].seed for k in filled], dtype=np.uint64), first.batch, np.array(network.widths),
        np.array([s.degree for s in network.activations], dtype=np.int64),
        np.array([s.kinked for s in network.activations], dtype=bool), _number(first), rule,
        _layers(first), first.rescaled, first.loss.name == "logistic", done, z, resting, steps, every, course, seen,
    )  # fmt: skip
    ends, means = theta.reshape(-1, LANES), moments.reshape(2, -1, LANES)
    return [
        (
            Place(ends[:, k].copy(), means[:, :, k].copy(), int(done[k]), float(z[k]), bool(resting[k])),
            course[k, : seen[k]].copy(),
        )
        for k in range(len(lanes))
    ]  # fmt: skip


def _numbers(rule: Rule) -> tuple[float, ...]:
    return rule.rate, rule.coupled, rule.decoupled, rule.q, *(astuple(rule.adam) if rule.adam else (0.0, 0.0, 0.0))


def _number(rule: Rule) -> int:
    """Which of the kernels' kinds of step it is."""
    kind = {1.0: "sign", 1.5: "root", 2.0: "gradient"}.get(rule.q, "power")
    return KINDS.index("adam" if rule.adam else "mirror" if rule.potentials else kind)


def _layers(rule: Rule) -> Array:
    """Kind, p and lam of the potential of each layer."""
    found = np.zeros((max(len(rule.potentials), 1), 3))
    for k, r in enumerate(rule.potentials):
        kind, _, degree = r.name.partition("-")
        found[k] = POTENTIALS.index(kind), float(degree or 2), float(r.smoothing or 0.0)
    return found

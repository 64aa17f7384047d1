"""Descents of networks on a GPU: all lanes, whatever their rules, in one launch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from numerics.networks.architecture import Network
from numerics.networks.descent import Array, Place
from numerics.sweep.gpu import NoGpu, _power, interpreted, launcher

if TYPE_CHECKING:
    from numerics.networks.lanes import Lane

MOST = 128 * 128  # neurons of a layer times samples of a step, both rounded up to powers of two


def descend_there(
    network: Network, lanes: Sequence[Lane], places: Sequence[Place], numbers: Sequence[tuple[int, Array, Array]],
    steps: int, every: int,
) -> list[tuple[Place, Array]]:  # fmt: skip
    """The places after so many more steps and z on the way, in one launch. Raises NoGpu.

    numbers: for each lane its kind of step, the seven numbers of its rule and those of its potentials.
    """
    samples = [len(lane.labels) for lane in lanes]
    widest = _power(max(*network.widths[:-1], 16))
    tall = _power(max(16, *(lane.rule.batch or k for lane, k in zip(lanes, samples, strict=True))))
    if widest * tall > MOST:
        raise NoGpu(f"on a GPU neurons times samples, as powers of two, are at most {MOST}, not {widest * tall}")
    descend, torch = launcher("numerics.networks.gpu_kernel")
    place, count, size, most = "cpu" if interpreted() else "cuda", len(lanes), network.size, max(samples)

    def there(values: Any, kind: type = np.float64) -> Any:
        return torch.from_numpy(np.ascontiguousarray(values, dtype=kind)).to(place)

    def whole(values: Any) -> Any:
        return there(values, np.int64)

    def empty(*shape: int) -> Any:
        return torch.zeros(shape, dtype=torch.float64, device=place)

    inputs, labels = np.zeros((count, most, network.widths[-1])), np.ones((count, most))
    layers = np.zeros((count, network.depth, 3))
    for k, lane in enumerate(lanes):
        inputs[k, : samples[k]], labels[k, : samples[k]] = lane.inputs.T, lane.labels
        layers[k, : len(numbers[k][2])] = numbers[k][2]
    room = steps // every + 1
    theta, moments = empty(2, count, size), empty(2, count, 2, size)
    theta[0], moments[0] = there([p.theta for p in places]), there([p.moments for p in places])
    moments[1] = moments[0]
    done, last = whole([p.done for p in places]), there([p.log_inverse for p in places])
    resting, course, seen = whole([0] * count), empty(count, room), whole(np.zeros((count, 2)))
    shape = (count, network.depth, widest, tall)
    descend[(count,)](
        theta, moments, there(inputs), there(labels), whole(samples),
        whole(np.array([lane.seed for lane in lanes], dtype=np.uint64).view(np.int64)),
        whole([lane.rule.batch for lane in lanes]), whole([kind for kind, _, _ in numbers]),
        whole([lane.rule.rescaled for lane in lanes]), whole([lane.rule.loss.name == "logistic" for lane in lanes]),
        there([rule for _, rule, _ in numbers]), there(layers), whole(network.widths),
        whole([s.degree for s in network.activations] or [1]), whole([s.kinked for s in network.activations] or [0]),
        done, last, resting, course, seen, empty(*shape), empty(*shape), empty(count, widest, tall), empty(count, size),
        count, size, most, room, steps, every, LAYERS=network.depth, N=widest, K=tall,
        num_warps=max(1, min(16, widest * tall // 1024)), num_stages=1,
    )  # fmt: skip
    ends, means = theta.cpu().numpy(), moments.cpu().numpy()
    z, stopped, at, numbered = (v.cpu().numpy() for v in (last, resting, seen, done))
    path = course.cpu().numpy()
    return [
        (
            Place(ends[at[k, 1], k].copy(), means[at[k, 1], k].copy(), int(numbered[k]), float(z[k]), bool(stopped[k])),
            path[k, : at[k, 0]].copy(),
        )
        for k in range(count)
    ]

"""The balance laws of steepest flow, from ``theory``, and how far a path departs from them.

Two weights w, u that a network multiplies, w dL/dw = u dL/du, keep |w|^q - |u|^q, and with decoupled decay a it decays
as e^(-q a t). Such are the weights of each coordinate of diagonal layers, and the one incoming and the one outgoing
weight of a neuron on scalar inputs. For q = 1 they do so until one of them rests at zero: there the inclusion lets the
other move. The sums over dense layers are kept for q = 2 alone. A residual is the largest change along the path over 1
plus the sum of all |w|^q there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from numerics.networks.flow import Course
from numerics.networks.steepest import SteepestFlow

Array = np.ndarray
AT_ZERO = 1e-10


@dataclass(frozen=True)
class Law:
    """What two sizes keep: difference(r, s, q) of arrays, and decays by the factor decayed(q, a, t)."""

    difference: Callable[[Array, Array, float], Array]
    decayed: Callable[[float, float, Array], Array]


@cache
def law() -> Law:
    """The balance that ``theory.balance`` derives: its rate is a multiple of itself."""
    import sympy

    from theory.balance import Balance, a, q

    found = Balance(2)
    balance = sympy.sympify(sympy.cancel(sympy.diff(found.rate, a) / -q))
    ratio = sympy.simplify(found.rate / balance)
    if ratio.free_symbols & set(found.sizes):
        raise ArithmeticError("the rate of the balance is not a multiple of it")
    t = sympy.Symbol("t", nonnegative=True)
    return Law(
        sympy.lambdify([*found.sizes, q], balance, modules="numpy"),
        sympy.lambdify([q, a, t], sympy.exp(ratio * t), modules="numpy"),
    )


def pairs(flow: SteepestFlow) -> list[tuple[int, int]]:
    """The weights that the network multiplies, as pairs of places in theta; empty where it has none."""
    network = flow.network
    places = [np.arange(s.start, s.stop).reshape(shape) for s, shape in
              zip(network.slices, network.shapes, strict=True)]  # fmt: skip
    if network.depth > 1 and network.diagonal == tuple(range(1, network.depth)):
        columns = [places[0][0], *(np.diag(p) for p in places[1:])]
    elif network.depth == 2 and network.widths[-1] == 1:
        columns = [places[0][0], places[1][:, 0]]
    else:
        return []
    return [(int(u), int(w)) for k in range(1, len(columns)) for u, w in zip(columns[0], columns[k], strict=True)]


def states(course: Course) -> Array:
    """theta at the nodes (N, P)."""
    return np.array([node.theta for node in course.nodes])


def moving(course: Course) -> Course:
    """The path until one of the weights of the pairs rests at zero for a step; the whole of it for q > 1."""
    if course.flow.q > 1:
        return course
    own = np.unique(np.array(pairs(course.flow)))
    for k, (begin, _, end) in enumerate(course.steps):
        if np.any(np.maximum(np.abs(begin.theta[own]), np.abs(end.theta[own])) < AT_ZERO):
            return replace(course, steps=course.steps[: max(k, 1)])
    return course


def whole(thetas: Array, q: float) -> Array:
    """1 + sum_e |theta_e|^q of each row (N, P)."""
    return 1 + np.sum(np.abs(thetas) ** q, axis=1)


def balance_residual(course: Course, q: float | None = None) -> Array:
    """The change of the balances of all pairs by the nodes, the largest of them, for the exponent q of the law."""
    flow: SteepestFlow = course.flow
    exponent = flow.q if q is None else q
    sizes = np.abs(states(moving(course)))
    one, two = np.array(pairs(flow)).T
    kept = law().difference(sizes[:, one], sizes[:, two], exponent)
    return np.asarray(np.max(np.abs(kept - kept[0]), axis=1) / whole(sizes, exponent))


def layer_residual(course: Course, q: float | None = None) -> Array:
    """The same of the sums of |w|^q over the layers."""
    flow: SteepestFlow = course.flow
    exponent = flow.q if q is None else q
    sizes = np.abs(states(course))
    sums = np.array([np.sum(sizes[:, s] ** exponent, axis=1) for s in flow.network.slices]).T
    kept = sums[:, :1] - sums[:, 1:]
    return np.asarray(np.max(np.abs(kept - kept[0]), axis=1) / whole(sizes, exponent))


def decay_residual(course: Course, share: float = 1.0) -> float:
    """In plain time with decay: the largest distance to the decayed balance, its rate taken ``share`` times."""
    flow, course = course.flow, moving(course)
    sizes, times = np.abs(states(course)), np.array([node.r for node in course.nodes])
    one, two = np.array(pairs(flow)).T
    kept = law().difference(sizes[:, one], sizes[:, two], flow.q)
    expected = law().decayed(flow.q, flow.decay, share * times)[:, None] * kept[0]
    return float(np.max(np.max(np.abs(kept - expected), axis=1) / whole(sizes, flow.q)))


def descent_residual(course: Course) -> float:
    """max over the steps of |z - z_0 - integral of sum_e |h_e|^q ds| / (1 + |z|), z = log(1/loss), h = grad z.

    By Simpson's rule on each step, on the branch of its middle (``Node.signs``); h_e = 0 along a zero of it. A step
    along a kink, where h has no one value, is left out with what z rises on it. (``theory.steepest``)
    """
    flow: SteepestFlow = course.flow
    worst = total = 0.0
    count = len(flow.preactivations(course.steps[0][0].theta))
    for step in course.steps:
        kinks = np.where(step[1].signs[:count] >= 0, 1.0, -1.0)
        found = [flow.slope(node.theta, kinks) for node in step]
        if flow.q == 1:  # an entry along which it slides is 0
            rates = [flow.pace(node.theta) * float(np.sum(np.abs(h))) for node, (_, h) in zip(step, found, strict=True)]
        else:
            rates = [float(np.sum(np.abs(h) ** flow.q)) for _, h in found]
        if np.all(np.abs(step[1].signs[:count]) == 1):
            total += found[2][0] - found[0][0] - (step[2].r - step[0].r) * (rates[0] + 4 * rates[1] + rates[2]) / 6
        worst = max(worst, abs(total) / (1 + abs(found[2][0])))
    return worst

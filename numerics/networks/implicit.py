"""Implicit steps of steepest flow for q > 1: the collocation of Radau (IIA) with three stages, of order five.

The unknowns are the velocities v of the stages, in which the flow is h(theta + tau sum_j a_ij v_j) = spow(v_i, p - 1),
p - 1 = 1/(q - 1) >= 1: smooth where an entry of h passes zero, and as stable as the scheme where it relaxes to it.
Where the flow slides along kinks, v is the mean sum_c w_c v_c over the branches c beside them, each with
h_c = spow(v_c, p - 1), for expectations sigma of the kinks' signs with which the preactivations stay zero.

Steps are controlled by their halves, and end where a preactivation changes its sign or an expectation leaves [-1, 1].

Source: E. Hairer, G. Wanner, Solving Ordinary Differential Equations II, sections IV.5, IV.8 and VII.4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from numerics.flows import NoProgress, Undetermined
from numerics.networks.branches import Sides, at, beside
from numerics.networks.flow import Course, Node

if TYPE_CHECKING:
    from numerics.networks.steepest import SteepestFlow

Array = np.ndarray
ROOT = math.sqrt(6.0)
A = np.array([
    [(88 - 7 * ROOT) / 360, (296 - 169 * ROOT) / 1800, (-2 + 3 * ROOT) / 225],
    [(296 + 169 * ROOT) / 1800, (88 + 7 * ROOT) / 360, (-2 - 3 * ROOT) / 225],
    [(16 - ROOT) / 36, (16 + ROOT) / 36, 1 / 9],
])  # fmt: skip
ORDER = 5
ROUNDS = 60  # of Newton's method
SMALLEST = 1e-14
STALLED = 1e-10  # changes relative to theta below which Newton's method may stall at the rounding of a root
STRIDE = 0.05  # the most that a controlled step moves theta, relative to its size: quadratures take the same steps


@dataclass(frozen=True)
class Place:
    """theta, the velocities of the branches (C, P) there, and sigma (0 or 1 numbers), the expectation of the kink."""

    theta: Array
    v: Array
    sigma: Array


def weights(sides: Sides, sigma: Array) -> tuple[Array, Array]:
    """(w_c, their slopes by sigma (C, 0 or 1)) of the mean over the branches."""
    if sides.below is None:
        return np.ones(1), np.zeros((1, 0))
    return np.array([(1 + sigma[0]) / 2, (1 - sigma[0]) / 2]), np.array([[0.5], [-0.5]])


class _Lost(ArithmeticError):
    """Newton's method does not converge."""


def spow(u: Array, r: float) -> Array:
    """sign(u) |u|^r, entrywise."""
    return np.asarray(np.sign(u) * np.abs(u) ** r)


def start(flow: SteepestFlow, theta: Array, sides: Sides, sigma: Array | None = None) -> Place:
    """The velocities of the branches at theta."""
    found = []
    for kinks in sides.branches:
        z, h = flow.slope(theta, kinks)
        found.append(spow(h if flow.rescaled else math.exp(-z) * h, flow.q - 1))
    return Place(theta, np.array(found), np.zeros(int(sides.below is not None)) if sigma is None else sigma)


def velocity(flow: SteepestFlow, sides: Sides, place: Place) -> Array:
    return np.asarray(weights(sides, place.sigma)[0] @ place.v - flow.decay * place.theta)


def step(flow: SteepestFlow, sides: Sides, begin: Place, tau: float) -> Place:
    """One step of size tau > 0; raises _Lost where the equations are not solved."""
    n, C, m, power = len(begin.theta), len(sides.branches), len(begin.sigma), 1 / (flow.q - 1)
    width = C * n + m
    unknown = np.tile(np.concatenate([begin.v.ravel(), begin.sigma]), (3, 1))
    best = math.inf
    for turn in range(ROUNDS):
        V, sigma = unknown[:, : C * n].reshape(3, C, n), unknown[:, C * n :]
        mean = [weights(sides, s) for s in sigma]
        mixed = np.array([w @ v for (w, _), v in zip(mean, V, strict=True)])
        # theta_i + decay tau sum a_ij theta_j = theta + tau sum a_ij mixed_j
        lag = np.linalg.inv(np.eye(3) + flow.decay * tau * A)
        carried = tau * lag @ A
        stages = (lag @ np.ones(3))[:, None] * begin.theta + carried @ mixed
        residual, jacobian = np.empty((3, width)), np.zeros((3, width, 3, width))
        into = np.zeros((3, n, width))  # d mixed_j / d unknown_j
        for j, ((w, slopes), v) in enumerate(zip(mean, V, strict=True)):
            for c in range(C):
                into[j, :, c * n : (c + 1) * n] = w[c] * np.eye(n)
            into[j, :, C * n :] = v.T @ slopes
        for i, y in enumerate(stages):
            rows = []
            for c, kinks in enumerate(sides.branches):
                z, h, bend = flow.curved(y, kinks)
                if not flow.rescaled:
                    h, bend = math.exp(-z) * h, math.exp(-z) * (bend - np.outer(h, h))
                acts = h != 0  # an entry that vanishes identically has no velocity
                top = float(np.max(np.abs(h), initial=0.0)) or 1.0
                residual[i, c * n : (c + 1) * n] = np.where(acts, h - spow(V[i, c], power), -top * V[i, c])
                rows.append(bend * acts[:, None])
                own = range(c * n, (c + 1) * n)
                jacobian[i, own, i, own] -= np.where(acts, _secant(h, V[i, c], power), top)
            if sides.rep is not None:
                residual[i, C * n :] = flow.preactivations(y)[sides.rep] / tau
                rows.append(flow.network.normals(y, flow.inputs, sides.kinks)[[sides.rep]] / tau)
            slope = np.concatenate(rows)
            for j in range(3):
                jacobian[i, :, j, :] += carried[i, j] * slope @ into[j]
        flat = jacobian.reshape(3 * width, 3 * width)
        if not (np.all(np.isfinite(residual)) and np.all(np.isfinite(flat))):
            raise _Lost
        change = _solved(flat, -residual.ravel()).reshape(3, width)
        unknown = unknown + change
        size = 1e-300 + float(np.max(np.abs(unknown[:, : C * n]), initial=0.0))
        moved = float(np.max(np.abs(tau * change[:, : C * n]), initial=0.0)) / (
            1e-300 + float(np.max(np.abs(begin.theta), initial=0.0)) + tau * size
        )
        if moved <= 1e-15 or (moved >= 0.5 * best and best < STALLED):
            V, sigma = unknown[:, : C * n].reshape(3, C, n), unknown[:, C * n :]
            mixed = np.array([weights(sides, s)[0] @ v for s, v in zip(sigma, V, strict=True)])
            end = ((lag @ np.ones(3))[:, None] * begin.theta + carried @ mixed)[-1]
            return Place(end, V[-1], sigma[-1])
        if turn > 25 and moved > 1e-6:
            break
        best = min(best, moved)
    raise _Lost


def _secant(h: Array, v: Array, power: float) -> Array:
    """The slope of spow(., power) between v and the root of spow(., power) = h, which Newton's slope degenerates at 0.

    Where h hardly depends on v a step with this slope goes to the root at once.
    """
    root = spow(h, 1 / power)
    gap = root - v
    apart = np.abs(gap) > 1e-7 * (np.abs(root) + np.abs(v))
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.where(apart, (h - spow(v, power)) / gap, power * np.abs(v) ** (power - 1))
    return np.asarray(np.maximum(slope, 1e-100))


def _solved(matrix: Array, right: Array) -> Array:
    try:
        return np.linalg.solve(matrix, right)
    except np.linalg.LinAlgError:
        return np.linalg.lstsq(matrix, right, rcond=None)[0]


@dataclass(frozen=True)
class Taken:
    """A step with its middle, and the estimate of its error relative to the size of theta."""

    middle: Place
    end: Place
    error: float


def halved(flow: SteepestFlow, sides: Sides, begin: Place, tau: float) -> Taken:
    """Two steps of half the size; raises _Lost."""
    whole = step(flow, sides, begin, tau)
    middle = step(flow, sides, begin, tau / 2)
    end = step(flow, sides, middle, tau / 2)
    error = float(np.max(np.abs(end.theta - whole.theta), initial=0.0)) / (2**ORDER - 1)
    return Taken(middle, end, error / (1e-300 + float(np.max(np.abs(end.theta)))))


def by_implicit_steps(
    flow: SteepestFlow, theta: Array, goal: float, duration: float, rtol: float, steps: int, step_size: float | None
) -> Course:
    """See ``follow_steepest``."""
    sides = at(flow, theta)
    place, s, slides, events = start(flow, theta, sides), 0.0, 0, 0
    tau = step_size or min(duration, _stride(flow, sides, place) / 5)
    found: list[tuple[Node, Node, Node]] = []
    fresh: set[int] = set()  # kinks on which the step begins
    left = steps

    def node(when: float, p: Place) -> Node:
        return Node(when, p.theta, velocity(flow, sides, p), sides.signs(float(p.sigma[0]) if len(p.sigma) else 0.0))

    while s < duration and flow.loss.log_inverse(flow.outputs(place.theta)) < goal:
        left -= 1
        if left < 0:
            raise NoProgress(f"more than {steps} steps")
        tau = min(tau, duration - s)
        if step_size is None:
            tau = min(tau, _stride(flow, sides, place))
        try:
            taken = halved(flow, sides, place, tau)
        except _Lost:
            tau /= 4
            if tau < SMALLEST * max(1.0, s):
                raise NoProgress(f"no step is small enough at time {s:.6g}") from None
            continue
        if step_size is None and not taken.error <= rtol:
            tau *= max(0.1, 0.9 * (rtol / max(taken.error, 1e-300)) ** (1 / (ORDER + 1)))
            if tau < SMALLEST * max(1.0, s):
                raise NoProgress(f"no step is small enough at time {s:.6g}")
            continue
        broken = _broken(flow, sides, taken.end, fresh)
        reached, width = None, tau
        if broken is not None:
            reached, width, taken = _located(flow, sides, place, tau, taken, fresh)
        if width > 0:
            found.append((node(s, place), node(s + width / 2, taken.middle), node(s + width, taken.end)))
            slides += sides.below is not None and (broken is not None or s + width >= duration)
        place, s, fresh = taken.end, s + width, set()
        if reached is None:
            if step_size is None:
                tau *= min(4.0, max(0.2, 0.9 * (rtol / max(taken.error, 1e-300)) ** (1 / (ORDER + 1))))
            continue
        events += 1
        sides, place, fresh = _turned(flow, sides, place, reached)
        tau = step_size or min(tau, max(width, tau / 16))
    return Course(flow, tuple(found), slides, events, False)


def _stride(flow: SteepestFlow, sides: Sides, place: Place) -> float:
    speed = float(np.max(np.abs(velocity(flow, sides, place)), initial=0.0))
    return STRIDE * float(np.max(np.abs(place.theta), initial=0.0)) / speed if speed > 0 else math.inf


def _guards(flow: SteepestFlow, sides: Sides, place: Place, fresh: set[int]) -> Array:
    """What must not be negative, by kink: the side that it is on, or how far its expectation is inside [-1, 1]."""
    out = np.where(sides.silent, 1.0, sides.kinks * flow.preactivations(place.theta))
    if sides.rep is not None:
        out[sides.rep] = 1 - abs(place.sigma[0])
    noise = 1e-12 * (1 + float(np.max(np.abs(place.theta), initial=0.0)))
    for k in fresh:
        out[k] = max(out[k], 0.0) if out[k] > -noise else out[k]
    return out


def _broken(flow: SteepestFlow, sides: Sides, place: Place, fresh: set[int]) -> int | None:
    guards = _guards(flow, sides, place, fresh)
    return int(np.argmin(guards)) if len(guards) and np.min(guards) < 0 else None


def _located(
    flow: SteepestFlow, sides: Sides, begin: Place, tau: float, taken: Taken, fresh: set[int]
) -> tuple[int, float, Taken]:
    """(kink, size, step): the step that ends where the first guard vanishes."""
    low, high, last = 0.0, tau, taken
    k = _broken(flow, sides, taken.end, fresh)
    assert k is not None

    def guard(t: Taken, k: int) -> float:
        return float(_guards(flow, sides, t.end, set())[k])

    below, above = max(float(_guards(flow, sides, begin, set())[k]), 0.0), guard(taken, k)
    side = 0
    for turn in range(80):
        if high - low <= 1e-15 * max(tau, 1e-3) or above == 0:
            break
        at = high - above * (high - low) / (above - below)
        if turn % 4 == 3 or not low < at < high:
            at = (low + high) / 2
        try:
            now = halved(flow, sides, begin, at)
        except _Lost:
            raise NoProgress("the step to a kink is not solved") from None
        first = _broken(flow, sides, now.end, fresh)
        if first is None:
            low, below = at, guard(now, k)
            above, side = (above / 2 if side == -1 else above), -1
            continue
        if first != k:
            k, below = first, max(float(_guards(flow, sides, begin, set())[first]), 0.0)
        high, above, last = at, guard(now, k), now
        below, side = (below / 2 if side == 1 else below), 1
    return k, high, last


def _turned(flow: SteepestFlow, sides: Sides, place: Place, k: int) -> tuple[Sides, Place, set[int]]:
    """How the flow goes on from a kink that it has reached, or along which it no longer slides; the kinks there."""
    theta = place.theta
    if sides.rep == k:
        after, common = sides.left(place.sigma[0] > 0), {k, *np.flatnonzero(sides.silent).tolist()}
        return after, start(flow, theta, after), common
    both, listed = beside(flow, theta, sides, k)
    normal = flow.network.normals(theta, flow.inputs, sides.kinks)[k]
    above, below = (
        float(normal @ velocity(flow, one, start(flow, theta, one))) for one in (both.left(True), both.left(False))
    )
    upward = sides.kinks[k] < 0  # it comes from below
    if (below if upward else -above) < 0:
        raise Undetermined("a kink is reached by a flow that leaves it")
    if (above if upward else -below) > 0:  # it goes across
        after = both.left(upward)
        return after, start(flow, theta, after), set(listed)
    sigma = np.array([-(above + below) / (above - below)])
    return both, start(flow, theta, both, sigma), set()

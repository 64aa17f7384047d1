"""The time loop of descents of networks, compiled: eight lanes to a vector, each with data and weights of its own.

Arrays are flat with the lanes innermost: weights[entry][lane], activations[sample][neuron][lane]. The products of a
layer, forward, backward and for its gradient, are those of the sweep's tiles: sums in a fixed order, with fused
multiply-adds. No other operation is reassociated or contracted and lanes never meet, so that the numbers depend
neither on threads, nor on where the steps are cut, nor on the other lanes. A step of a lane whose weights would leave
the finite numbers is not made, and the lane rests from there on while the others go on.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from numerics.sweep.kernel import LANES, _draw, _exponentials, _multiply

SIGN, ROOT, GRADIENT, POWER, ADAM, MIRROR = range(6)
SQUARE, ENTROPY, SMOOTHED = range(3)
TILE = 64 * LANES  # entries that are updated together, with the constants of their lanes beside them
FAR = 36.0  # margin from which the logistic loss is the exponential one in doubles


@njit(nogil=True, cache=True, error_model="numpy")
def _loss(q, samples, logistic, p, gaps, words, z):
    """z = log(1/loss) of each lane from its margins q, not a number where one of them is none; p = -(d log loss/d q).

    The exponential loss is sum e^-q; the logistic one sum log(1 + e^-q), of which the former is the limit.
    """
    count = samples * LANES
    for s in range(LANES):
        least = q[s]
        for i in range(s, count, LANES):
            if not q[i] >= least:
                least = q[i]
        z[s] = least
    for i in range(count):
        gaps[i] = z[i % LANES] - q[i]
    _exponentials(gaps[:count], p, words)
    for s in range(LANES):
        least, total = z[s], 0.0
        if logistic and least <= FAR:
            for i in range(s, count, LANES):
                small = math.exp(-abs(q[i]))
                total += math.log1p(small) - min(q[i], 0.0)
                p[i] = (small if q[i] > 0.0 else 1.0) / (1.0 + small)
            least = 0.0
        else:
            for i in range(s, count, LANES):
                total += p[i]
        z[s] = least - math.log(total) if math.isfinite(z[s]) else math.nan
        for i in range(s, count, LANES):
            p[i] /= total


@njit(nogil=True, cache=True, error_model="numpy")
def _activate(u, slope, degree, kinked):
    """u <- u^k or max(u, 0)^k; for k > 1 its derivative into ``slope``."""
    if kinked:
        for e in range(len(u)):
            u[e] = u[e] if u[e] > 0.0 else 0.0 * u[e]  # no number where it is not finite, as everywhere
    if degree == 2:
        for e in range(len(u)):
            slope[e] = 2.0 * u[e]
            u[e] *= u[e]
    elif degree > 2:
        for e in range(len(u)):
            power = u[e]
            for _ in range(degree - 2):
                power *= u[e]
            slope[e] = degree * power
            u[e] *= power


@njit(nogil=True, cache=True, error_model="numpy")
def _chain(back, value, slope, degree, kinked):
    """back <- back times the derivative of the activation, 0 at a kink; value: what the activation gave."""
    if degree > 1:
        for e in range(len(back)):
            back[e] *= slope[e]
    elif kinked:
        for e in range(len(back)):
            back[e] *= 1.0 if value[e] > 0.0 else 0.0


@njit(nogil=True, cache=True, error_model="numpy")
def _forward(theta, acts, slopes, widths, places, degrees, kinked, samples):
    """Outputs into acts[0]; acts[k] lies at places[k]: (samples, widths[k], lanes), the inputs last."""
    end, one = len(theta), np.int64(LANES)  # of one kind wherever it goes, so that the product is compiled once
    for k in range(len(widths) - 2, -1, -1):
        above, below = widths[k], widths[k + 1]
        begin = end - above * below * LANES
        low, row = places[k], below * LANES
        high = low + samples * above * LANES
        _multiply(theta[begin:end], 4 * row, row, one, above, below, acts[places[k + 1] :], row, one, samples,
                  acts[low:high], above * LANES)  # fmt: skip
        if k:
            _activate(acts[low:high], slopes[low:high], degrees[k - 1], kinked[k - 1])
        end = begin


@njit(nogil=True, cache=True, error_model="numpy")
def _backward(theta, acts, slopes, back, ahead, rise, widths, places, degrees, kinked, samples):
    """rise = sum_i c_i grad f(x_i) from the weights c in ``back``."""
    begin, one = 0, np.int64(LANES)
    for k in range(len(widths) - 1):
        above, below = widths[k], widths[k + 1]
        end, row, low = begin + above * below * LANES, below * LANES, places[k + 1]
        _multiply(acts[low:], 4 * one, one, row, below, samples, back, one, above * LANES, above, rise[begin:end], row)
        if k + 2 < len(widths):
            _multiply(theta[begin:end], 4 * one, one, row, below, above, back, above * LANES, one, samples, ahead, row)
            high = low + samples * row
            _chain(ahead[: samples * row], acts[low:high], slopes[low:high], degrees[k], kinked[k])
            back, ahead = ahead, back
        begin = end


@njit(nogil=True, cache=True, error_model="numpy")
def _steepest(new, w, rise, kind, power, factor, after, rate, coupled, decoupled):
    """w - rate (d + decoupled w) with d = after * spow(u, power), u = factor * rise + coupled * w."""
    if kind == SIGN:
        for e in range(len(w)):
            u = factor[e] * rise[e] + coupled[e] * w[e]
            d = 1.0 if u > 0.0 else (-1.0 if u < 0.0 else u)
            new[e] = w[e] - rate[e] * (d + decoupled[e] * w[e])
    elif kind == ROOT:
        for e in range(len(w)):
            u = factor[e] * rise[e] + coupled[e] * w[e]
            d = after[e] * math.copysign(math.sqrt(abs(u)), u)
            new[e] = w[e] - rate[e] * (d + decoupled[e] * w[e])
    elif kind == POWER:
        for e in range(len(w)):
            u = factor[e] * rise[e] + coupled[e] * w[e]
            d = after[e] * math.copysign(abs(u) ** power[e], u)
            new[e] = w[e] - rate[e] * (d + decoupled[e] * w[e])
    else:
        for e in range(len(w)):
            u = factor[e] * rise[e] + coupled[e] * w[e]
            new[e] = w[e] - rate[e] * (u + decoupled[e] * w[e])


@njit(nogil=True, cache=True, error_model="numpy")
def _adaptive(new, w, rise, m, v, new_m, new_v, factor, rate, coupled, decoupled, constants):
    """The same with Adam's direction; constants: beta1, beta2, epsilon, 1 - beta1^t, 1 - beta2^t by entry."""
    beta1, beta2, epsilon, first, second = constants
    for e in range(len(w)):
        u = factor[e] * rise[e] + coupled[e] * w[e]
        new_m[e] = beta1[e] * m[e] + (1.0 - beta1[e]) * u
        new_v[e] = beta2[e] * v[e] + (1.0 - beta2[e]) * (u * u)
        d = new_m[e] / first[e] / (math.sqrt(new_v[e] / second[e]) + epsilon[e])
        new[e] = w[e] - rate[e] * (d + decoupled[e] * w[e])


@njit(nogil=True, cache=True, error_model="numpy")
def _mirrored(new, w, rise, kind, p, lam, factor, rate, coupled, decoupled):
    """The same with d = u/R''(w): R'' = 1, 1/sqrt(w^2 + lam), or (p - 1) |w|^(p - 2) + lam."""
    if kind == SQUARE:
        for e in range(len(w)):
            new[e] = factor[e] * rise[e] + coupled[e] * w[e]
    elif kind == ENTROPY:
        for e in range(len(w)):
            new[e] = (factor[e] * rise[e] + coupled[e] * w[e]) * math.sqrt(w[e] * w[e] + lam)
    elif p == 3.0:
        for e in range(len(w)):
            new[e] = (factor[e] * rise[e] + coupled[e] * w[e]) / (2.0 * abs(w[e]) + lam)
    else:
        for e in range(len(w)):
            metric = (p - 1.0) * abs(w[e]) ** (p - 2.0) + lam
            new[e] = (factor[e] * rise[e] + coupled[e] * w[e]) / metric
    for e in range(len(w)):
        new[e] = w[e] - rate[e] * (new[e] + decoupled[e] * w[e])


@njit(nogil=True, cache=True, error_model="numpy")
def _constants(constants, rule, kind, rescaled, z, count):
    """By entry of a tile: rate, coupled, decoupled, q - 1, the factor of the slope, that of its power; Adam's five."""
    for s in range(LANES):
        scale = 0.0 if rescaled else -z[s]
        power = rule[3, s] - 1.0
        apart = kind in (SIGN, ROOT, POWER) and rule[1, s] == 0.0
        factor, after = -1.0 if apart else -math.exp(scale), math.exp(power * scale) if apart else 1.0
        first = second = 0.0
        if kind == ADAM:
            first, second = 1.0 - rule[4, s] ** (count[s] + 1), 1.0 - rule[5, s] ** (count[s] + 1)
        for e in range(s, TILE, LANES):
            for row in range(3):
                constants[row, e] = rule[row, s]
                constants[6 + row, e] = rule[4 + row, s]
            constants[3, e], constants[4, e], constants[5, e] = power, factor, after
            constants[9, e], constants[10, e] = first, second


@njit(nogil=True, cache=True, error_model="numpy")
def _copy(out, values):
    for e in range(len(out)):
        out[e] = values[e]


@njit(nogil=True, cache=True, error_model="numpy")
def _rest(new, old, lane):
    for e in range(lane, len(new), LANES):
        new[e] = old[e]


@njit(nogil=True, cache=True, error_model="numpy")
def advance(
    theta, moments, inputs, labels, seeds, batch, widths, degrees, kinked, kind, rule, layers, rescaled, logistic,
    done, z, resting, steps, every, course, seen,
):  # fmt: skip
    """Up to so many steps of one group of eight lanes, in place.

    theta (P * 8,), moments (2, P * 8), of no rows but for Adam; inputs (K, d, 8) flat, labels (K, 8) flat; rule (7, 8):
    rate, coupled, decoupled, q, Adam's constants; layers: for each layer kind, p, lam of its potential; done, z,
    resting (8,): steps done, z of the last, whether the lane diverged; course (8, ...): z before each step whose number
    is a multiple of ``every``, of which ``seen`` (8,) counts those written.
    """
    samples, top = len(labels) // LANES, len(widths) - 1
    d, used = widths[top], batch if batch else samples
    places, room = np.zeros(top + 1, np.int64), 0
    for k in range(top):
        places[k] = room
        room += used * widths[k] * LANES
    places[top] = room
    acts, slopes = np.empty(room + used * d * LANES), np.empty(room)
    widest = used * widths[:top].max() * LANES
    back, ahead = np.empty(widest), np.empty(widest)
    q, gaps, signs = np.empty(used * LANES), np.empty(used * LANES), np.empty(used * LANES)
    words, chosen = np.empty(used * LANES, np.int64), np.empty(used, np.int64)
    rise, w, new = np.empty(len(theta)), theta.copy(), np.empty(len(theta))
    mean, square = moments.copy(), np.empty_like(moments)
    constants, finite, now = np.empty((11, TILE)), np.empty(TILE), np.empty(LANES)
    if batch == 0:
        _copy(acts[room:], inputs)
        _copy(signs, labels)
    for _ in range(steps):
        if batch:
            for s in range(LANES):
                _draw(seeds[s], done[s], samples, chosen)
                for c in range(used):
                    signs[c * LANES + s] = labels[chosen[c] * LANES + s]
                    for j in range(d):
                        acts[room + (c * d + j) * LANES + s] = inputs[(chosen[c] * d + j) * LANES + s]
        _forward(w, acts, slopes, widths, places, degrees, kinked, used)
        for e in range(used * LANES):
            q[e] = signs[e] * acts[e]
        _loss(q, used, logistic, back, gaps, words, now)
        for e in range(used * LANES):
            back[e] *= signs[e]
        _backward(w, acts, slopes, back, ahead, rise, widths, places, degrees, kinked, used)
        _constants(constants, rule, kind, rescaled, now, done)
        for e in range(TILE):
            finite[e] = 0.0
        end = 0
        for k in range(top):
            begin, end = end, end + widths[k] * widths[k + 1] * LANES
            for low in range(begin, end, TILE):
                high = min(low + TILE, end)
                size = high - low
                own = constants[:, :size]
                if kind == ADAM:
                    _adaptive(new[low:high], w[low:high], rise[low:high], mean[0, low:high], mean[1, low:high],
                              square[0, low:high], square[1, low:high], own[4], own[0], own[1], own[2],
                              (own[6], own[7], own[8], own[9], own[10]))  # fmt: skip
                elif kind == MIRROR:
                    _mirrored(new[low:high], w[low:high], rise[low:high], int(layers[k, 0]), layers[k, 1],
                              layers[k, 2], own[4], own[0], own[1], own[2])  # fmt: skip
                else:
                    _steepest(new[low:high], w[low:high], rise[low:high], kind, own[3], own[4], own[5], own[0],
                              own[1], own[2])  # fmt: skip
                for e in range(size):
                    finite[e] += new[low + e] * 0.0  # not a number, and from then on, where it is not finite
        awake = 0
        for s in range(LANES):
            bad = now[s] * 0.0
            for e in range(s, TILE, LANES):
                bad += finite[e]
            if resting[s] or bad != 0.0:
                resting[s] = True
                _rest(new, w, s)
                for row in range(len(mean)):
                    _rest(square[row], mean[row], s)
                continue
            awake += 1
            if done[s] % every == 0:
                course[s, seen[s]] = now[s]
                seen[s] += 1
            z[s] = now[s]
            done[s] += 1
        w, new = new, w
        mean, square = square, mean
        if awake == 0:
            break
    _copy(theta, w)
    _copy(moments.reshape(-1), mean.reshape(-1))

"""Mirror descent of one student, compiled: what a neuron does to points of the plane is known from an arc of them.

The points lie in the order of their angles, so that w^T x > 0 holds on one arc of neighbours. The output at a point is
(sum of a_j w_j over the neurons that are active there)^T x: it follows from point to point by what the arcs that begin
or end there add. Gradients are sums of g_i x_i over arcs: differences of running sums. A step of n neurons and N points
thus takes about N + n operations for two layers, n (N + n) for three. The order of all operations is fixed by the
parameters alone, wherever the steps are cut, and no operation is fused or reordered: what is compiled anew and what
comes from a cache, inlined or not, agree to the last bit.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

RUNNING, REACHED, DIVERGED = 0, 1, 2
SQUARE, ENTROPY, POWER = 0, 1, 2
SMALL = 0.25  # below it a few terms give sinh and cosh to the last digit
ODD = tuple(1 / math.factorial(k) for k in (3, 5, 7, 9, 11))  # of sinh(d)/d and cosh(d) in the square of d
EVEN = tuple(1 / math.factorial(k) for k in (2, 4, 6, 8, 10, 12))
FAR = 30.0
NEWTON = 60


@njit(nogil=True, cache=True, error_model="numpy")
def _arc(w0, w1, x0, x1, lo, count):
    """The arc of points with w^T x > 0, as its first point and its length, from one that was the arc a step ago."""
    total = len(x0)
    if 0 < count < total:
        if w0 * x0[lo] + w1 * x1[lo] > 0.0:
            while count < total:
                k = lo - 1 if lo > 0 else total - 1
                if not w0 * x0[k] + w1 * x1[k] > 0.0:
                    break
                lo = k
                count += 1
        else:
            while count > 0 and not w0 * x0[lo] + w1 * x1[lo] > 0.0:
                lo = lo + 1 if lo + 1 < total else 0
                count -= 1
        if 0 < count < total:
            k = (lo + count - 1) % total
            if w0 * x0[k] + w1 * x1[k] > 0.0:
                while count < total:
                    k = (lo + count) % total
                    if not w0 * x0[k] + w1 * x1[k] > 0.0:
                        break
                    count += 1
            else:
                while count > 0:
                    k = (lo + count - 1) % total
                    if w0 * x0[k] + w1 * x1[k] > 0.0:
                        break
                    count -= 1
    if 0 < count < total:
        return lo, count
    lo = count = 0
    before = w0 * x0[total - 1] + w1 * x1[total - 1] > 0.0
    for i in range(total):
        on = w0 * x0[i] + w1 * x1[i] > 0.0
        if on:
            count += 1
            if not before:
                lo = i
        before = on
    return lo, count


@njit(nogil=True, cache=True, error_model="numpy")
def _shares(m, y, logistic, g):
    """log L and the least margin; into g: -l'(m_i) y_i/(N L)."""
    least = m[0]
    for i in range(len(m)):
        if not m[i] >= least:  # a margin that is no number stays
            least = m[i]
    if not math.isfinite(least):
        return math.nan, least
    total = 0.0
    if logistic and least <= FAR:
        for i in range(len(m)):
            e = math.exp(-abs(m[i]))
            total += math.log1p(e) - min(m[i], 0.0)
            g[i] = y[i] * (e if m[i] > 0.0 else 1.0) / (1.0 + e)
        log_loss = math.log(total / len(m))
    else:
        for i in range(len(m)):
            e = math.exp(least - m[i])
            total += e
            g[i] = y[i] * e
        log_loss = math.log(total / len(m)) - least
    for i in range(len(m)):
        g[i] /= total
    return log_loss, least


@njit(nogil=True, cache=True, error_model="numpy")
def _small_entropy(x, d, lam):
    """sqrt(lam) sinh(asinh(x/sqrt(lam)) + d) = x cosh(d) + sqrt(x^2 + lam) sinh(d) for |d| < 1/4."""
    for e in range(len(x)):
        s = d[e] * d[e]
        odd = 1 + s * (ODD[0] + s * (ODD[1] + s * (ODD[2] + s * (ODD[3] + s * ODD[4]))))
        even = s * (EVEN[0] + s * (EVEN[1] + s * (EVEN[2] + s * (EVEN[3] + s * (EVEN[4] + s * EVEN[5])))))
        x[e] += x[e] * even + math.sqrt(x[e] * x[e] + lam) * (d[e] * odd)


@njit(nogil=True, cache=True, error_model="numpy")
def _cubic(x, d, lam):
    """p = 3: the root of x |x| + lam x = u, u that of the old x and d."""
    for e in range(len(x)):
        u = x[e] * abs(x[e]) + lam * x[e] + d[e]
        x[e] = 2.0 * u / (lam + math.sqrt(lam * lam + 4.0 * abs(u)) + 1e-300)


@njit(nogil=True, cache=True, error_model="numpy")
def _move(x, d, kind, p, lam, metric):
    """One step of all parameters by the change d of the dual variable."""
    if kind == SQUARE:
        for e in range(len(x)):
            x[e] += d[e]
    elif kind == ENTROPY and metric:
        for e in range(len(x)):
            x[e] += math.sqrt(x[e] * x[e] + lam) * d[e]
    elif kind == ENTROPY:
        largest = 0.0
        for e in range(len(d)):
            largest = max(largest, abs(d[e]))
        if largest < SMALL:
            _small_entropy(x, d, lam)
        else:
            for e in range(len(x)):
                x[e] = x[e] * math.cosh(d[e]) + math.sqrt(x[e] * x[e] + lam) * math.sinh(d[e])
    elif metric:
        for e in range(len(x)):
            x[e] += d[e] / ((p - 1.0) * abs(x[e]) ** (p - 2.0) + lam)
    elif p == 3.0:
        _cubic(x, d, lam)
    else:
        for e in range(len(x)):
            u = math.copysign(abs(x[e]) ** (p - 1.0), x[e]) + lam * x[e] + d[e]
            x[e] = math.copysign(_root(abs(u), p, lam), u)


@njit(nogil=True, cache=True, error_model="numpy")
def _root(t, p, lam):
    """The r >= 0 with r^(p-1) + lam r = t >= 0, by Newton's method from above."""
    r = t ** (1.0 / (p - 1.0))
    if lam > 0.0:
        r = min(r, t / lam)
    for _ in range(NEWTON):
        slope = (p - 1.0) * r ** (p - 2.0) + lam
        if not slope > 0.0:
            break
        change = (r ** (p - 1.0) + lam * r - t) / slope
        r -= change
        if not abs(change) > 4e-16 * r:
            break
    return r


@njit(nogil=True, cache=True, error_model="numpy")
def _scale(log_loss, least, rate, below):
    """What -grad log L is multiplied with: the rate times L, or times ``below`` where the rate is rescaled."""
    if below > 0.0 and least > 0.0 and log_loss < math.log(below):
        return rate * below
    return rate * math.exp(log_loss)


@njit(nogil=True, cache=True, error_model="numpy")
def two_layers(theta, n, x0, x1, y, kind, p, lam, metric, logistic, rate, below, log_target, steps):
    """Up to so many steps in place: the steps that were done, log L, the state."""
    total = len(x0)
    w0, w1, a = theta[:n], theta[n : 2 * n], theta[2 * n :]
    lo, count = np.zeros(n, np.int64), np.zeros(n, np.int64)
    begin0, begin1 = np.zeros(total + 1), np.zeros(total + 1)
    sum0, sum1 = np.zeros(total + 1), np.zeros(total + 1)
    m, g, d = np.empty(total), np.empty(total), np.empty(3 * n)
    for done in range(steps + 1):
        begin0[:] = 0.0
        begin1[:] = 0.0
        for j in range(n):
            lo[j], count[j] = _arc(w0[j], w1[j], x0, x1, lo[j], count[j])
            v0, v1 = a[j] * w0[j], a[j] * w1[j]
            hi = lo[j] + count[j]
            begin0[lo[j]] += v0
            begin1[lo[j]] += v1
            if hi > total:
                begin0[0] += v0
                begin1[0] += v1
                hi -= total
            begin0[hi] -= v0
            begin1[hi] -= v1
        v0 = v1 = 0.0
        for i in range(total):
            v0 += begin0[i]
            v1 += begin1[i]
            m[i] = y[i] * (v0 * x0[i] + v1 * x1[i])
        log_loss, least = _shares(m, y, logistic, g)
        if not math.isfinite(log_loss):
            return done, log_loss, DIVERGED
        if log_loss < log_target:
            return done, log_loss, REACHED
        if done == steps:
            break
        scale = _scale(log_loss, least, rate, below)
        for i in range(total):
            sum0[i + 1] = sum0[i] + g[i] * x0[i]
            sum1[i + 1] = sum1[i] + g[i] * x1[i]
        for j in range(n):
            hi = lo[j] + count[j]
            s0, s1 = sum0[min(hi, total)] - sum0[lo[j]], sum1[min(hi, total)] - sum1[lo[j]]
            if hi > total:
                s0 += sum0[hi - total]
                s1 += sum1[hi - total]
            s0 *= scale
            s1 *= scale
            d[j] = a[j] * s0
            d[n + j] = a[j] * s1
            d[2 * n + j] = w0[j] * s0 + w1[j] * s1
        _move(theta, d, kind, p, lam, metric)
    return steps, log_loss, RUNNING


@njit(nogil=True, cache=True, error_model="numpy")
def _dot(a, b):
    """The sum of a_e b_e in eight strands, so that it fits vectors of eight without any freedom to reorder it."""
    s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = 0.0
    whole = len(a) - len(a) % 8
    for e in range(0, whole, 8):
        s0 += a[e] * b[e]
        s1 += a[e + 1] * b[e + 1]
        s2 += a[e + 2] * b[e + 2]
        s3 += a[e + 3] * b[e + 3]
        s4 += a[e + 4] * b[e + 4]
        s5 += a[e + 5] * b[e + 5]
        s6 += a[e + 6] * b[e + 6]
        s7 += a[e + 7] * b[e + 7]
    total = ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7))
    for e in range(whole, len(a)):
        total += a[e] * b[e]
    return total


@njit(nogil=True, cache=True, error_model="numpy")
def _add(out, a, b):
    for e in range(len(out)):
        out[e] += a * b[e]


@njit(nogil=True, cache=True, error_model="numpy")
def _forward(r, c0, c1, x0, x1):
    for e in range(len(r)):
        z = c0[e] * x0 + c1[e] * x1
        r[e] = z if z > 0.0 else 0.0


@njit(nogil=True, cache=True, error_model="numpy")
def _backward(r, g, x0, x1, p0, p1, outer):
    g0, g1 = g * x0, g * x1
    for e in range(len(r)):
        on = r[e] > 0.0
        p0[e] += g0 if on else 0.0
        p1[e] += g1 if on else 0.0
        outer[e] += g * r[e]


@njit(nogil=True, cache=True, error_model="numpy")
def _combine(out, w0, w1, s0, s1, a):
    """s <- a s, and out = w0 s0 + w1 s1."""
    for e in range(len(out)):
        s0[e] *= a[e]
        s1[e] *= a[e]
        out[e] = w0 * s0[e] + w1 * s1[e]


@njit(nogil=True, cache=True, error_model="numpy")
def three_layers(theta, n, x0, x1, y, kind, p, lam, metric, logistic, rate, below, log_target, steps):
    """Up to so many steps in place: the steps that were done, log L, the state."""
    total = len(x0)
    w0, w1, a = theta[:n], theta[n : 2 * n], theta[len(theta) - n :]
    middle = theta[2 * n : len(theta) - n].reshape(n, n)
    lo, count = np.zeros(n, np.int64), np.zeros(n, np.int64)
    head, following = np.empty(total + 1, np.int64), np.empty(3 * n, np.int64)
    c0, c1, p0, p1 = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    s0, s1, r = np.empty((n, n)), np.empty((n, n)), np.empty((total, n))
    m, g, d = np.empty(total), np.empty(total), np.empty(len(theta))
    d_middle, d_outer = d[2 * n : len(theta) - n].reshape(n, n), d[len(theta) - n :]
    for done in range(steps + 1):
        head[:] = -1
        for j in range(n):  # events at a point: 3 j begins there, 3 j + 1 is active at the first point, 3 j + 2 ended
            lo[j], count[j] = _arc(w0[j], w1[j], x0, x1, lo[j], count[j])
            hi = lo[j] + count[j]
            following[3 * j] = head[lo[j]]
            head[lo[j]] = 3 * j
            if hi > total:
                following[3 * j + 1] = head[0]
                head[0] = 3 * j + 1
                hi -= total
            following[3 * j + 2] = head[hi]
            head[hi] = 3 * j + 2
        c0[:] = 0.0
        c1[:] = 0.0
        for i in range(total):
            event = head[i]
            while event >= 0:
                j = event // 3
                sign = -1.0 if event % 3 == 2 else 1.0
                _add(c0, sign * w0[j], middle[j])
                _add(c1, sign * w1[j], middle[j])
                event = following[event]
            _forward(r[i], c0, c1, x0[i], x1[i])
            m[i] = y[i] * _dot(r[i], a)
        log_loss, least = _shares(m, y, logistic, g)
        if not math.isfinite(log_loss):
            return done, log_loss, DIVERGED
        if log_loss < log_target:
            return done, log_loss, REACHED
        if done == steps:
            break
        scale = _scale(log_loss, least, rate, below)
        p0[:] = 0.0
        p1[:] = 0.0
        s0[:] = 0.0
        s1[:] = 0.0
        d_outer[:] = 0.0
        for i in range(total + 1):
            event = head[i]
            while event >= 0:
                if event % 3 != 1:
                    sign = 1.0 if event % 3 == 2 else -1.0
                    _add(s0[event // 3], sign, p0)
                    _add(s1[event // 3], sign, p1)
                event = following[event]
            if i < total:
                _backward(r[i], scale * g[i], x0[i], x1[i], p0, p1, d_outer)
        for j in range(n):
            if lo[j] + count[j] > total:
                _add(s0[j], 1.0, p0)
                _add(s1[j], 1.0, p1)
            _combine(d_middle[j], w0[j], w1[j], s0[j], s1[j], a)
            d[j] = _dot(middle[j], s0[j])
            d[n + j] = _dot(middle[j], s1[j])
        _move(theta, d, kind, p, lam, metric)
    return steps, log_loss, RUNNING

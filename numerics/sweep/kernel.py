"""The time loop of a sweep, compiled: eight seeds to a vector, each with data of its own, all settings on each vector.

Lane s of a vector is the s-th seed of a group of eight, so that q, depth, decay and step size are the same along a
vector and nothing diverges. Arrays are flat with the lanes innermost: weights[layer][coordinate][lane]. Products with
the matrix are taken in tiles of rows by settings that stay in registers, with fused multiply-adds in a fixed order; no
other operation is reassociated or contracted, and lanes never meet: the numbers depend neither on the number of
threads, nor on how the steps are cut, nor on the other lanes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 8
TILE = 128 * LANES  # entries that are updated together, so that they stay in cache with all their layers


def _tile_code(rows: int, settings: int, context: Any, builder: Any, signature: Any, args: Any) -> Any:
    """LLVM code of one tile: accumulators for rows times settings vectors, one loop over the inner index."""
    _, at, row_step, inner_step, _, right_at, right_step, right_inner, inner, _, out_at, out_step = args
    word, vector = ir.IntType(64), ir.VectorType(ir.DoubleType(), LANES)
    data = [context.make_array(signature.args[k])(context, builder, args[k]).data for k in (0, 4, 9)]
    fused = ir.FunctionType(vector, [vector] * 3)
    fma = cgutils.get_or_insert_function(builder.module, fused, f"llvm.fma.v{LANES}f64")

    def place(base: Any, offset: Any) -> Any:
        return builder.bitcast(builder.gep(base, [offset]), vector.as_pointer())

    def plus(a: Any, step: Any, times: int) -> Any:
        return builder.add(a, builder.mul(step, ir.Constant(word, times)))

    row_at = [plus(at, row_step, r) for r in range(rows)]
    column_at = [plus(right_at, right_step, m) for m in range(settings)]
    before, body, after = builder.block, builder.append_basic_block("tile"), builder.append_basic_block("tiled")
    builder.branch(body)
    builder.position_at_end(body)
    j, moved, down, sums = builder.phi(word), builder.phi(word), builder.phi(word), []
    zero = ir.Constant(vector, [0.0] * LANES)
    j.add_incoming(ir.Constant(word, 0), before)
    moved.add_incoming(ir.Constant(word, 0), before)
    down.add_incoming(ir.Constant(word, 0), before)
    for _ in range(rows * settings):
        sums.append(builder.phi(vector))
        sums[-1].add_incoming(zero, before)
    columns = [builder.load(place(data[1], builder.add(c, down)), align=8) for c in column_at]
    totals = []
    for r in range(rows):
        entry = builder.load(place(data[0], builder.add(row_at[r], moved)), align=8)
        totals += [builder.call(fma, [entry, columns[m], sums[r * settings + m]]) for m in range(settings)]
    following = builder.add(j, ir.Constant(word, 1))
    j.add_incoming(following, body)
    moved.add_incoming(builder.add(moved, inner_step), body)
    down.add_incoming(builder.add(down, right_inner), body)
    for phi, total in zip(sums, totals, strict=True):
        phi.add_incoming(total, body)
    builder.cbranch(builder.icmp_signed("<", following, inner), body, after)
    builder.position_at_end(after)
    for r in range(rows):
        for m in range(settings):
            where = plus(plus(out_at, ir.Constant(word, LANES), r), out_step, m)
            builder.store(totals[r * settings + m], place(data[2], where), align=8)
    return context.get_dummy_value()


def _tile(rows: int, settings: int) -> Any:
    """out[m][r] = sum_j matrix[r][j] * right[m][j] on vectors of lanes, for the rows r and settings m of one tile."""

    @intrinsic
    def tile(
        typing: Any, matrix: Any, at: Any, row_step: Any, inner_step: Any, right: Any, right_at: Any, right_step: Any,
        right_inner: Any, inner: Any, out: Any, out_at: Any, out_step: Any,
    ) -> Any:  # fmt: skip
        n = types.intp
        signature = types.void(matrix, n, n, n, right, n, n, n, n, out, n, n)

        def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return _tile_code(rows, settings, context, builder, signature, args)

        return signature, code

    return tile


_tile_4_4, _tile_4_3, _tile_4_2, _tile_4_1 = (_tile(4, m) for m in (4, 3, 2, 1))
_tile_1_4, _tile_1_3, _tile_1_2, _tile_1_1 = (_tile(1, m) for m in (4, 3, 2, 1))


@njit(nogil=True, cache=True)
def _multiply(
    matrix, block_step, row_step, inner_step, rows, inner, right, right_step, right_inner, settings, out, out_step
):  # fmt: skip
    """out[m] = matrix right[m] for all settings m, on vectors of lanes; a block is four rows of the matrix."""
    for m in range(0, settings, 4):
        wide, a, b = min(4, settings - m), m * right_step, m * out_step
        whole = rows - rows % 4
        for r in range(0, whole, 4):
            at, to = r // 4 * block_step + r % 4 * row_step, b + r * LANES
            if wide == 4:
                _tile_4_4(matrix, at, row_step, inner_step, right, a, right_step, right_inner, inner, out, to, out_step)
            elif wide == 3:
                _tile_4_3(matrix, at, row_step, inner_step, right, a, right_step, right_inner, inner, out, to, out_step)
            elif wide == 2:
                _tile_4_2(matrix, at, row_step, inner_step, right, a, right_step, right_inner, inner, out, to, out_step)
            else:
                _tile_4_1(matrix, at, row_step, inner_step, right, a, right_step, right_inner, inner, out, to, out_step)
        for r in range(whole, rows):
            at, to = r // 4 * block_step + r % 4 * row_step, b + r * LANES
            if wide == 4:
                _tile_1_4(matrix, at, row_step, inner_step, right, a, right_step, right_inner, inner, out, to, out_step)
            elif wide == 3:
                _tile_1_3(matrix, at, row_step, inner_step, right, a, right_step, right_inner, inner, out, to, out_step)
            elif wide == 2:
                _tile_1_2(matrix, at, row_step, inner_step, right, a, right_step, right_inner, inner, out, to, out_step)
            else:
                _tile_1_1(matrix, at, row_step, inner_step, right, a, right_step, right_inner, inner, out, to, out_step)


@njit(nogil=True, cache=True)
def _move(w, before, after, q, rate, coupled, decoupled, smallest):
    """One layer's step; before, after: the products of the layers on its sides, the gradient in ``after``."""
    if q == 1.0 and smallest > 0.0:
        for e in range(len(w)):
            u = before[e] * after[e] + coupled * w[e]
            s = 1.0 if u >= smallest else (-1.0 if u <= -smallest else 0.0 * u)
            after[e] *= w[e]
            w[e] -= rate * (s + decoupled * w[e])
    elif q == 1.0:
        for e in range(len(w)):
            u = before[e] * after[e] + coupled * w[e]
            s = 1.0 if u > 0.0 else (-1.0 if u < 0.0 else u)
            after[e] *= w[e]
            w[e] -= rate * (s + decoupled * w[e])
    elif q == 2.0:
        for e in range(len(w)):
            u = before[e] * after[e] + coupled * w[e]
            after[e] *= w[e]
            w[e] -= rate * (u + decoupled * w[e])
    elif q == 1.5:
        for e in range(len(w)):
            u = before[e] * after[e] + coupled * w[e]
            s = np.copysign(np.sqrt(abs(u)), u)
            after[e] *= w[e]
            w[e] -= rate * (s + decoupled * w[e])
    else:
        for e in range(len(w)):
            u = before[e] * after[e] + coupled * w[e]
            s = np.copysign(abs(u) ** (q - 1.0), u)
            after[e] *= w[e]
            w[e] -= rate * (s + decoupled * w[e])


@njit(nogil=True, cache=True, error_model="numpy")  # no look at divisors, so that it fits vectors
def _adapt(w, m, v, before, after, rate, coupled, decoupled, beta1, beta2, epsilon, count):
    """The same with Adam's direction of step ``count`` = 1, 2, ..., from the means m and v."""
    first, second = 1.0 - beta1**count, 1.0 - beta2**count
    for e in range(len(w)):
        u = before[e] * after[e] + coupled * w[e]
        after[e] *= w[e]
        m[e] = beta1 * m[e] + (1.0 - beta1) * u
        v[e] = beta2 * v[e] + (1.0 - beta2) * (u * u)
        w[e] -= rate * (m[e] / first / (np.sqrt(v[e] / second) + epsilon) + decoupled * w[e])


@njit(nogil=True, cache=True)
def _times(out, a, b):
    for e in range(len(out)):
        out[e] = a[e] * b[e]


@njit(nogil=True, cache=True)
def _residual(w, truth, r, first, depth):
    """r = w_1 * ... * w_L - x* for the layers that begin at row ``first``, tile by tile."""
    for low in range(0, len(r), TILE):
        part, goal = r[low : low + TILE], truth[low : low + TILE]
        part[:] = w[first, low : low + TILE]
        for layer in range(first + 1, first + depth):
            _times(part, part, w[layer, low : low + TILE])
        for e in range(len(part)):
            part[e] -= goal[e]


@njit(nogil=True, cache=True)
def _update(w, truth, g, r, first, depth, q, rate, coupled, decoupled, smallest, adam, count, before, after):
    """All layers of one setting by one step of the gradient g of the loss in x, and the residual that follows."""
    for low in range(0, len(g), TILE):
        high = min(low + TILE, len(g))
        size = high - low
        for layer in range(1, depth):
            _times(before[layer, :size], before[layer - 1, :size], w[first + layer - 1, low:high])
        after[:size] = g[low:high]
        for layer in range(depth - 1, -1, -1):
            own, sides, gradient = w[first + layer, low:high], before[layer, :size], after[:size]
            if adam[2] > 0.0:
                m, v = w[first + depth + layer, low:high], w[first + 2 * depth + layer, low:high]
                _adapt(own, m, v, sides, gradient, rate, coupled, decoupled, adam[0], adam[1], adam[2], count)
            else:
                _move(own, sides, gradient, q, rate, coupled, decoupled, smallest)
        _residual(w[:, low:high], truth[low:high], r[low:high], first, depth)


@njit(nogil=True, cache=True)
def _mixed(z):
    """The output function of SplitMix64: a bijection of the 64-bit words that scatters neighbours."""
    z += np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@njit(nogil=True, cache=True)
def _draw(seed, step, samples, chosen):
    """len(chosen) different samples, any set as likely as any other (Floyd); a function of seed and step alone."""
    size = len(chosen)
    key = _mixed(np.uint64(seed))
    for c in range(size):
        word = _mixed(key ^ _mixed(np.uint64(step * size + c)))
        top = samples - size + c
        pick = int(np.float64(word >> np.uint64(11)) * 2.0**-53 * (top + 1))
        for earlier in range(c):
            if chosen[earlier] == pick:
                pick = top
                break
        chosen[c] = pick


@njit(nogil=True, cache=True)
def _exponentials(x, out, words):
    """out = e^x for x <= 0 by arithmetic alone, which fits vectors: 2^n e^r, |r| <= log(2)/2; 0 below -708.

    A double that 1.5 * 2^52 is added to is rounded to an integer, which its last bits then hold.
    """
    shift, shifted = 6755399441055744.0, words.view(np.float64)
    for e in range(len(x)):
        shifted[e] = max(x[e], -745.0) * 1.4426950408889634 + shift
    for e in range(len(x)):
        n = shifted[e] - shift
        r = (max(x[e], -745.0) - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10
        s = 1.0 / 6227020800.0
        s = s * r + 1.0 / 479001600.0
        s = s * r + 1.0 / 39916800.0
        s = s * r + 1.0 / 3628800.0
        s = s * r + 1.0 / 362880.0
        s = s * r + 1.0 / 40320.0
        s = s * r + 1.0 / 5040.0
        s = s * r + 1.0 / 720.0
        s = s * r + 1.0 / 120.0
        s = s * r + 1.0 / 24.0
        s = s * r + 1.0 / 6.0
        s = s * r + 0.5
        out[e] = (s * r + 1.0) * r + 1.0
    for e in range(len(x)):
        words[e] = (words[e] + 1023) << 52
    for e in range(len(x)):
        out[e] = out[e] * shifted[e] if x[e] >= -708.0 else (0.0 if x[e] < -708.0 else x[e])


@njit(nogil=True, cache=True)
def _pull(margin, each, words, rescaled):
    """margin <- the slope by it of f, the mean of exp(-margin) over the samples, or of log f; lane by lane."""
    samples, least, factor = len(margin) // LANES, np.empty(LANES), np.zeros(LANES)
    least[:] = margin[:LANES]
    for i in range(LANES, len(margin), LANES):
        for s in range(LANES):
            least[s] = min(least[s], margin[i + s])
    for i in range(0, len(margin), LANES):
        for s in range(LANES):
            margin[i + s] = least[s] - margin[i + s]
    _exponentials(margin, each, words)
    for i in range(0, len(margin), LANES):
        for s in range(LANES):
            factor[s] += each[i + s]
    for s in range(LANES):
        mean = 1.0 if rescaled else np.exp(np.log(factor[s] / samples) - least[s])
        factor[s] = -mean / factor[s]
    for i in range(0, len(margin), LANES):
        for s in range(LANES):
            margin[i + s] = factor[s] * each[i + s]


@njit(nogil=True, cache=True)
def advance(
    weights, truth, gram, samples, seeds, first, depth, q, rate, coupled, decoupled, smallest, rescaled, adam, batch,
    exponential, done, steps,
):  # fmt: skip
    """So many steps of all settings on one group of lanes, in place.

    weights: (rows of all settings, n * 8); truth: (n * 8,); gram: flat (blocks of four rows, n, 4, 8), the order in
    which it is read; samples: (8, k, n); seeds: (8,).
    first, depth, q, rate, coupled, decoupled, smallest, rescaled: one entry for each setting; adam: (settings, 3), its
    constants, zeros for none. batch: samples a step, 0 for all of them. exponential: whether that is the loss.
    """
    settings, width = len(first), len(truth)
    n, count = width // LANES, samples.shape[1]
    r, g = np.empty((settings, width)), np.empty((settings, width))
    before, after = np.ones((depth.max(), TILE)), np.empty(TILE)
    size = count if exponential and batch == 0 else batch
    drawn, chosen = np.empty((size, n, LANES)), np.empty(batch, np.int64)
    image, each, words = np.empty((settings, size * LANES)), np.empty(size * LANES), np.empty(size * LANES, np.int64)
    if batch < size:
        for s in range(LANES):
            drawn[:, :, s] = samples[s]
    for m in range(settings):
        _residual(weights, truth, r[m], first[m], depth[m])
    for step in range(done, done + steps):
        if batch == 0 and not exponential:
            _multiply(
                gram, 4 * n * LANES, LANES, 4 * LANES, n, n, r.reshape(-1), width, LANES, settings, g.reshape(-1), width
            )  # fmt: skip
        else:
            for s in range(LANES if batch else 0):
                _draw(seeds[s], step, count, chosen)
                for c in range(batch):
                    for i in range(n):
                        drawn[c, i, s] = samples[s, chosen[c], i]
            z, row, short = drawn.reshape(-1), n * LANES, size * LANES
            _multiply(z, 4 * row, row, LANES, size, n, r.reshape(-1), width, LANES, settings, image.reshape(-1), short)
            if exponential:
                for m in range(settings):
                    _pull(image[m], each, words, rescaled[m])
            else:
                image /= batch
            _multiply(
                z, 4 * LANES, LANES, row, n, size, image.reshape(-1), short, LANES, settings, g.reshape(-1), width
            )
        for m in range(settings):
            _update(
                weights, truth, g[m], r[m], first[m], depth[m], q[m], rate[m], coupled[m], decoupled[m],
                smallest[m], adam[m], step + 1, before, after,
            )  # fmt: skip

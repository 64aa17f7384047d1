"""The time loop of descents of networks as one kernel of Triton: a program to a lane, its steps inside.

Layers of activations are tensors (neurons, samples); products with the weights are sums over one neuron after the
other, in a fixed order. Weights, means and what one layer leaves for the next lie in memory of the program's own,
which its caches hold. Any rule, decay, batch and potential goes through the same launch. Batches are those of the plain
descent, bit for bit; the rest agrees with it up to the order of sums, fused multiply-adds and the rounding of powers.
"""

# Triton reads this text: it knows a part of Python, without postponed annotations and unpacking.
# mypy: disable-error-code="no-untyped-def, assignment"
import triton
import triton.language as tl

from numerics.sweep.gpu_kernel import _draw, _signed_power

BLOCK = tl.constexpr(256)  # weights that are updated together


@triton.jit
def _terms(q, used, logistic):
    """z = log(1/loss) of the margins in use, and p = -(d log loss/d q)."""
    least = tl.min(tl.where(used, q, float("inf")), axis=0)
    each = tl.where(used, tl.exp(least - q), 0.0)
    lost = each
    if (logistic != 0) & (least <= 36.0):
        small = tl.exp(-tl.abs(q))
        more = 1.0 + small
        soft = tl.log(more) - ((more - 1.0) - small) / more - tl.where(q < 0.0, q, 0.0)
        lost = tl.where(used, soft, 0.0)
        each = tl.where(used, tl.where(q > 0.0, small, 1.0) / more, 0.0)
        least = least * 0.0
    total = tl.sum(lost, axis=0)
    return least - tl.log(total), each / total


@triton.jit
def _metric(w, kind, p, lam):
    """R'' of the potentials as ``lanes`` numbers them."""
    found = w * 0.0 + 1.0
    if kind == 1.0:
        found = 1.0 / tl.sqrt(w * w + lam)
    if kind == 2.0:
        size = tl.abs(w)
        if p == 2.0:
            found = found + lam
        elif p == 3.0:
            found = 2.0 * size + lam
        else:
            found = (p - 1.0) * tl.where(size > 0.0, tl.exp((p - 2.0) * tl.log(tl.where(size > 0.0, size, 1.0))), 0.0)
            found = found + lam
    return found


@triton.jit(do_not_specialize=["steps", "every"])
def descend(
    theta, moments, inputs, labels, counts, seeds, batches, kinds, rescaleds, logistics, rules, layers, widths, degrees,
    kinks, done, last, resting, course, seen, acts, slopes, backs, rise, lanes, size_of, most, room, steps, every,
    LAYERS: tl.constexpr, N: tl.constexpr, K: tl.constexpr,
):  # fmt: skip
    """Up to so many steps of each lane, in place; program l is lane l.

    theta (2, lanes, P) and moments (2, lanes, 2, P): what a step reads and what it writes, in turn; a lane ends where
    ``seen[2 l + 1]`` says. inputs (lanes, most, d), labels (lanes, most); rules (lanes, 7), layers (lanes, L, 3) as in
    the kernel for the CPU; course (lanes, room); acts, slopes (lanes, L, N, K), backs (lanes, N, K), rise (lanes, P).
    N, K: powers of two, not below the neurons of a layer and the samples of a step.
    """
    lane = tl.program_id(0).to(tl.int64)
    rows, columns = tl.arange(0, N), tl.arange(0, K)
    count, batch, kind = tl.load(counts + lane), tl.load(batches + lane), tl.load(kinds + lane)
    seed, rescaled, logistic = tl.load(seeds + lane).to(tl.uint64), tl.load(rescaleds + lane), tl.load(logistics + lane)
    rate, coupled = tl.load(rules + lane * 7), tl.load(rules + lane * 7 + 1)
    decoupled, q = tl.load(rules + lane * 7 + 2), tl.load(rules + lane * 7 + 3)
    beta1, beta2 = tl.load(rules + lane * 7 + 4), tl.load(rules + lane * 7 + 5)
    epsilon = tl.load(rules + lane * 7 + 6)
    used = columns < tl.where(batch == 0, count, batch)
    dimension = tl.load(widths + LAYERS)
    number, before, written = tl.load(done + lane), tl.load(last + lane), tl.load(seen + 2 * lane)
    own = lane * LAYERS * N * K
    place = rows[:, None] * K + columns[None, :]
    turn = number * 0
    left = number * 0 + steps
    while left > 0:
        chosen = columns.to(tl.int64)
        if batch > 0:
            chosen = _draw(seed, number, batch, count, chosen)
        sample = lane * most + chosen
        sign = tl.load(labels + sample, mask=used, other=0.0)
        w = theta + (turn * lanes + lane) * size_of
        begin = number * 0 + size_of
        for back_from in tl.static_range(LAYERS - 1):
            k = LAYERS - 1 - back_from
            above, below = tl.load(widths + k), tl.load(widths + k + 1)
            begin = begin - above * below
            u = tl.zeros((N, K), tl.float64)
            for j in range(below):
                weight = tl.load(w + begin + rows * below + j, mask=rows < above, other=0.0)
                if k == LAYERS - 1:
                    row = tl.load(inputs + sample * dimension + j, mask=used, other=0.0)
                else:
                    row = tl.load(acts + own + ((k + 1) * N + j) * K + columns)
                u += weight[:, None] * row[None, :]
            degree = tl.load(degrees + k - 1)
            power = tl.where((tl.load(kinks + k - 1) != 0) & (u <= 0.0), 0.0 * u, 1.0 + 0.0 * u)
            for _ in range(1, degree):
                power *= u
            tl.store(acts + own + k * N * K + place, power * u)
            tl.store(slopes + own + k * N * K + place, degree.to(tl.float64) * power)
            tl.debug_barrier()
        below = tl.load(widths + 1)
        outputs = tl.zeros((K,), tl.float64)
        for j in range(below):
            if LAYERS == 1:
                row = tl.load(inputs + sample * dimension + j, mask=used, other=0.0)
            else:
                row = tl.load(acts + own + (N + j) * K + columns)
            outputs += tl.load(w + j) * row
        z, pulled = _terms(sign * outputs, used, logistic)
        pulled *= sign
        for j in range(below):
            if LAYERS == 1:
                row = tl.load(inputs + sample * dimension + j, mask=used, other=0.0)
            else:
                row = tl.load(acts + own + (N + j) * K + columns)
            tl.store(rise + lane * size_of + j, tl.sum(pulled * row, axis=0))
        begin = below
        if LAYERS > 1:
            back = tl.load(w + rows, mask=rows < below, other=0.0)[:, None] * pulled[None, :]
            back *= tl.load(slopes + own + N * K + place)
        for k in tl.static_range(1, LAYERS):
            above, below = tl.load(widths + k), tl.load(widths + k + 1)
            for j in range(below):
                if k == LAYERS - 1:
                    row = tl.load(inputs + sample * dimension + j, mask=used, other=0.0)
                else:
                    row = tl.load(acts + own + ((k + 1) * N + j) * K + columns)
                slope = tl.sum(back * row[None, :], axis=1)
                tl.store(rise + lane * size_of + begin + rows * below + j, slope, mask=rows < above)
            if k < LAYERS - 1:
                tl.store(backs + lane * N * K + place, back)
                tl.debug_barrier()
                ahead = tl.zeros((N, K), tl.float64)
                for a in range(above):
                    weight = tl.load(w + begin + a * below + rows, mask=rows < below, other=0.0)
                    ahead += weight[:, None] * tl.load(backs + (lane * N + a) * K + columns)[None, :]
                back = ahead * tl.load(slopes + own + (k + 1) * N * K + place)
            begin = begin + above * below
        tl.debug_barrier()
        scale = tl.where(rescaled != 0, 0.0, -z)
        apart = (kind <= 3) & (kind != 2) & (coupled == 0.0)
        factor = tl.where(apart, -1.0, -tl.exp(scale))
        after = tl.where(apart, tl.exp((q - 1.0) * scale), 1.0)
        first = 1.0 - tl.exp(tl.log(beta1) * (number + 1))
        second = 1.0 - tl.exp(tl.log(beta2) * (number + 1))
        new = theta + ((1 - turn) * lanes + lane) * size_of
        means = moments + (turn * lanes + lane) * 2 * size_of
        new_means = moments + ((1 - turn) * lanes + lane) * 2 * size_of
        wrong = z * 0.0
        end = number * 0
        for k in tl.static_range(LAYERS):
            begin = end
            end = end + tl.load(widths + k) * tl.load(widths + k + 1)
            map_of = layers + (lane * LAYERS + k) * 3
            p, lam = tl.load(map_of + 1), tl.load(map_of + 2)
            for low in range(begin, end, BLOCK):
                at = low + tl.arange(0, BLOCK)
                there = at < end
                v = tl.load(w + at, mask=there, other=0.0)
                push = factor * tl.load(rise + lane * size_of + at, mask=there, other=0.0) + coupled * v
                if kind == 4:
                    mean = beta1 * tl.load(means + at, mask=there, other=0.0) + (1.0 - beta1) * push
                    square = tl.load(means + size_of + at, mask=there, other=0.0)
                    square = beta2 * square + (1.0 - beta2) * (push * push)
                    tl.store(new_means + at, mean, mask=there)
                    tl.store(new_means + size_of + at, square, mask=there)
                    direction = mean / first / (tl.sqrt(square / second) + epsilon)
                elif kind == 5:
                    direction = push / _metric(v, tl.load(map_of), p, lam)
                else:
                    direction = after * _signed_power(push, q, 0.0)
                moved = v - rate * (direction + decoupled * v)
                tl.store(new + at, moved, mask=there)
                wrong += tl.sum(tl.where(there, moved * 0.0, 0.0), axis=0)
        tl.debug_barrier()
        left = left - 1
        if wrong == 0.0:
            if number % every == 0:
                tl.store(course + lane * room + written, z)
                written = written + 1
            turn = 1 - turn
            before = z
            number = number + 1
        else:
            tl.store(resting + lane, 1)
            left = left * 0
    tl.store(done + lane, number)
    tl.store(last + lane, before)
    tl.store(seen + 2 * lane, written)
    tl.store(seen + 2 * lane + 1, turn)

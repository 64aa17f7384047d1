"""The time loop of a sweep as one kernel of Triton: a program to a lane, its matrix and its layers in registers.

The matrix of a lane is read once: A under the square loss, where A r is summed along its first axis (A is symmetric),
the samples under the exponential one. Sums are taken in a fixed order. Layers
that a setting does not have are ones that do not move, so that settings of any depth, q, decay, batch and optimizer go
through the same launch. Batches are those of the plain reference, bit for bit; the rest agrees with it up to the order
of sums, fused multiply-adds, and for general q the rounding of exp((q - 1) log |u|).
"""

# Triton reads this text: it knows a part of Python, without postponed annotations and unpacking.
# ruff: noqa: RUF005, SIM102, SIM108
# mypy: disable-error-code="no-untyped-def, assignment"
import triton
import triton.language as tl


@triton.jit
def _mixed(z):
    """The output function of SplitMix64."""
    z = z + 0x9E3779B97F4A7C15
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB
    return z ^ (z >> 31)


@triton.jit
def _draw(seed, step, size, count, slots):
    """``size`` different ones of ``count`` samples by Floyd's method, in the first of the slots."""
    words = _mixed(_mixed(seed) ^ _mixed((step * size + slots).to(tl.uint64)))
    top = count - size + slots
    chosen = ((words >> 11).to(tl.float64) * 1.1102230246251565e-16 * (top + 1).to(tl.float64)).to(tl.int64)
    for c in range(size):
        pick = tl.sum(tl.where(slots == c, chosen, 0), axis=0)
        taken = tl.sum(tl.where((slots < c) & (chosen == pick), 1, 0), axis=0)
        chosen = tl.where((slots == c) & (taken > 0), top, chosen)
    return chosen


@triton.jit
def _pull(margin, used, rescaled):
    """The slope by the margins of f, the mean of exp(-margin) over those in use, or of log f."""
    least = tl.min(tl.where(used, margin, float("inf")), axis=0)
    each = tl.where(used, tl.exp(least - margin), 0.0)
    total = tl.sum(each, axis=0)
    mean = tl.exp(tl.log(total / tl.sum(tl.where(used, 1.0, 0.0), axis=0)) - least)
    return each * (-tl.where(rescaled != 0, 1.0, mean) / total)


@triton.jit
def _signed_power(u, q, smallest):
    """sign(u) |u|^(q - 1), 0 at 0, at q = 1 also where u is below the smallest."""
    if q == 1.0:
        found = tl.where(u > 0.0, 1.0, tl.where(u < 0.0, -1.0, u))
        found = tl.where(tl.abs(u) < smallest, 0.0, found)
    elif q == 2.0:
        found = u
    else:
        size = tl.abs(u)
        if q == 1.5:
            power = tl.sqrt(size)
        else:
            power = tl.exp((q - 1.0) * tl.log(size))
        found = tl.where(u < 0.0, -power, power)
    return found


@triton.jit(do_not_specialize=["done", "steps"])
def descend(
    weights, exchanged, truth, gram, samples, seeds,
    firsts, depths, batches, rescaleds, qs, rates, coupleds, decoupleds, smallests, beta1s, beta2s, epsilons,
    data_sets, rows, features, count, done, steps,
    N: tl.constexpr, LAYERS: tl.constexpr, SLOTS: tl.constexpr, FULL: tl.constexpr, ADAM: tl.constexpr,
    KEPT: tl.constexpr,
):  # fmt: skip
    """The steps done, ..., done + steps - 1 of all lanes, in place; program m S + s is setting m on data set s.

    weights: (S, rows, n). exchanged: (programs, 2, N), where r passes from columns to rows; at even and odd steps
    apart, so that one barrier is enough. truth: (n,); gram: (S, n, n); samples: (S, k, n); seeds: (S,); all others: one
    entry for each setting, epsilon 0 where it is not Adam's. N: a power of two not below n. LAYERS: the largest depth.
    SLOTS: a power of two not below the batches, 0 where there are none. FULL, ADAM: whether any setting takes all
    samples, any is Adam's. KEPT: 0 under the square loss; under the exponential one a power of two, not below k where
    any setting takes all samples.
    """
    m = tl.program_id(0) // data_sets
    s = (tl.program_id(0) % data_sets).to(tl.int64)
    depth, size, q = tl.load(depths + m), tl.load(batches + m), tl.load(qs + m)
    rate, coupled, decoupled = tl.load(rates + m), tl.load(coupleds + m), tl.load(decoupleds + m)
    smallest, rescaled = tl.load(smallests + m), tl.load(rescaleds + m)
    seed, at = tl.load(seeds + s).to(tl.uint64), tl.arange(0, N)
    inside = at < features
    own = weights + (s * rows + tl.load(firsts + m)) * features + at
    goal = tl.load(truth + at, mask=inside, other=0.0)
    if SLOTS > 0:
        slots = tl.arange(0, SLOTS).to(tl.int64)
    if FULL and KEPT:
        kept = tl.arange(0, KEPT)
        whole = kept < tl.where(size == 0, count, 0)
        matrix = tl.load(
            samples + (s * count + kept[:, None]) * features + at[None, :], mask=whole[:, None] & inside[None, :],
            other=0.0,
        )  # fmt: skip
    if FULL and not KEPT:
        down = tl.arange(0, N)
        matrix = tl.load(
            gram + s * features * features + down[:, None] * features + at[None, :],
            mask=(down[:, None] < tl.where(size == 0, features, 0)) & inside[None, :], other=0.0,
        )  # fmt: skip
    if ADAM:
        beta1, beta2, epsilon = tl.load(beta1s + m), tl.load(beta2s + m), tl.load(epsilons + m)
        adam_features = tl.where(epsilon > 0.0, features, 0)
    w, means, squares = (), (), ()
    for layer in tl.static_range(LAYERS):
        w = w + (tl.load(own + layer * features, mask=at < tl.where(layer < depth, features, 0), other=1.0),)
        if ADAM:
            adapted = at < tl.where(layer < depth, adam_features, 0)
            means = means + (tl.load(own + (depth + layer) * features, mask=adapted, other=0.0),)
            squares = squares + (tl.load(own + (2 * depth + layer) * features, mask=adapted, other=0.0),)
    begun = done.to(tl.int64)
    for step in range(begun, begun + steps):
        before = (tl.full((N,), 1.0, tl.float64),)
        for layer in tl.static_range(1, LAYERS):
            before = before + (before[layer - 1] * w[layer - 1],)
        r = tl.where(inside, before[LAYERS - 1] * w[LAYERS - 1] - goal, 0.0)
        after = r
        if FULL and KEPT:
            if size == 0:
                image = _pull(tl.sum(matrix * r[None, :], axis=1), whole, rescaled)
                after = tl.sum(matrix * image[:, None], axis=0)
        if FULL and not KEPT:
            if size == 0:
                turned = exchanged + (tl.program_id(0).to(tl.int64) * 2 + step % 2) * N
                tl.store(turned + at, r)
                tl.debug_barrier()
                after = tl.sum(matrix * tl.load(turned + down)[:, None], axis=0)
        if SLOTS > 0:
            if size > 0:
                chosen = _draw(seed, step, size, count, slots)
                drawn = tl.load(
                    samples + (s * count + chosen[:, None]) * features + at[None, :],
                    mask=(slots[:, None] < size) & inside[None, :], other=0.0,
                )  # fmt: skip
                image = tl.sum(drawn * r[None, :], axis=1)
                if KEPT:
                    image = _pull(image, slots < size, rescaled)
                else:
                    image = image / size.to(tl.float64)
                after = tl.sum(drawn * image[:, None], axis=0)
        if ADAM:
            first = 1.0 - tl.exp(tl.log(beta1) * (step + 1))
            second = 1.0 - tl.exp(tl.log(beta2) * (step + 1))
        moved, moved_means, moved_squares = (), (), ()
        for layer in tl.static_range(LAYERS - 1, -1, -1):
            u = before[layer] * after + coupled * w[layer]
            after = after * w[layer]
            direction = _signed_power(u, q, smallest)
            if ADAM:
                mean = beta1 * means[layer] + (1.0 - beta1) * u
                square = beta2 * squares[layer] + (1.0 - beta2) * (u * u)
                moved_means, moved_squares = (mean,) + moved_means, (square,) + moved_squares
                towards = mean / first / (tl.sqrt(square / second) + epsilon)
                direction = tl.where(at < adam_features, towards, direction)
            stepped = w[layer] - rate * (direction + decoupled * w[layer])
            moved = (tl.where(at < tl.where(layer < depth, features, 0), stepped, w[layer]),) + moved
        w = moved
        if ADAM:
            means, squares = moved_means, moved_squares
    for layer in tl.static_range(LAYERS):
        tl.store(own + layer * features, w[layer], mask=at < tl.where(layer < depth, features, 0))
        if ADAM:
            adapted = at < tl.where(layer < depth, adam_features, 0)
            tl.store(own + (depth + layer) * features, means[layer], mask=adapted)
            tl.store(own + (2 * depth + layer) * features, squares[layer], mask=adapted)

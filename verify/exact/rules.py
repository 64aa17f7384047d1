"""Signs of irreducible polynomials in the generators of a tower, one rule each; every answer is a proven superset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flint import fmpq

from verify.exact.errors import Stop
from verify.exact.ring import Poly, factors, generators_in, single_generator
from verify.exact.signbook import (
    ALL,
    NEGATIVE,
    NONNEGATIVE,
    NONPOSITIVE,
    POSITIVE,
    ZERO_SIGN,
    Signs,
    flip,
    power_signs,
    product_signs,
    sum_signs,
)

if TYPE_CHECKING:
    from verify.exact.signbook import SignBook

MAX_GROUPED_TERMS = 12
INCREASING = ("asinh", "atan", "erf", "asin", "atanh", "acosh", "exp")
WITHIN_ONE = ("sin", "cos", "erf", "parity")


def conjugate(book: SignBook, f: Poly) -> Signs:
    """f = A + B*r with r*r = P: the sign of A*A - B*B*P decides between the signs of A and of B."""
    for k in generators_in(f):
        relation = book.tower.ring.relations.get(k)
        if relation is None or relation[0] != 2 or f.degrees()[k] != 1 or book.of_generator[k] != POSITIVE:
            continue
        b = f.derivative(k)
        a = f - b * book.tower.gen(k)
        norm = book.tower.ring.reduce(a * a - b * b * relation[1])
        if norm.is_zero():
            continue
        n = book.poly(norm)
        if n == POSITIVE:
            return book.poly(a)
        if n == NEGATIVE:
            return book.poly(b)
        sa, sb = book.poly(a), book.poly(b)
        if n <= NONNEGATIVE:
            return sa | ZERO_SIGN
        if n <= NONPOSITIVE:
            return sb | ZERO_SIGN
    return ALL


def logs(book: SignBook, f: Poly) -> Signs:
    """sum k_i log f_i + r with integers k_i has the sign of exp(r) prod f_i^{k_i} - 1."""
    tower = book.tower
    above, below, rest = tower.ring.one, tower.ring.one, tower.ring.zero
    met = False
    for exps, c in f.to_dict().items():
        used = [k for k, e in enumerate(exps) if e]
        logs = [k for k in used if tower.generators[k].kind == "log"]
        if not logs:
            rest += tower.ring.ctx.from_dict({exps: c})
            continue
        if len(used) != 1 or exps[used[0]] != 1 or c.q != 1 or abs(c.p) > 6:
            return ALL
        met = True
        base = tower.generators[used[0]].base[0]
        if c > 0:
            above = above * base ** int(c.p)
        else:
            below = below * base ** int(-c.p)
    if not met:
        return ALL
    if rest.is_zero():
        return book.poly(above - below)
    from verify.exact.elementary import exponential

    try:
        factor = exponential(tower, tower.ring.of(rest))
        gap = tower.ring.add(tower.ring.multiply(tower.ring.of(above), factor), tower.ring.of(-below))
    except Stop:
        return ALL
    return product_signs(book.poly(gap.num), book.poly(gap.den))


def grouped(book: SignBook, f: Poly) -> Signs:
    """f = sum_k c_k g^k for one generator g, the c_k signed one by one."""
    if not 2 < len(f) <= MAX_GROUPED_TERMS:
        return ALL
    best = ALL
    for k in generators_in(f):
        if book.of_generator[k] == ALL:
            continue
        parts: dict[int, dict] = {}
        for exps, c in f.to_dict().items():
            parts.setdefault(int(exps[k]), {})[(*exps[:k], 0, *exps[k + 1 :])] = c
        if len(parts) < 2 or max(len(p) for p in parts.values()) < 2:
            continue
        items = []
        for power, terms in parts.items():
            signs = book.poly(book.tower.ring.ctx.from_dict(terms))
            items.append(product_signs(signs, power_signs(book.of_generator[k], power)) if power else signs)
            if len(items[-1]) == 3:
                break
        else:
            best &= sum_signs(items)
            if len(best) <= 1:
                return best
    return best


def monotone(book: SignBook, f: Poly) -> Signs:
    """c*(g(u) - g(v)) with an increasing g has the sign of c*(u - v); for an odd g, + goes with u + v."""
    if len(f) != 2:
        return ALL
    (e1, c1), (e2, c2) = f.to_dict().items()
    used = [[k for k, e in enumerate(exps) if e] for exps in (e1, e2)]
    if any(len(u) != 1 for u in used) or e1[used[0][0]] != 1 or e2[used[1][0]] != 1 or abs(c1) != abs(c2):
        return ALL
    g, h = (book.tower.generators[u[0]] for u in used)
    if g.kind != h.kind or g.kind not in INCREASING:
        return ALL
    if c1 + c2 != 0 and g.kind not in ("asinh", "atan", "erf", "asin", "atanh"):
        return ALL
    ring = book.tower.ring
    u, v = g.base[0], h.base[0]
    gap = ring.add(u, v if c1 + c2 != 0 else ring.negate(v))
    s = book.tower.sign_set(gap)
    return s if c1 > 0 else flip(s)


def rooted(book: SignBook, f: Poly) -> Signs:
    """Variables under roots written as powers of the roots, which may then factor."""
    gens = list(book.tower.ring.gens)
    changed = False
    for k, (n, value) in book.tower.ring.relations.items():
        v = single_generator(value)
        if v is not None and book.tower.generators[k].kind == "root" and (f.degrees()[v] or f.degrees()[k]):
            gens[v] = book.tower.gen(k) ** n
            changed = True
    if not changed:
        return ALL
    c, parts = factors(f.compose(*gens))
    result: Signs = POSITIVE if c > 0 else NEGATIVE
    for part, k in parts:
        result = product_signs(result, power_signs(book._direct(part), k))
    return result


def _by_powers(book: SignBook, f: Poly) -> list[Poly]:
    """The two monomials of f, or its parts that share their powers with symbolic exponents, where these are two."""
    terms = f.to_dict()
    if len(terms) == 2:
        return [book.tower.ring.ctx.from_dict({exps: c}) for exps, c in terms.items()]
    generators = book.tower.generators
    powers = [k for k in generators_in(f) if generators[k].kind == "power"]
    groups: dict[tuple[int, ...], dict] = {}
    for exps, c in terms.items() if powers else ():
        groups.setdefault(tuple(exps[k] for k in powers), {})[exps] = c
    return [book.tower.ring.ctx.from_dict(group) for group in groups.values()]


def compared(book: SignBook, f: Poly) -> Signs:
    """A - B has the sign of log(A/B), for positive monomials A and B in powers, with polynomials as coefficients."""
    parts = _by_powers(book, f)
    if len(parts) != 2:
        return ALL
    from verify.exact.ratios import log_ratio_signs

    first, second = parts
    if book._direct(first) == NEGATIVE:
        first, second = second, first
    if book._direct(first) != POSITIVE or book._direct(second) != NEGATIVE:
        return ALL
    second = -second
    try:
        return log_ratio_signs(book.tower, book.tower.ring.of(first), book.tower.ring.of(second), cut=False)
    except Stop:
        return ALL


def bounded(book: SignBook, f: Poly) -> Signs:
    """c + sum c_i m_i with all m_i in [-1, 1], even powers in [0, 1], by comparing c with the sum of the |c_i|."""
    low = high = fmpq(0)
    for exps, c in f.to_dict().items():
        used = [k for k, e in enumerate(exps) if e]
        if any(book.tower.generators[k].kind not in WITHIN_ONE for k in used):
            return ALL
        least = 0 if all(exps[k] % 2 == 0 for k in used) else -1
        ends = (c * least, c) if used else (c, c)
        low, high = low + min(ends), high + max(ends)
    if low >= 0:
        return POSITIVE if low > 0 else NONNEGATIVE
    if high <= 0:
        return NEGATIVE if high < 0 else NONPOSITIVE
    return ALL


RULES = (conjugate, logs, monotone, rooted, bounded, compared, grouped)

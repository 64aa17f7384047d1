"""The sign of log(A/B) for positive monomials A and B in powers, such as lam**(q1*(L-1)) and lam**(q2*(L-1)).

log(A/B) = log c + sum_e e*log(P_e/Q_e), the bases gathered by their exponent e: the sign of each summand is the sign
of e times the sign of P_e - Q_e.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verify.exact.errors import Split, Unsupported
from verify.exact.ring import Poly, Quotient, factors, single_generator
from verify.exact.signbook import ALL, NEGATIVE, NONNEGATIVE, NONPOSITIVE, POSITIVE, Signs, product_signs, sum_signs

if TYPE_CHECKING:
    from verify.exact.tower import Tower

Exponents = dict[str, tuple[Poly, Quotient]]


def log_ratio_signs(tower: Tower, a: Quotient, b: Quotient, *, cut: bool = True) -> Signs:
    """The possible signs of log(a/b); with ``cut`` a sign that would decide raises Split."""
    ring = tower.ring
    if tower.sign_set(a) != POSITIVE or tower.sign_set(b) != POSITIVE:
        raise Unsupported("sides not known to be positive")
    constant = tower.constant(1)
    exponents: Exponents = {}
    for q, side in ((a, 1), (b, -1)):
        for poly, s in ((q.num, side), (q.den, -side)):
            c, parts = factors(poly)
            # Both sides are positive, so each factor may be replaced by its absolute value.
            constant = ring.multiply(constant, ring.integer_power(tower.constant(abs(c)), s))
            for f, k in parts:
                _collect(tower, f, tower.constant(k * s), exponents, cut)
    items: list[Signs] = [tower.sign_set(ring.add(constant, tower.constant(-1)))]
    for above, below, exponent in _gathered(tower, exponents):
        e = tower.sign_set(exponent)
        larger = tower.signs.poly(above - below)
        if cut and len(e) == 3:
            raise Split(tower.term_of(exponent.num), zero_only=False)
        if cut and len(larger) == 3:
            raise Split(tower.term_of(above - below), zero_only=False)
        items.append(product_signs(e, larger))
    total = sum_signs(items)
    return total if total <= NONNEGATIVE or total <= NONPOSITIVE else ALL


def _gathered(tower: Tower, exponents: Exponents) -> list[tuple[Poly, Poly, Quotient]]:
    """(P, Q, e): the bases with exponent e multiplied, those with exponent -e below."""
    groups: dict[tuple[str, str], list] = {}
    for base, exponent in exponents.values():
        if exponent.num.is_zero():
            continue
        positive = exponent.num.leading_coefficient() > 0
        unit = exponent if positive else tower.ring.negate(exponent)
        entry = groups.setdefault(unit.key, [tower.ring.one, tower.ring.one, unit])
        entry[0 if positive else 1] = entry[0 if positive else 1] * base
    return [(p, q, e) for p, q, e in groups.values()]


def _collect(tower: Tower, f: Poly, times: Quotient, into: Exponents, cut: bool) -> None:
    """Add ``times`` to the exponent of the base that f is a power of."""
    ring = tower.ring
    k = single_generator(f)
    if k is not None:
        g = tower.generators[k]
        if g.kind == "root":
            return _collect(tower, g.base[0], ring.multiply(times, ring.inverse(tower.constant(g.base[1]))), into, cut)
        if g.kind == "power":
            return _collect(tower, g.base[0], ring.multiply(times, g.base[1]), into, cut)
        if g.kind == "exp":
            raise Unsupported("an exponential factor")
    signs = tower.signs.poly(f)
    if signs == NEGATIVE:
        f = -f
    elif signs != POSITIVE:
        if cut:
            raise Split(tower.term_of(f), zero_only=False)
        raise Unsupported("a base not known to be positive")
    known = into.get(str(f))
    into[str(f)] = (f, times if known is None else ring.add(known[1], times))
    return None

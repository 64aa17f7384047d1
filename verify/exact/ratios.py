"""The sign of log(A/B) for positive monomials A and B in powers, such as lam**(q1*(L-1)) and lam**(q2*(L-1)).

log(A/B) = log c + sum_e e*log(P_e/Q_e), the bases gathered by their exponent e: the sign of each summand is the sign
of e times the sign of P_e - Q_e.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from flint import fmpq

from verify.exact.errors import Split, Stop, Unsupported
from verify.exact.ring import Poly, Quotient, factors, single_generator
from verify.exact.signbook import ALL, NEGATIVE, NONNEGATIVE, NONPOSITIVE, POSITIVE, Signs, product_signs, sum_signs
from verify.language.terms import Term, fn, num, sym

if TYPE_CHECKING:
    from verify.exact.tower import Tower

MOST_ABSORBED = 12
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
    constant = _absorbed(tower, constant, exponents)
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
    if total <= NONNEGATIVE or total <= NONPOSITIVE:
        return total
    return _from_a_fact(tower, constant, exponents)


def _absorbed(tower: Tower, constant: Quotient, exponents: Exponents) -> Quotient:
    """The constant without what is a power of a base that is a number: 2**p/2 is 2**(p - 1)."""
    value = tower.rational(constant)
    for key, (base, exponent) in exponents.items():
        if value is None or value <= 0 or value == 1 or not base.is_constant():
            continue
        c = base.leading_coefficient()
        b = Fraction(int(c.p), int(c.q))
        for k in range(-MOST_ABSORBED, MOST_ABSORBED + 1):
            if k and b**k == value:
                exponents[key] = (base, tower.ring.add(exponent, tower.constant(k)))
                return tower.constant(1)
    return constant


def _from_a_fact(tower: Tower, constant: Quotient, exponents: Exponents) -> Signs:
    """A fact A > B between monomials gives the sign of s*log(A/B): a**(p - 1) > b follows from a > b**(1/(p - 1))."""
    if tower.rational(constant) != 1:
        return ALL
    ring = tower.ring
    ours = {key: e for key, (_, e) in exponents.items() if not e.num.is_zero()}
    for fact, known in tower.signs.fact_polys:
        if len(fact) != 2 or len(known) == 3:
            continue
        first, second = (ring.ctx.from_dict({exps: c}) for exps, c in fact.to_dict().items())
        theirs: Exponents = {}
        if abs(first.leading_coefficient()) != abs(second.leading_coefficient()):
            continue
        positive, negative = (first, -second) if first.leading_coefficient() > 0 else (second, -first)
        if tower.signs.poly(positive) != POSITIVE or tower.signs.poly(negative) != POSITIVE:
            continue
        try:
            for poly, side in ((positive, 1), (negative, -1)):
                for f, k in factors(poly)[1]:
                    _collect(tower, f, tower.constant(k * side), theirs, cut=False)
        except Stop:
            continue
        vector = {key: e for key, (_, e) in theirs.items() if not e.num.is_zero()}
        if not vector or vector.keys() != ours.keys():
            continue
        key = min(vector)
        if tower.sign_set(vector[key]) not in (POSITIVE, NEGATIVE):
            continue
        scale = ring.multiply(ours[key], ring.inverse(vector[key]))
        if all(ring.multiply(scale, vector[k]).key == ours[k].key for k in ours):
            return product_signs(tower.sign_set(scale), known)
    return ALL


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


def meeting_point(tower: Tower, f: Poly, name: str) -> list[Term]:
    """The value of the variable, as a term, at which the two monomials of f agree; none where that is not read off.

    A = B with log(A/B) = log c + e*log v + sum_g e_g log g gives v = (c * prod g^{e_g})^{-1/e}.
    """
    first, second = (tower.ring.ctx.from_dict({exps: c}) for exps, c in f.to_dict().items())
    exponents: Exponents = {}
    constant = fmpq(1)
    try:
        for poly, side in ((first, 1), (second, -1)):
            c, parts = factors(poly)
            constant *= abs(c) if side > 0 else 1 / abs(c)
            for g, k in parts:
                _collect(tower, g, tower.constant(k * side), exponents, cut=False)
    except Stop:
        return []
    own = [(g, e) for g, e in exponents.values() if tower.term_of(g) == sym(name)]
    if len(own) != 1 or own[0][1].num.is_zero():
        return []
    value: Term = num(Fraction(int(constant.p), int(constant.q)))
    for g, e in exponents.values():
        if name in tower.term_of(g).free:
            if g is not own[0][0]:
                return []
            continue
        value = fn("*", value, fn("**", tower.term_of(g), tower.term_of_quotient(e)))
    return [fn("**", value, fn("neg", fn("/", num(1), tower.term_of_quotient(own[0][1]))))]

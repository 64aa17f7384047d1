"""Comparison of two positive monomials in powers, such as lam**(q1*(L-1)) and lam**(q2*(L-1)).

log(A/B) = log c + sum_f e_f log f with irreducible bases f > 0; A >= B follows where every summand e_f log f and
log c is nonnegative, and the sign of e_f log f is the sign of e_f times the sign of f - 1.
"""

from __future__ import annotations

from verify.evidence import Evidence, Tier, undecided
from verify.exact.errors import Split, Unsupported
from verify.exact.ring import Quotient, factors, single_generator
from verify.exact.signbook import NONNEGATIVE, NONPOSITIVE, POSITIVE, Signs, product_signs, sum_signs
from verify.exact.signs import Put, run_on_cells, guarded
from verify.exact.tower import Tower
from verify.provers import exact
from verify.provers.budget import Budget
from verify.statement import Statement

METHOD = "comparison of powers"


def applies(statement: Statement) -> bool:
    return exact.applies(statement) and statement.conclusion.op in exact.WANTED


def prove(statement: Statement, budget: Budget) -> Evidence:
    if not applies(statement):
        return undecided(METHOD, "not an inequality between terms")
    c = statement.conclusion
    wanted = exact.WANTED[c.op]

    def task(tower: Tower, put: Put) -> Signs:
        return log_ratio_signs(tower, guarded(tower, put, c.args[0]), guarded(tower, put, c.args[1]))

    outcomes = run_on_cells(statement.domain, task, budget.left * 0.8)
    if outcomes is None:
        return undecided(METHOD, "out of time")
    left = [o for o in outcomes if o.stop is not None or not o.value <= wanted]  # type: ignore[operator]
    if left:
        return undecided(METHOD, f"on {left[0].cell}: {left[0].stop or 'the exponents do not decide'}")
    return Evidence(
        Tier.certified,
        METHOD,
        "holds",
        detail="the logarithm of the quotient has a sign, base by base",
        conditions=tuple(str(o.cell) for o in outcomes[:40]),
        engines=exact.engines(),
    )


def log_ratio_signs(tower: Tower, a: Quotient, b: Quotient) -> Signs:
    """The possible signs of log(a/b) for positive monomials a and b."""
    ring = tower.ring
    if tower.sign_set(a) != POSITIVE or tower.sign_set(b) != POSITIVE:
        raise Unsupported("sides not known to be positive")
    constant = tower.constant(1)
    exponents: dict[str, tuple[object, Quotient]] = {}
    for q, side in ((a, 1), (b, -1)):
        for poly, s in ((q.num, side), (q.den, -side)):
            c, parts = factors(poly)
            constant = ring.multiply(constant, ring.integer_power(tower.constant(c), s))
            for f, k in parts:
                _collect(tower, f, tower.constant(k * s), exponents)
    items: list[Signs] = [tower.sign_set(ring.add(constant, tower.constant(-1)))]
    for base, exponent in exponents.values():
        if exponent.num.is_zero():
            continue
        e = tower.sign_set(exponent)
        above = tower.signs.poly(base - 1)  # type: ignore[operator]
        if len(e) == 3:
            raise Split(tower.term_of(exponent.num), zero_only=False)
        if len(above) == 3:
            raise Split(tower.term_of(base - 1), zero_only=False)  # type: ignore[operator]
        items.append(product_signs(e, above))
    total = sum_signs(items)
    return total if total <= NONNEGATIVE or total <= NONPOSITIVE else frozenset((-1, 0, 1))


def _collect(tower: Tower, f: object, times: Quotient, into: dict[str, tuple[object, Quotient]]) -> None:
    """Add ``times`` to the exponent of the base that f is a power of."""
    ring = tower.ring
    k = single_generator(f)
    if k is not None:
        g = tower.generators[k]
        if g.kind == "root":
            return _collect(tower, g.base[0], ring.multiply(times, tower.constant(1) if g.base[1] == 1 else ring.inverse(tower.constant(g.base[1]))), into)
        if g.kind == "power":
            return _collect(tower, g.base[0], ring.multiply(times, g.base[1]), into)
        if g.kind == "exp":
            raise Unsupported("an exponential factor")
    if tower.signs.poly(f) != POSITIVE:
        raise Split(tower.term_of(f), zero_only=False)
    known = into.get(str(f))
    into[str(f)] = (f, times if known is None else ring.add(known[1], times))
    return None

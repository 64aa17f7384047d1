"""Conservation laws among polynomials in weights, their inverses and logarithms, and the functions that G is made of.

The kernel is found modulo a prime from values of the functions at points, where exponentials, logarithms and powers
may be any number; each vector is lifted to Q and its identity checked over Q. What is found are laws; that there are
no others of the kind is not claimed.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
from flint import fmpq_mpoly

from numerics.laws.ansatz import rational
from numerics.laws.modular import PRIME, echelon, multiply
from numerics.laws.ring import Ring

MOST_MONOMIALS = 450
TRIES = 3_000


def enrich(ring: Ring, fields: Sequence[Sequence[fmpq_mpoly]], most: int = 6) -> None:
    """Adds 1/w and log w of every weight, log P of the sums P that divide entries of the fields, and 1/u of every
    exponential or power u.
    """
    factors: list[fmpq_mpoly] = []
    circular = [ring.generators[ring.plain + k] for k, a in enumerate(ring.atoms) if a.kind in ("sin", "cos")]
    for entry in (e for field in fields for e in field):
        if entry != 0 and not entry.is_constant():
            new = [f for f, _ in entry.factor()[1] if f not in factors and (len(f) > 1 or f in circular)]
            factors += new[: most - len(factors)]
    for a in range(ring.weights):
        w = ring.generators[a]
        ring.atom("inverse", w)
        ring.atom("log", w)
    for f in factors:
        ring.atom("log", f)
    for k, atom in enumerate(list(ring.atoms)):
        if atom.kind in ("exp", "power"):
            ring.atom("inverse", ring.generators[ring.plain + k])


def laws_in(
    ring: Ring, fields: Sequence[Sequence[fmpq_mpoly]], degree: int, rng: np.random.Generator
) -> list[fmpq_mpoly]:
    """Laws of at most the degree (less where there would be too many monomials) in the generators of the ring."""
    fields = [primitive(ring, field) for field in fields]
    monomials: list[tuple[int, ...]] = []
    for d in range(1, degree + 1):
        some = []
        for factors in itertools.combinations_with_replacement(range(ring.size), d):
            m = _monomial(ring, factors)
            if any(ring.derivative(m, a) != 0 for a in range(ring.weights)) and ring.reduced(m) == m:
                some.append(factors)
            if len(monomials) + len(some) > MOST_MONOMIALS:
                return _kernel(ring, fields, monomials, rng)
        monomials += some
    return _kernel(ring, fields, monomials, rng)


def primitive(ring: Ring, field: Sequence[fmpq_mpoly]) -> list[fmpq_mpoly]:
    """The field without the factor that its entries share: it has the same laws, and simpler ones are seen."""
    common = ring.constant(0)
    for entry in field:
        if entry != 0:
            common = entry if common == 0 else common.gcd(entry)
    if common == 0 or common.is_constant():
        return list(field)
    return [divmod(entry, common)[0] for entry in field]


def _monomial(ring: Ring, factors: Sequence[int]) -> fmpq_mpoly:
    return math.prod((ring.generators[k] for k in factors), start=ring.constant(1))


def _kernel(
    ring: Ring, fields: Sequence[Sequence[fmpq_mpoly]], monomials: list[tuple[int, ...]], rng: np.random.Generator
) -> list[fmpq_mpoly]:
    n = len(monomials)
    states: list[list[int]] = []
    speeds: list[list[list[int]]] = []
    for _ in range(TRIES):
        if len(states) * len(fields) >= n + 12:
            break
        z = ring.residues([int(x) for x in rng.integers(1, PRIME, size=ring.plain)], PRIME)
        if z is not None:
            states.append(z)
            speeds.append(ring.speeds(fields, z, PRIME))
    if not n or not states:
        return []
    extended = np.zeros((2, len(states) * len(fields), ring.size + 1), dtype=np.int64)
    extended[0, :, :-1] = np.repeat(np.array(states), len(fields), axis=0)
    extended[0, :, -1] = 1
    extended[1, :, :-1] = np.concatenate([np.array(v) for v in speeds])
    width = max(len(m) for m in monomials)
    table = np.array([list(m) + [ring.size] * (width - len(m)) for m in monomials])
    product = extended[..., table[:, 0]]
    for column in table.T[1:]:
        product = multiply(product, extended[..., column])
    top = echelon(product[1])
    pivots = (top != 0).argmax(axis=1)
    answer = []
    for free in np.setdiff1d(np.arange(n), pivots):
        lifted = [rational(int(-x) % PRIME, PRIME) if x else (0, 1) for x in top[:, free]]
        numbers = [p for p in lifted if p is not None]
        if len(numbers) < len(lifted):
            continue
        clear = math.lcm(*(q for _, q in numbers)) if numbers else 1
        h = clear * _monomial(ring, monomials[free])
        for (p, q), k in zip(numbers, pivots, strict=True):
            if p:
                h += (p * clear // q) * _monomial(ring, monomials[k])
        constant = all(ring.vanishes(ring.derivative(h, a)) for a in range(ring.weights))
        if not constant and is_law_in(ring, fields, h):
            answer.append(h)
    return answer


def is_law_in(ring: Ring, fields: Sequence[Sequence[fmpq_mpoly]], h: fmpq_mpoly) -> bool:
    """True only where the derivative of h along every field vanishes identically."""
    return all(ring.vanishes(ring.along(field, h)) for field in fields)

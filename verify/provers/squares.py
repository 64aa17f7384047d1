"""Polynomial and univariate rational inequalities by exact sums of squares and Sturm's theorem.

A proposal may come from floating point (a Gram matrix found by alternating projections), but what is kept is an exact
LDL^T decomposition over Q whose squares add up to the polynomial; ``verify.checker.squares`` expands them again.

Source: P. Parrilo, Semidefinite programming relaxations for semialgebraic problems (2003); H. Peyrl, P. Parrilo,
Computing sum of squares decompositions with rational coefficients (2008).
"""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

from verify.clock import now
from verify.evidence import Evidence, Tier, undecided
from verify.language.printing import number_text
from verify.provers.budget import Budget
from verify.statement import Statement

METHOD = "sum of squares"
MOST_BASIS = 40
Monomial = tuple[int, ...]
Matrix = list[list[Fraction]]


def applies(statement: Statement) -> bool:
    """One relation that is polynomial, or a quotient of polynomials in one variable."""
    return not statement.flow and (_univariate(statement) is not None or _polynomial(statement) is not None)


def prove(statement: Statement, budget: Budget) -> Evidence:
    """Sturm's theorem for one variable; otherwise squares."""
    begun = now()
    if statement.flow:
        return undecided(METHOD, "no statement about a flow")
    certificate = _sturm(statement) or _squares(statement, budget)
    if certificate is None:
        return undecided(METHOD, "no sum of squares was found")
    from verify.checker import replay

    if not replay(statement, certificate):
        return undecided(METHOD, "the certificate did not pass its check")
    import flint

    return Evidence(
        Tier.certified,
        METHOD if certificate["kind"] == "squares" else "Sturm's theorem",
        "holds",
        "an exact sum of squares" if certificate["kind"] == "squares" else "roots counted exactly",
        engines={"python-flint": flint.__version__},
        seed=budget.seed,
        seconds=now() - begun,
        certificate=certificate,
    )


def _univariate(statement: Statement) -> str | None:
    from verify.checker.problem import oriented

    asked = oriented(statement.conclusion)
    if asked is None or len(asked[0].free) > 1:
        return None
    names = asked[0].free & set(statement.domain.names)
    return next(iter(names), None)


def _sturm(statement: Statement) -> dict[str, Any] | None:
    from verify.checker.squares import check_sturm

    name = _univariate(statement)
    if name is None:
        return None
    certificate = {"kind": "sturm", "statement": statement.text, "variable": name}
    return certificate if check_sturm(statement, certificate) else None


def _polynomial(statement: Statement) -> tuple[Any, str, tuple[str, ...]] | None:
    from verify.checker.polynomials import NotPolynomial, polynomial
    from verify.checker.squares import substituted

    asked = substituted(statement)
    if asked is None:
        return None
    try:
        return polynomial(asked[0], asked[2]), asked[1], asked[2]
    except NotPolynomial:
        return None


def _squares(statement: Statement, budget: Budget) -> dict[str, Any] | None:
    posed = _polynomial(statement)
    if posed is None:
        return None
    p, relation, names = posed
    from verify.checker.polynomials import fraction

    terms = {tuple(int(e) for e in k): fraction(c) for k, c in p.to_dict().items()}
    shifts = [Fraction(0)]
    if relation == ">":
        constant = terms.get((0,) * len(names), Fraction(0))
        shifts = [Fraction(1, 10**k) * max(Fraction(1), abs(constant)) for k in (3, 6, 9)]
    for shift in shifts:
        lowered = dict(terms)
        zero = (0,) * len(names)
        lowered[zero] = lowered.get(zero, Fraction(0)) - shift
        found = sum_of_squares({k: c for k, c in lowered.items() if c}, len(names), budget)
        if found is not None:
            squares = [[number_text(c), _text(q, names)] for c, q in found]
            if shift:
                squares.append([number_text(shift), "1"])
            return {"kind": "squares", "statement": statement.text, "squares": squares}
        if budget.spent:
            break
    return None


def _text(q: dict[Monomial, Fraction], names: tuple[str, ...]) -> str:
    parts = []
    for exponents, c in sorted(q.items(), reverse=True):
        powers = [n if e == 1 else f"{n}**{e}" for n, e in zip(names, exponents, strict=True) if e]
        parts.append("*".join([f"({number_text(c)})", *powers]))
    return " + ".join(parts) or "0"


def sum_of_squares(
    terms: dict[Monomial, Fraction], n: int, budget: Budget
) -> list[tuple[Fraction, dict[Monomial, Fraction]]] | None:
    """Pairs (c, q) with c > 0 and sum of c q^2 equal to the polynomial, or None."""
    if not terms:
        return []
    basis = _basis(terms, n)
    if basis is None or len(basis) > MOST_BASIS:
        return None
    products: dict[Monomial, list[tuple[int, int]]] = {}
    for i, j in itertools.combinations_with_replacement(range(len(basis)), 2):
        key = tuple(a + b for a, b in zip(basis[i], basis[j], strict=True))
        products.setdefault(key, []).append((i, j))
    if any(k not in products for k in terms):
        return None
    gram = _exact_start(terms, products, len(basis))
    if all(len(v) == 1 for v in products.values()):
        return _decompose(gram, basis)
    kernel = _kernel(terms, basis, n)
    for candidate in _candidates(gram, products, kernel, budget):
        found = _decompose(candidate, basis)
        if found is not None:
            return found
    return None


def _basis(terms: dict[Monomial, Fraction], n: int) -> list[Monomial] | None:
    """Monomials m with 2m in the box of degrees of the polynomial, pruned until every square can be paid for."""
    degrees = [sum(k) for k in terms]
    top, low = max(degrees), min(degrees)
    if top % 2 or top > 12:
        return None
    most = [max(k[i] for k in terms) // 2 for i in range(n)]
    if math.prod(k + 1 for k in most) > 4000:
        return None
    basis: list[Monomial] = [
        m for m in itertools.product(*(range(k + 1) for k in most)) if (low + 1) // 2 <= sum(m) <= top // 2
    ]
    while True:  # a square m^2 that no other product can cancel and that p lacks forces m out
        sums: dict[Monomial, int] = {}
        for a, b in itertools.combinations(basis, 2):
            key = tuple(x + y for x, y in zip(a, b, strict=True))
            sums[key] = sums.get(key, 0) + 1
        kept = [m for m in basis if _payable(tuple(2 * x for x in m), terms, sums)]
        if kept == basis or not kept:
            return kept or None
        basis = kept


def _payable(double: Monomial, terms: dict[Monomial, Fraction], sums: dict[Monomial, int]) -> bool:
    return terms.get(double, Fraction(0)) > 0 or double in sums


def _exact_start(terms: dict[Monomial, Fraction], products: dict[Monomial, list[tuple[int, int]]], size: int) -> Matrix:
    """Some symmetric rational matrix G with m^T G m = p: each coefficient is shared evenly."""
    gram = [[Fraction(0)] * size for _ in range(size)]
    for key, places in products.items():
        weight = sum(1 if i == j else 2 for i, j in places)
        for i, j in places:
            gram[i][j] = gram[j][i] = terms.get(key, Fraction(0)) / weight
    return gram


def _kernel(terms: dict[Monomial, Fraction], basis: list[Monomial], n: int) -> list[list[Fraction]]:
    """Vectors that every positive semidefinite Gram matrix annihilates: monomials at small rational zeros of p."""
    values = [Fraction(k) for k in (0, 1, -1, 2, -2)] + [Fraction(1, 2), Fraction(-1, 2)]
    while len(values) ** n > 2500:
        values.pop()
    rows = []
    for point in itertools.product(values, repeat=n):
        if sum((c * _monomial(k, point) for k, c in terms.items()), Fraction(0)) == 0:
            rows.append([_monomial(m, point) for m in basis])
    return rows


def _monomial(exponents: Monomial, point: tuple[Fraction, ...]) -> Fraction:
    value = Fraction(1)
    for x, e in zip(point, exponents, strict=True):
        value *= x**e
    return value


def _candidates(
    start: Matrix, products: dict[Monomial, list[tuple[int, int]]], kernel: list[list[Fraction]], budget: Budget
) -> Any:
    """Rational matrices with the right products, near numerically positive semidefinite ones."""
    import numpy as np

    yield start
    size = len(start)
    exact = [[float(v) for v in row] for row in start]
    scale = max(1.0, float(np.abs(np.array(exact)).max()))
    g = np.array(exact) / scale
    target = g.copy()
    annihilate = np.eye(size)
    if kernel:
        k = np.array([[float(v) for v in row] for row in kernel])
        _, s, vt = np.linalg.svd(k)
        rank = int((s > 1e-9 * s[0]).sum()) if len(s) and s[0] > 0 else 0
        annihilate = np.eye(size) - vt[:rank].T @ vt[:rank]

    def affine(m: Any) -> Any:
        out = m.copy()
        for places in products.values():
            weight = sum(1 if i == j else 2 for i, j in places)
            gap = sum((1 if i == j else 2) * (m[i, j] - target[i, j]) for i, j in places) / weight
            for i, j in places:
                out[i, j] -= gap
                if i != j:
                    out[j, i] -= gap
        return out

    def cone(m: Any, floor: float) -> Any:
        inner = annihilate @ m @ annihilate
        w, v = np.linalg.eigh((inner + inner.T) / 2)
        return annihilate @ ((v * np.maximum(w, floor)) @ v.T) @ annihilate

    for floor in (3e-2, 1e-3, 0.0):
        z = g.copy()
        for step in range(400):
            if budget.spent:
                return
            p = cone(z, floor)
            q = affine(2 * p - z)
            z = z + q - p
            if step % 100 == 99 or float(np.abs(q - p).max()) < 1e-9:
                for digits in (12, 100, 10**4, 10**7):
                    yield _rounded(affine(p) * scale, start, products, digits)
                if float(np.abs(q - p).max()) < 1e-9:
                    break


def _rounded(m: Any, start: Matrix, products: dict[Monomial, list[tuple[int, int]]], denominator: int) -> Matrix:
    """The matrix rounded to rationals and put back exactly onto the affine space."""
    size = len(start)
    out = [[Fraction(0)] * size for _ in range(size)]
    for places in products.values():
        for i, j in places:
            out[i][j] = out[j][i] = Fraction(float(m[i, j])).limit_denominator(denominator)
    for places in products.values():
        i, j = max(places, key=lambda ij: (ij[0] != ij[1], ij))
        weight = 1 if i == j else 2
        wanted = sum(((1 if a == b else 2) * start[a][b] for a, b in places), Fraction(0))
        got = sum(((1 if a == b else 2) * out[a][b] for a, b in places), Fraction(0))
        out[i][j] += (wanted - got) / weight
        out[j][i] = out[i][j]
    return out


def _decompose(gram: Matrix, basis: list[Monomial]) -> list[tuple[Fraction, dict[Monomial, Fraction]]] | None:
    """Exact LDL^T with positive pivots (zero pivots need zero rows): the squares, or None."""
    a = [row[:] for row in gram]
    size, squares = len(a), []
    for k in range(size):
        pivot = a[k][k]
        if pivot < 0 or (pivot == 0 and any(a[k][j] != 0 for j in range(k + 1, size))):
            return None
        if pivot == 0:
            continue
        row = [a[k][j] / pivot for j in range(size)]
        squares.append((pivot, {basis[j]: row[j] for j in range(k, size) if row[j] != 0}))
        for i in range(k + 1, size):
            if a[i][k]:
                factor = a[i][k]
                for j in range(k + 1, size):
                    a[i][j] -= factor * row[j]
    return squares

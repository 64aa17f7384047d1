"""The rank of a Lie algebra of vector fields, proved from both sides without any conservation law.

B_1, ..., B_r are brackets of the fields, independent at a point (balls that exclude 0). Where every field and every
bracket [X_i, B_j] is a combination of them with rational coefficients, that is where every minor of r + 1 rows
vanishes identically, brackets of every length are, and r is the rank.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from flint import fmpq, fmpq_mpoly

from numerics.laws.ring import Ring, certain_rank

MAX_RANK = 6
Field = list[fmpq_mpoly]


@dataclass(frozen=True)
class Involutive:
    """rank: certain to be reached at ``point``. closed: whether no bracket leaves it, proved identically.

    basis: the words of the brackets: () of numbers of fields, (i,) the field i, (i, j, ...) = [X_i, (j, ...)].
    field_rank: that of the fields alone, certain to be reached; field_closed: whether their rank is no greater.
    """

    rank: int
    closed: bool
    basis: tuple[tuple[int, ...], ...]
    point: tuple[fmpq, ...]
    field_rank: int
    field_closed: bool


def generated(ring: Ring, fields: Sequence[Field], point: Sequence[fmpq], longest: int = 6) -> Involutive | None:
    """The algebra that the fields generate; None where a field is not defined at the point.

    Raises ``numerics.laws.ring.TooLarge`` where a bracket has too many terms.
    """
    values = ring.values(point, partial=True)
    if values is None or not all(ring.value(f, values).is_finite() for field in fields for f in field):
        return None
    basis: list[tuple[tuple[int, ...], Field]] = []

    def rows(some: Sequence[tuple[tuple[int, ...], Field]]) -> list[list]:
        return [[ring.value(f, values) for f in field] for _, field in some]

    def grows(word: tuple[int, ...], field: Field) -> bool:
        if certain_rank(rows([*basis, (word, field)]))[0] > len(basis):
            basis.append((word, field))
            return True
        return False

    leaving = [f for i, f in enumerate(fields) if not grows((i,), f)]
    field_rank = len(basis)
    field_closed = _all_inside(ring, [f for _, f in basis], leaving, rows(basis))
    recent = list(basis)
    for _ in range(longest - 1):
        if len(basis) == ring.weights:
            break
        new = []
        for i, x in enumerate(fields):
            for word, b in recent:
                z = ring.bracket(x, b)
                if any(e != 0 for e in z) and grows((i, *word), z):
                    new.append(basis[-1])
        recent = new
        if not new:
            break
    closed = len(basis) == ring.weights
    if not closed:
        test = [ring.bracket(x, b) for x in fields for _, b in basis]
        closed = _all_inside(ring, [b for _, b in basis], [*leaving, *test], rows(basis))
    words = tuple(word for word, _ in basis)
    return Involutive(len(basis), closed, words, tuple(point), field_rank, field_closed)


def _all_inside(ring: Ring, basis: list[Field], others: Sequence[Field], rows: Sequence[Sequence]) -> bool:
    """Whether every field is a combination of the basis over the rational functions: all minors of one more vanish."""
    r = len(basis)
    others = [z for z in others if not all(ring.vanishes(e) for e in z)]
    if not others or r == ring.weights:
        return True
    if r == 0 or r > MAX_RANK:
        return False
    _, pivots = certain_rank(rows)
    minor = _minors(ring, basis)
    columns = tuple(sorted(pivots))
    everyone = tuple(range(r))
    for z in others:
        for extra in range(ring.weights):
            if extra in columns:
                continue
            chosen = (*columns, extra)
            total = ring.constant(0)
            for k, c in enumerate(chosen):  # expand along the row z
                rest = tuple(d for d in chosen if d != c)
                total += (-1) ** k * z[c] * minor(everyone, rest)
            if not ring.vanishes(total):
                return False
    return True


def _minors(ring: Ring, basis: list[Field]) -> Callable[[tuple[int, ...], tuple[int, ...]], fmpq_mpoly]:
    @cache
    def minor(rows: tuple[int, ...], columns: tuple[int, ...]) -> fmpq_mpoly:
        if not rows:
            return ring.constant(1)
        total = ring.constant(0)
        for k, c in enumerate(columns):
            entry = basis[rows[0]][c]
            if entry != 0:
                total += (-1) ** k * entry * minor(rows[1:], columns[:k] + columns[k + 1 :])
        return ring.checked(total)

    return minor

"""Solutions in Filippov's sense: the convex hull of the limits of a field, and what can move inside a cell.

At a point where jumping factors vanish, x' lies in F(x) = conv{f_t(x)}, f_t the limit of the field from the
neighbouring open cell with signs t. A solution spends positive time in the cell {u_k = 0 for k in Z} only with
velocities v in F(x) with grad u_k . v = 0: at almost every such time the difference quotients along the cell
vanish. A law G that is affine in the velocity holds for all of them if G[t] - sum_k y_k grad u_k . f_t has the right
sign for every t, for some multipliers y_k; for an equation that is Gaussian elimination, exact over the functions
on the cell.

Source: A. F. Filippov, Differential Equations with Discontinuous Righthand Sides, section 4 (definition a).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product

from verify.checker.flowing.terms import add, affine, div, is_natural_power, jump_atoms, mul, sub
from verify.language.terms import ONE, ZERO, Term, substitute, walk
from verify.provers.flowing.cells import Cell, on_cell

MOST_VERTICES = 81


class TooMany(Exception):
    """More neighbouring cells than the tool will look at."""


def moving_zeros(cell: Cell, state: Sequence[str]) -> list[Term]:
    """The atoms that vanish on the cell and depend on the state."""
    return [a for a, s in cell.signs.items() if s == 0 and a.free & frozenset(state)]


def switching(cell: Cell, fields: dict[str, Term]) -> list[Term]:
    """The moving zeros at which the field jumps."""
    jumping = set(jump_atoms(list(fields.values())))
    return [a for a in moving_zeros(cell, tuple(fields)) if a in jumping]


def never_flat(u: Term, cell: Cell, state: frozenset[str]) -> bool:
    """True only if u vanishes on no open set of states, whatever the parameters on the cell."""
    if not u.free & state:
        return 0 not in cell.signs_of(u)
    if all(t.op in ("sym", "num", "+", "-", "*", "neg") or is_natural_power(t) for t in walk(u)):
        # A polynomial with a value that is not zero.
        origin = on_cell(substitute(u, dict.fromkeys(state, ZERO)), cell)
        if 0 not in cell.signs_of(origin):
            return True
    for name in sorted(u.free & state):
        parts = affine(u, name)
        if parts is not None:
            return any(p != ZERO and never_flat(p, cell, state) for p in parts)
    return False


def velocities(fields: dict[str, Term], cell: Cell, *, flat: bool = True) -> list[dict[str, Term]]:
    """The limits f_t of the field on the cell, one for each sign pattern t of the neighbouring open cells.

    A superset of those that occur: with flat, an argument u that might vanish on an open set also gives sign(u) = 0.
    Raises NotSmooth where the field may be undefined.
    """
    state = frozenset(fields)
    jumps = switching(cell, fields)
    choices = [(-1, 1) if not flat or never_flat(a, cell, state) else (-1, 0, 1) for a in jumps]
    size = 1
    for c in choices:
        size *= len(c)
    if size > MOST_VERTICES:
        raise TooMany(f"{size} neighbouring cells")
    for f in fields.values():
        on_cell(f, cell)  # the field must have a value on the cell too, though that value does not count
    limits: dict[tuple[Term, ...], dict[str, Term]] = {}
    for signs in product(*choices):
        seen = dict(zip(jumps, signs, strict=True))
        limit = {name: on_cell(f, cell, seen) for name, f in fields.items()}
        limits.setdefault(tuple(limit.values()), limit)
    return list(limits.values())


def directional(u: Term, velocity: dict[str, Term]) -> Term:
    """grad u . v for the smooth branch u of a term on a cell; u no longer names the coordinates that are zero."""
    from verify.language.calculus import derivative

    total = ZERO
    for name, v in velocity.items():
        if name in u.free and v != ZERO:
            total = add(total, mul(derivative(u, name), v))
    return total


def tangency(cell: Cell, limits: list[dict[str, Term]]) -> list[list[Term]]:
    """Rows grad u_k . f_t, one for each moving zero u_k, one column for each limit."""
    rows = []
    for atom in moving_zeros(cell, tuple(limits[0])):
        if atom.op == "sym":
            rows.append([limit[atom.args[0]] for limit in limits])
        else:
            branch = on_cell(atom, cell)
            rows.append([directional(branch, limit) for limit in limits])
    return rows


def excluded(rows: list[list[Term]], cell: Cell) -> bool:
    """True only if some row has one strict sign in all columns: no mixture is tangent, nobody stays."""
    for row in rows:
        signs = frozenset().union(*(cell.signs_of(entry) for entry in row))
        if signs in (frozenset({1}), frozenset({-1})):
            return True
    return False


def eliminated(goal: list[Term], rows: list[list[Term]], cell: Cell) -> tuple[list[Term], list[list[Term]]]:
    """The goal less multiples of the rows, so that it has zeros in the pivot columns; and the reduced rows.

    Only entries that are proven not to vanish on the cell are pivots.
    """
    reduced, done = elimination(goal, rows, cell)
    return reduced.entries, [row.entries for row in done]


@dataclass(frozen=True)
class Combined:
    """entries = start + sum_k multipliers[k] * row k, for the rows that an elimination began with."""

    entries: list[Term]
    multipliers: list[Term]

    def less(self, factor: Term, row: Combined, at: int) -> Combined:
        """self - factor*row, of which entry number ``at`` is zero."""
        entries = [sub(b, mul(factor, a)) for a, b in zip(row.entries, self.entries, strict=True)]
        entries[at] = ZERO
        pairs = zip(row.multipliers, self.multipliers, strict=True)
        return Combined(entries, [sub(b, mul(factor, a)) for a, b in pairs])


def elimination(goal: list[Term], rows: list[list[Term]], cell: Cell) -> tuple[Combined, list[Combined]]:
    """As ``eliminated``, with the multipliers of the rows that go into the goal and into each reduced row."""
    unit = [[ONE if j == k else ZERO for j in range(len(rows))] for k in range(len(rows))]
    first, done = Combined(goal, [ZERO] * len(rows)), []
    rest = [Combined(list(r), u) for r, u in zip(rows, unit, strict=True)]
    while rest:
        row = rest.pop(0)
        done.append(row)
        pivot = next((c for c, e in enumerate(row.entries) if e != ZERO and 0 not in cell.signs_of(e)), None)
        if pivot is None:
            continue

        def cleared(other: Combined, row: Combined = row, at: int = pivot) -> Combined:
            if other.entries[at] == ZERO:
                return other
            return other.less(div(other.entries[at], row.entries[at]), row, at)

        first, rest = cleared(first), [cleared(other) for other in rest]
    return first, done


# ---- exact points ----------------------------------------------------------------------------------------------
def solve(rows: list[list[Fraction]], right: list[Fraction]) -> list[Fraction] | None:
    """The only solution of a linear system over Q, or None where there is none or more than one."""
    n = len(rows[0]) if rows else 0
    m = [[*row, b] for row, b in zip(rows, right, strict=True)]
    pivots: list[int] = []
    for c in range(n):
        r = next((i for i in range(len(pivots), len(m)) if m[i][c] != 0), None)
        if r is None:
            return None
        k = len(pivots)
        m[k], m[r] = m[r], m[k]
        m[k] = [x / m[k][c] for x in m[k]]
        m = [row if i == k else [x - row[c] * y for x, y in zip(row, m[k], strict=True)] for i, row in enumerate(m)]
        pivots.append(c)
    if any(row[n] != 0 for row in m[n:]):
        return None
    return [m[i][n] for i in range(n)]


def rank(rows: list[list[Fraction]]) -> int:
    m = [list(r) for r in rows]
    done = 0
    for c in range(len(m[0]) if m else 0):
        r = next((i for i in range(done, len(m)) if m[i][c] != 0), None)
        if r is None:
            continue
        m[done], m[r] = m[r], m[done]
        for i in range(done + 1, len(m)):
            factor = m[i][c] / m[done][c]
            m[i] = [x - factor * y for x, y in zip(m[i], m[done], strict=True)]
        done += 1
    return done


def mixtures(rows: list[list[Fraction]], count: int) -> list[list[Fraction]]:
    """The vertices of {l >= 0, sum l = 1, rows l = 0}: with their mean they show every tangent mixture."""
    system = [*rows, [Fraction(1)] * count]
    right = [Fraction(0)] * len(rows) + [Fraction(1)]
    found: list[list[Fraction]] = []
    for size in range(1, min(count, len(system)) + 1):
        for support in combinations(range(count), size):
            weights = solve([[row[c] for c in support] for row in system], right)
            if weights is None or any(w <= 0 for w in weights):
                continue
            full = [Fraction(0)] * count
            for c, w in zip(support, weights, strict=True):
                full[c] = w
            if full not in found:
                found.append(full)
    return found

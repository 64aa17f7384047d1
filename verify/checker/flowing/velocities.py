"""Filippov's velocities on a sign cell: the limits of the field, the tangency rows and the rates of the observables.

At a state x where the atoms in J vanish and the field jumps with them, Filippov's set is in the convex hull of the
limits f_t(x), one for each choice t of the signs that the atoms in J take on sets of positive measure near x. At
almost every time that a solution is in the cell, each atom u that vanishes there has the rate 0: grad u . v = 0 (the
time is a density point of those at which u(x(t)) = 0), and every e that is locally Lipschitz moves like its branch.

Source: A. F. Filippov, Differential Equations with Discontinuous Righthand Sides, section 4 (definition a).
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from verify.checker.flowing.branches import Refused, branch, frozen, jumping_atoms
from verify.checker.flowing.cells import Cell
from verify.checker.flowing.law import RATE, Law
from verify.checker.flowing.terms import add, affine, fold, kink_argument, mul
from verify.language.calculus import derivative
from verify.language.terms import ZERO, Term, substitute, walk

MOST_LIMITS = 81
Limit = dict[str, Term]


def along(u: Term, velocity: Mapping[str, Term]) -> Term:
    """grad u . v for a smooth u: the chain rule."""
    total = ZERO
    for name, v in velocity.items():
        if name in u.free and v != ZERO:
            total = add(total, mul(derivative(u, name), v))
    return total


def null_set(u: Term, cell: Cell, state: frozenset[str]) -> bool:
    """True only if {u = 0} has measure zero in the states near every point of the cell.

    So it is where a derivative of u is not zero, as on a hypersurface; and for u = A*x + B with A, B free of x where
    {A = 0} or {B = 0} has measure zero, because elsewhere x = -B/A is a graph.
    """
    names = sorted(u.free & state)
    if not names:
        return cell.proves("!=", u)
    for name in names:
        parts = affine(u, name)
        if parts is not None and any(p != ZERO and null_set(p, cell, state) for p in parts):
            return True
    if any(kink_argument(t) is not None for t in walk(u)):
        return False
    branch(u, cell)  # it must be smooth
    return any(cell.proves("!=", derivative(u, name)) for name in names)


def limits(law: Law, cell: Cell) -> list[Limit]:
    """The limits f_t of the field on the cell, as smooth terms; they contain all that occur."""
    for f in law.fields.values():
        branch(f, cell)  # the field has a value on the cell, though that value does not count
    moving = [a for a in jumping_atoms(law.fields) if cell.signs[a] == 0 and a.free & law.state]
    choices = [(-1, 1) if null_set(a, cell, law.state) else (-1, 0, 1) for a in moving]
    size = 1
    for c in choices:
        size *= len(c)
    if size > MOST_LIMITS:
        raise Refused("too many neighbouring cells")
    found: dict[tuple[Term, ...], Limit] = {}
    for signs in product(*choices):
        near = {**cell.signs, **dict(zip(moving, signs, strict=True))}
        limit = {name: branch(frozen(f, near), cell) for name, f in law.fields.items()}
        found.setdefault(tuple(limit.values()), limit)
    return list(found.values())


def rows(law: Law, cell: Cell, found: list[Limit]) -> list[list[Term]]:
    """grad u . f_t for every atom u of the state that vanishes on the cell, one column for each limit."""
    moving = [a for a, s in cell.signs.items() if s == 0 and a.free & law.state]
    table = []
    for u in moving:
        # The branch of a coordinate that vanishes is 0; as a function it is itself.
        smooth = u if u.op == "sym" else branch(u, cell)
        table.append([along(smooth, f) for f in found])
    return table


def gaps(law: Law, cell: Cell, found: list[Limit]) -> list[Term]:
    """Left side - right side of the law for each limit; affine in the rates where there are several."""
    names = [f"{RATE}{k}" for k in range(len(law.observed))]
    gap = branch(law.gap, cell)
    if len(found) > 1:
        for name in names:
            parts = affine(gap, name)
            if parts is None or parts[0].free & frozenset(names):
                raise Refused("the law is not affine in the derivatives")
    branches = [branch(e, cell) for e in law.observed]
    table = []
    for f in found:
        rates = {n: along(b, f) for n, b in zip(names, branches, strict=True)}
        table.append(fold(substitute(gap, rates)))
    return table


def less_multiples(goal: list[Term], table: list[list[Term]], multipliers: list[Term]) -> list[Term]:
    """goal_t - sum_k y_k row_kt."""
    from verify.checker.flowing.terms import sub

    out = list(goal)
    for y, row in zip(multipliers, table, strict=True):
        if y != ZERO:
            out = [sub(g, mul(y, r)) for g, r in zip(out, row, strict=True)]
    return out

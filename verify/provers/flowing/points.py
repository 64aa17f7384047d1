"""Exact points at which a law along a flow fails, with the solution that shows it.

A point counts only if a solution through it breaks the law for a positive time: by continuity (Peano) where the
field is continuous, along the cell where a mixture of the limits of the field is tangent to it: the constant solution
where the mixture is zero, else a mixture that can be continued along the cell by the implicit function theorem
(positive weights, tangency rows of full rank).
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

from verify.checker.flowing.terms import affine, factored, fold, is_plain, jump_atoms, kink_argument, sub
from verify.language.terms import RELATIONS, ZERO, Term, num, substitute, walk
from verify.provers.flowing.cells import Cell, NotSmooth, on_cell
from verify.provers.flowing.filippov import mixtures, moving_zeros, rank, switching
from verify.statement import Domain

if TYPE_CHECKING:
    from verify.provers.budget import Budget

Point = Mapping[str, Fraction]
HALF = Fraction(1, 2)
TRIES = 60  # points looked at
DRAWS = 600  # points drawn to find them
MAGNITUDES = tuple(Fraction(v) for v in ("1", "2", "1/2", "3", "4", "1/4", "3/2", "1/3", "5", "9"))


def exact(term: Term, at: Point) -> Fraction | None:
    """The rational value of a term at a rational point; None where it is not rational or not defined."""
    from verify.language import evaluate

    try:
        return evaluate.exact(term, at)
    except evaluate.Undefined:
        return None


def compare(relation: str, gap: Fraction) -> bool:
    return is_plain(Term(relation, num(gap), ZERO)) is True


def points(domain: Domain, cell: Cell, seed: int, tries: int) -> Iterator[dict[str, Fraction]]:
    """At most ``tries`` rational points of the cell that satisfy every hypothesis, drawn from telling values."""
    found = 0
    rng = random.Random(seed)
    named = {t.args[0] for h in domain.hypotheses for t in walk(h) if t.is_number}
    near = {c + d for c in named for d in (Fraction(0), Fraction(1, 2), Fraction(1), Fraction(1, 4), Fraction(-1, 2))}
    pool = [*MAGNITUDES[:2], Fraction(0), Fraction(-1), *sorted(near), *MAGNITUDES[2:], *(-m for m in MAGNITUDES[1:5])]
    bare = {a.args[0]: s for a, s in cell.signs.items() if a.op == "sym"}
    compound = [(a, s) for a, s in cell.signs.items() if a.op != "sym"]
    ties = [sub(*h.children) for h in domain.hypotheses if h.op == "=="]
    for turn in range(DRAWS):
        if found >= tries:
            return
        at: dict[str, Fraction] = {}
        # Simple values first, so that what is shown is simple.
        simple = pool[: 2 + turn // 2] + sorted(named)
        for name, sort in domain.variables:
            values = [v for v in simple if sort == "real" or v.denominator == 1] or [Fraction(1)]
            if name in bare:
                values = [abs(v) * bare[name] for v in values if v != 0] or [Fraction(bare[name])]
                values = values if bare[name] else [Fraction(0)]
            at[name] = rng.choice(values)
        if turn % 5 == 1:  # all zero but for what the cell or a hypothesis keeps away from it: often at rest
            free = [n for n in domain.names if n not in bare and _may_vanish(n, domain)]
            at |= dict.fromkeys(free, Fraction(0))
        for atom, s in compound:
            if s == 0:
                _solve_for(atom, at, cell, bare, rng, pool)
        for tie in ties:
            _solve_for(tie, at, cell, bare, rng, pool)
        if all(_holds(h, at) for h in domain.hypotheses) and all(_has_sign(a, s, at, cell) for a, s in compound):
            found += 1
            yield at


def _may_vanish(name: str, domain: Domain) -> bool:
    return all(_holds(h, {name: Fraction(0)}) for h in domain.hypotheses if h.free == {name})


def _solve_for(
    atom: Term, at: dict[str, Fraction], cell: Cell, bare: Mapping[str, int], rng: random.Random, pool: list[Fraction]
) -> None:
    """Changes one value so that the atom vanishes: solved where it is affine, else by trying the pool."""
    try:
        branch = on_cell(atom, cell)
    except NotSmooth:
        return
    if exact(branch, at) == 0:
        return
    names = sorted(branch.free)
    rng.shuffle(names)
    for name in names:
        parts = affine(branch, name)
        slope, rest = (exact(parts[0], at), exact(parts[1], at)) if parts is not None else (None, None)
        roots = [-rest / slope] if slope and rest is not None else []
        if parts is None:
            roots = [v for v in pool if exact(branch, {**at, name: v}) == 0]
        signs = [bare.get(name)] if name in bare else [-1, 0, 1]
        whole = cell.domain.sort(name) == "integer"
        roots = [v for v in roots if (v > 0) - (v < 0) in signs and (not whole or v.denominator == 1)]
        if roots:
            at[name] = rng.choice(roots)
            return


def _holds(h: Term, at: Point) -> bool:
    if h.op == "and":
        return all(_holds(p, at) for p in h.args)
    if h.op == "or":
        return any(_holds(p, at) for p in h.args)
    if h.op not in RELATIONS:
        return False
    a, b = exact(h.args[0], at), exact(h.args[1], at)
    if a is None or b is None:
        return certified_truth(h, at) is True
    return compare(h.op, a - b)


def certified_truth(formula: Term, at: Point) -> bool | None:
    """The truth at the point by ball arithmetic, None where it is not decided."""
    from verify.language.evaluate import Undefined, truth

    try:
        return truth(formula, at)
    except Undefined:
        return None


def _has_sign(atom: Term, s: int, at: Point, cell: Cell) -> bool:
    value = exact(atom, at)
    if value is not None:
        return (value > 0) - (value < 0) == s
    return s != 0 and certified_truth(Term(">" if s > 0 else "<", atom, ZERO), at) is True


def stays_inside(
    domain: Domain, cell: Cell, state: frozenset[str], at: Point, kept: tuple[Term, ...] = ()
) -> bool:
    """True only if every hypothesis on the state, but those that the field keeps, holds on the cell near the point."""
    for h in domain.hypotheses:
        if h in kept or not h.free & state or is_plain(fold(substitute(h, cell.reflection))) is True:
            continue
        if h.op not in RELATIONS or h.op == "==" or jump_atoms([h]) or any(t.op == "spow" for t in walk(h)):
            return False
        a, b = exact(h.args[0], at), exact(h.args[1], at)
        if a is None or b is None or a == b:
            return False
    return True


class Law(Protocol):
    """What the search needs to know of the law: its domain, its field and the observables of its derivatives."""

    @property
    def domain(self) -> Domain: ...

    @property
    def fields(self) -> dict[str, Term]: ...

    @property
    def observed(self) -> tuple[Term, ...]: ...


@dataclass(frozen=True)
class Violation:
    """A point and the velocity of a solution through it for which the law has the gap ``lhs - rhs``."""

    at: dict[str, Fraction]
    velocity: dict[str, Fraction | None]
    gap: Fraction | None
    sliding: bool
    resting: bool
    undefined: bool = False
    mixture: tuple[tuple[Fraction, tuple[Fraction, ...]], ...] = ()  # weights of the limits of the field

    @property
    def velocity_text(self) -> str:
        from verify.language.printing import number_text

        shown = [f"{n}' " + ("irrational" if v is None else f"= {number_text(v)}") for n, v in self.velocity.items()]
        return "(" + ", ".join(shown) + ")"

    def pattern(self, cell: Cell) -> str:
        from verify.language.printing import to_text

        zeros = [to_text(a) for a in moving_zeros(cell, tuple(self.velocity))]
        if not zeros:
            return "no kink vanishes"
        return " = ".join([*zeros, "0"]) + (" (sliding)" if self.sliding else "")

    @property
    def story(self) -> str:
        if self.undefined:
            return "a term of the law is undefined along a solution"
        how = "the constant solution" if self.resting else "a solution that slides" if self.sliding else "a solution"
        gap = "" if self.gap is None else f": left side - right side is {self.gap} at the point"
        return f"{how} breaks the law for a positive time{gap}{self._mixture_text}"

    @property
    def _mixture_text(self) -> str:
        if len(self.mixture) < 2:
            return ""
        parts = [f"{w}*({', '.join(map(str, limit))})" for w, limit in self.mixture]
        return f"; its velocity is {' + '.join(parts)}, a mixture of the limits of the field there"


@dataclass(frozen=True)
class Situation:
    """The cell with the limits of the field on it, the tangency rows and the gap of the law, as terms."""

    cell: Cell
    domain: Domain
    relation: str
    limits: list[dict[str, Term]]
    rows: list[list[Term]]
    gaps: list[Term]
    switching: list[Term]
    lasting: list[bool]  # rows that vanish on the whole cell
    two_sided: bool  # the field is defined on every side of the cell
    level: bool = False  # the two sides of the law agree on the whole cell
    kept: tuple[Term, ...] = ()  # hypotheses h == 0 that the field keeps


def violation_at(here: Situation, at: Point) -> Violation | None:
    """The violation at the point, if exact arithmetic shows one."""
    state = frozenset(here.limits[0])
    zeros = moving_zeros(here.cell, tuple(state))
    inside = stays_inside(here.domain, here.cell, state, at, here.kept)
    zeros += [sub(*h.children) for h in here.kept]
    limits = [{n: exact(v, at) for n, v in f.items()} for f in here.limits]
    gaps = [exact(g, at) for g in here.gaps]
    rows = [[exact(e, at) for e in row] for row in here.rows]
    if len(zeros) == len(here.kept) and inside and (gaps[0] is None or any(v is None for v in limits[0].values())):
        law = Term(here.relation, here.gaps[0], ZERO)
        if zeros and not _independent(zeros, here.cell, sorted(state), at):
            return None
        if here.relation in ("==", "<=", ">=") and certified_truth(law, at) is False:
            return Violation(dict(at), limits[0], None, False, False)
        return None
    if zeros and not _independent(zeros, here.cell, sorted(state), at):
        return None
    known = [_all_known(row) for row in rows]
    values, fields = _all_known(gaps), {n: _all_known([f[n] for f in limits]) for n in here.limits[0]}
    if values is None or None in known or None in fields.values():
        return None
    complete = [row for row in known if row is not None]
    corners = mixtures(complete, len(limits))
    if not corners or (here.switching and not here.two_sided):
        return None
    middle = [sum((c[k] for c in corners), Fraction(0)) / len(corners) for k in range(len(limits))]
    for share in (Fraction(0), Fraction(1, 2), Fraction(9, 10), Fraction(1)):
        for corner in corners:
            weights = [(1 - share) * m + share * c for m, c in zip(middle, corner, strict=True)]
            gap = _mix(weights, values)
            if compare(here.relation, gap):
                continue
            velocity: dict[str, Fraction | None] = {n: _mix(weights, f) for n, f in fields.items() if f is not None}
            resting = all(v == 0 for v in velocity.values())
            if resting or (inside and (gap != 0 or here.level) and _continues(here, complete, weights)):
                columns = zip(*(f for f in fields.values() if f is not None), strict=True)
                mixture = tuple((w, limit) for w, limit in zip(weights, columns, strict=True) if w)
                return Violation(dict(at), velocity, gap, bool(here.switching), resting, mixture=mixture)
    return None


def _all_known(values: list[Fraction | None]) -> list[Fraction] | None:
    known = [v for v in values if v is not None]
    return known if len(known) == len(values) else None


def _mix(weights: list[Fraction], values: list[Fraction]) -> Fraction:
    return sum((w * v for w, v in zip(weights, values, strict=True)), Fraction(0))


def _continues(here: Situation, rows: list[list[Fraction]], weights: list[Fraction]) -> bool:
    """Whether the mixture extends to a continuous tangent mixture along the cell near the point."""
    support = [k for k, w in enumerate(weights) if w > 0]
    kept = [[row[k] for k in support] for row, lasting in zip(rows, here.lasting, strict=True) if not lasting]
    system = [*kept, [Fraction(1)] * len(support)]
    return rank(system) == len(system)


def _independent(zeros: list[Term], cell: Cell, names: list[str], at: Point) -> bool:
    """The gradients of the vanishing atoms are independent: the cell is a manifold and every sign pattern is near."""
    from verify.language.calculus import derivative

    gradients: list[list[Fraction]] = []
    for atom in zeros:
        for t in walk(atom):
            u = kink_argument(t)
            if u is not None and any(cell.signs.get(a, 0) == 0 for a, _, _ in factored(u).parts):
                return False
        row = [exact(derivative(atom, n), at) if n in atom.free else Fraction(0) for n in names]
        if any(v is None for v in row):
            return False
        gradients.append([v for v in row if v is not None])
    return rank(gradients) == len(gradients)


def search(case: Law, cell: Cell, situation: Situation | None, budget: Budget) -> Violation | None:
    """A violation at one of the exact points drawn in the cell."""
    for k, at in enumerate(points(case.domain, cell, budget.seed, TRIES)):
        if k and budget.spent:
            break
        found = violation_at(situation, at) if situation is not None else undefined_at(case, cell, at)
        if found is not None:
            return found
    return None


def undefined_at(case: Law, cell: Cell, at: dict[str, Fraction]) -> Violation | None:
    """A solution through the point along which the observable has no value for a positive time.

    That is so where it is undefined in a box around a point at which the field is continuous, and at an undefined
    point where the field is continuous and zero.
    """
    state = tuple(case.fields)
    if not stays_inside(case.domain, cell, frozenset(state), at):
        return None
    velocity = {n: exact(f, at) for n, f in case.fields.items()}
    known = {n: v for n, v in velocity.items() if v is not None}
    if len(known) < len(velocity) or switching(cell, case.fields):
        return None
    resting = all(v == 0 for v in known.values())
    for e in case.observed:
        if _undefined(e, at, () if resting else state):
            return Violation(at, velocity, None, False, resting, True)
    return None


def _undefined(e: Term, at: Point, state: tuple[str, ...]) -> bool:
    from flint import arb

    from verify.language.evaluate import Undefined, Unknown, enclose
    from verify.language.values import exact_value

    radius = arb(0, 2.0**-20)
    box = {n: (arb(exact_value(v)) + radius if n in state else v) for n, v in at.items()}
    try:
        enclose(e, box)
    except Undefined:
        return True
    except Unknown:
        return False
    return False

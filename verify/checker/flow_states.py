"""Replays refutations of laws along flows: a state through which a solution breaks the law for a positive time.

Kind ``flow``. ``point``: exact values of all names. ``velocities``: the mixture of limits of the field that is the
velocity of the solution there, as pairs of a weight and a limit; none where the field is continuous. Parameters are
put in first, so that only the state is left. Filippov's set at the state contains the limits f_t for every choice t of
signs of the jumping atoms that vanish there, since their gradients are independent. The solution is

- the constant one where the mixture is 0;
- one that Peano's theorem gives where the field is continuous and no kink vanishes;
- one in the manifold M on which the same kinks vanish: where the tangency rows of the limits in use and the sum of the
  weights are independent, the weights extend continuously, so that the field is continuous and tangent on M.

Along it the rate of e is grad e . v with the smooth branch of e on M, and the gap of the law is continuous.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from typing import Any

from verify.checker.flow_near import State, at_state, rank
from verify.checker.flowing.branches import Refused, branch, frozen, jumping_atoms
from verify.checker.flowing.cells import Cell
from verify.checker.flowing.law import RATE, bound, read
from verify.checker.flowing.terms import add, fold, mul
from verify.checker.flowing.velocities import Limit, along, gaps
from verify.checker.rationals import number
from verify.language.evaluate import Undefined, Unknown, enclose, truth
from verify.language.terms import ZERO, Term, num, substitute
from verify.statement import Domain, Statement

MOST_JUMPS = 8
BOX = 2.0**-20
BREAKS = {"==": "!=", "<=": ">", "<": ">", ">=": "<", ">": "<"}  # strictly, so that the law fails nearby too
Mixture = list[tuple[Fraction, Limit]]


def refutes(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    """Whether a solution through the certificate's state breaks the law for a positive time."""
    pair = bound(statement.conclusion)
    if pair is not None:
        statement = statement.concluding(pair[1 if certificate.get("side") == 1 else 0])
    law = read(statement)
    at = {name: number(text) for name, text in certificate["point"].items()}
    if set(at) != set(law.domain.names) or not _allowed(law.domain, at):
        return False
    try:
        here = at_state(law, at)
        mixture = _mixture(here, certificate.get("velocities") or [])
    except (Refused, Undefined, Unknown):
        return False
    for test in (_rests, _moves, _loses_its_value):
        try:
            if test(here, mixture):
                return True
        except (Refused, Undefined, Unknown):
            continue
    return False


def _allowed(domain: Domain, at: Mapping[str, Fraction]) -> bool:
    if any(domain.sort(name) == "integer" and value.denominator != 1 for name, value in at.items()):
        return False
    try:
        return all(truth(h, at) is True for h in domain.hypotheses)
    except Undefined:
        return False


def _mixture(here: State, velocities: list[Any]) -> Mixture:
    """The weights and limits that the certificate names, each limit one that Filippov's set contains."""
    fields = here.law.fields
    jumps = [a for a in jumping_atoms(fields) if here.sign(a) == 0 and a.free]
    if not velocities:
        if jumps:
            raise Refused("the field jumps there")
        velocities = [["1", None]]
    if len(jumps) > MOST_JUMPS or not here.independent(jumps):
        raise Refused("not every choice of signs need occur nearby")
    found: Mixture = []
    for text, wanted in velocities:
        limit = _limit(here, jumps, wanted)
        if limit is None or number(text) <= 0:
            raise Refused("not a limit of the field")
        found.append((number(text), limit))
    if sum(w for w, _ in found) != 1:
        raise Refused("the weights do not sum to 1")
    return found


def _limit(here: State, jumps: list[Term], wanted: list[str] | None) -> Limit | None:
    """The limit with that value at the state, for one of the choices of signs; the field is continuous up to it."""
    values = None if wanted is None else [number(text) for text in wanted]
    for signs in product((1, -1), repeat=len(jumps)):
        near = {**here.signs, **dict(zip(jumps, signs, strict=True))}
        limit = {name: frozen(f, near) for name, f in here.law.fields.items()}
        if values is not None and [here.value(f) for f in limit.values()] != values:
            continue
        if all(here.regular(f, near) for f in here.law.fields.values()):
            return limit
    return None


def _velocity(mixture: Mixture) -> Limit:
    names = mixture[0][1]
    total = dict.fromkeys(names, ZERO)
    for w, limit in mixture:
        total = {n: add(total[n], mul(num(w), limit[n])) for n in names}
    return total


# ---- the three kinds of solution -------------------------------------------------------------------------------
def _rests(here: State, mixture: Mixture) -> bool:
    """The constant solution: its rates are 0."""
    if any(here.value(v) != 0 for v in _velocity(mixture).values()):
        return False
    gap = substitute(here.law.gap, {f"{RATE}{k}": ZERO for k in range(len(here.law.observed))})
    try:
        for e in here.law.observed:
            truth(Term("==", e, e), here.at)
        return truth(Term(here.law.relation, gap, ZERO), here.at) is False
    except Undefined:
        return True


def _moves(here: State, mixture: Mixture) -> bool:
    law = here.law
    if not all(here.lasts(h) for h in here.conditions):
        return False
    zeros = [*here.zeros, *here.ties]
    cell = _cell_of(here)
    limits = [limit for _, limit in mixture]
    if zeros and not (here.independent(zeros) and _stays(here, cell, zeros, mixture)):
        return False
    if not zeros and len(mixture) > 1:
        return False
    velocity = _velocity(mixture)
    rates = {f"{RATE}{k}": along(branch(e, here), velocity) for k, e in enumerate(law.observed)}
    gap = fold(substitute(branch(law.gap, here), rates))
    if law.relation in BREAKS and here.proves(BREAKS[law.relation], gap):
        return True
    # A strict law fails where both sides agree all along.
    strict = law.relation in ("<", ">", "!=")
    return strict and all(cell.proves("==", g) for g in gaps(law, cell, _branches(cell, limits)))


def _branches(cell: Cell, limits: list[Limit]) -> list[Limit]:
    return [{n: branch(f, cell) for n, f in limit.items()} for limit in limits]


def _cell_of(here: State) -> Cell:
    cell = Cell(here.law.domain)
    for atom in here.law.atoms:
        cell = cell.grown(atom, here.sign(atom))
    return cell


def _stays(here: State, cell: Cell, zeros: list[Term], mixture: Mixture) -> bool:
    """Whether the mixture extends to a continuous tangent one on the manifold of the zeros near the state."""
    needed: list[list[Fraction]] = []
    for u in zeros:
        gradient = here.gradient(u)
        row = [_along(gradient, limit) for _, limit in mixture]
        values = [here.value(entry) for entry in row]
        if any(v is None for v in values):
            return False
        numbers = [v for v in values if v is not None]
        if sum((w * v for (w, _), v in zip(mixture, numbers, strict=True)), Fraction(0)) != 0:
            return False
        if not all(cell.proves("==", entry) for entry in row):
            needed.append(numbers)
    needed.append([Fraction(1)] * len(mixture))
    return rank(needed) == len(needed)


def _along(gradient: Limit, velocity: Limit) -> Term:
    total = ZERO
    for name, slope in gradient.items():
        total = add(total, mul(slope, velocity[name]))
    return total


def _loses_its_value(here: State, mixture: Mixture) -> bool:
    """The field is continuous, and an observable is undefined in a box around the state."""
    from flint import arb

    from verify.language.values import exact_value

    if len(mixture) > 1 or here.ties or here.jumps or not all(here.lasts(h) for h in here.conditions):
        return False
    box = {n: arb(exact_value(v)) + arb(0, BOX) for n, v in here.at.items()}
    for e in here.law.observed:
        try:
            enclose(e, box)
        except Undefined:
            return True
        except Unknown:
            continue
    return False

"""Replays proofs by normal forms on sign cells.

The certificate is a tree of cuts. An inner node names a term, proved here to have a value on its cell, and has a
part for each way in which it may compare with zero, so that the parts cover the cell whatever the term is. On a leaf
one tower is built and must decide without any further cut: the normal form of the difference is zero, or its signs
satisfy the relation. A leaf may also be empty by both solvers, or lie at a kink (``verify.checker.kinks``).

As a check that owes nothing to the normal forms, the conclusion is evaluated in balls at a few points of each leaf.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from verify.checker.kinks import goals_at, speaks_at_points
from verify.exact.cells import Cell, relations_of, sharp, tower_for
from verify.exact.errors import EmptyCell, Refine, Stop
from verify.exact.ratios import log_ratio_signs
from verify.exact.signbook import SATISFYING
from verify.exact.signs import Put, guarded
from verify.exact.tower import Tower
from verify.language.calculus import is_total
from verify.language.evaluate import Undefined, exact, truth
from verify.language.parse import parse_term
from verify.language.terms import FALSE, ZERO, Term, fn, substitute
from verify.statement import Statement

MOST_NODES = 500
MOST_CUTS = 16
MOST_REFINEMENTS = 24
MOST_ORDER = 5040
TRICHOTOMY, NULLITY, SIGN = {">", "==", "<"}, {"!=", "=="}, {">", "<"}
TRIES, POINTS = 12, 2  # points drawn on a leaf, and how many in the domain are looked at
VALUES = [Fraction(v) for v in ("1/3", "1/2", "5/7", "1", "4/3", "2", "3", "7/2", "12", "0")]

Decided = Callable[[Tower, Put], bool]


def check_cells(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    """Whether the tree covers the domain and the relation holds, with both sides defined, on each of its leaves."""
    c = statement.conclusion
    if not speaks_at_points(statement):
        return False
    gap = fn("-", *c.args)

    def decided(tower: Tower, put: Put) -> bool:
        return _satisfies(tower.sign_set(guarded(tower, put, gap)), c.op)

    return _covers(statement, certificate, decided)


def check_powers(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    """The same for two positive sides by the sign of the logarithm of their quotient."""
    c = statement.conclusion
    if not speaks_at_points(statement):
        return False

    def decided(tower: Tower, put: Put) -> bool:
        sides = [guarded(tower, put, side) for side in c.args]
        return _satisfies(log_ratio_signs(tower, *sides), c.op)

    return _covers(statement, certificate, decided)


def _satisfies(signs: frozenset[int], op: str) -> bool:
    return signs <= SATISFYING[op]


def _covers(statement: Statement, certificate: Mapping[str, Any], decided: Decided) -> bool:
    walk = _Walk(statement, certificate.get("logs") is True, decided, relations_of(statement.domain))
    return walk.covers(certificate["tree"], ())


@dataclass
class _Walk:
    statement: Statement
    logs: bool
    decided: Decided
    base: list[Term]
    nodes: int = 0
    draw: random.Random = field(default_factory=lambda: random.Random(20250101))

    def covers(self, node: Mapping[str, Any], cuts: tuple[Term, ...]) -> bool:
        """Whether the relation holds on the cell that the cuts make, by the tree under the node."""
        self.nodes += 1
        if self.nodes > MOST_NODES or len(cuts) > MOST_CUTS:
            return False
        if "cut" not in node:
            return self.settles(node, cuts)
        parts = dict(node["parts"])
        cut = parse_term(node["cut"], self.statement.domain.names)
        nonzero = Term("!=", cut, ZERO)
        if set(parts) == SIGN:
            # Where the term is known to be nonzero, two signs are left.
            if nonzero not in cuts:
                return False
            kept = tuple(c for c in cuts if c != nonzero)
        elif set(parts) in (TRICHOTOMY, NULLITY) and (is_total(cut) or self.has_value(cut, cuts)):
            kept = cuts
        else:
            return False
        return all(self.covers(part, (*kept, Term(op, cut, ZERO))) for op, part in parts.items())

    def has_value(self, term: Term, cuts: tuple[Term, ...]) -> bool:
        def valued(tower: Tower, cell: Cell) -> bool:
            tower.element(substitute(term, cell.values))
            return True

        return self.on_tower(cuts, {}, valued)

    def on_tower(self, cuts: tuple[Term, ...], orders: dict, ask: Callable[[Tower, Cell], bool]) -> bool:
        """The answer on the tower of a cell, True where the cell is empty; False where more would have to be known."""
        domain = self.statement.domain
        for _ in range(MOST_REFINEMENTS):
            try:
                tower, values = tower_for(domain, [*self.base, *sharp(cuts, domain)], orders, self.logs)
                return ask(tower, Cell(domain, cuts, values))
            except Refine as finer:
                if finer.order > MOST_ORDER:
                    return False
                orders = {**orders, finer.key: finer.order}
            except EmptyCell:
                return True
            except Stop:
                return False
        return False

    def settles(self, leaf: Mapping[str, Any], cuts: tuple[Term, ...]) -> bool:
        kind = leaf["leaf"]
        orders = orders_of(leaf.get("orders", ()))
        if kind == "exact":
            return self.on_tower(cuts, orders, self.holds)
        if kind == "empty":
            from verify.checker import replay

            return replay(Statement(self.statement.domain.assuming(*cuts), FALSE), leaf["part"])
        if kind == "kink":
            cells: list[Cell] = []

            def keep(tower: Tower, cell: Cell) -> bool:
                cells.append(cell)
                return True

            # The parts are replayed outside, so that nothing that goes wrong in them is taken for an empty cell.
            return self.on_tower(cuts, orders, keep) and all(self.holds_at_kink(c, leaf["parts"]) for c in cells)
        return False

    def holds(self, tower: Tower, cell: Cell) -> bool:
        return self.decided(tower, lambda t: substitute(t, cell.values)) and not self.contradicted(cell)

    def holds_at_kink(self, cell: Cell, parts: list[Mapping[str, Any]]) -> bool:
        from verify.checker import replay

        goals = goals_at(self.statement.conclusion, cell)
        return len(goals) == len(parts) and all(replay(g, p) for g, p in zip(goals, parts, strict=True))

    def contradicted(self, cell: Cell) -> bool:
        """Whether balls say that the conclusion is false or undefined at a point of the domain."""
        seen = 0
        for _ in range(TRIES):
            point = self.point(cell)
            if point is None:
                continue
            try:
                if not all(truth(h, point, rising=False) is True for h in cell.domain.hypotheses):
                    continue
            except Undefined:
                continue
            seen += 1
            try:
                if truth(self.statement.conclusion, point, rising=False) is False:
                    return True
            except Undefined:
                return True
            if seen == POINTS:
                break
        return False

    def point(self, cell: Cell) -> dict[str, Fraction] | None:
        """Small numbers for the variables that are free, and the values that the cell's equations give the others."""
        point: dict[str, Fraction] = {}
        for name, sort in cell.domain.variables:
            if name not in cell.values:
                value = self.draw.choice(VALUES) * self.draw.choice((1, 1, -1))
                point[name] = Fraction(value.numerator) if sort == "integer" else value
        free = dict(point)
        for name, term in cell.values.items():
            try:
                value_there = exact(term, free)
            except Undefined:
                return None
            if value_there is None or (cell.domain.sort(name) == "integer" and value_there.denominator != 1):
                return None
            point[name] = value_there
        return point


def orders_of(recorded: Any) -> dict[Any, int]:
    """Orders of roots by generator, from their plain form; raises ValueError."""
    orders = {}
    for key, order in recorded:
        if type(order) is not int or not 1 <= order <= MOST_ORDER:
            raise ValueError("no order of a root")
        orders[_key(key)] = order
    return orders


def _key(plain: Any) -> Any:
    return tuple(_key(p) for p in plain) if isinstance(plain, (list, tuple)) else str(plain)

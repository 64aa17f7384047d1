"""Certificates of properties of functions: the checker's own steps, taken once with the goals that were proven.

The checker is run on answers of the ledger; what it asked for and was told, the choices it was offered and the cells
on which it went through are the certificate. Where it does not go through there is none.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from verify.checker.shapes import zeros_key
from verify.checker.shapes_curves import Function
from verify.checker.shapes_functions import function_of
from verify.checker.shapes_goals import evident, goal
from verify.checker.shapes_pieces import NoPieces, Piece
from verify.checker.shapes_ranges import Interval, Range
from verify.checker.shapes_refutations import closed_function
from verify.evidence import Evidence, Tier
from verify.language.calculus import NotDifferentiable
from verify.language.printing import to_text
from verify.language.terms import ZERO, Term
from verify.provers.shapes.ledger import Ledger
from verify.provers.shapes.pieces import cut, zeros
from verify.provers.shapes.samples import as_text
from verify.statement import Domain, Statement

MOST_CHARACTERS = 400_000
DEEPEST_CELLS = 3
Told = dict[str, Any]


class Asked:
    """Goals of the ledger; remembers the certificate of each that was proven, and says yes only to those."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.parts: dict[str, Told] = {}

    def proven(self, formula: Term, domain: Domain) -> bool:
        if formula.op == "and":
            return all(self.proven(part, domain) for part in formula.args)
        plain = evident(formula, domain)
        if plain is not None:
            return plain
        if not self.ledger.proven(formula, domain):
            return False
        found = self.ledger.evidence(formula, domain)
        if found is None or found.tier < Tier.certified or found.certificate is None:
            return False
        text = goal(formula, domain).text
        self.parts[text] = {**found.certificate, "statement": text}
        return True


class Chosen:
    """The cuts and isolated zeros that the search proposes for one function on one cell of the parameters."""

    def __init__(self, f: Term, where: Range, ledger: Ledger) -> None:
        self.f, self.where, self.ledger = f, where, ledger
        self.leaf: Told = {}
        self.cells: tuple[Term, ...] = ()

    def cuts(self, component: Interval) -> Sequence[Term]:
        try:
            points = cut(self.f, self.where, component, self.ledger)[1]
        except NoPieces as reason:
            self.cells = self.cells or reason.cells
            raise
        if points:
            self.leaf.setdefault("cuts", {})[component.text] = [to_text(c) for c in points]
        return points

    def zeros(self, derivative: Term, piece: Piece) -> Sequence[Sequence[Term]]:
        x = self.where.x
        candidates = [tuple(zeros(derivative, x)), tuple(zeros(piece.term, x)), (ZERO,)]
        sets = [points[:3] for points in dict.fromkeys(candidates) if points]
        texts = [[to_text(c) for c in points] for points in sets]
        self.leaf.setdefault("zeros", {})[zeros_key(derivative, piece)] = texts
        return sets


def tree_of(f: Term, where: Range, asked: Asked, holds: Callable[[Function], bool], depth: int = 0) -> Told | None:
    """The cells of the parameters on which the checker finds that the property holds, and the choices on each."""
    chosen = Chosen(f, where, asked.ledger)
    if holds(Function(f, where, asked, chosen)):
        return chosen.leaf
    if not chosen.cells or depth >= DEEPEST_CELLS:
        return None
    grown: list[list[Any]] = []
    for cell in chosen.cells:
        inner = tree_of(f, replace(where, parameters=where.parameters.assuming(cell)), asked, holds, depth + 1)
        if inner is None:
            return None
        grown.append([to_text(cell), inner])
    from verify.checker.shapes import exhaustive

    return {"cells": grown} if exhaustive(chosen.cells, where.parameters, asked) else None


def proof(statement: Statement, ledger: Ledger, kind: str, holds: Callable[[Function], bool]) -> Told | None:
    """The certificate of a property that is seen on each cell of the parameters."""
    asked = Asked(ledger)
    try:
        f, where, _ = function_of(statement, asked)
        tree = tree_of(f, where, asked, holds)
    except (ValueError, ArithmeticError, NoPieces, NotDifferentiable):
        return None
    return None if tree is None else small(statement, kind, asked, {"tree": tree})


def refutation(
    statement: Statement, ledger: Ledger, kind: str, values: Mapping[str, Fraction], told: Told,
    false: Callable[[Function], bool] | None = None,
) -> Told | None:  # fmt: skip
    """The certificate of a counterexample; ``false`` looks at the function for the values of the parameters."""
    asked = Asked(ledger)
    try:
        f, where, domain = function_of(statement, asked)
        about = {"parameters": as_text({n: v for n, v in values.items() if n != where.x})}
        if false is not None:
            curve = closed_function(f, domain, where.x, values, asked, {})
            chosen = Chosen(curve.f, curve.where, ledger)
            if not false(replace(curve, choices=chosen, _pieces={})):
                return None
            told = {**told, "leaf": chosen.leaf}
    except (ValueError, ArithmeticError, NoPieces, NotDifferentiable):
        return None
    return small(statement, kind, asked, {**about, **told})


def small(statement: Statement, kind: str, asked: Asked, told: Told) -> Told | None:
    """The certificate, unless it has grown too large to keep."""
    found = {"kind": kind, "statement": statement.text, **told, "parts": list(asked.parts.values())}
    return found if len(json.dumps(found, default=str)) <= MOST_CHARACTERS else None


def opposite(statement: Statement, found: Evidence, kind: str, point: Mapping[str, str] | None = None) -> Told | None:
    """The certificate for ``not P`` from the one for P."""
    if found.certificate is None:
        return None
    told: Told = {"kind": kind, "statement": statement.text, "positive": dict(found.certificate)}
    return told if point is None else {**told, "point": dict(point)}

"""Parameterizations x = g(w) of several coordinates: regular, commuting, and what gradient flow makes of them.

With J the Jacobian of g, gradient flow of f(g(w)) moves x with the inverse metric ``J J^T``. g is regular where J has
full rank, that is where ``det(J J^T)`` is not 0, and commuting where the brackets ``[grad g_i, grad g_j] = H_j grad g_i
- H_i grad g_j`` vanish, H_i the Hessian of g_i. Then gradient flow of f(g(w)) is a mirror flow of x.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import cached_property

import sympy

from theory.derivation import Derivation
from theory.vanishing import check_equal, vanishes


def bracket(
    first: Sequence[sympy.Expr], second: Sequence[sympy.Expr], variables: Sequence[sympy.Symbol]
) -> list[sympy.Expr]:
    """[X, Y] = Y' X - X' Y for two vector fields in the given variables, entry by entry."""
    X, Y = sympy.Matrix(first), sympy.Matrix(second)
    if not len(X) == len(Y) == len(variables):
        raise ValueError("both fields need one entry for each variable")
    return [sympy.expand(e) for e in Y.jacobian(variables) * X - X.jacobian(variables) * Y]


class Parameterization:
    """x_i = g_i(w): expressions in the symbols ``variables``."""

    def __init__(self, coordinates: Sequence[sympy.Expr], variables: Sequence[sympy.Symbol]) -> None:
        self.coordinates = [sympy.sympify(g) for g in coordinates]
        self.variables = list(variables)
        if not self.coordinates or not self.variables:
            raise ValueError("at least one coordinate and one variable are needed")

    @cached_property
    def jacobian(self) -> sympy.Matrix:
        return sympy.Matrix(self.coordinates).jacobian(self.variables)

    @cached_property
    def inverse_metric(self) -> sympy.Matrix:
        """J J^T, the speed of x per unit of force under gradient flow of the weights."""
        return (self.jacobian * self.jacobian.T).applyfunc(sympy.expand)

    @cached_property
    def regularity(self) -> sympy.Expr:
        """det(J J^T): g is regular exactly where it is not 0."""
        return sympy.expand(self.inverse_metric.det())

    @cached_property
    def brackets(self) -> dict[tuple[int, int], list[sympy.Expr]]:
        """[grad g_i, grad g_j] for i < j, coordinates counted from 1."""
        rows = [list(self.jacobian.row(k)) for k in range(len(self.coordinates))]
        pairs = itertools.combinations(range(len(rows)), 2)
        return {(i + 1, j + 1): bracket(rows[i], rows[j], self.variables) for i, j in pairs}

    @cached_property
    def commutes(self) -> bool | None:
        """Whether every bracket vanishes identically; None where that is not decided."""
        known = [vanishes(entry) for entries in self.brackets.values() for entry in entries]
        if any(k is False for k in known):
            return False
        return True if all(k is True for k in known) else None

    def moved_by_decay(self, rate: sympy.Expr) -> list[sympy.Expr]:
        """What the decay w' = -rate w of every weight does to x: -rate J w."""
        return [sympy.expand(e) for e in -rate * self.jacobian * sympy.Matrix(self.variables)]

    def derivation(self) -> Derivation:
        names = ", ".join(str(g) for g in self.coordinates)
        steps = Derivation(f"The parameterization ({names})")
        for k, row in enumerate(self.jacobian.tolist(), 1):
            steps = steps.then("differentiate", f"grad g{k}", sympy.Tuple(*row))
        steps = steps.then("det(J J^T), not 0 where g is regular", "regularity", self.regularity)
        for (i, j), entries in self.brackets.items():
            steps = steps.then("H_j grad g_i - H_i grad g_j", f"[grad g{i}, grad g{j}]", sympy.Tuple(*entries))
        return steps


def jacobi_identity(fields: Sequence[Sequence[sympy.Expr]], variables: Sequence[sympy.Symbol]) -> sympy.Expr:
    """[X, [Y, Z]] + [Y, [Z, X]] + [Z, [X, Y]] = 0 for three fields, entry by entry; the sum of the entries' squares."""
    X, Y, Z = fields
    terms = [bracket(a, bracket(b, c, variables), variables) for a, b, c in ((X, Y, Z), (Y, Z, X), (Z, X, Y))]
    for entries in zip(*terms, strict=True):
        check_equal(sum(entries, sympy.Integer(0)), sympy.Integer(0), "Jacobi identity")
    return sympy.Integer(0)

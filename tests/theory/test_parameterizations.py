"""Parameterizations: which are regular, which commute, and what decay does to them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import sympy

from theory.derivation import Unchecked
from theory.parameterizations import Parameterization, bracket, jacobi_identity

u, v, w, s = sympy.symbols("u v w s", real=True)


@dataclass(frozen=True)
class Case:
    name: str
    coordinates: list[sympy.Expr]
    variables: list[sympy.Symbol]
    commutes: bool
    regularity: sympy.Expr


CASES = [
    Case("one product", [u * v], [u, v], True, u**2 + v**2),
    Case("product and decay", [u * v, (u**2 + v**2) / 2], [u, v], True, (u**2 - v**2) ** 2),
    Case("two products", [u * v, w * s], [u, v, w, s], True, (u**2 + v**2) * (w**2 + s**2)),
    Case("a shared layer", [u * v, u * w], [u, v, w], False, u**2 * (u**2 + v**2 + w**2)),
    Case("three layers and decay", [u * v * w, (u**2 + v**2 + w**2) / 2], [u, v, w], False, None),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_commuting_and_regular(case: Case) -> None:
    g = Parameterization(case.coordinates, case.variables)
    assert g.commutes is case.commutes
    if case.regularity is not None:
        assert sympy.expand(g.regularity - case.regularity) == 0
    assert len(g.derivation().steps) == len(case.coordinates) * (len(case.coordinates) + 1) // 2 + 1


def test_the_bracket_with_the_decay_is_two_minus_depth() -> None:
    g = Parameterization([u * v * w, (u**2 + v**2 + w**2) / 2], [u, v, w])
    assert g.brackets[1, 2] == [sympy.expand((2 - 3) * e) for e in g.jacobian.row(0)]
    assert g.moved_by_decay(sympy.Integer(1))[0] == -3 * u * v * w


def test_brackets_are_antisymmetric_and_obey_jacobi() -> None:
    X, Y, Z = [u**2, v], [u * v, u], [v**2, u + v]
    first, second = bracket(X, Y, [u, v]), bracket(Y, X, [u, v])
    assert all(sympy.expand(a + b) == 0 for a, b in zip(first, second, strict=True)) and any(first)
    assert jacobi_identity([X, Y, Z], [u, v]) == 0


def test_wrong_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="one entry"):
        bracket([u], [u, v], [u, v])
    with pytest.raises(ValueError, match="at least one"):
        Parameterization([], [u])


def test_a_broken_bracket_is_not_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("theory.parameterizations.bracket", lambda a, b, n: [x * y for x, y in zip(a, b, strict=True)])
    with pytest.raises(Unchecked):
        jacobi_identity([[u, v], [v, u], [u + 1, v]], [u, v])

"""The Hessian in the frame of the point, against functions whose Hessian is known."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import sympy

from theory import polar_hessian
from theory.derivation import Unchecked
from theory.polar_hessian import PolarHessian, r, theta


@dataclass(frozen=True)
class Case:
    name: str
    potential: sympy.Expr
    entries: tuple[sympy.Expr, sympy.Expr, sympy.Expr]


CASES = [
    Case("half the square", r**2 / 2, (1, 0, 1)),
    Case("x", r * sympy.cos(theta), (0, 0, 0)),
    Case("fourth power of the radius", r**4, (12 * r**2, 0, 4 * r**2)),
    Case("2 x y", r**2 * sympy.sin(2 * theta), (2 * sympy.sin(2 * theta), 2 * sympy.cos(2 * theta),
                                                 -2 * sympy.sin(2 * theta))),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_entries(case: Case) -> None:
    for found, wanted in zip(PolarHessian(case.potential).entries, case.entries, strict=True):
        assert sympy.expand(found - wanted) == 0


def test_inverse_of_a_radial_function() -> None:
    hessian = PolarHessian(r**4)
    assert hessian.inverse_along == 1 / (12 * r**2)
    assert hessian.inverse_across == 1 / (4 * r**2)
    assert len(hessian.derivation().steps) == 5


def test_a_wrong_frame_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = polar_hessian._entries
    monkeypatch.setattr(polar_hessian, "_entries", lambda f: (*right(f)[:2], right(f)[2] - sympy.diff(f, r) / r))
    with pytest.raises(Unchecked):
        _ = PolarHessian(r**2).entries


def test_other_symbols_are_refused() -> None:
    with pytest.raises(ValueError, match="r and theta alone, not of c"):
        PolarHessian(sympy.Symbol("c") * r)

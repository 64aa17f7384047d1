"""Derivations as data."""

from __future__ import annotations

import dataclasses

import pytest
import sympy

from theory.derivation import Derivation, Step

x = sympy.Symbol("x", real=True)


def test_steps_are_added_and_the_old_derivation_stays() -> None:
    empty = Derivation("the square")
    one = empty.then("differentiate", x**2, 2 * x, sympy.Ne(x, 0), "x real")
    assert empty.steps == () and one.steps == (Step("differentiate", x**2, 2 * x, (sympy.Ne(x, 0), "x real")),)
    assert one.conclusion == 2 * x
    assert one.lines() == ["1. x**2 = 2*x    [differentiate]  where Ne(x, 0), x real"]


def test_an_empty_derivation_concludes_nothing() -> None:
    with pytest.raises(ValueError):
        _ = Derivation("nothing").conclusion


def test_a_derivation_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Derivation("fixed").title = "other"  # type: ignore[misc]

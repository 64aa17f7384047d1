"""Divergences of the potentials whose calculus is known by hand."""

from __future__ import annotations

import itertools

import pytest
import sympy

from tests.theory.cases import PARAMETERS, POINTS, POTENTIALS, PotentialCase, x
from theory.divergences import Divergence
from theory.potentials import MirrorPotential
from theory.time_varying import DecayedFlow

SMOOTH = [c for c in POTENTIALS if not c.potential.has(sympy.Abs)]


@pytest.mark.parametrize("case", SMOOTH, ids=lambda c: c.name)
def test_identities_and_values(case: PotentialCase) -> None:
    found = Divergence(MirrorPotential(case.potential, x))
    assert len(found.derivation().steps) == 4
    for first, second in itertools.pairwise(POINTS):
        value = found.value.subs({x: first, found.y: second}).subs(PARAMETERS).evalf(25)
        assert value > 0
        assert found.between(first, first) == 0


def test_half_the_square_is_half_the_squared_distance() -> None:
    found = Divergence(MirrorPotential(x**2 / 2, x))
    assert sympy.expand(found.value - (x - found.y) ** 2 / 2) == 0
    assert sympy.expand(found.value - (x - found.y) ** 2) != 0


def test_decay_is_taken_into_the_potential_at_exponent_one_alone() -> None:
    depth = sympy.Symbol("L", integer=True, positive=True)
    assert DecayedFlow(2).exponent == 2 and DecayedFlow(3).exponent == sympy.Rational(3, 2)
    assert DecayedFlow(3, sympy.Rational(3, 2)).mismatch == 0 and DecayedFlow(2, 2).mismatch == 0
    assert DecayedFlow(3, 2).mismatch != 0 and DecayedFlow(2, 1).mismatch != 0
    assert len(DecayedFlow(depth).derivation().steps) == 4

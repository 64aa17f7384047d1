"""Subdivision covers exactly what it says, and reports where it stops."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb

from numerics.boxes import Part, Sides, cover, halves, parts, subdivide

UNIT: Sides = ((Fraction(0), Fraction(1)), (Fraction(0), Fraction(1)))


def volume(sides: Sides) -> Fraction:
    product = Fraction(1)
    for low, high in sides:
        product *= high - low
    return product


def test_a_positive_function_is_covered_and_the_leaves_fill_the_box() -> None:
    found = cover(lambda v: v[0] ** 2 + v[1] ** 2 - v[0] * v[1] + arb("0.05"), UNIT)
    assert found.status == "covered" and found.leaves > 1
    leaves = parts(found.tree, UNIT)
    assert len(leaves) == found.leaves and sum(volume(s) for _, s in leaves) == 1


def test_a_function_with_a_negative_value_is_not_covered() -> None:
    found = cover(lambda v: v[0] - v[1] + arb("0.9"), UNIT)
    assert found.status == "failed" and found.part


def test_a_zero_stops_the_search_undecided() -> None:
    found = cover(lambda v: v[0] * v[0] - v[0] * v[1] + v[1] * v[1], UNIT, most=300)
    assert found.status == "undecided"


@pytest.mark.parametrize("tree", ["", "0", "0r", "rr", "0rrr", "2rr", "01rr"])
def test_a_text_that_is_no_tree_is_rejected(tree: str) -> None:
    with pytest.raises(ValueError, match=r"tree|axis"):
        parts(tree, UNIT)


def test_halving_is_exact() -> None:
    left, right = halves(((Fraction(1, 3), Fraction(1)),), 0)
    assert left[0][1] == right[0][0] == Fraction(2, 3)


def test_the_order_of_leaves_is_the_order_of_the_tree() -> None:
    def decide(sides: Sides) -> Part:
        return Part(leaf="a" if sides[0][0] < Fraction(1, 2) else "b") if volume(sides) <= Fraction(1, 4) else Part()

    found = subdivide(decide, UNIT)
    assert {leaf for leaf, s in parts(found.tree, UNIT) if s[0][0] < Fraction(1, 2)} == {"a"}

"""Exact points at which functions are attacked: inside the domain, and certain."""

from __future__ import annotations

from fractions import Fraction

import pytest

from verify.checker.shapes_ranges import range_of
from verify.language.given import parse_given
from verify.language.parse import parse_term
from verify.provers.shapes.chords import bend_violation, order_violation
from verify.provers.shapes.functions import components_at
from verify.provers.shapes.samples import Component, assignments, connected, satisfied, undefined_point, varied


def _components(text: str, *given: str) -> list[Component]:
    domain = parse_given(list(given))
    return components_at(parse_term(text, ("x",)), range_of(domain, "x"), domain, {})


@pytest.mark.parametrize("given", [("0 < x <= 1",), ("x >= 2",), ("x < -1/2",), ("x != 0",), ("x > 0", "x**2 < 2")])
def test_points_lie_in_the_domain(given: tuple[str, ...]) -> None:
    domain = parse_given(list(given))
    points = [p for c in _components("x", *given) for p in c.points]
    assert len(points) >= 4
    assert all(satisfied(domain.hypotheses, {"x": p}) for p in points)


def test_ends_that_belong_to_the_interval_are_tried_and_others_are_not() -> None:
    (closed,) = _components("x", "0 <= x < 1")
    assert Fraction(0) in closed.points and Fraction(1) not in closed.points


def test_a_narrow_dip_is_found() -> None:
    f = parse_term("x**4 - x**2/1000", ("x",))
    (component,) = _components("x**4 - x**2/1000", "x real")
    assert bend_violation(f, "x", component, strict=False) is not None
    assert bend_violation(parse_term("x**4", ("x",)), "x", component, strict=True) is None


def test_a_straight_piece_refutes_strictness_alone() -> None:
    f = parse_term("Max(x, 0)", ("x",))
    components = _components("Max(x, 0)", "x real")
    assert bend_violation(f, "x", components[0], strict=False) is None
    assert bend_violation(f, "x", components[0], strict=True) is not None
    assert order_violation(f, "x", components, strict=False) is None
    assert order_violation(f, "x", components, strict=True) is not None


def test_points_between_are_not_used_where_the_domain_is_not_an_interval() -> None:
    components = _components("x**3 - x/100", "x real", "x**2 >= 1")
    assert not components[0].whole
    assert order_violation(parse_term("x**3 - x/100", ("x",)), "x", components, strict=False) is None


def test_an_undefined_point_is_certain() -> None:
    (component,) = _components("1/x", "x real")
    assert undefined_point(parse_term("1/x", ("x",)), "x", component) == 0
    assert undefined_point(parse_term("x**0", ("x",)), "x", component) is None


def test_values_of_parameters_satisfy_the_hypotheses() -> None:
    domain = parse_given(["1/p + 1/q == 1", "p > 1", "q > 1", "n >= 3 integer", "m real"])
    found = assignments(domain)
    assert {(v["p"], v["q"]) for v in found} >= {(2, 2), (3, Fraction(3, 2))}
    assert all(satisfied(domain.hypotheses, v) and v["n"].denominator == 1 for v in found)


def test_only_tied_parameters_are_varied() -> None:
    domain = parse_given(["0 < p < q", "a real", "b > 0"])
    assert connected(domain, frozenset({"p"})) == {"p", "q"}
    found = varied(domain, frozenset({"p"}))
    assert len({v["p"] for v in found}) > 3
    assert len({(v["a"], v["b"]) for v in found}) == 1
    assert assignments(parse_given(["p > 1", "p < 0"])) == []

"""Filippov solutions: events located, crossing and sliding told apart, the order kept across a switch."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from numerics.flows import SwitchedField, Undetermined, follow
from numerics.flows.embedded import integrate
from tests.numerics.flows.cases import KNOWN, Known, x, y


@pytest.mark.parametrize("case", KNOWN, ids=str)
def test_a_known_solution_is_followed(case: Known) -> None:
    track = follow(case.field, case.start, case.duration, selection=case.selection)
    assert track.end == pytest.approx(case.end, abs=1e-9)
    assert track.events == pytest.approx(case.events, abs=1e-9)
    assert any(piece.sliding for piece in track.pieces) is case.slides


def test_rounding_does_not_set_free_what_rests() -> None:
    """Dry friction comes to rest: its velocity there is rounding, and so is what is left of it across the surface."""
    case = next(c for c in KNOWN if c.name == "dry friction stops")
    for ulps in range(-6, 7):
        track = follow(case.field, [2.0 * (1 + ulps * 2.0**-52), 0.0], case.duration)
        assert track.end == pytest.approx(case.end, abs=1e-9), ulps
    moves = SwitchedField.from_sympy({x: y, y: -x - sympy.sign(y) * 19 / 100})
    assert abs(follow(moves, case.start, 9.5).end[1]) > 1e-3  # at x = -0.86 so little friction does not hold it


@pytest.mark.parametrize("case", [c for c in KNOWN if c.slides and c.events], ids=str)
def test_a_scheme_that_knows_no_switches_is_wrong_there(case: Known) -> None:
    field = case.field
    naive = integrate(lambda v: field.velocity(v, field.pattern(v)), case.start, [case.duration], step_size=0.05)[-1]
    assert np.max(np.abs(naive - case.end)) > 1e-4


CROSSING = {x: 1 + x / 4, y: -y * (2 + sympy.sign(x)) + sympy.cos(x)}
SLIDING = {x: -x * 0 - sympy.sign(x) + sympy.sin(y) / 2, y: 1 + sympy.exp(-y) * (1 + sympy.sign(x))}


@pytest.mark.parametrize(("flow", "start"), [(CROSSING, (-1.0, 1.0)), (SLIDING, (0.5, 0.2))], ids=["cross", "slide"])
def test_the_order_of_the_scheme_is_kept_across_a_switch(flow: dict, start: tuple[float, float]) -> None:
    field = SwitchedField.from_sympy(flow)
    exact = follow(field, start, 2.0, rtol=1e-13).end
    sizes = (0.2, 0.1, 0.05)
    errors = [np.max(np.abs(follow(field, start, 2.0, step_size=h).end - exact)) for h in sizes]
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    assert np.all(orders > 4.5), orders

    def blind(v: np.ndarray) -> np.ndarray:
        return field.velocity(v, np.where(field.pattern(v) == 0, 1, field.pattern(v)))

    naive = [np.max(np.abs(integrate(blind, start, [2.0], step_size=h)[-1] - exact)) for h in sizes]
    assert np.log2(naive[0] / naive[-1]) / 2 < 3, naive


@pytest.mark.parametrize(
    "flow",
    [
        {x: -sympy.sign(x) * sympy.sign(sympy.sinh(x)), y: sympy.S.One},  # equal signs: no mixture of opposite ones
        {x: -1 - sympy.sign(x - sympy.sin(x)) / 2, y: sympy.S.One},  # a normal that vanishes
        {x: -sympy.sign(x), y: sympy.sign(x - y) - sympy.sign(x + y)},  # three surfaces in the plane
    ],
)
def test_surfaces_that_are_not_transversal_are_refused(flow: dict) -> None:
    with pytest.raises(Undetermined, match="transversal"):
        follow(SwitchedField.from_sympy(flow), (0.5, 0.0), 2.0)


def test_the_saddle_of_sign_flow_has_more_than_one_solution() -> None:
    ambiguous = [follow(c.field, c.start, 1.0, selection=c.selection).ambiguous for c in KNOWN if c.start == (0, 0)]
    assert ambiguous[-2:] == [True, True]
    single = next(c for c in KNOWN if c.name == "dry friction stops")
    assert not follow(single.field, single.start, 1.0).ambiguous

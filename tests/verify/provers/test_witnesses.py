"""Existence: witnesses that are solved for, and points at which nothing is one, each beside a neighbour."""

from __future__ import annotations

import pytest

from tests.verify.provers.inequality_cases import stated
from verify.checker import replay
from verify.provers import witnesses
from verify.provers.budget import Budget

CASES = [
    ("a != 0; b real", "exists(x, a*x + b == 0)", "holds"),
    ("a real; b real", "exists(x, a*x + b == 0)", "fails"),
    ("a != 0; b real", "exists(x, a*x + b > 0)", "holds"),
    ("a >= 0; b real", "exists(x, a*x + b > 0)", "fails"),
    ("b real; c <= 0", "exists(x, x**2 + b*x + c == 0)", "holds"),
    ("b >= 1", "exists(x, x**2 - 2*b*x + 1 < 0)", "fails"),
    ("y real", "exists(x, x*y - x**4/4 >= 3/4*abs(y)**(4/3))", "holds"),
    ("y real", "exists(x, x*y - x**4/4 > 3/4*abs(y)**(4/3))", "fails"),
    ("y >= 0", "exists(x, sqrt(x) == y)", "holds"),
    ("y real", "exists(x, sqrt(x) == y)", "fails"),
    ("y != 0", "exists(x, 1/x == y)", "holds"),
    ("y real", "exists(x, 1/x == y)", "fails"),
]


@pytest.mark.parametrize(("given", "claim", "result"), CASES, ids=[f"{c[1]} given {c[0]}" for c in CASES])
def test_what_is_found_is_replayed(given, claim, result):
    s = stated((given, claim))
    found = witnesses.prove(s, Budget(20))
    assert found.result == result
    assert replay(s, found.certificate, result)
    assert not replay(s, found.certificate, "fails" if result == "holds" else "holds")


def test_infinity_as_a_side_has_a_meaning_though_no_value():
    s = stated(("y real", "exists(x, y < x and x < oo)"))
    assert witnesses.prove(s, Budget(2)).result != "fails"

"""Inequalities that grow from a touching point, each beside a false neighbour."""

import pytest

from tests.verify.exact.test_exact import statement
from verify.provers import anchored
from verify.provers.budget import Budget

ENTROPY = "x*asinh(x/sqrt(lam)) - sqrt(x**2 + lam)"
CASES = [
    (["x > -1", "a >= 1"], "(1 + x)**a >= 1 + a*x", "(1 + x)**a >= 1 + 2*a*x"),
    (["x > -1", "0 <= a <= 1"], "(1 + x)**a <= 1 + a*x", "(1 + x)**a >= 1 + a*x"),
    (["x real"], "exp(x) >= 1 + x", "exp(x) >= 1 + x + x**2/2"),
    (["x > 0"], "log(x) <= x - 1", "log(x) < x - 1"),
    (["x > 0"], "log(1 + x) < x", "log(1 + x) < x - x**2/3"),
    (["x >= 0"], "x - x**3/6 <= sin(x)", "sin(x) <= x - x**3/6"),
    (["a > 0", "b > 0", "0 <= t <= 1"], "a**t*b**(1 - t) <= t*a + (1 - t)*b", "a**t*b**(1 - t) <= (1 - t)*a + t*b"),
    (
        ["x real", "t real", "p > 1"],
        "t*spow(x, p - 1) - abs(t)**p/p <= x*spow(x, p - 1) - abs(x)**p/p",
        "t*spow(x, p - 1) - abs(t)**p/p >= x*spow(x, p - 1) - abs(x)**p/p",
    ),
    (["x real"], "x**2 >= 0", "-sign(x) >= 0"),
    (["x > 0", "y real"], "x*y <= x*log(x) - x + exp(y)", "x*y < x*log(x) - x + exp(y)"),
    (["1 - x > 0"], "log(1 - x) <= -x", "log(1 - x) <= -x - x**2"),
]


@pytest.mark.parametrize(("given", "true", "false"), CASES, ids=[c[1] for c in CASES])
def test_true_ones_are_proved_and_false_ones_are_not(given, true, false):
    assert anchored.prove(statement(given, true), Budget(30)).result == "holds"
    assert anchored.prove(statement(given, false), Budget(3)).result != "holds"


def test_a_jump_at_the_touching_point_proves_nothing():
    for claim in ("-sign(x) >= 0", "sign(x) <= 0", "-spow(x, 0) >= 0"):
        assert anchored.prove(statement(["x >= 0"], claim), Budget(2)).result != "holds"

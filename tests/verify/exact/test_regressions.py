"""False statements that were once proved, each with the nearest true one where the engine decides that."""

from importlib import import_module

import pytest

from tests.verify.exact.test_exact import statement
from verify.provers.budget import Budget
from verify.provers.reduce import goals

# (prover, given, false claim, true neighbour or None)
WRONG = [
    ("exact", ["x > 1/2"], "log(1/(x - 1/2)) == -log(2*x - 1)", "log(1/(x - 1/2)) == log(2) - log(2*x - 1)"),
    ("exact", ["x > 1/2"], "sqrt(1/(x - 1/2)) == 1/sqrt(2*x - 1)", "sqrt(1/(x - 1/2)) == sqrt(2)/sqrt(2*x - 1)"),
    ("exact", ["x real"], "sin(atan(x)/2) - sin(atan(x)/2) + sin(atan(x)) == 2*x/(1 + x**2)",
     "sin(2*atan(x)) == 2*x/(1 + x**2)"),
    ("exact", ["n integer"], "(-1)**(n**2 + n) == (-1)**n", "(-1)**(n**2 + n) == 1"),
    ("exact", ["n integer"], "(-1)**(n + 1) == (-1)**n", "(-1)**(n + 1) == -(-1)**n"),
    ("exact", ["x == 0", "y real"], "spow(x, log(y)) == 0", "spow(x, y) == 0"),
    ("exact", ["x <= 0", "y <= 0", "sqrt(x*y) <= 1"], "x < 0", "x <= 0"),
    ("exact", ["x real"], "diff(spow(x, 1/3), x) > 0", "diff(spow(x, 5/3), x) >= 0"),
    ("constancy", ["x real"], "diff(atan(x), x)*(1 + x**2) == 0",
     "diff(atan(x), x)*(1 + x**2) + atan(x) == 1 + atan(x)"),
    ("witnesses", ["y real"], "exists(x, diff(exp(x), x) == 0)", "exists(x, diff(exp(x), x) == 1)"),
    ("witnesses", ["y > 0"], "exists(x, diff(x*y, y) == 2*y and x == y)", "exists(x, diff(x*y, y) == y and x == y)"),
    ("anchored", ["0 < x <= 1/10"], "1/2 - spow(x, x) >= 0", None),
    ("integrals", ["y real"], "integrate((abs(x) - x)*exp(-x**2), (x, oo, 0)) == 1",
     "integrate(exp(-x), (x, oo, 0)) == -1"),
    ("exact", ["n integer"], "n**2 > n", "n**2 >= n"),
    ("exact", ["n integer"], "cos(pi*n) == 1", "cos(pi*n) == (-1)**n"),
    ("exact", ["x real", "y real"], "cos(x)**2 + sin(y) <= 3/2", "cos(x)**2 + sin(y) <= 2"),
    ("exact", ["x real", "y real"], "2 - cos(x)*sin(y) - sin(x)**2 > 0", "2 - cos(x)*sin(y) - sin(x)**2 >= 0"),
    ("exact", [], "sin(-7*pi/6) == -1/2", "sin(-7*pi/6) == 1/2"),
    ("constancy", ["-1 <= x <= 1"], "acos(1 - 2*x**2) == 2*asin(x)", "asin(x) + acos(x) == pi/2"),
    ("exact", ["n integer"], "(-1)**n <= 0", "abs((-1)**n) == 1"),
    ("witnesses", ["a real"], "exists(x, x > a and x < 1)", "exists(x, x > a and x > 1)"),
    ("witnesses", ["a real"], "exists(x, x > a and x < a)", "exists(x, x > a and x < a + 1)"),
    ("integrals", ["x real"], "diff(integrate(1/y, (y, -1, x)), x) == 1/x",
     "diff(integrate(exp(-y**2), (y, 0, x)), x) == exp(-x**2)"),
    ("exact", ["x real"], "diff(sign(x), x) == 0", None),
    ("integrals", ["x < 0"], "integrate(1/y, (y, -1, x)) == log(x**2)", "integrate(1/y, (y, -1, x)) == log(-x)"),
    ("integrals", ["x != 0"], "integrate(1/y, (y, -1, x)) == log(abs(x))", None),
    ("induction", ["n >= 0 integer"], "Sum(1, (i, 5, n)) == n", "Sum(1, (i, 1, n)) == n"),
]  # fmt: skip


# (prover, given, true claim): a derivative exists where its rule takes the logarithm of zero
TRUE = [
    ("special", ["x > 0"], "diff(0**x, x) == 0"),
    ("refute", ["x > 0"], "diff(0**x, x, 2) == 0"),
    ("refute", ["x >= 0", "n >= 1 integer"], "diff(abs(1/n)**spow(0, x), x, 2) >= 0"),
    ("exact", ["x real"], "diff(sqrt(x**4), x) == 2*x"),
    ("anchored", ["x >= 0", "y >= 0"], "cos(y) <= 1 + sqrt(cos(y)**2)"),
    ("exact", ["x >= 2000"], "gamma(x) > 0"),
]


def test_a_side_without_value_refutes_where_the_other_is_not_known():
    claim = statement(["x real"], "integrate(1/y, (y, 1, x)) == log(x)")
    found = import_module("verify.provers.refute").prove(claim, Budget(3))
    assert found.result == "fails"
    assert "logarithm" in found.detail


@pytest.mark.parametrize(("prover", "given", "claim"), TRUE, ids=[c[2] for c in TRUE])
def test_what_is_true_is_not_refuted(prover, given, claim):
    found = import_module(f"verify.provers.{prover}").prove(statement(given, claim), Budget(3))
    assert found.result != "fails"


@pytest.mark.parametrize(("prover", "given", "false", "true"), WRONG, ids=[c[2] for c in WRONG])
def test_what_was_wrong_stays_unproved(prover, given, false, true):
    prove = import_module(f"verify.provers.{prover}").prove
    assert prove(statement(given, false), Budget(3)).result != "holds"
    if true is not None:
        assert prove(statement(given, true), Budget(5)).result == "holds"


def test_a_part_of_a_disjunction_without_meaning_is_asked_about():
    """Both parts of log(x) <= 2 or x/x == 1 need a meaning; with x <= 0 in front, the logarithm has one."""
    asked = [str(g.conclusion) for g in goals(statement(["x real"], "log(x) <= 2 or x/x == 1"))]
    assert asked == ["log(x) == log(x)", "x/x == 1"]
    assert [str(g.conclusion) for g in goals(statement(["x real"], "log(x) <= x or x <= 0"))] == ["log(x) <= x"]

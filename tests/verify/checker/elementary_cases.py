"""Sums, existence, integrals and numbers: what is told, by which prover, and forgeries that must not pass.

A forgery is a statement, what is claimed of it, and a certificate without its text. ``CELLS`` stands for a part by
normal forms, on the whole domain, which is right where there is nothing to be cut.
"""

from __future__ import annotations

from typing import Any

CELLS: dict[str, Any] = {"kind": "cells", "logs": False, "tree": {"leaf": "exact"}}

# prover, given, claim, what is found
TOLD = [
    ("numbers", "", "pi**2 < 10", "holds"),
    ("numbers", "", "exp(1)**pi > pi**exp(1)", "holds"),
    ("numbers", "", "log(2) != 7/10", "holds"),
    ("induction", "n >= 1 integer", "Sum(k**2, (k, 1, n)) == n*(n + 1)*(2*n + 1)/6", "holds"),
    ("induction", "n >= 0 integer", "Sum(1, (i, 1, n)) == n", "holds"),
    ("induction", "n >= 1 integer", "Product(1 + 1/k, (k, 1, n)) == n + 1", "holds"),
    ("induction", "x > 0; n >= 1 integer", "Product(1 + x, (k, 1, n)) >= 1 + n*x", "holds"),
    ("induction", "", "Sum(1/(n*(n + 1)), (n, 1, oo)) == 1", "holds"),
    ("induction", "", "Sum(1/2**n, (n, 1, oo)) == 1", "holds"),
    ("induction", "x real", "Sum(x*k, (k, 1, 4)) == 10*x", "holds"),
    ("witnesses", "x real", "exists(y, y > x)", "holds"),
    ("witnesses", "x real", "exists(y, y**3 == x)", "holds"),
    ("witnesses", "x real; z real", "exists(y, implies(x < z, x < y and y < z))", "holds"),
    ("witnesses", "x real", "exists(y, forall(z, y*z == 0))", "holds"),
    ("witnesses", "x real", "exists(y, y**2 < 0)", "fails"),
    ("witnesses", "x real", "exists(y, exp(y) == x)", "fails"),
    ("integrals", "x real", "integrate(x, (x, 0, 1)) == 1/2", "holds"),
    ("integrals", "0 < a < 1", "integrate(x**a, (x, 0, 1)) == 1/(a + 1)", "holds"),
    ("integrals", "0 < a < 1", "integrate(x**a, (x, 0, 1)) == 1/(a + 2)", "fails"),
    ("integrals", "a > 0", "integrate(exp(-a*t), (t, 0, oo)) == 1/a", "holds"),
    ("integrals", "a > 0", "integrate(1/sqrt(t), (t, 0, a)) == 2*sqrt(a)", "holds"),
    ("integrals", "a real", "integrate(abs(t), (t, 0, a)) == a*abs(a)/2", "holds"),
    ("integrals", "", "integrate(log(t), (t, 0, 1)) == -1", "holds"),
    ("integrals", "", "integrate(1/(1 + t**2), (t, -oo, oo)) == pi", "holds"),
    ("integrals", "a real", "expect((a + z)**2, z) == a**2 + 1", "holds"),
    ("integrals", "a real", "expect(exp(a*z), z) == exp(a**2/2)", "holds"),
    ("integrals", "x real", "diff(integrate(exp(-t**2), (t, 0, x)), x) == exp(-x**2)", "holds"),
    ("integrals", "x > 0", "diff(integrate(1/t, (t, 1, x)), x) == 1/x", "holds"),
    ("special", "x real", "(x**2 - 2)**2 > 0", "fails"),
    ("special", "x real", "tan(x)*cos(x) == sin(x)", "fails"),
    ("special", "x > 1", "log(x**2) != log(2)", "fails"),
]


def witness(value: str, *parts: Any) -> dict[str, Any]:
    return {"kind": "witness", "value": value, "parts": list(parts)}


def inherited(*parts: Any, variable: str = "n", sums: Any = ()) -> dict[str, Any]:
    return {"kind": "induction", "partial sums": list(sums), "variable": variable, "parts": list(parts)}


def primitive(rest: Any, *antiderivatives: str) -> dict[str, Any]:
    return {"kind": "antiderivative", "antiderivatives": list(antiderivatives), "rest": rest}


def at(point: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"kind": "named point", "point": point, "hypotheses": [], **more}


LEADING = {"kind": "leading terms", "tree": {}, "orders": []}
FORGED = [
    ("", "pi**2 < 9", "holds", {"kind": "numbers", "precision": 128}),
    ("", "pi**2 < 10", "holds", {"kind": "numbers", "precision": 10**9}),
    ("x real", "x < 10", "holds", {"kind": "numbers", "precision": 128}),
    # a premise that never has a meaning would make every witness one
    ("", "exists(y, implies(exp(y) > 0, 1 < 0))", "holds", witness("log(-1)", CELLS)),
    ("", "exists(y, implies(exp(y) > 0, 1 < 0))", "holds", witness("log(0)", CELLS)),
    ("x real", "exists(y, implies(y > 0 or y <= 0, x < 0))", "holds", witness("1/(x - x)", CELLS, CELLS)),
    ("x real", "exists(y, y**2 == x)", "holds", witness("sqrt(x)", CELLS)),
    ("x real", "exists(y, y > x)", "holds", witness("oo", CELLS)),
    ("x real", "exists(y, y > x)", "holds", witness("x + 1")),
    ("x real", "exists(y, y > x and y < x)", "holds", witness("x + 1", CELLS)),
    ("x real", "exists(y, y > x)", "holds", witness("z", CELLS)),
    ("x real", "exists(y, diff(x**2, x) == y and y == 2)", "holds", witness("2", CELLS, CELLS)),
    # the step alone, the base alone, a step of another variable, sums inside a derivative
    ("n >= 1 integer", "Sum(k, (k, 1, n)) == n*(n + 1)/2 + 1", "holds", inherited(CELLS, CELLS)),
    ("n >= 1 integer", "Sum(k, (k, 1, n)) == n", "holds", inherited(CELLS)),
    ("n >= 1 integer", "Sum(k, (k, 1, n)) == n", "holds", inherited(CELLS, CELLS)),
    ("n real; n >= 1", "Sum(1, (k, 1, n)) == n", "holds", inherited(CELLS, CELLS)),
    ("n integer", "Sum(1, (k, 1, n)) == n", "holds", inherited(CELLS, CELLS)),
    ("n >= -5 integer", "Sum(1, (k, 1, n)) == 0*n", "holds", inherited(CELLS, CELLS)),
    ("x > 0; n >= 1 integer", "diff(Sum(x**k, (k, 0, n)), x)*(1 - n)*(2 - n) <= (1 - n)*(2 - n)", "holds",
     inherited(CELLS, CELLS)),
    ("", "Sum(1/(n*(n + 1)), (n, 1, oo)) == 0", "holds",
     {"kind": "induction", "partial sums": [{"partial": "1/n_1", "parts": [CELLS, CELLS]}], "rest": LEADING}),
    ("", "Sum(1/(n*(n + 1)), (n, 1, oo)) == 0", "holds",
     {"kind": "induction", "partial sums": [{"partial": "1/n_1", "parts": []}], "rest": LEADING}),
    # antiderivatives with a jump, a pole, another slope, another name, from the wrong side of an empty interval
    ("", "integrate(0*t + 1, (t, -1, 1)) == 4", "holds", primitive(CELLS, "t + sign(t)")),
    ("", "integrate(-1/(1 + t**2), (t, -1, 1)) == pi/2", "holds", primitive(CELLS, "atan(1/t)")),
    ("", "integrate(1/t**2, (t, -1, 1)) == -2", "holds", primitive(CELLS, "-1/t")),
    ("", "integrate(t, (t, 0, 1)) == 1", "holds", primitive(CELLS, "t")),
    ("", "integrate(t, (t, 0, 1)) == 1", "holds", primitive(CELLS, "t**2")),
    ("c real", "integrate(t, (t, 0, 1)) == 1/2", "holds", primitive(CELLS, "t**2/2 + d*t")),
    ("b >= 0", "integrate(-1/(1 + t**2), (t, 0, b)) != 0", "holds", primitive(LEADING, "atan(1/t)")),
    ("b real", "integrate(1/(1 + t), (t, 0, b)) == log(1 + b)", "holds", primitive(CELLS, "log(1 + t)")),
    ("", "integrate(t, (t, 0, 1)) == 1/2", "holds", primitive(CELLS)),
    ("", "integrate(t, (t, 0, 1)) == 1/2", "holds", primitive(CELLS, "t**2/2", "t")),
    ("x >= 0", "diff(integrate(sqrt(t), (t, 0, x)), x) == sqrt(x)", "holds", primitive(CELLS)),
    ("x == 0", "diff(integrate(sqrt(-t**2), (t, 0, x)), x) == 0", "holds", primitive(CELLS)),
    ("x real", "diff(integrate(sign(t), (t, 0, x)), x) == sign(x)", "holds", primitive(CELLS)),
    # refutations at points that are none, or outside
    ("x real", "x**2 >= 0", "fails", at({"x": "sqrt(-1)"}, opposite=CELLS)),
    ("x real", "log(x**2 + 1) >= 0", "fails", at({"x": "log(-1)"})),
    ("x real", "log(x**2 + 1) >= 0", "fails", at({"x": "1/0"})),
    ("x > 2", "x**2 > 2", "fails", at({"x": "sqrt(2)"}, opposite=CELLS)),
    ("x > 2", "x**2 > 2", "fails", at({"x": "sqrt(2)"}, hypotheses=[CELLS], opposite=CELLS)),
    ("x integer", "x**2 != 2", "fails", at({"x": "sqrt(2)"}, opposite=CELLS)),
    ("x real", "x**2 != -2", "fails", at({"x": "sqrt(2)"}, opposite=CELLS)),
    ("x real", "x**2 != 2", "fails", at({}, opposite=CELLS)),
    ("x real", "exists(y, y > x)", "fails", {"kind": "no witness", "point": {"x": "0"}, "parts": [CELLS]}),
    ("x > 0", "exists(y, y**2 == x)", "fails", {"kind": "no witness", "point": {"x": "-1"}, "parts": [CELLS]}),
    ("x integer", "exists(y, y == 2*x)", "fails", {"kind": "no witness", "point": {"x": "1/2"}, "parts": []}),
    ("0 < a < 1", "integrate(x**a, (x, 0, 1)) == 1/(a + 1)", "fails",
     primitive({"kind": "point", "point": {"a": "1/2"}}, "x**(a + 1)/(a + 1)")),
    ("a > 0", "integrate(x**a, (x, 0, 1)) == 1/(a + 1)", "fails",
     primitive({"kind": "point", "point": {"a": "-1"}}, "x**(a + 1)/(a + 1)")),
]  # fmt: skip

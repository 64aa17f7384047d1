"""Texts of the language, what they mean, and near misses that must be refused."""

from __future__ import annotations

from typing import NamedTuple

NAMES = ("x", "y", "lam", "n")


class Reads(NamedTuple):
    """A text and the text of the term that it is."""

    text: str
    printed: str


class Refused(NamedTuple):
    """A text, a word of the message, and the column it points at."""

    text: str
    says: str
    column: int


READS = (
    Reads("x == y", "x == y"),
    Reads("0<x<=1", "0 < x and x <= 1"),
    Reads("1 < x == y != 3 >= lam > 2", "1 < x and x == y and y != 3 and 3 >= lam and lam > 2"),
    Reads("not x < 1 and y > 2 or x == 3", "not x < 1 and y > 2 or x == 3"),
    Reads("not (x < 1 and y > 2)", "not (x < 1 and y > 2)"),
    Reads("implies(x > 0, exists(z, z**2 == x))", "implies(x > 0, exists(z, z**2 == x))"),
    Reads("forall(x, x**2 >= 0)", "forall(x, x**2 >= 0)"),
    Reads("-x**2 < +y", "-x**2 < y"),
    Reads("x<-1", "x < -1"),
    Reads("x**y**2 > (x**y)**2", "x**y**2 > (x**y)**2"),
    Reads("x/y/2 == x/(y/2)", "x/y/2 == x/(y/2)"),
    Reads("x - (y - 1) == 0.125", "x - (y - 1) == 1/8"),
    Reads("1e-3 + .5 + 2. == 1_000", "1/1000 + 1/2 + 2 == 1000"),
    Reads("diff(x**2, x) == diff(x**3, x, 2)/3", "diff(x**2, x) == diff(x**3, x, 2)/3"),
    Reads("integrate(t*x, (t, 0, x)) > 0", "integrate(t*x, (t, 0, x)) > 0"),
    Reads("integrate(x, (x, 0, x)) > 0", "integrate(x, (x, 0, x)) > 0"),
    Reads("limit(sin(t)/t, t, 0) == 1", "limit(sin(t)/t, t, 0) == 1"),
    Reads('limit(1/t, t, 0, "+") == oo', 'limit(1/t, t, 0, "+") == oo'),
    Reads("limit(1/t, t, 0, '-') == -oo", 'limit(1/t, t, 0, "-") == -oo'),
    Reads("Sum(1/i**2, (i, 1, n)) < pi", "Sum(1/i**2, (i, 1, n)) < pi"),
    Reads("Product(i, (i, 1, n)) == gamma(n + 1)", "Product(i, (i, 1, n)) == gamma(n + 1)"),
    Reads("expect(z**2, z) == 1", "expect(z**2, z) == 1"),
    Reads("strictly_convex(x**2, x)", "strictly_convex(x**2, x)"),
    Reads("homogeneous(x**2,x,2) and bigo(x, x**2, x, oo)", "homogeneous(x**2, x, 2) and bigo(x, x**2, x, oo)"),
    Reads("asymptotic(sinh(t), exp(t)/2, t, oo)", "asymptotic(sinh(t), exp(t)/2, t, oo)"),
    Reads("Min(x, y, 1) <= spow(x, 1/2)", "Min(x, y, 1) <= spow(x, 1/2)"),
    Reads("10**10**10 > 1", "10**10**10 > 1"),
    Reads("true or x > E", "true or x > E"),
    Reads("  x\n  > \t 1 ", "x > 1"),
)

REFUSED = (
    Refused("(x > 0) == (y > 0)", "if and only if", 2),
    Refused("(x > 0 and y > 0) == (y > 0)", "if and only if", 2),
    Refused("(x < 1) + 2 > 0", "number is needed", 2),
    Refused("sin(x) and x > 0", "formula is needed", 1),
    Refused("x + 1", "formula is needed", 1),
    Refused("lamm > 0", "did you mean 'lam'", 1),
    Refused("1 + ln(x) > 0", "did you mean 'log'", 5),
    Refused("Abs(x) > 0", "did you mean 'abs'", 1),
    Refused("x(y + 1) > 0", "write * for a product", 1),
    Refused("2(x + 1) > 0", "write * for a product", 1),
    Refused("2x > 0", "write * between", 2),
    Refused("x^2 > 0", "**", 2),
    Refused("x = 1", "==", 3),
    Refused("x => 1", ">=", 3),
    Refused("x =< 1", "<=", 3),
    Refused("!x > 1", "not", 1),
    Refused("|x| > 1", "abs", 1),
    Refused("x > 1;", "and", 6),
    Refused("x // 2 > 1", "/", 3),
    Refused("x % 2 == 1", "remainder", 3),
    Refused("x > 1 # one", "comments", 7),
    Refused("lambda > 1", "lam", 1),
    Refused("x in y", "in", 3),
    Refused("x is 1", "==", 3),
    Refused("True", "true", 1),
    Refused("x > None", "no empty value", 5),
    Refused("x > 3j", "write *", 6),
    Refused("x > 0x10", "write *", 6),
    Refused("x >", "well-formed", 4),
    Refused("x > )", "closes nothing", 5),
    Refused("(x > 1", "never closed", 1),
    Refused("", "empty", 1),
    Refused("(x, y) > 1", "comma", 1),
    Refused("x, y > 1", "comma", 1),
    Refused("x > 'a'", "side of a limit", 5),
    Refused("sin > 1", "sin(...)", 1),
    Refused("sin() > 1", "1 argument, not 0", 1),
    Refused("sin(x, y) > 1", "1 argument, not 2", 1),
    Refused("Min(x) > 1", "2 to 16", 1),
    Refused("sin(*x) > 1", "star", 5),
    Refused("diff(x**2, 2) > 1", "plain name", 12),
    Refused("diff(x**2, x, x) > 1", "order", 15),
    Refused("diff(x**2, x, 9) > 1", "1 to 8", 15),
    Refused("diff(x**2, x, 0) > 1", "1 to 8", 15),
    Refused("diff(x**2, z) > 1", "unknown name 'z'", 12),
    Refused("convex(x**2, z)", "unknown name 'z'", 14),
    Refused("convex(t**2, x)", "unknown name 't'", 8),
    Refused("integrate(x, x, 0, 1) > 1", "(x, a, b)", 1),
    Refused("integrate(x, (x, 0)) > 1", "(x, a, b)", 1),
    Refused("integrate(x, (2*x, 0, 1)) > 1", "plain name", 15),
    Refused("integrate(t, (t, 0, t)) > 1", "unknown name 't'", 21),
    Refused("limit(x, x, 0, 1) > 1", 'side of a limit', 16),
    Refused("limit(x, x, 0, \"left\") > 1", 'side of a limit', 16),
    Refused("limit(x, pi, 0) > 1", "constant", 10),
    Refused("forall(sin, sin > 0)", "function", 8),
    Refused("ddt(x) == 0", "flow", 1),
    Refused("conserved(x)", "flow", 1),
    Refused("(x < 1) == (y < 1)", "number is needed", 2),
    Refused("true > 1", "number is needed", 1),
)  # fmt: skip

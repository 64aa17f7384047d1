"""Terms at points: their exact values, their digits, and where they have none."""

from __future__ import annotations

from fractions import Fraction

from verify.language.parse import parse_formula
from verify.language.terms import Term

NAMES = ("x", "y", "a", "q", "r", "lam", "n", "z")


def term(text: str) -> Term:
    """A number written in the syntax of the claims file."""
    return parse_formula(f"({text}) == 0", NAMES).args[0]


def formula(text: str) -> Term:
    return parse_formula(text, NAMES)


def at(text: str) -> dict[str, Fraction]:
    """``x=1/2 y=-3`` as a point."""
    return {name: Fraction(value) for name, value in (pair.split("=") for pair in text.split())}


# (term, point, value)
EXACT = [
    ("x**3 - 1/x", "x=2", "15/2"),
    ("x**(3/2)", "x=4/9", "8/27"),
    ("x**(-1/2)", "x=4", "1/2"),
    ("sqrt(x)", "x=9/16", "3/4"),
    ("spow(x, 3/2)", "x=-4", "-8"),
    ("spow(x, r)", "x=0 r=0", "0"),
    ("spow(x, r)", "x=0 r=-1", "0"),
    ("abs(x)**q", "x=-2 q=3", "8"),
    ("sign(x) + sign(y)", "x=0 y=-5", "-1"),
    ("exp(x) + log(x + 1) + cosh(x) + acos(x + 1)", "x=0", "2"),
    ("Min(x, y, 1) + Max(x, y)", "x=3 y=1/3", "10/3"),
    ("gamma(n)", "n=6", "120"),
    ("q**(q/(q - 1))", "q=3/2", "27/8"),
    ("Sum(k**2, (k, 1, n))", "n=10", "385"),
    ("Product(1 + 1/k, (k, 1, n))", "n=6", "7"),
    ("Sum(k, (k, 1, n))", "n=0", "0"),
    ("diff(x**3 - a*x, x, 2)", "x=5 a=1", "30"),
    ("diff(abs(x), x)", "x=-3", "-1"),
    ("diff(abs(x)**q, x)", "x=0 q=2", "0"),
    ("diff(integrate(y**2, (y, 0, x)), x)", "x=3", "9"),
    ("integrate(x, (x, a, a))", "a=2", "0"),
]

# (term, point, leading digits)
DIGITS = [
    ("pi + E", "", "5.859874482048838473822930854632165381954416493"),
    ("exp(pi*sqrt(163)) - 640320**3 - 744", "", "-7.4992740280181431112064614366e-13"),
    ("x**r", "x=2 r=1/2", "1.41421356237309504880168872420969807856967"),
    ("gamma(x)", "x=-5/2", "-0.945308720482941881225689324449"),
    ("asinh(x) + acosh(x) + atanh(1/x)", "x=2", "3.3098995164376819"),
    ("erf(x)", "x=1", "0.842700792949714869341220635082609"),
    ("diff(x**x, x)", "x=2", "6.77258872223978123766892848583"),
]

# (term, point): certainly without a value
UNDEFINED = [
    ("x/x", "x=0"),
    ("1/(x - y)", "x=1/3 y=1/3"),
    ("log(x)", "x=0"),
    ("log(x)", "x=-1"),
    ("sqrt(x)", "x=-1/1000000000000"),
    ("x**(1/3)", "x=-8"),
    ("x**(-1)", "x=0"),
    ("abs(x)**r", "x=0 r=-1/2"),
    ("acos(x)", "x=2"),
    ("acosh(x)", "x=1/2"),
    ("atanh(x)", "x=1"),
    ("gamma(x)", "x=-3"),
    ("0*log(x)", "x=-1"),
    ("diff(log(x), x)", "x=-1"),
    ("integrate(sqrt(x), (x, -1, 1))", ""),
    ("integrate(1/(x - y)/y, (x, 1, 2))", "y=0"),
]

# (term, point): nothing is certain, or the kind of term is not evaluated
UNKNOWN = [
    ("x**0", "x=0"),
    ("abs(x)**r", "x=0 r=0"),
    ("1/(sqrt(x)**2 - x)", "x=2"),
    ("log(sqrt(x)**2 - x + 1 - 1)", "x=2"),
    ("diff(abs(x), x)", "x=0"),
    ("diff(abs(x)**q, x)", "x=0 q=1"),
    ("diff(Max(x, y), x)", "x=1 y=1"),
    ("limit(1/y, y, oo)", ""),
    ("Sum(1/n**2, (n, 1, oo))", ""),
    ("Sum(n, (n, 1, x))", "x=1/2"),
    ("Sum(n, (n, 1, 1000000))", ""),
    ("integrate(1/x, (x, -1, 1))", ""),
    ("integrate(log(x), (x, 0, 1))", ""),
    ("integrate(exp(x), (x, 0, oo))", ""),
    ("integrate(1/(1 + x**2), (x, 0, oo))", ""),
    ("oo - oo", ""),
    ("10**10**10**10", ""),
    ("y", "x=1"),
]

# (formula, point, truth)
TRUTHS = [
    ("x < y", "x=1 y=2", True),
    ("x == y", "x=1/3 y=1/3", True),
    ("x != y", "x=1/3 y=1/3", False),
    ("sqrt(x)**2 == x", "x=2", None),
    ("sqrt(x)**2 == x", "x=4", True),
    ("sqrt(x) == sqrt(x)", "x=2", True),
    ("exp(x) >= exp(x)", "x=2", True),
    ("exp(x) > exp(x)", "x=2", False),
    ("(pi**4 + pi**5)**(1/6) == E", "", False),
    ("exp(1/10**100) > 1", "", True),
    ("exp(-1/10**900) == 1", "", False),
    ("1 < 0 and 1/x > 0", "x=0", False),
    ("x == 0 or 1/x > 0", "x=0", True),
    ("implies(x > 0, log(x) < x)", "x=-1", True),
    ("not (x > 0 and y > 0)", "x=1 y=-1", True),
    ("x > 0 and x**0 == 1", "x=0", False),
    ("x >= 0 and x**0 == 1", "x=0", None),
    ("x < oo and -oo < x", "x=10", True),
    ("exists(y, y > x)", "x=1", None),
    ("convex(x**2, x)", "x=1", None),
]

"""Claims with their truth: (what is given, the claim). False ones have exact counterexamples, true ones survive."""

from __future__ import annotations

from verify.language.given import parse_given
from verify.language.parse import parse_formula
from verify.statement import Domain, Statement

Case = tuple[str, str]


def domain(given: str) -> Domain:
    return parse_given([g.strip() for g in given.split(";") if g.strip()])


def stated(case: Case) -> Statement:
    where = domain(case[0])
    return Statement(where, parse_formula(case[1], where.names))


# pairs (false, its nearest true control)
PAIRS: list[tuple[Case, Case]] = [
    (("x real", "x**2 - 2*x + 1 > 0"), ("x real", "x**2 - 2*x + 1 >= 0")),
    (("x real", "(x - 1/7)**2 - 1/10**12 >= 0"), ("x real", "(x - 1/7)**2 >= 0")),
    (("x >= 0", "x*(x - 1/7)**2 - 1/10**9 >= 0"), ("x >= 0", "x*(x - 1/7)**2 >= 0")),
    (("x >= -1/10**9", "x*(x - 1/7)**2 >= 0"), ("x >= 0", "x*(x - 1/7)**2 >= 0")),
    (("x real", "x/x == 1"), ("x != 0", "x/x == 1")),
    (("x real", "sqrt(x**2) == x"), ("x real", "sqrt(x**2) == abs(x)")),
    (("x > 0", "log(x) < x - 1"), ("x > 0", "log(x) <= x - 1")),
    (("x real", "exp(x) >= 1 + x + x**2/2"), ("x >= 0", "exp(x) >= 1 + x + x**2/2")),
    (("x real", "cosh(x) <= exp(x**2*999/2000)"), ("x real", "cosh(x) <= exp(x**2/2)")),
    (("x real", "log(x**2 - x + 6/25) <= x**2"), ("x real", "log(x**2 - x + 13/50) <= x**2")),
    (("x >= 1", "x**(1/10) >= log(x)"), ("x >= 1", "x**(1/2) >= log(x)")),
    (
        ("x real", "x**4 - 10*x**3 + 35*x**2 - 50*x + 24 + 99/100 >= 0"),
        ("x real", "x**4 - 10*x**3 + 35*x**2 - 50*x + 24 + 1 >= 0"),
    ),
    (("x real; y real", "x*y <= x**2/3 + y**2/2"), ("x real; y real", "x*y <= x**2/2 + y**2/2")),
    (("x real", "forall(y, x*y <= x**2/3 + y**2/2)"), ("x real", "forall(y, x*y <= x**2/2 + y**2/2)")),
    (("a > 0; b > 0; c > 0", "a/(b + c) + b/(a + c) + c/(a + b) > 3/2"),
     ("a > 0; b > 0; c > 0", "a/(b + c) + b/(a + c) + c/(a + b) >= 3/2")),
    (("a > 0; b > 0; c > 0", "a/(b + c) + b/(a + c) + c/(a + b) >= 3/2 + (a - b)**2/10000"),
     ("a > 0; b > 0; c > 0", "a/(b + c) + b/(a + c) + c/(a + b) >= 3/2")),
    (("x real; y real; x**2 + y**2 == 1", "x + y <= 7/5"), ("x real; y real; x**2 + y**2 == 1", "x + y <= 3/2")),
    (("p > 1; q > 1; 1/p + 1/q == 1; a >= 0; b >= 0", "a*b <= a**p/q + b**q/p"),
     ("p > 1; q > 1; 1/p + 1/q == 1; a >= 0; b >= 0", "a*b <= a**p/p + b**q/q")),
    (("u real; v real; 1 < q <= 2; lam real; abs(u)**q - abs(v)**q == lam", "abs(u)**q >= 2*lam"),
     ("u real; v real; 1 < q <= 2; lam real; abs(u)**q - abs(v)**q == lam", "abs(u)**q >= lam")),
    (("x real; y real; x == y", "x*y > 0"), ("x real; y real; x == y", "x*y >= 0")),
    (("n integer; n >= 1", "n**2 - n + 41 != 1681"), ("n integer; n >= 1", "n**2 - n + 41 != 1682")),
    (("n integer; n >= 1", "Sum(k**2, (k, 1, n)) <= n**4/4 + 3/4"),
     ("n integer; n >= 1", "Sum(k**2, (k, 1, n)) == n*(n + 1)*(2*n + 1)/6")),
    (("x real; q > 1", "diff(abs(x)**q, x) == q*abs(x)**(q - 1)"),
     ("x real; q > 1", "diff(abs(x)**q, x) == q*spow(x, q - 1)")),
    (("x real; y real", "Max(x, y) == (x + y - abs(x - y))/2"),
     ("x real; y real", "Max(x, y) == (x + y + abs(x - y))/2")),
    (("a real", "expect(a*z**4, z) == 2*a"), ("a real", "expect(a*z**2, z) == a")),
    (("0 < a < 1", "integrate(x**a, (x, 0, 1)) == 1/(a + 2)"),
     ("0 < a < 1", "integrate(x**a, (x, 0, 1)) == 1/(a + 1)")),
    (("", "exp(pi*sqrt(163)) == 640320**3 + 744"), ("", "sqrt(2)*sqrt(2) == 2")),
    (("x real", "(pi**4 + pi**5)**(1/6) == E"), ("x real", "(pi**4 + pi**5)**(1/6) < E")),
    (("u real; v real; w real; s real; t real", "u*v*w*s*t == abs(u*v*w*s*t)"),
     ("u real; v real; w real; s real; t real", "u*v*w*s*t <= abs(u*v*w*s*t)")),
    (("x real; y real", "implies(x < y, x**2 < y**2)"), ("x real; y real", "implies(x < y, x**3 < y**3)")),
    (("x real", "x > 0 or x < 0"), ("x real", "x > 0 or x <= 0")),
    (("x real", "not (x**2 == 2*x)"), ("x real", "not (x**2 < 0)")),
    (("x > 0; y > 0", "abs(log(x) - log(y)) <= abs(x - y)"), ("x >= 1; y >= 1", "abs(log(x) - log(y)) <= abs(x - y)")),
    (("x real; L integer; L >= 2", "diff(x**L, x) == L*x**L"),
     ("x real; L integer; L >= 2", "diff(x**L, x) == L*x**(L - 1)")),
    (("x real; lam > 0", "diff(sqrt(x**2 + lam), x) == x/sqrt(x**2 + 2*lam)"),
     ("x real; lam > 0", "diff(sqrt(x**2 + lam), x) == x/sqrt(x**2 + lam)")),
    (("x real", "1/(x**2 - 2*x + 1) > 0"), ("x real", "1/(x**2 - 2*x + 2) > 0")),
    (("x > 10**6", "x < 10**9"), ("x > 10**6", "x < x**2/10**5")),
    (("x real; y real", "x**4*y**2 + x**2*y**4 - 3*x**2*y**2 + 999/1000 >= 0"),
     ("x real; y real", "x**4*y**2 + x**2*y**4 - 3*x**2*y**2 + 1 >= 0")),
    (("x real; y real", "abs(x**3 - 2*y) + abs(y - 4) > 0"), ("x real; y real", "abs(x**3 - 2*y) + abs(y - 4) >= 0")),
    (("x real; y real", "(x**3 - 5*y)**2 + (x*y - 3)**2 > 1/10**10"),
     ("x real; y real", "(x**3 - 5*y)**2 + (x*y - 3)**2 >= 0")),
    (("x > 0; y > 0; x*y > 1", "x + y > 2.0001"), ("x > 0; y > 0; x*y > 1", "x + y > 2")),
    (("x real; T > 0", "abs(x) <= T*log(2*cosh(x/T)) - T/10**9"), ("x real; T > 0", "abs(x) <= T*log(2*cosh(x/T))")),
    (("x > 0", "gamma(x) >= 0.8857"), ("x > 0", "gamma(x) >= 0.8856")),
    (("x real; y real; z real; x**2 + y**2 + z**2 == 1", "x + y + z <= 173/100"),
     ("x real; y real; z real; x**2 + y**2 + z**2 == 1", "x + y + z <= 174/100")),
    (("x real; y real; x**2 + 2*x*y + 3*y**2 == 6; x > 0", "y > -173/100"),
     ("x real; y real; x**2 + 2*x*y + 3*y**2 == 6; x > 0", "y > -174/100")),
    (("m integer; n integer; m > n; n >= 1", "m**2 - n**2 != 2015"),
     ("m integer; n integer; m > n; n >= 1", "m**2 - n**2 != 2014")),
]  # fmt: skip

UNTRIED: list[Case] = [
    ("x real", "limit(1/y, y, oo) == 0"),
    ("x real", "convex(x**2, x)"),
    ("x real", "exists(y, y > x)"),
    ("x real; x**2 < 0", "x == 1"),
    ("x real", "Sum(1/n**2, (n, 1, oo)) == 2"),
]

SATISFIABLE = [
    "",
    "x real",
    "x > 3; x < 4",
    "x > 0; x**2 < 1/10**6",
    "x real; y real; x**2 + y**2 == 1; x > 1/2; y < 0",
    "x > 100; y > x**2; z == x + y",
    "p > 1; q > 1; 1/p + 1/q == 1",
    "x real; abs(x - 1000/7) < 1/10**9",
    "n integer; n > 12; n**2 < 200",
    "x real; y real; x*y == 2; x + y == 3",
    "x real; y real; x + 2*y == 1/3; x - y == 5/7",
    "x > 0; log(x) < -5",
    "u real; v real; q > 1; lam > 0; abs(u)**q - abs(v)**q == lam",
    "0 < a < b < c < 1",
]
UNSATISFIABLE = [
    "x real; x**2 < 0",
    "x > 1; x < 1",
    "x real; y real; x == y; x < y",
    "n integer; n > 0; n < 1",
    "x > 0; log(x) > x",
]

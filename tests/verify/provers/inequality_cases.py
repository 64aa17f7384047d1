"""Relations with their truth: (what is given, the claim). True ones are provable, false ones must never be."""

from __future__ import annotations

from verify.language.given import parse_given
from verify.language.parse import parse_formula
from verify.statement import Statement

Case = tuple[str, str]


def stated(case: Case) -> Statement:
    given, claim = case
    domain = parse_given([g.strip() for g in given.split(";") if g.strip()])
    return Statement(domain, parse_formula(claim, domain.names))


SOLVERS_TRUE: list[Case] = [
    ("x real; y real", "x**2 + y**2 >= 2*x*y"),
    ("x != 0", "x/x == 1"),
    ("a > 0; b > 0", "sqrt(a*b) <= (a + b)/2"),
    ("x real; y real", "x**4*y**2 + x**2*y**4 + 1 >= 3*x**2*y**2"),
    ("n integer", "n**2 >= n"),
    ("x real; y real", "abs(x + y) <= abs(x) + abs(y)"),
    ("x real; y real", "Max(x, y) + Min(x, y) == x + y"),
    ("x real", "(abs(x)**(1/2))**2 == abs(x)"),
    ("x real", "spow(spow(x, 2), 1/2) == x"),
    ("x real; r > 0", "abs(x)**r >= 0"),
    ("x > 0; r real", "x**r*x == x**(r + 1)"),
    ("q > 1; x > 0", "x**q >= 1 + q*(x - 1)"),
    ("x real", "exp(x) >= 1 + x"),
    ("x real", "abs(sin(x)) <= abs(x)"),
    ("x real; y real; x > y", "exp(x) > exp(y)"),
    ("x real", "cosh(x)**2 - sinh(x)**2 == 1"),
    ("r real", "spow(0, r) == 0"),
    ("x > 1; y > x", "log(y) > log(x)"),
]
SOLVERS_FALSE: list[Case] = [
    ("x real; y real", "x**2 + y**2 > 2*x*y"),
    ("x real", "x/x == 1"),
    ("a real; b real", "sqrt(a*b) <= (a + b)/2"),
    ("x real; y real", "x**4*y**2 + x**2*y**4 + 1 > 3*x**2*y**2"),
    ("x real", "x**2 >= x"),
    ("x real; y real", "abs(x + y) == abs(x) + abs(y)"),
    ("x real", "spow(spow(x, 2), 1/2) == abs(x)"),
    ("x real; r > 0", "spow(x, r) >= 0"),
    ("x real; r real", "x**r*x == x**(r + 1)"),
    ("q > 0; x > 0", "x**q >= 1 + q*(x - 1)"),
    ("x real", "exp(x) >= 1 + x + x**2/2"),
    ("x real", "sqrt(x**2 - 2) >= 0"),
    ("x real", "x**3 != 2"),
    ("x real", "(pi**4 + pi**5)**(1/6) == E"),
    ("x >= 0", "log(x) <= x - 1"),
    ("x real", "asin(x) <= 2"),
    ("x real", "tan(x)**2 >= 0"),
    ("x real; r real", "spow(1/x, r)*0 == 0"),
]
SOLVERS_UNTOUCHED: list[Case] = [
    ("x real", "x**0 == 1"),
    ("x real", "gamma(x)*0 == 0"),
    ("x real", "x > 1 or x <= 1"),
    ("x real", "integrate(x, (x, 0, 1)) == 1/2"),
]

SQUARES_TRUE: list[Case] = [
    ("x real; y real", "x**2 + y**2 >= 2*x*y"),
    ("x real; y real; z real", "x**2 + y**2 + z**2 >= x*y + y*z + z*x"),
    ("x real; y real", "x**2 + y**2 + 1/100 > 2*x*y"),
    ("x real; y real", "x**4 + y**4 >= x**3*y + x*y**3"),
    ("x real; y real", "2*x**4 + 2*x**3*y - x**2*y**2 + 5*y**4 >= 0"),
    ("x >= 0; y >= 0", "x**2 + y**2 + x*y >= 0"),
    ("a real; b real; c real; d real", "(a**2 + b**2)*(c**2 + d**2) >= (a*c + b*d)**2"),
    ("a real; b real; c real; d real", "a**4 + b**4 + c**4 + d**4 >= 4*a*b*c*d"),
    ("x >= 0", "x**3 >= 0"),
    ("x integer; x >= 1", "x**2 - x >= 0"),
    ("x > 0", "x + 1/x >= 2"),
    ("x > 0; x != 1", "x + 1/x > 2"),
    ("x != 0", "1/x != 0"),
    ("-1 <= x <= 1", "x**2*(1 - x**2) <= 1/4"),
]
SQUARES_FALSE: list[Case] = [
    ("x real; y real", "x**2 + y**2 > 2*x*y"),
    ("x real; y real", "x**4 + y**4 + 1 >= 3*x**2*y**2"),
    ("x real", "x**3 >= 0"),
    ("x real", "x**2 - x >= 0"),
    ("x > 0", "x + 1/x > 2"),
    ("x real", "x/x == 1"),
    ("x real", "1/x != 0"),
    ("x real", "x**2/x**2 >= 0"),
    ("-1 <= x <= 1", "x**2*(1 - x**2) < 1/4"),
    ("x real; y real", "x**2 + 2*x*y >= 0"),
    ("x >= 0; y >= 0", "x**2 + y**2 - 3*x*y >= 0"),
    ("x real", "x**4 - x**3 + 1/1000 >= 0"),
]

ENCLOSURE_TRUE: list[Case] = [
    ("0 <= x <= 10", "exp(x) >= 1/2 + x"),
    ("0 <= x <= 1; 0 <= y <= 1", "x*y*(1 - x)*(1 - y) < 1/15"),
    ("-1 <= x <= 1", "cos(x) >= 1 - x**2/2 - 1/1000"),
    ("0 < x <= 2", "x**x >= 69/100"),
    ("abs(x) <= 2; abs(y) <= 2; x**2 + y**2 <= 1; x real; y real", "x + y < 3/2"),
    ("1 <= n <= 6 integer; 0 <= x <= 1", "x**n <= 1 + x/10"),
    ("1 <= x <= 2", "1/x != 0"),
    ("0 <= x <= 1", "x*0 + (pi**4 + pi**5)**(1/6) < E"),
]
ENCLOSURE_FALSE: list[Case] = [
    ("0 <= x <= 1; 0 <= y <= 1", "x*y*(1 - x)*(1 - y) < 1/16"),
    ("0 <= x <= 1; 0 <= y <= 1", "x*y*(1 - x)*(1 - y) < 1/17"),
    ("-1 <= x <= 1", "cos(x) >= 1 - x**2/3 + 1/1000"),
    ("0 < x <= 2", "x**x >= 7/10"),
    ("abs(x) <= 2; abs(y) <= 2; x**2 + y**2 <= 1; x real; y real", "x + y < 7/5"),
    ("1 <= n <= 6 integer; 0 <= x <= 2", "x**n <= 60"),
    ("-1 <= x <= 2", "1/x != 0"),
    ("-1 <= x <= 2", "sqrt(x + 1/2) >= -1"),
    ("0 <= x <= 1", "x*0 + (pi**4 + pi**5)**(1/6) > E"),
    ("0 < x <= 1", "-sign(x) >= 0"),
    ("0 <= x <= 1", "x/x == 1"),
]

MONOTONE_TRUE: list[Case] = [
    ("x real", "exp(x) >= 1 + x"),
    ("x != 0", "exp(x) > 1 + x"),
    ("x > 0", "log(x) <= x - 1"),
    ("x >= 0", "x - x**3/6 <= sin(x)"),
    ("x >= 0", "tanh(x) <= x"),
    ("x real", "sqrt(1 + x**2) <= 1 + abs(x)"),
    ("x real", "x*asinh(x) - sqrt(x**2 + 1) >= -1"),
    ("x real", "cosh(x) >= 1 + x**2/2"),
    ("x real", "cos(x) >= 1 - x**2/2"),
    ("x > 0", "sin(x)/x <= 1"),
    ("x > 0", "sin(x)/x < 1"),
    ("x real", "x**2 - 2*x + 1 >= 0"),
    ("x real", "exp(-x**2) > 0"),
    ("x real", "erf(x) < 1"),
    ("x real", "atan(x) < 2"),
    ("x real", "sin(x) <= 1"),
    ("x > 0", "log(1 + x) < x"),
    ("x > 0", "1/x > log(1 + 1/x)"),
    ("x > 0", "log(1 + 1/x) > 1/(1 + x)"),
    ("x >= -1", "(1 + x)**(5/2) >= 1 + 5/2*x"),
    ("p > 1; x > -1", "(1 + x)**p >= 1 + p*x"),
    ("x > 0", "x**x >= 69/100"),
    ("x > 0", "log(x) < x**(2/5)"),
    ("x > 0", "exp(x) > x**2"),
    ("x > 1", "(x + 1)*log(x) > 2*(x - 1)"),
    ("x > 0; 0 < a <= 1", "log(1 + a*x) <= a*x"),
    ("x > 0", "1 - erf(x) < exp(-x**2)/(x*sqrt(pi))"),
    ("x >= 0", "x*exp(-x) <= 1/E"),
    ("x > 0; lam > 0", "x*asinh(x/lam) - sqrt(x**2 + lam**2) + lam >= 0"),
    ("0 < x < 1", "x**x*(1 - x)**(1 - x) >= 1/2"),
    ("x real", "log(1 + exp(x)) <= Max(x, 0) + 7/10"),
    ("x > 0; x < y", "log(y) - log(x) < (y - x)/x"),
]
MONOTONE_FALSE: list[Case] = [
    ("x real", "exp(x) >= 1 + x + x**2/2"),
    ("x real", "exp(x) > 1 + x"),
    ("x != 1", "exp(x) > 1 + x"),
    ("x >= 0", "log(x) <= x - 1"),
    ("x > 0", "log(x) < x - 1"),
    ("x real", "x - x**3/6 <= sin(x)"),
    ("x >= 0", "tanh(x) < x"),
    ("x real", "cos(x) >= 1 - x**2/3 + 1/1000"),
    ("x real", "cos(x) >= 1 - x**2/3"),
    ("x real", "sin(x)/x <= 1"),
    ("x > 0", "log(x) < x**(1/10)"),
    ("x > 0", "log(x) < x**(7/20)"),
    ("0 < x <= 2", "x**x >= 7/10"),
    ("x real", "sin(x) < 1"),
    ("x real", "-abs(x) >= -abs(x)**(1/2)"),
    ("x real", "sign(x) >= x/(1 + abs(x))"),
    ("x != 0", "sign(x)*x > abs(x)*tanh(abs(x) + 20)*(1 + 1/10**17)"),
    ("p > 0; x > -1", "(1 + x)**p >= 1 + p*x"),
    ("x > 0", "1 - erf(x) < exp(-x**2)/(2*x)"),
    ("x real", "erf(x) < 1 - 1/10**30"),
    ("x > 0", "x - 1/x**100 < 100"),
    ("x real", "log(1 + exp(x)) <= Max(x, 0) + 69/100"),
    ("x > 0; y > 0", "log(y) - log(x) < (y - x)/x"),
    ("0 < x < 1", "x**x*(1 - x)**(1 - x) > 1/2"),
    ("x >= 0", "exp(x) >= 1 + x + x**2/2 + x**3/5"),
    ("x real", "atan(x) < 3/2"),
    ("x real", "Max(x, 1 - x) > 1/2"),
]

SEVERAL_TRUE: list[Case] = [
    ("x > 0; y > 0", "x*log(x/y) >= x - y"),
    ("x > 0; y > 0; x != y", "x*log(x/y) > x - y"),
    ("x real; y real", "exp(x) >= exp(y)*(1 + x - y)"),
    ("x real; y real", "log(exp(x) + exp(y)) >= Max(x, y)"),
    ("x real; y real; x > y", "tanh(x) > tanh(y)"),
    ("x real; lam > 0", "x*asinh(x/sqrt(lam)) - sqrt(x**2 + lam) >= -sqrt(lam)"),
    ("x > 0", "log(x)/x <= 1/E"),
    ("x real", "log(1 + exp(x)) > x"),
    ("x real", "diff(x*asinh(x) - sqrt(x**2 + 1), x, 2) > 0"),
    ("x > 0", "diff(abs(x), x) <= 1"),
    ("x >= 0; 1 < q <= 2", "x**q/q - x >= 1/q - 1"),
    ("x real", "abs(sin(x)) <= abs(x)"),
    ("0 < x < sqrt(2)", "x**2 < 21/10"),
    ("x real; y real", "abs(atan(x) - atan(y)) <= abs(x - y)"),
    ("x real", "cosh(x) <= exp(x**2/2)"),
]
SEVERAL_FALSE: list[Case] = [
    ("x real", "abs(sin(x)) < abs(x)"),
    ("0 < x < sqrt(2)", "x**2 < 199/100"),
    ("x real; y real", "abs(atan(x) - atan(y)) < abs(x - y)"),
    ("x real", "cosh(x) <= exp(x**2/3)"),
    ("0 <= x <= pi", "x < 3141/1000"),
    ("x > 0; y > 0", "x*log(x/y) > x - y"),
    ("x > 0; y real", "x*log(x/y) >= x - y"),
    ("x real; y real", "exp(x) > exp(y)*(1 + x - y)"),
    ("x real; y real", "log(exp(x) + exp(y)) > Max(x, y) + 1/10**40"),
    ("x real; y real; x >= y", "tanh(x) > tanh(y)"),
    ("x real; lam >= 0", "x*asinh(x/sqrt(lam)) - sqrt(x**2 + lam) >= -sqrt(lam)"),
    ("x > 0", "log(x)/x < 1/E"),
    ("x real", "log(1 + exp(x)) > x + 1/10**20"),
    ("x real", "diff(abs(x), x) <= 1"),
    ("x real", "diff(log(x), x) != 0"),
    ("x >= 0; 0 < q <= 2", "x**q/q - x >= 1/q - 1"),
]

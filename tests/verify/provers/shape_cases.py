"""Properties of functions of one variable: what holds, what fails, and what must at least not be said to hold."""

from __future__ import annotations

from typing import NamedTuple

from verify.language.given import parse_given
from verify.language.parse import parse_formula
from verify.statement import Statement


class Case(NamedTuple):
    claim: str
    given: str
    expected: str  # holds, fails, or open: anything but holds

    def __str__(self) -> str:
        return f"{self.claim} given {self.given}"

    @property
    def statement(self) -> Statement:
        domain = parse_given(self.given.split("; "))
        return Statement(domain, parse_formula(self.claim, domain.names))


def _cases(expected: str, *pairs: tuple[str, str]) -> list[Case]:
    return [Case(claim, given, expected) for claim, given in pairs]


CURVATURE = [
    *_cases(
        "holds",
        ("convex(x**4, x)", "x real"),
        ("strictly_convex(x**4, x)", "x real"),
        ("convex(abs(x), x)", "x real"),
        ("convex(abs(x - a) + abs(x - b), x)", "x real; a real; b real"),
        ("convex(exp(x), x)", "x real"),
        ("strictly_convex(log(exp(x) + 1), x)", "x real"),
        ("strictly_convex(x*log(x), x)", "x > 0"),
        ("convex(x**(3/2), x)", "x >= 0"),
        ("convex(abs(x)**p/p, x)", "x real; p >= 1"),
        ("strictly_convex(abs(x)**p/p + lam/2*x**2, x)", "x real; p >= 2; lam >= 0"),
        ("strictly_convex(x**2/2 + cos(x), x)", "x real"),
        ("convex(x**2*abs(x - 1) + 10*x**2, x)", "x real"),
        ("convex(abs(x)**3 - x**3, x)", "x real"),
        ("convex(Max(x, 0, 2*x - 1), x)", "x real"),
        ("convex(1/x, x)", "x > 0"),
        ("convex(1/x, x)", "1 < x <= B; B > 1"),
        ("convex(x**3, x)", "0 <= x <= B"),
        ("convex(3*x + 1/3, x)", "x real"),
        ("convex(x*asinh(x) - sqrt(x**2 + 1), x)", "x real"),
        ("convex(integrate(exp(t), (t, 0, x)), x)", "x real"),
        ("convex(diff(x**4, x, 2), x)", "x real"),
        ("convex(x**2*exp(x) + abs(x - a), x)", "x >= 0; a real"),
        ("convex(x**2 - sign(x), x)", "x >= 0"),
        ("strictly_convex(x**2 - sign(x), x)", "0 <= x < 5"),
        ("convex(integrate(abs(t)**p*t, (t, 0, x)), x)", "x real; p > 0"),
        ("strictly_convex(Sum(x**(2*k), (k, 1, 4)), x)", "x real"),
        ("not convex(x**3, x)", "x real"),
    ),
    *_cases(
        "fails",
        ("strictly_convex(abs(x), x)", "x real"),
        ("strictly_convex(3*x + 1/3, x)", "x real"),
        ("convex(-abs(x), x)", "x real"),
        ("convex(-abs(x)/1000 + x**2, x)", "x real"),
        ("convex(Min(x, 1), x)", "x real"),
        ("convex(sqrt(x), x)", "x >= 0"),
        ("convex(sign(x), x)", "x real"),
        ("convex(x**2 + sign(x), x)", "x real"),
        ("convex(x**2 + sign(x), x)", "x >= 0"),
        ("convex(-sign(x)*x**2 - sign(x), x)", "x >= 0"),
        ("convex(-log(x), x)", "x real"),
        ("convex(x*log(x), x)", "x >= 0"),
        ("convex(1/x, x)", "x != 0"),
        ("convex(1/x, x)", "-1 <= x <= 1"),
        ("convex(abs(x)**p, x)", "x real; p > 0"),
        ("convex(x**4 - x**2/1000, x)", "x real"),
        ("convex(x**2/2 + 1.0001*sin(x + 1/7), x)", "x real"),
        ("convex(x**3, x)", "-B <= x <= B; B > 0"),
        ("convex(exp(-abs(x)), x)", "x real"),
        ("convex(x**2*exp(x) - abs(x - a), x)", "x >= 0; a real"),
        ("not convex(x**2, x)", "x real"),
    ),
    *_cases(
        "open",
        ("convex(1/x**2, x)", "x != 0"),
        ("convex(abs(x)**p, x)", "x real; p real"),
        ("convex(x**2, x)", "x integer"),
        ("strictly_convex(x**2*Max(x, 0), x)", "x real"),
        ("not convex(a*x**2, x)", "x real; a real"),
    ),
]

ORDER = [
    *_cases(
        "holds",
        ("strictly_increasing(x**3, x)", "x real"),
        ("increasing(x + sin(x), x)", "x real"),
        ("strictly_increasing(x + sin(x), x)", "x real"),
        ("increasing(Max(x, 0), x)", "x real"),
        ("increasing(sign(x), x)", "x real"),
        ("strictly_increasing(x + sign(x), x)", "x real"),
        ("increasing(x**2*sign(x) + sign(x), x)", "x != 0"),
        ("strictly_increasing(asinh(x/lam), x)", "x real; lam > 0"),
        ("strictly_increasing(x*abs(x), x)", "x real"),
        ("increasing(-1/x, x)", "x > 0"),
        ("increasing(x*exp(x), x)", "x >= -1"),
        ("strictly_increasing(x**3 + 2*x + abs(x - a) + abs(x - b)/2, x)", "x real; a real; b real"),
    ),
    *_cases(
        "fails",
        ("strictly_increasing(Max(x, 0), x)", "x real"),
        ("strictly_increasing(sign(x), x)", "x real"),
        ("increasing(-1/x, x)", "x != 0"),
        ("increasing(x - sign(x), x)", "x real"),
        ("increasing(tan(x), x)", "0 <= x <= 5"),
        ("increasing(x**3 - x/100, x)", "x real"),
        ("increasing(x + 1.001*sin(x), x)", "x real"),
        ("strictly_increasing(x**3 + x + abs(x - a) + abs(x - b)/2, x)", "x real; a real; b real"),
        ("increasing(x**3 + integrate(tanh(t), (t, 0, x))/3, x)", "-1 <= x <= 1"),
        ("increasing(a*x, x)", "x real; a real"),
        ("increasing(log(x), x)", "x >= 0"),
    ),
    *_cases("open", ("increasing(tan(x), x)", "0 <= x <= 2"), ("increasing(x**p, x)", "x >= 0; p >= 0")),
]

SYMMETRY = [
    *_cases(
        "holds",
        ("even(cosh(x), x)", "x real"),
        ("odd(x**3, x)", "x real"),
        ("odd(x*exp(x)/(exp(2*x) + 1), x)", "x real"),
        ("even(1/x**2, x)", "x != 0"),
        ("even(x**2, x)", "-B <= x <= B"),
        ("homogeneous(abs(x)**p, x, p)", "x real; p > 0"),
        ("homogeneous(spow(x, q - 1), x, q - 1)", "x real; q > 1"),
        ("homogeneous(c*x, x, 1)", "x real; c real"),
    ),
    *_cases(
        "fails",
        ("even(x**3, x)", "x real"),
        ("odd(x**3, x)", "x >= 0"),
        ("even(x**2, x)", "-1 <= x < 1"),
        ("odd(x**3 + x**2/1000, x)", "x real"),
        ("odd(x/(x - 1), x)", "x real"),
        ("homogeneous(x**2 + 1, x, 2)", "x real"),
        ("homogeneous(x**2, x, 2)", "x <= 1"),
        ("homogeneous(x*log(x), x, 1)", "x > 0"),
        ("homogeneous(x**2, x, 3)", "x real"),
    ),
]

BOUNDEDNESS = [
    *_cases(
        "holds",
        ("bounded(tanh(x), x)", "x real"),
        ("bounded(sin(1/x), x)", "x > 0"),
        ("bounded(x*exp(-x), x)", "x >= 0"),
        ("bounded(x*exp(-p*x), x)", "x >= 0; p > 0"),
        ("bounded(x/(1 + x**2), x)", "x real"),
        ("bounded(sin(x)/x, x)", "x != 0"),
        ("bounded(x**2, x)", "-B <= x <= B"),
        ("bounded(tan(x), x)", "0 <= x <= 1"),
    ),
    *_cases(
        "fails",
        ("bounded(log(x), x)", "x >= 1"),
        ("bounded(1/x, x)", "0 < x <= 1"),
        ("bounded(1/x, x)", "x != 0"),
        ("bounded(1/x, x)", "x real"),
        ("bounded(x*exp(-p*x), x)", "x >= 0; p >= 0"),
        ("bounded(x, x)", "x real"),
    ),
    *_cases("open", ("bounded(tan(x), x)", "0 <= x <= 5"), ("bounded(x*sin(x), x)", "x real")),
]

LEGENDRE = [
    *_cases(
        "holds",
        ("legendre(x*log(x) - x, x)", "x > 0"),
        ("legendre(exp(x), x)", "x real"),
        ("legendre(-log(x), x)", "x > 0"),
        ("legendre(abs(x)**p/p, x)", "x real; p > 1"),
        ("legendre(abs(x)**p/p + lam*x**2/2, x)", "x real; p > 1; lam >= 0"),
        ("legendre(-sqrt(x), x)", "x >= 0"),
        ("legendre(-sqrt(1 - x**2), x)", "-1 <= x <= 1"),
        ("legendre(x*atanh(x) + log(1 - x**2)/2, x)", "-1 < x < 1"),
        ("legendre(sqrt(1 + x**2), x)", "x real"),
        ("not legendre(x**2, x)", "x > 0"),
        ("legendre((x - a)*log(x - a) + (b - x)*log(b - x), x)", "a < x < b; a < b"),
        ("legendre(integrate(integrate(1/(1 - s), (s, 0, t)), (t, 0, x)), x)", "x < 1"),
    ),
    *_cases(
        "fails",
        ("legendre(x*log(x) - x, x)", "x >= 0"),
        ("legendre(x**2, x)", "0 <= x <= 1"),
        ("legendre(x**(3/2), x)", "x >= 0"),
        ("legendre(abs(x)**p/p, x)", "x real; p >= 1"),
        ("legendre(x**2/2 + abs(x), x)", "x real"),
        ("legendre(x, x)", "x real"),
        ("legendre(x**3, x)", "x real"),
        ("legendre(spow(x, 1/3), x)", "x real"),
        ("legendre(x**m, x)", "x >= 0; m > 1"),
        ("legendre(integrate(integrate(1/sqrt(1 - s), (s, 0, t)), (t, 0, x)), x)", "x < 1"),
    ),
    *_cases("open", ("legendre(1/x, x)", "x != 0"), ("legendre(x**2, x)", "-B <= x <= B")),
]

BREGMAN = [
    *_cases(
        "holds",
        ("bregman(x**2/2, x)", "x real"),
        ("bregman(x**4, x)", "x real"),
        ("bregman(x*asinh(x) - sqrt(x**2 + 1), x)", "x real"),
        ("bregman(x*asinh(x/sqrt(lam)) - sqrt(x**2 + lam), x)", "x real; lam > 0"),
        ("bregman(abs(x)**p/p, x)", "x real; p > 1"),
        ("bregman(x**(3/2), x)", "x >= 0"),
        ("bregman(-sqrt(x), x)", "x >= 0"),
        ("bregman(x*atan(x) - log(1 + x**2)/2, x)", "x real"),
        ("bregman(x**2, x)", "-B <= x <= B; B > 0"),
        ("bregman(x**(2 - m)/((2 - m)*(1 - m)), x)", "x >= 0; 1 < m < 2"),
        ("bregman(abs(x)**(2 - m)/(2 - m), x)", "x real; m < 1"),
        ("bregman(integrate(asinh(t/(2*lam)), (t, 0, x)), x)", "x real; lam > 0"),
        ("bregman(integrate(integrate(1/(s**2 + 1), (s, 0, t)), (t, 0, x)), x)", "x real"),
        ("not bregman(exp(x), x)", "x real"),
    ),
    *_cases(
        "fails",
        ("bregman(exp(x), x)", "x real"),
        ("bregman(log(exp(x) + 1), x)", "x real"),
        ("bregman(sqrt(1 + x**2), x)", "x real"),
        ("bregman(-log(x), x)", "x > 0"),
        ("bregman(abs(x), x)", "x real"),
        ("bregman(x**(2 - m), x)", "x >= 1; m > 2"),
        ("bregman(integrate(integrate(1/(s**2 + 1)**2, (s, 0, t)), (t, 0, x)), x)", "x real"),
        ("bregman(x**2 + sign(x), x)", "x real"),
        ("bregman(x**2/2 - x**2*abs(x)/10, x)", "x real"),
        ("bregman(x*log(x), x)", "x >= 0"),
    ),
]

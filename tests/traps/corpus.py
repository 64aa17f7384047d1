"""Traps, each beside its nearest true control.

A trap is false, undefined somewhere on its domain, or not provable as written; no trap may come out as ``holds`` and
no control as ``fails``. Flows are given as a dictionary of right-hand sides.
"""

from __future__ import annotations

from tests.traps.further import FURTHER
from tests.traps.pairs import Pair, pair

__all__ = ["CORPUS", "Pair"]

CANCELLED_CONDITIONS = [
    pair("x-over-x", "x real", "x/x == 1", "x/x == 1", "x != 0"),
    pair("removable-pole", "x real", "(x**2 - 1)/(x - 1) == x + 1", "(x**2 - 1)/(x - 1) == x + 1", "x != 1"),
    pair("zero-times-pole", "x real", "0*(1/x) == 0", "0*(1/x) == 0", "x > 0"),
    pair("generic-solution", "a real; b real", "a*(b/a) == b", "a*(b/a) == b", "a != 0; b real"),
    pair("zeroth-power", "x real", "x**(x - x) == 1", "x**(x - x) == 1", "x > 0"),
    pair("square-over-root", "x real", "x/sqrt(x**2) == sign(x)", "x/sqrt(x**2) == sign(x)", "x != 0"),
    pair("tangent-quotient", "x real", "tan(x)*cos(x) == sin(x)", "tan(x)*cos(x) == sin(x)", "-1 <= x <= 1"),
    pair("telescoped", "x real", "1/x - 1/(x + 1) == 1/(x*(x + 1))", "1/x - 1/(x + 1) == 1/(x*(x + 1))", "x > 0"),
    pair(
        "difference-quotient",
        "x real; h real",
        "((x + h)**2 - x**2)/h == 2*x + h",
        "((x + h)**2 - x**2)/h == 2*x + h",
        "x real; h != 0",
    ),
    pair("geometric", "x real", "1 + x + x**2 == (x**3 - 1)/(x - 1)", "1 + x + x**2 == (x**3 - 1)/(x - 1)", "x > 1"),
    pair("log-of-x-over-x", "x real", "log(x)/log(x) == 1", "log(x)/log(x) == 1", "x > 1"),
    pair("conjugate-exponent-at-one", "p >= 1", "1/(p/(p - 1)) == 1 - 1/p", "1/(p/(p - 1)) == 1 - 1/p", "p > 1"),
]

BRANCHES_AND_SIGNS = [
    pair("root-of-square", "k real", "sqrt(k**2) == k", "sqrt(k**2) == abs(k)"),
    pair("power-of-square", "x real; p real", "(x**2)**p == x**(2*p)", "(x**2)**p == abs(x)**(2*p)", "x != 0; p real"),
    pair(
        "log-of-product",
        "x real; y real; x != 0; y != 0",
        "log(x*y) == log(x) + log(y)",
        "log(abs(x*y)) == log(abs(x)) + log(abs(y))",
    ),
    pair("log-of-square", "x != 0", "log(x**2) == 2*log(x)", "log(x**2) == 2*log(abs(x))"),
    pair("exp-of-log", "x real", "exp(log(x)) == x", "exp(log(x)) == x", "x > 0"),
    pair("arcsine-of-sine", "x real", "asin(sin(x)) == x", "sin(asin(x)) == x", "-1 <= x <= 1"),
    pair("arccosine-of-cosine", "x real", "acos(cos(x)) == x", "cos(acos(x)) == x", "-1 <= x <= 1"),
    pair("arctangent-of-tangent", "0 <= x <= 4", "atan(tan(x)) == x", "tan(atan(x)) == x", "x real"),
    pair("arctangents-add", "x real; x != 0", "atan(x) + atan(1/x) == pi/2", "atan(x) + atan(1/x) == pi/2", "x > 0"),
    pair("area-cosine", "x real", "acosh(cosh(x)) == x", "asinh(sinh(x)) == x"),
    pair("cube-root-of-negative", "x real", "(x**3)**(1/3) == x", "(x**3)**(1/3) == x", "x >= 0"),
    pair("minus-eight", "", "(-8)**(1/3) == -2", "8**(1/3) == 2"),
    pair(
        "root-of-product",
        "x real; y real",
        "sqrt(x*y) == sqrt(x)*sqrt(y)",
        "sqrt(x*y) == sqrt(x)*sqrt(y)",
        "x >= 0; y >= 0",
    ),
    pair(
        "mirror-map-inverse",
        "y real; p > 1",
        "abs(abs(y)**(1/(p - 1)))**(p - 1)*sign(abs(y)) == y",
        "spow(spow(y, 1/(p - 1)), p - 1) == y",
    ),
    pair(
        "wrong-branch-of-the-p-map",
        "y > 0; p > 1",
        "spow(-y**(1/(p - 1)), p - 1) == y",
        "spow(y**(1/(p - 1)), p - 1) == y",
    ),
    pair(
        "positive-only-flow",
        "k real; x real",
        "diff(exp(k*x), x) == sqrt(k**2)*exp(k*x)",
        "diff(exp(k*x), x) == k*exp(k*x)",
    ),
    pair("sign-of-sum", "x real; y real", "sign(x + y) == sign(sign(x) + sign(y))", "sign(x*y) == sign(x)*sign(y)"),
    pair("absolute-sum", "x real; y real", "abs(x + y) == abs(x) + abs(y)", "abs(x*y) == abs(x)*abs(y)"),
    pair(
        "powers-of-sums",
        "x real; y real; q >= 1",
        "abs(x + y)**q <= abs(x)**q + abs(y)**q",
        "abs(x*y)**q == abs(x)**q*abs(y)**q",
    ),
    pair("even-power-is-monotone", "x < y", "x**2 < y**2", "x**3 < y**3"),
    pair("negative-base", "n integer", "(-1)**n == 1", "(-1)**(2*n) == 1"),
    pair("two-spheres", "x real", "sqrt(1 - sin(x)**2) == cos(x)", "sqrt(1 - sin(x)**2) == abs(cos(x))"),
]

KINKS_AND_JUMPS = [
    pair("slope-of-abs", "x real", "diff(abs(x), x) == sign(x)", "diff(abs(x), x) == sign(x)", "x != 0"),
    pair(
        "abs-is-differentiable-p",
        "x real; p >= 1",
        "diff(abs(x)**p, x) == p*spow(x, p - 1)",
        "diff(abs(x)**p, x) == p*spow(x, p - 1)",
        "x real; p > 1",
    ),
    pair("second-derivative-at-kink", "x real", "diff(x*abs(x), x, 2) == 2*sign(x)", "diff(x*abs(x), x) == 2*abs(x)"),
    pair(
        "hessian-below-two",
        "x real; p > 1",
        "diff(abs(x)**p/p, x, 2) == (p - 1)*abs(x)**(p - 2)",
        "diff(abs(x)**p/p, x, 2) == (p - 1)*abs(x)**(p - 2)",
        "x real; p > 2",
    ),
    pair("slope-of-max", "x real", "diff(Max(x, 0), x) >= 0", "diff(Max(x, 0)**2, x) >= 0"),
    pair("concave-piece", "x real", "convex(-abs(x), x)", "convex(abs(x), x)"),
    pair("jump-is-not-convex", "x real", "convex(sign(x), x)", "convex(Max(x, 0), x)"),
    pair("downward-jump", "x real", "increasing(x - 2*sign(x), x)", "increasing(x + 2*sign(x), x)"),
    pair("tangent-through-poles", "0 <= x <= 5", "increasing(tan(x), x)", "increasing(tan(x), x)", "0 <= x <= 1"),
    pair("reciprocal-through-pole", "x != 0", "increasing(-1/x, x)", "increasing(-1/x, x)", "x > 0"),
    pair("plateau", "x real", "strictly_increasing(Max(x, 0), x)", "increasing(Max(x, 0), x)"),
    pair("flat-minimum", "x real", "strictly_convex(Max(abs(x) - 1, 0), x)", "strictly_convex(x**4, x)"),
    pair("kinked-concave", "x real", "convex(Min(x, 1), x)", "convex(Max(x, 1), x)"),
    pair("quartic-double-well", "x real", "convex(x**4 - x**2, x)", "convex(x**4 + x**2, x)"),
    pair("root-is-concave", "x >= 0", "convex(sqrt(x), x)", "convex(x**(3/2), x)"),
    pair(
        "narrow-dent",
        "x real",
        "convex(x**2 + 3*exp(-100*(x - 1)**2)/100, x)",
        "convex(x**2 + exp(-(x - 1)**2)/100, x)",
    ),
    pair("odd-plus-constant", "x real", "odd(x**3 + 1/1000, x)", "odd(x**3, x)"),
    pair("even-on-half-line", "x >= 0", "even(x**2, x)", "even(x**2, x)", "x real"),
    pair("endpoint-slope", "0 <= x <= 1", "legendre(x**2, x)", "legendre(x**2, x)", "x real"),
    pair("open-domain", "x > 0", "bregman(-log(x), x)", "legendre(-log(x), x)"),
    pair("level-sets", "x real", "bregman(exp(x), x)", "legendre(exp(x), x)"),
]

NEAR_IDENTITIES = [
    pair("near-e", "", "(pi**4 + pi**5)**(1/6) == E", "abs((pi**4 + pi**5)**(1/6) - E) < 1/10000000"),
    pair(
        "ramanujan",
        "",
        "exp(pi*sqrt(163)) == 262537412640768744",
        "abs(exp(pi*sqrt(163)) - 262537412640768744) < 1/1000000000",
    ),
    pair("one-third", "", "3333/10000 == 1/3", "3333/10000 < 1/3"),
    pair("tenths", "", "0.1 + 0.2 == 0.30000000000000004", "0.1 + 0.2 == 0.3"),
    pair("cosine-of-tiny", "", "cos(1/10**30) == 1", "cos(1/10**30) < 1"),
    pair(
        "zero-significance",
        "",
        "exp(1000)*(cos(1) - cos(1 + 1/10**400)) == 0",
        "exp(1000)*(cos(1) - cos(1 + 1/10**400)) > 0",
    ),
    pair("almost-pi", "", "pi == 355/113", "abs(pi - 355/113) < 1/1000000"),
    pair("stirling", "", "gamma(11) == sqrt(20*pi)*(10/E)**10", "gamma(11) == 3628800"),
    pair("taylor-as-identity", "-1/100 <= x <= 1/100", "sin(x) == x - x**3/6", "abs(sin(x) - x + x**3/6) <= 1/1000000"),
    pair("tanh-saturates", "x >= 50", "tanh(x) == 1", "tanh(x) < 1"),
    pair("tiny-shift", "x real", "(x + 1/10**40) - x == 0", "(x + 1/10**40) - x == 1/10**40"),
    pair("mean-of-two", "a > 0; b > 0", "sqrt(a*b) == (a + b)/2", "sqrt(a*b) <= (a + b)/2"),
]

NARROW_VIOLATIONS = [
    pair("strict-at-a-point", "x real", "x**2 - 2*x + 1 > 0", "x**2 - 2*x + 1 >= 0"),
    pair("one-seventh", "x real", "(7*x - 1)**2 > 0", "(7*x - 1)**2 >= 0"),
    pair("dent-below-zero", "x real", "(3*x - 1)**2 - 1/10**12 >= 0", "(3*x - 1)**2 + 1/10**12 > 0"),
    pair("root-of-two", "x real", "(x**2 - 2)**2 > 0", "(x**2 - 2)**2 >= 0"),
    pair("bernoulli-constant", "x > -1; a >= 1", "(1 + x)**a >= 1 + a*x + x**2/100", "(1 + x)**a >= 1 + a*x"),
    pair("exponential-quadratic", "x real", "exp(x) >= 1 + x + x**2/2", "exp(x) >= 1 + x"),
    pair("far-out-log", "x > 0", "log(x) < x**(1/10)", "log(x) < x"),
    pair("far-out-power", "x >= 1", "x**5 <= 100000*x**4 + 1", "x**4 <= x**5"),
    pair("cosine-with-margin", "x real", "cos(x) >= 1 - x**2/2 + 1/1000", "cos(x) >= 1 - x**2/2"),
    pair("spike", "0 <= x <= 1", "exp(-10000*(x - 1/3)**2) < 9/10", "exp(-10000*(x - 1/3)**2) <= 1"),
    pair("product-of-shifts", "x real", "x*(x - 1/7)*(x - 2/7)*(x - 3/7) >= 0", "x**2*(x - 1/7)**2 >= 0"),
    pair(
        "motzkin-shifted",
        "x real; y real",
        "x**4*y**2 + x**2*y**4 - 3*x**2*y**2 + 1 > 0",
        "x**4*y**2 + x**2*y**4 - 3*x**2*y**2 + 1 >= 0",
    ),
    pair("indefinite-form", "x real; y real", "x**2 - 201/100*x*y + y**2 >= 0", "x**2 - 199/100*x*y + y**2 >= 0"),
    pair("coercive-by-a-hair", "z >= 0; lam > 0", "2*z + lam > 101/100*lam", "2*z + lam >= lam"),
    pair(
        "arithmetic-geometric-three",
        "a > 0; b > 0; c > 0",
        "a + b + c >= 3*(a*b*c)**(1/3) + 1/10**6",
        "a**3 + b**3 + c**3 >= 3*a*b*c",
    ),
    pair("special-exponent", "y > 0; q >= 1", "y**q >= y", "y**q >= y", "y >= 1; q >= 1"),
    pair(
        "bound-exponent-sign",
        "y real; B > 0; abs(y) <= B; 1 <= q <= 2; y != 0",
        "y**2 <= B**(q - 2)*abs(y)**q",
        "y**2 <= B**(2 - q)*abs(y)**q",
    ),
]

VACUOUS_AND_LOGICAL = [
    pair("contradictory", "x > 0; x < 0", "x == 17", "x*x > 0", "x > 0"),
    pair(
        "contradictory-equations",
        "x real; y real; x + y == 1; x + y == 2",
        "x == y",
        "x == 1 - y",
        "x real; y real; x + y == 1",
    ),
    pair("empty-premise", "p real; q real", "implies(p > q, p < q)", "implies(p > q, p >= q)"),
    pair("quantifier-order", "", "exists(y, forall(x, x < y))", "forall(x, exists(y, x < y))"),
    pair("exists-root", "", "exists(x, x**2 + 1 == 0)", "exists(x, x**2 - 1 == 0)"),
    pair("for-all-root", "y real", "exists(x, exp(x) == y)", "exists(x, exp(x) == y)", "y > 0"),
    pair("or-with-gap", "x real", "x < 0 or x > 0", "x <= 0 or x > 0"),
    pair("negated-equation", "x real", "not (x**2 == x)", "not (x**2 == x)", "x > 1"),
    pair("converse", "x real", "implies(x**2 > 1, x > 1)", "implies(x > 1, x**2 > 1)"),
    pair("integers-only", "n >= 0", "n**2 >= n", "n**2 >= n", "n >= 0 integer"),
    pair("strict-integers", "x > 0; x < 1", "x != 1/2", "2*n != 1", "n integer"),
    pair("both-infinite", "x real", "1/abs(x) > 0", "1/abs(x) > 0", "x != 0"),
]

LIMITS = [
    pair("two-sided", "", "limit(x/abs(x), x, 0) == 1", 'limit(x/abs(x), x, 0, "+") == 1'),
    pair("sign-of-limit", "", 'limit(x/sqrt(1 - x**2), x, 1, "-") == -oo', 'limit(x/sqrt(1 - x**2), x, 1, "-") == oo'),
    pair(
        "undefined-side",
        "",
        'limit(x/abs(sqrt(x**2 - 1)), x, 1, "-") == oo',
        'limit(x/abs(sqrt(x**2 - 1)), x, 1, "+") == oo',
    ),
    pair("slow-divergence", "", "limit(log(log(x)), x, oo) == 4", "limit(log(log(x)), x, oo) == oo"),
    pair("slow-ratio", "", "limit(log(x)/x**(1/100), x, oo) == oo", "limit(log(x)/x**(1/100), x, oo) == 0"),
    pair("cancelling-roots", "", "limit(sqrt(x**2 + x) - x, x, oo) == 0", "limit(sqrt(x**2 + x) - x, x, oo) == 1/2"),
    pair("compound-interest", "", "limit((1 + 2/x)**x, x, oo) == E", "limit((1 + 2/x)**x, x, oo) == E**2"),
    pair("oscillation", "", "limit(sin(x), x, oo) == 0", "limit(sin(x)/x, x, oo) == 0"),
    pair(
        "case-of-equal-degrees",
        "p >= 2; lam >= 0",
        'limit(eta*(eta**(-p) + lam*eta**(-2))**(1/p), eta, 0, "+") == 1',
        'limit(eta*(eta**(-p) + lam*eta**(-2))**(1/p), eta, 0, "+") == 1',
        "p > 2; lam >= 0",
    ),
    pair(
        "entropy-grows-faster",
        "lam > 0",
        "asymptotic(x*asinh(x/sqrt(lam)), x, x, oo)",
        "asymptotic(x*asinh(x/sqrt(lam)), x*log(x), x, oo)",
    ),
    pair(
        "wrong-constant",
        "p > 2",
        "asymptotic(abs(x)**p/p, abs(x)**p, x, oo)",
        "bigtheta(abs(x)**p/p, abs(x)**p, x, oo)",
    ),
    pair("little-not-big", "", "littleo(3*x**2, x**2, x, oo)", "bigo(3*x**2, x**2, x, oo)"),
    pair("exponent-of-order", "a > 0", "bigtheta(x**(a + 1), x**a, x, oo)", "littleo(x**a, x**(a + 1), x, oo)"),
    pair("box-cox", "x > 0", "limit((x**m - 1)/m, m, 0) == log(x)/2", "limit((x**m - 1)/m, m, 0) == log(x)"),
]

INTEGRALS_AND_SUMS = [
    pair(
        "wrong-sign-integral",
        "",
        "integrate(sqrt(2 - x)*sqrt(1/(2 - x)), (x, 0, 1)) == -1",
        "integrate(sqrt(2 - x)*sqrt(1/(2 - x)), (x, 0, 1)) == 1",
    ),
    pair(
        "silent-zero",
        "a > 0",
        "integrate(1/(x**2 + a), (x, 0, 1)) == 0",
        "integrate(1/(x**2 + a), (x, 0, 1)) == atan(1/sqrt(a))/sqrt(a)",
    ),
    pair(
        "root-of-square-integral",
        "",
        "integrate(sqrt(x**2), (x, -1, 1)) == 0",
        "integrate(sqrt(x**2), (x, 0, 1)) == 1/2",
    ),
    pair("through-the-pole", "", "integrate(1/x**2, (x, -1, 1)) == -2", "integrate(1/x**2, (x, 1, 2)) == 1/2"),
    pair(
        "power-at-minus-one",
        "y > 1; m real",
        "integrate(x**(-m), (x, 1, y)) == (y**(1 - m) - 1)/(1 - m)",
        "integrate(x**(-m), (x, 1, y)) == (y**(1 - m) - 1)/(1 - m)",
        "y > 1; m > 1",
    ),
    pair("gaussian-moment", "", "expect(z**4, z) == 2", "expect(z**4, z) == 3"),
    pair("moment-generating", "c real", "expect(exp(c*z), z) == exp(c**2)", "expect(exp(c*z), z) == exp(c**2/2)"),
    pair("triangular-numbers", "n >= 1 integer", "Sum(i, (i, 1, n)) == n**2/2", "Sum(i, (i, 1, n)) == n*(n + 1)/2"),
    pair(
        "squares",
        "n >= 1 integer",
        "Sum(i**2, (i, 1, n)) == n*(n + 1)*(2*n + 1)/7",
        "Sum(i**2, (i, 1, n)) == n*(n + 1)*(2*n + 1)/6",
    ),
    pair(
        "early-agreement",
        "n >= 1 integer",
        "Sum(i, (i, 1, n)) == n*(n + 1)/2 + (n - 1)*(n - 2)*(n - 3)",
        "Product(1 + 1/i, (i, 1, n)) == n + 1",
    ),
]

_GF = {"w1": "-g*w2", "w2": "-g*w1"}
_SIGN3 = {"w1": "-sign(g*w2*w3)", "w2": "-sign(g*w1*w3)", "w3": "-sign(g*w1*w2)"}
_GF3 = {"w1": "-g*w2*w3", "w2": "-g*w1*w3", "w3": "-g*w1*w2"}
_DECAY = {"w1": "-spow(g*w2, q - 1) - a*w1", "w2": "-spow(g*w1, q - 1) - a*w2"}
FLOWS = [
    pair("conserved-sum", "w1 real; w2 real; g real", "conserved(w1**2 + w2**2)", "conserved(w1**2 - w2**2)", flow=_GF),
    pair(
        "wrong-rate",
        "w1 real; w2 real; g real; a >= 0; 1 < q <= 2",
        "ddt(abs(w1)**q - abs(w2)**q) == -2*a*(abs(w1)**q - abs(w2)**q)",
        "ddt(abs(w1)**q - abs(w2)**q) == -q*a*(abs(w1)**q - abs(w2)**q)",
        flow=_DECAY,
    ),
    pair(
        "double-zero-of-sign-flow",
        "w1 real; w2 real; w3 real; g != 0",
        "conserved(abs(w1) - abs(w3))",
        "conserved(w1**2 - w3**2)",
        flow=_SIGN3,
        control_flow=_GF3,
    ),
    pair("sliding-at-rest", "x real", "ddt(abs(x)) == -1", "ddt(x**2) == -2*abs(x)", flow={"x": "-sign(x)"}),
    pair(
        "decay-inside-the-sign",
        "w1 real; w2 real; g real; a > 0",
        "ddt(abs(w1) - abs(w2)) == -a*(abs(w1) - abs(w2))",
        "ddt(w1**2 - w2**2) == -2*a*(w1**2 - w2**2)",
        flow={"w1": "-sign(g*w2 + a*w1)", "w2": "-sign(g*w1 + a*w2)"},
        control_flow={"w1": "-g*w2 - a*w1", "w2": "-g*w1 - a*w2"},
    ),
    pair("energy", "x real; y real", "conserved(x**2 - y**2)", "conserved(x**2 + y**2)", flow={"x": "y", "y": "-x"}),
    pair("strict-decrease", "x real", "ddt(x**2) < 0", "ddt(x**2) <= 0", flow={"x": "-x"}),
]

CORPUS = [
    *CANCELLED_CONDITIONS,
    *BRANCHES_AND_SIGNS,
    *KINKS_AND_JUMPS,
    *NEAR_IDENTITIES,
    *NARROW_VIOLATIONS,
    *VACUOUS_AND_LOGICAL,
    *LIMITS,
    *INTEGRALS_AND_SUMS,
    *FLOWS,
    *FURTHER,
]

"""Further traps: addition laws, existence, powers and rates, denials, means and series, flows at rest."""

from __future__ import annotations

from tests.traps.pairs import pair

ADDITION_LAWS = [
    pair(
        "arctangents-of-two",
        "x real; y real; x*y != 1",
        "atan(x) + atan(y) == atan((x + y)/(1 - x*y))",
        "atan(x) + atan(y) == atan((x + y)/(1 - x*y))",
        "x real; y real; x*y < 1",
    ),
    pair(
        "area-sine-of-size",
        "x real",
        "asinh(x) == log(abs(x) + sqrt(x**2 + 1))",
        "asinh(x) == sign(x)*log(abs(x) + sqrt(x**2 + 1))",
    ),
]

NORMS = [
    pair(
        "norms-means",
        "a real; b real; p >= 2",
        "(abs(a)**p + abs(b)**p)**(1/p) >= sqrt(a**2 + b**2)",
        "2**(1/2 - 1/p)*(abs(a)**p + abs(b)**p)**(1/p) >= sqrt(a**2 + b**2)",
    ),
    pair(
        "norms-small-exponent",
        "a > 0; b > 0; p > 0",
        "(a**p + b**p)**(1/p) <= a + b",
        "a**(p + 1) + b**(p + 1) <= (a + b)**(p + 1)",
    ),
    pair(
        "norms-triangle",
        "a real; b real; p >= 1",
        "abs(a - b)**p >= abs(a)**p - abs(b)**p",
        "abs(a - b)**p <= 2**(p - 1)*(abs(a)**p + abs(b)**p)",
    ),
    pair(
        "norms-triangle-below",
        "a real; b real",
        "abs(a + b) >= sqrt(a**2 + b**2)",
        "abs(a) + abs(b) >= sqrt(a**2 + b**2)",
    ),
    pair(
        "norms-sign",
        "a real; b real; p >= 1",
        "(abs(a)**p + abs(b)**p)**(1/p) <= a + b",
        "(abs(a)**p + abs(b)**p)**(1/p) <= abs(a) + abs(b)",
    ),
]

EXISTENCE = [
    pair("irrational-domain", "x**2 == 2", "x == sqrt(2)", "x == sqrt(2)", "x**2 == 2; x > 0"),
    pair("golden-section", "x**2 == x + 1", "x > 0", "x**3 == 2*x + 1"),
    pair("no-rational-point", "x real; y real; x**2 + y**2 == 3", "x + y <= 12/5", "x + y <= sqrt(6)"),
    pair("crossing", "", "exists(x, exp(x) == x)", "exists(x, cos(x) == x)"),
    pair("crossing-a-range", "x real", "exists(y, exp(y) == x)", "exists(y, spow(y, 2) + y == x)"),
    pair("crossing-at-the-end", "b >= 0", "exists(t, t > 0 and t**3 + t == b)", "exists(t, t >= 0 and t**3 + t == b)"),
    pair("crossing-no-power", "r >= 0; 0 <= x <= 1", "exists(y, spow(y, r) == x)", "exists(y, spow(y, r + 1) == x)"),
    pair("crossing-a-pole", "", "exists(x, 1/x == 0)", "exists(x, x > 0 and x*exp(x) == 1)"),
    pair("crossing-a-jump", "", "exists(x, sign(x) == 1/2)", "exists(x, tanh(x) == 1/2)"),
    pair(
        "discriminant",
        "abs(b) >= 1",
        "exists(x, x**2 + b*x + 1 == 0)",
        "exists(x, x**2 + b*x + 1 == 0)",
        "abs(b) >= 2",
    ),
    pair(
        "uniform-bound-from-below",
        "lam >= 0",
        "exists(m, m > 0 and forall(x, sqrt(x**2 + lam) >= m))",
        "exists(m, m > 0 and forall(x, sqrt(x**2 + lam) >= m))",
        "lam > 0",
    ),
]

POWERS_AND_RATES = [
    pair(
        "power-means",
        "x real; y real; p > 0",
        "abs(x + y)**p <= 2**(p - 1)*(abs(x)**p + abs(y)**p)",
        "abs(x + y)**p <= 2**(p - 1)*(abs(x)**p + abs(y)**p)",
        "x real; y real; p >= 1",
    ),
    pair(
        "concave-powers-of-sums",
        "x real; y real; 0 < p < 2",
        "abs(x + y)**p <= abs(x)**p + abs(y)**p",
        "abs(x + y)**p <= abs(x)**p + abs(y)**p",
        "x real; y real; 0 < p <= 1",
    ),
    pair(
        "lipschitz-by-a-hair",
        "x real; y real",
        "abs(sin(x) - sin(y)) <= 99/100*abs(x - y)",
        "abs(sin(x) - sin(y)) <= abs(x - y)",
    ),
    pair("conjugate-exponents", "a >= 0; b >= 0; p > 1; 1/p + 1/q == 1", "a*b <= a**p/p + b**q/(q + 1)",
         "a*b <= a**p/p + b**q/q"),
    pair("contraction", "0 < x < 2; n >= 1 integer", "(1 - x)**n <= exp(-n*x)", "(1 - x)**n <= exp(-n*x)",
         "0 < x < 1; n >= 1 integer"),
    pair("compound-bound", "L >= 1 integer", "(1 - 1/L)**L >= exp(-1) - 1/10", "(1 - 1/L)**L <= exp(-1)",
         "L >= 2 integer"),
    pair("sine-series", "x >= 0", "sin(x) <= x - x**3/6 + x**5/121", "sin(x) <= x - x**3/6 + x**5/120"),
    pair("equal-exponents", "t > 0; p >= 1", "(1 + t)**(p - 1) <= (2*t)**(p - 1)",
         "(1 + t)**(p - 1) <= (2*t)**(p - 1)", "t > 1; p >= 1"),
]

DENIALS = [
    pair(
        "denial-with-an-exception",
        "x real; 0 < p <= 2",
        "not bregman(abs(x)**p, x)",
        "not bregman(abs(x)**p, x)",
        "x real; 0 < p <= 1",
    ),
    pair(
        "denial-of-coercivity",
        "x real; lam >= 0",
        "not bregman(lam*x**2 + sqrt(1 + x**2), x)",
        "not bregman(lam*sqrt(1 + x**2), x)",
    ),
    pair("denial-without-values", "x real", "not bregman(-log(x), x)", "not bregman(-log(x), x)", "x > 0"),
    pair("denial-beside-a-pole", "x real", "not convex(1/(x - 100), x)", "not convex(1/(x - 100), x)", "x < 99"),
    pair("denial-at-a-point", "x real", "not even(1/x, x)", "not even(1/x, x)", "x != 0"),
    pair("denial-through-a-pole", "x > 0; lam > 0", "not bregman(lam/(x - 1), x)", "not bregman(lam/(x + 1), x)"),
    pair("denial-of-evenness", "x real; a real", "not even(x**2 + a*x, x)", "not even(x**2 + a*x, x)", "x real; a > 0"),
    pair(
        "denial-of-steepness",
        "x > 0; 0 < p <= 2",
        "not legendre(-x**p, x)",
        "not legendre(-x**p, x)",
        "x > 0; p > 1",
    ),
]

MEANS_AND_SERIES = [
    pair(
        "kink-outside-the-interval",
        "t real",
        "integrate(abs(x - t), (x, 0, 1)) == t**2/2 + (1 - t)**2/2",
        "integrate(abs(x - t), (x, 0, 1)) == t**2/2 + (1 - t)**2/2",
        "0 <= t <= 1",
    ),
    pair("mean-size", "", "expect(abs(z), z) == 0.797885", "expect(abs(z), z) == sqrt(2/pi)"),
    pair("threshold", "a real", "expect(sign(z + a), z) == erf(a)", "expect(sign(z + a), z) == erf(a/sqrt(2))"),
    pair("mean-of-a-wave", "c real", "expect(cos(c*z), z) == exp(-c**2)", "expect(cos(c*z), z) == exp(-c**2/2)"),
    pair("mean-of-exp-of-a-wave", "", "expect(exp(cos(z)), z) == 1", "expect(exp(z), z) == exp(1/2)"),
    pair("mean-without-one", "", "expect(exp(z**2/2), z) == 10", "expect(exp(z**2/4), z) == sqrt(2)"),
    pair("principal-value", "", "integrate(1/x, (x, -1, 1)) == 0", "integrate(x, (x, -1, 1)) == 0"),
    pair("pole-of-the-tangent", "", "integrate(tan(x), (x, 0, pi)) == 0", "integrate(sin(x), (x, 0, pi)) == 2"),
    pair(
        "slow-tail",
        "",
        "integrate(1/(x*log(x)), (x, 2, oo)) == 10",
        "integrate(1/(x*log(x)**2), (x, E, oo)) == 1",
    ),
    pair(
        "power-without-a-tail",
        "p > 0; p != 1",
        "integrate(1/x**p, (x, 1, oo)) == 1/(p - 1)",
        "integrate(1/x**p, (x, 1, oo)) == 1/(p - 1)",
        "p > 1",
    ),
    pair("cubes", "n >= 1 integer", "Sum(i**3, (i, 1, n)) == Sum(i, (i, 1, n))**2 + (n - 1)*(n - 2)*(n - 3)",
         "Sum(i**3, (i, 1, n)) == Sum(i, (i, 1, n))**2"),
    pair("alternating-signs", "n >= 0 integer", "Sum((-1)**i, (i, 0, n)) == 1", "Sum((-1)**i, (i, 0, 2*n)) == 1"),
    pair("alternating-harmonic", "", "Sum((-1)**(i + 1)/i, (i, 1, oo)) == 693147/1000000",
         "Sum((-1)**(i + 1)/i, (i, 1, oo)) == log(2)"),
    pair("basel", "", "Sum(1/i**2, (i, 1, oo)) == 1.644934", "Sum(1/i**2, (i, 1, oo)) == pi**2/6"),
    pair("leibniz", "", "Sum((-1)**i/(2*i + 1), (i, 0, oo)) == 0.785398", "Sum((-1)**i/(2*i + 1), (i, 0, oo)) == pi/4"),
    pair("discount", "0 < r < 1", "Sum(r**i, (i, 0, oo)) == 1/(1 + r)", "Sum(r**i, (i, 0, oo)) == 1/(1 - r)"),
    pair("discount-of-both-signs", "-1 < r < 1", "Sum(r**i, (i, 1, oo)) > r", "Sum(r**i, (i, 1, oo)) == r/(1 - r)"),
    pair("exponential-series", "x > 0", "Sum(x**i/gamma(i + 1), (i, 0, oo)) == exp(x) + x/10",
         "Sum(x**i/gamma(i + 1), (i, 0, oo)) == exp(x)"),
    pair("harmonic", "", "Sum(1/i, (i, 1, oo)) == 1000", "Sum(1/(i*(i + 1)), (i, 1, oo)) == 1"),
    pair("harmonic-with-logarithm", "", "Sum(1/(i*log(i)), (i, 2, oo)) < 5", "Sum(1/i, (i, 1, 100)) > 5"),
    pair(
        "ratio-of-size-one",
        "-1 <= r < 1",
        "Sum(r**i, (i, 1, oo)) == r/(1 - r)",
        "Sum(r**i, (i, 1, oo)) == r/(1 - r)",
        "0 < r < 1",
    ),
]

FLOWS_AT_REST = [
    pair(
        "rest-of-the-oscillator",
        "x real; v real; b > 0; k > 0",
        "ddt(v**2/2 + k*x**2/2) < 0",
        "ddt(v**2/2 + k*x**2/2) <= 0",
        flow={"x": "v", "v": "-b*v - k*x"},
    ),
]

FURTHER = [*ADDITION_LAWS, *NORMS, *EXISTENCE, *POWERS_AND_RATES, *DENIALS, *MEANS_AND_SERIES, *FLOWS_AT_REST]

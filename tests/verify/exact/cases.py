"""Identities with the nearest false statement, signs with what must not be said, for the exact engine."""

# (given, true identity, the same with one thing wrong)
IDENTITIES = [
    (["x real"], "(x + 1)**2 == x**2 + 2*x + 1", "(x + 1)**2 == x**2 + 2*x + 2"),
    (["x real"], "sqrt(x**2) == abs(x)", "sqrt(x**2) == x"),
    (["x real", "x != 0"], "x/x == 1", "x/x == -1"),
    (
        ["x real", "y real", "r real"],
        "spow(x, r)*spow(y, r) == spow(x*y, r)",
        "spow(x, r)*spow(y, r) == spow(x*y, 2*r)",
    ),
    (
        ["x real", "lam > 0"],
        "diff(asinh(x/sqrt(lam)), x) == 1/sqrt(x**2 + lam)",
        "diff(asinh(x/sqrt(lam)), x) == 1/(x**2 + lam)",
    ),
    (["x real", "p > 1"], "x*diff(abs(x)**p/p, x) == abs(x)**p", "x*diff(abs(x)**p/p, x) == p*abs(x)**p"),
    (["p > 1", "1/p + 1/q == 1"], "(p - 1)*(q - 1) == 1", "(p - 1)*(q + 1) == 1"),
    (
        ["p > 1", "1/p + 1/q == 1", "x real"],
        "abs(spow(x, p - 1))**q == abs(x)**p",
        "abs(spow(x, p - 1))**q == abs(x)**q",
    ),
    (
        ["m > 0", "-m < w < m"],
        "asinh(2*m*w/(m**2 - w**2)) == log((m + w)/(m - w))",
        "asinh(m*w/(m**2 - w**2)) == log((m + w)/(m - w))",
    ),
    (
        ["z >= 0", "lam > 0", "L >= 2 integer"],
        "diff(z*(z + lam)**(L - 1), z) == (z + lam)**(L - 1) + (L - 1)*z*(z + lam)**(L - 2)",
        "diff(z*(z + lam)**(L - 1), z) == (z + lam)**(L - 1) + L*z*(z + lam)**(L - 2)",
    ),
    (["x real"], "cosh(x)**2 - sinh(x)**2 == 1", "cosh(x)**2 + sinh(x)**2 == 1"),
    (
        ["x real", "y real"],
        "sin(x + y) == sin(x)*cos(y) + cos(x)*sin(y)",
        "sin(x + y) == sin(x)*cos(y) - cos(x)*sin(y)",
    ),
    (["x real", "y real"], "abs(x - y) == Max(x, y) - Min(x, y)", "abs(x - y) == Max(x, y) + Min(x, y)"),
    (["x > 0", "y > 0"], "log(x*y) == log(x) + log(y)", "log(x*y) == log(x)*log(y)"),
    (["n integer"], "(-1)**(2*n) == 1", "(-1)**(2*n + 1) == 1"),
    ([], "sqrt(2)*sqrt(3) == sqrt(6)", "sqrt(2)*sqrt(3) == sqrt(5)"),
    (["x > 0"], "asinh(x) == log(x + sqrt(x**2 + 1))", "asinh(x) == log(x + sqrt(x**2 - 1))"),
    (["-1 <= x <= 1"], "sin(acos(x)) == sqrt(1 - x**2)", "sin(acos(x)) == -sqrt(1 - x**2)"),
    (["x real"], "diff(x*abs(x), x) == 2*abs(x)", "diff(x*abs(x), x) == 2*x"),
    (["x real"], "diff(Max(x, 0)**2, x) == 2*Max(x, 0)", "diff(Max(x, 0)**2, x) == 2*x"),
]

# (given, equation that must not be proved): cancelled denominators, missing signs, kinks
TRAPS = [
    (["x real"], "x/x == 1"),
    (["x real"], "x**0 == 1"),
    (["x real"], "(x**2 - 1)/(x - 1) == x + 1"),
    (["a real", "b real"], "a*(b/a) == b"),
    (["x real", "y real"], "log(x*y) == log(x) + log(y)"),
    (["x real"], "exp(log(x)) == x"),
    (["x real", "p real"], "(x**2)**p == x**(2*p)"),
    (["x real"], "diff(abs(x), x) == sign(x)"),
    (["x real"], "diff(log(x), x) == 1/x"),
    (["x real", "p >= 1"], "diff(abs(x)**p, x) == p*spow(x, p - 1)"),
    (["k real"], "sqrt(k**2) == k"),
    ([], "(pi**4 + pi**5)**(1/6) == E"),
    (["x real"], "acos(cos(x)) == x"),
    (["x real"], "asin(sin(x)) == x"),
]

# (given, term, signs that it takes, all of them)
SIGNS = [
    (["n > 0 integer"], "n - 1", {0, 1}),
    (["1 <= q <= 2", "L >= 2 integer"], "2 - q*(L - 1)/L", {1}),
    (["-1 <= x <= 1"], "1 - x**2", {0, 1}),
    (["-B <= x <= B"], "B", {0, 1}),
    (["0 < x < y"], "log(y) - log(x)", {1}),
    (["x real"], "sqrt(x**2 + 1) - x", {1}),
    (["a >= 0", "b >= 0"], "(a + b)/2 - sqrt(a*b)", {0, 1}),
    (["x real"], "cosh(x) - 1", {0, 1}),
    (["x > 0"], "exp(x) - 1", {1}),
    (["p >= 2", "1/p + 1/q == 1"], "2 - q", {0, 1}),
    ([], "pi - 3", {1}),
    (["x real"], "2 - tanh(x)", {1}),
    (["x real"], "1 - sin(x)", {0, 1}),
    (["x real"], "x", {-1, 0, 1}),
    (["x real", "x != 0"], "x", {-1, 1}),
]

"""Limits and orders of growth: (what is given, a true claim, a false claim next to it)."""

from __future__ import annotations

HORIZON = "limit(eta*(p*((1-1/p)*abs(th/eta)**p + lam/2*(th/eta)**2))**(1/p), eta, 0, '+')"
HYPERBOLIC = "x*asinh(x/sqrt(lam)) - sqrt(x**2 + lam)"
LOOP = "limit(L/2*abs(x)**(2/L) - L/2, L, oo)"

LIMITS: list[tuple[str, str, str]] = [
    ("", "limit((1 + 1/x)**x, x, oo) == E", "limit((1 + 1/x)**x, x, oo) == 2718281828/1000000000"),
    ("", "limit(sin(x)/x, x, 0) == 1", "limit(sin(x)/x, x, oo) == 1"),
    ("", "limit(x**(1/x), x, oo) == 1", "limit(x**(1/log(x)), x, oo) == 1"),
    ("", "limit(x/abs(x), x, 0, '+') == 1", "limit(x/abs(x), x, 0) == 1"),
    ("", "limit(exp(-1/x), x, 0, '+') == 0", "limit(exp(-1/x), x, 0, '-') == 0"),
    ("", "limit(x/abs(sqrt(x**2 - 1)), x, 1, '+') == oo", "limit(x/abs(sqrt(x**2 - 1)), x, 1, '-') == oo"),
    ("x > 0", "limit((x**(1-m) - 1)/(1-m), m, 1) == log(x)", "limit((x**(1-m) - 1)/(1-m), m, 1) == -log(x)"),
    ("x != 0", f"{LOOP} == log(abs(x))", f"{LOOP} == 2*log(abs(x))"),
    ("", "limit(log(log(x))/log(x), x, oo) == 0", "limit(log(log(x))/log(x), x, oo) == 1"),
    ("", "limit(sqrt(x**2 + x) - x, x, oo) == 1/2", "limit(sqrt(x**2 + x) - x, x, oo) == 0"),
    ("", "limit(log(log(x)), x, oo) == oo", "limit(log(log(x)), x, oo) == 3"),
    ("", "limit((exp(x) - 1 - x - x**2/2)/x**3, x, 0) == 1/6", "limit((exp(x) - 1 - x)/x**3, x, 0) == 1/6"),
    ("", "limit((1 - erf(x))*exp(x**2)*x, x, oo) == 1/sqrt(pi)", "limit((1 - erf(x))*exp(x**2), x, oo) == 1/sqrt(pi)"),
    ("", "limit(log(cosh(x)) - x, x, oo) == -log(2)", "limit(log(cosh(x)) - x, x, oo) == 0"),
    ("", "limit((x + sin(x))/x, x, oo) == 1", "limit(x + sin(x) - x, x, oo) == 1"),
    ("", "limit(exp(x + exp(-x)) - exp(x), x, oo) == 1", "limit(exp(x + exp(-x)) - exp(x), x, oo) == 0"),
    ("", "limit(exp(-x), x, oo) < 1", "limit(exp(-x), x, oo) > 0"),
    ("", "limit(sqrt(4*x**2 + 1) - 2*x, x, oo) == limit(1/x, x, oo)", "limit(x, x, oo) == limit(-x, x, oo)"),
    ("a real", "limit((x**2 - a**2)/(x - a), x, a) == 2*a", "limit((x**2 - a**2)/(x - a), x, a) == a"),
    ("a > 0", "limit(a*x, x, oo) == oo", "limit((a - 1)*x, x, oo) == oo"),
    ("p > 2; lam >= 0; th != 0", f"{HORIZON} == (p-1)**(1/p)*abs(th)", f"{HORIZON} == (p-1)**(1/p)*th"),
    ("p == 2; lam >= 0; th != 0", f"{HORIZON} == sqrt(1 + lam)*abs(th)", f"{HORIZON} == (p-1)**(1/p)*abs(th)"),
    ("lam >= 0; th real", "limit(eta*sqrt((th/eta)**2 + lam), eta, 0, '+') == abs(th)",
     "limit(eta*sqrt((th/eta)**2 + lam), eta, 0, '+') == sqrt(th**2 + lam)"),
    ("q > 1; lam >= 0", "limit(sqrt(4*abs(x)**q + lam**2)/abs(x)**(q/2), x, oo) == 2",
     "limit(sqrt(4*abs(x)**q + lam**2)/abs(x)**(q/2), x, 0) == 2"),
    ("lam > 0", f"limit({HYPERBOLIC}, x, oo) == oo", f"limit({HYPERBOLIC}, x, oo) == -oo"),
    ("lam > 0", f"limit({HYPERBOLIC}, x, 0) == -sqrt(lam)", f"limit({HYPERBOLIC}, x, 0) == -lam"),
    ("x > 0; y > 0", "limit(((x**n + y**n)/2)**(1/n), n, 0) == sqrt(x*y)",
     "limit(((x**n + y**n)/2)**(1/n), n, 0) == (x + y)/2"),
    ("x real; y real", "limit((abs(x)**n + abs(y)**n)**(1/n), n, oo) == Max(abs(x), abs(y))",
     "limit((abs(x)**n + abs(y)**n)**(1/n), n, oo) == abs(x)"),
    ("a > 0; b > 0", "limit(t**a*exp(-b*t), t, oo) == 0", "limit(t**a*exp(-b*t**2), t, -oo) == 0"),
    ("x real", "limit((x*asinh(x/lam) - sqrt(x**2 + lam**2))/log(1/lam), lam, 0, '+') == abs(x)",
     "limit((x*asinh(x/lam) - sqrt(x**2 + lam**2))/log(1/lam), lam, 0, '+') == x"),
    ("q > 1; lam >= 0", "limit((x**q + lam)**(1/q) - x, x, oo) == 0", "limit((x**(1/q) + lam)**q - x, x, oo) == 0"),
    ("0 < p < 1", "limit((1 + p/n)**n, n, oo) <= 1 + p + p**2", "limit((1 + p/n)**n, n, oo) <= 1 + p + p**2/2"),
    ("y != 0", "limit((sqrt((y+h)**2) - sqrt(y**2))/h, h, 0) == sign(y)",
     "limit((sqrt((y-1+h)**2) - sqrt((y-1)**2))/h, h, 0) == sign(y-1)"),
    ("p > 1; q > 1; 1/p + 1/q == 1", "limit(x**(q*(p-1))/x**p, x, oo) == 1", "limit(x**(q*(p-1))/x**q, x, oo) == 1"),
    ("th real", "convex(limit(eta*sqrt((th/eta)**2 + 1), eta, 0, '+'), th)",
     "strictly_convex(limit(eta*sqrt((th/eta)**2 + 1), eta, 0, '+'), th)"),
    ("p > 1", "limit((abs(1+x)**p + abs(1-x)**p - 2)/x**2, x, 0) == p*(p-1)",
     "limit((abs(1+x)**p + abs(1-x)**p - 2)/x**2, x, 0) == p**2"),
]  # fmt: skip

ORDERS: list[tuple[str, str, str]] = [
    ("x > 0", "asymptotic(x*asinh(x), x*log(x), x, oo)", "asymptotic(x*asinh(x), x*log(x), x, 0)"),
    ("x > 0; a > 0", "littleo(log(x), x**a, x, oo)", "littleo(log(x), x**(a - 1), x, oo)"),
    ("x real", "bigo(sin(x), 1, x, oo)", "bigo(x*log(x), x, x, oo)"),
    ("x real", "bigtheta(x**2 + x, 3*x**2, x, -oo)", "bigtheta(x**2 + x, 3*x, x, -oo)"),
    ("x > 0", "asymptotic(sqrt(x), sqrt(x) + x, x, 0)", "asymptotic(sqrt(x), sqrt(x) + x, x, oo)"),
    ("x > 0", "littleo(x**2, x, x, 0)", "littleo(x, x**2, x, 0)"),
    ("x real", "asymptotic(sinh(x), exp(x)/2, x, oo)", "asymptotic(sinh(x), exp(x)/2, x, -oo)"),
    ("x > 0; p > 1", "asymptotic(diff(abs(x)**p, x), p*x**(p-1), x, oo)",
     "asymptotic(diff(abs(x)**p, x), x**(p-1), x, oo)"),
    ("x > 0; L >= 2; q > 1; lam >= 0", "asymptotic(L*x**(q*(L-1)/L) + lam*log(x), L*x**(q - q/L), x, oo)",
     "asymptotic(L*x**(q*(L-1)/L) + lam*x, L*x**(q - q/L), x, oo)"),
    ("x > 0", "bigo(x**100, exp(x), x, oo)", "bigo(exp(2*x), exp(x), x, oo)"),
    ("x > 0", "littleo(exp(sqrt(x)), exp(x)/x, x, oo)", "littleo(exp(x + log(x)), exp(x)*x, x, oo)"),
]  # fmt: skip

# true or not, nothing is claimed: no sign decides, a side has no values, or the class is not covered
OPEN: list[tuple[str, str]] = [
    ("", "limit(gamma(x + 1)/gamma(x)/x, x, oo) == 1"),
    ("", "limit(sqrt(x), x, 0) == 0"),
    ("", "limit(x*(2 + sin(x)), x, oo) == oo"),
    ("a real", "limit(x**a, x, 0) == 0 or a <= 0"),
    ("", "limit(integrate(exp(-y**2), (y, 0, x)), x, oo) == sqrt(pi)/2"),
    ("th real", "diff(limit(th + 1/n, n, oo), th) == 1"),
    ("x > 5", "integrate(limit(x + 1/n, n, oo), (x, 0, 1)) == 1/2"),
    ("n integer", "limit(sin(pi*n), n, oo) == 0"),
    ("x > 0; x < 1", "asymptotic(x, x + 1, x, oo)"),
]

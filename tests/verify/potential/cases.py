"""Mirror potentials of the literature with answers worked out by hand, and some that fail on purpose."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from verify.potential.reading import Request


@dataclass(frozen=True)
class Case:
    """expected: id of an answer -> its verdict, and what its ``values`` must hold, where it is more than a verdict."""

    expression: str
    given: tuple[str, ...] = ()
    expected: dict[str, str | tuple[str, dict[str, Any]]] = field(default_factory=dict)

    @property
    def request(self) -> Request:
        return Request(self.expression, "x", self.given)

    @property
    def groups(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_group(id) for id in self.expected))


def _group(id: str) -> str:
    if id.startswith("2.3"):
        return "assumption-2.3"
    if id.startswith(("within", "mirror-mup")):
        return "within" if id.startswith("within") else "mirror-mup"
    return {"strictly-convex": "convexity", "convex": "convexity", "homogeneous": "homogeneity",
            "homogeneous-dual": "homogeneity", "conjugate-values": "conjugate"}.get(id, id)  # fmt: skip


H, F = "holds", "fails"
LINE = {"low": "-oo", "high": "oo", "onto": True}

CASES: dict[str, Case] = {
    "half the square": Case("x**2/2", (), {
        "legendre": H, "bregman": H, "coercivity": (H, {"constant": "1"}), "homogeneous": (H, {"degree": "2"}),
        "degree": (H, {"alpha": "2"}), "horizon": (H, {"phi": "abs(x)"}), "assumption-2.3": H, "assumption-4.4": H,
        "assumption-G.1": H, "bias": (H, {"bias": "neither"}),
    }),
    "hyperbolic entropy": Case("x*asinh(x/sqrt(lam)) - sqrt(x**2 + lam)", ("lam > 0",), {
        "legendre": H, "coercivity": (H, {"constant": "sqrt(lam)"}), "metric-exponent": (H, {"exponent": "1"}),
        "dual": (H, {"D": "sqrt(lam + x**2)"}), "horizon": (H, {"phi": "abs(x)"}), "homogeneous-dual": F,
        "assumption-4.4": H, "assumption-G.1": F, "bias": (H, {"bias": "sparse"}), "within-1%": H,
        "rate": (H, {"class": "Theta"}), "conjugate": H, "mirror-mup": (H, {"order": "0"}),
        "mirror-mup-lam": (H, {"rate": "-1", "parameter": "2", "width_rate": "1/2", "width_parameter": "-1"}),
    }),
    "a kink that does not show": Case("abs(x)*log(1 + abs(x))", (), {
        "legendre": H, "coercivity": (H, {"constant": "1/2"}), "homogeneous-dual": F, "conjugate-values": H,
        "2.3-twice": H, "2.3-lipschitz": H, "horizon": (H, {"phi": "abs(x)"}),
    }),
    "a kink that shows": Case("x**2/2 + x*abs(x)/4", (), {
        "legendre": H, "2.3-twice": F, "2.3-lipschitz": F,
    }),
    "negative entropy": Case("x*log(x) - x", (), {
        "domain": (H, {"interval": "(0, oo)"}), "legendre": H, "bregman": F, "gradient-range": (H, LINE),
        "inverse-metric": (H, {"M": "x"}), "coercivity": (F, {"constant": "0"}),
        "metric-exponent": (H, {"exponent": "1"}), "conjugate": (H, {"Q": "exp(x_dual)"}), "homogeneous": F,
        "homogeneous-dual": (H, {"degree": "1"}),
        "assumption-2.3": F, "2.3-domain": F, "2.3-coercive": H, "mirror-mup": (H, {"order": "1"}),
    }),
    "shifted entropy": Case("(x + lam)*log(x + lam) - x", ("lam > 0",), {
        "domain": (H, {"interval": "(-lam, oo)"}), "legendre": H, "inverse-metric": (H, {"M": "lam + x"}),
        "conjugate": H, "degree": (H, {"alpha": "1"}),
    }),
    "Burg": Case("-log(x)", (), {
        "domain": (H, {"interval": "(0, oo)"}), "legendre": H, "bregman": F,
        "gradient-range": (H, {"low": "-oo", "high": "0", "onto": False}), "inverse-metric": (H, {"M": "x**2"}),
        "metric-exponent": (H, {"exponent": "2"}), "conjugate": H, "degree": F, "assumption-4.4": F, "rate": F,
    }),
    "Fermi and Dirac": Case("x*log(x) + (1 - x)*log(1 - x)", (), {
        "domain": (H, {"interval": "(0, 1)"}), "legendre": H, "bregman": F, "gradient-range": (H, LINE),
        "coercivity": F, "conjugate": H, "degree": F, "horizon": F, "mirror-mup": (H, {"order": "1"}),
    }),
    "cube of the size": Case("abs(x)**3/3", (), {
        "legendre": H, "coercivity": F, "metric-exponent": (H, {"exponent": "-1"}), "homogeneous": (H, {"degree": "3"}),
        "degree": (H, {"alpha": "3"}), "horizon": H, "assumption-2.3": H, "assumption-4.4": H, "assumption-G.1": H,
        "bias": (H, {"bias": "dense"}), "rate": (H, {"class": "O"}),
    }),
    "power": Case("abs(x)**p/p", ("p > 2",), {
        "strictly-convex": H, "homogeneous": (H, {"degree": "p"}), "degree": (H, {"alpha": "p"}),
        "assumption-4.4": H, "bias": (H, {"bias": "dense"}), "2.3-twice": H,
    }),
    "smoothed power": Case("abs(x)**3/3 + lam/2*x**2", ("lam > 0",), {
        "legendre": H, "coercivity": (F, {"constant": "0"}), "degree": (H, {"alpha": "3"}), "homogeneous": F,
        "assumption-2.3": H, "assumption-4.4": H, "assumption-G.1": H, "bias": (H, {"bias": "dense"}),
        "within-10%": H, "mirror-mup": (H, {"order": "0"}),
    }),
    "smoothed power, any exponent": Case("abs(x)**p/p + lam/2*x**2", ("p > 2", "lam > 0"), {
        "strictly-convex": H, "degree": (H, {"alpha": "p"}), "assumption-4.4": H, "bias": (H, {"bias": "dense"}),
        "mirror-mup-lam": (H, {"rate": "p - 2", "parameter": "p - 2"}),
    }),
    "cosh": Case("cosh(x)", (), {
        "legendre": H, "gradient-range": (H, LINE), "coercivity": F, "metric-exponent": F, "conjugate": H, "degree": F,
        "horizon": F, "assumption-2.3": H, "assumption-4.4": F,
    }),
    "log-cosh": Case("log(cosh(x))", (), {
        "strictly-convex": H, "gradient-range": (H, {"low": "-1", "high": "1", "onto": False}),
        "coercivity": (H, {"constant": "1"}), "metric-exponent": F, "degree": F, "assumption-2.3": F, "2.3-coercive": F,
    }),
    "softplus": Case("log(1 + exp(x))", (), {
        "strictly-convex": H, "even": F, "gradient-range": (H, {"low": "0", "high": "1", "onto": False}),
        "coercivity": (H, {"constant": "4"}), "assumption-2.3": F, "degree": F,
    }),
    "pseudo-Huber": Case("sqrt(1 + x**2) - 1", (), {
        "strictly-convex": H, "gradient-range": (H, {"low": "-1", "high": "1", "onto": False}),
        "coercivity": (H, {"constant": "1"}), "metric-exponent": (H, {"exponent": "3"}), "conjugate": H, "degree": F,
        "2.3-coercive": F,
    }),
    "power of three halves": Case("2/3*abs(x)**(3/2)", (), {
        "strictly-convex": H, "coercivity": F, "degree": (H, {"alpha": "3/2"}),
        "metric-exponent": (H, {"exponent": "1/2"}), "2.3-twice": F, "assumption-2.3": F,
        "bias": (H, {"bias": "sparse"}), "mirror-mup": (H, {"order": "1/2"}),
    }),
    "Tsallis, one half": Case("2*x - 4*sqrt(x)", (), {
        "domain": (H, {"interval": "[0, oo)"}), "legendre": H, "metric-exponent": (H, {"exponent": "3/2"}),
        "gradient-range": (H, {"low": "-oo", "high": "2", "onto": False}), "degree": (H, {"alpha": "1/2"}),
        "assumption-4.4": F,
    }),
    "Tsallis, three halves": Case("4/3*(x**(3/2) - x)", ("x >= 0",), {
        "strictly-convex": H, "legendre": F, "metric-exponent": (H, {"exponent": "1/2"}),
        "degree": (H, {"alpha": "3/2"}), "conjugate": H,
    }),
    "cubic regularization": Case("x**2/2 + abs(x)**3/6", (), {
        "legendre": H, "coercivity": F, "metric-exponent": (H, {"exponent": "-1"}), "conjugate": H,
        "horizon": (H, {"phi": "abs(x)"}), "assumption-2.3": H, "assumption-4.4": H, "bias": (H, {"bias": "dense"}),
    }),
    "quartic": Case("x**4/4 + x**2/2", (), {
        "legendre": H, "bregman": H, "degree": (H, {"alpha": "4"}), "assumption-2.3": H, "assumption-4.4": H,
        "assumption-G.1": H, "rate": (H, {"class": "O"}), "within-10%": H,
    }),
    "Hellinger": Case("-sqrt(1 - x**2)", (), {
        "domain": (H, {"interval": "[-1, 1]"}), "legendre": H, "gradient-range": (H, LINE), "coercivity": F,
        "conjugate": H, "degree": F,
    }),
    "exponential": Case("exp(x)", (), {
        "legendre": H, "gradient-range": (H, {"low": "0", "high": "oo", "onto": False}), "coercivity": F,
        "conjugate": H, "2.3-coercive": F,
    }),
    "arctangent": Case("x*atan(x) - log(1 + x**2)/2", (), {
        "strictly-convex": H, "inverse-metric": (H, {"M": "x**2 + 1"}), "coercivity": (H, {"constant": "1"}),
        "metric-exponent": (H, {"exponent": "2"}), "2.3-coercive": F,
    }),
    "softplus and square": Case("log(1 + exp(x)) + x**2/2", (), {
        "legendre": H, "bregman": H, "even": F, "coercivity": (H, {"constant": "4/5"}), "degree": (H, {"alpha": "2"}),
        "assumption-2.3": H, "assumption-4.4": F,
    }),
    "three quarters": Case("(1 + x**2)**(3/4)", (), {
        "legendre": H, "coercivity": (H, {"constant": "2/3"}), "degree": (H, {"alpha": "3/2"}),
        "metric-exponent": (H, {"exponent": "1/2"}), "assumption-4.4": F,
    }),
    "two exponentials": Case("exp(x) + exp(-2*x)", (), {
        "legendre": H, "even": F, "gradient-range": (H, LINE), "coercivity": F, "degree": F, "assumption-2.3": H,
    }),
    "reciprocal": Case("1/x", ("x > 0",), {
        "legendre": H, "bregman": F, "metric-exponent": (H, {"exponent": "3"}), "homogeneous": (H, {"degree": "-1"}),
        "homogeneous-dual": (H, {"degree": "-1"}), "degree": F,
    }),
    "three powers": Case("x**6/6 - x**4/4 + x**2/2", (), {
        "legendre": H, "degree": (H, {"alpha": "6"}), "assumption-2.3": H, "assumption-4.4": F,
    }),
    "three powers with wells": Case("x**6/6 - x**4/2 + x**2/2", (), {"convex": F, "legendre": F, "coercivity": F}),
    "barrier on both sides": Case("-log(1 - x**2)", ("x > -1", "x < 1"), {
        "legendre": H, "bregman": F, "gradient-range": (H, LINE), "coercivity": F, "degree": F,
    }),
    "no closed inverse": Case("x**2/2 + cosh(x)", (), {"conjugate-values": H, "coercivity": F, "assumption-2.3": H}),
    "no closed inverse, with a parameter": Case("x**2/2 + lam*cosh(x)", ("lam > 0",), {
        "conjugate-values": H, "legendre": H,
    }),
    "the flow of q = 3/2 with two factors": Case("steepest q=3/2 L=2", (), {
        "strictly-convex": H, "inverse-metric": (H, {"M": "2*abs(x)**(3/4)"}), "2.3-twice": F, "conjugate": H,
        "metric-exponent": (H, {"exponent": "3/4"}), "degree": (H, {"alpha": "5/4"}), "coercivity": F,
        "bias": (H, {"bias": "sparse"}),
    }),
    "the flow of q = 3/2 with three factors": Case("steepest q=3/2 L=3", (), {
        "legendre": H, "inverse-metric": (H, {"M": "3*x"}), "conjugate": H, "horizon": H,
        "bias": (H, {"bias": "sparse"}),
    }),
    "a jump of the gradient": Case("abs(x) + x**2/2", (), {
        "strictly-convex": H, "2.3-twice": F, "assumption-2.3": F, "gradient-range": "undecided",
    }),
    "a power that falls": Case("-x**p", ("x > 0", "p < 0"), {"degree": F, "horizon": F, "bias": F}),
    "a power that may fall": Case("-x**p", ("x > 0", "p < 1", "p != 0"), {
        "degree": "undecided", "horizon": "undecided", "bias": "undecided",
    }),
    "a cube": Case("x**3", (), {"convex": F, "strictly-convex": F, "legendre": F, "assumption-2.3": F}),
    "two wells": Case("x**4/4 - x**2/2", (), {"convex": F, "bregman": F, "gradient-range": F}),
    "a line": Case("2*x", (), {"convex": H, "strictly-convex": F}),
    "concave": Case("-x**2", (), {"convex": F, "assumption-4.4": F}),
}  # fmt: skip

QUICK = ("a line",)
# a case of its own for the default suite, and the groups asked of it
SHORT = Case("x**2/2 + x", (), {
    "strictly-convex": H, "even": F, "coercivity": (H, {"constant": "1"}),
})  # fmt: skip

# (expression, variable, given, groups) -> what the one line of refusal must say
REFUSED = [
    ("", "x", (), (), "column 1"),
    ("x**", "x", (), (), "column 4"),
    ("__import__('os')", "x", (), (), "expression"),
    ("y**2", "x", (), (), "unknown name 'y'"),
    ("3", "x", (), (), "does not depend on 'x'"),
    ("x**2", "log", (), (), "in"),
    ("lam*x**2", "x", (), (), "unknown name 'lam'"),
    ("x**2", "x", ("x integer",), (), "real, not integer"),
    ("x**2", "x", ("x != 0",), (), "interval"),
    ("x**2", "x", ("x > 0", "x > 1"), (), "two bounds"),
    ("x**2", "x", ("x > 1", "x < 0"), (), "exclude each other"),
    ("integrate(exp(-t**2), (t, 0, x))", "x", (), (), "closed form"),
    ("x**2", "x", (), ("horizons",), "did you mean 'horizon'"),
    ("1/(x - x)", "x", (), (), "no point was found"),
    ("sqrt(-1)*x", "x", (), (), "no point was found"),
    ("steepest q=2", "x", (), (), "write the flow as in"),
    ("+".join(["x**2"] * 100) + "+" + "*".join(["(x + x)"] * 90), "x", (), (), "parts"),
]  # fmt: skip

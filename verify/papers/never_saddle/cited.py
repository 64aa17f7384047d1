"""Theorems that the paper takes over: Appendices B and C, each in a form that can be decided, and what they exclude."""

from __future__ import annotations

from collections.abc import Sequence

import sympy

from theory.metric import InverseMetric
from theory.product_margin import ProductMargin
from theory.reparameterizations import DeepDiagonal
from theory.steepest_direction import SteepestDirection
from verify.claim import Draft, claim, ill_posed, printed
from verify.papers.never_saddle import instances
from verify.papers.never_saddle.instances import decayed_flow, divergence, parameterization, two_layer_entropy

FIT = ["a > 0", "b > 0", "c > 0", "d > 0"]  # two samples (a, b) and (c, d)


@claim("t48-alvarez", place="Theorem E.3, proof, citing Alvarez et al.", rests_on=["dB9-bregman"],
       kind="classification")  # fmt: skip
def level_sets_of_a_divergence() -> Draft:
    """Where dom R is R^n the level sets {y: D(x, y) <= gam} are bounded in p = R'(y), and so in y = R*'(p).

    D(x, y) = R(x) + R*(p) - <x, p> >= R(x) - R(x + s) + <s, p> for every s; P = |p|, M = max R(x + s), |s| = 1.
    The other clauses of Definition B.9 are continuity on R^n.
    """
    return (
        printed(
            "P <= gam + M - Rx",
            given=["P >= 0", "D real", "gam real", "M real", "Rx real", "D >= Rx - M + P", "D <= gam"],
        )
        .covering("the clause of bounded level sets")
        .derived(divergence(sympy.cosh(instances.X)))
    )


@claim("t48-alvarez.examples", place="Theorem E.3, proof", rests_on=["dB9-bregman"], kind="classification")
def full_dual_domain_makes_a_bregman_function() -> Draft:
    """cosh x, whose gradient covers the line, is Legendre and Bregman; exp x, dom R* = [0, oo), is Legendre alone."""
    return (
        printed(
            "legendre(cosh(x), x) and bregman(cosh(x), x) and legendre(exp(x), x) and not bregman(exp(x), x)",
            given=["x real"],
        )
        .covering("R = cosh x and R = exp x")
        .derived(divergence(sympy.exp(instances.X)))
    )


@claim("remB11", place="Remark B.11", rests_on=["tB10-statement"], kind="existence")
def sign_flow_minimises_no_divergence() -> Draft:
    """No divergence characterises the limits of sign flow. From 0 it reaches (y, y) for the sample (a, b) and for
    (c, d), a, b, c, d > 0; so the increment (p, r) of grad R, which is not 0, would have to be a multiple of both.
    """
    return printed(
        "not (p == s*a and r == s*b and p == u*c and r == u*d)",
        given=[*FIT, "a*d != b*c", "p real", "r real", "p**2 + r**2 > 0", "s real", "u real"],
    ).derived(SteepestDirection().derivation())


@claim("remB11.limit", place="Remark B.11", rests_on=["tB10-statement"], kind="dynamics")
def sign_flow_moves_along_the_diagonal() -> Draft:
    """Sign flow of (a x1 + b x2 - y)^2/2 with a, b > 0 keeps x1 - x2 and so reaches the point of the line on the
    diagonal of its start, at whatever ratio of a and b.
    """
    return printed(
        "conserved(x1 - x2)",
        given=["x1 real", "x2 real", "y real", "a > 0", "b > 0"],
        flow={"x1": "-sign(a*(a*x1 + b*x2 - y))", "x2": "-sign(b*(a*x1 + b*x2 - y))"},
    ).derived(SteepestDirection().derivation())


@claim("b-covers-signgf", place="Appendix B, before Theorem B.10", rests_on=["tB10-statement", "remB11"],
       kind="equivalence")  # fmt: skip
def result_covers_sign_flow() -> Draft:
    """The result for linear regression includes gradient, sign and mirror flow.

    For sign flow from 0: the increment (p, r) of grad R that is a multiple of one sample (a, b) is one of (c, d) too.
    """
    return (
        printed("implies(p*b == r*a, p*d == r*c)", given=[*FIT, "p real", "r real", "p**2 + r**2 > 0"])
        .corrected(
            "conserved(b*p - a*r)",
            mend="replaced",
            given=["a real", "b real", "p real", "r real", "g real"],
            flow={"p": "-g*a", "r": "-g*b"},
            note="Mirror flow, and with it gradient flow, moves grad R = (p, r) along the sample (a, b); sign flow does"
            " not, as Remark B.11 says itself.",
            covering="one sample of two coordinates",
        )
        .derived(divergence(instances.SQUARE))
    )


@claim("tB12", place="Theorem B.12", rests_on=["b-homog"], kind="limit")
def direction_of_sign_flow_on_one_sample() -> Draft:
    """Sign flow on exp(-(a x1 + b x2)), a, b > 0, moves as (x1 + t, x2 + t); its direction (1, 1) is that of the
    least L_inf norm M under a u + b v >= 1, which is 1/(a + b).
    """
    return (
        printed(
            "limit((x1 + t)/(x2 + t), t, oo) == 1 and implies(a*u + b*v >= 1, M >= 1/(a + b))"
            " and a*(1/(a + b)) + b*(1/(a + b)) == 1",
            given=["a > 0", "b > 0", "x1 real", "x2 real", "u real", "v real", "abs(u) <= M", "abs(v) <= M"],
        )
        .covering("sign flow of a linear model on one sample (a, b), a, b > 0")
        .derived(ProductMargin(2).derivation())
    )


@claim("ns2-b12-satisfied", place="Appendix B, assumptions 1 to 3", rests_on=["tB12"], kind="classification")
def assumptions_are_satisfied() -> Draft:
    """The product of layers satisfies assumption 3: the loss exp(-w1 w2) falls below 1 from every start.

    The product becomes positive only where |w1 + w2| grows.
    """
    given = ["w1 real", "w2 real"]
    flow = {"w1": "exp(-w1*w2)*w2", "w2": "exp(-w1*w2)*w1"}
    return (
        printed("ddt((w1 + w2)**2) > 0", given=given, flow=flow)
        .corrected(
            "ddt((w1 + w2)**2) > 0 and ddt((w1 - w2)**2) <= 0",
            mend="added hypothesis",
            given=[*given, "w1 + w2 != 0"],
            note="A start with w2 = -w1, the saddle 0 among them, stays there: x = -w1^2 <= 0 and the loss is at least"
            " 1. Assumptions 1 and 2 hold, a product being smooth and homogeneous; assumption 3 depends on the start.",
            covering="two layers under gradient flow, one sample",
        )
        .derived(DeepDiagonal(2).derivation())
    )


@claim("dC1-regular", place="Definition C.1", kind="definition")
def regular_parameterizations() -> Draft:
    """m w has the Jacobian (w, m): of rank 1 where |w| < m, and of rank 0 at the origin, where it is not regular."""
    return (
        printed(
            "diff(m*w, m)**2 + diff(m*w, w)**2 > 0 and 0**2 + 0**2 == 0", given=["m real", "w real", "-m < w", "w < m"]
        )
        .covering("x = m w, one coordinate")
        .derived(parameterization("m w"))
    )


@claim("dC2-bracket", place="Definition C.2", kind="definition")
def bracket_of_vector_fields() -> Draft:
    """[X, Y] = Y' X - X' Y is antisymmetric and obeys the Jacobi identity; here for quadratic fields on the line."""

    def field(name: str) -> str:
        return f"{name}0 + {name}1*x + {name}2*x**2"

    brackets = {"XY": "diff(Y, x)*X - diff(X, x)*Y", "YZ": "diff(Z, x)*Y - diff(Y, x)*Z",
                "ZX": "diff(X, x)*Z - diff(Z, x)*X"}  # fmt: skip
    jacobi = " + ".join(f"diff({a}, x)*{b} - diff({b}, x)*({a})" for b, a in (("X", "YZ"), ("Y", "ZX"), ("Z", "XY")))
    return (
        printed(
            f"XY == -(diff(X, x)*Y - diff(Y, x)*X) and {jacobi} == 0",
            given=["x real", *(f"{n}{k} real" for n in "abc" for k in range(3))],
            where={"X": field("a"), "Y": field("b"), "Z": field("c"), **brackets},
        )
        .covering("quadratic fields on the line")
        .derived(parameterization("u v", "u w"))
    )


@claim("dC3-commuting", place="Definition C.3", rests_on=["dC2-bracket"], kind="definition")
def commuting_parameterizations() -> Draft:
    """The coordinates u1 v1 and u2 v2 commute; u v and u w, which share the layer u, do not: their bracket is
    (0, -w, v).
    """

    def bracket(f: str, g: str, names: Sequence[str], k: str) -> str:
        terms = [f"diff(diff({g}, {k}), {n})*diff({f}, {n}) - diff(diff({f}, {k}), {n})*diff({g}, {n})" for n in names]
        return " + ".join(terms)

    apart, shared = ("u1", "v1", "u2", "v2"), ("u", "v", "w")
    zero = " and ".join(f"{bracket('u1*v1', 'u2*v2', apart, k)} == 0" for k in apart)
    values = " and ".join(
        f"{bracket('u*v', 'u*w', shared, k)} == {value}" for k, value in zip(shared, ("0", "-w", "v"), strict=True)
    )
    return (
        printed(f"{zero} and {values}", given=[f"{n} real" for n in (*apart, *shared)])
        .covering("two examples")
        .derived(parameterization("u v", "u w"))
    )


@claim("c-flow-notation", place="Eq. (11), Assumption C.4", kind="definition")
def flow_of_a_function() -> Draft:
    """The gradient flow of f: M -> R^n from x, written x_t = phi_x^t(x)."""
    flow = {"U": "u*cosh(t) - v*sinh(t)", "V": "v*cosh(t) - u*sinh(t)"}
    return ill_posed(
        "the gradient flow of a function needs real values, and phi is indexed by the point where the function belongs",
        [
            (
                "f maps to R^n, n > 1: its derivative has as many entries as a velocity on M (of dimension D)",
                printed("n*D == D", given=["n > 1 integer", "D >= 1 integer"]),
            ),
            (
                "phi is that of one coordinate g_i: for u v it is there at all times, and is the gradient flow",
                printed("diff(U, t) == -V and diff(V, t) == -U", given=["u real", "v real", "t real"], where=flow),
            ),
        ],
    ).derived(parameterization("u v"))


@claim("tC5", place="Theorem C.5", rests_on=["c-diag-commutes", "dC1-regular"], kind="existence")
def gradient_flow_of_two_layers_is_a_mirror_flow() -> Draft:
    """Two layers, |w| < m: R'(x) = asinh(2 x/lam)/2, lam = m^2 - w^2, moves against f' whatever f is."""
    return (
        printed(
            "conserved(m**2 - w**2) and ddt(asinh(2*m*w/(m**2 - w**2))/2) == -g",
            given=["g real", "u real", "m + w > 0", "m - w > 0"],
            flow={"m": "-g*w", "w": "-g*m", "g": "u"},
        )
        .covering("L = 2, one coordinate")
        .derived(two_layer_entropy())
    )


@claim("tC5.three-layers", place="Theorem C.5", rests_on=["c-diag-commutes", "dC1-regular"], kind="existence")
def gradient_flow_of_three_layers_is_a_mirror_flow() -> Draft:
    """Three layers u and twice sqrt(u^2 + lam): R'(x) = atan(u/sqrt(lam))/sqrt(lam), x = u (u^2 + lam), moves against
    f' whatever f is; its range is bounded.
    """
    return (
        printed(
            "ddt(atan(u/sqrt(lam))/sqrt(lam)) == -g and ddt(u*(u**2 + lam)) == -g*(u**2 + lam)*(3*u**2 + lam)",
            given=["u real", "lam > 0", "g real", "v real"],
            flow={"u": "-g*(u**2 + lam)", "g": "v"},
        )
        .covering("L = 3, two layers equal, one coordinate")
        .derived(InverseMetric(3).derivation())
    )


@claim("tC6", place="Theorem C.6", rests_on=["tC5"], kind="existence")
def decayed_gradient_flow_is_a_time_varying_mirror_flow() -> Draft:
    """Two layers with decay a, A its integral: R_A'(x) = asinh(2 x exp(2 A)/lam)/2 moves against f' whatever f is."""
    return (
        printed(
            "ddt(asinh(2*m*w*exp(2*A)/lam)/2) == -g",
            given=[
                "g real",
                "u real",
                "a >= 0",
                "A real",
                "lam > 0",
                "m > 0",
                "w real",
                "m**2 - w**2 == lam*exp(-2*A)",
            ],
            flow={"m": "-g*w - a*m", "w": "-g*m - a*w", "A": "a", "g": "u"},
        )
        .covering("L = 2, one coordinate")
        .derived(parameterization("m w", "decay"))
    )


ZERO_BALANCE = {"H": "1/(L*x**(q*(L - 1)/L))"}  # R'' at zero balance, which no decay changes
COMPATIBLE = "diff(x*H, x) == 0"  # the two derivatives of R_a' agree: dR_a'/da = -L x H does not depend on x


@claim("s4-no-tvmf", place="Section 4, after Table 1", rests_on=["ce6-equality", "tC6", "l45-smooth"],
       kind="existence")  # fmt: skip
def time_varying_mirror_flow_needs_gradient_flow() -> Draft:
    """With decoupled decay no time-varying mirror flow exists except for q = 2.

    Decay moves x at the rate -L a x, so R_A' must have dR_A'/dA = L x H, H = R_A''. At zero balance H = 1/(L |x|^m)
    does not change, so the slope of x H must vanish.
    """
    given = ["x > 0", "q >= 1", "L >= 2 integer"]
    return (
        printed(f"implies({COMPATIBLE}, q == 2)", given=given, where=ZERO_BALANCE)
        .corrected(
            f"implies(q*(L - 1) != L, not {COMPATIBLE}) and implies(q*(L - 1) == L, {COMPATIBLE})",
            mend="replaced",
            note="The condition is m = q (L-1)/L = 1, which q = 3/2 meets at L = 3, and q = 2 at L = 2 alone.",
            covering="lam = 0, x > 0",
        )
        .derived(decayed_flow())
    )


@claim("s4-no-tvmf.witness", place="Section 4, after Table 1", rests_on=["l45-smooth"], kind="dynamics")
def time_varying_mirror_flow_at_exponent_one() -> Draft:
    """At m = 1, q = L/(L-1), balanced layers w with decay a, A its integral: sign(x) (log|x| + L A)/L, which is
    sign(x) (log|w| + A), moves at the rate -spow(f', q - 1), whatever f is. P is the product of the other layers.
    """
    return printed(
        "ddt(log(abs(w)) + A)*sign(w*P) == -spow(g, q - 1)",
        given=["w != 0", "P != 0", "abs(P) == abs(w)**(L - 1)", "L >= 2 integer", "a >= 0", "A real", "g real",
               "v real", "u real"],
        where={"q": "L/(L - 1)"},
        flow={"w": "-spow(g*P, q - 1) - a*w", "A": "a", "P": "v", "g": "u"},
    ).covering("m = 1, lam = 0").derived(decayed_flow())  # fmt: skip


@claim("c-diag-not-tv", place="Appendix C, end", rests_on=["s4-no-tvmf"], kind="existence")
def no_time_varying_mirror_flow_of_deep_products() -> Draft:
    """Deep diagonal products satisfy no time-varying steepest mirror flow: the slope of x H vanishes nowhere."""
    given = ["x > 0", "1 <= q", "q <= 2", "L >= 2 integer"]
    return (
        printed("diff(x*H, x) != 0", given=given, where=ZERO_BALANCE)
        .corrected(
            mend="added hypothesis",
            given=[*given, "q*(L - 1) != L"],
            note="At m = 1 they do, two layers under gradient flow (Theorem C.6) among them.",
            covering="lam = 0, x > 0",
        )
        .derived(decayed_flow())
    )


@claim("s4-mreg-match", place="Section 4, after Table 1", rests_on=["s4-no-tvmf"], kind="equivalence")
def time_varying_flow_matches_the_penalty() -> Draft:
    """Where a time-varying mirror flow exists (m = 1) the on-manifold regularizer is the penalty (L/2) |x|^(2/L)."""
    regularizer = "L/(L*(2 - q) + q)*abs(x)**(2 - q*(L - 1)/L)"
    given = ["x real", "q >= 1", "L >= 2 integer", "q*(L - 1) == L"]
    return (
        printed("M == L/2*abs(x)**(2/L)", given=given, where={"M": regularizer})
        .corrected(
            "M == abs(x)",
            mend="replaced",
            note="At m = 1 the regularizer is |x|, the penalty at L = 2 alone; and at q = 2, L > 2 the two agree while"
            " no time-varying mirror flow exists.",
        )
        .derived(decayed_flow())
    )


@claim("ns2-reparam-no-char", place="Section 4, after Eq. (3)", rests_on=["remB11"], kind="existence")
def no_characterization_of_reparameterized_flows() -> Draft:
    """No characterization of the limits by a divergence is possible for reparameterized steepest flow, q != 2."""
    return ill_posed(
        "it is not said for which data, starts and losses; one sample z gives R'(x) = s spow(z, q - 1) in every loss",
        [
            (
                "one sample, q = 1: no increment (p, r) of a gradient fits two samples",
                printed("not (p*b == r*a and p*d == r*c)",
                        given=[*FIT, "a*d != b*c", "p real", "r real", "p**2 + r**2 > 0"]),
            ),
            (
                "one sample, 1 < q < 2: the gradient spow(R', 1/(q - 1)) does not give back the sample either",
                printed("spow(spow(s, q - 1)*spow(z, q - 1), 1/(q - 1)) != s*z",
                        given=["s > 0", "z != 0", "1 < q", "q < 2"]),
            ),
            (
                "samples (1, 0, 1) and (0, 1, 1), 1 < q < 2: R' of the third coordinate is the sum of the other two",
                printed("(g + h)**(q - 1) == g**(q - 1) + h**(q - 1)", given=["g > 0", "h > 0", "1 < q", "q < 2"]),
            ),
        ],
    ).derived(SteepestDirection().derivation())  # fmt: skip

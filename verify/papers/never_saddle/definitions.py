"""Definitions and notation: texts that can be read in several ways, each reading tried."""

from __future__ import annotations

import sympy

from theory import strong_convexity
from theory.derivation import Derivation
from theory.metric import InverseMetric
from theory.network_potential import NetworkPotential
from theory.polar_hessian import PolarHessian, r, theta
from theory.product_margin import ProductMargin
from theory.regularizers import OnManifoldRegularizer
from theory.saddles import ProductLandscape
from theory.steepest_direction import SteepestDirection
from verify.claim import Draft, claim, ill_posed, printed
from verify.papers.never_saddle import instances
from verify.papers.never_saddle.instances import balance_law, descent, divergence, parameterization, potential

LAYERS = ["L >= 2 integer"]


# The Hessian of R = x^2 + y^2 - (x^4 - 6 x^2 y^2 + y^4)/(32 (1 + x^2 + y^2)) along the radius (N) and across it (T), K
# the square of the mixed entry, at s = x^2 + y^2 and c, the cosine of four times the angle
PLANE = {
    "T": "2 - (2*(2*s + s**2)/(1 + s)**2 - 16*s/(1 + s))*c/32",
    "N": "2 - (2*(2*s + s**2)/(1 + s)**2 + 8*s/(1 + s)**3)*c/32",
    "K": "(1 - c**2)*s**2*(3 + s)**2/(64*(1 + s)**4)",
}
POLAR = ["s >= 0", "-1 <= c", "c <= 1"]


def of_the_plane() -> Derivation:
    return PolarHessian(r**2 - r**4 * sympy.cos(4 * theta) / (32 * (1 + r**2))).derivation()


@claim("d41-coercive", place="Definition 4.1 and the text above it", kind="definition")
def coercivity_bounds_the_inverse_hessian() -> Draft:
    """Where x^T A(x) x >= mu |x|^2 for all x, the inverse Hessian A is bounded from below by mu.

    Across the radius the inverse form of R = x^2 + y^2 - (x^4 - 6 x^2 y^2 + y^4)/(32 (1 + x^2 + y^2)), for which the
    definition holds with mu = 12/25, is N/(N T - K).
    """
    return (
        printed("N >= 12/25*(N*T - K)", given=POLAR, where=PLANE)
        .corrected(
            "implies(a*t**2 >= mu*t**2, a >= mu) and implies(a >= mu and rest >= mu*r2, a*u**2 + rest >= mu*(u**2 +"
            " r2))",
            mend="added hypothesis",
            given=["a real", "rest real", "r2 >= 0", "mu > 0", "u real", "t != 0"],
            where={},
            note="The definition tests A(x) in the direction x alone. For separable R that is enough: at x = t e_i it"
            " bounds the entry a of that coordinate, at t = 0 by continuity, and a bound of every entry bounds A. (rest"
            " is what the other coordinates, r2 the square of their length, add.)",
            covering="separable R",
        )
        .derived(of_the_plane())
    )


@claim("d41-coercive.witness", place="Definition 4.1", kind="definition")
def coercive_in_the_direction_of_the_point() -> Draft:
    """That R is strictly convex and inversely 12/25-coercive: along the radius its inverse form is T/(N T - K)."""
    return (
        printed("N*T - K > 0 and T > 0 and T >= 12/25*(N*T - K)", given=POLAR, where=PLANE)
        .covering("R = x^2 + y^2 - (x^4 - 6 x^2 y^2 + y^4)/(32 (1 + x^2 + y^2))")
        .derived(of_the_plane())
    )


@claim("e1-hypothesis", place="Theorem E.1", rests_on=["d41-coercive"], kind="definition")
def coercivity_in_the_appendix() -> Draft:
    """E.1 asks that the inverse Hessian of R be inversely mu-coercive, Theorem 4.2 that R be."""
    falls = "-g*s*spow(g, q - 1) <= -mu*abs(g)**q"
    given = ["g real", "1 <= q <= 2", "mu > 0", "s > 0"]
    return ill_posed(
        "Definition 4.1 speaks of a function R, not of its inverse Hessian s = 1/R''",
        [
            ("the inverse Hessian is at least mu", printed(falls, given=[*given, "s >= mu"])),
            ("the inverse of the inverse Hessian is at least mu", printed(falls, given=[*given, "1/s >= mu"])),
        ],
    ).derived(descent(sympy.Symbol("H", positive=True)))


@claim("d2-index", place="Theorem 4.3, the set S", kind="definition")
def quantifiers_of_the_set() -> Draft:
    """S = {(w_1, ..., w_L): for all i, j in [n], w_i = w_j = 0, w_k != 0 for k != i, j and i != j}."""
    every = ["w1 == 0 and w2 == 0 and w3 != 0", "w1 == 0 and w3 == 0 and w2 != 0", "w2 == 0 and w3 == 0 and w1 != 0"]
    weights = ["w1 real", "w2 real", "w3 real"]
    return ill_posed(
        "i, j number layers but range over coordinates [n], and 'for all' makes S empty where 'for some' is meant",
        [
            (
                "for all pairs (three layers): no point belongs to S",
                printed(f"implies({' and '.join(every)}, 0 == 1)", given=weights),
            ),
            (
                "for some pair (three layers): the gradient of f vanishes there",
                printed("implies(w1 == 0 and w2 == 0, w2*w3*f1 == 0 and w1*w3*f1 == 0 and w1*w2*f1 == 0)",
                        given=[*weights, "f1 real"]),
            ),
        ],
    ).derived(ProductLandscape(3).derivation())  # fmt: skip


@claim("d2-gradat", place="Theorem D.2, proof", rests_on=["d2-index"], kind="identity")
def product_at_the_set() -> Draft:
    """The slope of f is taken at 0, the product of the layers on S, P being the product of those that are not zero."""
    return printed("w1*w2*P == 0", given=["w1 == 0", "w2 == 0", "P != 0"]).derived(ProductLandscape(3).derivation())


@claim("d46-L-layers", place="Theorem 4.8 with Definition 4.6", rests_on=["d46-def"], kind="definition")
def order_of_the_balance() -> Draft:
    """lam-balanced with respect to the first of L layers."""
    bound = "M >= lam**2"
    return ill_posed(
        "Definition 4.6 orders two factors; for L layers it is not said whether w_1 is the largest or the smallest",
        [
            (
                "w_1 the smallest, as in the proof: the inverse metric is at least lam^2 (L = 3)",
                printed(bound, given=["z >= 0", "lam > 0"], where={"M": "(z + lam)**2 + 2*z*(z + lam)"}),
            ),
            (
                "w_1 the largest, as in the definition (L = 3)",
                printed(bound, given=["u >= 0", "lam > 0"], where={"M": "u**2 + 2*(u + lam)*u"}),
            ),
        ],
    ).derived(InverseMetric(3).derivation())


@claim("d412-def", place="Definition 4.12", kind="definition")
def notation_of_the_metric_exponent() -> Draft:
    """The metric exponent is defined by the limit of d^2 R^{-1}(x)/|x|^m as |x| -> oo."""
    return ill_posed(
        "R^{-1} may be the inverse function or stand for the inverse of the second derivative",
        [
            (
                "the inverse of the second derivative: for R = x^(3/2), m = 1/2",
                printed("limit(1/(diff(x**(3/2), x, 2)*x**(1/2)), x, oo) == 4/3"),
            ),
            (
                "the second derivative of the inverse function x^(2/3), m = 1/2: a positive limit",
                printed("limit(diff(x**(2/3), x, 2)/x**(1/2), x, oo) > 0"),
            ),
        ],
    ).derived(InverseMetric(instances.DEPTH).derivation())


@claim("t48-types", place="Theorem 4.8 and Theorem E.3", kind="definition")
def type_of_the_potential() -> Draft:
    """R maps R^n to R^n, and in E.3 it is the gradient of R that is a Bregman function; here q = 2, L = 2."""
    given = ["x real", "lam > 0"]
    entropy = "(x*asinh(2*x/lam) - sqrt(4*x**2 + lam**2)/2)/2"
    return ill_posed(
        "a Bregman function is real-valued, so that R must map to R; and its gradient is not convex",
        [
            ("R is the Bregman function", printed(f"bregman({entropy}, x)", given=given)),
            ("its gradient is the Bregman function", printed("bregman(asinh(2*x/lam)/2, x)", given=given)),
        ],
    ).derived(instances.two_layer_entropy())


@claim("l413-vs-e4", place="Lemma 4.13 against Lemma E.4", kind="equivalence")
def class_of_the_potential() -> Draft:
    """Lemma 4.13 calls R a Bregman function where Lemma E.4 calls it a Legendre function."""
    return ill_posed(
        "the two lemmas are said to be one but name different classes; at m = 1 on the open half-line they differ",
        [
            ("Legendre (E.4)", printed("legendre((x*log(x) - x)/2, x)", given=["x > 0"])),
            ("Bregman (4.13)", printed("bregman((x*log(x) - x)/2, x)", given=["x > 0"])),
        ],
    ).derived(NetworkPotential(2, 1).derivation())


@claim("t42-argmin-set", place="Theorem 4.2", kind="definition")
def set_of_minimisers() -> Draft:
    """The set {x in Dom R: min f(x)} is not empty."""
    return ill_posed(
        "'min f(x)' is a number and no condition on x; the set of minimisers of f is meant, here of f = x^2 - 2 x",
        [("some point is a minimiser", printed("exists(y, forall(x, y**2 - 2*y <= x**2 - 2*x))"))],
    ).derived(strong_convexity.derivation(instances.X, sympy.Symbol("Lam", positive=True)))


@claim("i-init", place="Appendix I", rests_on=["c410-mu"], kind="definition")
def numbering_of_the_layers() -> Draft:
    """w_0 = 0 and w_i = lam for i in [L] without 1."""
    return ill_posed(
        "there is no layer w_0; w_1 = 0 as in Corollary 4.10 must be meant",
        [("w_1 = 0 makes x = 0 and the balance lam^q", printed("0*lam == 0 and lam**q - abs(0)**q == lam**q",
                                                              given=["lam > 0", "q >= 1"]))],
    ).derived(balance_law(2))  # fmt: skip


@claim("ns2-close-start", place="Section 5, Appendix I", rests_on=["c410-mu"], kind="inequality")
def start_is_close_to_the_saddles() -> Draft:
    """The start w_1 = 0, w_i = 0.1 in R^100 is close to the set S."""
    distance = "sqrt(100*(1/10)**2)"
    return ill_posed(
        "'close' has no scale; the distance to S is the norm of a second layer",
        [
            ("the distance is that of one entry, 0.1", printed(f"{distance} <= 1/10")),
            ("the distance is 1", printed(f"{distance} == 1")),
        ],
    ).derived(ProductLandscape(3).derivation())


@claim("dB8-div", place="Definition B.8", kind="definition")
def divergence_on_the_domain() -> Draft:
    """D(x, y) is defined and not negative for x, y in the domain; here R = x log x - x on the half-line."""
    defined = "x*log(x) - x - (y*log(y) - y) - log(y)*(x - y) >= 0"
    return (
        printed(defined, given=["x > 0", "y >= 0"])
        .corrected(
            mend="added hypothesis",
            given=["x > 0", "y > 0"],
            note="The second argument must lie where R is differentiable, inside the domain.",
            covering="R = x log x - x",
        )
        .derived(divergence(instances.ENTROPY))
    )


@claim("tB10-statement", place="Theorem B.10", rests_on=["t34-statement"], kind="equivalence")
def three_points_of_the_entropy() -> Draft:
    """The limit y = x0 exp(s Z^T) minimises D(., x0) among interpolants: D(x, x0) - D(y, x0) = D(x, y) + s Z(x - y).

    Here R is the entropy of two coordinates and Z = (a, b) one row; D(x, y) >= 0, and Z(x - y) = 0 for interpolants.
    """

    def between(x: str, y: str) -> str:
        return " + ".join(f"({x}{k}*log({x}{k}/{y}{k}) - {x}{k} + {y}{k})" for k in (1, 2))

    return (
        printed(
            f"{between('x', 'c')} - ({between('y', 'c')}) == {between('x', 'y')} + s*(a*(x1 - y1) + b*(x2 - y2))",
            given=["x1 > 0", "x2 > 0", "c1 > 0", "c2 > 0", "a real", "b real", "s real"],
            where={"y1": "c1*exp(s*a)", "y2": "c2*exp(s*b)"},
        )
        .covering("R = x log x - x, two coordinates, one row Z")
        .derived(divergence(instances.ENTROPY))
    )


@claim("b-gf-special", place="Appendix B", kind="identity")
def gradient_flow_is_mirror_flow() -> Draft:
    """R = x^2/2 has R' = x and R'' = 1."""
    return printed("diff(x**2/2, x) == x and diff(x**2/2, x, 2) == 1", given=["x real"]).derived(
        potential(instances.SQUARE)
    )


@claim("b-time-rescaling", place="Appendix B", rests_on=["b-steepest-direction"], kind="equivalence")
def normalised_and_unnormalised_flow() -> Draft:
    """In the time with d tau = N^(2-q) dt, N the dual norm of the slope, the normalised direction is the plain one."""
    return printed(
        "-spow(g, q - 1)*N**(2 - q)/N**(2 - q) == -spow(g, q - 1)", given=["g real", "N > 0", "q >= 1"]
    ).derived(SteepestDirection().derivation())


@claim("c-diag-commutes", place="Appendix C", rests_on=["dC3-commuting"], kind="identity")
def coordinates_of_the_product_commute() -> Draft:
    """The gradients of two coordinates u1 u2 and v1 v2 of the product have zero bracket, here its entry of u1."""
    return (
        printed(
            "diff(diff(u1*u2, u1), v1)*diff(v1*v2, v1) + diff(diff(u1*u2, u1), v2)*diff(v1*v2, v2)"
            " - (diff(diff(v1*v2, u1), u1)*diff(u1*u2, u1) + diff(diff(v1*v2, u1), u2)*diff(u1*u2, u2)) == 0",
            given=["u1 real", "u2 real", "v1 real", "v2 real"],
        )
        .covering("L = 2, the entry of u1")
        .derived(parameterization("u1 u2", "v1 v2"))
    )


@claim("c-diag-commutes.any-depth", place="Appendix C", rests_on=["dC3-commuting"], kind="identity")
def coordinates_of_deep_products_commute() -> Draft:
    """At any depth: u P and v Q, P and Q the products of the other layers of the two coordinates, have no variable in
    common, so that each term of the bracket has a factor 0, a second derivative of one coordinate.
    """
    return printed(
        "diff(diff(u*P, u), v) == 0 and diff(v*Q, u) == 0 and diff(diff(v*Q, v), u) == 0",
        given=["u real", "v real", "P real", "Q real"],
    ).derived(parameterization("u1 u2 u3", "v1 v2 v3"))


@claim("f1-balance-limit", place="Theorem F.1, proof", rests_on=["l45-q1"], kind="limit")
def balance_of_the_normalised_layers() -> Draft:
    """The balance of the normalised layers, lam/|w|, tends to 0 as |w| -> oo."""
    return printed("limit(lam/u, u, oo) == 0", given=["lam > 0"]).derived(ProductMargin(3).derivation())


@claim("f1-balance-limit.every-pair", place="Theorem F.1, proof", rests_on=["l45-q1"], kind="identity")
def balance_of_every_pair_of_normalised_layers() -> Draft:
    """For all layers i and j the difference is lam/N, N = |w|; two layers after the first have the size z + lam."""
    return (
        printed("((z + lam) - (z + lam))/N == lam/N", given=["z >= 0", "lam > 0", "N > 0"])
        .corrected(
            "abs(a - b)/N <= lam/N and limit(lam/u, u, oo) == 0",
            mend="weaker conclusion",
            given=["z >= 0", "lam > 0", "N > 0", "z <= a", "a <= z + lam", "z <= b", "b <= z + lam"],
            note="It is lam/N in size for pairs with the first layer and 0 for the others, at most lam/N for all.",
        )
        .derived(ProductMargin(3).derivation())
    )


@claim("s4-depth-needed", place="Section 4, Abstract", rests_on=["ex417-l1", "tab1-coupled"], kind="classification")
def depth_for_sparsity() -> Draft:
    """For an L1 bias sign flow has too large a power with decoupled decay, 1 + 1/L > 1; coupled, 2/L = 1 at L = 2."""
    return printed("2 - 1*(L - 1)/L > 1 and 2/2 == 1", given=LAYERS).derived(
        OnManifoldRegularizer(instances.DEPTH, instances.EXPONENT).derivation()
    )


@claim("intro-larger-m-sparser", place="Section 1, end", rests_on=["l413-mneq1-formula"], kind="asymptotic")
def larger_exponent_is_sparser() -> Draft:
    """The power 2 - m of the potential falls with m = q (L-1)/L, and so with q and with L."""
    return printed(
        "implies(q1 < q2, 2 - q2*(L - 1)/L < 2 - q1*(L - 1)/L) and 2 - q1*L/(L + 1) < 2 - q1*(L - 1)/L",
        given=["q1 >= 1", "q2 >= 1", *LAYERS],
    ).covering("lam = 0, the power of the potential").derived(
        NetworkPotential(instances.DEPTH, instances.EXPONENT).derivation()
    )

"""Theorem 4.8 (E.3), Corollaries 4.9 and 4.10, Example 3.2: the mirror flow that the balance induces."""

from __future__ import annotations

import sympy

from theory.metric import InverseMetric, first_layer_of_two
from theory.network_potential import hyperbolic_entropy
from theory.potentials import MirrorPotential
from theory.two_layers import TwoLayerGradient
from verify.claim import Draft, claim, printed

DEPTH = sympy.Symbol("L", integer=True, positive=True)
CLOSED = "(z + lam)**(L - 1) + (L - 1)*z*(z + lam)**(L - 2)"
LAYERS = ["L >= 2 integer"]
BALANCED = ["z >= 0", "lam > 0"]

ENTROPY = "(x*asinh(x/lam) - sqrt(x**2 + 2*lam**2) - x*log((m0 + w0)/(m0 - w0)))/2"
START = ["m0 real", "w0 real", "-m0 < w0", "w0 < m0"]  # |w0| < m0


def derived_entropy() -> MirrorPotential:
    lam, m0, w0 = sympy.Symbol("lam", positive=True), sympy.Symbol("m0", real=True), sympy.Symbol("w0", real=True)
    return hyperbolic_entropy(lam, m0, w0)


@claim("ex32-formula", place="Example 3.2, Eq. (2)", rests_on=["d33-preserved"], kind="identity")
def hyperbolic_entropy_of_the_product() -> Draft:
    """The R printed in Eq. (2) is the potential of x = m w under gradient flow: R'' = 1/(m^2 + w^2)."""
    metric = "diff(R, x, 2) == 1/sqrt(4*x**2 + lam**2)"
    entropy = derived_entropy()
    return (
        printed(metric, given=["x real", "lam > 0", *START], where={"R": ENTROPY})
        .corrected(
            mend="constant",
            where={"R": entropy.potential},
            note="x/lam must be 2 x/lam, and 2 lam^2 under the root must be lam^2/4.",
        )
        .derived(entropy.derivation())
    )


@claim("ex32-formula.metric", place="Example 3.2, Eq. (1)", rests_on=["d33-preserved"], kind="identity")
def speed_of_the_product() -> Draft:
    """The speed of x = m w per unit of force is m^2 + w^2 = sqrt(4 x^2 + lam^2) with lam = m^2 - w^2."""
    return printed("m**2 + w**2 == sqrt(4*(m*w)**2 + (m**2 - w**2)**2)", given=["m real", "w real"]).derived(
        derived_entropy().derivation()
    )


@claim("ex32-formula.flow", place="Example 3.2, Eq. (1)", rests_on=["d33-preserved"], kind="dynamics")
def entropy_moves_against_the_force() -> Draft:
    """Along the flow of (m, w) the gradient of the derived potential, asinh(2 x/lam)/2, moves at the rate -f'(x)."""
    return printed(
        "ddt(asinh(2*m*w/(m**2 - w**2))/2) == -g",
        given=["g real", "m + w > 0", "m - w > 0"],
        flow={"m": "-g*w", "w": "-g*m"},
    ).derived(derived_entropy().derivation())


@claim("ex32-gradzero", place="Example 3.2, Eq. (2)", rests_on=["ex32-formula"], kind="identity")
def entropy_is_flat_at_the_start() -> Draft:
    """The logarithm in Eq. (2) makes the gradient of R vanish at the start x0 = m0 w0."""
    x, lam = sympy.Symbol("x", real=True), sympy.Symbol("lam", positive=True)
    m0, w0 = sympy.Symbol("m0", real=True), sympy.Symbol("w0", real=True)
    log_term = x * sympy.log((m0 + w0) / (m0 - w0))
    as_printed = MirrorPotential((x * sympy.asinh(x / lam) - sympy.sqrt(x**2 + 2 * lam**2) - log_term) / 2, x)
    start = {x: m0 * w0, lam: m0**2 - w0**2}
    return (
        printed("slope == 0", given=START, where={"slope": as_printed.gradient.subs(start)})
        .corrected(
            "asinh(2*m0*w0/(m0**2 - w0**2))/2 - log((m0 + w0)/(m0 - w0))/2 == 0",
            mend="constant",
            where={},
            note="With the derived R the gradient is asinh(2 x/lam)/2 minus half the logarithm.",
        )
        .derived(derived_entropy().derivation())
    )


@claim("ex32-condition", place="Example 3.2", kind="identity")
def start_gives_a_positive_balance() -> Draft:
    """|w0| < m0 makes the balance positive and the logarithm real."""
    return printed("m0**2 - w0**2 > 0 and (m0 + w0)/(m0 - w0) > 0", given=START).derived(derived_entropy().derivation())


@claim("t48-eq14", place="Theorem E.3, Eq. (14)", rests_on=["chain-dx", "d46-L-layers"], kind="identity")
def inverse_metric_in_the_first_layer() -> Draft:
    """The inverse metric is (z + lam)^(L-1) + (L-1) z (z + lam)^(L-2) with z = |w_1|^q, at L = 2, ..., 6."""
    sums = {f"M{n}": InverseMetric(n).in_first_layer for n in range(2, 7)}
    each = [f"M{n} == (z + lam)**{n - 1} + {n - 1}*z*(z + lam)**{n - 2}" for n in range(2, 7)]
    draft = printed(" and ".join(each), given=BALANCED, where=sums).covering("L = 2, ..., 6")
    return draft.derived(InverseMetric(3).derivation())


@claim("t48-eq14.any-depth", place="Theorem E.3, Eq. (14)", rests_on=["chain-dx", "d46-L-layers"], kind="identity")
def inverse_metric_at_any_depth() -> Draft:
    """At every depth: with X = |x|^q the product of z and L - 1 factors z + lam, the products P1 of all but the first
    and P2 of all but another factor, one and L - 1 in number, add up to Eq. (14).
    """
    return printed(
        f"P1*z == X and P2*(z + lam) == X and P1 + (L - 1)*P2 == {CLOSED}",
        given=[*BALANCED, *LAYERS],
        where={"X": "z*(z + lam)**(L - 1)", "P1": "(z + lam)**(L - 1)", "P2": "z*(z + lam)**(L - 2)"},
    ).derived(InverseMetric(DEPTH).derivation())


@claim("t48-eq14.weights", place="Theorem E.3, Eq. (14)", rests_on=["chain-dx", "d46-L-layers"], kind="identity")
def inverse_metric_of_three_layers() -> Draft:
    """The same at L = 3 in the weights, |w_3| = |w_2| and lam = |w_2|^q - |w_1|^q > 0."""
    draft = printed(
        "abs(w2*w3)**q + abs(w1*w3)**q + abs(w1*w2)**q == (z + lam)**2 + 2*z*(z + lam)",
        given=["w1 real", "w2 real", "w3 real", "abs(w3) == abs(w2)", "q >= 1", "abs(w2) > abs(w1)"],
        where={"z": "abs(w1)**q", "lam": "abs(w2)**q - abs(w1)**q"},
    )
    return draft.covering("L = 3").derived(InverseMetric(3).derivation())


@claim("t48-poly", place="Theorem E.3, proof", rests_on=["t48-eq14"], kind="identity")
def size_of_x_increases_with_the_first_layer() -> Draft:
    """d/dz of z (z + lam)^(L-1) is the expression of Eq. (14) and is positive for z >= 0."""
    return printed(f"diff(z*(z + lam)**(L - 1), z) == {CLOSED} and {CLOSED} > 0", given=[*BALANCED, *LAYERS]).derived(
        InverseMetric(DEPTH).derivation()
    )


@claim("t48-poly.unique", place="Theorem E.3, proof", rests_on=["t48-eq14"], kind="identity")
def first_layer_is_unique() -> Draft:
    """z (z + lam)^(L-1) takes each value once on z >= 0."""
    return printed(
        "implies(y < z, y*(y + lam)**(L - 1) < z*(z + lam)**(L - 1))", given=["y >= 0", *BALANCED, *LAYERS]
    ).derived(InverseMetric(DEPTH).derivation())


@claim("t48-poly.zero-balance", place="Theorem E.3, proof", rests_on=["t48-eq14"], kind="identity")
def first_layer_at_zero_balance() -> Draft:
    """At lam = 0 the solution is z = |x|^(q/L)."""
    return printed(
        "abs(x)**(q/L)*(abs(x)**(q/L) + 0)**(L - 1) == abs(x)**q", given=["x real", "q >= 1", *LAYERS]
    ).derived(InverseMetric(DEPTH).derivation())


@claim("t48-L2", place="Theorem 4.8, last display", rests_on=["t48-eq14"], kind="identity")
def metric_of_two_layers() -> Draft:
    """For L = 2, R'' = 1/sqrt(4 |x|^q + lam^2)."""
    metric = InverseMetric(2)
    return printed(
        "1/M == 1/sqrt(4*abs(x)**q + lam**2)",
        given=["x real", "q >= 1", "lam > 0"],
        where={"z": first_layer_of_two(), "M": "2*z + lam"},
    ).derived(metric.derivation())


@claim("t48-L2.zero-balance", place="Theorem E.3, last display", rests_on=["t48-eq14"], kind="identity")
def metric_of_two_layers_down_to_zero_balance() -> Draft:
    """The same for every lam >= 0, as Theorem E.3 has it."""
    given = ["x real", "q >= 1", "lam >= 0"]
    where = {"z": "(-lam + sqrt(lam**2 + 4*abs(x)**q))/2", "M": "2*z + lam"}
    return (
        printed("1/M == 1/sqrt(4*abs(x)**q + lam**2)", given=given, where=where)
        .corrected(
            mend="added hypothesis",
            given=[*given, "abs(x) + lam > 0"],
            note="At lam = 0 the metric has no value at x = 0, and R is not C^2 there.",
        )
        .derived(InverseMetric(2).derivation())
    )


@claim("t48-L2.weights", place="Theorem 4.8, last display", rests_on=["t48-eq14"], kind="identity")
def metric_of_two_layers_in_the_weights() -> Draft:
    """|w_1|^q + |w_2|^q = sqrt(4 |x|^q + lam^2) for x = w_1 w_2 and lam = |w_2|^q - |w_1|^q."""
    return printed(
        "abs(w1)**q + abs(w2)**q == sqrt(4*abs(w1*w2)**q + (abs(w2)**q - abs(w1)**q)**2)",
        given=["w1 real", "w2 real", "q >= 1"],
    ).derived(InverseMetric(2).derivation())


@claim("t48-L2-appendix", place="Theorem E.3, proof, L = 2, last display", rests_on=["t48-L2"], kind="identity")
def metric_of_two_layers_in_the_appendix() -> Draft:
    """2 |w_1|^q + lam = sqrt(lam^2 + |x|^q)."""
    return (
        printed(
            "2*z + lam == sqrt(lam**2 + abs(x)**q)",
            given=["x real", "q >= 1", "lam > 0"],
            where={"z": first_layer_of_two()},
        )
        .corrected("2*z + lam == sqrt(lam**2 + 4*abs(x)**q)", mend="constant", note="The factor 4 of |x|^q is lost.")
        .derived(InverseMetric(2).derivation())
    )


@claim("t48-L2-root", place="Theorem E.3, proof, L = 2", rests_on=["t48-poly"], kind="identity")
def root_of_the_quadratic() -> Draft:
    """z = (-lam + sqrt(lam^2 + 4 |x|^q))/2 solves z (z + lam) = |x|^q and is not negative."""
    return printed(
        "z >= 0 and z*(z + lam) == abs(x)**q",
        given=["x real", "q >= 1", "lam > 0"],
        where={"z": "(-lam + sqrt(lam**2 + 4*abs(x)**q))/2"},
    ).derived(InverseMetric(2).derivation())


@claim("t48-L2-root.sole", place="Theorem E.3, proof, L = 2", rests_on=["t48-poly"], kind="identity")
def sole_nonnegative_root() -> Draft:
    """Two nonnegative solutions of z (z + lam) = |x|^q are the same."""
    return printed("implies(y*(y + lam) == z*(z + lam), y == z)", given=["y >= 0", "z >= 0", "lam > 0"]).derived(
        InverseMetric(2).derivation()
    )


@claim("c49-mu", place="Corollary 4.9 with Definition 4.6", rests_on=["t48-eq14", "d46-L-layers"], kind="inequality")
def coercivity_constant() -> Draft:
    """mu = lam^(L-1), with the first layer the larger one as in Definition 4.6: |w_1|^q - |w_j|^q = lam."""
    return (
        printed("u**(L - 1) + (L - 1)*(u + lam)*u**(L - 2) >= lam**(L - 1)", given=["u > 0", "lam > 0", *LAYERS])
        .corrected(
            f"{CLOSED} >= (z + lam)**(L - 1) and (z + lam)**(L - 1) >= lam**(L - 1)",
            mend="sign",
            given=[*BALANCED, *LAYERS],
            note="The first layer must be the smallest, |w_j|^q - |w_1|^q = lam, as the proof of Theorem E.3 uses it.",
        )
        .derived(InverseMetric(DEPTH).derivation())
    )


@claim("c49-mu.attained", place="Corollary 4.9", rests_on=["t48-eq14", "d46-L-layers"], kind="identity")
def coercivity_constant_is_attained() -> Draft:
    """At z = 0 the inverse metric is lam^(L-1): no larger constant would do."""
    return printed("M == lam**(L - 1)", given=["lam > 0", *LAYERS], where={"z": "0", "M": CLOSED}).derived(
        InverseMetric(DEPTH).derivation()
    )


@claim("c410-mu", place="Corollary 4.10", rests_on=["c49-mu"], kind="identity")
def balance_of_the_start() -> Draft:
    """w_1 = 0, w_i = lam is lam^q-balanced, and the coercivity constant is lam^(q (L-1))."""
    return printed(
        "abs(lam)**q - abs(0)**q == lam**q and (lam**q)**(L - 1) == lam**(q*(L - 1))",
        given=["lam > 0", "q >= 1", *LAYERS],
    ).derived(InverseMetric(DEPTH).derivation())


@claim("c410-order", place="text after Corollary 4.10", rests_on=["c410-mu", "t42-linear-rate"], kind="inequality")
def smaller_q_gives_larger_coercivity() -> Draft:
    """For smaller q the coercivity constant lam^(q (L-1)) is larger."""
    given = ["1 <= q1", "q1 < q2", "lam > 0", *LAYERS]
    return (
        printed("lam**(q1*(L - 1)) > lam**(q2*(L - 1))", given=given)
        .corrected(
            mend="added hypothesis",
            given=[*given, "lam < 1"],
            note="The order turns round for weights larger than 1.",
        )
        .derived(InverseMetric(DEPTH).derivation())
    )


@claim("t48-lowerbound", place="Theorem E.3, proof, chain of inequalities", rests_on=["t48-eq14"], kind="inequality")
def lower_bound_of_the_metric() -> Draft:
    """R''(y) >= |y|^(-m), with |y|^q = z (z + lam)^(L-1)."""
    return (
        printed(f"1/({CLOSED}) >= (z*(z + lam)**(L - 1))**(-(L - 1)/L)", given=["z > 0", "lam > 0", *LAYERS])
        .corrected(
            f"1/({CLOSED}) >= 1/(L*(z + lam)**(L - 1))",
            mend="replaced",
            note="The printed bound points the wrong way: R'' lies below |y|^(-m)/L. What bounds it from below is"
            " 1/(L (|y|^(q/L) + lam)^(L-1)), since z <= |y|^(q/L).",
        )
        .derived(InverseMetric(DEPTH).derivation())
    )


@claim("t48-lowerbound.upper", place="Theorem E.3, proof", rests_on=["t48-eq14"], kind="inequality")
def metric_lies_below_the_power() -> Draft:
    """The opposite of the printed bound: R''(y) <= 1/(z + lam)^(L-1) <= |y|^(-m), |y|^q = z (z + lam)^(L-1)."""
    return printed(
        f"1/({CLOSED}) <= 1/(z + lam)**(L - 1) and 1/(z + lam)**(L - 1) <= 1/(z*(z + lam)**(L - 1))**((L - 1)/L)",
        given=["z > 0", "lam > 0", *LAYERS],
    ).derived(InverseMetric(DEPTH).derivation())


@claim("t48-range", place="Theorem E.3, proof", rests_on=["t48-eq14", "c49-mu"], kind="inequality")
def range_of_the_metric() -> Draft:
    """The inverse metric is at least lam^(q (L-1)), and R'' lies in (0, lam^(-q (L-1)))."""
    given = [*BALANCED, "1 <= q <= 2", *LAYERS]
    return (
        printed("M >= lam**(q*(L - 1)) and 1/M > 0 and 1/M < lam**(-q*(L - 1))", given=given, where={"M": CLOSED})
        .corrected(
            "M >= (z + lam)**(L - 1) and (z + lam)**(L - 1) >= lam**(L - 1) and 1/M > 0"
            " and 1/M <= 1/(z + lam)**(L - 1) and 1/(z + lam)**(L - 1) <= lam**(-(L - 1))",
            mend="constant",
            given=[*BALANCED, *LAYERS],
            note="lam is the balance of |w|^q, so no power q appears; the bound of R'' is attained at x = 0.",
        )
        .derived(InverseMetric(DEPTH).derivation())
    )


@claim("t48-asympt", place="Definition 4.12 applied to Theorem 4.8", rests_on=["t48-eq14"], kind="asymptotic")
def metric_exponent_of_two_layers() -> Draft:
    """The inverse metric over |x|^m tends to L, m = q (L-1)/L; here L = 2."""
    draft = printed(
        "asymptotic(sqrt(4*abs(x)**q + lam**2), 2*abs(x)**(q/2), x, oo)", given=["x real", "q >= 1", "lam > 0"]
    )
    return draft.covering("L = 2").derived(InverseMetric(2).derivation())


@claim("t48-asympt.any-depth", place="Definition 4.12 applied to Theorem 4.8", rests_on=["t48-eq14"], kind="asymptotic")
def metric_exponent_at_any_depth() -> Draft:
    """The same at every depth, in z = |w_1|^q: |x|^q = z (z + lam)^(L-1), so |x|^m is its power (L-1)/L."""
    return printed(
        f"asymptotic({CLOSED}, L*(z*(z + lam)**(L - 1))**((L - 1)/L), z, oo)", given=[*BALANCED, *LAYERS]
    ).derived(InverseMetric(DEPTH).derivation())


@claim("fig2-metric-exponent", place="Figure 2, left", rests_on=["l413-inverse-metric"], kind="identity")
def metric_exponent() -> Draft:
    """With |w_k| = |x|^(1/L) each term prod_{k != i} |w_k|^q of the metric is |x|^m, m = q (L-1)/L."""
    return printed(
        "((abs(x)**(1/L))**q)**(L - 1) == abs(x)**(q*(L - 1)/L)", given=["x real", "q >= 1", *LAYERS]
    ).derived(InverseMetric(DEPTH).derivation())


@claim("r411", place="Remark 4.11", rests_on=["t48-L2"], kind="identity")
def potential_of_sign_flow_of_two_layers() -> Draft:
    """For q = 1, L = 2: R' = sign(x) (sqrt(4 |x| + lam^2) - lam)/2 has R'' = 1/sqrt(4 |x| + lam^2)."""
    return printed(
        "diff(sign(x)*(sqrt(4*abs(x) + lam**2) - lam)/2, x) == 1/sqrt(4*abs(x) + lam**2)",
        given=["x real", "lam > 0"],
    ).covering("our potential, not that of the cited paper").derived(InverseMetric(2).derivation())


@claim("t48-C2", place="Theorem E.3, proof", rests_on=["t48-poly"], kind="classification")
def second_derivative_is_continuous() -> Draft:
    """R'' = 1/M(z) is positive and tends to lam^(-(L-1)) as z -> 0, and z tends to 0 with x, |x|^q = z (z + lam)^(L-1),
    since (z + lam)^(L-1) >= lam^(L-1): R is strictly convex and C^2.
    """
    return printed(
        "1/M > 0 and limit(1/M, z, 0, '+') == 1/lam**(L - 1) and (z + lam)**(L - 1) >= lam**(L - 1)"
        " and lam**(L - 1) > 0",
        given=[*BALANCED, *LAYERS],
        where={"M": CLOSED},
    ).derived(InverseMetric(DEPTH).derivation())


@claim("c49-uses-t42", place="text after Corollary 4.9", rests_on=["c49-mu", "t42-linear-rate"], kind="equivalence")
def corollary_gives_the_coercivity_of_the_theorem() -> Draft:
    """For q (L-1)/L <= 1 Corollary 4.9 gives Theorem 4.2 its constant: M >= mu = lam^(L-1) > 0."""
    given = ["z >= 0", "lam >= 0", *LAYERS, "q >= 1", "q*(L - 1)/L <= 1"]
    least = "(z + lam)**(L - 1)"
    return (
        printed(f"M >= {least} and {least} >= lam**(L - 1) and lam**(L - 1) > 0", given=given, where={"M": CLOSED})
        .corrected(
            mend="added hypothesis",
            given=[*given, "lam > 0"],
            note="At lam = 0, which Theorem E.3 allows, the constant is 0 and Theorem 4.2 does not apply.",
        )
        .derived(InverseMetric(DEPTH).derivation())
    )


@claim("s4-explicit", place="Section 4, before Theorem 4.8", rests_on=["t48-L2", "l413-mneq1-formula"], kind="identity")
def explicit_potentials_of_two_layers() -> Draft:
    """For L = 2 R is explicit: R'' = 1/sqrt(4 |x|^q + lam^2) at q = 1 and q = 2. (At lam = 0 see Lemma 4.13.)"""
    return (
        printed(
            "diff(R1, x, 2) == 1/sqrt(4*abs(x) + lam**2) and diff(R2, x, 2) == 1/sqrt(4*x**2 + lam**2)",
            given=["x real", "lam > 0"],
            where={
                "R1": "(4*abs(x) + lam**2)**(3/2)/12 - lam*abs(x)/2",
                "R2": "(x*asinh(2*x/lam) - sqrt(4*x**2 + lam**2)/2)/2",
            },
        )
        .covering("L = 2, q = 1 and q = 2")
        .derived(TwoLayerGradient().derivation())
    )


@claim("s4-explicit.series", place="Section 4, before Theorem 4.8", rests_on=["t48-L2"], kind="identity")
def gradient_of_two_layers_as_a_series() -> Draft:
    """For every q the gradient at L = 2 is a hypergeometric series in -4 |x|^q/lam^2: the term of x^(q k + 1) in it has
    the factor (1/q)_k/(1 + 1/q)_k = 1/(1 + q k), which differentiation takes away; the binomial series is left.
    """
    return (
        printed(
            "diff(c*x**(q*k + 1)/(1 + q*k), x) == c*x**(q*k) and (1/q)/(1/q + k) == 1/(1 + q*k)",
            given=["x > 0", "q >= 1", "k >= 0 integer", "c real"],
        )
        .covering("L = 2, each term of the series")
        .derived(TwoLayerGradient().derivation())
    )

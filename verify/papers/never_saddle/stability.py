"""Corollary 4.14, the remaining steps of Theorem E.3, the limits of Example 3.2."""

from __future__ import annotations

import sympy

from theory.flattening import FlatteningVariable
from theory.metric import InverseMetric
from theory.network_potential import NetworkPotential
from theory.regularizers import OnManifoldRegularizer
from theory.reparameterizations import DeepDiagonal
from verify.claim import Draft, claim, printed
from verify.papers.never_saddle import instances
from verify.papers.never_saddle.mirror import derived_entropy

ENTROPY = "(x*asinh(2*x/lam) - sqrt(4*x**2 + lam**2)/2)/2"


@claim("ex32-interp-l1", place="Example 3.2", rests_on=["ex32-formula"], kind="limit")
def entropy_at_small_balance() -> Draft:
    """R/log(1/lam) tends to |x|/2 as lam -> 0, up to scale the L1 norm."""
    return printed(
        "limit(R/log(1/lam), lam, 0, '+') == abs(x)/2", given=["x real", "lam > 0"], where={"R": ENTROPY}
    ).derived(derived_entropy().derivation())


@claim("ex32-interp-l2", place="Example 3.2", rests_on=["ex32-formula"], kind="limit")
def entropy_at_large_balance() -> Draft:
    """lam (R(x) - R(0)) tends to x^2/2 as lam -> oo."""
    return printed(
        "limit(lam*(R + lam/4), lam, oo) == x**2/2", given=["x real", "lam > 0"], where={"R": ENTROPY}
    ).derived(derived_entropy().derivation())


AS_PRINTED = "(x*asinh(x/lam) - sqrt(x**2 + 2*lam**2) - x*k)/2"  # Eq. (2), its logarithm k


@claim("ex32-interp-l1.as-printed", place="Example 3.2, Eq. (2)", rests_on=["ex32-formula"], kind="limit")
def printed_entropy_interpolates() -> Draft:
    """The R printed in Eq. (2) has the same two limits up to scale, R(0) and its linear term taken off for the second,
    where the factor is 1/2 - sqrt(2)/8 and not 1/2.
    """
    return printed(
        "limit(R/log(1/lam), lam, 0, '+') == abs(x)/2"
        " and limit(lam*(R + x*k/2 + sqrt(2)*lam/2), lam, oo) == x**2*(1/2 - sqrt(2)/8)",
        given=["x real", "lam > 0", "k real"],
        where={"R": AS_PRINTED},
    ).derived(derived_entropy().derivation())


@claim("ex32-bregman.as-printed", place="Example 3.2, Eq. (2)", rests_on=["dB9-bregman"], kind="classification")
def printed_entropy_is_bregman() -> Draft:
    """The R printed in Eq. (2) is a Bregman function too."""
    given = ["x real", "lam > 0", "k real"]
    return printed("bregman(R, x)", given=given, where={"R": AS_PRINTED}).derived(derived_entropy().derivation())


@claim("ex32-bregman", place="Example 3.2", rests_on=["dB9-bregman", "ex32-formula"], kind="classification")
def entropy_is_bregman() -> Draft:
    """The hyperbolic entropy is a Bregman function for every lam > 0."""
    return printed("bregman(R, x)", given=["x real", "lam > 0"], where={"R": ENTROPY}).derived(
        derived_entropy().derivation()
    )


@claim("t48-bregman-legendre", place="Theorem 4.8", rests_on=["dB7-legendre", "dB9-bregman"], kind="classification")
def potential_of_sign_flow_is_legendre() -> Draft:
    """At q = 1, L = 2 the potential with R'' = 1/sqrt(4 |x| + lam^2) is Legendre and Bregman, for every lam > 0."""
    draft = printed(
        "diff(R, x, 2) == 1/sqrt(4*abs(x) + lam**2) and legendre(R, x) and bregman(R, x)",
        given=["x real", "lam > 0"],
        where={"R": "(4*abs(x) + lam**2)**(3/2)/12 - lam*abs(x)/2"},
    )
    return draft.covering("q = 1, L = 2").derived(InverseMetric(2).derivation())


@claim("t48-bregman-legendre.gradient-flow", place="Theorem 4.8", rests_on=["ex32-formula"], kind="classification")
def potential_of_gradient_flow_is_legendre() -> Draft:
    """At q = 2, L = 2 the potential with R'' = 1/sqrt(4 x^2 + lam^2) is Legendre and Bregman, for every lam > 0."""
    draft = printed(
        "diff(R, x, 2) == 1/sqrt(4*x**2 + lam**2) and legendre(R, x) and bregman(R, x)",
        given=["x real", "lam > 0"],
        where={"R": ENTROPY},
    )
    return draft.covering("q = 2, L = 2").derived(derived_entropy().derivation())


@claim("t48-bregman-legendre.any-depth", place="Theorem 4.8", rests_on=["t48-eq14"], kind="classification")
def conjugate_potential_of_sign_flow_at_any_depth() -> Draft:
    """At q = 1 and every depth R is Legendre, as its conjugate Q is.

    With x = z (z + lam)^(L-1), dx = M dz, so that R'(x) = z on x > 0, and Q' = y (|y| + lam)^(L-1) inverts R'.
    """
    draft = printed(
        "diff(Q, y) == y*(abs(y) + lam)**(L - 1) and legendre(Q, y)",
        given=["y real", "lam > 0", "L >= 2 integer"],
        where={"Q": "(abs(y) + lam)**(L + 1)/(L + 1) - lam*(abs(y) + lam)**L/L"},
    )
    return draft.covering("q = 1, Legendre").derived(InverseMetric(2).derivation())


@claim("t48-bregman-legendre.every-index", place="Theorem 4.8", rests_on=["t48-lowerbound"], kind="asymptotic")
def gradient_is_unbounded_at_every_index() -> Draft:
    """For every q and L with m <= 1 the gradient has the range R: from z = lam on, |y|^q = z (z + lam)^(L-1), the
    inverse metric is at most L 2^(L-1) |y|^m, and the integral of |y|^(-m) has no bound.
    """
    size = "(z*(z + lam)**(L - 1))**((L - 1)/L)"
    metric = "(z + lam)**(L - 1) + (L - 1)*z*(z + lam)**(L - 2)"
    return (
        printed(
            f"{metric} <= L*(z + lam)**(L - 1) and (z + lam)**(L - 1) <= (2*z)**(L - 1) and z**(L - 1) <= {size}"
            " and diff(x**(1 - m)/(1 - m), x) == x**(-m) and limit(x**(1 - m)/(1 - m), x, oo) == oo"
            " and diff(log(x), x) == x**(-1) and limit(log(x), x, oo) == oo",
            given=["lam > 0", "z >= lam", "L >= 2 integer", "x > 0", "0 < m", "m < 1"],
        )
        .covering("the range of the gradient")
        .derived(InverseMetric(instances.DEPTH).derivation())
    )


@claim("s4-lambda-small", place="text after Corollary 4.14", rests_on=["t48-L2"], kind="limit")
def metric_at_vanishing_balance() -> Draft:
    """For two layers 1/sqrt(4 |x|^q + lam^2) tends to 1/(2 |x|^(q/2)) as lam -> 0."""
    return printed(
        "limit(1/sqrt(4*abs(x)**q + lam**2), lam, 0, '+') == 1/(2*abs(x)**(q/2))", given=["x != 0", "q >= 1"]
    ).covering("L = 2, R'' off x = 0").derived(InverseMetric(2).derivation())


@claim("s4-lambda-small.any-depth", place="text after Corollary 4.14", rests_on=["t48-eq14"], kind="limit")
def metric_at_vanishing_balance_at_any_depth() -> Draft:
    """At every depth the inverse metric in z = |w_1|^q tends to L z^(L-1) as lam -> 0, z > 0."""
    return (
        printed(
            "limit((z + lam)**(L - 1) + (L - 1)*z*(z + lam)**(L - 2), lam, 0, '+') == L*z**(L - 1)",
            given=["z > 0", "L >= 2 integer"],
        )
        .covering("R'' off x = 0")
        .derived(InverseMetric(instances.DEPTH).derivation())
    )


@claim("c414-p2", place="Corollary 4.14", rests_on=["t48-asympt", "dB9-bregman"], kind="classification")
def only_two_layers_for_gradient_flow() -> Draft:
    """For p = 2 only L = 2 gives a Bregman function: at lam = 0 and L = 3 (x0 = 1) the potential would be none."""
    return (
        printed("not bregman(R, x)", given=["x >= 0"], where={"R": "-(3/2*x**(2/3) - x)"})
        .corrected(
            "bregman(R, x)",
            mend="replaced",
            given=["x >= 0", "x0 > 0", "L >= 3 integer"],
            where={"R": "-1/(L - 2)*(L/2*x**(2/L) - x*x0**(2/L - 1))"},
            note="On the half-line of the start it is one at every depth L >= 3, as 1 < m = 2 (L-1)/L < 2.",
            covering="lam = 0, x0 > 0",
        )
        .derived(NetworkPotential(3, sympy.Rational(4, 3)).derivation())
    )


@claim("c414-p2.positive-balance", place="Corollary 4.14", rests_on=["t48-eq14", "dB9-bregman"], kind="classification")
def deep_gradient_flow_at_positive_balance() -> Draft:
    """For p = 2 only L = 2 is valid, lam > 0 included: at L >= 3 some level set {y: D(x, y) <= gam} is unbounded.

    On |y| = X, X^2 = z (z + lam)^(L-1), y R'(y) - R(y) grows by y dR' = X dX/M = dz/2 and R' is bounded, by c say, as
    m > 1: so D(x, y) = R(x) - x R'(y) + z/2 >= R(x) - |x| c + z/2, with R(0) = 0.
    """
    bound = "limit(Rx - abs(x)*c + z/2, z, oo)"
    given = ["Rx real", "x real", "c real"]
    return (
        printed(f"{bound} < oo", given=given)
        .corrected(
            f"X*diff(X, z) == M/2 and M > 0 and {bound} == oo",
            mend="replaced",
            given=[*given, "z > 0", "lam > 0", "L >= 2 integer"],
            where={"X": "sqrt(z*(z + lam)**(L - 1))", "M": "(z + lam)**(L - 1) + (L - 1)*z*(z + lam)**(L - 2)"},
            note="R is strictly convex and C^2 on R^n, its divergence has bounded level sets: it is a Bregman function"
            " at every depth. That dom R* is not R^n for L >= 3 only takes away the sufficient condition of the proof.",
        )
        .derived(InverseMetric(instances.DEPTH).derivation())
    )


@claim("c414-pinf", place="Corollary 4.14", rests_on=["t48-bregman-legendre"], kind="classification")
def every_depth_for_sign_flow() -> Draft:
    """For p = oo every L >= 2 is valid; at lam = 0 the potential is |x|^(1+1/L)/(1+1/L) up to a linear term."""
    draft = printed(
        "bregman(abs(x)**(1 + 1/L)/(1 + 1/L) - c*x, x)", given=["x real", "c real", "L >= 2 integer"]
    ).covering("lam = 0")
    return draft.derived(NetworkPotential(3, sympy.Rational(2, 3)).derivation())


@claim("c414-plt2", place="Corollary 4.14", rests_on=["t48-iff", "dB9-bregman"], kind="classification")
def no_potential_for_large_q() -> Draft:
    """For p < 2 there is no valid Bregman function, not at q = 3, L = 2, lam = 0, x0 = 1, where m = 3/2."""
    return (
        printed("not bregman(R, x)", given=["x >= 0"], where={"R": "-(2*sqrt(x) - x)"})
        .corrected(
            "bregman(R, x)",
            mend="replaced",
            given=["x >= 0", "c real", "2 < q", "q < 4"],
            where={"R": "c*x - x**(2 - q/2)"},
            note="On the half-line of the start a multiple of R is one, with a linear term c x, as 1 < m = q/2 < 2.",
            covering="L = 2, 2 < q < 4, lam = 0",
        )
        .derived(NetworkPotential(2, sympy.Rational(3, 2)).derivation())
    )


@claim("c414-plt2.positive-balance", place="Corollary 4.14", rests_on=["t48-L2", "dB9-bregman"], kind="classification")
def large_q_at_positive_balance() -> Draft:
    """For p < 2 no R is valid, lam > 0 included: at L = 2, 2 < q < 4 the divergence D(0, y), the integral of s R''(s)
    up to y, stays bounded, R'' = 1/sqrt(4 s^q + lam^2).
    """
    least = "(y**(2 - q/2) - 1)/((2 - q/2)*sqrt(4 + lam**2))"
    given = ["lam > 0", "2 < q", "q < 4"]
    return (
        printed(f"limit({least}, y, oo) < oo", given=given)
        .corrected(
            f"s/sqrt(4*s**q + lam**2) >= s**(1 - q/2)/sqrt(4 + lam**2) and diff({least}, y) =="
            f" y**(1 - q/2)/sqrt(4 + lam**2) and limit({least}, y, oo) == oo",
            mend="replaced",
            given=[*given, "s >= 1", "y > 0"],
            note="From s = 1 on the integral is at least one that diverges, and R' is bounded: the level sets of every"
            " divergence are bounded, and R is a Bregman function on R^n.",
            covering="L = 2, 2 < q < 4",
        )
        .derived(InverseMetric(2).derivation())
    )


@claim("c414-unified", place="Theorem 4.8 with Corollary 4.14", rests_on=["c414-p2"], kind="classification")
def criterion_in_the_dual_index() -> Draft:
    """q (L-1)/L <= 1 says L <= p, where 1/p + 1/q = 1."""
    return printed(
        "implies(q*(L - 1)/L <= 1, L <= p) and implies(L <= p, q*(L - 1)/L <= 1)",
        given=["q > 1", "L >= 2 integer"],
        where={"p": "q/(q - 1)"},
    ).derived(InverseMetric(instances.DEPTH).derivation())


@claim("ns2-adamw-exponent", place="Section 1", rests_on=["fig2-metric-exponent"], kind="identity")
def sign_flow_stays_below_one() -> Draft:
    """At q = 1 the metric exponent is below 1 at every depth."""
    return printed("1*(L - 1)/L < 1", given=["L >= 2 integer"]).derived(InverseMetric(instances.DEPTH).derivation())


@claim("sec5-depth-sparsity", place="Section 5", rests_on=["l413-mneq1-formula"], kind="asymptotic")
def deeper_is_sparser_for_sign_flow() -> Draft:
    """At q = 1 the power 2 - m = 1 + 1/L of the potential falls with the depth."""
    return (
        printed("2 - (L - 1)/L == 1 + 1/L and 1 + 1/(L + 1) < 1 + 1/L", given=["L >= 2 integer"])
        .covering("lam = 0, the power of the potential")
        .derived(NetworkPotential(instances.DEPTH, instances.EXPONENT).derivation())
    )


@claim("tab1-caption", place="Table 1, caption", rests_on=["tab1-coupled"], kind="classification")
def logarithm_is_not_convex() -> Draft:
    """The logarithmic regularizer of infinite depth is not convex."""
    return printed("not convex(log(x), x)", given=["x > 0"]).derived(
        OnManifoldRegularizer(instances.DEPTH, 2).derivation()
    )


@claim("e5-ode", place="Theorem E.5, proof, first display", rests_on=["t416-h"], kind="dynamics")
def velocity_under_decay() -> Draft:
    """x' = -L |x|^m s(f') - L a x for balanced layers, here L = 2 with w2 = w1 or w2 = -w1."""
    draft = printed(
        "ddt(w1*w2) == -2*abs(w1*w2)**(q/2)*spow(g, q - 1) - 2*a*w1*w2",
        given=["w1 real", "w2 real", "abs(w1) == abs(w2)", "g real", "a >= 0", "1 < q <= 2"],
        flow={"w1": "-spow(g*w2, q - 1) - a*w1", "w2": "-spow(g*w1, q - 1) - a*w2"},
    )
    return draft.covering("L = 2, 1 < q <= 2").derived(DeepDiagonal(2).derivation())


@claim("e5-ode.any-depth", place="Theorem E.5, proof, first display", rests_on=["t416-h"], kind="dynamics")
def share_of_a_balanced_layer_in_the_velocity() -> Draft:
    """At any depth, one of the L equal terms P w' of x' is -|x|^m s(f') - a x: P, the product of the others, has
    |P| = |w|^(L-1), and x = w P.
    """
    return printed(
        "P*(-spow(g*P, q - 1) - a*w) == -abs(w*P)**(q*(L - 1)/L)*spow(g, q - 1) - a*(w*P)",
        given=["w real", "P real", "abs(P) == abs(w)**(L - 1)", "g real", "a >= 0", "q >= 1", "L >= 2 integer"],
    ).derived(DeepDiagonal(2).derivation())


@claim("g1-statement", place="Theorem G.1", rests_on=["g1-z", "g1-dz"], kind="existence")
def new_variable_covers_the_line() -> Draft:
    """The new variable z reaches every real number, so that x = g(z) is defined on the line.

    Here R'' = (1 + x^2)^(-q), which is 1-coercive; z = atan(x) at every q.
    """
    facts = "diff(atan(x), x) == ((1 + x**2)**(-q))**(1/q) and (1 + x**2)**q >= 1"
    return (
        printed(f"{facts} and limit(atan(y), y, oo) == oo", given=["x real", "q >= 1"])
        .corrected(
            f"{facts} and limit(atan(y), y, oo) == pi/2",
            mend="weaker conclusion",
            note="z is strictly increasing but may have a bounded range; x = g(z) is then defined on an interval.",
            covering="R'' = (1 + x^2)^(-q)",
        )
        .derived(FlatteningVariable().derivation())
    )

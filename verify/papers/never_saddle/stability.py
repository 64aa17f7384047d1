"""Corollary 4.14, the remaining steps of Theorem E.3, the limits of Example 3.2."""

from __future__ import annotations

import sympy

from theory.metric import InverseMetric
from theory.network_potential import NetworkPotential
from theory.reparameterizations import DeepDiagonal
from verify.claim import Draft, claim, printed
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


@claim("ex32-bregman", place="Example 3.2", rests_on=["dB9-bregman", "ex32-formula"], kind="classification")
def entropy_is_bregman() -> Draft:
    """The hyperbolic entropy of lam = 1 is a Bregman function."""
    return printed("bregman((x*asinh(2*x) - sqrt(4*x**2 + 1)/2)/2, x)", given=["x real"]).derived(
        derived_entropy().derivation()
    )


@claim("t48-bregman-legendre", place="Theorem 4.8", rests_on=["dB7-legendre", "dB9-bregman"], kind="classification")
def potential_of_sign_flow_is_legendre() -> Draft:
    """At q = 1, L = 2, lam = 1 the potential with R'' = 1/sqrt(4 |x| + 1) is Legendre and Bregman."""
    return printed(
        "diff(R, x, 2) == 1/sqrt(4*abs(x) + 1) and legendre(R, x) and bregman(R, x)",
        given=["x real"],
        where={"R": "(4*abs(x) + 1)**(3/2)/12 - abs(x)/2"},
    ).derived(InverseMetric(2).derivation())


@claim("t48-iff", place="Theorem E.3, proof", rests_on=["t48-asympt", "d31-legendre"], kind="classification")
def lower_bound_diverges() -> Draft:
    """The bound |x|^(2-2m)/(1-m)^2 tends to infinity for m <= 1."""
    return printed("limit((1/(1 - m))**2*x**(2 - 2*m), x, oo) == oo", given=["m > 0", "m <= 1"]).corrected(
        "(1/(1 - m))**2 > 0 and limit(x**(2 - 2*m), x, oo) == oo",
        mend="added hypothesis",
        given=["m > 0", "m < 1"],
        note="At m = 1 the bound divides by zero; there the integral is a logarithm, which diverges too.",
    )


@claim("t48-iff.only", place="Theorem E.3, proof", rests_on=["t48-asympt", "d31-legendre"], kind="classification")
def lower_bound_does_not_diverge_above_one() -> Draft:
    """For m > 1 it tends to 0."""
    return printed("limit((1/(1 - m))**2*x**(2 - 2*m), x, oo) == 0", given=["m > 1"])


@claim("t48-iff.logarithm", place="Theorem E.3, proof", rests_on=["t48-asympt"], kind="classification")
def gradient_at_exponent_one_diverges() -> Draft:
    """At m = 1 (q = 2, L = 2) the gradient asinh(2 x/lam)/2 tends to infinity."""
    return printed("limit(asinh(2*x/lam)/2, x, oo) == oo", given=["lam > 0"]).derived(InverseMetric(2).derivation())


@claim("t48-odd", place="Theorem E.3, proof", rests_on=["t48-iff"], kind="identity")
def gradient_is_odd() -> Draft:
    """The gradient, an antiderivative of the even R'' that vanishes at the start x0, is odd (q = 2, L = 2)."""
    gradient = "asinh(2*x/lam)/2 - asinh(2*x0/lam)/2"
    mirrored = "asinh(2*(-x)/lam)/2 - asinh(2*x0/lam)/2"
    given = ["x real", "x0 real", "lam > 0"]
    return (
        printed(f"{mirrored} == -({gradient})", given=given)
        .corrected(
            mend="added hypothesis",
            given=[*given, "x0 == 0"],
            note="Only the antiderivative that vanishes at 0 is odd; the range is the whole line all the same.",
        )
        .derived(InverseMetric(2).derivation())
    )


@claim("s4-lambda-small", place="text after Corollary 4.14", rests_on=["t48-L2"], kind="limit")
def metric_at_vanishing_balance() -> Draft:
    """For two layers 1/sqrt(4 |x|^q + lam^2) tends to 1/(2 |x|^(q/2)) as lam -> 0."""
    return printed(
        "limit(1/sqrt(4*abs(x)**q + lam**2), lam, 0, '+') == 1/(2*abs(x)**(q/2))", given=["x != 0", "q >= 1"]
    ).derived(InverseMetric(2).derivation())


@claim("c414-p2", place="Corollary 4.14", rests_on=["t48-asympt", "dB9-bregman"], kind="classification")
def only_two_layers_for_gradient_flow() -> Draft:
    """For p = 2 only L = 2 gives a Bregman function: at lam = 0 and L = 3 (x0 = 1) the potential is none."""
    return (
        printed("not bregman(R, x)", given=["x >= 0"], where={"R": "-(3/2*x**(2/3) - x)"})
        .corrected("bregman(R, x)", mend="replaced", note="On the half-line of the start it is one, 1 < m = 4/3 < 2.")
        .derived(NetworkPotential(3, sympy.Rational(4, 3)).derivation())
    )


@claim("c414-pinf", place="Corollary 4.14", rests_on=["t48-bregman-legendre"], kind="classification")
def every_depth_for_sign_flow() -> Draft:
    """For p = oo every L >= 2 is valid; at lam = 0 and L = 3 the potential is a multiple of |x|^(4/3)."""
    return printed("bregman(abs(x)**(4/3), x)", given=["x real"]).derived(
        NetworkPotential(3, sympy.Rational(2, 3)).derivation()
    )


@claim("c414-plt2", place="Corollary 4.14", rests_on=["t48-iff", "dB9-bregman"], kind="classification")
def no_potential_for_large_q() -> Draft:
    """For p < 2 there is no valid Bregman function: q = 3, L = 2, lam = 0, x0 = 1, m = 3/2."""
    return (
        printed("not bregman(R, x)", given=["x >= 0"], where={"R": "-(2*sqrt(x) - x)"})
        .corrected("bregman(R, x)", mend="replaced", note="On the half-line of the start it is one, 1 < m = 3/2 < 2.")
        .derived(NetworkPotential(2, sympy.Rational(3, 2)).derivation())
    )


@claim("c414-unified", place="Theorem 4.8 with Corollary 4.14", rests_on=["c414-p2"], kind="classification")
def criterion_in_the_dual_index() -> Draft:
    """q (L-1)/L <= 1 says L <= p, where 1/p + 1/q = 1."""
    return printed(
        "implies(q*(L - 1)/L <= 1, L <= p) and implies(L <= p, q*(L - 1)/L <= 1)",
        given=["q > 1", "L >= 2 integer"],
        where={"p": "q/(q - 1)"},
    )


@claim("ns2-adamw-exponent", place="Section 1", rests_on=["fig2-metric-exponent"], kind="identity")
def sign_flow_stays_below_one() -> Draft:
    """At q = 1 the metric exponent is below 1 at every depth."""
    return printed("1*(L - 1)/L < 1", given=["L >= 2 integer"])


@claim("sec5-depth-sparsity", place="Section 5", rests_on=["l413-mneq1-formula"], kind="asymptotic")
def deeper_is_sparser_for_sign_flow() -> Draft:
    """At q = 1 the power 2 - m = 1 + 1/L of the potential falls with the depth."""
    return printed("2 - (L - 1)/L == 1 + 1/L and 1 + 1/(L + 1) < 1 + 1/L", given=["L >= 2 integer"])


@claim("tab1-caption", place="Table 1, caption", rests_on=["tab1-coupled"], kind="classification")
def logarithm_is_not_convex() -> Draft:
    """The logarithmic regularizer of infinite depth is not convex."""
    return printed("not convex(log(x), x)", given=["x > 0"])


@claim("e5-ode", place="Theorem E.5, proof, first display", rests_on=["t416-h"], kind="dynamics")
def velocity_under_decay() -> Draft:
    """x' = -L |x|^m s(f') - L a x for balanced layers, here L = 2 with w2 = w1 or w2 = -w1."""
    return printed(
        "ddt(w1*w2) == -2*abs(w1*w2)**(q/2)*spow(g, q - 1) - 2*a*w1*w2",
        given=["w1 real", "w2 real", "abs(w1) == abs(w2)", "g real", "a >= 0", "1 < q <= 2"],
        flow={"w1": "-spow(g*w2, q - 1) - a*w1", "w2": "-spow(g*w1, q - 1) - a*w2"},
    ).derived(DeepDiagonal(2).derivation())


@claim("g1-statement", place="Theorem G.1", rests_on=["g1-z", "g1-dz"], kind="existence")
def new_variable_covers_the_line() -> Draft:
    """The new variable z reaches every real number, so that x = g(z) is defined on the line.

    Here q = 2 and R'' = 1/(1 + x^2)^2, which is 1-coercive; z = atan(x).
    """
    facts = "diff(atan(x), x) == (1/(1 + x**2)**2)**(1/2) and (1 + x**2)**2 >= 1"
    return printed(f"{facts} and limit(atan(y), y, oo) == oo", given=["x real"]).corrected(
        f"{facts} and limit(atan(y), y, oo) == pi/2",
        mend="weaker conclusion",
        note="z is strictly increasing but may have a bounded range; x = g(z) is then defined on an interval alone.",
    )

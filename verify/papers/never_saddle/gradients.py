"""Theorem E.3, proof: where the gradient of the potential diverges, the chain of inequalities that is to show it."""

from __future__ import annotations

import sympy

from theory.metric import InverseMetric
from theory.network_potential import NetworkPotential
from verify.claim import Draft, claim, printed
from verify.papers.never_saddle import instances


@claim("t48-iff", place="Theorem E.3, proof", rests_on=["t48-asympt", "d31-legendre"], kind="classification")
def lower_bound_diverges() -> Draft:
    """The bound |x|^(2-2m)/(1-m)^2 tends to infinity for m <= 1."""
    return (
        printed("limit((1/(1 - m))**2*x**(2 - 2*m), x, oo) == oo", given=["m > 0", "m <= 1"])
        .corrected(
            "(1/(1 - m))**2 > 0 and limit(x**(2 - 2*m), x, oo) == oo",
            mend="added hypothesis",
            given=["m > 0", "m < 1"],
            note="At m = 1 the bound divides by zero; there the integral is a logarithm, which diverges too.",
        )
        .derived(NetworkPotential(instances.DEPTH, instances.EXPONENT).derivation())
    )


@claim("t48-lowerbound.triangle", place="Theorem E.3, proof, first line of the chain", kind="inequality")
def triangle_inequality() -> Draft:
    """The triangle inequality bounds the size of an integral from below by the integral of the size; here two terms."""
    return (
        printed("abs(a + b) >= abs(a) + abs(b)", given=["a real", "b real"])
        .corrected(
            "implies(a >= 0 and b >= 0, abs(a + b) == abs(a) + abs(b)) and abs(a + b) <= abs(a) + abs(b)",
            mend="sign",
            note="It bounds it from above. The two are equal because R'' is positive.",
        )
        .derived(InverseMetric(instances.DEPTH).derivation())
    )


@claim("t48-lowerbound.integral", place="Theorem E.3, proof, last line of the chain", kind="identity")
def integral_of_the_lower_bound() -> Draft:
    """The integral of y^(-m) from the start x0, where the gradient vanishes, to x has the square x^(2-2m)/(1-m)^2."""
    integral = "integrate(y**(-m), (y, x0, x))"
    return (
        printed(f"{integral}**2 == (1/(1 - m))**2*x**(2 - 2*m)", given=["x0 > 0", "x > x0", "m > 0", "m != 1"])
        .corrected(
            f"{integral} == (x**(1 - m) - x0**(1 - m))/(1 - m)",
            mend="constant",
            note="The lower end adds -x0^(1-m)/(1-m). It may be left out for m < 1 and x0 = 0; for m > 1 the printed"
            " square tends to 0 as x grows, where the integral tends to a positive number.",
        )
        .derived(NetworkPotential(instances.DEPTH, instances.EXPONENT).derivation())
    )


@claim("t48-iff.only", place="Theorem E.3, proof", rests_on=["t48-asympt", "d31-legendre"], kind="classification")
def lower_bound_does_not_diverge_above_one() -> Draft:
    """For m > 1 it tends to 0."""
    return printed("limit((1/(1 - m))**2*x**(2 - 2*m), x, oo) == 0", given=["m > 1"]).derived(
        NetworkPotential(instances.DEPTH, instances.EXPONENT).derivation()
    )


@claim("t48-iff.logarithm", place="Theorem E.3, proof", rests_on=["t48-asympt"], kind="classification")
def gradient_at_exponent_one_diverges() -> Draft:
    """At m = 1 (q = 2, L = 2) the gradient asinh(2 x/lam)/2 tends to infinity."""
    draft = printed("limit(asinh(2*x/lam)/2, x, oo) == oo", given=["lam > 0"]).covering("q = 2, L = 2")
    return draft.derived(InverseMetric(2).derivation())


@claim("t48-iff.boundary", place="Theorem E.3, proof", rests_on=["d31-legendre"], kind="classification")
def infinity_is_no_boundary() -> Draft:
    """A Legendre function on the line has a gradient that diverges at infinity, 'the boundary of the domain'."""
    ends = "limit(abs(diff(sqrt(1 + y**2), y)), y, oo)"
    return (
        printed(f"legendre(sqrt(1 + x**2), x) and {ends} == oo", given=["x real"])
        .corrected(
            f"legendre(sqrt(1 + x**2), x) and {ends} == 1",
            mend="replaced",
            note="R^n has no boundary, and every strictly convex differentiable R is Legendre on it, for lam > 0 the"
            " potential at every m. What the divergence gives is the domain R^n of R*.",
            covering="R = sqrt(1 + x^2)",
        )
        .derived(instances.potential(sympy.sqrt(1 + instances.X**2)))
    )


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
            covering="q = 2, L = 2",
        )
        .derived(InverseMetric(2).derivation())
    )

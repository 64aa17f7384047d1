"""Theorem 4.2 (E.1): descent of the loss, and the linear rate for strongly convex losses.

g is a partial derivative of f at a point, bounded by B, and s >= mu the inverse metric there; sums over the
coordinates follow term by term. F is the loss and I an integral along the flow, given by their rates, for any g and s
that move in time. Where a printed statement about integrals fails, sign flow (q = 1) of f = x^2/2 with R = x^2/2 shows
it, started at x0 > 0: there x = x0 - t until t = x0, f' = x, mu = 1, and B >= x0.
"""

from __future__ import annotations

import sympy

from theory import strong_convexity
from theory.steepest import SteepestFlow
from verify.claim import Draft, claim, printed

POINT = ["g real", "B > 0", "abs(g) <= B", "1 <= q <= 2"]
METRIC = ["s >= mu", "mu > 0"]
START = ["x0 > 0", "B >= x0"]
X = sympy.Symbol("x", real=True)
INDEX = sympy.Symbol("q", positive=True)


def quadratic() -> SteepestFlow:
    return SteepestFlow(X**2 / 2, X, INDEX)


@claim(
    "t42-descent", place="Theorem E.1, proof, first display", rests_on=["eq4-smf", "d41-coercive"], kind="inequality"
)
def loss_descends() -> Draft:
    """df = -g s sign(g) |g|^(q-1) dt <= -mu |g|^q dt <= 0."""
    return printed(
        "-g*s*spow(g, q - 1) <= -mu*abs(g)**q and -mu*abs(g)**q <= 0", given=["g real", "q >= 1", *METRIC]
    ).derived(quadratic().derivation())


@claim("t42-int-q", place="Theorem E.1, proof, second display", rests_on=["t42-descent"], kind="inequality")
def integral_of_the_slopes() -> Draft:
    """The integral of |f'|^q is at most (f(x_oo) - f(x_0))/mu; here on the sign flow of x^2/2."""
    integral = "integrate(abs(x0 - t), (t, 0, x0))"
    return (
        printed(f"{integral} <= (0 - x0**2/2)/1", given=["x0 > 0"])
        .corrected(
            "ddt(F + mu*I) <= 0",
            mend="sign",
            given=["F real", "I >= 0", "g real", "q >= 1", *METRIC],
            flow={"F": "-g*s*spow(g, q - 1)", "I": "abs(g)**q"},
            note="The loss falls: f(x_0) - f(x_oo) is what is positive. F + mu I falls too, I the integral of |f'|^q:"
            " so mu I is at most f(x_0) - f(x_oo), along any flow and for any loss.",
        )
        .derived(quadratic().derivation())
    )


@claim("t42-int-bound", place="Theorem 4.2, display", rests_on=["t42-int-q"], kind="inequality")
def integral_of_the_squares() -> Draft:
    """The integral of |f'|^2 is at most (f(x_oo) - f(x_0))/(mu B^(q-2)); here on the sign flow of x^2/2."""
    integral = "integrate((x0 - t)**2, (t, 0, x0))"
    return (
        printed(f"{integral} <= (0 - x0**2/2)/(1*B**(-1))", given=START)
        .corrected(
            "ddt(F + mu*B**(q - 2)*I) <= 0",
            mend="sign",
            given=["F real", "I >= 0", *POINT, *METRIC],
            flow={"F": "-g*s*spow(g, q - 1)", "I": "g**2"},
            note="The difference of the losses is turned round: with I the integral of |f'|^2, mu B^(q-2) I is at most"
            " f(x_0) - f(x_oo), since F + mu B^(q-2) I falls.",
        )
        .derived(quadratic().derivation())
    )


@claim("t42-int-bound.pointwise", place="Theorem 4.2, display", rests_on=["t42-descent"], kind="inequality")
def rate_of_descent_bounds_the_square() -> Draft:
    """The mended bound point by point: the loss falls at least at the rate mu B^(q-2) |f'|^2."""
    return printed("g*s*spow(g, q - 1) >= mu*B**(q - 2)*g**2", given=[*POINT, *METRIC]).derived(
        quadratic().derivation()
    )


@claim("t42-proof-Bstep", place="Theorem E.1, proof, third display", rests_on=["t42-int-bound"], kind="inequality")
def square_against_the_power() -> Draft:
    """|g|^2 <= B^(q-2) |g|^q where |g| <= B, the integrands compared."""
    return (
        printed("abs(g)**2 <= B**(q - 2)*abs(g)**q", given=POINT)
        .corrected("abs(g)**2 <= B**(2 - q)*abs(g)**q", mend="sign", note="The exponent of B must be 2 - q.")
        .derived(quadratic().derivation())
    )


@claim("t42-proof-Bstep.flow", place="Theorem E.1, proof, third display", rests_on=["t42-int-bound"], kind="inequality")
def square_against_the_power_along_a_flow() -> Draft:
    """The same between the integrals; printed, it fails on the sign flow of x^2/2."""
    square = "integrate((x0 - t)**2, (t, 0, x0))"
    return (
        printed(f"{square} <= integrate(B**(-1)*abs(x0 - t), (t, 0, x0))", given=START)
        .corrected(
            "ddt(I - B**(2 - q)*J) <= 0",
            mend="sign",
            given=["I >= 0", "J >= 0", *POINT],
            flow={"I": "g**2", "J": "abs(g)**q"},
            note="The exponent of B must be 2 - q. I and J are the integrals of |f'|^2 and |f'|^q, from 0 on.",
        )
        .derived(quadratic().derivation())
    )


@claim(
    "t42-proof-yq", place="Theorem E.1, proof, below the fourth display", rests_on=["t42-int-bound"], kind="inequality"
)
def power_against_itself() -> Draft:
    """y^q >= B^(q-2) y^q for real y."""
    return (
        printed("y**q >= B**(q - 2)*y**q", given=["y real", "B > 0", "1 <= q <= 2"])
        .corrected(
            "abs(y)**q >= B**(q - 2)*y**2",
            mend="misprint",
            given=["y real", "B > 0", "abs(y) <= B", "1 <= q <= 2"],
            note="The right-hand side must hold y^2, and |y| <= B is needed; negative y needs |y|.",
        )
        .derived(quadratic().derivation())
    )


@claim("t42-q-range", place="Theorem 4.2", rests_on=["t42-int-bound"], kind="inequality")
def bound_for_every_conjugate_index() -> Draft:
    """|g|^q >= B^(q-2) g^2 where |g| <= B, for every q >= 1."""
    given = ["g real", "B > 0", "abs(g) <= B"]
    return (
        printed("abs(g)**q >= B**(q - 2)*g**2", given=[*given, "q >= 1"])
        .corrected(mend="added hypothesis", given=[*given, "1 <= q <= 2"], note="For q > 2 the inequality turns round.")
        .derived(quadratic().derivation())
    )


@claim("t42-q-range.rate", place="Theorem 4.2", rests_on=["t42-pl"], kind="dynamics")
def linear_rate_for_every_conjugate_index() -> Draft:
    """The linear rate mu B^(q-2) Lam for every q >= 1; at q = 3 the flow of x^2/2 is x0/(1 + x0 t), B = x0, mu = 1."""
    given = ["x0 > 0", "t >= 0"]
    return (
        printed("X**2/2 <= x0**2/2*exp(-x0*t)", given=given, where={"X": "x0/(1 + x0*t)"})
        .corrected(
            "ddt(D*exp(mu*B**(q - 2)*Lam*t)) <= 0",
            mend="added hypothesis",
            given=["D real", "h >= mu*B**(q - 2)*Lam*D", "t real", "mu > 0", "B > 0", "Lam > 0", "1 <= q <= 2"],
            where={},
            flow={"D": "-h", "t": "1"},
            note="For q > 2, that is p < 2, the loss decays like a power of t. For 1 <= q <= 2 it falls at a rate"
            " h >= mu B^(q-2) Lam D.",
        )
        .derived(quadratic().derivation())
    )


@claim("t42-pl", place="Theorem E.1, proof, fourth display", rests_on=["t42-descent", "dB2-pl"], kind="inequality")
def loss_descends_at_a_linear_rate() -> Draft:
    """df <= -mu |g|^q <= -mu B^(q-2) g^2 coordinate by coordinate, and with N = |f'|^2 and D = f - f*, N/2 >= Lam D,
    the sum is at most -mu B^(q-2) Lam D.
    """
    return printed(
        "-g*s*spow(g, q - 1) <= -mu*abs(g)**q and -mu*abs(g)**q <= -mu*B**(q - 2)*g**2"
        " and -mu*B**(q - 2)*N <= -mu*B**(q - 2)*Lam*D",
        given=[*POINT, *METRIC, "Lam > 0", "D >= 0", "N/2 >= Lam*D"],
    ).derived(quadratic().derivation())


@claim("t42-qg", place="Theorem E.1, proof, sixth display", kind="inequality")
def distance_against_the_loss() -> Draft:
    """|x - x*|^2 <= (Lam/2) (f(x) - f(x*)) for a Lam-strongly convex f.

    f(x) >= f(x*) + p + Lam/2 |x - x*|^2, where p = <f'(x*), x - x*> is 0; d = |x - x*|^2.
    """
    given = ["d >= 0", "fx real", "fs real", "Lam > 0", "fx >= fs + p + Lam/2*d", "p == 0"]
    return (
        printed("d <= Lam/2*(fx - fs)", given=given)
        .corrected("d <= 2/Lam*(fx - fs)", mend="constant", note="The constant is 2/Lam.")
        .derived(strong_convexity.derivation(X, sympy.Symbol("Lam", positive=True)))
    )


@claim("t42-final", place="Theorem E.1, proof, last display", rests_on=["t42-qg"], kind="inequality")
def distance_decays() -> Draft:
    """|x_t - x*|^2 <= (Lam/2) exp(-t mu B^(q-2) Lam); it fails on gradient flow of Lam x^2/2 (q = 2, mu = 1)."""
    given = ["x0 real", "Lam > 0", "t >= 0"]
    where = {"x": "x0*exp(-Lam*t)"}
    rate, constants = "exp(-t*mu*B**(q - 2)*Lam)", ["Lam > 0", "mu > 0", "B > 0", "1 <= q <= 2"]
    return (
        printed("x**2 <= Lam/2*exp(-t*Lam)", given=given, where=where)
        .corrected(
            f"d <= 2/Lam*D0*{rate}",
            mend="constant",
            given=["d >= 0", "D real", "D0 >= 0", *constants, "t >= 0", "d <= 2/Lam*D", f"D <= D0*{rate}"],
            where={},
            note="The constant is 2/Lam, and the factor D0 = f(x_0) - f(x*) is missing: d = |x_t - x*|^2 is at most"
            " 2/Lam D, D = f(x_t) - f(x*), and D falls at the linear rate.",
        )
        .derived(quadratic().derivation())
    )


@claim("b-sc-implies", place="Appendix B", rests_on=["dB2-pl"], kind="inequality")
def strong_convexity_implies_pl() -> Draft:
    """A Lam-strongly convex f satisfies |f'|^2/2 >= Lam (f - f*), here in one coordinate."""
    convex = "fs >= fx + g*(xs - x) + Lam/2*(xs - x)**2"
    return (
        printed(
            "g**2/2 >= Lam*(fx - fs)",
            given=["g real", "fx real", "fs real", "x real", "xs real", "Lam > 0", convex],
        )
        .covering("one coordinate")
        .derived(strong_convexity.derivation(X, sympy.Symbol("Lam", positive=True)))
    )


@claim("b-sc-implies.convex", place="Appendix B", rests_on=["dB1-convex"], kind="inequality")
def strong_convexity_implies_convexity() -> Draft:
    """Strong convexity implies convexity: f at s x + (1-s) y is below the chord, even by Lam/2 s (1-s) |x - y|^2."""
    chord = "s*f1 + (1 - s)*f2"
    return printed(
        f"implies(f <= {chord} - Lam/2*s*(1 - s)*d, f <= {chord})",
        given=["f real", "f1 real", "f2 real", "d >= 0", "Lam > 0", "0 <= s", "s <= 1"],
    ).derived(strong_convexity.derivation(X, sympy.Symbol("Lam", positive=True)))


@claim("b-sc-implies.coordinates", place="Appendix B", rests_on=["dB2-pl"], kind="inequality")
def strong_convexity_implies_pl_in_all_coordinates() -> Draft:
    """The same in any number of coordinates: G = |f'|, d = |x* - x|, D = f - f*, and p = <f', x* - x> >= -G d."""
    return printed(
        "D <= G*d - Lam/2*d**2 and Lam*(G*d - Lam/2*d**2) <= G**2/2",
        given=["G >= 0", "d >= 0", "D real", "p >= -G*d", "Lam > 0", "-D >= p + Lam/2*d**2"],
    ).derived(strong_convexity.derivation(X, sympy.Symbol("Lam", positive=True)))

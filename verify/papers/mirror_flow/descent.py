"""Appendix D, Lemma D.2, and Appendix E: how fast the loss falls, and the bounds of the normalised dual iterates.

Notation as for the margins: D = Q(R'(theta)), F the loss, z = log(1/F), nu = F z, v = -dF/dt, u = dD/dt and
m = |theta|^2 in the metric R'', g = z/(alpha D)^(L/alpha) the soft margin and g0 (in formulas h) its value at t0.
N = (alpha D)^(1/alpha), r = |theta|_2.
"""

from __future__ import annotations

import sympy

from theory.admissibility import Admissibility
from theory.any_potential import AnyPotential
from theory.directions import Direction
from theory.exponential_loss import ExponentialLoss
from theory.horizon import Horizon
from theory.margins import QMargin
from theory.potentials import MirrorPotential
from theory.rates import LogarithmicIntegral, ScalarFlow
from verify.claim import Draft, claim, printed
from verify.papers.mirror_flow.potentials import entropy, smoothed_above_two, x

alpha = sympy.Symbol("alpha", positive=True)
L = sympy.Symbol("L", positive=True)
e = sympy.Symbol("e", positive=True)
DEGREES = ["alpha >= 1", "L > 0"]
RATES = ["u real", "v real", "m > 0", "u**2 <= m*v", "alpha*D >= m", "D real", "nu > 0", "u >= L*nu"]


def _derived(draft: Draft) -> Draft:
    return draft.derived(QMargin(L, alpha).derivation())


def gradient_flow() -> ScalarFlow:
    """f = theta under gradient flow."""
    return ScalarFlow(MirrorPotential(x**2 / 2, x), sympy.Integer(1))


@claim(
    "mf-D2-dissip", place="Appendix D, proof of Lemma D.2", kind="inequality",
    rests_on=["mf-eq4-ineq", "mf-loss-dissipation", "mf-asm-4.4-def", "mf-D1-CS"],
)  # fmt: skip
def loss_falls_at_least() -> Draft:
    """-dF/dt = v >= u^2/m >= u^2/(alpha D) >= (L^2/alpha) nu^2/D."""
    return _derived(
        printed(
            "v >= u**2/m and u**2/m >= u**2/(alpha*D) and u**2/(alpha*D) >= L**2/alpha*nu**2/D",
            given=[*DEGREES, *RATES],
        )
    )


@claim(
    "mf-D2-substitute", place="Appendix D, proof of Lemma D.2", kind="inequality",
    rests_on=["mf-D2-dissip", "mf-thm-4.5-mono"],
)  # fmt: skip
def loss_falls_with_the_soft_margin() -> Draft:
    """With alpha D = (z/g)^(alpha/L), and g >= g0: (L^2/alpha) nu^2/D >= (L^2/alpha) nu^2 (g/z)^(alpha/L)
    >= (L^2/alpha) F^2 z^(2 - alpha/L) g0^(alpha/L); nu = F z."""
    return _derived(
        printed(
            "L**2/alpha*(F*z)**2/((z/g)**(alpha/L)/alpha) >= L**2/alpha*(F*z)**2*(g/z)**(alpha/L)"
            " and L**2/alpha*(F*z)**2*(g/z)**(alpha/L) >= L**2/alpha*F**2*z**(2 - alpha/L)*h**(alpha/L)",
            given=[*DEGREES, "F > 0", "z > 0", "h > 0", "g >= h"],
        )
    )


@claim("mf-D2-substitute.exact", place="Appendix D, proof of Lemma D.2", rests_on=["mf-D2-dissip"], kind="identity")
def substitution_without_loss() -> Draft:
    """The replacement of alpha D done exactly: (L^2/alpha) nu^2/D = L^2 nu^2 (g/z)^(alpha/L), alpha times what the
    display keeps as its bound."""
    return _derived(
        printed(
            "L**2/alpha*nu**2/((z/g)**(alpha/L)/alpha) == L**2*nu**2*(g/z)**(alpha/L)",
            given=[*DEGREES, "nu > 0", "z > 0", "g > 0"],
        )
    )


@claim("mf-lem-D2", place="Lemma D.2", rests_on=["mf-lem-D2.rate", "mf-D2-final"], kind="inequality")
def loss_by_time() -> Draft:
    """For all t >= 0: G(1/F(t)) >= (L^2/alpha) g0^(alpha/L) (t - t0); f = theta under gradient flow from theta = 0,
    where 1/F = 1 + t, G(1/F) = t - t0 and g0 = 1 for t0 > 0."""
    statement = "(1 + t) - (1 + s) >= 1/2*(t - s)"
    return (
        printed(statement, given=["t >= 0", "s > 0"])
        .corrected(
            statement,
            mend="added hypothesis",
            given=["s > 0", "t >= s"],
            note="The bound is obtained by integrating from t0 on; before t0 it is turned round.",
            covering="f = theta, R = theta^2/2",
        )
        .derived(gradient_flow().derivation())
    )


@claim("mf-lem-D2.rate", place="Lemma D.2", rests_on=["mf-D2-substitute"], kind="dynamics")
def rate_of_the_integral() -> Draft:
    """The rate of G(1/F), which is z^(alpha/L - 2) d(1/F)/dt, is at least (L^2/alpha) g0^(alpha/L)."""
    return _derived(
        printed(
            "z**(alpha/L - 2)*ddt(1/F) >= L**2/alpha*h**(alpha/L)",
            given=[*DEGREES, "0 < F", "z > 0", "h > 0", "v real", "v >= L**2/alpha*F**2*z**(2 - alpha/L)*h**(alpha/L)"],
            flow={"F": "-v"},
        ).covering("the rate, for t >= t0")
    )


@claim("mf-D2-final", place="Appendix D, end of Lemma D.2", rests_on=["mf-D2-substitute"], kind="inequality")
def loss_by_time_without_alpha() -> Draft:
    """Integrating gives G(1/F) >= L^2 g0^(alpha/L) (t - t0): its rate, r, is at least L^2 c with
    c = g0^(alpha/L), since it is at least (L^2/alpha) c."""
    return _derived(
        printed("r >= L**2*c", given=[*DEGREES, "c > 0", "r real", "r >= L**2/alpha*c"]).corrected(
            "z**(alpha/L - 2)*(v/F**2) >= L**2*h**(alpha/L)",
            mend="replaced",
            given=[*DEGREES, "F > 0", "z > 0", "h > 0", "g >= h", "v real", "v >= L**2*(F*z)**2*(g/z)**(alpha/L)"],
            note="The step does not follow from the line before, which has lost the factor alpha; the conclusion is"
            " true, by the exact substitution.",
        )
    )


@claim("mf-D2-limits", place="Lemma D.2, last sentence", rests_on=["mf-lem-D2"], kind="limit")
def integral_is_bounded_while_the_loss_is() -> Draft:
    """F -> 0 and D -> oo: while 1/F stays below b, the integrand of G, and so G, stays bounded, which t does not."""
    return printed(
        "implies(c >= 0, log(w)**c <= log(b)**c) and implies(c < 0, log(w)**c <= log(a)**c)",
        given=["a > 1", "w >= a", "b >= w", "c real"],
    ).covering("G is bounded while 1/F is").derived(LogarithmicIntegral(alpha / L - 2).derivation())


@claim("mf-B0", place="Appendix E, B_0", rests_on=["mf-C2", "mf-C2.smoothed"], kind="inequality")
def outputs_are_bounded_by_the_conjugate() -> Draft:
    """sup q_i/(alpha D)^(L/alpha) is finite: q <= B r^L by homogeneity and N >= C r (the lower bound of Lemma E.1)."""
    return _derived(
        printed("q/N**L <= B/C**L", given=["r > 0", "B > 0", "C > 0", "L > 0", "q real", "q <= B*r**L", "N >= C*r"])
    )


@claim("mf-B1", place="Appendix E, B_1", rests_on=["mf-B0", "mf-asm-2.1-degree"], kind="inequality")
def slopes_are_bounded_by_the_conjugate() -> Draft:
    """sup |h|/(alpha D)^((L-1)/alpha) is finite: |h| <= B r^(L-1), N >= C r, and L >= 1 as f is locally Lipschitz."""
    return _derived(
        printed(
            "h/N**(L - 1) <= B/C**(L - 1)",
            given=["L >= 1", "r > 0", "B > 0", "C > 0", "h >= 0", "h <= B*r**(L - 1)", "N >= C*r"],
        )
    )


@claim("mf-C2", place="Lemma E.1, C_2", rests_on=["mf-asm-4.4-def.horizon"], kind="inequality")
def conjugate_bounds_the_norm() -> Draft:
    """(alpha D)^(1/alpha) >= C |theta|_2 with C > 0: for the entropy with C = 1, one coordinate x and the others, whose
    part of D is E and the square of whose norm is T <= E^2: so coordinate by coordinate for any number."""
    return (
        printed("sqrt(x**2 + lam) + E >= sqrt(x**2 + T)", given=["x real", "E >= 0", "0 <= T", "T <= E**2", "lam >= 0"])
        .covering("hyperbolic entropy")
        .derived(Horizon(entropy()).derivation())
    )


@claim("mf-C2.smoothed", place="Lemma E.1, C_2", rests_on=["mf-asm-4.4-def.horizon"], kind="inequality")
def smoothed_conjugate_bounds_the_norm() -> Draft:
    """The same for the smoothed potential, with C = (p-1)^(1/p)/sqrt(c), where S = |theta|_2^2 is at most c T^(2/p),
    T = |theta|_p^p; c = n^(1 - 2/p) for n coordinates."""
    return (
        printed(
            "(p*((1 - 1/p)*T + lam/2*S))**(1/p) >= ((p - 1)*T)**(1/p)"
            " and ((p - 1)*T)**(1/p) >= (p - 1)**(1/p)/sqrt(c)*sqrt(S)",
            given=["T > 0", "p >= 2", "lam >= 0", "S >= 0", "c > 0", "S <= c*T**(2/p)"],
        )
        .covering("smoothed potential")
        .derived(Horizon(smoothed_above_two()).derivation())
    )


@claim("mf-C2.any-potential", place="Lemma E.1, C_2", rests_on=["mf-asm-4.4-def"], kind="inequality")
def radial_monotonicity_bounds_the_norm() -> Draft:
    """For any potential along a ray: under Assumption 4.4 the quotient D/s^alpha has nowhere a rising slope."""
    return (
        printed(
            "ddt(alpha*D/s**alpha) <= 0",
            given=["s > 0", "D real", "H >= 0", "alpha >= 1", "alpha*D >= s**2*H"],
            flow={"s": "1", "D": "s*H"},
        )
        .covering("the monotonicity along a ray; the limit at infinity being positive is asked for")
        .derived(AnyPotential().derivation())
    )


@claim("mf-E1-derivative", place="Appendix E, first display of the proof", kind="inequality")
def speed_of_a_direction() -> Draft:
    """|d/dt (G/|G|)| <= 2 |G'|/|G|: the square of the left-hand side is P/n^2 - w^2/n^4, n = |G|, P = |G'|^2,
    w = <G, G'>."""
    return printed("P/n**2 - w**2/n**4 <= (2*sqrt(P)/n)**2", given=["P >= 0", "n > 0", "w real"]).derived(
        Direction(2).derivation()
    )


@claim("mf-E1-derivative.two", place="Appendix E, first display of the proof", kind="identity")
def speed_of_a_direction_in_two_coordinates() -> Draft:
    """The square of the speed of the direction, written out in two coordinates G = (x, y), G' = (a, b)."""
    return (
        printed(
            "ddt(x/sqrt(x**2 + y**2))**2 + ddt(y/sqrt(x**2 + y**2))**2"
            " == (a**2 + b**2)/(x**2 + y**2) - (x*a + y*b)**2/(x**2 + y**2)**2",
            given=["x real", "y real", "a real", "b real", "x**2 + y**2 > 0"],
            flow={"x": "a", "y": "b"},
        )
        .covering("two coordinates")
        .derived(Direction(2).derivation())
    )


@claim(
    "mf-E1-gradbound", place="Appendix E, proof of Lemma E.1", kind="inequality",
    rests_on=["mf-B1", "mf-euler-clarke"],
)  # fmt: skip
def speed_of_the_dual_iterate() -> Draft:
    """|G'| <= B <theta, G'> N^(L-1)/(L z) <= B <theta, G'>/(L g N), G = R'(theta), z = log(1/F) = g N^L: |G'| is at
    most the sum of c h over the samples and <theta, G'> that of L c q, c = exp(-q) the weight, h <= B N^(L-1) the slope
    and q >= z the output of a sample; one term of each, P = N^(L-1)."""
    u = "(L*c*q)"
    return printed(
        f"c*h <= B*{u}/(L*z)*P and implies(z == g*N*P, B*{u}/(L*z)*P <= B*{u}/(L*g*N))",
        given=["h >= 0", "h <= B*P", "B > 0", "N > 0", "P > 0", "L > 0", "z > 0", "g > 0", "c > 0", "q >= z"],
    ).derived(ExponentialLoss(2, L).derivation())


@claim("mf-lem-E1", place="Lemma E.1", rests_on=["mf-E1-derivative", "mf-E1-gradbound", "mf-C2"], kind="inequality")
def speed_of_the_normalised_dual_iterate() -> Draft:
    """The speed s of G/|G| is at most 2 B u/(L g C r |G|), r = |theta|: s <= 2 P/|G| with P = |G'|, P <= B u/(L g N)
    and N >= C r."""
    return printed(
        "s <= 2*B*u/(L*g*C*r*G)",
        given=["G > 0", "P >= 0", "s <= 2*P/G", "P <= B*u/(L*g*N)", "B > 0", "u > 0", "L > 0", "g > 0", "N > 0",
               "C > 0", "r > 0", "N >= C*r", "s real"],
    ).derived(Direction(2).derivation())  # fmt: skip


@claim(
    "mf-lem-E2", place="Lemma E.2", kind="inequality",
    rests_on=["mf-lem-2.5", "mf-eq4-dQ", "mf-lem-E2.potential-grows", "mf-thm-4.5-limits"],
)  # fmt: skip
def conjugate_against_the_norms() -> Draft:
    """d(log D)/dt >= u/(|theta| |G|) once R > 0: D = w - R <= w <= |theta| |G|, w = <theta, G>."""
    given = ["u >= 0", "R > 0", "w - R > 0", "r >= 0", "G >= 0", "w <= r*G"]
    return printed("u/(w - R) >= u/(r*G)", given=given).derived(AnyPotential().derivation())


@claim("mf-lem-E2.potential-grows", place="Lemma E.2, proof", rests_on=["mf-lem-2.5"], kind="limit")
def potential_outgrows_every_bound() -> Draft:
    """D -> oo makes R -> oo: both do as |theta| -> oo, for the two rows of Table 1."""
    return (
        printed(
            "limit(x*asinh(x/sqrt(lam)) - sqrt(x**2 + lam), x, oo) == oo"
            " and limit(abs(x)**p/p + lam/2*x**2, x, oo) == oo",
            given=["x real", "lam > 0", "p >= 2"],
        )
        .covering("Table 1, one coordinate")
        .derived(Admissibility(entropy()).derivation())
    )

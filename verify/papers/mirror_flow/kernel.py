"""Appendix I, first part: the margin problem linearised at a KKT point, and whether it is a support vector machine.

f has the degree L, h_i is a subgradient of f(., x_i), phi the horizon, P = phi at the point in question.
"""

from __future__ import annotations

import sympy

from theory.horizon import Horizon
from theory.kkt import MarginProblem
from theory.linearized import Linearization
from theory.potentials import MirrorPotential
from verify.claim import Draft, claim, printed
from verify.papers.mirror_flow.potentials import entropy, x

e = sympy.Symbol("e", positive=True)
HALF = sympy.Rational(1, 2)
LABEL = ["y real", "y**2 == 1"]


def power() -> MirrorPotential:
    """|theta|^p/p at p = 1 + e."""
    return MirrorPotential(sympy.Abs(x) ** (1 + e) / (1 + e), x)


def square() -> Linearization:
    """f = theta^2, one sample, at its KKT point 1 with the multiplier 1/2."""
    theta = sympy.Symbol("theta", positive=True)
    return Linearization(MarginProblem(theta, [theta**2], [theta]), [sympy.Integer(1)])


@claim(
    "mf-cor-I1", place="Corollary I.1", kind="equivalence",
    rests_on=["mf-lem-I3", "mf-thm-G2", "mf-cor-4.8", "mf-cor-4.8.limit-points"],
)  # fmt: skip
def limit_points_solve_the_linearised_problem() -> Draft:
    """Of any limit point theta, f smooth, some multiple b theta solves min phi^2/2 subject to
    y_i <theta, df(theta)> >= 1, for alpha >= 2 or alpha = 1. At the limit points of mf-cor-4.8.limit-points, alpha = 1,
    df is parallel to (1, 1, 1, c), c = 9/10 (cos v - sin v), for which the least |.|_1 of the points (0, 0, 0, t) with
    c t >= 1 would have to be that of theta, 1."""
    return (
        printed("abs(t) >= 1", given=["v real", "t real", "9/10*(cos(v) - sin(v))*t >= 1"])
        .corrected(
            "b*w == s**L*q and b*w >= 1",
            mend="added hypothesis",
            given=["L > 0", "s > 0", "q real", "s**L*q >= 1", "w real", "w == L*q"],
            where={"b": "s**L/L"},
            note="It is true of limit points theta of which a multiple s theta is a KKT point, as for alpha >= 2; for"
            " alpha = 1 this needs that the direction converges. Then b = s^L/L, since y <b theta, df> ="
            " (b L) q(theta), which is q(s theta) = s^L q(theta) >= 1.",
            covering="the multiple and its feasibility; that it is a minimum is Lemma I.3",
        )
        .derived(square().derivation([HALF]))
    )


@claim("mf-cor-I1.minimum", place="Corollary I.1", rests_on=["mf-lem-G5"], kind="inequality")
def kkt_points_of_convex_problems_are_minima() -> Draft:
    """A KKT point of the linearised problem minimizes: for any other feasible point with the horizon F, G = <dphi, it>
    is at most F (phi is convex and of degree one) and P G = sum l_i c_i with c_i >= 1, while P^2 = sum l_i; so F >= P.
    S is the sum of l_i (c_i - 1)."""
    return printed(
        "F >= P", given=["P > 0", "F real", "G real", "G <= F", "S >= 0", "l >= 0", "P**2 == l", "P*G == l + S"]
    ).derived(square().derivation([HALF]))


@claim("mf-I1-kernel", place="Corollary I.1, first sentence", rests_on=["mf-cor-I1"], kind="equivalence")
def limit_points_are_those_of_a_kernel_machine() -> Draft:
    """The limit direction is the max-margin direction of the support vector machine with the kernel <df, df>_2; f
    linear in two weights, one sample (a, b), p = 4: phi dphi is parallel to (x^3, y^3), so to (a, b), which is the
    machine's."""
    return (
        printed("x*b == y*a", given=["x > 0", "y > 0", "a > 0", "b > 0", "x**3*b == y**3*a"])
        .corrected(
            "x*b == y*a",
            mend="added hypothesis",
            given=["x > 0", "y > 0", "a > 0", "b > 0", "c > 0", "l > 0", "c**2*x == l*a", "c**2*y == l*b"],
            note="The machine minimizes |theta|_2, the displayed program phi: they agree for phi = c |theta|_2,"
            " where phi dphi = c^2 theta. In general the second sentence of the corollary is the statement.",
            covering="alpha = 2, one sample, two weights",
        )
        .derived(Horizon(power()).derivation())
    )


@claim("mf-rem-I2", place="Remark I.2", rests_on=["mf-cor-I1"], kind="classification")
def horizon_is_no_hilbert_norm() -> Draft:
    """In general the objective has no inner product: the parallelogram law phi(u+v)^2 + phi(u-v)^2 = 2 phi(u)^2 +
    2 phi(v)^2 fails for the p-norm at the unit vectors, 2 2^(2/p) = 4, unless p = 2."""
    return (
        printed("implies(p != 2, 2*2**(2/p) != 4)", given=["p >= 1"])
        .covering("the p-norms; that Banach spaces are natural is no statement")
        .derived(Horizon(power()).derivation())
    )


@claim("mf-rem-I2.entropy", place="Remark I.2", rests_on=["mf-cor-I1"], kind="classification")
def horizon_of_the_entropy_is_no_hilbert_norm() -> Draft:
    """For the 1-norm: (|1| + |1|)^2 + (|1| + |-1|)^2 is not 2 + 2; for the 2-norm the law holds."""
    return printed(
        "(abs(1) + abs(1))**2 + (abs(1) + abs(-1))**2 != 2*1**2 + 2*1**2"
        " and (x + u)**2 + (y + v)**2 + (x - u)**2 + (y - v)**2 == 2*(x**2 + y**2) + 2*(u**2 + v**2)",
        given=["x real", "y real", "u real", "v real"],
    ).derived(Horizon(entropy()).derivation())


@claim("mf-lem-I3", place="Lemma I.3", kind="equivalence",
       rests_on=["mf-euler-clarke", "mf-phi-1homog", "mf-I3-slater", "mf-I3-cs.slackness", "mf-cor-I1.minimum"],
)  # fmt: skip
def kkt_points_solve_the_linearised_problem() -> Draft:
    """If theta is a KKT point of (9), theta/L solves the linearised problem: with s = y <theta, h> = L q it is
    feasible, s/L = q >= 1; its slope g/L of phi^2/2, of degree one, is (l/L) y h, and (l/L) (q - 1) = 0; k is one
    coordinate of y h for one sample."""
    return printed(
        "s/L == q and s/L >= 1 and g/L == (l/L)*k and (l/L)*(s/L - 1) == 0",
        given=["L > 0", "q >= 1", "s real", "s == L*q", "g real", "k real", "l >= 0", "g == l*k", "l*(q - 1) == 0"],
    ).derived(square().derivation([HALF]))


@claim("mf-lem-I3.square", place="Lemma I.3", rests_on=["mf-lem-I3"], kind="equivalence")
def linearised_problem_of_the_square() -> Draft:
    """f = theta^2, L = 2: theta = 1 is a KKT point with l = 1/2, h = 2, and theta/L = 1/2 is the least t with 2 t >=
    1."""
    return (
        printed("t**2/2 >= (1/2)**2/2 and 1 - 1/2*(2*1) == 0", given=["t real", "2*t >= 1"])
        .covering("f = theta^2")
        .derived(square().derivation([HALF]))
    )


@claim("mf-I3-slater", place="Lemma I.3, proof", rests_on=["mf-euler-clarke"], kind="inequality")
def slater_point() -> Draft:
    """At (2/L) theta: y <., h> = 2 q >= 2 > 1, where <theta, h> = L f and q = y f >= 1."""
    return printed(
        "y*(2/L*w) == 2*q and 2*q >= 2 and y*(2/L*w) > 1",
        given=["L > 0", "y real", "f real", "q >= 1", "q == y*f", "w real", "w == L*f"],
    ).derived(square().derivation([HALF]))


@claim("mf-I3-cs", place="Lemma I.3, proof", rests_on=["mf-def-G3"], kind="identity")
def stationarity_with_the_labels() -> Draft:
    """With h in the subdifferential of q = y f the KKT conditions give phi dphi = sum l y h; one coordinate of one
    sample's term, g the slope of phi^2/2."""
    return (
        printed("g == l*y*h", given=[*LABEL, "g real", "h real", "l >= 0", "g == l*h"])
        .corrected(
            "g == l*h and g == l*y*k",
            mend="sign",
            given=[*LABEL, "g real", "h real", "k real", "h == y*k", "l >= 0", "g == l*h"],
            note="The label is in h already where h is a subgradient of q; it stands beside a subgradient k of f.",
        )
        .derived(square().derivation([HALF]))
    )


@claim("mf-I3-cs.slackness", place="Lemma I.3, proof", rests_on=["mf-euler-clarke"], kind="identity")
def slackness_of_the_linearised_problem() -> Draft:
    """(l/L) (<theta/L, h> - 1) = (l/L) (q - 1) >= 0, h a subgradient of q: both sides are in fact 0."""
    return printed(
        "l/L*(w/L - 1) == l/L*(q - 1) and l/L*(q - 1) >= 0 and l/L*(q - 1) == 0",
        given=["L > 0", "q >= 1", "w real", "w == L*q", "l >= 0", "l*(q - 1) == 0"],
    ).derived(square().derivation([HALF]))

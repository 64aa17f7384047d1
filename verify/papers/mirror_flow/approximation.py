"""Assumption G.1, Lemma G.10 and Appendix G.4: does (alpha Q)^(2/alpha - 1) R'' theta approximate phi dphi?

Smoothed potential: T = |theta|_p^p and S = |theta|_2^2 of all coordinates together, x one coordinate of theta; on the
ray of theta, r theta has r^p T and r^2 S. The horizon is (p-1)^(1/p) |theta|_p for p > 2."""

from __future__ import annotations

import sympy

from theory.admissibility import Admissibility
from theory.derivation import Derivation
from theory.horizon import Horizon
from theory.kkt import MarginProblem
from theory.potentials import MirrorPotential
from verify.claim import Draft, claim, printed
from verify.papers.mirror_flow.potentials import ENTROPY, entropy, lam, smoothed_above_two, x

e = sympy.Symbol("e", positive=True)
y = sympy.Symbol("y", real=True)
DUAL = "((p - 1)*T + p/2*lam*S)"
BY_DUAL = f"((p - 1)*abs(x)**(p - 2) + lam)*x/{DUAL}**(1 - 2/p)"
BY_HORIZON = "(p - 1)**(2/p)*T**((2 - p)/p)*abs(x)**(p - 2)*x"


def at_two() -> MirrorPotential:
    """The smoothed potential at p = 2."""
    return MirrorPotential((1 + lam) * x**2 / 2, x)


def _derived(draft: Draft) -> Draft:
    return draft.derived(Admissibility(smoothed_above_two()).derivation())


def _half_square() -> Derivation:
    horizon = sympy.sqrt(x**2 + y**2)
    return MarginProblem(horizon, [], [x, y]).derivation([])


@claim("mf-asm-G1", place="Assumption G.1", rests_on=["mf-intro-phi-def"], kind="definition")
def constant_of_the_assumption() -> Draft:
    """For a fixed C > 0 the slopes of phi^2 and C (alpha Q)^(2/alpha - 1) R'' theta agree over the norm in the limit:
    for |theta|^p/p they agree everywhere, with C = 2 (phi^2 stands there without its half); coordinate x > 0, B the
    part of |theta|_p^p of the others."""
    return _derived(
        printed(
            "diff((p - 1)**(2/p)*(x**p + B)**(2/p), x) == 2*((p - 1)*(x**p + B))**(2/p - 1)*diff(x**p/p, x, 2)*x",
            given=["x > 0", "B >= 0", "p > 1"],
        ).covering("R = |theta|^p/p, coordinates that are not zero")
    )


@claim("mf-asm-G1.smoothed", place="Assumption G.1", rests_on=["mf-asm-G1"], kind="definition")
def constant_of_the_assumption_with_smoothing() -> Draft:
    """The smoothed potential with p = 2 + e, one coordinate x -> oo: the quotient of both slopes tends to C = 2."""
    slope = "diff((1 + e)**(2/(2 + e))*x**2, x)"
    by_dual = "((1 + e)*x**(2 + e) + (2 + e)/2*lam*x**2)**(2/(2 + e) - 1)*((1 + e)*x**e + lam)*x"
    return _derived(
        printed(f"asymptotic({slope}, 2*({by_dual}), x, oo)", given=["e > 0", "lam >= 0", "x > 0"]).covering(
            "smoothed potential, p > 2, one coordinate"
        )
    )


@claim("mf-asm-G1-hom", place="Appendix G, after Assumption G.1", rests_on=["mf-lem-G10"], kind="classification")
def which_potentials_satisfy_the_assumption() -> Draft:
    """The homogeneous potentials satisfy it (see Lemma G.10), the entropy does not: at (r, y), y > 0, r -> oo, the
    coordinate r of phi dphi/r = (r + y)/r tends to 1, as that of Q R'' theta/r does, which makes C one, while in the
    coordinate y the gap between the two tends to y/sqrt(y^2 + lam) - 1 < 0."""
    dual = "(sqrt(r**2 + lam) + sqrt(y**2 + lam))"
    return (
        printed(
            f"limit((r + y)/r, r, oo) == 1 and limit({dual}*(r/sqrt(r**2 + lam))/r, r, oo) == 1"
            f" and limit({dual}*(y/sqrt(y**2 + lam))/r - (r + y)/r, r, oo) == y/sqrt(y**2 + lam) - 1"
            " and y/sqrt(y**2 + lam) - 1 < 0",
            given=["y > 0", "lam > 0"],
        )
        .covering("the entropy; for the smoothed potentials see Lemma G.10")
        .derived(entropy().derivation())
    )


@claim("mf-asm-G1-hom.powers", place="Appendix G, after Assumption G.1", kind="classification")
def powers_satisfy_the_assumption() -> Draft:
    """R = |theta|^p/p, p > 2: both sides agree everywhere, sign and zero coordinates included; T = |theta|_p^p."""
    return _derived(
        printed(
            "((p - 1)*T)**(2/p - 1)*((p - 1)*abs(x)**(p - 2)*x) == (p - 1)**(2/p)*T**(2/p - 1)*spow(x, p - 1)",
            given=["x real", "T > 0", "p > 2"],
        ).covering("R = |theta|^p/p, p > 2")
    )


@claim("mf-asm-G1-hom.low-powers", place="Appendix G, after Assumption G.1", kind="classification")
def powers_of_any_degree_satisfy_the_assumption() -> Draft:
    """The same for all p > 1, where no coordinate is zero: stronger than what the text says of p >= 2."""
    return _derived(
        printed(
            "((p - 1)*T)**(2/p - 1)*((p - 1)*abs(x)**(p - 2)*x) == (p - 1)**(2/p)*T**(2/p - 1)*spow(x, p - 1)",
            given=["x != 0", "T > 0", "p > 1"],
        ).covering("R = |theta|^p/p, coordinates that are not zero")
    )


@claim("mf-G4-norm-sq", place="Appendix G.4", kind="identity")
def slope_of_half_the_square() -> Draft:
    """The subdifferential of |theta|^2/2 is |theta| times that of |theta|: n^2/2 moves at n times the rate w of any
    Lipschitz n >= 0 along every motion, at kinks too, n^2/2 being differentiable in n."""
    return printed("ddt(n**2/2) == n*w", given=["n >= 0", "w real"], flow={"n": "w"}).derived(_half_square())


@claim("mf-G4-norm-sq.two", place="Appendix G.4", kind="identity")
def slope_of_half_the_square_of_norms() -> Draft:
    """For the 2-norm and the 1-norm in two coordinates, away from the kinks."""
    return printed(
        "diff(sqrt(x**2 + y**2)**2/2, x) == sqrt(x**2 + y**2)*diff(sqrt(x**2 + y**2), x)"
        " and diff((abs(x) + abs(y))**2/2, x) == (abs(x) + abs(y))*sign(x)",
        given=["x != 0", "y != 0"],
    ).covering("two coordinates, none zero").derived(_half_square())


@claim("mf-lem-G10", place="Lemma G.10", kind="limit",
       rests_on=["mf-tab1-hom-phi", "mf-lem-G10.uniform", "mf-lem-G10.leading", "mf-lem-G10.ratio"],
)  # fmt: skip
def approximation_for_the_smoothed_potentials() -> Draft:
    """For all lam > 0, p >= 2 there is C > 0 with (C (alpha Q)^(2/alpha - 1) R'' theta - phi dphi)/|theta| -> 0.

    p = 2 + e > 2: C = 1. The coordinate x on the ray r theta, over r, where the ray has r^p T and r^2 S; off the rays
    see the two terms apart.
    """
    by_dual = "((1 + e)*r**e*abs(x)**e + lam)*r*x/((1 + e)*r**(2 + e)*T + (2 + e)/2*lam*r**2*S)**(e/(2 + e))/r"
    by_horizon = "(1 + e)**(2/(2 + e))*T**(-e/(2 + e))*abs(x)**e*x"
    return (
        printed(
            f"limit({by_dual}, r, oo) == {by_horizon}",
            given=["x real", "e > 0", "lam > 0", "T > 0", "S > 0"],
        )
        .covering("p > 2, along rays")
        .derived(Admissibility(smoothed_above_two()).derivation())
    )


@claim("mf-lem-G10.uniform", place="Lemma G.10", rests_on=["mf-tab1-hom-phi"], kind="limit")
def smoothing_term_is_small_uniformly() -> Draft:
    """The term of lam, off the rays too: lam |x|/(alpha Q)^(1 - 2/p) over the norm r is at most lam ((p-1) t^p)^(2/p-1)
    where t = |theta|_p <= r diverges with r, |x| <= r and alpha Q >= (p-1) t^p; p = 2 + e."""
    bound = "lam*((1 + e)*t**(2 + e))**(-e/(2 + e))"
    return _derived(
        printed(
            f"lam*D**(-e/(2 + e))*(y/r) <= lam*D**(-e/(2 + e)) and lam*D**(-e/(2 + e)) <= {bound}"
            f" and limit({bound}, t, oo) == 0",
            given=["e > 0", "lam > 0", "y >= 0", "r > 0", "y <= r", "t > 0", "D >= (1 + e)*t**(2 + e)"],
        ).covering("the term of lam")
    )


@claim("mf-lem-G10.leading", place="Lemma G.10", rests_on=["mf-tab1-hom-phi"], kind="limit")
def leading_terms_agree_uniformly() -> Draft:
    """The other term, off the rays too: with k = alpha Q/((p-1) t^p), t = |theta|_p, y = |x| <= t and p = 2 + e, it
    differs from phi dphi by the factor 1 - k^(2/p - 1), and phi dphi is at most (p-1)^(2/p) t, so that over the norm
    r >= t the difference is at most (p-1)^(2/p) h t^(-e): k <= 1 + h t^(-e), h = p lam c/(2 (p-1)), as |theta|_2^2 = S
    is at most c t^2."""
    factor = "1 - k**(-e/(2 + e))"
    return _derived(
        printed(
            "(1 + e)*y**(1 + e)*((1 + e)*t**(2 + e))**(-e/(2 + e)) <= (1 + e)**(2/(2 + e))*t"
            f" and 0 <= {factor} and implies(k <= 1 + h*t**(-e), {factor} <= h*t**(-e))"
            " and limit(h*t**(-e), t, oo) == 0",
            given=["e > 0", "t > 0", "0 <= y", "y <= t", "k >= 1", "h > 0"],
        ).covering("the leading term")
    )


@claim("mf-lem-G10.ratio", place="Lemma G.10", rests_on=["mf-tab1-hom-Q"], kind="inequality")
def conjugate_over_its_leading_part() -> Draft:
    """That bound of k = 1 + (p/2) lam S/((p-1) t^p)."""
    return _derived(
        printed(
            "(2 + e)/2*lam*S/((1 + e)*t**(2 + e)) <= (2 + e)/2*lam*c/(1 + e)*t**(-e)",
            given=["e > 0", "t > 0", "lam > 0", "c > 0", "S >= 0", "S <= c*t**2"],
        )
    )


@claim("mf-lem-G10.p2", place="Lemma G.10, p = 2", rests_on=["mf-tab1-hom-phi.p2"], kind="identity")
def approximation_at_p_two() -> Draft:
    """p = 2: with the horizon sqrt(1 + lam) |theta| both expressions are (1 + lam) theta, C = 1."""
    return printed(
        "((1 + lam)*n**2)**(2/2 - 1)*(1 + lam)*x == sqrt(1 + lam)*n*(sqrt(1 + lam)*(x/n))",
        given=["x real", "n > 0", "lam >= 0"],
    ).derived(Horizon(at_two()).derivation())


@claim("mf-G10-const", place="Lemma G.10, proof", rests_on=["mf-G10-formulas"], kind="limit")
def constant_of_the_approximation() -> Draft:
    """The constant is C = (p-1)^(1 - 2/p), for which the difference is zero at lam = 0, T the only sum left."""
    left = "((p - 1)*abs(x)**(p - 2)*x)/((p - 1)*T)**(1 - 2/p)"
    given = ["x real", "x != 0", "p > 2", "T > 0"]
    return _derived(
        printed(f"(p - 1)**(1 - 2/p)*({left}) == {BY_HORIZON}", given=given).corrected(
            f"{left} == {BY_HORIZON}",
            mend="constant",
            note="The constant of the lemma is one. (p-1)^(1 - 2/p) is that of the bracket in the proof, where"
            " (p-1)^(2/p)"
            " |theta|^(p-2) theta has been taken out: it is used up there.",
        )
    )


@claim("mf-G10-formulas", place="Lemma G.10, proof", kind="identity")
def both_gradients_written_out() -> Draft:
    """(alpha Q)^(2/alpha - 1) R'' theta with R'' derived, and phi dphi as the slope of phi^2/2 in the coordinate x:
    phi^2/2 = (p-1)^(2/p) (|x|^p + B)^(2/p)/2, B the other coordinates' part of T, moves at the printed slope."""
    return _derived(
        printed(
            f"(alpha*(((p - 1)*T/p) + lam/2*S))**(2/alpha - 1)*diff(abs(x)**p/p + lam/2*x**2, x, 2)*x == {BY_DUAL}"
            " and diff((p - 1)**(2/p)*(abs(x)**p + B)**(2/p)/2, x)"
            " == (p - 1)**(2/p)*(abs(x)**p + B)**((2 - p)/p)*abs(x)**(p - 2)*x",
            given=["x != 0", "p >= 2", "lam >= 0", "T > 0", "S > 0", "B >= 0", "alpha == p"],
        ).covering("coordinates that are not zero")
    )


@claim("mf-G10-bound", place="Lemma G.10, proof", rests_on=["mf-G10-formulas"], kind="inequality")
def bound_of_the_difference() -> Draft:
    """The square of the difference is at most that of (p-1)^(2/p) |theta|^(p-2) theta times the bracket; one coordinate
    theta = x > 0, p > 2, the bracket with its constant (p-1)^(1 - 2/p)."""
    alone = {"A": "(p - 1)*x**p + p/2*lam*x**2"}
    difference = "((p - 1)*x**(p - 1) + lam*x)/A**(1 - 2/p) - (p - 1)**(2/p)*x"
    bracket = "(p - 1)**(2/p)*x**(p - 1)*((p - 1)**(1 - 2/p)/A**(1 - 2/p) - x**(2 - p))"
    given = ["x > 0", "p > 2", "lam > 0"]
    return _derived(
        printed(f"({difference})**2 <= ({bracket})**2", given=given, where=alone).corrected(
            "((p - 1)*X/Z + W - C*X*Y)**2 <= 2*(C*X*((p - 1)/C/Z - Y))**2 + 2*W**2",
            mend="replaced",
            given=["p > 2", "W real", "C > 0", "X real", "Z > 0", "Y > 0"],
            where={},
            note="The term W = lam theta/(alpha Q)^(1 - 2/p) is missing. For 2 < p < 3 the printed bound is false far"
            " out; twice the sum of both squares is a bound of the square of the difference (p-1) X/Z + W - C X Y, with"
            " X = |theta|^(p-2) theta, C = (p-1)^(2/p), Z = (alpha Q)^(1 - 2/p), Y = |theta|_p^(2-p); (p-1)/C is"
            " (p-1)^(1 - 2/p), the constant of the bracket.",
        )
    )


@claim("mf-G10-bound.order", place="Lemma G.10, proof", rests_on=["mf-G10-bound.bracket"], kind="asymptotic")
def order_of_the_bound() -> Draft:
    """The bound is of the order r^(2p - 2) r^(8 - 4p)/r^2, which tends to 0 if and only if p > 2."""
    order = "r**(2*p - 2)*r**(8 - 4*p)/r**2"
    return _derived(
        printed(
            f"implies(p > 2, limit({order}, r, oo) == 0) and implies(p == 2, limit({order}, r, oo) == 1)",
            given=["p >= 2"],
        )
    )


@claim("mf-G10-bound.bracket", place="Lemma G.10, proof, last display but one", kind="asymptotic")
def order_of_the_bracket() -> Draft:
    """The square of the bracket with its constant, (p-1)^(1 - 2/p), is of the order r^(8 - 4p); one coordinate x."""
    bracket = "(p - 1)**(1 - 2/p)/((p - 1)*x**p + p/2*lam*x**2)**(1 - 2/p) - x**(2 - p)"
    return _derived(
        printed(f"bigtheta(({bracket})**2, x**(8 - 4*p), x, oo)", given=["p > 2", "lam > 0"]).covering("one coordinate")
    )


@claim("mf-G10-p2", place="Lemma G.10, proof, last sentence", rests_on=["mf-tab1-hom-phi.p2"], kind="identity")
def constant_at_p_two() -> Draft:
    """p = 2: phi dphi = theta and (alpha Q)^0 R'' theta = (1 + lam) theta, so that C = 1 + lam makes them agree."""
    return (
        printed("(1 + lam)*((1 + lam)*x) == x", given=["x real", "lam > 0"])
        .corrected(
            "1*((1 + lam)*x) == diff((sqrt(1 + lam)*abs(x))**2/2, x)",
            mend="constant",
            given=["x != 0", "lam > 0"],
            note="C (1 + lam) theta = theta would need C = 1/(1 + lam). The horizon at p = 2 is sqrt(1 + lam)"
            " |theta|, by which"
            " phi dphi = (1 + lam) theta and C = 1.",
            covering="one coordinate",
        )
        .derived(Horizon(at_two()).derivation())
    )


@claim("mf-G4-hyp-expr", place="Appendix G.4, Hyperbolic entropy", rests_on=["mf-tab1-hyp-Q"], kind="identity")
def gradient_by_the_dual_of_the_entropy() -> Draft:
    """alpha = 1: (alpha Q)^(2/alpha - 1) R'' theta = Q theta/sqrt(theta^2 + lam), Q the sum over all coordinates."""
    return printed(
        "(alpha*Q)**(2/alpha - 1)*diff(R, x, 2)*x == Q*(x/sqrt(x**2 + lam))",
        given=["x real", "lam > 0", "Q > 0", "alpha == 1"],
        where={"R": ENTROPY},
    ).derived(entropy().derivation())


@claim("mf-G4-nometric", place="Appendix G.4, last sentences", rests_on=["mf-G4-hyp-expr"], kind="limit")
def entropy_does_not_approximate_the_sign() -> Draft:
    """|theta/sqrt(theta^2 + lam) - sign(theta)| cannot go to zero; on the ray (r, y r) the gaps are those of r and y
    r."""
    gap = "abs({0}/sqrt(({0})**2 + lam) - sign({0}))"
    return (
        printed(f"limit({gap.format('y*r')}, r, oo) != 0", given=["y > 0", "lam > 0"])
        .corrected(
            "abs(y/sqrt(y**2 + lam) - sign(y)) > 0",
            mend="weaker conclusion",
            given=["y != 0", "lam > 0"],
            note="Where every coordinate diverges the gap does go to zero, in every metric; it does not where a"
            " coordinate y stays bounded.",
        )
        .derived(entropy().derivation())
    )


@claim("mf-G4-nometric.nearby", place="Appendix G.4, last sentences", rests_on=["mf-G4-hyp-expr"], kind="limit")
def entropy_approximates_subgradients_of_nearby_points() -> Draft:
    """In one distance it is possible: at (r, y), r -> oo, where the gap in the coordinate y stays, the vector
    Q R'' theta over r tends to (1, y/sqrt(y^2 + lam)), a subgradient of |.|_1^2/2 at (1, 0), the limit of (r, y)/r: the
    pairs of point and vector approach the graph of the subdifferential."""
    dual = "(sqrt(r**2 + lam) + sqrt(y**2 + lam))"
    return (
        printed(
            f"limit({dual}*(r/sqrt(r**2 + lam))/r, r, oo) == 1"
            f" and limit({dual}*(y/sqrt(y**2 + lam))/r, r, oo) == y/sqrt(y**2 + lam)"
            " and abs(y/sqrt(y**2 + lam)) <= 1 and limit(y/r, r, oo) == 0",
            given=["y real", "lam > 0"],
        )
        .covering("two coordinates, one of which stays bounded")
        .derived(entropy().derivation())
    )

"""Appendix G.3: the hyperbolic entropy as a product theta = u v of factors under gradient flow.

One coordinate each unless it is said otherwise; the factors' problem is min |(u, v)|^2/2 subject to q_i(u v) >= 1.
"""

from __future__ import annotations

import sympy

from theory.factored import Factored
from theory.homogeneous import Chain
from verify.claim import Draft, claim, printed

lam = sympy.Symbol("lam", positive=True)
FACTORS = {"u": "-v*g", "v": "-u*g"}


def _derived(draft: Draft) -> Draft:
    return draft.derived(Factored(sympy.sqrt(lam)).derivation())


@claim("mf-G3-reparam-flow", place="Appendix G.3", kind="identity")
def flow_of_the_product() -> Draft:
    """Under gradient flow u^2 - v^2 rests and theta = u v moves at -(u^2 + v^2) times the slope g in theta."""
    return _derived(
        printed(
            "conserved(u**2 - v**2) and ddt(u*v) == -(u**2 + v**2)*g",
            given=["u real", "v real", "g real"],
            flow=FACTORS,
        )
    )


@claim("mf-G3-metric", place="Appendix G.3", rests_on=["mf-G3-reparam-flow"], kind="identity")
def metric_of_the_product() -> Draft:
    """u^2 - v^2 = sqrt(lam) and u v = theta give u^2 + v^2 = sqrt(4 theta^2 + lam)."""
    return _derived(
        printed(
            "u**2 + v**2 == sqrt(4*x**2 + lam)",
            given=["u real", "v real", "x real", "lam >= 0", "u**2 - v**2 == sqrt(lam)", "u*v == x"],
        )
    )


@claim("mf-G3-metric.rescaled", place="Appendix G.3, last sentence", rests_on=["mf-G3-metric"], kind="identity")
def four_is_removed_by_rescaling() -> Draft:
    """The constant 4 is dealt with by rescaling: in x = 2 theta the metric is that of the entropy, and
    sqrt(4 theta^2 + lam) = 2 sqrt(theta^2 + lam/4) is the entropy of lam/4 at twice the speed."""
    return _derived(
        printed(
            "sqrt(4*x**2 + lam) == sqrt((2*x)**2 + lam) and sqrt(4*x**2 + lam) == 2*sqrt(x**2 + lam/4)",
            given=["x real", "lam >= 0"],
        )
    )


@claim("mf-G3-metric.potential", place="Appendix G.3", rests_on=["mf-G3-metric"], kind="identity")
def potential_of_the_product() -> Draft:
    """1/sqrt(4 theta^2 + lam) is the Hessian of a quarter of the entropy at 2 theta."""
    entropy = "(2*x)*asinh(2*x/sqrt(lam)) - sqrt((2*x)**2 + lam)"
    return _derived(
        printed("diff(R/4, x, 2) == 1/sqrt(4*x**2 + lam)", given=["x real", "lam > 0"], where={"R": entropy})
    )


@claim("mf-G3-balance-limit", place="Appendix G.3", rests_on=["mf-thm-4.5-limits"], kind="limit")
def normalized_factors_become_balanced() -> Draft:
    """(u^2 - v^2)/|(u, v)|^2 -> 0 as the norm, of square N, diverges: the numerator c is constant."""
    return _derived(printed("limit(c/N, N, oo) == 0", given=["c real"]))


@claim("mf-G3-objective", place="Appendix G.3", kind="identity")
def objective_of_balanced_factors() -> Draft:
    """Where u^2 = v^2 in each coordinate, |(u, v)|^2/2 = |theta|_1; one coordinate of the sums."""
    return _derived(printed("(u**2 + v**2)/2 == abs(u*v)", given=["u real", "v real", "u**2 == v**2"]))


@claim("mf-G3-b", place="Appendix G.3", rests_on=["mf-G3-metric", "mf-thm-4.5-limits"], kind="limit")
def norm_of_the_factors_against_the_product() -> Draft:
    """|(u, v)|^2/|theta|_1 tends to a positive constant, to two: the coordinates' sqrt(4 theta^2 + lam) lie between
    2 |theta| and 2 |theta| + sqrt(lam), so that the quotient lies between 2 and (2 S + n sqrt(lam))/S, S =
    |theta|_1."""
    return _derived(
        printed(
            "2*abs(x) <= sqrt(4*x**2 + lam) and sqrt(4*x**2 + lam) <= 2*abs(x) + sqrt(lam)"
            " and limit((2*S + n*sqrt(lam))/S, S, oo) == 2",
            given=["x real", "lam >= 0", "n >= 1 integer"],
        )
    )


@claim("mf-G3-kkt-transfer", place="Appendix G.3", rests_on=["mf-G3-objective"], kind="equivalence")
def kkt_points_of_the_factors_and_of_the_product() -> Draft:
    """A KKT point of the factors' problem, u = v G and v = u G with G = sum l_i dq_i/dtheta (hence u^2 = v^2), gives
    one of the l1-problem, G in the subdifferential of |theta|: |G| <= 1 everywhere and G = sign(theta) where theta !=
    0."""
    given = ["u real", "v real", "G real", "u == v*G", "v == u*G"]
    return _derived(
        printed("abs(G) <= 1 and implies(u*v != 0, G == sign(u*v))", given=given).corrected(
            "G == sign(u*v)",
            mend="added hypothesis",
            given=[*given, "u*v != 0"],
            note="At a coordinate with u = v = 0 the factors' conditions say nothing of G; the transfer needs that"
            " no coordinate vanishes (or that |G| <= 1 where one does).",
        )
    )


@claim("mf-G3-constraint", place="Appendix G.3, last display of the first part", kind="definition")
def constraint_of_the_limiting_program() -> Draft:
    """The limiting program is min |theta|_1 subject to y_i f(theta, x_i) >= 0; f = theta: its minimum is that of
    Corollary 4.8, attained at theta = 1."""
    return _derived(
        printed("abs(x) >= 1", given=["x real", "x >= 0"]).corrected(
            "abs(x) >= 1",
            mend="misprint",
            given=["x real", "x >= 1"],
            note="The constraint is y_i f >= 1, as in Corollary 4.8; with >= 0 the minimum is theta = 0.",
            covering="f = theta",
        )
    )


@claim("mf-G3-from-3.1", place="Appendix G.3", rests_on=["mf-lem-3.1"], kind="equivalence")
def correspondence_from_the_balance_of_layers() -> Draft:
    """The invariance of u_j^2 - v_j^2 in each coordinate follows from Lemma 3.1, by which their sum over the layer is
    invariant: A and B are the changes in two coordinates."""
    chain = Chain((sympy.Integer(1),))
    return (
        printed("A == 0", given=["A real", "B real", "A + B == 0"])
        .corrected(
            "conserved(u**2 - v**2) and conserved(w**2 - z**2)",
            mend="added hypothesis",
            given=["u real", "v real", "w real", "z real", "g real", "h real"],
            flow={"u": "-v*g", "v": "-u*g", "w": "-z*h", "z": "-w*h"},
            note="Lemma 3.1 balances whole layers. The law of one coordinate is its case of a layer of one weight,"
            " since"
            " f depends on u_j and v_j through their product alone.",
            covering="two coordinates with slopes g and h of their own",
        )
        .derived(chain.derivation(sympy.Symbol("g", real=True)))
    )

"""Table 1, Lemma 2.5, Assumptions 2.3 and 4.4: the two mirror potentials, one coordinate at a time.

Both potentials are separable, so that a statement about one coordinate theta = x for all parameters is the statement.
"""

from __future__ import annotations

import sympy

from theory.admissibility import Admissibility
from theory.any_potential import AnyPotential
from theory.exponential_loss import ExponentialLoss
from theory.growth import Growth
from theory.horizon import Horizon
from theory.potentials import MirrorPotential
from verify.claim import Draft, claim, printed

x = sympy.Symbol("x", real=True)
t = sympy.Symbol("t", real=True)
lam = sympy.Symbol("lam", positive=True)
p = sympy.Symbol("p", positive=True)

ENTROPY = "x*asinh(x/sqrt(lam)) - sqrt(x**2 + lam)"
SMOOTHED = "abs(x)**p/p + lam/2*x**2"


def entropy() -> MirrorPotential:
    """The hyperbolic entropy."""
    return MirrorPotential(x * sympy.asinh(x / sympy.sqrt(lam)) - sympy.sqrt(x**2 + lam), x)


def smoothed() -> MirrorPotential:
    """The smoothed homogeneous potential."""
    return MirrorPotential(sympy.Abs(x) ** p / p + lam / 2 * x**2, x)


def smoothed_above_two() -> MirrorPotential:
    """The smoothed potential at p = 2 + e."""
    e = sympy.Symbol("e", positive=True)
    return MirrorPotential(sympy.Abs(x) ** (2 + e) / (2 + e) + lam / 2 * x**2, x)


@claim("mf-lem-2.5", place="Lemma 2.5", kind="identity")
def fenchel_young_for_the_entropy() -> Draft:
    """theta R'(theta) = R(theta) + Q(R'(theta)): for the entropy, the supremum of the conjugate is at theta."""
    moved = "t*asinh(t/sqrt(lam)) - sqrt(t**2 + lam)"
    draft = printed(
        f"t*diff(R, x) - ({moved}) <= x*diff(R, x) - R", given=["x real", "t real", "lam > 0"], where={"R": ENTROPY}
    )
    return draft.covering("hyperbolic entropy").derived(entropy().derivation())


@claim("mf-lem-2.5.any-potential", place="Lemma 2.5", kind="identity")
def fenchel_young_for_any_potential() -> Draft:
    """For any convex R, R(t) >= R(theta) + tr - xr, tr = <t, R'(theta)> and xr = <theta, R'(theta)>: the supremum of
    the conjugate is at theta.
    """
    return printed(
        "tr - Rt <= xr - Rx", given=["xr real", "tr real", "Rx real", "Rt real", "Rt >= Rx + tr - xr"]
    ).derived(AnyPotential().derivation())


@claim("mf-lem-2.5.smoothed", place="Lemma 2.5", rests_on=["mf-lem-2.5.any-potential"], kind="identity")
def fenchel_young_for_the_smoothed_potential() -> Draft:
    """The smoothed homogeneous potential is one of them: it is convex and has a gradient everywhere."""
    draft = printed(
        "convex(R, x) and diff(R, x) == spow(x, p - 1) + lam*x",
        given=["x real", "p >= 2", "lam >= 0"],
        where={"R": SMOOTHED},
    )
    return draft.covering("smoothed potential").derived(smoothed().derivation())


@claim("mf-euclid-QR", place="Section 2, after Lemma 2.5", rests_on=["mf-lem-2.5"], kind="identity")
def dual_of_half_the_square() -> Draft:
    """R = theta^2/2 gives Q(R'(theta)) = theta^2/2."""
    R = MirrorPotential(x**2 / 2, x)
    statement = "x*diff(R, x) - R == x**2/2"
    return printed(statement, given=["x real"], where={"R": R.potential}).derived(R.derivation())


@claim("mf-tab1-hyp-Q", place="Table 1, row 1", rests_on=["mf-lem-2.5"], kind="identity")
def dual_of_the_entropy() -> Draft:
    """Hyperbolic entropy: Q(R'(theta)) = sqrt(theta^2 + lambda), where R has a value: the row names no range."""
    draft = printed("x*diff(R, x) - R == sqrt(x**2 + lam)", given=["x real", "lam > 0"], where={"R": ENTROPY})
    return draft.derived(entropy().derivation())


@claim("mf-tab1-hyp-Q.range", place="Section 1; Table 1, row 1", rests_on=["mf-lem-2.5"], kind="identity")
def dual_of_the_entropy_over_the_range_of_the_introduction() -> Draft:
    """The same for all lambda >= 0, the range that Section 1 and Appendix C name for the family."""
    statement = "x*diff(R, x) - R == sqrt(x**2 + lam)"
    return (
        printed(statement, given=["x real", "lam >= 0"], where={"R": ENTROPY})
        .corrected(
            statement, mend="added hypothesis", given=["x real", "lam > 0"], note="arcsinh(theta/0) has no meaning."
        )
        .derived(entropy().derivation())
    )


@claim("mf-tab1-hyp-phi", place="Table 1, row 1", rests_on=["mf-tab1-hyp-Q"], kind="limit")
def horizon_of_the_entropy() -> Draft:
    """Hyperbolic entropy: the horizon function, with the limit from the right, is |theta|."""
    return printed('limit(eta*sqrt((x/eta)**2 + lam), eta, 0, "+") == abs(x)', given=["x real", "lam >= 0"]).derived(
        entropy().derivation()
    )


@claim("mf-tab1-hom-Q", place="Table 1, row 2", rests_on=["mf-lem-2.5"], kind="identity")
def dual_of_the_smoothed_potential() -> Draft:
    """Smoothed potential: Q(R'(theta)) = |theta|^p/q + lambda/2 theta^2 with 1/p + 1/q = 1."""
    return printed(
        "x*diff(R, x) - R == abs(x)**p/q + lam/2*x**2",
        given=["x real", "p >= 2", "lam >= 0", "1/p + 1/q == 1"],
        where={"R": SMOOTHED},
    ).derived(smoothed().derivation())


@claim("mf-tab1-hom-phi", place="Table 1, row 2", rests_on=["mf-tab1-hom-Q"], kind="limit")
def horizon_of_the_smoothed_potential() -> Draft:
    """Smoothed potential, all p >= 2 and lambda >= 0: the horizon function is (p-1)^(1/p) |theta|."""
    scaled = "(p*((1 - 1/p)*abs(x/eta)**p + lam/2*(x/eta)**2))**(1/p)"
    statement = f'limit(eta*{scaled}, eta, 0, "+") == (p - 1)**(1/p)*abs(x)'
    sums = "(p*((1 - 1/p)*T/eta**p + lam/2*S/eta**2))**(1/p)"
    return (
        printed(statement, given=["x real", "p >= 2", "lam >= 0"])
        .corrected(
            f'limit(eta*{sums}, eta, 0, "+") == (p - 1)**(1/p)*T**(1/p)',
            mend="added hypothesis",
            given=["T > 0", "S > 0", "p > 2", "lam >= 0"],
            note="At p = 2 the smoothing has the same degree and stays: the horizon is sqrt(1 + lambda) |theta|. Here"
            " in any number of coordinates: T = |theta|_p^p and S = |theta|_2^2.",
        )
        .derived(smoothed().derivation())
    )


@claim("mf-tab1-hom-phi.p2", place="Table 1, row 2, p = 2", rests_on=["mf-tab1-hom-Q"], kind="limit")
def horizon_at_p_two() -> Draft:
    """The case p = 2 of the row: |theta|, and what it is instead."""
    scaled = "(2*(abs(x/eta)**2/2 + lam/2*(x/eta)**2))**(1/2)"
    return (
        printed(f'limit(eta*{scaled}, eta, 0, "+") == abs(x)', given=["x real", "lam >= 0"])
        .corrected(
            'limit(eta*(2*(S/eta**2/2 + lam/2*S/eta**2))**(1/2), eta, 0, "+") == sqrt(1 + lam)*sqrt(S)',
            mend="constant",
            given=["S >= 0", "lam >= 0"],
            note="In any number of coordinates, S = |theta|^2.",
        )
        .derived(MirrorPotential(x**2 / 2 + lam / 2 * x**2, x).derivation())
    )


@claim("mf-phi-1homog", place="Section 1; G.2", rests_on=["mf-tab1-hom-phi", "mf-tab1-hyp-phi"], kind="identity")
def horizon_is_homogeneous() -> Draft:
    """phi(c theta) = c phi(theta) for c > 0, for the horizon functions of Table 1: each |theta_i| takes the
    factor c, and so does their sum; the sum T of their p-th powers takes c^p."""
    return printed(
        "abs(c*x) == c*abs(x) and ((p - 1)*(c**p*T))**(1/p) == c*((p - 1)*T)**(1/p)",
        given=["x real", "c > 0", "T >= 0", "p >= 2"],
    ).covering("Table 1").derived(Horizon(smoothed_above_two()).derivation())


@claim("mf-asm-4.4-hyp", place="Appendix C, Hyperbolic entropy", rests_on=["mf-tab1-hyp-Q"], kind="inequality")
def radial_inequality_of_the_entropy() -> Draft:
    """sqrt(theta^2 + lambda) >= theta^2/sqrt(theta^2 + lambda) for all lambda >= 0, the denominator being positive."""
    statement = "sqrt(x**2 + lam) >= x**2/sqrt(x**2 + lam)"
    return (
        printed(statement, given=["x real", "lam >= 0"])
        .corrected(
            statement,
            mend="added hypothesis",
            given=["x real", "lam > 0"],
            note="At lambda = 0 the denominator vanishes at theta = 0.",
        )
        .derived(entropy().derivation())
    )


@claim("mf-asm-4.4-hom", place="Appendix C, Smoothed homogeneous", rests_on=["mf-tab1-hom-Q"], kind="inequality")
def radial_inequality_of_the_smoothed_potential() -> Draft:
    """(p-1)|theta|^p + p lambda/2 theta^2 >= (p-1)|theta|^p + lambda theta^2 for p >= 2 and lambda >= 0."""
    return printed(
        "(p - 1)*abs(x)**p + p*lam/2*x**2 >= (p - 1)*abs(x)**p + lam*x**2", given=["x real", "p >= 2", "lam >= 0"]
    ).derived(smoothed().derivation())


@claim(
    "mf-asm-4.4-all-table", place="Section 4, after Assumption 4.4", rests_on=["mf-asm-4.4-hyp", "mf-asm-4.4-hom"],
    kind="classification",
)  # fmt: skip
def all_of_table_one_satisfies_the_radial_inequality() -> Draft:
    """alpha Q(R'(theta)) >= theta^2 R''(theta) for both potentials, from their derived duals and Hessians; at theta = 0
    the second reads 0 >= 0."""
    h, s = entropy(), smoothed()
    return printed(
        "DH >= x**2*HH and implies(x != 0, p*DS >= x**2*HS)",
        given=["x real", "lam > 0", "p >= 2"],
        where={
            "DH": h.dual_at_gradient, "HH": h.hessian,
            "DS": "(1 - 1/p)*abs(x)**p + lam/2*x**2", "HS": "(p - 1)*abs(x)**(p - 2) + lam",
        },
    ).covering("the inequality, lam > 0").derived(s.derivation())  # fmt: skip


@claim("mf-asm-2.3-hyp", place="Assumption 2.3 for Table 1, row 1", rests_on=["mf-tab1-hyp-Q"], kind="classification")
def the_entropy_is_an_admissible_potential() -> Draft:
    """Hyperbolic entropy, lambda >= 0: strictly convex, with |R'| -> oo at infinity and a Lipschitz Hessian."""
    statement = "strictly_convex(R, x) and limit(diff(R, x), x, oo) == oo and limit(diff(R, x), x, -oo) == -oo"
    statement += " and bounded(diff((x**2 + lam)**(-1/2), x), x)"
    return printed(statement, given=["x real", "lam >= 0"], where={"R": ENTROPY}).corrected(
        statement, mend="added hypothesis", given=["x real", "lam > 0"], note="lambda = 0 leaves no potential."
    ).derived(Admissibility(entropy()).derivation())


@claim("mf-asm-2.3-hom", place="Assumption 2.3 for Table 1, row 2", rests_on=["mf-tab1-hom-Q"], kind="classification")
def the_smoothed_potential_is_strictly_convex_with_lipschitz_hessian() -> Draft:
    """Smoothed potential, p >= 2, lambda >= 0: strictly convex, coercive, and its Hessian is Lipschitz near 0."""
    statement = f"strictly_convex({SMOOTHED}, x) and limit(spow(x, p - 1) + lam*x, x, oo) == oo"
    statement += " and bigo((p - 1)*abs(x)**(p - 2), x, x, 0)"
    return printed(statement, given=["x real", "p > 2", "lam >= 0"]).corrected(
        statement,
        mend="added hypothesis",
        given=["x real", "p >= 3", "lam >= 0"],
        note="|theta|^(p-2) is not Lipschitz at 0 for 2 < p < 3; at p = 2 the Hessian is constant.",
    ).derived(Admissibility(smoothed_above_two()).derivation())


@claim("mf-B-legendre", place="Appendix B", rests_on=["mf-lem-2.5"], kind="identity")
def gradient_of_the_dual_inverts_the_mirror_map() -> Draft:
    """Q'(R'(theta)) = theta: the derivative of Q(R'(theta)) is theta R''(theta), for the hyperbolic entropy."""
    R = entropy()
    draft = printed("diff(D, x) == x*H", given=["x real", "lam > 0"], where={"D": R.dual_at_gradient, "H": R.hessian})
    return draft.covering("hyperbolic entropy").derived(R.derivation())


@claim("mf-B-legendre.any-potential", place="Appendix B", rests_on=["mf-lem-2.5"], kind="identity")
def gradient_of_the_dual_of_any_potential() -> Draft:
    """The same for any potential with R'' = H > 0: while x moves at the speed one, G = R'(x) moves at H and the dual
    x G - R at x H, so that its slope in G is x."""
    return (
        printed(
            "ddt(x*G - R) == x*ddt(G) and ddt(G) > 0",
            given=["x real", "H > 0", "G real", "R real"],
            flow={"x": "1", "G": "H", "R": "G"},
        )
        .covering("separable R with R'' > 0")
        .derived(AnyPotential().derivation())
    )


@claim("mf-C-asymp-hyp", place="Appendix C, first paragraph", kind="limit")
def growth_of_the_entropy() -> Draft:
    """Hyperbolic entropy: R(theta) ~ |theta| as |theta| -> oo."""
    return (
        printed("asymptotic(R, abs(x), x, oo)", given=["x real", "lam > 0"], where={"R": ENTROPY})
        .corrected(
            "asymptotic(R, abs(x)*log(abs(x)), x, oo) and asymptotic(sqrt(x**2 + lam), abs(x), x, oo)",
            mend="replaced",
            note="R grows like |theta| log|theta|; it is Q(R') that is asymptotically homogeneous of degree one.",
            covering="one coordinate",
        )
        .derived(entropy().derivation())
    )


@claim("mf-C-asymp-hom", place="Appendix C, first paragraph", rests_on=["mf-tab1-hom-Q"], kind="limit")
def growth_of_the_smoothed_potential() -> Draft:
    """Smoothed potential: R(theta) ~ |theta|^p as |theta| -> oo, the quotient tending to one."""
    return printed(
        "asymptotic(R, abs(x)**p, x, oo)", given=["x real", "p >= 2", "lam >= 0"], where={"R": SMOOTHED}
    ).corrected(
        "bigtheta(R, abs(x)**p, x, oo)",
        mend="weaker conclusion",
        note="The quotient tends to 1/p (to (1 + lambda)/2 at p = 2): the order is right, the constant is not 1.",
        covering="one coordinate",
    ).derived(Growth(smoothed_above_two().potential, x).derivation())


@claim("mf-D-lse", place="Appendix D, proof of Lemma 4.3", kind="inequality")
def log_sum_exp_of_two() -> Draft:
    """max <= log-sum-exp <= max + log K, here for K = 2 samples."""
    draft = printed(
        "Max(a, b) <= log(exp(a) + exp(b)) and log(exp(a) + exp(b)) <= Max(a, b) + log(2)", given=["a real", "b real"]
    )
    return draft.covering("K = 2").derived(ExponentialLoss(2, p).derivation())


@claim("mf-D-lse.any-number", place="Appendix D, proof of Lemma 4.3", kind="inequality")
def log_sum_exp_of_any_number() -> Draft:
    """The same for K samples: a is the largest, T the sum of the K - 1 other exponentials, at most (K-1) exp(a)."""
    return printed(
        "a <= log(exp(a) + T) and log(exp(a) + T) <= a + log(K)",
        given=["a real", "T >= 0", "K >= 1 integer", "T <= (K - 1)*exp(a)"],
    ).derived(ExponentialLoss(2, p).derivation())

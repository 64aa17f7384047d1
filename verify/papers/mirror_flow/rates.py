"""Theorem 4.6 and Appendix F: the integral G, its inverse, and the rates of the loss and of the conjugate in time.

b = alpha/L - 2 is the exponent of G' = (log u)^b, and w = 1/F. z = log(1/F), N = (alpha D)^(1/alpha), h bounds the
slopes of the outputs, H is R''.
"""

from __future__ import annotations

import sympy

from theory.derivation import Derivation
from theory.margins import QMargin
from theory.potentials import MirrorPotential
from theory.radial_factor import RadialFactor
from theory.radial_factor import x as radius
from theory.rates import LogarithmicIntegral, LossRate, ScalarFlow
from verify.claim import Draft, claim, printed
from verify.papers.mirror_flow.potentials import entropy, lam, x

alpha = sympy.Symbol("alpha", positive=True)
L = sympy.Symbol("L", positive=True)
b = sympy.Symbol("b", real=True)
DEGREES = ["alpha >= 1", "L > 0"]
TIME = "(w*log(w)**b)"  # the order of G(w), hence of the time at which 1/F is w


def power(degree: sympy.Expr) -> MirrorPotential:
    """|theta|^d/d."""
    return MirrorPotential(sympy.Abs(x) ** degree / degree, x)


def _scalar(draft: Draft, potential: MirrorPotential, layers: int) -> Draft:
    return draft.derived(ScalarFlow(potential, sympy.Integer(layers)).derivation())


@claim("mf-intro-tight-rates", place="Section 1, Main contributions", kind="asymptotic")
def rates_are_tight() -> Draft:
    """The upper and the lower bound of the loss have the same power of log t: 2 - alpha/L and 2 - min(2, alpha)/L."""
    statement = "2 - alpha/L == 2 - Min(2, alpha)/L"
    return (
        printed(statement, given=DEGREES)
        .corrected(
            statement,
            mend="added hypothesis",
            given=["alpha >= 1", "alpha <= 2", "L > 0"],
            note="For alpha > 2 the two bounds of the loss differ by a power of log t.",
        )
        .derived(_rate_derivation())
    )


def _rate_derivation() -> Derivation:

    rate = LossRate(L, alpha)
    steps = Derivation("The two orders of the loss")
    steps = steps.then("inverse of G, b = alpha/L - 2", "loss, at most", rate.upper)
    steps = steps.then("1/R'' of the order theta^(2 - alpha)", "loss, at least", rate.lower(alpha - 2), "alpha <= 2")
    return steps.then("1/R'' bounded", "loss, at least", rate.lower(sympy.Integer(0)), "alpha > 2")


@claim("mf-lem-F1-G", place="Lemma F.1, first part", rests_on=["mf-F1-parts"], kind="asymptotic")
def order_of_the_integral() -> Draft:
    """G(x) = Theta((log x)^b x): the quotient of the slopes tends to one, x (log x)^b to infinity (de l'Hopital)."""
    return printed(
        "limit(diff(w*log(w)**b, w)/log(w)**b, w, oo) == 1 and limit(w*log(w)**b, w, oo) == oo",
        given=["b real", "w > 1"],
    ).derived(LogarithmicIntegral(b).derivation())


@claim("mf-lem-F1-G.integral", place="Lemma F.1, first part", kind="asymptotic")
def order_of_an_integral() -> Draft:
    """The same by the integral itself for b = 1."""
    return printed(
        "integrate(log(u), (u, 2, w)) == w*log(w) - w - (2*log(2) - 2)"
        " and limit((w*log(w) - w - (2*log(2) - 2))/(w*log(w)), w, oo) == 1",
        given=["w > 2"],
    ).covering("alpha/L = 3, 1/F(t0) = 2").derived(LogarithmicIntegral(sympy.Integer(1)).derivation())


@claim("mf-lem-F1-Ginv", place="Lemma F.1, second part", rests_on=["mf-lem-F1-G"], kind="asymptotic")
def order_of_the_inverse() -> Draft:
    """G^{-1}(y) = Theta((log x)^(2 - alpha/L) x) with x = G^{-1}(y): so x is of that order in x itself."""
    return (
        printed("bigtheta(w, log(w)**(2 - alpha/L)*w, w, oo)", given=[*DEGREES, "w > 1"])
        .corrected(
            f"bigtheta(w, c*{TIME}*log(c*{TIME})**(-b), w, oo)",
            mend="misprint",
            given=["b real", "c > 0", "w > 1"],
            note="The argument y of the inverse must stand on the right: G^{-1}(y) = Theta((log y)^(2 - alpha/L) y),"
            " here with y = c x (log x)^b, which is of the order of G(x).",
        )
        .derived(LogarithmicIntegral(b).derivation())
    )


@claim("mf-F1-parts", place="Appendix F, first display", kind="identity")
def integration_by_parts() -> Draft:
    """The integral of z^b e^z is (log x)^b x (1 - b/log x + ...): the derivative leaves a term of the order z^-2."""
    return printed(
        "diff(exp(z)*z**b*(1 - b/z), z) == exp(z)*z**b*(1 - b*(b - 1)/z**2)", given=["z > 0", "b real"]
    ).derived(LogarithmicIntegral(b).derivation())


@claim("mf-F-upper", place="Appendix F, Upper bounding L", rests_on=["mf-lem-D2", "mf-lem-F1-Ginv"], kind="asymptotic")
def loss_from_above() -> Draft:
    """1/F = Omega((log t)^(2 - alpha/L) t): from t <= c G(1/F), with G(w) of the order of w (log w)^b."""
    statement = f"bigo(c*{TIME}*log(c*{TIME})**(-b), w, w, oo)"
    return printed(statement, given=["b real", "c > 0", "w > 1"]).derived(LogarithmicIntegral(b).derivation())


@claim("mf-thm-4.6-loss-gt2", place="Theorem 4.6, alpha > 2", rests_on=["mf-F-upper"], kind="asymptotic")
def loss_above_degree_two() -> Draft:
    """F = O(1/(t (log t)^(2 - alpha/L))) for alpha > 2, from t <= c G(1/F)."""
    t = "(c*w*log(w)**({0}))".replace("{0}", "alpha/L - 2")
    return printed(
        f"bigo(1/w, 1/({t}*log({t})**(2 - alpha/L)), w, oo)", given=["alpha > 2", "L > 0", "c > 0", "w > 1"]
    ).derived(_rate_derivation())


@claim(
    "mf-thm-4.6-loss-le2", place="Theorem 4.6, alpha in [1, 2]", kind="asymptotic",
    rests_on=[
        "mf-F-upper", "mf-F-conclude", "mf-thm-4.6-loss-le2.gaps", "mf-thm-4.6-loss-le2.degree",
        "mf-thm-4.6-loss-le2.time",
    ],
)  # fmt: skip
def loss_up_to_degree_two() -> Draft:
    """F = Theta(1/(t (log t)^(2 - alpha/L))) under Assumptions 2.1, 2.3, 4.4: a potential with gaps satisfies them with
    alpha = 2, and f = theta, where the exponent of the logarithm is 0, reaches the end of the n-th gap, with the loss
    e^-(n^3 + n), before the time 2 e^(n^3); so 1/F = O(t) would need e^(n^3 + n) = O(2 e^(n^3)).
    """
    return (
        printed("bigo(exp(n**3 + n), 2*exp(n**3), n, oo)", given=["n > 0"])
        .corrected(
            f"bigtheta(1/w, 1/((c*{TIME})*log(c*{TIME})**(-b)), w, oo)",
            mend="added hypothesis",
            given=["b real", "c > 0", "w > 1"],
            note="R'' must not fall below a multiple of |theta|^(alpha - 2): then the rate of G(1/F) has bounds on both"
            " sides, t is of the order of G(1/F), and the loss of the order printed.",
            covering="the step from t of the order of G(1/F) to the loss",
        )
        .derived(_rate_derivation())
    )


@claim("mf-thm-4.6-loss-le2.entropy", place="Theorem 4.6, alpha = 1", rests_on=["mf-lem-F1-G"], kind="asymptotic")
def rate_of_one_weight_under_the_entropy() -> Draft:
    """The flow of f = theta^L under the entropy: d(1/F)/dt = L^2 z^(2 - 2/L) sqrt(z^(2/L) + lam) is of the order
    z^(2 - alpha/L), alpha = 1, z = log(1/F)."""
    return _scalar(
        printed(
            "bigtheta(L**2*z**(2 - 2/L)*sqrt(z**(2/L) + lam), z**(2 - 1/L), z, oo)",
            given=["z > 0", "L > 0", "lam > 0"],
        ).covering("f = theta^L, hyperbolic entropy"),
        entropy(),
        2,
    )


@claim("mf-thm-4.6-loss-le2.square", place="Theorem 4.6, alpha = 2", rests_on=["mf-lem-F1-G"], kind="asymptotic")
def rate_of_one_weight_under_gradient_flow() -> Draft:
    """The same under gradient flow, whose rate is the power exactly: ddt of 1/F = exp(theta^L)."""
    return _scalar(
        printed(
            "ddt(exp(s**L)) == L**2*(s**L)**(2 - 2/L)",
            given=["s > 0", "L > 0"],
            flow={"s": "L*s**(L - 1)*exp(-s**L)"},
        ).covering("f = theta^L, R = theta^2/2"),
        power(sympy.Integer(2)),
        2,
    )


@claim(
    "mf-thm-4.6-loss-le2.between", place="Theorem 4.6, 1 < alpha < 2", rests_on=["mf-thm-4.6-scope"], kind="asymptotic"
)
def rate_of_one_weight_between() -> Draft:
    """The same for R'' = (theta^2 + lam)^(alpha/2 - 1), 1 <= alpha <= 2."""
    return (
        printed(
            "bigtheta(L**2*z**(2 - 2/L)*(z**(2/L) + lam)**(1 - alpha/2), z**(2 - alpha/L), z, oo)",
            given=["z > 0", "L > 0", "lam > 0", "1 <= alpha", "alpha <= 2"],
        )
        .covering("f = theta^L, R'' = (theta^2 + lam)^(alpha/2 - 1)")
        .derived(_rate_derivation())
    )


@claim("mf-thm-4.6-scope", place="Theorem 4.6", rests_on=["mf-asm-2.3-hom"], kind="classification")
def potentials_of_every_degree() -> Draft:
    """Every degree in [1, 2] has an admissible potential: R'' = (theta^2 + lam)^(alpha/2 - 1), for which alpha D is
    (theta^2 + lam)^(alpha/2), satisfies the radial inequality and has the horizon |theta|; R' runs to infinity,
    as fast as a multiple of asinh at least."""
    return printed(
        "diff(D, x) == x*H and alpha*D >= x**2*H and H > 0 and limit(alpha*D/abs(x)**alpha, x, oo) == 1"
        " and H >= lam**((alpha - 1)/2)/sqrt(x**2 + lam)",
        given=["x real", "lam > 0", "1 <= alpha", "alpha <= 2"],
        where={"D": "(x**2 + lam)**(alpha/2)/alpha", "H": "(x**2 + lam)**(alpha/2 - 1)"},
    ).derived(RadialFactor.of_dual((radius**2 + lam) ** (alpha / 2) / alpha, alpha).derivation())


@claim("mf-thm-4.6-slow", place="Section 4, after Theorem 4.6", rests_on=["mf-thm-4.6-loss-gt2"], kind="asymptotic")
def price_of_a_larger_degree() -> Draft:
    """A larger alpha costs at most a power of log t, (log t)^((a - c)/L) for a >= c, which tends to 1 as L grows."""
    return (
        printed(
            "t*log(t)**(2 - c/L)/(t*log(t)**(2 - a/L)) == log(t)**((a - c)/L)"
            " and limit(log(t)**((a - c)/L), L, oo) == 1",
            given=["t > 1", "c >= 1", "a >= c", "L > 0"],
        )
        .covering("the orders of Theorem 4.6")
        .derived(_rate_derivation())
    )


@claim("mf-eq8", place="Eq. (8)", rests_on=["mf-B0", "mf-thm-4.5-mono"], kind="asymptotic")
def conjugate_and_loss() -> Draft:
    """(alpha D)^(L/alpha) = Theta(log(1/F)): M = (alpha D)^(L/alpha), z/M >= g, z <= q <= B M."""
    return printed(
        "M <= z/g and M >= z/B", given=["M > 0", "g > 0", "B > 0", "z real", "q real", "z/M >= g", "z <= q", "q <= B*M"]
    ).derived(QMargin(L, alpha).derivation())


@claim(
    "mf-thm-4.6-Q-le2", place="Theorem 4.6, alpha in [1, 2]", kind="asymptotic",
    rests_on=["mf-eq8", "mf-F-upper", "mf-thm-4.6-Q-le2.any-potential"],
)  # fmt: skip
def conjugate_by_time() -> Draft:
    """M = (alpha D)^(L/alpha) = Theta(log t): M = Omega(log t) since t is at most of the order of w (log w)^b, w = 1/F,
    and M of that of log w by Eq. (8); M = O(log t) since e^(g M) rises at a rate of the order of M^-b at most, so
    that t is at least of the order of e^(g M) M^b."""
    return printed(
        f"bigo(log(c*{TIME}), log(w), w, oo) and bigo(M, log(c*exp(g*M)*M**b), M, oo)",
        given=["b real", "c > 0", "g > 0", "w > 1", "M > 1"],
    ).derived(_rate_derivation())


@claim("mf-thm-4.6-Q-le2.any-potential", place="Theorem 4.6", rests_on=["mf-eq8", "mf-B0"], kind="inequality")
def conjugate_cannot_outrun_the_logarithm() -> Draft:
    """For any admissible potential and any alpha, M = (alpha D)^(L/alpha) = O(log t): dD/dt = L sum e^(-q_i) q_i is at
    most L F B M with F <= e^(-g M), so that e^(g M) rises at most at the rate g L^2 B M^(2 - alpha/L)."""
    return printed(
        "ddt(exp(g*M)) <= g*L**2*B*M**(2 - alpha/L)",
        given=[*DEGREES, "M > 0", "g > 0", "B > 0", "u >= 0", "u <= L*exp(-g*M)*B*M"],
        flow={"M": "L*M*u/M**(alpha/L)"},  # M' = (L/alpha) M D'/D with alpha D = M^(alpha/L)
    ).derived(_rate_derivation())


@claim("mf-thm-4.6-Q-gt2", place="Theorem 4.6, alpha > 2", rests_on=["mf-eq8", "mf-F-upper"], kind="asymptotic")
def conjugate_by_time_above_degree_two() -> Draft:
    """(alpha D)^(L/alpha) = Omega(log t) for alpha > 2, from t <= c G(1/F)."""
    return printed(
        "bigo(log(c*w*log(w)**(alpha/L - 2)), log(w), w, oo)", given=["alpha > 2", "L > 0", "c > 0", "w > 1"]
    ).derived(_rate_derivation())


@claim("mf-F-hbound", place="Appendix F, Lower bounding L", rests_on=["mf-B1", "mf-eq8"], kind="inequality")
def slopes_by_the_loss() -> Draft:
    """|h_i| <= B Q^((L-1)/alpha), a power of log(1/F): B bounds |h|/(alpha Q)^((L-1)/alpha)."""
    return (
        printed(
            "h <= B*D**((L - 1)/alpha)",
            given=["alpha >= 1", "L >= 1", "D > 0", "B > 0", "h >= 0", "h <= B*(alpha*D)**((L - 1)/alpha)"],
        )
        .corrected(
            "h <= B*(z/g)**(1 - 1/L)",
            mend="constant",
            given=["L >= 1", "N > 0", "B > 0", "z > 0", "g > 0", "h >= 0", "h <= B*N**(L - 1)", "N**L <= z/g"],
            note="The factor alpha inside the power is missing (the order is not affected): N = (alpha Q)^(1/alpha).",
        )
        .derived(QMargin(L, alpha).derivation())
    )


@claim("mf-F-invhess", place="Appendix F, Lower bounding L", rests_on=["mf-eq8"], kind="asymptotic")
def inverse_hessian_of_the_smoothed_potential() -> Draft:
    """1/R'' = O(max(1, |theta|^(2 - alpha))) by asymptotic homogeneity; alpha = p > 2: bounded, whatever lam >= 0."""
    statement = "bigo(1/((p - 1)*abs(x)**(p - 2) + lam), 1, x, 0)"
    return (
        printed(statement, given=["x real", "p > 2", "lam >= 0"])
        .corrected(
            "1/((p - 1)*abs(x)**(p - 2) + lam) <= 1/lam",
            mend="added hypothesis",
            given=["x real", "p > 2", "lam > 0"],
            note="A coordinate near 0 has R'' near 0 when lam = 0, however large the others are. Nor does homogeneity"
            " far out bound R'' from below for alpha <= 2: the rates need such a bound as a hypothesis.",
            covering="smoothed potential with p > 2",
        )
        .derived(power(sympy.Integer(4)).derivation())
    )


@claim("mf-F-invhess.entropy", place="Appendix F, Lower bounding L", rests_on=["mf-tab1-hyp-Q"], kind="asymptotic")
def inverse_hessian_of_the_entropy() -> Draft:
    """The same for the entropy, alpha = 1: sqrt(theta^2 + lam) <= (1 + sqrt(lam)) max(1, |theta|)."""
    return (
        printed("sqrt(x**2 + lam) <= (1 + sqrt(lam))*Max(1, abs(x))", given=["x real", "lam > 0"])
        .covering("hyperbolic entropy")
        .derived(entropy().derivation())
    )


@claim(
    "mf-F-lossineq", place="Appendix F, last inequality of the display", kind="identity",
    rests_on=["mf-F-hbound", "mf-F-invhess"],
)  # fmt: skip
def exponents_of_the_lower_bound() -> Draft:
    """max(1, z^((2 - alpha)/L)) z^(2 - 2/L) = z^(2 - min(2, alpha)/L), z = log(1/F) > 1: by the exponents."""
    return printed(
        "Max(0, (2 - alpha)/L) + 2 - 2/L == 2 - Min(2, alpha)/L"
        " and implies(alpha <= 2, z**((2 - alpha)/L) >= 1) and implies(alpha >= 2, z**((2 - alpha)/L) <= 1)",
        given=[*DEGREES, "z > 1"],
    ).derived(_rate_derivation())


@claim("mf-F-conclude", place="Appendix F, after the display", rests_on=["mf-F-lossineq"], kind="dynamics")
def integral_rises_at_most() -> Draft:
    """For alpha <= 2: dG(1/F)/dt = z^(alpha/L - 2) d(1/F)/dt <= c where v = -dF/dt <= c F^2 z^(2 - alpha/L)."""
    return printed(
        "z**(alpha/L - 2)*ddt(1/F) <= c",
        given=["alpha >= 1", "alpha <= 2", "L > 0", "F > 0", "z > 0", "c > 0",
               "v <= c*F**2*z**(2 - alpha/L)", "v real"],
        flow={"F": "-v"},
    ).derived(_rate_derivation())  # fmt: skip


@claim("mf-F-gt2", place="Appendix F, last paragraph", rests_on=["mf-eq8"], kind="asymptotic")
def conjugate_above_degree_two_from_both_sides() -> Draft:
    """For alpha > 2 the lower bound of the loss fails and only (alpha D)^(L/alpha) = Omega(log t) is obtained: the two
    bounds of t, of the orders w (log w)^(alpha/L - 2) and w (log w)^(2/L - 2), differ in order, but their logarithms
    are both of the order of log w, so that Theta(log t) is obtained as well."""
    return printed(
        "bigtheta(log(w*log(w)**(alpha/L - 2)), log(w), w, oo) and bigtheta(log(w*log(w)**(2/L - 2)), log(w), w, oo)",
        given=["alpha > 2", "L > 0", "w > 1"],
    ).derived(_rate_derivation())

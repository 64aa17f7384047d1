"""Further statements of the paper, each read beside another place of it or beside what it would have to mean.

D = Q(R'(theta)), F the loss, N = (alpha D)^(1/alpha), P = phi(theta), q the least output, f of degree L.
"""

from __future__ import annotations

import sympy

from theory.derivation import Derivation
from theory.exponential_loss import ExponentialLoss
from theory.growth import Growth
from theory.homogeneous import TwoLayerNet
from theory.horizon import Horizon
from theory.kkt import ApproximatePoint
from theory.margins import LayerwiseQMargin, QMargin
from theory.potentials import MirrorPotential
from theory.radial_factor import RadialFactor
from theory.recipes import sigma
from verify.claim import Draft, claim, ill_posed, printed
from verify.papers.mirror_flow.alignment import of_entropy
from verify.papers.mirror_flow.potentials import ENTROPY, entropy, x
from verify.papers.mirror_flow.scaling import recipe_of_entropy, recipe_of_smoothed

alpha = sympy.Symbol("alpha", positive=True)
L = sympy.Symbol("L", positive=True)
MARGIN = QMargin(L, alpha)


def euclidean() -> MirrorPotential:
    """Half the square."""
    return MirrorPotential(x**2 / 2, x)


def _family() -> Derivation:
    """D = (1 + x^2)^(alpha/2)/alpha."""
    from theory.radial_factor import x as radius

    return RadialFactor.of_dual((1 + radius**2) ** (alpha / 2) / alpha, alpha).derivation()


def _equal_layers() -> Derivation:
    margin = LayerwiseQMargin([alpha, alpha])
    steps = Derivation("The normalizer where all layers share the map")
    return steps.then("product over two layers", margin.normalizer, margin.balanced(alpha), "D1 = D2 = D")


@claim(
    "mf2-alpha-ge-2-needed", place="Theorem 4.7, sketch, (1); Appendix G.3", kind="classification",
    rests_on=["mf-asm-G1", "mf2-alpha-ge-2-needed.family", "mf2-alpha-ge-2-needed.rays"],
)  # fmt: skip
def approximation_below_degree_two() -> Draft:
    """Approximating phi dphi by (alpha Q)^(2/alpha - 1) R'' theta requires alpha >= 2: for 1 < alpha < 2 the difference
    over the norm must not vanish. R'' = (1 + x^2)^((alpha-2)/2) has Q = (1 + x^2)^(alpha/2)/alpha up to a constant;
    coordinate y that stays where the other, r, diverges."""
    by_dual = "((1 + r**2)**(alpha/2) + (1 + y**2)**(alpha/2))**(2/alpha - 1)*(1 + y**2)**((alpha - 2)/2)*y/r"
    by_horizon = "(r**alpha + y**alpha)**(2/alpha - 1)*y**(alpha - 1)/r"
    given = ["1 < alpha", "alpha < 2", "y > 0"]
    return printed(f"limit({by_dual} - {by_horizon}, r, oo) != 0", given=given).corrected(
        f"limit({by_dual}, r, oo) == 0 and limit({by_horizon}, r, oo) == 0",
        mend="replaced",
        note="Degrees between one and two allow the approximation: both terms vanish over the norm, and where all"
        " coordinates"
        " diverge together the leading terms agree. What is excluded is degree one.",
        covering="this family, two coordinates, one of which stays bounded",
    ).derived(_family())


@claim(
    "mf2-alpha-ge-2-needed.rays", place="Theorem 4.7, sketch, (1)", kind="limit",
    rests_on=["mf2-alpha-ge-2-needed.family"],
)  # fmt: skip
def approximation_below_degree_two_on_rays() -> Draft:
    """The same family on the rays r (x, y), x and y > 0: over r, the coordinate y tends to that of phi dphi."""
    first, second = "(1 + (r*x)**2)", "(1 + (r*y)**2)"
    by_dual = f"({first}**(alpha/2) + {second}**(alpha/2))**(2/alpha - 1)*{second}**((alpha - 2)/2)*(r*y)/r"
    return printed(
        f"limit({by_dual}, r, oo) == (x**alpha + y**alpha)**(2/alpha - 1)*y**(alpha - 1)",
        given=["1 < alpha", "alpha < 2", "x > 0", "y > 0"],
    ).covering("this family, two positive coordinates").derived(_family())


@claim("mf2-alpha-ge-2-needed.family", place="Theorem 4.7, sketch, (1)", kind="identity")
def family_of_any_degree() -> Draft:
    """That family: D' = x R'', the radial inequality alpha D >= x^2 R'', the horizon |x|, and R'' > 0."""
    dual = "(1 + x**2)**(alpha/2)/alpha"
    second = "(1 + x**2)**((alpha - 2)/2)"
    return printed(
        f"diff({dual}, x) == x*{second} and alpha*({dual}) >= x**2*{second} and {second} > 0"
        f" and limit((alpha*((1 + r**2)**(alpha/2)/alpha))**(1/alpha)/r, r, oo) == 1",
        given=["x real", "1 <= alpha", "alpha <= 2"],
    ).derived(_family())


@claim("mf2-eq2-proportional", place="Section 2, text after Eq. (2)", rests_on=["mf-eq2-gf-balance"], kind="dynamics")
def squared_norms_grow_at_the_same_rate() -> Draft:
    """The squared norms of adjacent layers grow proportionally: their quotient is constant; f = a w."""
    net, g = TwoLayerNet(1), sympy.Symbol("g", real=True)
    return (
        printed("ddt(a**2/w**2) == 0", given=["a > 0", "w > 0", "g real"], flow={"a": "-g*w", "w": "-g*a"})
        .corrected(
            "ddt(a**2) == ddt(w**2)",
            mend="replaced",
            note="They grow by the same amount; the quotient changes, unless they are equal, and tends to one.",
            covering="f = a w",
        )
        .derived(net.derivation(euclidean(), g))
    )


@claim("mf2-Qphi-is-margin-progress", place="Section 4, before Lemma 4.10", kind="dynamics")
def small_difference_is_no_margin() -> Draft:
    """A small relative difference between Q and the horizon means that the max-margin solution is reached: R =
    theta^2/2, where N = phi everywhere; f = theta_1, whose largest margin is 1."""
    return (
        printed(
            "implies((N - P)/N == 0, x/P == 1)",
            given=["x > 0", "y real"],
            where={"N": "(2*((x**2 + y**2)/2))**(1/2)", "P": "sqrt(x**2 + y**2)"},
        )
        .corrected(
            "q/N**L <= q/P**L and (1 - h)**L*(q/P**L) <= q/N**L",
            mend="weaker conclusion",
            given=["q > 0", "P > 0", "N > 0", "L > 0", "0 <= h", "h < 1", "P <= N", "P >= (1 - h)*N"],
            where={},
            note="What it means is that the Q-margin is near the margin of the horizon, up to the factor (1 - h)^L;"
            " how near"
            " that is to the largest one it does not say.",
        )
        .derived(Horizon(euclidean()).derivation())
    )


@claim("mf2-lem410-vs-experiment", place="Appendix J.1 against Corollary H.3", rests_on=["mf-cor-H3"], kind="empirical")
def time_scale_against_the_experiment() -> Draft:
    """The scale exp((sqrt(lam) n)^L) describes the run of Table 2, with the entropy, lam = 0.1, n = 300, L = 2 and a
    loss of 1e-50 at the end: 1/loss, of the order of the time, has passed it where the margin is reached."""
    return (
        printed("10**50 >= exp((sqrt(1/10)*300)**2)")
        .corrected(
            "300*sqrt(1/10)/sqrt(log(10**50)/(3.31/10**5)) < 6/100",
            mend="replaced",
            note="The scale, exp(9000), is no necessary time: by the printed L_1 margin, |theta|_1 = (q/margin)^(1/2)"
            " with"
            " q >= log(1/loss), the difference n sqrt(lam) is below 6 per cent of |theta|_1 at the end of the run.",
        )
        .derived(of_entropy().derivation(sympy.Integer(2)))
    )


@claim(
    "mf2-lem410-vs-experiment.main-text", place="Appendix J.1 against Lemma 4.10", kind="empirical",
    rests_on=["mf-lem-4.10-hyp"],
)  # fmt: skip
def time_scale_of_the_main_text_against_the_experiment() -> Draft:
    """The scale of Lemma 4.10, exp((sqrt(lam n))^L) = exp(30), is another one, and 1/loss has passed it."""
    return printed("10**50 >= exp(sqrt(1/10*300)**2) and exp(sqrt(1/10*300)**2) < exp((sqrt(1/10)*300)**2)").derived(
        of_entropy().derivation(sympy.Integer(2))
    )


@claim(
    "mf2-alpha-not-unique", place="Definition 4.1; Assumption 4.4", rests_on=["mf-asm-4.4-def"], kind="classification"
)
def degree_is_not_determined_by_the_radial_inequality() -> Draft:
    """The degree alpha is determined by the inequality alpha D >= |theta|^2 (in the metric) of Assumption 4.4, alpha >=
    1."""
    return (
        printed("alpha == beta", given=["alpha >= 1", "beta >= 1", "m >= 0", "D >= m", "alpha*D >= m", "beta*D >= m"])
        .corrected(
            "beta*D >= m and limit(c*s**(alpha - beta), s, oo) == 0",
            mend="replaced",
            given=["alpha >= 1", "beta > alpha", "m >= 0", "D >= 0", "alpha*D >= m", "c > 0"],
            note="With alpha the inequality holds for every larger degree. It is the limit of D/s^alpha being"
            " positive and"
            " finite that determines it: with a larger degree the limit is 0.",
        )
        .derived(Growth(entropy().dual_at_gradient, x).derivation())
    )


@claim("mf2-R-constant", place="Definitions 4.1 and 4.2", rests_on=["mf-def-4.1-forms"], kind="identity")
def margins_depend_on_a_constant_in_the_potential() -> Draft:
    """The Q-margin depends on the flow alone: a constant c added to R, which leaves the flow, leaves the margin too."""
    return (
        printed(
            "q/(alpha*(D - c))**(L/alpha) == q/(alpha*D)**(L/alpha)",
            given=["q real", "D > 0", "c real", "c < D", "alpha >= 1", "L > 0"],
        )
        .corrected(
            "limit((alpha*(D - c))**(1/alpha)/(alpha*D)**(1/alpha), D, oo) == 1",
            mend="weaker conclusion",
            given=["c real", "alpha >= 1"],
            note="The constant is subtracted from Q. It leaves the limits, and the horizon, as they are.",
        )
        .derived(MARGIN.derivation())
    )


@claim("mf2-G9-gamma-bounded", place="Lemma G.9, proof", rests_on=["mf-B0", "mf-thm-4.5-mono"], kind="limit")
def soft_margin_has_a_finite_limit() -> Draft:
    """The soft margin increases to a finite limit: it never falls, and log(1/F)/N^L <= q/N^L <= B r^L/N^L <= B/C^L by
    exp(-q) <= F, q <= B r^L and N >= C r; k stands for q."""
    return printed(
        "log(1/F) <= k and B*r**L/N**L <= B*r**L/(C*r)**L and B*r**L/(C*r)**L == B/C**L",
        given=["0 < F", "k real", "exp(-k) <= F", "B > 0", "C > 0", "r > 0", "L > 0", "N >= C*r"],
    ).derived(MARGIN.derivation())


@claim("mf2-dir-feasible", place="Theorem 4.7; Corollary 4.8", rests_on=["mf-def-G3"], kind="classification")
def normalized_direction_need_not_be_feasible() -> Draft:
    """The normalized direction converges to a KKT point, so to a feasible one: the unit vector has q >= 1; f = c
    theta^L."""
    return printed("c*1**L >= 1", given=["c > 0", "L > 0"]).corrected(
        "q*(q**(-1/L))**L == 1",
        mend="weaker conclusion",
        given=["q > 0", "L > 0"],
        note="It converges to the direction of a KKT point: the multiple q^(-1/L) of the limit has the least output"
        " one.",
    ).derived(ApproximatePoint(L, alpha).derivation())


@claim("mf2-thm45-display", place="Theorem 4.5, display", rests_on=["mf-lem-4.3"], kind="definition")
def order_term_of_the_theorem() -> Draft:
    """The margins differ by O((alpha Q nabla(R(theta)))^(-L/alpha)); the readings take R = theta^2/2, two samples with
    the output q = theta > 0 each, so that the difference is log(2)/theta."""
    gap = "log(2)/theta <= log(2)*(2*{0})**(-1/2)"
    given = ["theta > 0"]
    return ill_posed(
        "Q stands before the gradient of R(theta) without brackets around its argument.",
        readings=[
            ("Q(R'(theta)), as in Lemma 4.3", printed(gap.format("(theta**2/2)"), given=given)),
            ("Q at R(theta)", printed(gap.format("((theta**2/2)**2/2)"), given=given)),
        ],
    ).derived(MARGIN.derivation())


@claim("mf2-fig1-lambda-scale", place="Section 1; Figure 1", rests_on=["mf-tab1-hyp-phi"], kind="identity")
def level_sets_scale_with_the_smoothing() -> Draft:
    """All lambda share the horizon and a larger lambda needs larger parameters: sqrt(x^2 + lam) is sqrt(lam) times its
    value for lam = 1 at x/sqrt(lam), and the relative excess over |x| increases with lam."""
    return printed(
        "sqrt((sqrt(lam)*x)**2 + lam) == sqrt(lam)*sqrt(x**2 + 1)"
        " and (sqrt(y**2 + lam) - y)/y < (sqrt(y**2 + mu) - y)/y and limit(sqrt(r**2 + lam)/r, r, oo) == 1",
        given=["x real", "y > 0", "0 < lam", "lam < mu"],
    ).derived(entropy().derivation())


@claim("mf2-loss-diverge", place="Section 1", rests_on=["mf-asm-2.1-sep"], kind="limit")
def small_loss_needs_large_parameters() -> Draft:
    """Driving the loss to zero makes the parameters diverge: exp(-q) <= F and q <= B r^L give r >=
    (log(1/F)/B)^(1/L)."""
    return printed(
        'B*r**L >= log(1/F) and limit((log(1/F)/B)**(1/L), F, 0, "+") == oo',
        given=["0 < F", "F < 1", "B > 0", "L > 0", "r > 0", "k real", "exp(-k) <= F", "k <= B*r**L"],
    ).derived(ExponentialLoss(1, L).derivation())


@claim("mf2-loss-chainrule", place="Section 2", rests_on=["mf-chainrule-def"], kind="identity")
def loss_obeys_the_chain_rule() -> Draft:
    """The loss obeys the chain rule along arcs when the outputs do: each subgradient of it is g = -sum exp(-q_i) h_i,
    and with q' = <h, v> the loss moves at <g, v>; one sample's term, S for <h_i, v>."""
    return printed("ddt(exp(-q)) == -exp(-q)*S", given=["q real", "S real"], flow={"q": "S"}).derived(
        ExponentialLoss(2, L).derivation()
    )


@claim("mf2-R-eq-Q", place="Section 2, after Lemma 2.5", rests_on=["mf-euclid-QR"], kind="classification")
def potential_and_conjugate_need_not_coincide() -> Draft:
    """R(theta) and Q(R'(theta)) need not coincide: for the entropy they differ at 0, for |theta|^p/p they do unless p =
    2."""
    return printed(
        "0*asinh(0/sqrt(lam)) - sqrt(0**2 + lam) != sqrt(0**2 + lam)"
        " and implies(p != 2, (1 - 1/p)*abs(x)**p != abs(x)**p/p) and (1 - 1/2)*abs(x)**2 == abs(x)**2/2",
        given=["x != 0", "p > 1", "lam > 0"],
    ).derived(entropy().derivation())


@claim("mf2-R-eq-Q.entropy", place="Section 2, after Lemma 2.5", rests_on=["mf2-R-eq-Q"], kind="classification")
def entropy_and_its_conjugate_differ() -> Draft:
    """For the entropy with lam = 1 the two differ by x R' - 2 R = 2 sqrt(x^2 + 1) - x asinh(x), which changes its
    sign."""
    return printed(
        "x*diff(R, x) - 2*R == 2*sqrt(x**2 + lam) - x*asinh(x/sqrt(lam))",
        given=["x real", "lam > 0"],
        where={"R": ENTROPY},
    ).derived(entropy().derivation())


@claim("mf2-C-pointwise", place="Appendix C", rests_on=["mf-asm-4.4-def"], kind="equivalence")
def radial_inequality_coordinate_by_coordinate() -> Draft:
    """For separable potentials the radial inequality may be verified coordinate by coordinate: the sum follows."""
    return printed(
        "alpha*(D + G) >= m + k",
        given=["alpha >= 1", "D real", "G real", "alpha*D >= m", "alpha*G >= k", "m >= 0", "k >= 0"],
    ).derived(RadialFactor.unknown(alpha).derivation())


@claim("mf2-C-pointwise.converse", place="Appendix C", kind="equivalence")
def radial_inequality_of_each_coordinate_from_the_sum() -> Draft:
    """More than is printed: the converse, from the inequality of the sum with the other coordinate at 0. It needs that
    the conjugate c of a coordinate at rest is not positive, as it is not for the smoothed potentials (c = 0), where
    the two are the same; otherwise the coordinates at rest lend their conjugate to the others."""
    return printed(
        "alpha*D >= m", given=["alpha >= 1", "D real", "m >= 0", "c <= 0", "alpha*(D + c) >= m + 0"]
    ).derived(RadialFactor.unknown(alpha).derivation())


@claim("mf2-D2-matches-LL", place="Lemma D.2, proof", rests_on=["mf-D2-substitute"], kind="identity")
def lower_bound_at_degree_two() -> Draft:
    """At alpha = 2 the bound of the loss's decrease is the known one of gradient flow, L^2 F^2 z^(2 - 2/L) g^(2/L),
    line by line: the last line is (L^2/alpha) F^2 z^(2 - alpha/L) g^(alpha/L)."""
    known = "L**2*F**2*z**(2 - 2/L)*g**(2/L)"
    return (
        printed(f"L**2/alpha*F**2*z**(2 - alpha/L)*g**(alpha/L) == {known}",
                given=["L > 0", "F > 0", "z > 0", "g > 0", "alpha == 2"])
        .corrected(
            f"L**2/2*(F*z)**2/D == {known}",
            mend="constant",
            given=["L > 0", "F > 0", "z > 0", "g > 0", "D > 0", "2*D == (z/g)**(2/L)"],
            note="The first lines agree, (L^2/2) nu^2/D with 2 D = |theta|^2; the substitution loses the factor alpha"
            " = 2.",
        )
        .derived(MARGIN.derivation())
    )  # fmt: skip


@claim("mf2-I4-consistency", place="Definition I.4 against Definition 4.1", rests_on=["mf-def-I4"], kind="equivalence")
def margin_of_equal_layers() -> Draft:
    """Where all layers share the map the multi-Q-margin is the Q-margin: on the balance D_j = D, with Q = L D, prod_j
    (alpha D)^(1/alpha) = (alpha D)^(L/alpha) is the normalizer (alpha L D)^(L/alpha)."""
    given = ["alpha >= 1", "L >= 2 integer", "D > 0"]
    return (
        printed("(alpha*D)**(L/alpha) == (alpha*(L*D))**(L/alpha)", given=given)
        .corrected(
            "(alpha*(L*D))**(L/alpha) == L**(L/alpha)*(alpha*D)**(L/alpha)",
            mend="constant",
            given=given,
            note="They differ by the constant factor L^(L/alpha): the same directions have the largest margin.",
        )
        .derived(_equal_layers())
    )


@claim(
    "mf2-I4-consistency.programs",
    place="Appendix I against Theorem 4.7",
    rests_on=["mf-I-multi-opt.kkt"],
    kind="equivalence",
)
def programs_of_equal_layers() -> Draft:
    """The programs, too: at equal phi_j = s > 0 of L layers, phi^alpha = L s^alpha, the condition of layer j is a
    multiple of that of the multi-margin, s dphi_j: phi^(2 - alpha) s^(alpha - 1) = L^((2 - alpha)/alpha) s."""
    return printed(
        "((L*s**alpha)**(1/alpha))**(2 - alpha)*s**(alpha - 1) == L**((2 - alpha)/alpha)*s",
        given=["s > 0", "alpha >= 1", "L >= 2 integer"],
    ).derived(_equal_layers())


@claim(
    "mf2-J4-decoupled", place="Appendix J.4", rests_on=["mf-tab10-hyp-mup", "mf-tab10-lp-margin"], kind="classification"
)
def keeping_the_update_and_reaching_the_margin() -> Draft:
    """Mirror-muP is decoupled from reaching the margin: (1, 1) keeps the update of the entropy and has the offset n,
    without a bound; (s^2, s^2) has a bounded offset, and its step vanishes for p = 3."""
    return printed(
        "limit(sqrt((z/r)**2 + 1), r, oo) == 1 and limit(n*sqrt(1), n, oo) == oo"
        " and (3*r**(-2)*r**2/2)**(1/3) == (3/2)**(1/3) and limit(r**(-2)/(2*(y/r) + r**(-2)), r, oo) == 0",
        given=["z real", "y > 0", "r > 0"],
    ).covering("neither implies the other: the entropy and p = 3").derived(
        recipe_of_entropy(sympy.Integer(1), sympy.Integer(1))
    )


@claim(
    "mf2-J4-decoupled.high-degree", place="Appendix J.4, Table 10", kind="classification",
    rests_on=["mf-tab10-lp-mup", "mf-tab10-lp-margin"],
)  # fmt: skip
def update_and_margin_are_coupled_for_high_degrees() -> Draft:
    """For p >= 4 they are not: the entry (s^2, s^2) keeps the update as well (at p = 4 the step is 1/(3 y^2 + 1), above
    it tends to 1), and (s^(p-2), s^(p-2)) has the offset (p r^(4-p)/2)^(1/p), at most (p/2)^(1/p)."""
    return printed(
        "limit(r**(-2)/(3*(y/r)**2 + r**(-2)), r, oo) == 1/(3*y**2 + 1)"
        " and limit(r**(-2)/((p - 1)*(y/r)**(p - 2) + r**(-2)), r, oo) == 1"
        " and implies(r >= 1, (p/2*r**(4 - p))**(1/p) <= (p/2)**(1/p))",
        given=["y > 0", "p > 4", "r > 0"],
    ).derived(recipe_of_smoothed(sigma**2, sigma**2, sympy.Integer(3)))

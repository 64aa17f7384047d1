"""Section 4 and Appendix D: the Q-margin and its soft form, and how they move along the flow.

Notation: D = Q(R'(theta)), F the loss, nu = F log(1/F); u = <theta, d R'/dt> = dD/dt, v = |theta'|^2 = -dF/dt and
m = |theta|^2, norms in the metric R''. What is known of them: u >= L nu by Eq. (7), u^2 <= m v by Cauchy and Schwarz,
m <= alpha D by Assumption 4.4. T = v - u^2/m is the tangential part. One sample has the output q, the least of all; S
is the sum of the other terms of the loss.
"""

from __future__ import annotations

import sympy

from theory.angle import Angle
from theory.exponential_loss import ExponentialLoss
from theory.margins import QMargin
from theory.potentials import MirrorPotential
from theory.rates import ScalarFlow
from verify.claim import Draft, claim, ill_posed, printed
from verify.papers.mirror_flow.potentials import entropy

alpha = sympy.Symbol("alpha", positive=True)
L = sympy.Symbol("L", positive=True)
MARGIN = QMargin(L, alpha)

DEGREES = ["alpha >= 1", "L > 0"]
SMALL_LOSS = ["0 < F", "F < 1"]
RATES = ["u real", "v real", "m > 0", "u**2 <= m*v", "alpha*D >= m", "D real"]
LOSS = {"F": "exp(-q) + S"}
SAMPLES = ["q real", "S >= 0", "K >= 1 integer", "S <= (K - 1)*exp(-q)"]


def half_square() -> MirrorPotential:
    """R = theta^2/2"""
    x = sympy.Symbol("x", real=True)
    return MirrorPotential(x**2 / 2, x)


def _derived(draft: Draft) -> Draft:
    return draft.derived(MARGIN.derivation())


@claim("mf-def-4.1-forms", place="Definition 4.1", kind="identity")
def two_forms_of_the_q_margin() -> Draft:
    """f(theta/(alpha D)^(1/alpha)) = f(theta)/(alpha D)^(L/alpha), for f = a sigma(w) of degree L."""
    statement = "(a/n)*spow(w/n, L - 1) == a*spow(w, L - 1)/(alpha*D)**(L/alpha)"
    given = ["a real", "w real", "L >= 1", "alpha >= 1"]
    where = {"n": "(alpha*D)**(1/alpha)"}
    return _derived(
        printed(statement, given=[*given, "D real"], where=where).corrected(
            statement,
            mend="added hypothesis",
            given=[*given, "D > 0"],
            note="D must be positive: it is 0 at theta = 0 for the powers, and a constant added to R takes it below 0.",
            covering="f = a sign(w) |w|^(L-1)",
        )
    )


@claim("mf-def-4.1-L2", place="Section 4, after Definition 4.1", rests_on=["mf-def-4.1-forms"], kind="identity")
def q_margin_of_half_the_square() -> Draft:
    """R = |theta|^2/2 gives the L_2-margin: alpha = 2, D = n^2/2 with the norm n."""
    return _derived(printed("Q/(2*(n**2/2))**(L/2) == Q/n**L", given=["Q real", "n > 0", "L > 0"]))


@claim("mf-def-4.2", place="Definition 4.2", kind="definition")
def sign_of_the_soft_margin() -> Draft:
    """log(1/F)/(alpha D)^(L/alpha) has a value for F, D > 0, and is positive just where the loss is below one."""
    soft = "log(1/F)/(alpha*D)**(L/alpha)"
    return _derived(
        printed(f"implies(F < 1, {soft} > 0) and implies(F >= 1, {soft} <= 0)", given=["F > 0", "D > 0", *DEGREES])
    )


@claim("mf-lem-4.3", place="Lemma 4.3", rests_on=["mf-D-lse", "mf-def-4.1-forms", "mf-def-4.2"], kind="inequality")
def soft_margin_against_the_margin() -> Draft:
    """margin - log K (alpha D)^(-L/alpha) <= soft margin <= margin, for any number K of samples."""
    return _derived(
        printed(
            "q/N - log(K)/N <= log(1/F)/N and log(1/F)/N <= q/N",
            given=[*SAMPLES, "D > 0", *DEGREES],
            where={**LOSS, "N": "(alpha*D)**(L/alpha)"},
        )
    )


@claim("mf-eq4-ineq", place="Eq. (4), inequality", rests_on=["mf-eq7-chain", "mf-eq4-dQ"], kind="inequality")
def conjugate_rises_with_the_loss() -> Draft:
    """-<theta, g> >= L F log(1/F): the left-hand side is L times the sum of exp(-q_i) q_i, at least q times that of
    exp(-q_i), which is F; so u >= L q F."""
    return _derived(
        printed(
            "u >= L*F*log(1/F)",
            given=["q real", "S >= 0", "L > 0", "u real", "u >= L*q*(exp(-q) + S)"],
            where=LOSS,
        )
    )


@claim("mf-eq7-eq", place="Eq. (7), equalities", rests_on=["mf-euler-clarke"], kind="identity")
def euler_of_the_loss() -> Draft:
    """-<theta, g> = L sum_i exp(-q_i) q_i, with g = -sum_i exp(-q_i) h_i and <theta, h_i> = L q_i."""
    return printed(
        "-(x*(-c*h - d*k) + y*(-c*i - d*j)) == L*(c*q + d*r)",
        given=["x real", "y real", "h real", "i real", "k real", "j real", "q real", "r real", "L > 0",
               "x*h + y*i == L*q", "x*k + y*j == L*r"],
        where={"c": "exp(-q)", "d": "exp(-r)"},
    ).covering("two samples, two coordinates").derived(ExponentialLoss(2, L).derivation())  # fmt: skip


@claim("mf-eq7-chain", place="Eq. (7), inequalities", rests_on=["mf-eq7-eq"], kind="inequality")
def least_output_and_the_loss() -> Draft:
    """L sum exp(-q_i) q_i >= L q_min sum exp(-q_i) >= L F log(1/F): W >= q S is the sum over the other samples."""
    return printed(
        "L*(exp(-q)*q + W) >= L*q*F and L*q*F >= L*F*log(1/F) and exp(-q) <= F",
        given=["q real", "S >= 0", "W real", "W >= q*S", "L > 0"],
        where=LOSS,
    ).derived(ExponentialLoss(2, L).derivation())


@claim("mf-thm-4.5-mono", place="Theorem 4.5 (1)", rests_on=["mf-lem-D1-ineq"], kind="dynamics")
def soft_margin_never_falls() -> Draft:
    """d(soft margin)/dt >= 0 for almost every t > t0."""
    return _derived(
        printed(
            "v/nu - L/alpha*u/D >= 0",
            given=[*DEGREES, *RATES, "nu > 0", "u >= L*nu"],
        )
    )


@claim(
    "mf-thm-4.5-limits", place="Theorem 4.5 (2)", kind="limit",
    rests_on=["mf-lem-D2", "mf-D2-limits", "mf-B0", "mf-lem-4.3"],
)  # fmt: skip
def margins_meet() -> Draft:
    """The loss tends to 0 and D to oo, so that the two margins meet: by log(1/F) <= B (alpha D)^(L/alpha) the conjugate
    outgrows every bound as F -> 0, and the margins differ by at most log K over (alpha D)^(L/alpha)."""
    return _derived(
        printed(
            'limit((log(1/F)/B)**(alpha/L)/alpha, F, 0, "+") == oo and limit(log(K)/(alpha*D)**(L/alpha), D, oo) == 0',
            given=["B > 0", "K >= 1", *DEGREES],
        )
    )


@claim("mf-thm-4.5-Qmargin", place="Section 4, before Theorem 4.5", rests_on=["mf-thm-4.5-mono"], kind="dynamics")
def margin_grows_with_the_soft_margin() -> Draft:
    """The growth of the soft margin leads to a growth of the Q-margin: gradient flow of f = <theta, x> with the samples
    (1, 0) and (0, b), outputs x and b y, the first the least and the loss below one. There x' = exp(-x) and
    y' = b exp(-b y), and the margin x/|theta| rises with x/y, at a rate of the sign of y x' - x y'."""
    return _derived(
        printed(
            "y*exp(-x) - x*b*exp(-b*y) >= 0",
            given=["x > 0", "y > 0", "b > 0", "x < b*y", "exp(-x) + exp(-b*y) < 1"],
        ).corrected(
            "q/N >= g",
            mend="weaker conclusion",
            given=["q real", "S >= 0", "N > 0", "g real", "g <= log(1/(exp(-q) + S))/N"],
            note="The margin may fall for a while; what is true is that it stays above the soft margin, which grows.",
        )
    )


@claim(
    "mf-lem-D1-logQ", place="Lemma D.1, first inequality", kind="dynamics",
    rests_on=["mf-eq4-ineq", "mf-D1-Qnonneg"],
)  # fmt: skip
def conjugate_rises() -> Draft:
    """A loss below one makes d(log D)/dt positive."""
    return _derived(printed("u/D > 0", given=[*DEGREES, *SMALL_LOSS, *RATES, "u >= L*F*log(1/F)"]))


@claim("mf-lem-D1-Etan", place="Lemma D.1, definition of E_tan", kind="definition")
def tangential_energy_as_stated() -> Draft:
    """E_tan = (|theta'|^2 - <theta, theta'>/|theta|^2)/D >= 0, products in the metric; w = theta'."""
    return (
        printed("(H*w**2 - x*H*w/(H*x**2))/D >= 0", given=["x != 0", "w real", "H > 0", "D > 0"])
        .corrected(
            "(H*w**2 + G*z**2 - (x*H*w + y*G*z)**2/(H*x**2 + G*y**2))/D >= 0",
            mend="misprint",
            given=["x real", "y real", "w real", "z real", "H > 0", "G > 0", "D > 0", "H*x**2 + G*y**2 > 0"],
            note="The product must be squared, as in the proof.",
            covering="two coordinates, separable R",
        )
        .derived(MARGIN.derivation())
    )


@claim(
    "mf-lem-D1-ineq", place="Lemma D.1, second inequality", kind="inequality",
    rests_on=["mf-D1-derivative", "mf-D1-chain", "mf-D1-CS", "mf-loss-dissipation"],
)  # fmt: skip
def growth_of_the_soft_margin() -> Draft:
    """d(log soft margin)/dt >= L E_tan/(d log D/dt) >= 0 with E_tan as the lemma defines it; f = theta under gradient
    flow, where theta' = exp(-theta), D = theta^2/2 and the soft margin is constant."""
    return _derived(
        printed(
            "0 >= T/(x*w/D) and T/(x*w/D) >= 0",
            given=["x > 0"],
            where={"w": "exp(-x)", "D": "x**2/2", "T": "(w**2 - x*w/x**2)/D"},
        ).corrected(
            "(T + u**2/m)/nu - L/alpha*u/D >= L/(u/D)*(T/D) and L/(u/D)*(T/D) >= 0",
            mend="misprint",
            given=[*DEGREES, "u real", "m > 0", "alpha*D >= m", "D real", "nu > 0", "u >= L*nu", "T >= 0"],
            where={},
            note="With the product squared, E_tan = T/D with T = v - u^2/m, the lemma holds for any potential.",
        )
    )


@claim("mf-D1-derivative", place="Appendix D, proof of Lemma D.1, first display", kind="identity")
def logarithmic_derivative_of_the_soft_margin() -> Draft:
    """d(log soft margin)/dt = -F'/(F log(1/F)) - (L/alpha) u/D, with F' = -v and D' = u."""
    return _derived(
        printed(
            "ddt(log(log(1/F)/(alpha*D)**(L/alpha))) == v/(F*log(1/F)) - L/alpha*u/D",
            given=[*SMALL_LOSS, "D > 0", "u real", "v real", *DEGREES],
            flow={"F": "-v", "D": "u"},
        )
    )


@claim("mf-D1-split", place="Appendix D, proof of Lemma D.1", rests_on=["mf-lem-D1-Etan"], kind="identity")
def split_of_the_logarithmic_derivative() -> Draft:
    """v/nu - (L/alpha) u/D = (D/nu) E_tan + u^2/(nu m) - (L/alpha) u/D with E_tan as the lemma defines it."""
    statement = "v/nu - L/alpha*u/D == D/nu*T + u**2/(nu*m) - L/alpha*u/D"
    return _derived(
        printed(
            statement,
            given=["v real", "u real", "D > 0", "m > 0", "nu > 0", *DEGREES],
            where={"T": "(v - u/m)/D"},
        ).corrected(
            statement,
            mend="misprint",
            where={"T": "(v - u**2/m)/D"},
            note="The product in E_tan must be squared, as in the line that the proof ends with.",
        )
    )


@claim(
    "mf-D1-chain", place="Appendix D, proof of Lemma D.1", kind="inequality",
    rests_on=["mf-D1-split", "mf-eq4-ineq", "mf-asm-4.4-def"],
)  # fmt: skip
def chain_of_the_logarithmic_derivative() -> Draft:
    """The factorisation (u/(alpha D)) (alpha D u/(nu m) - L), then u >= L nu, the radial inequality, and
    T/nu >= (L/u) T, step by step."""
    steps = [
        "u**2/(nu*m) - L/alpha*u/D == u/(alpha*D)*(alpha*D*u/(nu*m) - L)",
        "T/nu + u/(alpha*D)*(alpha*D*u/(nu*m) - L) >= T/nu + L*u/(alpha*D)*(alpha*D/m - 1)",
        "T/nu + L*u/(alpha*D)*(alpha*D/m - 1) >= T/nu",
        "T/nu >= L*T/u",
    ]
    return _derived(
        printed(
            " and ".join(steps),
            given=[*DEGREES, "u real", "m > 0", "alpha*D >= m", "D real", "nu > 0", "u >= L*nu", "T >= 0"],
        )
    )


@claim("mf-D1-nu", place="Appendix D, proof of Lemma D.1", kind="limit")
def entropy_of_the_loss_vanishes() -> Draft:
    """nu = F log(1/F) tends to 0 with F."""
    return printed('limit(F*log(1/F), F, 0, "+") == 0').derived(MARGIN.derivation())


@claim("mf-D1-CS", place="Appendix D, last display of the proof of Lemma D.1", kind="inequality")
def tangential_energy_is_nonnegative() -> Draft:
    """|theta'|^2 - <theta, theta'>^2/|theta|^2 >= 0 in any dimension: |theta' - s theta|^2 >= 0 at s = u/m."""
    return _derived(printed("v - u**2/m >= 0", given=["v real", "u real", "m > 0", "v - 2*(u/m)*u + (u/m)**2*m >= 0"]))


@claim("mf-D1-CS.two", place="Appendix D, last display of the proof of Lemma D.1", kind="inequality")
def tangential_energy_in_two_coordinates() -> Draft:
    """The same written out in two coordinates."""
    return printed(
        "H*w**2 + G*z**2 - (x*H*w + y*G*z)**2/(H*x**2 + G*y**2) >= 0",
        given=["x real", "y real", "w real", "z real", "H >= 0", "G >= 0", "H*x**2 + G*y**2 > 0"],
    ).covering("two coordinates, separable R").derived(Angle().derivation())


@claim("mf-D1-Qnonneg", place="Appendix D, proof of Lemma D.1", rests_on=["mf-asm-4.4-def"], kind="inequality")
def conjugate_is_nonnegative_and_rises() -> Draft:
    """D is nonnegative and never falls along the flow once the loss is below one."""
    return _derived(printed("D >= 0 and u >= 0", given=[*DEGREES, *SMALL_LOSS, *RATES, "u >= L*F*log(1/F)"]))


@claim("mf-D1-Qnonneg.any-time", place="Lemma D.1 and its proof", kind="inequality")
def times_at_which_the_conjugate_rises() -> Draft:
    """D never falls, for f = theta and R = theta^2/2: at which times?"""
    rises = "ddt(x**2/2) >= 0"
    return ill_posed(
        "Neither the lemma nor its proof says of which times it speaks. While a sample is misclassified the conjugate"
        " may fall; from t0 on it does not.",
        readings=[
            ("all times", printed(rises, given=["x real"], flow={"x": "exp(-x)"})),
            ("from t0 on", printed(rises, given=["x real", "exp(-x) < 1"], flow={"x": "exp(-x)"})),
        ],
    ).derived(ScalarFlow(half_square(), sympy.Integer(1)).derivation())


@claim("mf-D1-Qnonneg.shifted", place="Appendix D, proof of Lemma D.1", kind="inequality")
def conjugate_of_a_shifted_potential() -> Draft:
    """A constant c added to R leaves the flow as it is and takes c from Q. That D is nonnegative rests on
    Assumption 4.4, which chooses the constant: the entropy plus c satisfies it for c <= 0, and for c > 0 it fails at
    every large theta."""
    metric = "x**2/sqrt(x**2 + lam)"
    return (
        printed(
            f"implies(c <= 0, sqrt(x**2 + lam) - c >= {metric} and sqrt(x**2 + lam) - c >= 0)"
            f" and implies(c > 0 and c**2*x**2 > lam**2, sqrt(x**2 + lam) - c < {metric})",
            given=["x real", "c real", "lam > 0"],
        )
        .covering("the entropy plus a constant")
        .derived(entropy().derivation())
    )

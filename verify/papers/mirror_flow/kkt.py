"""Appendix G.1 and Lemma G.6: KKT points of the margin problem, and how nearly the flow satisfies the conditions.

Notation: D = Q(R'(theta)), N = (alpha D)^(1/alpha), q the least output, m = |theta| and s = |h| in the metric R'',
where h = theta'; u = <theta, h> in that metric, b = u/(m s) the cosine, g the soft margin, z = log(1/F), F the loss.
"""

from __future__ import annotations

import sympy

from theory.angle import Angle
from theory.derivation import Derivation
from theory.exponential_loss import ExponentialLoss
from theory.horizon import Horizon
from theory.kkt import ApproximatePoint, MarginProblem
from theory.potentials import MirrorPotential
from verify.claim import Draft, claim, ill_posed, printed

alpha = sympy.Symbol("alpha", positive=True)
L = sympy.Symbol("L", positive=True)
POINT = ApproximatePoint(L, alpha)
DEGREES = ["alpha >= 1", "L > 0"]
NORMS = ["m > 0", "s > 0", "q > 0", "D > 0"]


def power() -> MirrorPotential:
    """|theta|^p/p at p = 1 + e."""
    x, e = sympy.Symbol("x", real=True), sympy.Symbol("e", positive=True)
    return MirrorPotential(sympy.Abs(x) ** (1 + e) / (1 + e), x)


def _square() -> Derivation:
    theta = sympy.Symbol("theta", positive=True)
    return MarginProblem(theta, [theta**2], [theta]).derivation([sympy.Symbol("l", nonnegative=True)])


def _derived(draft: Draft) -> Draft:
    return draft.derived(POINT.derivation())


def plane(horizon: str, output: str) -> MarginProblem:
    """A margin problem with one sample in the quadrant x, y > 0."""
    names = {"x": sympy.Symbol("x", positive=True), "y": sympy.Symbol("y", positive=True)}
    built = [sympy.parse_expr(text, local_dict=dict(names)) for text in (horizon, output)]
    return MarginProblem(built[0], [built[1]], list(names.values()))


@claim("mf-def-G3", place="Definition G.3", kind="definition")
def kkt_point() -> Draft:
    """A KKT point has phi dphi - sum_i l_i h_i for some h_i in the subdifferentials of q_i, l_i >= 0 and
    l_i (q_i - 1) = 0.

    The reading asks that the minimum theta = 1 of theta^2/2 where theta^2 >= 1 has a multiplier.
    """
    vanishing = "exists(l, l >= 0 and x - l*h == 0 and l*(q - 1) == 0)"
    return ill_posed(
        "The first condition is a set without a relation. That it contains zero is what the proofs use.",
        readings=[("the set contains zero", printed(vanishing, where={"x": "1", "h": "2*x", "q": "x**2"}))],
    ).derived(_square())


@claim("mf-def-G4", place="Definition G.4", rests_on=["mf-def-G3"], kind="definition")
def approximate_kkt_point() -> Draft:
    """An (epsilon, delta)-KKT point has a residual of at most epsilon and l_i (q_i - 1) <= delta for each i.

    The readings ask that the minimum theta = 1 of theta^2/2 where theta^2 >= 1 is a (0, 0)-KKT point, with the label
    y = -1 and f = -theta^2, q = y f.
    """
    at = {"x": "1", "f": "-x**2", "q": "-f", "hf": "-2*x", "hq": "2*x"}
    statement = "exists(l, l >= 0 and abs(x - l*{0}) <= 0 and l*(q - 1) <= 0)"
    return ill_posed(
        "Of which function h_i is a subgradient is left open, and which element of phi dphi is meant.",
        readings=[
            ("h_i is a subgradient of q_i", printed(statement.format("hq"), where=at)),
            ("h_i is a subgradient of f(., x_i)", printed(statement.format("hf"), where=at)),
        ],
    ).derived(_square())


@claim("mf-def-G4.exact", place="Definitions G.3 and G.4", rests_on=["mf-def-G3"], kind="equivalence")
def exact_among_the_approximate() -> Draft:
    """With h_i in the subdifferential of q_i, a feasible (0, 0)-KKT point is a KKT point: r is the residual's norm."""
    return printed(
        "r == 0 and l*(q - 1) == 0", given=["r >= 0", "r <= 0", "l >= 0", "q >= 1", "l*(q - 1) <= 0"]
    ).derived(plane("sqrt(x**2 + y**2)", "x*y").derivation([sympy.Symbol("l", nonnegative=True)]))


@claim("mf-lem-G5", place="Lemma G.5", rests_on=["mf-euler-clarke"], kind="classification")
def constraint_qualification() -> Draft:
    """At every feasible point there is a direction along which all active constraints rise: theta itself, as
    p = <h, theta> = L q_i for every h in the subdifferential of an active q_i = 1."""
    return printed("p > 0", given=["L > 0", "q real", "q == 1", "p real", "p == L*q"]).derived(
        ExponentialLoss(1, L).derivation()
    )


@claim("mf-beta-le1", place="Appendix G.2, first display", kind="inequality")
def cosine_is_at_most_one() -> Draft:
    """b = <theta, h>/(|theta| |h|) <= 1 in the local metric: u = <theta, h> obeys |theta/m - h/s|^2 = 2 - 2 u/(m s)."""
    given = ["m > 0", "s > 0", "u real", "m**2/m**2 - 2*u/(m*s) + s**2/s**2 >= 0"]
    return printed("u/(m*s) <= 1", given=given).derived(Angle().derivation())


@claim("mf-beta-le1.two", place="Appendix G.2, first display", kind="inequality")
def cosine_in_two_coordinates() -> Draft:
    """The same written out in two coordinates, squared."""
    return printed(
        "(x*H*v + y*G*w)**2 <= (H*x**2 + G*y**2)*(H*v**2 + G*w**2)",
        given=["x real", "y real", "v real", "w real", "H > 0", "G > 0"],
    ).covering("two coordinates, separable R").derived(Angle().derivation())


@claim("mf-G6-homog", place="Appendix G.2, proof of Lemma G.6", rests_on=["mf-phi-1homog"], kind="identity")
def gradient_of_the_squared_horizon_is_homogeneous() -> Draft:
    """phi dphi at theta/c is phi dphi at theta over c, c = q^(1/L); coordinate x of c_p |theta|_p, T = |theta|_p^p."""
    slope = "C*T**(2/p - 1)*spow(x, p - 1)"
    return printed(
        f"C*(T/c**p)**(2/p - 1)*spow(x/c, p - 1) == {slope}/c",
        given=["x real", "T > 0", "C > 0", "c > 0", "p > 1"],
    ).covering("phi a multiple of |theta|_p, p > 1").derived(Horizon(power()).derivation())


@claim("mf-G6-homog.any-horizon", place="Appendix G.2, proof of Lemma G.6", rests_on=["mf-phi-1homog"], kind="identity")
def slopes_of_the_squared_horizon_are_homogeneous() -> Draft:
    """For any horizon: difference quotients of phi^2/2 at theta/c along v are those at theta along v, over c; P and S
    are phi at theta and at theta + e v, so that phi(theta/c) = P/c and phi((theta + e v)/c) = S/c."""
    return printed(
        "((S/c)**2/2 - (P/c)**2/2)/(e/c) == ((S**2/2 - P**2/2)/e)/c", given=["S >= 0", "P >= 0", "c > 0", "e > 0"]
    ).derived(Horizon(power()).derivation())


@claim("mf-G6-qmin", place="Appendix G.2, proof of Lemma G.6", rests_on=["mf-eq8"], kind="asymptotic")
def least_output_grows_like_the_norm() -> Draft:
    """q_min ~ |theta| as |theta| -> oo; f = theta^L has q = theta^L."""
    return (
        printed("bigtheta(x**L, x, x, oo)", given=["L > 0"])
        .corrected(
            "h*N <= q**(1/L) and h*C*r <= h*N and q**(1/L) <= B*r",
            mend="replaced",
            given=["L > 0", "h > 0", "B > 0", "C > 0", "r > 0", "N >= C*r", "q >= (h*N)**L", "q <= (B*r)**L"],
            note="It is q_min^(1/L) that grows like the norm r: from (h N)^L <= q <= (B r)^L with N >= C r.",
        )
        .derived(POINT.derivation())
    )


@claim("mf-G6-lambda", place="Appendix G.2, proof of Lemma G.6", kind="identity")
def residual_with_the_multipliers() -> Draft:
    """zeta - sum l_i h_i/q^(1 - 1/L) = (alpha D)^(2/alpha - 1) q^(-1/L) (H theta - (m/s) H h), whose square is printed;
    X and Y are a coordinate of H theta and of H h = sum exp(-q_i) h_i."""
    power = "(alpha*D)**(2/alpha - 1)"
    left = f"({power}*X/q**(1/L) - ({power}*q**(1 - 2/L)*m/s)*Y/q**(1 - 1/L))**2"
    return _derived(
        printed(
            f"{left} == (alpha*D)**(4/alpha - 2)/q**(2/L)*(X - m/s*Y)**2",
            given=[*DEGREES, *NORMS, "X real", "Y real"],
        )
    )


@claim(
    "mf-G6-chain",
    place="Appendix G.2, proof of Lemma G.6",
    rests_on=["mf-G6-lambda", "mf-asm-4.4-def"],
    kind="inequality",
)
def chain_of_the_residual() -> Draft:
    """The lines after: |H w|_2^2 <= |H w|_H^2, then |H w|_H^2 <= mu |w|_H^2 with mu = max(1, H), w = theta/m - h/s."""
    return _derived(
        printed(
            "(H*w)**2 <= H*(H*w)**2 and H*(H*w)**2 <= mu*(H*w**2)",
            given=["H > 0", "w real"],
            where={"mu": "Max(1, H)"},
        ).corrected(
            "(H*w)**2 <= mu*(H*w**2)",
            mend="replaced",
            given=["H > 0", "mu >= H", "w real"],
            where={},
            note="The first step needs H >= 1, the second H <= 1; both together, |H w|_2^2 <= mu |w|_H^2, are true.",
        )
    )


@claim("mf-G6-chain.powers", place="Appendix G.2, proof of Lemma G.6", rests_on=["mf-G6-lambda"], kind="inequality")
def powers_in_the_chain() -> Draft:
    """m^2 <= alpha D and q >= g (alpha D)^(L/alpha), N^alpha = alpha D: the factor (alpha D)^(4/alpha - 2) q^(-2/L) m^2
    is at most g^(-2/L) (alpha D)^(2/alpha - 1)."""
    return _derived(
        printed(
            "q**(-2/L) <= g**(-2/L)*N**(-2) and N**(4 - 2*alpha)*(g**(-2/L)*N**(-2))*m**2 <= g**(-2/L)*N**(2 - alpha)",
            given=[*DEGREES, "N > 0", "m > 0", "g > 0", "m**2 <= N**alpha", "q >= g*N**L"],
        )
    )


@claim("mf-G6-chain.last", place="Appendix G.2, proof of Lemma G.6", rests_on=["mf-beta-le1"], kind="identity")
def distance_by_the_cosine() -> Draft:
    """|theta/m - h/s|^2 = 2 - 2 b in the metric: the square of each coordinate splits, and so does the sum."""
    return _derived(
        printed(
            "H*(x/m - v/s)**2 == H*x**2/m**2 - 2*(H*x*v)/(m*s) + H*v**2/s**2"
            " and m**2/m**2 - 2*u/(m*s) + s**2/s**2 == 2 - 2*(u/(m*s))",
            given=["x real", "v real", "u real", "H > 0", "m > 0", "s > 0"],
        )
    )


@claim(
    "mf-G6-C1", place="Lemma G.6", kind="definition",
    rests_on=["mf-G6-chain", "mf-G6-chain.powers", "mf-G6-chain.last"],
)  # fmt: skip
def first_constant() -> Draft:
    """C_1 = sqrt(2/(g^(2/L) k)), k the growth constant: its square times 1 - b is the last line of the chain."""
    last = "2/g**(2/L)*k*(1 - b)"
    given = ["g > 0", "k > 0", "L > 0", "b real", "b <= 1"]
    return _derived(
        printed(f"sqrt(2/(g**(2/L)*k))**2*(1 - b) == {last}", given=given).corrected(
            f"sqrt(2*k/g**(2/L))**2*(1 - b) == {last}",
            mend="misprint",
            note="The growth constant belongs into the numerator.",
        )
    )


@claim("mf-G6-muhat", place="Appendix G.2, proof of Lemma G.6", kind="inequality")
def growth_constant_is_finite() -> Draft:
    """k = mu D^((2 - alpha)/alpha), a constant that depends on R alone, is finite for alpha >= 2; smoothed potential
    with p = 4, one coordinate r."""
    statement = "(p - 1)*(r/d)**(p - 2) <= (p - 1)*h**(p - 2) and lam*d**(2 - p) <= lam*c**(2 - p)"
    statement += " and d**(2 - p) <= c**(2 - p)"
    return _derived(
        printed(
            "bounded(Max(1, 3*r**2 + lam)*(3/4*r**4 + lam/2*r**2)**(-1/2), r)", given=["r > 0", "lam > 0"]
        ).corrected(
            statement,
            mend="added hypothesis",
            given=["p >= 2", "lam >= 0", "r > 0", "d >= c", "c > 0", "h > 0", "r <= h*d"],
            note="D must stay above a positive value, as it does after t0, and k depends on that value. With"
            " d = D^(1/p) and the largest coordinate r, in size, r <= h d as D >= (1 - 1/p) r^p: all terms of"
            " mu D^((2 - p)/p), at most (1 + (p-1) r^(p-2) + lam) d^(2 - p), are bounded.",
            covering="smoothed potential",
        )
    )


@claim("mf-G6-muhat.alpha", place="Appendix G.2, last line of the chain", rests_on=["mf-G6-chain"], kind="inequality")
def power_without_its_factor() -> Draft:
    """The last line writes Q^((2 - alpha)/alpha) for (alpha Q)^((2 - alpha)/alpha): it is larger for alpha >= 2."""
    return _derived(
        printed("(alpha*D)**((2 - alpha)/alpha) <= D**((2 - alpha)/alpha)", given=["alpha >= 2", "D > 0"])
    )


@claim(
    "mf-G6-muhat.curvature", place="Appendix G.2, proof of Lemma G.6", kind="inequality", rests_on=["mf-asm-4.4-def"],
)  # fmt: skip
def curvature_of_a_coordinate() -> Draft:
    """For every separable potential of Assumption 4.4: a coordinate of size r has R'' = H with r^2 H <= alpha E, E its
    part of D, E <= c r^alpha far out by the degree; so H <= alpha c r^(alpha - 2)."""
    return _derived(
        printed(
            "H <= alpha*c*r**(alpha - 2)",
            given=["alpha >= 2", "H >= 0", "c > 0", "r > 0", "E >= 0", "alpha*E >= r**2*H", "E <= c*r**alpha"],
        ).covering("coordinates far out")
    )


@claim(
    "mf-G6-muhat.any-potential", place="Appendix G.2, proof of Lemma G.6", kind="inequality",
    rests_on=["mf-G6-muhat.curvature"],
)  # fmt: skip
def growth_constant_of_any_potential() -> Draft:
    """More than is printed of it: so the growth constant is finite far out for all of them, r <= h d, d = D^(1/alpha);
    coordinates near 0 have a bounded H."""
    return _derived(
        printed(
            "H*d**(2 - alpha) <= alpha*c*h**(alpha - 2)",
            given=["alpha >= 2", "H >= 0", "c > 0", "r > 0", "d > 0", "h > 0", "r <= h*d",
                   "H <= alpha*c*r**(alpha - 2)"],
        ).covering("coordinates far out")
    )  # fmt: skip


@claim("mf-G6-second-id", place="Appendix G.2, proof of Lemma G.6", rests_on=["mf-G6-lambda"], kind="identity")
def products_with_the_multipliers() -> Draft:
    """l_i (q_i(theta/q^(1/L)) - 1) = q^(-2/L) (alpha D)^(2/alpha - 1) (m/s) exp(-q_i) (q_i - q), for one sample q_i =
    r."""
    power = "(alpha*D)**(2/alpha - 1)"
    return _derived(
        printed(
            f"({power}*q**(1 - 2/L)*m*exp(-r)/s)*(r/(q**(1/L))**L - 1) == q**(-2/L)*{power}*m/s*(exp(-r)*(r - q))",
            given=[*DEGREES, *NORMS, "r real"],
        )
    )


@claim(
    "mf-G6-nu", place="Appendix G.2, proof of Lemma G.6", kind="inequality",
    rests_on=["mf-eq7-chain", "mf-beta-le1"],
)  # fmt: skip
def speed_from_below() -> Draft:
    """s >= L nu/m and nu = F log(1/F) >= exp(-q) g (alpha D)^(L/alpha), which is exp(-q) log(1/F)."""
    return _derived(
        printed(
            "s >= L*(F*log(1/F))/m and F*log(1/F) >= exp(-q)*(g*(alpha*D)**(L/alpha))",
            given=[*DEGREES, "m > 0", "s > 0", "D > 0", "0 < F", "F < 1", "q real", "F >= exp(-q)", "u real",
                   "u <= m*s", "u >= L*(F*log(1/F))"],
            where={"g": "log(1/F)/(alpha*D)**(L/alpha)"},
        )
    )  # fmt: skip


@claim(
    "mf-G6-delta", place="Appendix G.2, proof of Lemma G.6", kind="inequality",
    rests_on=["mf-G6-second-id", "mf-G6-nu", "mf-asm-4.4-def"],
)  # fmt: skip
def products_are_small() -> Draft:
    """The sum of l_i (q_i - 1) is at most (g^(-2/L)/L) (K/e)/log(1/F): d exp(-d) <= 1/e for each d = q_i - q, and
    q^(-2/L) N^(2 - alpha) m/s, s >= L exp(-q) z/m, is at most exp(q) g^(-2/L)/(L z), N^alpha = alpha D."""
    return _derived(
        printed(
            "d*exp(-d) <= 1/E and m/s*exp(-q) <= m**2/(L*z) and q**(-2/L) <= g**(-2/L)*N**(-2)"
            " and g**(-2/L)*N**(-2)*N**(2 - alpha)*m**2/(L*z) <= g**(-2/L)/(L*z)",
            given=[*DEGREES, "d >= 0", "N > 0", "m > 0", "s > 0", "g > 0", "z > 0", "m**2 <= N**alpha", "q >= g*N**L",
                   "s >= L*(exp(-q)*z)/m"],
        )
    )  # fmt: skip


@claim(
    "mf-G6-delta.equality", place="Appendix G.2, proof of Lemma G.6, third line of the last display", kind="identity",
)  # fmt: skip
def sum_of_the_products_is_below_its_bound() -> Draft:
    """The third line has an equality: the sum of exp(-(q_i - q)) (q_i - q) is K/e; the sample that has the least output
    q adds nothing to it, and here is the only other one, d = q_i - q."""
    return _derived(
        printed("0*exp(-0) + d*exp(-d) == 2/E", given=["d >= 0"]).corrected(
            "0*exp(-0) + T <= (K - 1)/E and (K - 1)/E < K/E",
            mend="weaker conclusion",
            given=["K >= 1 integer", "T real", "T <= (K - 1)/E"],
            note="The sum is at most (K - 1)/e, less than K/e: the sign must be <=, and the lemma's delta could have"
            " K - 1 for K. T is the sum over the other samples, each at most 1/e.",
        )
    )


@claim("mf-G6-delta.sum", place="Appendix G.2, proof of Lemma G.6", rests_on=["mf-G6-delta"], kind="inequality")
def sum_of_the_products() -> Draft:
    """With T at most 1/e for each of the K - 1 other samples the sum is at most (K/e) times the factor."""
    return _derived(printed("a*T <= a*(K/E)", given=["a >= 0", "K >= 1 integer", "T real", "T <= (K - 1)/E"]))


@claim(
    "mf-lem-G6", place="Lemma G.6", kind="inequality",
    rests_on=[
        "mf-asm-G1", "mf-G6-homog", "mf-G6-lambda", "mf-G6-chain", "mf-G6-chain.powers", "mf-G6-chain.last", "mf-G6-C1",
        "mf-G6-muhat", "mf-G6-delta", "mf-G6-delta.sum",
    ],
)  # fmt: skip
def flow_is_nearly_kkt() -> Draft:
    """theta/q^(1/L) is an (epsilon, delta)-KKT point with epsilon = C_1 sqrt(1 - b). Smoothed potential with p = 4,
    f = a theta_1 + c theta_2, one sample: at b = 1, where H theta is parallel to (a, c), there is no residual, so that
    phi dphi, which is parallel to (x^3, y^3), is parallel to (a, c)."""
    at = {"a": "(3*x**2 + lam)*x", "c": "(3*y**2 + lam)*y"}
    return (
        printed("x**3*c == y**3*a", given=["x > 0", "y > 0", "lam > 0"], where=at)
        .corrected(
            "R <= 2*mu*N**(2 - alpha)*g**(-2/L)*(1 - b)",
            mend="replaced",
            given=[*DEGREES, "N > 0", "g > 0", "mu > 0", "b real", "b <= 1", "W real", "W <= mu*(2 - 2*b)", "R real",
                   "R <= g**(-2/L)*N**(2 - alpha)*W"],
            where={},
            note="The bound holds with zeta = (alpha D)^(2/alpha - 1) H theta/q^(1/L) in place of phi dphi, with the"
            " growth constant mu N^(2 - alpha) in the numerator of C_1^2; R is the square of that residual, at most"
            " g^(-2/L) N^(2 - alpha) W with W = |H (theta/m - h/s)|_2^2, by the chain. The distance of zeta to"
            " phi dphi comes on top, and vanishes in the limit.",
        )
        .derived(POINT.derivation())
    )  # fmt: skip
